"""Erasing for ever: a person with every trace, or one record; a lead's, with a reason (protocol.md 2.13).

One save holds all of it: the person's row, and of every record about the person the free text, what could say who it
is, and the reference. The visit still counts, the person does not. Corrections of what goes, go too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select

from broker_desktop.errors import NotFound, UsageError
from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.erasing import EraseReason, reason_of
from broker_desktop.records.record_type import ADMIN, COMMON, RecordType
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.oversight_views import Erasing
from broker_desktop.session.queries import row_bytes
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import same_people
from broker_desktop.store.scrubbing import scrub
from broker_desktop.store.system_rows import (
    CLOSED,
    CORRECTION,
    ERASURE,
    HOLD,
    INTEREST,
    PAIR_DECISION,
    PAIR_SIGN_OFF,
    wire_value,
)
from broker_desktop.store.tables import table
from sync.operation import ALIAS
from sync.replica import Transaction

PERSON: Final = "person"
ERASE: Final = "erase"
_EXTERNAL: Final = "external_id"


def reason_named(code: str) -> EraseReason:
    """Give the reason of a word. Raises UsageError."""
    reason = reason_of(code)
    if reason is None:
        raise UsageError(f"A reason for erasing is one of {', '.join(one.code for one in EraseReason)}.")
    return reason


def erase(context: Context, kind: RecordType, row_id: str, reason: str) -> Erasing:
    """Erase a record for ever; for a person, everything that says who it was.

    Raises:
        NotPermitted: not a lead. NotFound. UsageError: not a reason.
    """
    context.only_leads("Erasing")
    why, row = reason_named(reason), row_bytes(row_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        if not context.vault.records.one(tx.connection, kind.name, row):
            raise NotFound(f"No {kind.title.lower()} has this id here.")
        erased = erase_in(context, tx, kind, row, why)
        at, seat = context.environment.moment(), context.vault.ids.seat_id
        note = {"type": kind.name, "row": row, "reason": why.code, "at": at, "seat": seat}
        done = {"done_at": at, "done_by": seat}
        tx.create(ERASURE, context.environment.new_id(), ADMIN, {**note, **done}, fresh=True)
    finish(context)
    return erased


def erase_in(context: Context, tx: Transaction, kind: RecordType, row: bytes, why: EraseReason) -> Erasing:
    """Erase within a save that somebody else began; `finish` follows it."""
    job = _Job(context, tx, why)
    if kind.name == PERSON:
        job.person(row)
    else:
        job.whole(kind.name, row)
    context.audit(ERASE, kind.name, row, many=job.people + job.records + job.anonymous, tx=tx)
    return Erasing(people=job.people, records=job.records, anonymous=job.anonymous)


def settle_late(context: Context) -> Erasing:
    """Make anonymous for good what came later about somebody erased, and erase corrections of what is erased."""
    context.only_leads("Erasing")
    late = table("late_arrival")
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        job = _Job(context, tx, EraseReason.LATE)
        for line in tx.connection.execute(select(late.c.type, late.c.id)).all():
            if line.type == CORRECTION:
                job.corrections([line.id])
            else:
                job.without_person(record_type(line.type), line.id)
        count = job.anonymous + job.corrected
        if count:
            context.audit(ERASE, many=count, tx=tx)
    finish(context)
    return Erasing(people=0, records=job.corrected, anonymous=job.anonymous)


def finish(context: Context) -> None:
    """After the save of an erasure: write over the old pages, tell the listeners."""
    with told_as_app_errors():
        scrub(context.vault)
    context.publish(RecordsChanged(frozenset(kind.name for kind in CATALOGUE), frozenset(), "local"))


class _Job:
    """One erasure within one save."""

    def __init__(self, context: Context, tx: Transaction, why: EraseReason) -> None:
        self._context = context
        self._tx = tx
        self._why = int(why)
        self.people = 0
        self.records = 0
        self.anonymous = 0
        self.corrected = 0

    def person(self, row: bytes) -> None:
        """Erase a person, whoever turned out to be the same, and every trace of them."""
        people = same_people(self._tx.connection, row)
        codes = self._codes(people)
        about = [(kind, one) for kind in CATALOGUE for one in self._about(kind, people, codes)]
        for kind, one in about:
            self.without_person(kind, one)
        for one in people:
            self._row(PERSON, one)
            self._marks(one)
            self.people += 1

    def whole(self, type_name: str, row: bytes) -> None:
        """Erase one record."""
        self._row(type_name, row)
        self.records += 1

    def without_person(self, kind: RecordType, row: bytes) -> None:
        """Take out of a record who it was about; the rest still counts."""
        state = self._tx.state(kind.name, row)
        if state is None or state.erased:
            return
        personal = kind.personal | {_EXTERNAL}
        standing = {name for name in state.fields if name.partition(":")[0] in personal}
        if kind.person_field is not None:
            self._tx.put(kind.name, row, {kind.person_field: None})
        self._tx.erase(kind.name, row, self._why, sorted(standing | kind.personal))
        gone = [*personal, kind.person_field, ALIAS]
        self.corrections(self._corrections_of(kind.name, row, [name for name in gone if name]))
        self._tell_copies(kind.name, row)
        self.anonymous += 1

    def corrections(self, rows: Iterable[bytes]) -> None:
        """Erase corrections."""
        for row in rows:
            self._tx.erase(CORRECTION, row, self._why)
            self.corrected += 1

    def _row(self, type_name: str, row: bytes) -> None:
        self._tx.erase(type_name, row, self._why)
        self.corrections(self._corrections_of(type_name, row, None))
        self._tell_copies(type_name, row)

    def _marks(self, person: bytes) -> None:
        """Erase what was noted about the person: a hold, to whom they were closed, who they are not."""
        connection, interest = self._tx.connection, table(INTEREST)
        if self._tx.has(HOLD, person):
            self._tx.erase(HOLD, person, self._why)
        for line in connection.execute(select(interest).where(interest.c.person == person)).all():
            for _, mark in wire_value(line.marks):
                self._tx.erase(CLOSED, mark, self._why)
            self._tx.erase(INTEREST, line.id, self._why)
        for name in (PAIR_DECISION, PAIR_SIGN_OFF):
            pair = table(name)
            named = (pair.c.a == person) | (pair.c.b == person)
            for row in connection.execute(select(pair.c.id).where(named)).scalars().all():
                self._tx.erase(name, row, self._why)

    def _tell_copies(self, type_name: str, row: bytes) -> None:
        """Whoever recorded it without holding its compartment keeps a copy, and cannot read the erasure there."""
        seats = self._context.vault.seats()
        held = [set(seats[maker].comps) for maker in self._tx.makers(type_name, row) if maker in seats]
        if any(not kind_held & record_type(type_name).compartments for kind_held in held):
            self._tx.announce_erased(type_name, row, COMMON, self._why)

    def _codes(self, people: list[bytes]) -> set[str]:
        target = self._context.vault.projection.table(PERSON)
        found = self._tx.connection.execute(select(target.c.c_code).where(target.c.id.in_(people))).scalars()
        return {code for code in found if code}

    def _about(self, kind: RecordType, people: list[bytes], codes: set[str]) -> list[bytes]:
        """Give the records that name these people, by reference or by code."""
        if kind.name == PERSON:
            return []
        target = self._context.vault.projection.table(kind.name)
        named: list[Any] = [target.c[f"c_{name}"].in_(codes) for name in kind.code_fields]
        if kind.person_field is not None:
            named.append(target.c.person.in_(people))
        found: dict[bytes, None] = {}
        for condition in named:
            found |= dict.fromkeys(self._tx.connection.execute(select(target.c.id).where(condition)).scalars())
        late = table("late_arrival")
        wanted = select(late.c.id).where(late.c.type == kind.name, late.c.about.in_(people))
        return [*found, *(row for row in self._tx.connection.execute(wanted).scalars() if row not in found)]

    def _corrections_of(self, type_name: str, row: bytes, fields: list[str] | None) -> list[bytes]:
        change = table("change")
        wanted = select(change.c.id, change.c.field).where(change.c.type == type_name, change.c.row == row)
        lines = self._tx.connection.execute(wanted).all()
        return [line.id for line in lines if fields is None or line.field.partition(":")[0] in fields]
