"""Invented work of any size: the demo's year again and again, other people each time, spread over five years."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from broker_desktop.demo.seed import year

Line = dict[str, Any]

_YEARS = 5


def lines(today: date) -> Iterator[Line]:
    """Yield lines of a mixed import without end; every copy of the year has ids and people of its own."""
    for copy in count():
        for line in year(today - timedelta(days=365 * (copy % _YEARS))):
            yield _renamed(line, copy)


def _renamed(line: Line, copy: int) -> Line:
    named = {"code", "external_id", "card_id"}
    return {
        name: f"{value}{copy}" if name in named else _renamed(value, copy) if isinstance(value, dict) else value
        for name, value in line.items()
    }


def write_work(path: Path, today: date, size: int) -> None:
    """Write a file of that many lines for `record import mixed`."""
    path.write_text("\n".join(json.dumps(line) for line in islice(lines(today), size)), encoding="utf-8")


def visit(today: date, number: int) -> Line:
    """Give a visit as the form hands it over: every required answer, a person by code."""
    return {
        "occurred_at": f"{today - timedelta(days=1)}T18:{number % 60:02}:00+00:00",
        "site_type": "mobile",
        "site": "mobile_exchange",
        "person": {"code": f"SAVE{number % 300}"},
        "items": {"SYR_FX_1_29": 30, "CITRIC": 30, "FILTER": 30, "CONDOM": 6},
        "packs": {"PK_1ML_10": 2},
        "returns": {"method": "bins", "bins": [{"bin": "BIN_1", "n": 1, "fill": 75}]},
        "drug_injected": ["heroin", "crack"],
        "collecting_for": "self_and_others",
        "people_covered": 3,
        "advice": ["site_rotation", "storage_disposal"],
        "offers": {"bbv": "declined", "naloxone": "accepted"},
        "note": f"came with a friend, visit {number}",
    }
