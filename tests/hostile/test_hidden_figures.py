"""Nobody who holds the sheets that were handed out works out a hidden figure.

The attacker shares no code with the hiding: it reads the CSV files and knows the form. The months are random parts of
sample services, from a handful of records to all of them. A few run here; `MONTHS_ATTACKED=1000` runs a thousand.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import DEFINITIONS, LINES, Completeness, Line, count_lines
from broker_desktop.records.pack import Pack
from broker_desktop.session import Level, ShownLine, Summary, month_period, to_bytes
from broker_desktop.session.disclosure import shown_lines
from broker_desktop.session.handed import Handed
from sync.testing import SeededRandom
from tests.common import attacker
from tests.common.facts import LineFacts, sample_lines

MONTHS = int(os.environ.get("MONTHS_ATTACKED", "4"))
SAMPLES = ("portsmouth-2026-10-a.ndjson", "portsmouth-2026-10-b.ndjson", "portsmouth-2026-11-a.ndjson",
           "portsmouth-2026-11-b.ndjson")  # fmt: skip
OCTOBER, NOVEMBER = ("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30")
BOTH = (OCTOBER[0], NOVEMBER[1])
GUARDED = frozenset(line.id for line in LINES if line.counts_people_or_events)
EVENTS = frozenset(line.id for line in LINES if line.counts_people_or_events and line.unit != "people")
MARKS = {Level.COMMISSIONER: (attacker.COMMISSIONER, 4), Level.PUBLISH: (attacker.PUBLISH, 7)}
SIZES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@cache
def records() -> tuple[dict[str, Any], ...]:
    return tuple(sample_lines(*SAMPLES))


def some_records(seed: str) -> list[dict[str, Any]]:
    """A random part of the samples: people stay whole, since a record that names nobody known is another record."""
    random = SeededRandom(seed)
    share = SIZES[random.bytes(1)[0] % len(SIZES)]
    return [one for one in records() if one["type"] == "person" or random.bytes(1)[0] < 256 * share]


def sheet(lines: Sequence[ShownLine], level: Level) -> list[attacker.Row]:
    """The CSV file that is handed out, read back."""
    summary = Summary(
        period=month_period("2026-11"), recipient=level, level=level, pack_id="p", pack_version="1", operator="",
        definitions=DEFINITIONS, lines=tuple(lines),
        completeness=Completeness(
            compartments=(), seats=1, not_heard_from=(), sites_expected=0, sites_reported=0
        ),
    )  # fmt: skip
    return attacker.read_sheet(to_bytes(summary, "csv").decode())


@pytest.fixture(scope="module")
def portsmouth() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text("portsmouth-2009-10")))


@dataclass(frozen=True)
class Service:
    """A random service: its exact lines for two months and for both together."""

    october: list[Line]
    november: list[Line]
    both: list[Line]

    @classmethod
    def made(cls, seed: str, codes: CodeLists) -> Service:
        facts = LineFacts.of(some_records(seed), codes)
        return cls(*(count_lines(facts, *days, codes) for days in (OCTOBER, NOVEMBER, BOTH)))


@pytest.fixture(scope="module")
def form(portsmouth: CodeLists) -> attacker.Form:
    """What the attacker knows of the form: whatever held on open sheets of many services, those attacked among them."""
    services = [Service.made(f"attacked {seed}", portsmouth) for seed in (*range(MONTHS), *range(-9, 0))]
    lines = [one for service in services for one in (service.october, service.november, service.both)]
    known = attacker.learn([opened(one) for one in lines])
    attacker.learn_periods(known, [(opened(one.october), opened(one.november), opened(one.both)) for one in services])
    return known


def opened(lines: Sequence[Line]) -> list[attacker.Row]:
    return sheet(shown_lines(lines, Level.INTERNAL), Level.INTERNAL)


def found_out(
    lines: Sequence[Line], shown: Sequence[ShownLine], level: Level, form: attacker.Form
) -> list[tuple[str, str, str]]:
    """Let the attacker look at a sheet; give the hidden counts of which it learnt too much."""
    marks, most = MARKS[level]
    puzzle = attacker.puzzle_of({"now": sheet(shown, level)}, marks, frozenset(form.adding), GUARDED)
    attacker.tie(puzzle, ["now"], form)
    return too_much(puzzle, true_counts("now", lines), most)


def true_counts(name: str, lines: Sequence[Line]) -> dict[tuple[str, str, str], int]:
    true = {}
    for line in lines:
        true[name, line.id, ""] = line.numerator
        if line.denominator is not None:
            true[name, line.id, "/"] = line.denominator
        for cell in line.cells:
            by = ", ".join(sorted(f"{key}: {code or 'not answered'}" for key, code in cell.by.items()))
            true[name, line.id, by] = int(cell.value)
    return true


def too_much(
    puzzle: attacker.Puzzle, true: dict[tuple[str, str, str], int], most: int, months: Sequence[str] = ()
) -> list[tuple[str, str, str]]:
    """A small count must be able to be every small count, any other hidden one be uncertain by more than 2.

    A mark in each of two months says that both together are 2 at least.
    """
    found = []
    for name, unknown in puzzle.names.items():
        if unknown not in puzzle.hidden:
            continue
        if 0 < true[name] <= most:
            in_months = sum(1 for month in months if name[0] not in months and true.get((month, *name[1:])))
            wrong = not all(puzzle.may_be(unknown, value) for value in range(max(1, in_months), most + 1))
        else:
            wrong = not puzzle.is_wider_than(unknown, 2)
        if wrong:
            found.append(name)
    return found


@pytest.mark.parametrize("level", [Level.COMMISSIONER, Level.PUBLISH])
@pytest.mark.parametrize("seed", range(MONTHS))
def test_no_hidden_figure_follows_from_a_sheet(
    seed: int, level: Level, portsmouth: CodeLists, form: attacker.Form
) -> None:
    lines = Service.made(f"attacked {seed}", portsmouth).november
    assert found_out(lines, shown_lines(lines, level), level, form) == []


@pytest.mark.parametrize("seed", range(MONTHS // 2))
def test_nor_does_one_follow_from_a_period_and_its_months(
    seed: int, portsmouth: CodeLists, form: attacker.Form
) -> None:
    """Both months together are handed out after each of them was. Events add up; people are counted anew."""
    made = Service.made(f"attacked {seed}", portsmouth)
    level = Level.COMMISSIONER
    marks, most = MARKS[level]
    months = {"october": made.october, "november": made.november}
    sheets = {name: sheet(shown_lines(lines, level), level) for name, lines in months.items()}
    before = [Handed(tuple(lines), same=False) for lines in months.values()]
    sheets["both"] = sheet(shown_lines(made.both, level, before), level)
    puzzle = attacker.puzzle_of(sheets, marks, frozenset(form.adding), EVENTS)
    attacker.tie(puzzle, sheets, form)
    attacker.tie_periods(puzzle, "both", list(months), form)
    true = {
        name: count
        for of, lines in {**months, "both": made.both}.items()
        for name, count in true_counts(of, lines).items()
    }
    assert too_much(puzzle, true, most, list(months)) == []


def test_without_what_is_hidden_beside_the_small_ones_the_same_attacker_finds_them(
    portsmouth: CodeLists, form: attacker.Form
) -> None:
    lines = Service.made("attacked 0", portsmouth).november
    shown = [only_small_hidden(line) for line in shown_lines(lines, Level.INTERNAL)]
    assert len(found_out(lines, shown, Level.COMMISSIONER, form)) > 3


def only_small_hidden(line: ShownLine) -> ShownLine:
    """What a sheet would show that hides small counts and nothing else."""
    if line.id not in GUARDED:
        return line
    small = line.numerator is not None and 0 < line.numerator < 5
    cells = tuple(
        replace(cell, value=None, hidden=True, small=True)
        if isinstance(cell.value, int) and 0 < cell.value < 5 else cell
        for cell in line.cells
    )  # fmt: skip
    if not small:
        return replace(line, cells=cells)
    return replace(line, cells=cells, value=None, numerator=None, hidden=True, small=True)
