"""Lines that Portsmouth's plan of 2009/10 asks for: few records each, and figures that a person worked out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES
from broker_desktop.records.measure.line import PERCENT
from broker_desktop.records.pack import Pack
from tests.common import lines as common
from tests.common.lines import cells, person

CODES = CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text("portsmouth-2009-10")))
DAY = "2009-06-10"
JOHN, MARY = {"code": "JOHN80M"}, {"code": "MARY75F"}

counted = partial(common.counted, CODES, first="2009-06-01", last="2009-06-30")
contact = partial(common.contact, occurred_at=DAY, kind="drop_in")
visit = partial(common.visit, occurred_at=DAY, site_type="mobile")
referral = partial(common.referral, "JOHN80M", made_on=DAY)


def test_advice_and_the_four_things_of_a_visit_are_counted_by_topic() -> None:
    four = ["needle_exchange", "advice", "information", "support"]
    lines = counted(
        contact(advice=["overdose", "bbv", "safer_injecting"]),
        contact(advice=["overdose"]),
        contact(advice=[]),
        visit(activities=four),
        visit(activities=["advice"]),
    )
    assert (lines["MS-10"].value, cells(lines["MS-10"])) == (4, {"overdose": 2, "bbv": 1, "safer_injecting": 1})
    assert lines["MS-10.with_advice"].value == 2
    assert cells(lines["MS-10.activities"]) == {"needle_exchange": 1, "advice": 2, "information": 1, "support": 1}


def test_a_destination_prints_what_was_made_attended_and_completed() -> None:
    came = ("attended_first", "2009-06-12")
    lines = counted(
        referral(destination="psychosocial"),
        referral(("sent", DAY), came, destination="detox_inpatient"),
        referral(("sent", DAY), came, ("completed", "2009-06-30"), destination="detox_community"),
        referral(("sent", DAY), destination="detox_community"),
        referral(("sent", DAY), ("rejected", "2009-06-11"), destination="community_prescribing"),
    )
    assert cells(lines["MS-13.made"]) == {
        "psychosocial": 1, "detox_inpatient": 1, "detox_community": 2, "community_prescribing": 1,
    }  # fmt: skip
    assert sum(cells(lines["MS-13.made"]).values()) == lines["MS-13.made"].value
    stages = cells(lines["MS-13.destinations"])
    assert [stages.get(("detox_community", stage)) for stage in ("sent", "attended_first", "completed")] == [2, 1, 1]
    assert [stages.get(("detox_inpatient", stage)) for stage in ("sent", "attended_first", "completed")] == [1, 1, None]
    assert cells(lines["MS-13.completed"]) == {"detox_community": 1}
    assert (lines["MS-13.attended"].value, lines["MS-13.attended"].denominator) == (2, 5)
    assert cells(lines["MS-13.wait_median"]) == {"detox_inpatient": 2, "detox_community": 2}


def test_130_assessments_and_referrals_of_the_outreach_team() -> None:
    """PORT09-062: 80 assessments, 50 referrals with no contact of their own."""
    team = {"team": "assertive-outreach"}
    lines = counted(
        *(contact(person=JOHN, outcome=["assessment_completed"], **team) for _ in range(80)),
        *(referral(destination="shared_care", **team) for _ in range(50)),
    )
    assert lines["MS-15.assess_or_refer"].value == 130
    assert cells(lines["MS-15"]) == {"assertive-outreach": 80}
    assert cells(lines["MS-13.made_by_team"]) == {"assertive-outreach": 50}


def test_treatment_as_told_has_a_part_for_who_was_not_asked() -> None:
    lines = counted(
        *(contact(person={"code": code}) for code in ("AA80M", "BB80M", "CC80M", "DD80M", "EE80M")),
        person("AA80M", treatment_ring="in_now"),
        person("BB80M", treatment_ring="never"),
        person("CC80M", treatment_ring="unknown"),
        person("DD80M", treatment_ring={"answer": "not_asked"}),
        person("EE80M", treatment_ring="never"),
    )
    assert cells(lines["MS-02.treatment_ring"]) == {"in_now": 1, "never": 2, "unknown": 1, "not_asked": 1}
    assert (lines["MS-02.never_in_treatment"].value, lines["MS-02.never_in_treatment"].denominator) == (2, 5)


def test_three_others_are_supplied_and_nobody_is_added() -> None:
    """PORT09-043: somebody anonymous who collects for three others alone."""
    lines = counted(visit(collecting_for="others_only", people_covered=3))
    assert [lines[one].value for one in ("MS-04", "MS-09", "MS-09.others", "MS-05", "MS-02")] == [1, 1, 3, 0, 0]


def test_a_workshop_led_by_a_peer_with_nine_who_came() -> None:
    held = {"type": "group_session", "occurred_at": DAY, "status": "held", "topic": "overdose_prevention"}
    lines = counted(
        {**held, "venue": "hostel", "leader_role": "peer", "headcount": 9, "incentives": "yes", "incentives_given": 7},
        {**held, "venue": "support_centre", "leader_role": "staff", "headcount": 4, "incentives": "no"},
        {**held, "venue": "drop_in_day_service", "leader_role": "staff", "headcount": 2},
        {**held, "venue": "hostel", "leader_role": "staff", "headcount": 1},
        {**held, "status": "cancelled", "venue": "static_clinic", "leader_role": "peer"},
    )
    assert (lines["MS-17"].value, cells(lines["MS-17.leader_role"])) == (4, {"peer": 1, "staff": 3})
    assert cells(lines["MS-17.attendances"]) == {"overdose_prevention": 16}
    assert cells(lines["MS-17.attendances_by_leader"]) == {"peer": 9, "staff": 7}
    assert lines["MS-17.venues"].value == 3
    assert (lines["MS-17.with_incentives"].value, lines["MS-17.incentives"].value) == (1, 7)


def test_an_age_band_needs_no_birthday_and_18_to_24_is_a_part_of_its_own() -> None:
    bands = ["under_16", "16_17", "18_24", "25_34", "35_44", "45_54", "55_64", "65_plus"]
    lines = counted(
        *(contact(person={"code": f"A{n}X80M"}) for n in range(len(bands))),
        *(person(f"A{n}X80M", age_band=band) for n, band in enumerate(bands)),
    )
    assert cells(lines["MS-23.age_band"]) == dict.fromkeys(bands, 1)
    assert sum(cells(lines["MS-23.age_band"]).values()) == lines["MS-02"].value == 8


def test_sources_in_health_care_and_on_the_street_are_rows() -> None:
    sources = ["primary_care", "hospital", "homelessness_service", "community_warden", "pcso"]
    lines = counted(*(referral(direction="in", source=source) for source in sources))
    assert cells(lines["MS-14.sources"]) == dict.fromkeys(sources, 1)


def test_substances_put_everybody_in_one_group() -> None:
    lines = counted(
        contact(person=JOHN, substances=["heroin", "crack"], primary_substance="heroin"),
        contact(person=MARY, substances=["crack"], primary_substance="crack"),
        contact(person={"code": "ANNA70F"}, substances=["heroin"], primary_substance="heroin"),
        contact(person={"code": "FAYE70F"}),
    )
    assert cells(lines["MS-24"]) == {"opiate_and_crack": 1, "crack_only": 1, "opiate_only": 1, None: 1}
    assert lines["MS-24.main_stimulant"].value == 1
    assert cells(lines["MS-24.main"]) == {"crack": 1, "heroin": 2}


def test_22_of_40_offers_were_accepted() -> None:
    """PORT09-058: 22 / 40 = 55 %."""
    offers = [
        {"type": "bbv_test", "offered_on": DAY, "person": {"code": f"A{n}X80M"},
         "state": "consented" if n < 22 else "declined"}
        for n in range(40)
    ]  # fmt: skip
    accepted = counted(*offers)["MS-11.accepted"]
    assert (accepted.value, accepted.numerator, accepted.denominator) == (22, 22, 40)


def test_seven_stages_from_40_offers_never_rise() -> None:
    """PORT09-131: 40 offered, 30 accepted, 20 taken, 12 resulted, 9 given, 6 referred, 3 came.

    Person 3 was only sent, person 4 came somewhere else, person 5 by a referral of before the sample.
    """
    final = {"HCV_RNA": {"result": "detected", "reported_on": "2009-06-17"}}
    tests = []
    for n in range(40):
        test = {"type": "bbv_test", "offered_on": DAY, "person": {"code": f"A{n}X80M"}, "state": "declined"}
        test |= {"state": "consented"} if n < 30 else {}
        test |= {"state": "sample_taken", "taken_at": DAY, "analytes": ["HCV_RNA"]} if n < 20 else {}
        test |= {"state": "resulted", "results": final} if n < 12 else {}
        test |= {"state": "delivered", "result_given_on": "2009-06-20"} if n < 9 else {}
        tests.append(test | ({"actions": ["refer"]} if n < 6 else {}))
    came, liver = ("attended_first", "2009-07-20"), {"destination": "hospital_liver"}
    referrals = [
        common.referral("A0X80M", came, made_on="2009-06-20", **liver),
        common.referral("A1X80M", came, made_on="2009-12-10", **liver),  # 183 days
        common.referral("A2X80M", came, made_on=DAY, destination="sexual_health"),
        common.referral("A3X80M", ("sent", "2009-06-20"), made_on="2009-06-20", **liver),
        common.referral("A4X80M", came, made_on="2009-06-20", destination="housing"),
        common.referral("A5X80M", came, made_on="2009-06-09", **liver),
        common.referral("A6X80M", came, made_on="2009-06-20", **liver),  # nobody wrote that it follows from the test
    ]
    lines = counted(*tests, *referrals)
    steps = ("offered", "accepted", "taken", "resulted", "given", "referred", "attended")
    assert [lines[f"MS-11.{one}"].value for one in steps] == [40, 30, 20, 12, 9, 6, 3]
    assert [lines[f"MS-11.{one}"].denominator for one in steps[-2:]] == [9, 6]


def test_static_and_mobile_visits_and_the_sum_of_items() -> None:
    lines = counted(
        visit(person=JOHN, items={"NDL_25O_25": 30, "CITRIC": 10}),
        visit(person=JOHN, site_type="fixed", items={"CITRIC": 5}),
        visit(site_type="fixed", items={}),
    )
    assert cells(lines["MS-04"]) == {"fixed": 2, "mobile": 1}
    assert cells(lines["MS-05"]) == {"fixed": 1, "mobile": 1}
    assert cells(lines["MS-07"]) == {"NDL_25O_25": 30, "CITRIC": 15}
    assert lines["MS-07"].value == 45


def test_overdose_advice_and_an_overdose_told_of() -> None:
    lines = counted(
        contact(overdose_reported="yes", advice=["overdose"]),
        contact(overdose_reported="no"),
        contact(overdose_reported={"answer": "declined"}),
    )
    assert [lines[one].value for one in ("MS-18.advice", "MS-18.overdoses_reported")] == [1, 1]


def test_feedback_by_topic_needs_no_name() -> None:
    said = {"type": "feedback", "occurred_at": DAY, "channel": "interview", "level": "service"}
    topics = ["access_speed"] * 9 + ["care_planning"] * 6 + ["retention"] * 5
    lines = counted(*({**said, "topic": topic} for topic in topics))
    assert cells(lines["MS-26"]) == {
        ("service", "access_speed"): 9, ("service", "care_planning"): 6, ("service", "retention"): 5,
    }  # fmt: skip
    assert lines["MS-26"].value == 20


def test_the_four_domains_of_aftercare_as_need_and_as_support() -> None:
    began = {"type": "support_intervention", "started_on": DAY, "person": JOHN}
    lines = counted(
        contact(person=JOHN, needs=["housing", "employment_training"]),
        {**began, "domain": "housing", "support_type": "application"},
        {**began, "domain": "employment", "support_type": "course"},
        {**began, "domain": "training", "support_type": "course"},
        {**began, "domain": "social", "support_type": "accompany"},
    )
    assert [lines[one].value for one in ("MS-21.need", "MS-22.need")] == [1, 1]
    assert cells(lines["MS-21.support"]) == {"application": 1}
    assert cells(lines["MS-22.support"]) == {"course": 2}
    assert cells(lines["MS-22.social"]) == {"social": 1}


def test_into_work_volunteering_and_training() -> None:
    began = {"type": "support_intervention", "started_on": "2009-05-01", "person": JOHN, "domain": "employment",
             "support_type": "course", "ended_on": DAY, "outcome_on": DAY}  # fmt: skip
    outcomes = ["employment", "voluntary", "training_placement", "no_change"]
    lines = counted(*({**began, "outcome": outcome} for outcome in outcomes))
    assert cells(lines["MS-22.outcomes"]) == {"employment": 1, "voluntary": 1, "training_placement": 1}


def test_twelve_months_are_distinct_people_and_end_on_31_march() -> None:
    """PORT09-095: John in April and in March, Mary in December, somebody else the day before and the day after."""
    lines = counted(
        contact(person=JOHN, occurred_at="2008-04-01"),
        contact(person=JOHN, occurred_at="2009-03-31"),
        visit(person=MARY, occurred_at="2008-12-24"),
        contact(person={"code": "ANNA70F"}, occurred_at="2008-03-31"),
        contact(person={"code": "FAYE70F"}, occurred_at="2009-04-01"),
        first="2008-04-01",
        last="2009-03-31",
    )
    assert lines["MS-02"].value == 2


def test_no_percentage_stands_without_its_two_numbers() -> None:
    """PORT09-094: whatever is a share says of what, and its figure has both numbers."""
    assert [one.id for one in LINES if one.unit == PERCENT and one.out_of is None and one.id not in ONE_RULE] == []
    many = [contact(person=JOHN, family_involved="yes"), contact(person=MARY, family_involved="no")]
    family = counted(*many)["MS-30"]
    assert (family.value, family.numerator, family.denominator) == (50, 1, 2)
    for line in counted(*many).values():
        if line.unit == PERCENT and line.value is not None:
            assert line.numerator is not None, line.id
            assert line.denominator, line.id


ONE_RULE = {
    "MS-08.rate", "MS-24.main_share_by_area", "MS-28.complete_by_team", "MS-20.home_assessed", "MS-20.with_concern",
    "MS-13.attended_of_exchange",
}  # fmt: skip
"""Their rules give both numbers themselves."""


def test_effective_treatment_is_never_a_title() -> None:
    titles = " ".join(one.title for one in LINES).casefold()
    assert "effective" not in titles
    assert CODES.label("referral_event", "still_engaged_12wk") == "Still engaged at 12 weeks"


def test_who_came_to_several_services_stands_in_one_part() -> None:
    """PORT09-039: John at all three, Mary at the exchange twice, Anna at the drop-in and on the street."""
    lines = counted(
        visit(person=JOHN),
        contact(person=JOHN),
        contact(person=JOHN, kind="found_on_shift"),
        visit(person=MARY),
        visit(person=MARY),
        contact(person={"code": "ANNA70F"}),
        contact(person={"code": "ANNA70F"}, kind="planned"),
        contact(person={"code": "FAYE70F"}, outcome=["not_found"]),
        visit(),
    )
    parts = cells(lines["MS-02.services"])
    assert parts == {"all_three": 1, "exchange_only": 1, "open_access_and_outreach": 1}
    assert sum(parts.values()) == lines["MS-02.services"].value == lines["MS-02"].value == 3


def test_opiates_or_crack_and_not_in_treatment() -> None:
    """PORT09-029: five contacts with opiates or crack; two of them with somebody who says that they are in none."""
    lines = counted(
        contact(person=JOHN, substances=["heroin"]),
        contact(person=JOHN, substances=["crack"]),
        contact(person=JOHN, substances=["cannabis"]),
        contact(person=MARY, substances=["heroin"]),
        contact(person={"code": "ANNA70F"}, substances=["heroin"]),
        contact(substances=["heroin"]),
        person("JOHN80M", treatment_ring="known_before"),
        person("MARY75F", treatment_ring="in_now"),
        person("ANNA70F", treatment_ring="unknown"),
    )
    line = lines["MS-24.pdu_not_in_treatment"]
    assert (line.value, line.denominator) == (2, 5)


def test_the_time_of_day_is_that_of_london() -> None:
    """PORT09-017: 10:59 UTC in June is 11:59 in London, and 11:00 UTC is noon."""
    at = ["T10:59:00+00:00", "T11:00:00+00:00", "T17:00:00+00:00", "T01:00:00+00:00", ""]
    lines = counted(*(contact(occurred_at=DAY + one, venue="hostel") for one in at))
    assert cells(lines["MS-01.met_by_hour_band"]) == {"morning": 1, "afternoon": 1, "evening": 1, "night": 1, None: 1}
    assert cells(lines["MS-01.met_by_venue"]) == {"hostel": 5}


def test_samples_by_kind_of_place_add_up() -> None:
    taken = {"type": "bbv_test", "offered_on": DAY, "taken_at": DAY, "state": "sample_taken", "person": JOHN}
    lines = counted(*({**taken, "setting": one} for one in ("mobile_van", "day_centre", "day_centre", "dip")))
    assert cells(lines["MS-11.taken_by_setting"]) == {"mobile_van": 1, "day_centre": 2, "dip": 1}
    assert lines["MS-11.taken_by_setting"].value == lines["MS-11.taken"].value == 4


def test_flows_by_pathway_and_by_who_had_the_idea() -> None:
    lines = counted(
        referral(destination="shared_care", pathway="harm_reduction"),
        referral(destination="structured_groupwork", pathway="change_focused"),
        referral(destination="structured_groupwork", pathway="change_focused"),
        referral(destination="gp"),
        referral(direction="in", source="self", prompted_by="hostel_worker"),
        referral(direction="in", source="self", prompted_by={"answer": "not_applicable"}),
        referral(direction="in", source="gp"),
    )
    assert cells(lines["MS-13.pathways"]) == {
        ("harm_reduction", "shared_care"): 1, ("change_focused", "structured_groupwork"): 2, (None, "gp"): 1,
    }  # fmt: skip
    assert cells(lines["MS-14.flows"]) == {("self", "hostel_worker"): 1, ("self", None): 1, ("gp", None): 1}


@pytest.mark.parametrize("days", [0, 7, 30])
def test_days_until_prescribing_begins(days: int) -> None:
    came = (date.fromisoformat(DAY) + timedelta(days=days)).isoformat()
    lines = counted(referral(("attended_first", came), destination="community_prescribing"))
    assert cells(lines["MS-13.wait_median"]) == {"community_prescribing": days}
