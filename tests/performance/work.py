"""Invented work of any size: the demo's year again and again, other people each time, spread over five years.

Every third contact and visit has a note, as people write them: without free text the records would pack, and the search
would fill, as no real ones do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from broker_desktop.demo.seed import year

Line = dict[str, Any]

_YEARS = 5
_NOTED = frozenset({"contact", "nx_visit"})
_WORDS = (
    "arm asked about appointment away back bench better brought bus call came cold council court cough dog doctor door "
    "evening feels feet friend from gave harbour has hostel hours house hungry key leg letter lost met money morning "
    "moved needs new night nurse off phone pharmacy rain ran said saw shelter sister sleeping soon station still "
    "swollen talked tent tired told tomorrow waited walked wants warm was week well went will with without worker wound"
).split()


def lines(today: date) -> Iterator[Line]:
    """Yield lines of a mixed import without end; every copy of the year has ids and people of its own."""
    numbers = count()
    for copy in count():
        for line in year(today - timedelta(days=365 * (copy % _YEARS))):
            yield _noted(_renamed(line, copy), next(numbers))


def _noted(line: Line, number: int) -> Line:
    if line["type"] not in _NOTED or number % 3:
        return line
    draw = hashlib.sha256(number.to_bytes(8, "big")).digest()
    return {**line, "note": " ".join(_WORDS[one % len(_WORDS)] for one in draw[: 5 + number % 9])}


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
