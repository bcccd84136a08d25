"""The sheet Quarters of a workbook: four quarters beside each other, and how each line changed from one to the next.

Every quarter as the same recipient is shown it; a change is only told between two figures that are shown
(requirements.md PORT09-033).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from broker_desktop.records.measure import PERCENT
from broker_desktop.session.disclosure import ShownLine
from broker_desktop.session.exports.flow_sheets import ExtraSheet
from broker_desktop.session.exports.table import Cell, figure
from broker_desktop.session.summary import Summary

CHANGE = "change, percent (of shares: points)"
_WIDE = (32, 50, 16)
_FIGURE_WIDE = 18


def quarter_sheet(before: Sequence[Summary], now: Summary) -> ExtraSheet | None:
    """Give the sheet for a quarter and those before it, the earliest first; None where there are none before."""
    if not before:
        return None
    quarters = [*before, now]
    columns = ["line", "title", "unit", quarters[0].period.label]
    for one in quarters[1:]:
        columns += [one.period.label, CHANGE]
    by_id = [{line.id: line for line in one.lines} for one in quarters]
    table = [_row(line, [known.get(line.id) for known in by_id], now) for line in now.lines]
    return ExtraSheet("Quarters", columns, table, [*_WIDE, *[_FIGURE_WIDE] * (len(columns) - len(_WIDE))])


def _row(line: ShownLine, quarters: Sequence[ShownLine | None], now: Summary) -> list[Cell]:
    cells: list[Cell] = [line.id, line.title, line.unit]
    for place, one in enumerate(quarters):
        cells.append("" if one is None else figure(one, now.level))
        if place:
            cells.append(change(quarters[place - 1], one))
    return cells


def change(before: ShownLine | None, now: ShownLine | None) -> Cell:
    """Give how much a line changed, one decimal half up; blank where either is not shown or there was nothing."""
    if before is None or now is None or before.value is None or now.value is None:
        return ""
    difference = Decimal(now.value) - Decimal(before.value)
    if now.unit != PERCENT:
        if not before.value:
            return ""
        difference = 100 * difference / Decimal(before.value)
    return float(difference.quantize(Decimal("0.1"), ROUND_HALF_UP))
