"""Two people who are perhaps one: the list, both side by side, and what somebody decides (requirements.md J8).

A suggestion never merges anything. "The same" is the alias of `same_person.py`; "not the same" is a row of the team
that travels, so that nobody is asked again; a nurse's look at health records is a third kind of row. Everything can be
taken back. Who is closed here is in no pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records import record_type
from broker_desktop.records.access import Role
from broker_desktop.records.duplicates import Likeness
from broker_desktop.records.record_type import CLINICAL, GENERAL
from broker_desktop.session import same_person
from broker_desktop.session.alike import alike_of
from broker_desktop.session.closing import closed_people, closed_to_you
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.pair_views import DecidedLine, PairField, PairLine, PairView
from broker_desktop.session.queries import label_of, row_bytes, worker_names
from broker_desktop.session.same_person import (
    DECIDERS,
    PERSON,
    health_records,
    pair_key,
    signed_off,
)
from broker_desktop.session.views import Payload
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import StoredRecord, main_people, same_people
from broker_desktop.store.system_rows import PAIR_DECISION, PAIR_SIGN_OFF
from broker_desktop.store.tables import table
from sync.ids import derived_id, uuid_text
from sync.operation import ALIAS
from sync.replica import Transaction

LOOKERS: Final = DECIDERS | {Role.NURSE}
NOT_SAME: Final = "not_same"


def pairs(context: Context, most: int | None = None) -> list[PairLine]:
    """List who are perhaps one, the likest first; to a nurse those whose health records somebody has to look at."""
    kept = _kept(context)[:most]
    with context.vault.reader.connect() as connection:
        people = context.vault.records.some(connection, PERSON, [row for one in kept for row in one[:2]])
    return [
        PairLine(
            a=uuid_text(a),
            b=uuid_text(b),
            a_label=label_of(people[a].payload()),
            b_label=label_of(people[b].payload()),
            score=likeness.score,
            reasons=tuple(one.words for one in likeness.reasons),
        )
        for a, b, likeness in kept
        if a in people and b in people
    ]


def pair_count(context: Context) -> int:
    """Count what `pairs` lists."""
    return len(_kept(context))


def _kept(context: Context) -> list[tuple[bytes, bytes, Likeness]]:
    if context.role not in LOOKERS:
        return []
    found = alike_of(context).pairs()
    with context.vault.reader.connect() as connection:
        roots = main_people(connection)
        apart = _kept_apart(connection, roots)
        closed = closed_people(context, connection)
        lines: dict[frozenset[bytes], tuple[bytes, bytes, Likeness]] = {}
        for a, b, likeness in found:
            one, other = roots.get(a, a), roots.get(b, b)
            pair = frozenset({one, other})
            if len(pair) == 2 and pair not in apart and pair not in lines and not pair & closed:
                lines[pair] = (one, other, likeness)
        kept = list(lines.values())
        if context.role is Role.NURSE:
            kept = [one for one in kept if _waits_for_nurse(context, connection, one[0], one[1])]
    return kept


def pair(context: Context, one_id: str, other_id: str) -> PairView:
    """Put two people side by side, field by field. Raises NotPermitted, NotFound, BadInput for one and the same."""
    _only_lookers(context)
    with context.vault.reader.connect() as connection:
        one, other = _both(context, connection, one_id, other_id)
        a, b = one.payload(), other.payload()
        fields = tuple(_fields(context, a, b))
        counts = [_counts(context, connection, row.id) for row in (one, other)]
        health = health_records(context, connection, (one.id, other.id))
        signed = signed_off(connection, one.id, other.id)
        names = worker_names(connection)
        said = _decision(connection, one.id, other.id)
    likeness = alike_of(context).of(one.id, other.id)
    context.audit_open(PERSON, one.id)
    context.audit_open(PERSON, other.id)
    return PairView(
        a=uuid_text(one.id),
        b=uuid_text(other.id),
        a_label=label_of(a),
        b_label=label_of(b),
        score=likeness.score,
        reasons=tuple(reason.words for reason in likeness.reasons),
        against=tuple(reason.words for reason in likeness.reasons if reason.points < 0),
        fields=fields,
        a_records=counts[0],
        b_records=counts[1],
        health=health,
        signed_by=None if signed is None else names.get(signed[0], ""),
        signed_note="" if signed is None else signed[1],
        not_same=said,
    )


def not_same(context: Context, one_id: str, other_id: str, reason: str) -> None:
    """Remember that two people are not one; nobody is asked about them again, on any laptop.

    Raises:
        NotPermitted: neither lead nor data officer. NotFound. BadInput: no reason.
    """
    _decide(context, one_id, other_id, NOT_SAME, reason)


def ask_again(context: Context, one_id: str, other_id: str, reason: str = "undo") -> None:
    """Take "not the same" back. Raises as `not_same`; BadInput where nobody said so."""
    with context.vault.reader.connect() as connection:
        one, other = _both(context, connection, one_id, other_id)
        if _decision(connection, one.id, other.id) is None:
            raise BadInput("Nobody said that these two are not the same.", code="SAME-7")
    _decide(context, one_id, other_id, "", reason)


def sign_off(context: Context, one_id: str, other_id: str, note: str) -> None:
    """Say, as a nurse, whose the health records of two people are; the note stays with clinical staff.

    Raises:
        NotPermitted: not a nurse. NotFound. BadInput: no note.
    """
    if context.role is not Role.NURSE:
        raise NotPermitted("Looking at whose health records these are is for a nurse.", code="SAME-8")
    if not note.strip():
        raise BadInput("This needs a note: what was found, and whose the results are.")
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        one, other = _both(context, tx.connection, one_id, other_id)
        first, second = sorted((one.id, other.id))
        said = {"a": first, "b": second, "at": context.environment.moment(), "seat": context.vault.ids.seat_id}
        tx.create(PAIR_SIGN_OFF, context.environment.new_id(), GENERAL, said, fresh=True)
        tx.create(PAIR_SIGN_OFF, context.environment.new_id(), CLINICAL, {**said, "note": note.strip()}, fresh=True)
        context.audit("sign_off_pair", PERSON, one.id, tx=tx)
    _tell(context, one.id, other.id)


def decided(context: Context) -> list[DecidedLine]:
    """List what was decided about people who are alike, the newest first, so that it can be taken back."""
    _only_lookers(context)
    with context.vault.reader.connect() as connection:
        lines = [*_not_same_lines(connection), *_same_lines(connection)]
        closed = closed_people(context, connection)
        names = worker_names(connection)
        people = context.vault.records.some(connection, PERSON, [row for line in lines for row in line[1:3]])
    lines.sort(key=lambda line: line[4], reverse=True)
    return [
        DecidedLine(
            verdict=verdict,
            a=uuid_text(a),
            b=uuid_text(b),
            a_label=label_of(people[a].payload()),
            b_label=label_of(people[b].payload()),
            reason=reason,
            at=at,
            by=names.get(seat, ""),
        )
        for verdict, a, b, reason, at, seat in lines
        if a in people and b in people and not {a, b} & closed
    ]


_Line = tuple[str, bytes, bytes, str, str, bytes]


def _not_same_lines(connection: Connection) -> Iterator[_Line]:
    target = table("pair_decision")
    for row in connection.execute(select(target).where(target.c.verdict == NOT_SAME)):
        yield NOT_SAME, row.a, row.b, row.reason, row.at, row.seat


def _same_lines(connection: Connection) -> Iterator[_Line]:
    alias, change = table("alias"), table("change")
    said = {
        row.row: row
        for row in connection.execute(
            select(change).where(change.c.type == PERSON, change.c.field == ALIAS).order_by(change.c.made_ms)
        )
    }
    for one in connection.execute(select(alias.c.id, alias.c.into)):
        why = said.get(one.id)
        yield ("same", one.id, one.into, why.reason if why else "", why.at if why else "", why.seat if why else b"")


def _kept_apart(connection: Connection, roots: dict[bytes, bytes]) -> set[frozenset[bytes]]:
    target = table("pair_decision")
    lines = connection.execute(select(target.c.a, target.c.b).where(target.c.verdict == NOT_SAME))
    return {frozenset({roots.get(a, a), roots.get(b, b)}) for a, b in lines}


def _decision(connection: Connection, one: bytes, other: bytes) -> str | None:
    """Give why these two are not the same, None where nobody said so."""
    target = table("pair_decision")
    first, second = sorted((one, other))
    at = (target.c.a == first, target.c.b == second, target.c.verdict == NOT_SAME)
    return connection.execute(select(target.c.reason).where(*at)).scalar()


def _decide(context: Context, one_id: str, other_id: str, verdict: str, reason: str) -> None:
    if context.role not in DECIDERS:
        raise NotPermitted("Saying who is not the same is for a team lead or data officer.")
    if not reason.strip():
        raise BadInput("This needs a reason in a word or two.")
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        one, other = _both(context, tx.connection, one_id, other_id)
        _write(context, tx, one.id, other.id, verdict, reason.strip())
        context.audit(verdict or "ask_again", PERSON, one.id, tx=tx)
    _tell(context, one.id, other.id)


def _write(context: Context, tx: Transaction, one: bytes, other: bytes, verdict: str, reason: str) -> None:
    """Write the pair's own row, which two laptops derive alike."""
    first, second = sorted((one, other))
    row = derived_id(context.row_salt, pair_key(first, second))
    said = {
        "a": first, "b": second, "verdict": verdict, "reason": reason,
        "at": context.environment.moment(), "seat": context.vault.ids.seat_id,
    }  # fmt: skip
    if tx.has(PAIR_DECISION, row):
        tx.put(PAIR_DECISION, row, said)
    else:
        tx.create(PAIR_DECISION, row, GENERAL, said)


def _both(context: Context, connection: Connection, one_id: str, other_id: str) -> tuple[StoredRecord, StoredRecord]:
    wanted = [row_bytes(one_id), row_bytes(other_id)]
    if wanted[0] == wanted[1]:
        raise BadInput("These two are the same person already.", code="SAME-3")
    if closed_people(context, connection) & set(wanted):
        raise closed_to_you()
    found = context.vault.records.some(connection, PERSON, wanted)
    if len(found) < 2:
        raise NotFound("No person has this id here.")
    return found[wanted[0]], found[wanted[1]]


def _fields(context: Context, a: Payload, b: Payload) -> Iterator[PairField]:
    """Give every question that either answered; it differs where both did, and not alike."""
    for field in record_type(PERSON).fields:
        first, second = (field.text(one.get(field.name), context.codes) for one in (a, b))
        if first or second:
            differs = bool(first and second and first != second)
            yield PairField(name=field.name, label=field.label, a=first, b=second, differs=differs)


def _counts(context: Context, connection: Connection, person: bytes) -> tuple[tuple[str, int], ...]:
    """Count what is recorded about somebody by type, as far as this seat may read it."""
    names = [kind.name for kind in context.types() if kind.person_field]
    counted: dict[str, int] = {}
    for one in context.vault.records.of_person(connection, person, names):
        counted[one.type] = counted.get(one.type, 0) + (0 if one.voided else 1)
    return tuple((record_type(name).plural, number) for name, number in counted.items() if number)


def _waits_for_nurse(context: Context, connection: Connection, one: bytes, other: bytes) -> bool:
    people = (*same_people(connection, one), *same_people(connection, other))
    return health_records(context, connection, people) is not False and signed_off(connection, one, other) is None


def _only_lookers(context: Context) -> None:
    if context.role not in LOOKERS:
        raise NotPermitted("Comparing two people is for a team lead, data officer or nurse.")


def _tell(context: Context, *rows: bytes) -> None:
    context.publish(RecordsChanged(frozenset({PERSON}), frozenset(map(uuid_text, rows)), "local"))


class PairsDesk:
    """Who is perhaps one, and what is decided about it. One line a method; reached as `Session.pairs`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def all(self) -> list[PairLine]:
        """List who are perhaps one; nothing for roles that do not decide."""
        return pairs(self._context)

    def pair(self, one_id: str, other_id: str) -> PairView:
        """Put two people side by side. Raises NotPermitted, NotFound, BadInput."""
        return pair(self._context, one_id, other_id)

    def same(self, person_id: str, into_id: str, reason: str) -> None:
        """Say that a person is another one, who stands for both. Raises NotPermitted, NotFound, BadInput."""
        same_person.alias(self._context, person_id, into_id, reason)

    def not_same(self, one_id: str, other_id: str, reason: str) -> None:
        """Remember that they are two. Raises NotPermitted, NotFound, BadInput."""
        not_same(self._context, one_id, other_id, reason)

    def undo(self, line: DecidedLine, reason: str = "undo") -> None:
        """Take a decision back. Raises NotPermitted, NotFound, BadInput."""
        if line.verdict == NOT_SAME:
            ask_again(self._context, line.a, line.b, reason)
        else:
            same_person.unalias(self._context, line.a, reason)

    def sign_off(self, one_id: str, other_id: str, note: str) -> None:
        """Say, as a nurse, whose the health records are. Raises NotPermitted, NotFound, BadInput."""
        sign_off(self._context, one_id, other_id, note)

    def decided(self) -> list[DecidedLine]:
        """List the decisions that can be taken back. Raises NotPermitted."""
        return decided(self._context)
