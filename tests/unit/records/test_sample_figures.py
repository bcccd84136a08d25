"""Every figure of the Portsmouth samples, line by line and cell by cell, as tests/samples/expected.json states them."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES, Line, count_lines, fall_of, is_met, marks, met_codes
from broker_desktop.records.pack import Pack
from tests.common.facts import SAMPLES, LineFacts, sample_lines

EXPECTED: list[dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text())["sets"]
PERIODS = [
    pytest.param(one["set"], period, id=f"{one['set']} {period['option']}")
    for one in EXPECTED
    for period in one["periods"]
]


IN_ONE_PART = [
    line.id
    for line in LINES
    if line.title.startswith(("People seen, by", "Contacts with somebody met, by", "Attempts, by"))
    and line.id not in {"MS-23.disability", "MS-01.met_by_component"}  # several answers are possible
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
def test_every_stated_line_is_one_of_the_summary(set_name: str, period: dict[str, Any]) -> None:
    assert set(period["lines"]) <= {definition.id for definition in LINES}


@pytest.mark.parametrize(("set_name", "period"), PERIODS)
def test_parts_that_exclude_each_other_add_up_to_their_figure(set_name: str, period: dict[str, Any]) -> None:
    lines = counted(set_name, period)
    seen = lines["MS-02"].value
    for line_id in IN_ONE_PART:
        assert lines[line_id].value == sum(cell.value for cell in lines[line_id].cells), line_id
    assert {lines[one].value for one in IN_ONE_PART if lines[one].title.startswith("People seen, by")} == {seen}
    assert {lines[one].value for one in IN_ONE_PART if one.startswith("MS-01.met_by")} == {lines["MS-01.met"].value}
    assert lines["MS-02.anonymous"].value == _anonymous(set_name, period)


def _anonymous(set_name: str, period: dict[str, Any]) -> int:
    """Visits without a person (MS-04.not_attributable) and contacts met without one, counted the plain way."""
    facts = facts_of(set_name)
    met = met_codes(facts.codes)
    contacts = facts.rows("contact", period["from"], period["to"])
    stated = period["lines"].get("MS-04.not_attributable", {"value": 0})  # Hampshire records no visits
    return int(stated["value"]) + sum(1 for row in contacts if row["person"] is None and is_met(row, met))


def test_a_quarter_that_fell_stands_beside_the_disruption_that_explains_it() -> None:
    """1,000 met and then 690 is a fall of 31.0 % (requirements.md 2.2, L191); the report touches the second alone."""
    facts = facts_of("hampshire")
    codes = facts.codes
    reported = LineFacts.of(sample_lines("hampshire-disruption.ndjson"), codes)
    before, after = (
        counted("hampshire", {"from": first, "to": last})["MS-01.met"].value
        for first, last in (("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30"))
    )
    assert (before, after) == (1000, 690)
    assert fall_of(before, after) == Decimal("-31.0")
    (mark,) = marks(reported, "2026-07-01", "2026-09-30")
    assert (mark.first_day, mark.last_day, mark.localities) == (
        "2026-07-13",
        "2026-09-04",
        ("test_valley", "eastleigh"),
    )
    assert marks(reported, "2026-04-01", "2026-06-30") == ()


def test_two_months_are_150_people_and_not_220() -> None:
    both = {"from": "2026-10-01", "to": "2026-11-30"}
    assert counted("portsmouth-both", both)["MS-05"].value == 150
