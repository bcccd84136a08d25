"""Importing a file of records: all of it or none, in one transaction, with exact counts (contract.md).

Lines are judged one by one and written in batches: looking a thousand ids up at once is what makes it quick.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Final

from broker_desktop.errors import BadInput, Place
from broker_desktop.platform.files import replace_durably
from broker_desktop.records import CATALOGUE
from broker_desktop.records.codelist import nearest
from broker_desktop.records.mapping import Fault, FileMap
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import Severity
from broker_desktop.session.changes import changed_fields, write_changes
from broker_desktop.session.commands import IMPORT_REASON
from broker_desktop.session.context import Context
from broker_desktop.session.csv_cells import payload_of
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.import_file import Line
from broker_desktop.session.import_lines import opened_lines
from broker_desktop.session.import_report import BadLineFound, ImportReport, report_of
from broker_desktop.session.permissions import check_make
from broker_desktop.session.references import References
from broker_desktop.session.refusals import described
from broker_desktop.session.views import ImportCounts
from broker_desktop.store.database import told_as_app_errors, told_by_disk
from sync.merge import RowState, shown
from sync.replica import Transaction

_BATCH: Final = 1000
MIXED: Final = "mixed"
LISTED: Final = frozenset({"custody", "recorded_at", "recorded_by", "voided"})
"""What a listing adds to a record."""


class _RolledBackError(Exception):
    """Ends the transaction of a dry run."""


@dataclass(frozen=True, slots=True)
class _Good:
    number: int
    kind: RecordType
    row: bytes
    payload: dict[str, Any]


@dataclass(slots=True)
class _Tally:
    read: int = 0
    added: int = 0
    unchanged: int = 0
    amended: int = 0
    bad: list[BadLineFound] = field(default_factory=list)
    types: set[str] = field(default_factory=set)

    def counts(self) -> ImportCounts:
        return ImportCounts(
            read=self.read, added=self.added, unchanged=self.unchanged, amended=self.amended, refused=len(self.bad)
        )


def import_file(
    context: Context,
    type_name: str,
    path: Path,
    *,
    file_map: FileMap | None = None,
    dry_run: bool = False,
    skip_bad: Path | None = None,
    every: bool = False,
) -> ImportReport:
    """Import a file of one type, or of lines that carry their own `type` (`mixed`).

    `file_map`: what the columns of the file mean. `every`: go through the whole file whatever is wrong with it; nothing
    is stored then unless the bad lines go to a file of their own.

    Raises:
        BadInput: a line is refused, `skip_bad` is None and `every` is not set; nothing of the file is stored.
        NotPermitted: a line is of a type that is not open to this seat.
    """
    only = None if type_name == MIXED else context.kind(type_name)
    job = _Import(context, only, keep_bad=every or skip_bad is not None)
    stored = False
    with suppress(_RolledBackError), told_as_app_errors(), context.vault.replica.transaction() as tx:
        with opened_lines(context, only, path, file_map) as source:
            job.run(tx, source.lines)
        context.audit("import", type_name, many=job.tally.added + job.tally.amended, tx=tx)
        if skip_bad is not None:
            _write_bad(skip_bad, job.tally.bad)
        _keep(dry_run=dry_run or (skip_bad is None and bool(job.tally.bad)))
        stored = True
    if stored:
        context.publish(RecordsChanged(frozenset(job.tally.types), frozenset(), "import"))
    return report_of(type_name, path, source.sheet, job.tally.counts(), job.tally.bad, stored=stored)


def _keep(*, dry_run: bool) -> None:
    if dry_run:
        raise _RolledBackError


def _write_bad(path: Path, bad: Iterable[BadLineFound]) -> None:
    text = "".join(json.dumps(one.to_json(), ensure_ascii=False) + "\n" for one in bad)
    try:
        replace_durably(path, text.encode())
    except OSError as error:
        raise told_by_disk(error, "The file for the bad lines cannot be written") from None


class _Import:
    """One run over one file, inside one transaction."""

    def __init__(self, context: Context, only: RecordType | None, *, keep_bad: bool) -> None:
        self._context = context
        self._only = only
        self._keep_bad = keep_bad
        self._check = context.check_context(importing=True)
        self._birth = context.made()
        self._open = {kind.name: kind for kind in context.types()}
        self._lines: dict[tuple[str, bytes], tuple[int, bytes]] = {}
        self.tally = _Tally()

    def run(self, tx: Transaction, lines: Iterator[Line]) -> None:
        """Take every line; stops at the first bad one unless bad ones are kept."""
        references = References(self._context, tx)
        while batch := list(islice(lines, _BATCH)):
            self.tally.read += len(batch)
            judged = [self._judged(line, references) for line in batch]
            self._store(tx, references, [good for good in judged if good is not None])

    def _judged(self, line: Line, references: References) -> _Good | None:
        said = line.said
        if said is None:
            self._bad(line, [Fault("", "", line.trouble)])
            return None
        kind = self._kind(line, said)
        if kind is None:
            return None
        payload = _payload(kind, line, said)
        faults = self._faults(kind, line, payload)
        if faults:
            self._bad(line, faults)
            return None
        row = references.own_id(kind, payload)
        if row is None:
            return _Good(line.number, kind, self._context.environment.new_id(), payload)
        return None if self._seen(line, kind, row, payload) else _Good(line.number, kind, row, payload)

    def _kind(self, line: Line, said: Mapping[str, Any]) -> RecordType | None:
        if self._only is not None:
            return self._only
        name = said.get("type")
        if name in self._open:
            return self._open[str(name)]
        names = [kind.name for kind in CATALOGUE]
        if name in names:
            return self._context.kind(str(name))
        if name is None:
            self._bad(line, [Fault("", "type", "type: A mixed file needs the type on every line.")])
        else:
            near = nearest(str(name), names)
            reason = f"type: There is no record type of that name. Did you mean {near}?"
            self._bad(line, [Fault("", "type", reason)])
        return None

    def _seen(self, line: Line, kind: RecordType, row: bytes, payload: Mapping[str, Any]) -> bool:
        """Meet a second line of the same record in one file: word for word the same is nothing new, else it is bad."""
        digest = blake2b(line.raw, digest_size=16).digest()
        first = self._lines.setdefault((kind.name, row), (line.number, digest))
        if first[0] == line.number:
            return False
        if first[1] == digest:
            self.tally.unchanged += 1
        else:
            name = next((name for name in ("id", "code", "external_id") if name in payload), None)
            reason = f"{name}: Line {first[0]} is of the same record, with other content."
            self._bad(line, [Fault(line.column_of(name or ""), name or "", reason)])
        return True

    def _faults(self, kind: RecordType, line: Line, payload: Mapping[str, Any]) -> list[Fault]:
        """Give everything wrong with a line; a cell that could not be read is not also missed."""
        found = list(line.faults)
        unread = {fault.field.partition(".")[0] for fault in found}
        for issue in kind.check(payload, self._check):
            if issue.severity is Severity.REFUSE and issue.path.partition(".")[0] not in unread:
                column = line.column_of(issue.path)
                found.append(Fault(column, issue.path, issue.message if column else described(issue)))
        return found

    def _bad(self, line: Line, faults: Sequence[Fault]) -> None:
        first = faults[0]
        if not self._keep_bad:
            where = f"Line {line.number}" + (f", column {first.column}" if first.column else "")
            raise BadInput(f"{where}: {first.reason}", code="IMPORT-3", place=Place(line.number, first.field or None))
        self.tally.bad.append(BadLineFound(line.number, tuple(faults), line.raw))

    def _store(self, tx: Transaction, references: References, goods: list[_Good]) -> None:
        references.expect(code for good in goods if (code := _person_code(good)) is not None)
        known: dict[tuple[str, bytes], RowState] = {}
        for kind in {good.kind.name: good.kind for good in goods}.values():
            rows = [good.row for good in goods if good.kind is kind]
            known.update(((kind.name, row), state) for row, state in tx.states(kind.name, rows).items())
            self.tally.types.add(kind.name)
        for good in goods:
            self._store_one(tx, references, good, known.get((good.kind.name, good.row)))

    def _store_one(self, tx: Transaction, references: References, good: _Good, state: RowState | None) -> None:
        kind = good.kind
        resolved = kind.resolved(good.payload, person=references.person, external=references.external)
        met = good.row in references.made
        if state is None and not met:
            complete = kind.completed(resolved)
            check_make(self._context, kind, complete)
            comp = kind.compartment_of(complete, self._context.codes)
            tx.create(kind.name, good.row, comp, {**kind.to_wire(complete), "_made": self._birth})
            references.keep(good.row)
            self.tally.added += 1
            return
        if state is None:
            state = tx.state(kind.name, good.row)
        before = shown(state) if state is not None else {}
        changed = changed_fields(kind, before, kind.to_wire(resolved), resolved, whole=False)
        changes = {name: value for name, value in changed.items() if not _stands(state, name, value)}
        if met:
            references.keep(good.row)
            tx.put(kind.name, good.row, changes)
            self.tally.added += 1
        elif changes:
            write_changes(self._context, tx, kind, good.row, changes, IMPORT_REASON)
            self.tally.amended += 1
        else:
            self.tally.unchanged += 1


def _stands(state: RowState | None, name: str, value: Any) -> bool:
    """Tell whether a field holds a value already, be it one of several: a file never decides a conflict."""
    return state is not None and any(one.value == value for one in state.fields.get(name, ()))


def _payload(kind: RecordType, line: Line, said: Mapping[str, Any]) -> dict[str, Any]:
    """Give the record a line stands for, without what `record list` adds to it, so that a listing can be imported."""
    kept = {name: value for name, value in said.items() if name not in LISTED}
    return payload_of(kind, kept) if line.cells else kept


def _person_code(good: _Good) -> str | None:
    value = good.payload.get(good.kind.person_field) if good.kind.person_field else None
    return value.get("code") if isinstance(value, dict) else None
