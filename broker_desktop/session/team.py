"""The team's desk of an unlocked vault: its laptops, who joins, who leaves. One use case a method.

Everything that changes the team talks to the server and is open to a lead only; the server's word decides nothing: what
counts is the signed log of the team.
"""

from __future__ import annotations

from broker_desktop.session import leading, seats
from broker_desktop.session.context import Context
from broker_desktop.session.views import InviteCode, PendingJoin, SeatRow


class TeamDesk:
    """Seats of one team, as `Session.team`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def seats(self) -> list[SeatRow]:
        """List the laptops of the team."""
        return seats.seat_rows(self._context)

    def invite(self, person: str, role: str, clinical: bool = False) -> InviteCode:
        """Invite somebody; talks to the server. Raises NotPermitted for anybody but a lead, NoServer."""
        return leading.invite(self._context, person, role, clinical=clinical)

    def pending_joins(self) -> list[PendingJoin]:
        """List who asks to be let in; talks to the server."""
        return leading.pending_joins(self._context)

    def approve(self, seat: str, words: str | None) -> str:
        """Let a laptop in after its words were compared (None: on the invitation alone); returns its id.

        Raises:
            BadInput: other words, or nobody asks under that id. NotPermitted, NoServer.
        """
        return leading.approve(self._context, seat, words)
