"""The sheet Quarters of a workbook: four quarters beside each other, and how each line changed from one to the next.

Every quarter as the same recipient is shown it, with what it was counted by; a change is only told between two figures
that are shown and counted by the same definitions (requirements.md PORT09-033).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

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
    columns = ["line", "title", "unit", _heading(quarters[0])]
    for one in quarters[1:]:
        columns += [_heading(one), CHANGE]
    by_id = [{line.id: line for line in one.lines} for one in quarters]
    alike = [last.definitions == this.definitions for last, this in pairwise(quarters)]
    table = [_row(line, [known.get(line.id) for known in by_id], alike, now) for line in now.lines]
    return ExtraSheet("Quarters", columns, table, [*_WIDE, *[_FIGURE_WIDE] * (len(columns) - len(_WIDE))])


def _heading(one: Summary) -> str:
    state = f"signed, issue {one.issue}" if one.state == "signed" else one.state
    pack = f"pack {one.pack_id} {one.pack_version}" if one.pack_id else "no pack"
    return f"{one.period.label}, {state}, definitions {one.definitions}, {pack}"


def _row(line: ShownLine, quarters: Sequence[ShownLine | None], alike: Sequence[bool], now: Summary) -> list[Cell]:
    cells: list[Cell] = [line.id, line.title, line.unit]
    for place, one in enumerate(quarters):
        cells.append("" if one is None else figure(one, now.level))
        if place:
            cells.append(change(quarters[place - 1], one) if alike[place - 1] else "")
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
