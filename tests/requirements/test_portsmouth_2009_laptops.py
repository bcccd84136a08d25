"""What Portsmouth's plan of 2009/10 asks of a laptop: whom a summary is for, twelve months of it, what a form keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.errors import UsageError
from broker_desktop.session import Level, Refused, Session, month_period
from broker_desktop.session.exports import Beside
from broker_desktop.session.exports.workbook import about
from broker_desktop.session.period import range_period
from tests.common.vaults import Service, in_step

SAMPLES = Path(__file__).parents[1] / "samples"
PACK = "portsmouth-2009-10"
SAID = "recipients: [Safer Portsmouth Partnership, adult joint commissioning group, stakeholder steering group]"
NAMES = ("Safer Portsmouth Partnership", "adult joint commissioning group", "stakeholder steering group")
WITH_LEVELS = "recipients:\n" + "".join(f"  - {{name: {name}, level: commissioner}}\n" for name in NAMES)
MONTHS = [f"2025-{month:02d}" for month in range(12, 13)] + [f"2026-{month:02d}" for month in range(1, 12)]


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Session]:
    with Service(tmp_path).found().opened() as session:
        yield session


def visit(lead: Session, **more: Any) -> str:
    return lead.save("nx_visit", {"occurred_at": "2026-11-20", "site_type": "mobile", **more}).id


def test_each_recipient_of_the_plan_gets_small_numbers_hidden_and_its_name_on_the_cover(tmp_path: Path) -> None:
    """PORT09-001, -006 and -123: once the lead has said how far the figures go, also on the other laptop."""
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Sam Second", "lead").opened() as other:
        visit(lead, person={"code": "JOHN80M"}, items={"CITRIC": 5})
        text = assets.pack_text(PACK)
        assert SAID in text
        with pytest.raises(UsageError):
            lead.summary(month_period("2026-11"), NAMES[0])
        lead.packs.load(text.replace(SAID, WITH_LEVELS))
        in_step(lead, other)
        for session in (lead, other):
            for name in NAMES:
                summary = session.summary(month_period("2026-11"), name)
                assert summary.level is Level.COMMISSIONER
                assert (summary.line("MS-04").value, summary.line("MS-04").hidden) == (None, True)
                assert ("recipient", name) in about(summary, Beside())


def test_twelve_months_have_one_line_each_and_add_up(lead: Session) -> None:
    """PORT09-002, -003 and -133: visits of twelve months are the sum of the months; people are not.

    From tests/samples/expected.json, October and November of the set of both: visits 240 + 250, open access 380 + 400,
    assessments and referrals 43 + 44, samples 17 + 20, 150 people at the exchange. On 30 September London time lies one
    visit more, of MALT89M, who came again in October. All 292 people were first seen in these months: 1 + 199 + 92.
    """
    for month in ("10-a", "10-b", "11-a", "11-b"):
        lead.import_file("mixed", SAMPLES / f"portsmouth-2026-{month}.ndjson")
    year = lead.summary(range_period(MONTHS[0], MONTHS[-1]))
    figures = {
        "MS-04": 491, "MS-05": 150, "MS-01.open_access": 780, "MS-03": 292, "MS-15.assess_or_refer": 87,
        "MS-11.taken": 37,
    }  # fmt: skip
    for one in figures:
        assert [line.id for line in year.lines].count(one) == 1
    assert {one: year.line(one).value for one in figures} == figures
    months = [lead.summary(month_period(month), beside=False) for month in MONTHS]
    assert [one.line("MS-04").value for one in months] == [0] * 9 + [1, 240, 250]
    people = year.line("MS-02").value
    assert people == 292
    for one in ("MS-23.sex", "MS-23.age_band", "MS-24"):
        assert sum(cell.value or 0 for cell in year.line(one).cells) == people


def test_an_assessment_saved_with_no_network_counts_once(lead: Session) -> None:
    def assessed() -> object:
        return lead.summary(month_period("2026-11")).line("MS-15").value

    assert assessed() == 0
    lead.save(
        "contact",
        {"occurred_at": "2026-11-20", "kind": "planned", "outcome": ["assessment_completed"], "setting": "hostel",
         "person": {"code": "JOHN80M"}, "activities": ["assessment"], "needs": ["none"],
         "next_step": {"type": "none"}},
    )  # fmt: skip
    assert assessed() == 1


def test_300_of_one_item_are_saved(lead: Session) -> None:
    saved = visit(lead, items={"NDL_25O_25": 300})
    assert lead.record("nx_visit", saved).payload["items"] == {"NDL_25O_25": 300}
    assert lead.summary(month_period("2026-11")).line("MS-07").value == 300


def test_no_need_is_kept_apart_from_not_asked(lead: Session) -> None:
    """PORT09-129: and every domain of the checklist is in the list."""
    met = {"occurred_at": "2026-11-20", "kind": "drop_in", "outcome": ["seen"], "setting": "hostel"}
    kept = [
        lead.record("contact", lead.save("contact", {**met, "needs": needs}).id).payload["needs"]
        for needs in (["none"], {"answer": "not_asked"})
    ]
    assert kept == [["none"], {"answer": "not_asked"}]
    domains = {"housing", "employment_training", "family", "physical_health", "offending"}
    assert domains <= set(lead.codes.known("need"))


def test_children_are_asked_about_whoever_gives_a_name(lead: Session) -> None:
    """PORT09-122: the question stays open until it is answered, and "not asked" is an answer that is listed."""
    named = {
        "identity_level": "named",
        "given_name": "Dawn",
        "family_name": "Price",
        "accommodation_need": "no_problem",
    }
    with pytest.raises(Refused) as caught:
        lead.save("person", named)
    assert caught.value.place.field == "parental_status"
    lead.save("person", {**named, "parental_status": {"answer": "not_asked"}})
    assert lead.worklist("W10").count == 1


def test_three_kinds_of_step_are_kept_and_arrive(tmp_path: Path) -> None:
    """PORT09-137: engaged, retained, discharged; on the other laptop as on the first."""
    steps = [{"event": event, "on": on, "evidence": "service_confirmed"} for event, on in (
        ("engaged", "2026-08-03"), ("still_engaged_12wk", "2026-10-26"), ("planned_discharge", "2026-11-20"),
    )]  # fmt: skip
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Sam Second", "lead").opened() as other:
        saved = lead.save(
            "referral",
            {"made_on": "2026-08-01", "direction": "out", "destination": "shared_care", "person": {"code": "JOHN80M"},
             "events": steps, "aftercare": "not_needed"},
        ).id  # fmt: skip
        in_step(lead, other)
        assert other.count("referral") == 1
        assert other.record("referral", saved).payload["events"] == steps
