"""The words lists and rows are read out with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.codelist import CodeLists
from tests.common.examples import example


@pytest.mark.parametrize(
    ("name", "field", "value", "words"),
    [
        ("nx_visit", "site_type", "mobile", "Mobile exchange"),
        ("nx_visit", "site_type", "drone", "drone"),
        ("nx_visit", "site_type", {"answer": "declined"}, "Didn't want to say"),
        ("nx_visit", "site_type", {"answer": "unknown"}, "Not known"),
        ("nx_visit", "site_type", None, ""),
        ("nx_visit", "site_type", 7, "Not readable here"),
        ("nx_visit", "advice", ["overdose", "bbv"], "Overdose, Blood-borne viruses"),
        ("nx_visit", "items", {"FOIL": 3, "SWAB": 10}, "Foil sheet x 3, Pre-injection wipe x 10"),
        ("nx_visit", "offers", {"bbv": "declined"}, "Blood-borne virus test: declined"),
        ("nx_visit", "people_covered", 3, "3 people"),
        ("nx_visit", "returns", {"method": "weighed", "weight_kg": Decimal("1.5")},
         "How it is known: Weighed; Weight: 1.5 kg"),
        ("nx_visit", "person", {"id": "x"}, "A known person"),
        ("nx_visit", "session", {"id": "x"}, "Linked"),
        ("nx_visit", "occurred_at", "2026-11-30T18:02:00+00:00", "Mon 30 Nov 2026 18:02"),
        ("bbv_test", "offered_on", "2026-11-30", "Mon 30 Nov 2026"),
        ("bbv_test", "results", {"HCV_RNA": {"result": "pending"}}, "Hepatitis C RNA: Result: Pending"),
        ("referral", "consent", {"feedback": "yes"}, "They agree: Yes"),
        ("referral", "events", [{"event": "made", "on": "2026-11-30"}], "Step: Made; On: Mon 30 Nov 2026"),
        ("person", "aliases", ["Mick", "Big M"], "Mick, Big M"),
    ],
)  # fmt: skip
def test_a_value_reads_as_words(name: str, field: str, value: object, words: str, portsmouth: CodeLists) -> None:
    assert record_type(name).by_name[field].text(value, portsmouth) == words


def test_a_row_is_one_spoken_line(portsmouth: CodeLists) -> None:
    line = record_type("nx_visit").summary_line(example("nx_visit"), portsmouth)
    assert line == "Needle-exchange visit, Fri 20 Nov 2026 19:54, Mobile exchange, Mobile exchange"


def test_a_row_of_a_test_says_nothing_of_a_result(portsmouth: CodeLists) -> None:
    kind = record_type("bbv_test")
    spoken = {
        kind.summary_line({**example("bbv_test"), "results": {"HCV_RNA": {"result": result}}}, portsmouth)
        for result in ("detected", "not_detected")
    }
    assert spoken == {"BBV test, Tue 27 Oct 2026, Fixed needle-exchange site, Result given"}
