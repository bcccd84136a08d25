"""The team's desk of an unlocked vault: its laptops, who joins, who leaves. One use case a method.

Everything that changes the team talks to the server and is open to a lead only; the server's word decides nothing: what
counts is the signed log of the team.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from broker_desktop.session import departures, leading, lost_laptop, offline, seats
from broker_desktop.session.context import Context
from broker_desktop.session.views import InviteCode, LostLaptop, PendingJoin, SeatRow
from broker_desktop.store.system_rows import WORKER
from sync.ids import uuid_bytes


class TeamDesk:
    """Seats of one team, as `Session.team`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def seats(self) -> list[SeatRow]:
        """List the laptops that are or were in the team."""
        return seats.seat_rows(self._context)

    def last_confirmed(self) -> str:
        """Tell for which day (YYYY-MM-DD) the server last signed what it shows of the team."""
        return seats.last_confirmed(self._context)

    def has_one_lead(self) -> bool:
        """Tell whether the team would be without a lead if one laptop were lost."""
        return seats.has_one_lead(self._context)

    def invite(self, person: str, role: str, clinical: bool = False, folder: Path | None = None) -> InviteCode:
        """Invite somebody; talks to the server, or writes a file into `folder`.

        Raises:
            NotPermitted: for anybody but a lead. NoServer, StorageProblem.
        """
        if folder is not None:
            made = offline.invite(self._context, person, role, folder, clinical=clinical)
        else:
            made = leading.invite(self._context, person, role, clinical=clinical)
        self._context.audit("invite")
        return made

    def pending_joins(self, folder: Path | None = None) -> list[PendingJoin]:
        """List who asks to be let in, by the server or by the files of a folder."""
        if folder is not None:
            return offline.pending_joins(self._context, folder)
        return leading.pending_joins(self._context)

    def approve(self, seat: str, words: str | None, folder: Path | None = None) -> str:
        """Let a laptop in after its words were compared (None: on the invitation alone); returns its id.

        With `folder` the request and the answer are files there, and the server hears of it at the next sync.

        Raises:
            BadInput: other words, or nobody asks under that id. NotPermitted, NoServer.
        """
        if folder is not None:
            let_in = offline.approve(self._context, seat, words, folder)
        else:
            let_in = leading.approve(self._context, seat, words)
        self._note("approve", let_in)
        return let_in

    def role(self, seat: str, role: str, clinical: bool = False) -> None:
        """Give somebody another role. Raises NotPermitted, NotFound, UsageError, NoServer."""
        departures.change_role(self._context, seat, role, clinical=clinical)
        self._note("role", seat)

    def revoke(self, seat: str) -> None:
        """End a laptop now. Raises NotPermitted, NotFound, NoServer."""
        departures.revoke(self._context, seat)
        self._note("revoke", seat)

    def retire(self, seat: str, until: str | None = None) -> str:
        """Let a laptop hand in until a day (YYYY-MM-DD, 30 days on by default), which is returned.

        Raises:
            BadInput: no day, or one that has passed. NotPermitted, NotFound, NoServer.
        """
        last = departures.retire(self._context, seat, until)
        self._note("retire", seat)
        return last

    def rotate(self) -> None:
        """Give the whole team new keys. Raises NotPermitted, NoServer."""
        departures.rotate(self._context)
        self._context.audit("rotate")

    def accept_late(self, seat: str) -> None:
        """Let count what a laptop sent after its end. Raises NotPermitted, NotFound, NoServer."""
        departures.accept_late(self._context, seat)

    def discard_late(self, seat: str) -> int:
        """Put aside here what a laptop sent after its end; returns how many parcels. Raises NotPermitted, NotFound."""
        return departures.discard_late(self._context, seat)

    def lost_laptop(self, seat: str) -> LostLaptop:
        """Tell what is known of a laptop. Raises NotFound, NotPermitted."""
        return lost_laptop.lost_laptop(self._context, seat)

    def report_lost(self, seat: str) -> LostLaptop:
        """Start the 72 hours of a lost laptop, once. Raises NotFound, NotPermitted."""
        return lost_laptop.report_lost(self._context, seat)

    def _note(self, action: str, seat: str) -> None:
        """Note in the audit trail what was done with a laptop; a short form of its id stands for none."""
        with suppress(ValueError):
            self._context.audit(action, WORKER, uuid_bytes(seat))
            return
        self._context.audit(action, WORKER)
