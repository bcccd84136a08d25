"""Who works on which laptop, as lists and the header show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from broker_desktop.records.access import Role
from broker_desktop.session.context import COMPARTMENT_NAMES, RECOVERED, Context
from broker_desktop.session.queries import worker_names
from broker_desktop.session.times import iso_day
from broker_desktop.session.views import SeatRow, SeatView
from broker_desktop.store.tables import table
from sync.ids import uuid_text

_ORDER: Final = ("active", "retired", "revoked")
UNTIL_A_POLICY: Final = 5
"""Minutes until the lock as long as no team has said otherwise (design.md section 8)."""


def seat_view(context: Context) -> SeatView:
    """Tell who works here."""
    own = context.vault.ids.seat_id
    note = context.vault.meta(RECOVERED)
    named = own if note is None else bytes.fromhex(note["old"])  # its new seat has no name until a lead lets it in
    worker = table("worker")
    with context.vault.reader.connect() as connection:
        row = connection.execute(select(worker.c.name, worker.c.laptop).where(worker.c.seat == named)).first()
    person = row.name if row else ""
    return SeatView(
        person=person,
        initials=initials(person),
        role=role_name(context.role),
        team_name=context.team.name if context.team else "",
        laptop=row.laptop if row else "",
        compartments=compartment_names(context.compartments),
        pack_id=context.pack.id if context.pack else "",
        pack_title=context.pack.title if context.pack else "",
        seat_id=uuid_text(own),
        joined=context.team is not None,
        live=bool(context.team and context.team.live),
    )


def seat_rows(context: Context) -> list[SeatRow]:
    """List the laptops that are or were in the team: this one first, those that have ended last."""
    own = context.vault.ids.seat_id
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    replica = context.vault.replica
    heard, control, team = replica.last_heard(), replica.control, replica.hub_side.team
    late = team.late()
    rows = [
        SeatRow(
            seat=uuid_text(seat),
            person=names.get(seat, ""),
            role=role_name(one.role),
            compartments=compartment_names(one.comps),
            last_heard=_day(heard[seat]) if seat in heard else "",
            me=seat == own,
            state=one.state.name.lower(),
            until="" if one.until_day is None else iso_day(one.until_day),
            late=late.get(seat, 0),
            handed_in=0 if one.active else team.handed_in(seat),
        )
        for seat, one in (control.seats.items() if control else ())
    ]
    return sorted(rows, key=lambda row: (not row.me, _ORDER.index(row.state), row.person, row.seat))


def last_confirmed(context: Context) -> str:
    """Give the day (YYYY-MM-DD) for which the server last signed what it shows of the team; empty before the first."""
    cursor = context.vault.replica.hub_side.cursor
    if cursor is None or not cursor.verified_day:
        return ""
    return iso_day(cursor.verified_day)


def has_one_lead(context: Context) -> bool:
    """Tell whether a single laptop can let people in and end them."""
    control = context.vault.replica.control
    return control is not None and len(control.leads()) == 1


def other_leads(context: Context) -> tuple[str, ...]:
    """Give the names of the team's leads but one's own, as far as they are known here."""
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    leads = [seat for seat, one in context.vault.seats().items() if int(one.role) == Role.LEAD]
    own = names.get(context.vault.ids.seat_id)
    return tuple(sorted({names[seat] for seat in leads if names.get(seat)} - {own}))


def role_name(role: int) -> str:
    """Give the code of a role as the command line takes it."""
    return Role(role).name.lower()


def compartment_names(comps: Iterable[int]) -> tuple[str, ...]:
    """Give the names of compartments."""
    return tuple(COMPARTMENT_NAMES[comp] for comp in sorted(comps) if comp in COMPARTMENT_NAMES)


def initials(name: str) -> str:
    """Give the first letters of a name's first and last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _day(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, tz=UTC).date().isoformat()


def lock_minutes(context: Context) -> int:
    """Give the minutes without a key after which this vault locks: the pack's, or the policy's; five before that."""
    said = context.pack.settings.get("lock_minutes") if context.pack else None
    if isinstance(said, int):
        return said
    control = context.vault.replica.control
    return UNTIL_A_POLICY if control is None else control.policy.autolock_min
