"""The hub: every route and every outcome, on SQLite and on PostgreSQL."""
