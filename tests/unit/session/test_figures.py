"""Summaries as files, series for charts, recipients, and what the figures are named after."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from broker_desktop.errors import UsageError
from broker_desktop.records.measure import DEFINITIONS, LINES
from broker_desktop.session import Level, Session, Summary, month_period, to_bytes
from broker_desktop.session.exports.csv_text import safe_cell
from tests.common.signed_elsewhere import another_pack, sign_as_another_program

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")
NOT_PEOPLE = {"items", "sessions", "places", "site-months", "transactions", "reports", "needles", "bins", "litres"}


@pytest.fixture
def november(lead: Session) -> Session:
    lead.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    return lead


def test_the_json_has_the_shape_of_the_contract(november: Session) -> None:
    made = json.loads(to_bytes(november.summary(NOVEMBER), "json"))
    assert made["period"] == {"kind": "month", "label": "2026-11", "from": "2026-11-01", "to": "2026-11-30"}
    assert (made["recipient"], made["state"], made["issue"]) == ("internal", "draft", 1)
    assert (made["pack"]["id"], made["definitions"]) == ("portsmouth-2009-10", DEFINITIONS)
    assert (made["late_changes"], made["marks"]) == ([], [])
    assert set(made["completeness"]) == {
        "compartments", "seats", "not_heard_from", "sites_expected", "sites_reported",
        "sites_missing", "answers", "lag", "lag_to_sync", "waiting", "disruptions",
    }  # fmt: skip
    assert [line["id"] for line in made["lines"]] == [one.id for one in LINES]
    assert set(made["lines"][0]) == {"id", "title", "unit", "value", "numerator", "denominator", "cells", "notes"}
    assert len(made["hash"]) == 64


def test_small_counts_are_hidden_for_the_commissioner_and_nothing_else_changes(november: Session) -> None:
    inside, outside = (november.summary(NOVEMBER, level) for level in ("internal", "commissioner"))
    for ours, theirs in zip(inside.lines, outside.lines, strict=True):
        small = isinstance(ours.value, int) and 0 < ours.value < 5 and ours.unit not in NOT_PEOPLE | {"percent", "days"}
        if small or ours.id.startswith("MS-28.missing"):  # how many answers are missing is for the team itself
            assert (theirs.value, theirs.hidden) == (None, True)
        elif not ours.is_rate:
            assert theirs.value == ours.value
    assert inside.hash != outside.hash


def test_a_recipient_needs_a_level(lead: Session) -> None:
    assert lead.summary(NOVEMBER, "publish").level is Level.PUBLISH
    with pytest.raises(UsageError):
        lead.summary(NOVEMBER, "stakeholder steering group")


def hidden_summary(session: Session) -> Summary:
    made = session.summary(NOVEMBER, "commissioner")
    first = replace(made.lines[0], title="=HYPERLINK(1)", value=None, numerator=None, hidden=True, small=True)
    return replace(made, lines=(first, *made.lines[1:]))


def test_csv_marks_hidden_figures_and_quotes_formulas(november: Session) -> None:
    rows = list(csv.DictReader(io.StringIO(to_bytes(hidden_summary(november), "csv").decode())))
    assert (rows[0]["line"], rows[0]["value"], rows[0]["numerator"]) == ("MS-01.open_access", "<5", "<5")
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    visits = next(row for row in rows if row["line"] == "MS-04" and not row["by"])
    inside = november.summary(NOVEMBER).line("MS-04")
    assert (visits["value"], visits["period"], visits["recipient"]) == (str(inside.value), "2026-11", "commissioner")
    assert any(row["by"] == "site_type: mobile" for row in rows if row["line"] == "MS-04")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_text_that_looks_like_a_formula_is_quoted(text: str) -> None:
    assert safe_cell(text) == "'" + text
    assert (safe_cell("plain"), safe_cell(-1)) == ("plain", -1)


def test_a_workbook_holds_texts_and_numbers_and_no_formula(november: Session, tmp_path: Path) -> None:
    path = tmp_path / "summary.xlsx"
    path.write_bytes(to_bytes(hidden_summary(november), "xlsx"))
    book = openpyxl.load_workbook(path)
    sheet = book["Summary"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:4] == ["MS-01.open_access", "=HYPERLINK(1)", None, "<5"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    visits = next(row for row in rows if row[0] == "MS-04")
    assert visits[3] == november.summary(NOVEMBER).line("MS-04").value
    assert book["About"]["A1"].value == "period"


def test_a_format_that_is_none_is_refused(lead: Session) -> None:
    with pytest.raises(UsageError):
        to_bytes(lead.summary(NOVEMBER), "docx")


def test_a_series_is_the_line_month_by_month(november: Session) -> None:
    months = [month_period("2026-10"), NOVEMBER]
    lines = ["MS-04", "MS-28.complete"]
    steps = november.months.trend(lines, months)
    assert [step.period for step in steps] == months
    for step in steps:
        made = november.summary(step.period)
        assert {one: point.value for one, point in step.points.items()} == {
            one: None if (value := made.line(one).value) is None else float(value) for one in lines
        }
    with pytest.raises(UsageError):
        november.months.trend(["MS-99"], months)
    assert november.months.trend(lines, months, wanted=lambda: False) == []


def test_a_trend_hides_what_the_summary_of_its_month_hides_and_marks_what_was_signed(november: Session) -> None:
    """Every figure of a chart for others stands in the summary that they get: hidden there, hidden here."""
    lines = [line.id for line in LINES]
    (step,) = november.months.trend(lines, [NOVEMBER], "commissioner")
    made = {line.id: line for line in november.summary(NOVEMBER, "commissioner").lines}
    assert any(line.hidden for line in made.values())
    for one, point in step.points.items():
        value = made[one].value
        assert point.value == (None if value is None else float(value)), one
        assert (point.why == "hidden") == made[one].hidden
    november.months.sign(NOVEMBER)
    before, after = november.months.trend(["MS-04"], [month_period("2026-10"), NOVEMBER])
    assert (before.signed, after.signed, after.other_pack, after.other_definitions) == (False, True, False, False)


@pytest.mark.parametrize("recipient", ["internal", "commissioner"])
def test_a_trend_marks_the_months_from_which_another_pack_or_other_definitions_count(
    lead: Session, recipient: str
) -> None:
    """Another pack from 1 September; October was signed by a program that counted otherwise, November counts as before.

    The first period has nothing before it, so it is never marked.
    """
    lead.packs.load(another_pack("2026-09-01"))
    lead.months.sign(month_period("2026-10"))
    sign_as_another_program(lead, lambda about, lines: about.update(definitions="1999.1"))
    months = [month_period(f"2026-{month:02}") for month in range(7, 12)]
    steps = lead.months.trend(["MS-04"], months, recipient)
    marked = {step.period.label: (step.other_pack, step.other_definitions) for step in steps}
    assert marked == {
        "2026-07": (False, False),
        "2026-08": (False, False),
        "2026-09": (True, False),
        "2026-10": (False, True),
        "2026-11": (False, True),
    }
    assert [step.signed for step in steps] == [False, False, False, True, False]
    (first, *_) = lead.months.trend(["MS-04"], months[2:], recipient)
    assert (first.period.label, first.other_pack) == ("2026-09", False)


def test_another_meaning_of_a_line_needs_another_version() -> None:
    told = json.dumps(
        [
            [
                one.id,
                one.title,
                one.unit,
                one.notes,
                one.is_rate,
                one.counts_people_or_events,
                [kind.name for kind in one.types],
                one.out_of is not None,
            ]
            for one in LINES
        ]
    )
    pinned = {"2026.12": "d1c3792230b2e289"}
    found = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert pinned[DEFINITIONS] == found, "the lines say something else now: raise DEFINITIONS and pin it here"
