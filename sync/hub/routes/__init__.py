"""The table of routes: every call the hub answers, each with its one home.

To add a route: a handler in the module of its subject, a `Route` in that module's ROUTES with every refusal it can come
to, and a test named `test_<route>_<outcome>` for each of these (tests/hub/test_completeness.py fails without).
"""

from __future__ import annotations

from typing import Final

from sync.hub.route import Route
from sync.hub.routes import control, invites, keys, log, mailbox, teams

ROUTES: Final[tuple[Route, ...]] = (
    *teams.ROUTES,
    *control.ROUTES,
    *log.ROUTES,
    *keys.ROUTES,
    *invites.ROUTES,
    *mailbox.ROUTES,
)
