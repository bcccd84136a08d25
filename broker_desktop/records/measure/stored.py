"""Exact lines as text and back, so that a signed month can be shown again as it was signed, byte for byte.

Pure. The text holds every figure unhidden: it is for leads, and hiding is applied when it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from broker_desktop.records.measure.line import Cell, Line


def lines_text(lines: Sequence[Line]) -> str:
    """Write lines: the same text for the same figures, on every laptop."""
    return json.dumps([_line(one) for one in lines], sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def lines_of(text: str) -> tuple[Line, ...]:
    """Read lines back. Raises ValueError for what this program did not write."""
    try:
        return tuple(_read(one) for one in json.loads(text))
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError("not the text of lines") from error


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id, "title": line.title, "unit": line.unit, "value": _number(line.value),
        "numerator": line.numerator, "denominator": line.denominator, "notes": list(line.notes),
        "compartments": sorted(line.compartments), "guarded": line.counts_people_or_events, "rate": line.is_rate,
        "rests_on": line.rests_on, "for_others": line.for_others, "cells": [_cell(one) for one in line.cells],
    }  # fmt: skip


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "by": dict(cell.by), "value": _number(cell.value), "rests_on": cell.rests_on, "numerator": cell.numerator,
    }  # fmt: skip


def _read(one: dict[str, Any]) -> Line:
    return Line(
        id=one["id"],
        title=one["title"],
        unit=one["unit"],
        value=_value(one["value"]),
        numerator=one["numerator"],
        denominator=one["denominator"],
        cells=tuple(
            Cell(dict(cell["by"]), _value(cell["value"]) or 0, cell["rests_on"], cell["numerator"])
            for cell in one["cells"]
        ),
        notes=tuple(one["notes"]),
        compartments=frozenset(one["compartments"]),
        counts_people_or_events=one["guarded"],
        is_rate=one["rate"],
        rests_on=one["rests_on"],
        for_others=one["for_others"],
    )


def _number(value: int | Decimal | None) -> int | str | None:
    """Write a decimal as text: JSON numbers come back with other digits."""
    return str(value) if isinstance(value, Decimal) else value


def _value(value: int | str | None) -> int | Decimal | None:
    return Decimal(value) if isinstance(value, str) else value
