"""What changed after a period was signed: each line that is another one now, from what to what, and why.

The signed figures never move. A change is told by comparing the signed lines with the lines as they would be counted
now, and the records by the prints that were kept at signing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from broker_desktop.records.measure import DEFINITIONS, LINES, PERCENT, Line, behind_each
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import ShownLine
from broker_desktop.session.period import Period
from broker_desktop.store.facts import SqlFacts
from broker_desktop.store.prints import Difference, differences, prints
from broker_desktop.store.signed import SignedMonth, prints_of
from sync.ids import uuid_text

TYPES: Final = frozenset(kind.name for line in LINES for kind in line.types if kind.event_field is not None)
"""The record types that figures rest on, by the day they count in."""
_TOLD_LATER: Final = frozenset(line.id for line in LINES if line.told_later)
_LEFT: Final = frozenset({"voided", "moved", "erased"})


@dataclass(frozen=True, slots=True)
class LateRecord:
    """A record that is not as it was when the period was signed."""

    type: str
    id: str
    """Empty for one that was erased."""
    what: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """Give it as the summary prints it."""
        return {"type": self.type, "id": self.id, "what": self.what, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class LateChange:
    """One line that would be another one now."""

    line: str
    """Empty where all of them were counted by other definitions."""
    title: str
    before: int | Decimal | None
    after: int | Decimal | None
    change: str
    """As people say it: +3 contacts; or that only its parts moved."""
    records: tuple[LateRecord, ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as the summary prints it."""
        return {
            "line": self.line, "title": self.title, "from": _plain(self.before), "to": _plain(self.after),
            "change": self.change, "records": [one.to_json() for one in self.records],
        }  # fmt: skip


OTHER_DEFINITIONS: Final = LateChange("", "All figures", None, None, "counted by other definitions now", ())


def told_once(changes: Sequence[LateChange]) -> list[tuple[LateChange, int]]:
    """Give each change once with how many further lines say the same of the same records, such as cuts of a figure."""
    found: dict[tuple[str, tuple[LateRecord, ...]], tuple[LateChange, int]] = {}
    for one in changes:
        key = (one.change, one.records)
        first, more = found.get(key, (one, -1))
        found[key] = (first, more + 1)
    return list(found.values())


def late_changes(
    context: Context, connection: Connection, period: Period, signed: SignedMonth, now: Sequence[Line]
) -> tuple[LateChange, ...]:
    """Give what changed since an issue, for our own team. `now`: the lines of the period as they would be counted now.

    Figures of other definitions are not compared: that one line says so.
    """
    if signed.definitions != DEFINITIONS:
        return (OTHER_DEFINITIONS,)
    then = {line.id: line for line in signed.lines}
    moved = [line for line in compared(context, now) if line.id in then and not _same(then[line.id], line)]
    if not moved:
        return ()
    projection = context.vault.projection
    held = list(prints(connection, projection, TYPES, period.first_day, period.last_day))
    found = differences(connection, projection, held, prints_of(connection, signed.id), TYPES)
    definitions = [line for line in LINES if line.id in {one.id for one in moved}]
    facts = SqlFacts(connection, projection)
    behind = behind_each(definitions, facts, period.first_day, period.last_day, context.codes)
    kinds = {line.id: {kind.name for kind in line.types} for line in definitions}
    return tuple(
        _change(then[line.id], line, _records(found, set(behind[line.id]), kinds[line.id], fell=_fell(then, line)))
        for line in moved
    )


def changes_for_others(
    signed: SignedMonth, then: Sequence[ShownLine], now: Sequence[ShownLine]
) -> tuple[LateChange, ...]:
    """Give what changed since an issue of what others are shown, then and now; without records.

    `now` is hidden as a further issue would be: what is told of it must not give away what changed beside it.
    """
    if signed.definitions != DEFINITIONS:
        return (OTHER_DEFINITIONS,)
    before = {line.id: line for line in then if not line.hidden}
    told = [(before[one.id], one) for one in now if one.id in before and not one.hidden and one.id not in _TOLD_LATER]
    return tuple(_change(was, line, ()) for was, line in told if was.value != line.value)


def compared(context: Context, lines: Sequence[Line]) -> list[Line]:
    """Leave out what this seat cannot read, and what moves while records stand: merges, what laptops tell later."""
    of_records = {line.id for line in LINES if line.types} - _TOLD_LATER
    return [line for line in lines if line.id in of_records and line.compartments <= context.compartments]


def _fell(then: Mapping[str, Line], line: Line) -> bool:
    before, after = then[line.id].value, line.value
    return before is not None and (after is None or after < before)


def _records(
    found: Sequence[Difference], behind: set[tuple[str, str]], kinds: set[str], *, fell: bool
) -> tuple[LateRecord, ...]:
    """Give the records that moved a line: those behind it now, and where it fell those of its types that left it."""
    told = []
    for one in found:
        row = uuid_text(one.id) if one.id else ""
        left = one.what != "added" and (one.type in kinds or not one.type)
        if (one.type, row) in behind or (left and (fell or one.what in _LEFT)):
            told.append(LateRecord(one.type, row, one.what, one.reason))
    return tuple(told)


def _same(before: Line, after: Line) -> bool:
    return (before.value, before.numerator, before.denominator, before.cells) == (
        after.value, after.numerator, after.denominator, after.cells,
    )  # fmt: skip


def _change(before: Any, after: Any, records: tuple[LateRecord, ...]) -> LateChange:
    return LateChange(after.id, after.title, before.value, after.value, _words(before, after), records)


def _words(before: Any, after: Any) -> str:
    if before.value is None or after.value is None or before.value == after.value:
        return "its parts" if before.value == after.value else "now known" if before.value is None else "not known now"
    return f"{after.value - before.value:+} {'points' if after.unit == PERCENT else after.unit}"


def _plain(value: int | Decimal | None) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value
