"""Who works on which laptop, as lists and the header show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from broker_desktop.records.access import Role
from broker_desktop.session.context import COMPARTMENT_NAMES, Context
from broker_desktop.session.queries import worker_names
from broker_desktop.session.views import SeatRow, SeatView
from broker_desktop.store.tables import table
from sync.ids import uuid_text

UNTIL_A_POLICY: Final = 5
"""Minutes until the lock as long as no team has said otherwise (design.md section 8)."""


def seat_view(context: Context) -> SeatView:
    """Tell who works here."""
    own = context.vault.ids.seat_id
    worker = table("worker")
    with context.vault.reader.connect() as connection:
        row = connection.execute(select(worker.c.name, worker.c.laptop).where(worker.c.seat == own)).first()
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
    )


def seat_rows(context: Context) -> list[SeatRow]:
    """List the laptops of the team, this one first."""
    own = context.vault.ids.seat_id
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    heard = context.vault.replica.last_heard()
    rows = [
        SeatRow(
            seat=uuid_text(seat),
            person=names.get(seat, ""),
            role=role_name(one.role),
            compartments=compartment_names(one.comps),
            last_heard=_day(heard[seat]) if seat in heard else "",
            me=seat == own,
        )
        for seat, one in context.vault.seats().items()
    ]
    return sorted(rows, key=lambda row: (not row.me, row.person, row.seat))


def lead_names(context: Context) -> tuple[str, ...]:
    """Give the names of the team's leads, as far as they are known here."""
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    leads = [seat for seat, one in context.vault.seats().items() if int(one.role) == Role.LEAD]
    return tuple(sorted({names[seat] for seat in leads if names.get(seat)}))


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
    """Give the minutes without a key after which this vault locks; five until a team says otherwise."""
    control = context.vault.replica.control
    return UNTIL_A_POLICY if control is None else control.policy.autolock_min
