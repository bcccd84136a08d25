"""What every format says of a summary: a row for each figure and part, the rule of hiding. Nothing is hidden here.

Hidden figures are marked, never blank and never 0. The rule of hiding is the disclosure's and only printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.disclosure import Level, ShownCell, ShownLine, explained, hidden_mark
from broker_desktop.session.indicators import indicator_rows
from broker_desktop.session.late_changes import LateChange
from broker_desktop.session.mark_words import mark_words
from broker_desktop.session.summary import Summary

COLUMNS: Final = ("line", "title", "by", "value", "unit", "numerator", "denominator", "notes")
CHOSEN: Final = "These lines were chosen for this return; the hash is that of all figures of the period."
_UNREADABLE: Final = "not readable here"
_HIDDEN: Final = "hidden"

Cell = str | int | float
By = Callable[[Mapping[str, str | None]], str]


def by_codes(by: Mapping[str, str | None]) -> str:
    """Write what a part is by, as codes."""
    return ", ".join(f"{name}: {code or 'not answered'}" for name, code in by.items())


def rows(summary: Summary, by_words: By = by_codes) -> list[tuple[Cell, ...]]:
    """Give the table: a row for each line and one for each of its parts."""
    table: list[tuple[Cell, ...]] = []
    for line in summary.lines:
        table.append(_row(line, summary.level))
        for cell in line.cells:
            value = mark_of(cell, summary.level) if cell.hidden else _plain(cell.value)
            table.append((line.id, line.title, by_words(cell.by), value, line.unit, "", "", ""))
    return [*table, *indicator_rows(summary, by_words)]


def mark_of(hidden: ShownCell | ShownLine, level: Level) -> str:
    """Give what stands in place of a hidden count."""
    return hidden_mark(level, small=hidden.small)


def hiding_words(level: Level) -> str:
    """Give the sentence about hiding that every sheet prints."""
    if level is Level.INTERNAL:
        return "Nothing is hidden from our own team. This is not to be handed on."
    return explained(level)


def figure(line: ShownLine, level: Level) -> Cell:
    """Give what stands for a line: the number, its mark, or that this laptop may not read it."""
    if line.unreadable:
        return _UNREADABLE
    if line.hidden:
        return _HIDDEN if line.is_rate else mark_of(line, level)
    return _plain(line.value)


def late_words(change: LateChange) -> str:
    """Write what changed after it was signed."""
    return f"{change.line} {change.title}: {change.change}".strip()


def mark_told(mark: Mapping[str, Any], codes: CodeLists | None = None) -> str:
    """Write a mark as tables say it: a fall with the id of its line."""
    words = mark_words(mark, codes)
    return f"{mark['line']}: {words}" if mark["kind"] == "fall" else words


def figure_words(line: ShownLine, level: Level) -> str:
    """Write a figure as people read it on paper."""
    shown = figure(line, level)
    return "–" if shown == "" else shown if isinstance(shown, str) else f"{shown:,}"


def cell_shown(cell: ShownCell, level: Level) -> str:
    """Write a part of a figure as people read it on paper."""
    return mark_of(cell, level) if cell.hidden else "–" if cell.value is None else f"{cell.value:,}"


def _plain(value: int | Decimal | None) -> Cell:
    return "" if value is None else float(value) if isinstance(value, Decimal) else value


def _row(line: ShownLine, level: Level) -> tuple[Cell, ...]:
    # A rate that rests on few hides its count, too, which may be nothing: a mark would say that it is not.
    mark = _HIDDEN if line.is_rate and not line.small else mark_of(line, level)
    numerator = mark if line.hidden and line.numerator is None else _or_blank(line.numerator)
    denominator = _or_blank(line.denominator)
    return (line.id, line.title, "", figure(line, level), line.unit, numerator, denominator, " ".join(line.notes))


def _or_blank(number: int | None) -> Cell:
    return "" if number is None else number
