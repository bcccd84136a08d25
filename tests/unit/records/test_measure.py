"""The counting rules of contract.md on a handful of records each; the sample months are in test_sample_figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES, Line, count_lines
from broker_desktop.records.measure.line import percent
from tests.common.facts import LineFacts

DAY = "2026-11-10"


def counted(codes: CodeLists, *records: dict[str, Any]) -> dict[str, Line]:
    facts = LineFacts.of(records, codes)
    return {line.id: line for line in count_lines(facts, "2026-11-01", "2026-11-30", codes)}


def contact(**more: Any) -> dict[str, Any]:
    return {"type": "contact", "occurred_at": DAY, "kind": "drop_in", "outcome": ["seen"], "person": None, **more}


def visit(**more: Any) -> dict[str, Any]:
    return {"type": "nx_visit", "occurred_at": DAY, "site_type": "mobile", "person": None, "items": {}, **more}


def bbv_test(**more: Any) -> dict[str, Any]:
    return {"type": "bbv_test", "offered_on": DAY, "state": "offered", "person": {"code": "JOHN80M"}, **more}


def referral(**more: Any) -> dict[str, Any]:
    return {"type": "referral", "made_on": DAY, "person": {"code": "JOHN80M"}, **more}


JOHN, MARY = {"code": "JOHN80M"}, {"code": "MARY75F"}


def values(lines: dict[str, Line], *ids: str) -> list[int | Decimal | None]:
    return [lines[line_id].value for line_id in ids]


def test_met_attempted_or_neither(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        contact(),
        contact(outcome=["declined", "information_given"]),  # one met code is enough
        contact(kind="planned", outcome=["moved_on"]),
        contact(outcome=["not_found"]),
        contact(outcome=["not_found", "declined"]),
        contact(outcome={"answer": "not_asked"}),  # neither
        contact(occurred_at="2026-10-31"),
    )
    assert values(lines, "MS-01.open_access", "MS-01.met", "MS-01.attempts") == [2, 3, 2]


def test_one_person_at_two_sites_is_one_person_and_one_in_each(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        visit(person=JOHN),
        visit(person={"code": "john 80-m"}, site_type="fixed"),
        visit(person=MARY, site_type={"answer": "unknown"}),
        visit(),
    )
    assert values(lines, "MS-04", "MS-04.not_attributable", "MS-05") == [4, 1, 2]
    cells = [(cell.by["site_type"], cell.value) for cell in lines["MS-05"].cells]
    assert cells == [("fixed", 1), ("mobile", 1), (None, 1)]


def test_items_and_opened_packs(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        visit(items={"BRL_2": 5, "NDL_25O_25": 5}, packs={"PK_2ML_10": 2, "PK_MIX": 1}),
        visit(items={"answer": "unknown"}, packs={"PK_FOIL_10": 1}),
    )
    cells = {cell.by["item"]: cell.value for cell in lines["MS-07"].cells}
    assert cells == {"BRL_2": 25, "NDL_25O_25": 25, "FOIL": 10}
    assert values(lines, "MS-07", "MS-07.syringes_out") == [60, 25]


@pytest.mark.parametrize(
    ("answers", "visits", "others"),
    [
        ({"collecting_for": "self", "people_covered": 4}, 0, 0),
        ({"collecting_for": "self_and_others", "people_covered": 4}, 1, 3),
        ({"collecting_for": "self_and_others", "people_covered": 0}, 1, 0),
        ({"collecting_for": "self_and_others"}, 1, 0),
        ({"collecting_for": "others_only", "people_covered": 4}, 1, 4),
        ({"collecting_for": "others_only", "people_covered": {"answer": "declined"}}, 1, 0),
        ({"collecting_for": "partner"}, 1, 1),
        ({"collecting_for": "unknown"}, 0, 0),
        ({"collecting_for": {"answer": "declined"}}, 0, 0),
    ],
)
def test_supply_for_others(answers: dict[str, Any], visits: int, others: int, portsmouth: CodeLists) -> None:
    assert values(counted(portsmouth, visit(**answers)), "MS-09", "MS-09.others") == [visits, others]


def test_new_is_the_first_met_contact_or_visit_of_all_records_held(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        visit(person=JOHN, occurred_at="2026-10-05"),
        contact(person=JOHN, team="open-access"),  # known since October
        contact(person=MARY, team="open-access", outcome=["not_found"], occurred_at="2026-10-05"),  # not met
        contact(person=MARY, team="open-access"),
        visit(person=MARY, occurred_at="2026-11-12"),
        contact(team="open-access"),
    )
    assert lines["MS-03"].value == 1
    assert [(dict(cell.by), cell.value) for cell in lines["MS-03"].cells] == [
        ({"type": "contact", "team": "open-access"}, 2),
        ({"type": "nx_visit"}, 1),
    ]


def test_an_offer_noted_beside_its_test_counts_once_and_an_anonymous_one_never(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        bbv_test(),
        visit(person=JOHN, offers={"bbv": "accepted"}),  # the test of the day says it
        visit(person=JOHN, offers={"bbv": "declined"}, occurred_at="2026-11-11"),
        contact(person=MARY, offers={"bbv": "accepted"}),
        contact(person=MARY, offers={"bbv": "not_asked"}),
        contact(offers={"bbv": "accepted"}),
    )
    assert values(lines, "MS-11.offered", "MS-11.accepted", "MS-11.declined") == [3, 1, 1]


def test_the_cascade_follows_the_samples_and_two_lines_the_day(portsmouth: CodeLists) -> None:
    final = {"HCV_RNA": {"result": "not_detected", "reported_on": "2026-12-01"}}
    lines = counted(
        portsmouth,
        bbv_test(state="delivered", taken_at=DAY, analytes=["HCV_RNA"], results=final, result_given_on="2026-12-02"),
        bbv_test(state="partial", taken_at=DAY, analytes=["HCV_RNA", "HBSAG"], results=final),
        bbv_test(state="partial", taken_at=DAY, analytes=["HCV_RNA"], results={"HCV_RNA": {"result": "pending"}}),
        bbv_test(state="rejected", taken_at=DAY, analytes=["HCV_RNA"]),
        bbv_test(
            offered_on="2026-10-20",
            state="delivered",
            taken_at="2026-10-20",
            analytes=["HCV_RNA"],
            results={"HCV_RNA": {"result": "detected", "reported_on": "2026-11-02"}},
            result_given_on="2026-11-03",
        ),
    )
    assert values(lines, "MS-11.taken", "MS-11.resulted", "MS-11.given") == [4, 1, 1]
    assert values(lines, "MS-11.resulted_in_period", "MS-11.given_in_period") == [1, 1]


def test_shares_are_half_up_and_nothing_of_nothing(portsmouth: CodeLists) -> None:
    assert percent(1, 8) == Decimal("12.5")
    assert percent(1, 16) == Decimal("6.3")  # 6.25
    assert percent(0, 5) == Decimal("0.0")
    assert percent(0, 0) is None
    assert counted(portsmouth)["MS-14.self_raw"].value is None


def test_self_referrals_as_recorded_and_corrected(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        referral(direction="in", source="self"),
        referral(direction="in", source="self", prompted_by={"answer": "declined"}),
        referral(direction="in", source="self", prompted_by="pharmacy"),
        referral(direction="in", source={"answer": "unknown"}),
        referral(direction="out", destination="housing", source="self"),
    )
    assert values(lines, "MS-14.self_raw", "MS-14.self_corrected") == [Decimal("75.0"), Decimal("50.0")]
    assert lines["MS-14.self_raw"].denominator == 4


def test_an_assessment_and_its_referral_count_once(portsmouth: CodeLists) -> None:
    lines = counted(
        portsmouth,
        contact(person=JOHN, outcome=["assessment_completed", "referral_made"]),
        contact(outcome=["assessment_completed"]),  # nobody to assess
        referral(direction="out", destination="housing", contact={"external_id": "c-1"}),
        referral(direction="internal", destination="housing"),
        referral(direction="in", source="gp"),
    )
    assert values(lines, "MS-13.made", "MS-15.assess_or_refer") == [2, 2]


def test_a_line_needs_every_compartment_its_records_can_be_in() -> None:
    needs = {definition.id: set(definition.compartments) for definition in LINES}
    assert needs["MS-05"] == {1}
    assert needs["MS-11.offered"] == {1, 2}
    assert needs["MS-13.made"] == {1, 2}


def test_small_numbers_are_guarded_for_people_and_never_for_items() -> None:
    unguarded = {definition.id for definition in LINES if not definition.counts_people_or_events}
    assert unguarded == {
        "MS-06", "MS-06.sites", "MS-06.sites_missing", "MS-06.sites_by_commissioner",  # tallies and sites
        "MS-06.items", "MS-06.bins", "MS-06.leaflets", "MS-07", "MS-07.syringes_out", "MS-10.condoms", "MS-18.kits",
        "MS-08.bins", "MS-08.litres", "MS-08.estimate", "MS-08.rate",  # items
        "MS-17", "MS-17.leader_role", "MS-17.with_incentives", "MS-17.venues",
        "MS-01.sessions_by_group", "MS-01.sessions", "MS-01.in_reach", "MS-01.sessions_cancelled",  # sessions
        "MS-01.days_open",
        "MS-27.needle_finds", "MS-27.needles", "MS-27.needle_finds_by_confidence", "MS-27.drug_trends",
        "MS-27.disruptions",  # reports about places
        "MS-28.complete", "MS-28.missing", "MS-28.missing_by_team", "MS-28.days_until_written",
        "MS-28.complete_by_team", "MS-28.days_until_written_95", "MS-28.days_until_synced",
        "MS-28.days_until_synced_95", "MS-28.merged",  # about records, not about people
    }  # fmt: skip


def test_answers_that_no_program_of_ours_writes_are_not_counted_and_break_nothing(portsmouth: CodeLists) -> None:
    odd: list[Any] = [7, "x", [], [[]], {"a": "b"}, {"HCV_RNA": {"result": []}}, None, True]
    records = [
        {**make(), name: value}
        for value in odd
        for make, names in (
            (visit, ("items", "packs", "offers", "people_covered", "collecting_for", "site_type")),
            (contact, ("outcome", "offers", "team")),
            (bbv_test, ("results", "analytes", "taken_at", "result_given_on", "state")),
            (referral, ("direction", "source", "prompted_by", "destination")),
        )
        for name in names
    ]
    assert counted(portsmouth, *records)["MS-07"].value == 0


def back(**told: Any) -> dict[str, Any]:
    return visit(returns=told)


def test_a_refused_word_on_how_returns_are_known_stops_no_summary(portsmouth: CodeLists) -> None:
    """The bin is counted all the same: 1 visit, 2 bins; half of two 1 l bins is 1 litre."""
    bins = [{"bin": "BIN_1", "n": 2, "fill": 50}]
    lines = counted(portsmouth, back(method={"answer": "declined"}, share={"answer": "not_asked"}, bins=bins))
    assert values(lines, "MS-08", "MS-08.bins", "MS-08.litres") == [1, 2, Decimal("1.0")]


def test_nothing_brought_back_is_no_return(portsmouth: CodeLists) -> None:
    """None, no bin, and 0 are nothing; some is something, and so is a method without a number (PORT09-113)."""
    nothing = [
        back(method="none"),
        back(share="none", stated=3),
        back(bins=[]),
        back(method="stated", stated=0),
        back(),
    ]
    lines = counted(portsmouth, *nothing, back(tare_kg=2), visit(returns={"answer": "declined"}))
    assert values(lines, "MS-04", "MS-08") == [7, 0]
    some = [back(share="some"), back(method="litter_pick"), back(stated=4), back(bins=[{"bin": "BIN_1", "n": 1}])]
    assert values(counted(portsmouth, *some), "MS-08") == [4]


def test_a_bin_of_no_said_kind_is_a_bin_and_half_litres_go_up(portsmouth: CodeLists) -> None:
    """3 + 2 + 1 + 1 bins; 2 x 0.45 x 0.75 + 0.25 + 0.45 / 2 = 0.675 + 0.25 + 0.225 = 1.15 litres, half up 1.2.

    Of a bin whose kind nobody said no estimate can be made.
    """
    bins = [
        {"bin": {"answer": "declined"}, "n": 3, "fill": 100},
        {"bin": "BIN_045", "n": 2, "fill": 75},
        {"bin": "BIN_1", "n": 1, "fill": 25},
        {"bin": "BIN_045", "n": 1, "fill": 50},
    ]
    lines = counted(portsmouth, back(bins=bins))
    assert values(lines, "MS-08.bins", "MS-08.litres", "MS-08.estimate") == [7, Decimal("1.2"), None]


def test_who_prompted_themselves_was_not_prompted(portsmouth: CodeLists) -> None:
    """Two of four came by themselves and say nobody else had the idea, one in so many words: 50.0 %."""
    lines = counted(
        portsmouth,
        referral(direction="in", source="self", prompted_by="self"),
        referral(direction="in", source="self", prompted_by={"answer": "not_applicable"}),
        referral(direction="in", source="self", prompted_by="pharmacy"),
        referral(direction="in", source="gp"),
    )
    assert values(lines, "MS-14.self_raw", "MS-14.self_corrected") == [Decimal("75.0"), Decimal("50.0")]
    assert {cell.by["source"]: cell.value for cell in lines["MS-14.sources_corrected"].cells} == {
        "self": 2, "pharmacy": 1, "gp": 1,
    }  # fmt: skip


def test_an_outcome_without_a_day_counts_on_that_of_its_record(portsmouth: CodeLists) -> None:
    """It can be saved so, and then adds exactly 1 (requirements.md PORT09-106); with a day, that day decides."""
    support = {"type": "support_intervention", "started_on": DAY, "person": JOHN, "domain": "employment"}
    lines = counted(
        portsmouth,
        {**support, "outcome": "employment"},
        {**support, "outcome": "voluntary", "outcome_on": "2026-12-01"},
        {**support, "started_on": "2026-09-01", "outcome": "voluntary", "ended_on": DAY, "sustained": "yes"},
    )
    assert values(lines, "MS-22.outcomes", "MS-22.sustained") == [2, 1]
