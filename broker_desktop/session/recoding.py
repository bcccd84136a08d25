"""Giving a code to what was written in words: many records at once, with a reason, and undone as one.

What people said stays: `<field>_other` is never touched, and every record keeps one correction with the codes it had.
A re-coding is known by a mark in the reason of its corrections, so it can be listed and undone on any laptop that read
them. Late changes of signed months follow from those corrections. A lead's and a data officer's work
(requirements.md HAMP10-180, J8 step 9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records import BY_NAME
from broker_desktop.records.access import Role
from broker_desktop.records.codelist import nearest
from broker_desktop.records.field import Code, Codes
from broker_desktop.records.other import SUFFIX, open_fields, recoded, same_words, uncoded
from broker_desktop.records.record_type import RecordType
from broker_desktop.session.changes import shown_fields, write_changes
from broker_desktop.session.closing import closed_people, without_closed
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import Query, StoredRecord
from broker_desktop.store.system_rows import wire_value
from broker_desktop.store.tables import table
from sync.replica import Transaction

_MAY: Final = frozenset({Role.LEAD, Role.DATA})
_MARK: Final = re.compile(r"re-code ([0-9a-f]{8}): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWords:
    """The same words under an open code of one field: how often, when last, and the code most like them."""

    type: str
    field: str
    words: str
    count: int
    last_day: str
    suggestion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoding:
    """One re-coding as its corrections tell it; `standing` records still hold what it gave them."""

    mark: str
    type: str
    field: str
    code: str
    count: int
    standing: int
    reason: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoded:
    """What was done: the mark that undoes it, the records changed, and those that somebody changed since."""

    mark: str
    count: int
    left: int = 0


class RecodingDesk:
    """What a data officer does with words that no code fitted."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def words(self) -> list[OtherWords]:
        """List the distinct words, the most frequent first. Raises NotPermitted."""
        _check_role(self._context)
        found = [one for kind in self._context.types() for one in _words_of(self._context, kind)]
        return sorted(found, key=lambda one: (-one.count, one.type, one.field, one.words))

    def recode(self, type_name: str, field_name: str, words: Iterable[str], code: str, reason: str) -> Recoded:
        """Give a code to every record with these words; all or none.

        Raises:
            NotPermitted: neither lead nor data officer. BadInput: no reason, no such code. NotFound: no such words.
        """
        context, wanted = self._context, {same_words(one) for one in words}
        _check_role(context)
        kind, field = _open_field(context, type_name, field_name)
        if not reason.strip():
            raise BadInput("Re-coding needs a reason in a word or two.")
        if code in field.other or code not in context.codes.known(field.list_id):
            near = context.codes.nearest(field.list_id, code)
            raise BadInput(f"There is no such code in the list {field.list_id}. Did you mean {near}?")
        rows = [one.id for one in _saying(context, kind, field) if same_words(_words(one, field)) in wanted]
        if not rows:
            raise NotFound("No record says that under this question.")
        mark = context.environment.new_id().hex()[-8:]
        with told_as_app_errors(), context.vault.replica.transaction() as tx:
            for row in rows:
                value = recoded(field, shown_fields(tx, kind, row)[field.name], code)
                write_changes(context, tx, kind, row, {field.name: value}, f"re-code {mark}: {reason.strip()}")
            context.audit("recode", kind.name, many=len(rows), tx=tx)
        context.publish(RecordsChanged(frozenset({kind.name}), frozenset(), "local"))
        return Recoded(mark=mark, count=len(rows))

    def done(self) -> list[Recoding]:
        """List what was re-coded, the newest first. Raises NotPermitted."""
        _check_role(self._context)
        return _done(self._context)

    def undo(self, mark: str) -> Recoded:
        """Take a whole re-coding back; records that somebody changed since stay as they are and are counted.

        Raises:
            NotPermitted: neither lead nor data officer. NotFound: no such re-coding stands here.
        """
        context = self._context
        _check_role(context)
        readable = {kind.name for kind in context.types()}
        made = [one for one in _corrections(context) if one.mark == mark and one.type in readable]
        if not made:
            raise NotFound("No re-coding has this mark here.")
        kind, count = BY_NAME[made[0].type], 0
        with told_as_app_errors(), context.vault.replica.transaction() as tx:
            for one in made:
                if _still(tx, kind, one):
                    write_changes(context, tx, kind, one.row, {one.field: one.old}, f"undo re-code {mark}")
                    count += 1
            context.audit("recode", kind.name, many=count, tx=tx)
        context.publish(RecordsChanged(frozenset({kind.name}), frozenset(), "local"))
        return Recoded(mark=mark, count=count, left=len(made) - count)


@dataclass(frozen=True, slots=True)
class _Made:
    mark: str
    type: str
    row: bytes
    field: str
    old: Any
    new: Any
    reason: str
    at: str


def _check_role(context: Context) -> None:
    if context.role not in _MAY:
        raise NotPermitted("Giving codes to what was written in words is for a team lead or data officer.")
    context.check_may_change()


def _open_field(context: Context, type_name: str, field_name: str) -> tuple[RecordType, Code | Codes]:
    kind = context.kind(type_name)
    fields = {one.name: one for one in open_fields(kind.fields)}
    if field_name not in fields:
        near = nearest(field_name, fields)
        raise BadInput(f"{kind.title} has no such question with words for other. Did you mean {near}?")
    return kind, fields[field_name]


def _saying(context: Context, kind: RecordType, field: Code | Codes) -> Iterator[StoredRecord]:
    """Give the records that stand, are open here, and have words under an open code."""
    with context.vault.reader.connect() as connection:
        found = context.vault.records.rows(connection, Query(type=kind.name, having=field.name + SUFFIX))
        kept = without_closed(found, closed_people(context, connection), BY_NAME)
    return (one for one in kept if uncoded(field, one.payload()) is not None)


def _words(stored: StoredRecord, field: Code | Codes) -> str:
    return str(stored.payload()[field.name + SUFFIX])


def _words_of(context: Context, kind: RecordType) -> Iterator[OtherWords]:
    for field in open_fields(kind.fields):
        said: dict[str, list[tuple[str, str]]] = {}
        for one in _saying(context, kind, field):
            words = _words(one, field)
            said.setdefault(same_words(words), []).append((one.day, words.strip()))
        for same, times in said.items():
            yield OtherWords(
                type=kind.name,
                field=field.name,
                words=times[0][1],
                count=len(times),
                last_day=max(day for day, _ in times),
                suggestion=_suggested(context, field, same),
            )


def _suggested(context: Context, field: Code | Codes, words: str) -> str | None:
    """Give the code whose label or own name is most like the words, None when none is."""
    entries = [one for one in context.codes.entries(field.list_id) if one.code not in field.other]
    named = {same_words(one.label): one.code for one in entries} | {one.code.casefold(): one.code for one in entries}
    near = nearest(words, named, cutoff=0.75)
    return None if near is None else named[near]


def _corrections(context: Context) -> list[_Made]:
    target = table("change")
    with context.vault.reader.connect() as connection:
        lines = connection.execute(
            select(target).where(target.c.reason.like("re-code %")).order_by(target.c.at)
        ).mappings()
        return [
            _Made(
                found[1], line["type"], line["row"], line["field"],
                wire_value(line["old"]), wire_value(line["new"]), found[2], line["at"],
            )
            for line in lines
            if line["type"] in BY_NAME and (found := _MARK.fullmatch(line["reason"])) is not None
        ]  # fmt: skip


def _still(tx: Transaction, kind: RecordType, made: _Made) -> bool:
    return tx.has(kind.name, made.row) and shown_fields(tx, kind, made.row).get(made.field) == made.new


def _done(context: Context) -> list[Recoding]:
    by_mark: dict[str, list[_Made]] = {}
    readable = {kind.name for kind in context.types()}
    for one in _corrections(context):
        if one.type in readable:
            by_mark.setdefault(one.mark, []).append(one)
    standing = _standing(context, [one for made in by_mark.values() for one in made])
    found = [
        Recoding(
            mark=mark,
            type=made[0].type,
            field=made[0].field,
            code=_given(made[0]),
            count=len(made),
            standing=sum(1 for one in made if (one.mark, one.row) in standing),
            reason=made[0].reason,
            at=made[0].at,
        )
        for mark, made in by_mark.items()
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _standing(context: Context, made: Sequence[_Made]) -> set[tuple[str, bytes]]:
    found: set[tuple[str, bytes]] = set()
    with context.vault.reader.connect() as connection:
        for name in {one.type for one in made}:
            of_type = [one for one in made if one.type == name]
            here = context.vault.records.some(connection, name, [one.row for one in of_type])
            payloads = {row: stored.payload() for row, stored in here.items()}
            found.update((one.mark, one.row) for one in of_type if payloads.get(one.row, {}).get(one.field) == one.new)
    return found


def _given(made: _Made) -> str:
    """Give the code that the re-coding gave: the one that was not there before."""
    if not isinstance(made.new, list):
        return str(made.new)
    before = made.old if isinstance(made.old, list) else []
    return next((str(code) for code in made.new if code not in before), str(made.new[0]))
