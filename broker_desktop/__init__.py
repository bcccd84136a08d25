"""Broker Desktop: offline-first, end-to-end encrypted records for harm-reduction outreach teams."""
