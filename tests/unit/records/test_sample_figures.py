"""Every figure of the Portsmouth samples, line by line and cell by cell, as tests/samples/expected.json states them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES, Line, count_lines
from broker_desktop.records.pack import Pack
from tests.common.facts import SAMPLES, LineFacts, sample_lines

EXPECTED: list[dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text())["sets"]
PERIODS = [
    pytest.param(one["set"], period, id=f"{one['set']} {period['option']}")
    for one in EXPECTED
    for period in one["periods"]
    if one["set"].startswith("portsmouth")
]
HAMPSHIRE = [
    pytest.param(period, id=period["option"])
    for one in EXPECTED
    for period in one["periods"]
    if one["set"] == "hampshire"
]


@cache
def facts_of(set_name: str) -> LineFacts:
    expected = next(one for one in EXPECTED if one["set"] == set_name)
    codes = CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text(expected["pack"])))
    lines = sample_lines(*expected["import_into_an_empty_vault"])
    return LineFacts.of(lines, codes)


def counted(set_name: str, period: dict[str, Any]) -> dict[str, Line]:
    facts = facts_of(set_name)
    return {line.id: line for line in count_lines(facts, period["from"], period["to"], facts.codes)}


def as_expected(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "value": None if line.value is None else float(line.value) if line.is_rate else line.value,
        "unit": line.unit,
        "numerator": line.numerator,
        "denominator": line.denominator,
    }
    if line.cells:
        shown["cells"] = [{"by": dict(cell.by), "value": cell.value} for cell in line.cells]
    return shown


@pytest.mark.parametrize(("set_name", "period"), PERIODS)
def test_every_line_and_cell_is_the_expected_one(set_name: str, period: dict[str, Any]) -> None:
    lines = counted(set_name, period)
    expected = {
        line_id: {name: value for name, value in stated.items() if name != "why"}
        for line_id, stated in period["lines"].items()
    }
    assert {line_id: as_expected(lines[line_id]) for line_id in expected} == expected


@pytest.mark.parametrize(("set_name", "period"), PERIODS)
def test_the_summary_has_the_lines_that_are_stated_and_no_others(set_name: str, period: dict[str, Any]) -> None:
    assert {definition.id for definition in LINES} == set(period["lines"])


@pytest.mark.parametrize("period", HAMPSHIRE)
def test_hampshire_contacts(period: dict[str, Any]) -> None:
    lines = counted("hampshire", period)
    for line_id in ("MS-01.open_access", "MS-01.met", "MS-01.attempts"):
        assert lines[line_id].value == period["lines"][line_id]["value"]


def test_two_months_are_150_people_and_not_220() -> None:
    both = {"from": "2026-10-01", "to": "2026-11-30"}
    assert counted("portsmouth-both", both)["MS-05"].value == 150
