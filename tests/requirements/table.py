"""The requirement rows with their status, read from the files beside this module, and the page made of them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "broker_desktop" / "docs" / "what-was-asked.md"
STATES = ("works", "partly", "not")
SOURCES = ("PORT12", "PORT09", "LEIC15", "HAMP10", "BIRM15")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the requirements."""

    id: str
    what: str
    must_let: str
    priority: str
    acceptance: str

    @property
    def core(self) -> bool:
        return self.priority.startswith("core")


@dataclass(frozen=True, slots=True)
class Status:
    """How far a row works, what shows it (test node ids and `page:` names, joined by spaces), and what is missing."""

    id: str
    status: str
    shown_by: str
    note: str

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(self.shown_by.split())


@dataclass(frozen=True, slots=True)
class Value:
    """A code that a row asks for: the field of a record type that takes it, under an area pack."""

    id: str
    pack: str
    type: str
    field: str
    code: str


def lines_of(folder: str) -> Iterator[dict[str, str]]:
    """Read the files of all sources in a folder."""
    for source in SOURCES:
        with (HERE / folder / f"{source}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


@cache
def rows() -> tuple[Row, ...]:
    with (HERE / "rows.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Row(**line) for line in csv.DictReader(file))


@cache
def statuses() -> tuple[Status, ...]:
    return tuple(Status(**line) for line in lines_of("status"))


@cache
def values() -> tuple[Value, ...]:
    return tuple(Value(**line) for line in lines_of("values"))


@cache
def absent() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give row ids with the words that no record type, field or role may have."""
    return tuple((line["id"], tuple(line["words"].split())) for line in lines_of("absent"))


def page() -> str:
    """Write the table of all rows, those that are core and do not work first."""
    told = {one.id: one for one in statuses()}
    counts = Counter((_kind(row), told[row.id].status) for row in rows() if row.id in told)
    parts = [
        "# What was asked, and how far it works",
        "",
        "Made from `tests/requirements/` by `python -m tests.requirements`; a test fails when this page is older.",
        "",
        "| rows | works | partly | not |",
        "|---|---|---|---|",
    ]
    for kind in ("core", "adjacent", "out of scope"):
        parts.append(f"| {kind} | " + " | ".join(str(counts[kind, state]) for state in STATES) + " |")
    parts += ["", "## Core rows that do not work in full", "", "| row | what | status | why |", "|---|---|---|---|"]
    for row in rows():
        one = told.get(row.id)
        if one is not None and row.core and one.status != "works":
            parts.append(f"| {row.id} | {_cell(row.must_let)} | {one.status} | {_cell(one.note)} |")
    for source in SOURCES:
        parts += ["", f"## {source}", "", "| row | what | asked as | status | shown by |", "|---|---|---|---|---|"]
        for row in rows():
            one = told.get(row.id)
            if one is not None and row.id.startswith(source):
                shown = ", ".join(f"`{name}`" for name in one.evidence) or _cell(one.note)
                parts.append(f"| {row.id} | {_cell(row.what)} | {_cell(row.priority)} | {one.status} | {shown} |")
    return "\n".join(parts) + "\n"


def _kind(row: Row) -> str:
    return "core" if row.core else "out of scope" if row.priority.startswith("OUT") else "adjacent"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
