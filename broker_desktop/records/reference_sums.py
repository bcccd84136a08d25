"""The arithmetic of printed tables: what a total, a share or a change would be, beside what was printed.

Printed figures are never corrected. What can be worked out from the counted cells is worked out from those alone, never
from other printed totals, and shares are rounded as the print is. Rows that overlap are never added. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

ROW, GROUP_TOTAL, TOTAL = "row", "group_total", "total"
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class SumCell:
    """One cell: as printed, and as worked out where it can be."""

    row: str
    group: str
    column: str
    printed: Decimal | None
    recomputed: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Give printed less recomputed, None where there is nothing to compare."""
        return None if self.printed is None or self.recomputed is None else self.printed - self.recomputed

    @property
    def differs(self) -> bool:
        """Tell whether the print says something else."""
        return bool(self.difference)


@dataclass(frozen=True, slots=True)
class Sums:
    """A whole table worked through: its lines of cells, in the order of the print."""

    lines: tuple[tuple[SumCell, ...], ...]

    @property
    def checked(self) -> tuple[SumCell, ...]:
        """Give the cells that could be compared."""
        return tuple(cell for line in self.lines for cell in line if cell.difference is not None)

    @property
    def differing(self) -> tuple[SumCell, ...]:
        """Give the cells whose print differs from the counted cells."""
        return tuple(cell for cell in self.checked if cell.differs)


def figure(text: object) -> Decimal | None:
    """Read a printed figure: spaces, thousands commas, a per cent sign and a plus do not matter; None for no figure."""
    if not isinstance(text, str):
        return None
    plain = text.replace(",", "").replace(" ", "").rstrip("%").lstrip("+")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def sums(payload: Mapping[str, Any]) -> Sums:
    """Work a reference table through. Cells that are no figures are passed over."""
    columns, rows = _list(payload, "columns"), _list(payload, "rows")
    overlap = payload.get("rows_overlap") == "yes"
    return Sums(tuple(_line(row, rows, columns, overlap=overlap) for row in rows))


def _list(payload: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    value = payload.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _line(
    row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]], *, overlap: bool
) -> tuple[SumCell, ...]:
    kind, printed = row.get("kind"), _printed(row)
    scope = [row] if kind == ROW else [] if overlap else [one for one in rows if _in_scope(one, row)]
    counted = {n: _added(scope, n) for n, column in enumerate(columns) if column.get("kind") == "value" and scope}
    cells = []
    for n, column in enumerate(columns):
        own = printed[n] if n < len(printed) else None
        worked = _worked(n, column.get("kind"), counted, own)
        if kind == ROW and column.get("kind") == "value":
            worked = None  # a counted cell stands for itself
        cells.append(SumCell(str(row.get("label")), str(row.get("group") or ""), str(column.get("label")), own, worked))
    return tuple(cells)


def _printed(row: Mapping[str, Any]) -> list[Decimal | None]:
    value = row.get("printed")
    return [figure(text) for text in value] if isinstance(value, list) else []


def _in_scope(one: Mapping[str, Any], total: Mapping[str, Any]) -> bool:
    return one.get("kind") == ROW and (total.get("kind") == TOTAL or one.get("group") == total.get("group"))


def _added(rows: Sequence[Mapping[str, Any]], place: int) -> Decimal:
    found = (printed[place] for row in rows if place < len(printed := _printed(row)))
    return sum((value for value in found if value is not None), Decimal(0))


def _worked(place: int, kind: object, counted: Mapping[int, Decimal], printed: Decimal | None) -> Decimal | None:
    """Give what stands at a place by the counted cells of its line."""
    before = [counted[n] for n in sorted(counted) if n < place]
    if kind == "value":
        return counted.get(place)
    if kind == "total" and counted:
        return sum(counted.values(), Decimal(0))
    if kind == "percent" and before and (whole := sum(counted.values(), Decimal(0))):
        return _rounded(_HUNDRED * before[-1] / whole, printed)
    if kind == "difference" and len(before) > 1:
        return before[-1] - before[-2]
    if kind == "change" and len(before) > 1 and before[-2]:
        return _rounded(_HUNDRED * (before[-1] - before[-2]) / before[-2], printed)
    return None


def _rounded(value: Decimal, printed: Decimal | None) -> Decimal:
    """Round as the print is rounded; two places where nothing is printed."""
    places = 2 if printed is None else max(-int(printed.as_tuple().exponent), 0)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
