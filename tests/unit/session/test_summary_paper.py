"""The summary as a tagged PDF: what it says, in which order, with which tags, and the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from broker_desktop.session import Session, Summary, month_period, to_bytes
from broker_desktop.session.exports.charts import drawings
from broker_desktop.session.exports.drawings import Point, bars, columns
from broker_desktop.session.exports.paper import paper, period_words
from broker_desktop.session.handing_on import beside
from tests.common.office import text_of_paper, told_of_paper

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")


@pytest.fixture
def november(lead: Session) -> Session:
    for part in ("10-a", "10-b", "11-a", "11-b"):
        lead.import_file("mixed", SAMPLES / f"portsmouth-2026-{part}.ndjson")
    lead.save(
        "site_report",
        {"kind": "service_disruption", "occurred_at": "2026-11-10", "until": "2026-11-14", "source": "police",
         "localities": ["portsmouth"], "reason": "police_operation", "confidence": "confirmed"},
    )  # fmt: skip
    return lead


def written(session: Session, tmp_path: Path) -> tuple[Summary, Path]:
    made = replace(session.summary(NOVEMBER, "commissioner"), commentary={"exchange": "The van was off."})
    path = tmp_path / "summary.pdf"
    session.export(made, "pdf", path)
    return made, path


def test_it_is_tagged_has_a_title_and_a_language(november: Session, tmp_path: Path) -> None:
    _, path = written(november, tmp_path)
    told = told_of_paper(path)
    assert re.search(r"^Tagged: +yes$", told, re.M)
    assert re.search(r"^Title: +Summary of November 2026$", told, re.M)
    raw = path.read_bytes()
    assert b"/StructTreeRoot" in raw
    assert b"/Lang(en-GB)" in raw
    tree = told_of_paper(path, "-struct")
    for tag in ("P", "H1", "Table", "THead", "TH", "TBody", "TD", "L", "LI", "Figure"):
        assert re.search(rf"^ *{tag}\b", tree, re.M), tag


def test_its_reading_order_is_that_of_the_page(november: Session, tmp_path: Path) -> None:
    made, path = written(november, tmp_path)
    said = told_of_paper(path, "-struct-text")
    in_order = (
        "Summary of November 2026", "Hash of the figures", made.hash, "What the figures rest on", "Disruption from",
        "Small numbers", "<5", "Contacts and people", "The van was off.", "Needle-exchange visits, by month",
        "Blood-borne viruses", "How far blood-borne virus tests came", "What the figures mean",
    )  # fmt: skip
    places = [said.index(words) for words in in_order]
    assert places == sorted(places), dict(zip(in_order, places, strict=True))


def test_it_says_what_a_committee_needs(november: Session, tmp_path: Path) -> None:
    """250 visits and 110 people at the exchange in November: tests/samples/expected.json."""
    _, path = written(november, tmp_path)
    text = text_of_paper(path)
    for words in ("Draft: these figures can still change",
                  "Disruption from Tue 10 Nov 2026 until Sat 14 Nov 2026: Portsmouth",
                  "Needle-exchange visits MS-04 250 visits", "People at the needle exchange MS-05 110 people",
                  "November 2026, for commissioner, draft, issue 1", "Page 1 of "):  # fmt: skip
        assert words in text


def test_the_same_summary_gives_the_same_bytes(november: Session) -> None:
    made = november.summary(NOVEMBER, "commissioner")
    assert to_bytes(made, "pdf") == to_bytes(made, "pdf")


def test_what_looks_like_markup_is_only_text(november: Session, tmp_path: Path) -> None:
    made = replace(november.summary(NOVEMBER), recipient="#panic() *A* $x$ <y> & Co")
    path = tmp_path / "summary.pdf"
    path.write_bytes(to_bytes(made, "pdf"))
    assert "#panic() *A* $x$ <y> & Co" in text_of_paper(path)


def test_a_line_over_months_shows_the_disruption_and_what_is_hidden(november: Session) -> None:
    """Visits of October and November are 240 and 250; on 30 September London time lies one visit, which is hidden."""
    made = november.summary(NOVEMBER, "commissioner")
    visits = next(one for one in drawings(made, beside(november._context, made), "exchange"))
    assert visits.words == "Needle-exchange visits, by month: Sep 26 <5; Oct 26 240; Nov 26 250, a disruption."
    assert visits.svg.count("url(#h)") == 1  # the hidden one is hatched
    assert visits.svg.count('<path d="M') == 2  # one flag, and the floor


def test_the_way_of_a_test_has_its_seven_steps(november: Session) -> None:
    made = november.summary(NOVEMBER)
    (cascade,) = drawings(made, beside(november._context, made), "bbv")
    steps = ("offered", "accepted", "taken", "resulted", "given", "referred", "attended")
    numbers = [made.line(f"MS-11.{step}").value for step in steps]
    assert re.findall(r" (\d+)[;.]", cascade.words) == [str(number) for number in numbers]


def test_a_hidden_bar_has_one_length_whatever_it_hides() -> None:
    stubs = [
        bars(
            "x", [Point(label="a", value=None, end="<5", hidden=True), Point(label="b", value=most, end=str(most))]
        ).svg
        for most in (5.0, 5000.0)
    ]
    assert len({re.findall(r'width="([\d.]+)" height="13.0" fill="url', svg)[0] for svg in stubs}) == 1
    high = columns("x", [Point(label="a", value=None, end="*", hidden=True)])
    assert high.words == "x: a *."


def test_a_signed_paper_draws_no_month_that_can_still_move(november: Session, tmp_path: Path) -> None:
    november.months.sign(NOVEMBER)
    made = november.summary(NOVEMBER, "commissioner")
    first = paper(made, beside(november._context, made))
    file = tmp_path / "late.ndjson"
    file.write_text('{"type": "nx_visit", "occurred_at": "2026-10-20", "site_type": "mobile", "items": {"CITRIC": 1}}')
    november.import_file("mixed", file)
    assert paper(made, beside(november._context, made)) == first


def test_a_signed_paper_makes_the_signed_months_alone_with_the_disruptions_of_then(november: Session) -> None:
    """Of the eleven months before November October alone is signed; a disruption that is told later is not on it."""
    for month in ("2026-10", "2026-11"):
        november.months.sign(month_period(month))
    october = {"kind": "service_disruption", "occurred_at": "2026-10-05", "until": "2026-10-06", "source": "police",
               "localities": ["portsmouth"], "reason": "weather", "confidence": "confirmed"}  # fmt: skip
    november.save("site_report", october)
    made = november.summary(NOVEMBER, "commissioner")
    steps: list[tuple[int, int]] = []
    found = beside(november._context, made, lambda done, whole: steps.append((done, whole)))
    assert [(one.period.label, one.marks) for one in found.history] == [("2026-10", ())]
    assert steps == [(1, 2)]  # one month is made, then the paper
    visits = next(drawings(made, found, "exchange"))
    assert visits.words == "Needle-exchange visits, by month: Oct 26 240; Nov 26 250, a disruption."


def test_no_month_is_made_for_a_paper_that_draws_none(november: Session) -> None:
    made = november.summary(NOVEMBER).with_lines({"MS-11.given"})
    assert beside(november._context, made).history == ()
    steps: list[tuple[int, int]] = []
    beside(november._context, november.summary(NOVEMBER), lambda done, whole: steps.append((done, whole)))
    assert steps == [(done, 12) for done in range(1, 12)]  # a draft draws all eleven


def test_periods_read_as_people_say_them() -> None:
    assert period_words(NOVEMBER) == "November 2026"
