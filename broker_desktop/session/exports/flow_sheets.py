"""The sheets of a workbook about referrals: a list of flows to be filtered, and the table of senders by receivers.

Where the lines that they are put together from are not among those of the summary, there are no such sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from broker_desktop.session.disclosure import ShownCell, ShownLine
from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.table import Cell, mark_of
from broker_desktop.session.flows import Side, flows, matrix
from broker_desktop.session.part_words import NOT_SAID, code_words
from broker_desktop.session.summary import Summary

COLUMNS: Final = ("from", "to", "referrals", "median days")
TOTAL: Final = "all"
_LIST_WIDE: Final = (44, 44, 14, 14)
_NAME_WIDE, _CELL_WIDE = 36, 14


class ExtraSheet(NamedTuple):
    """A sheet: its name, columns, rows and how wide they are."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    wide: Sequence[int]


def flow_sheets(summary: Summary, beside: Beside) -> Iterator[ExtraSheet]:
    """Give the sheets of the flows of a summary, as its recipient sees them."""
    codes = beside.codes

    def word(name: str, code: str | None) -> str:
        return (code or NOT_SAID) if codes is None else code_words(name, code, codes)

    def side(end: Side) -> str:
        return f"our team: {word(*end)}" if end[0] == "team" else word(*end)

    def mark(hidden: ShownCell | ShownLine) -> str:
        return mark_of(hidden, summary.level)

    def said(cell: ShownCell | None) -> Cell:
        if cell is None or cell.value is None:
            return mark(cell) if cell is not None and cell.hidden else ""
        return cell.value if isinstance(cell.value, int) else float(cell.value)

    found = flows(summary.lines)
    if found:
        listed = [(side(one.sender), side(one.receiver), said(one.many), said(one.days)) for one in found]
        yield ExtraSheet("Flows", COLUMNS, listed, _LIST_WIDE)
    table = matrix(summary.lines, lambda name, code: side((name, code)), mark, TOTAL)
    if table:
        heads = ["from / to", *(str(head) for head in table[0][1:])]
        yield ExtraSheet("From and to", heads, table[1:], [_NAME_WIDE, *[_CELL_WIDE] * (len(heads) - 1)])
