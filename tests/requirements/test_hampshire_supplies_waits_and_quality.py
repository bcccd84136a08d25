"""Hampshire: supplies and advice, doses, tests, zones, waits, sheets and the quality of records, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from tests.common import lines as common
from tests.common.lines import cells

JOHN, MARY = {"code": "JOHN80M"}, {"code": "MARY77F"}

counted = partial(common.counted, first="2010-06-01", last="2010-06-30")
contact = partial(common.contact, "JOHN80M", occurred_at="2010-06-10")
visit = partial(common.visit, "JOHN80M", occurred_at="2010-06-10")
referral = partial(common.referral, "JOHN80M", made_on="2010-06-01")


@pytest.fixture(scope="module")
def hampshire() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text("hampshire-homer-2010")))


def sheet(site: str, **more: Any) -> dict[str, Any]:
    return {"type": "nx_tally", "month": "2010-06", "site": site, "transactions": 10, "status": "final", **more}


def test_visits_by_drug_injected_with_steroids(hampshire: CodeLists) -> None:
    """HAMP10-169: three visits, one of heroin and crack together named, one of steroids, one that did not say."""
    lines = counted(
        hampshire, visit(drug_injected=["heroin", "crack"]), visit(drug_injected=["steroids_ipeds"]), visit()
    )
    assert cells(lines["MS-04.by_drug"]) == {"crack": 1, "heroin": 1, "steroids_ipeds": 1}
    assert lines["MS-04.by_drug"].value == 3


def test_drugs_and_alcohol_together(hampshire: CodeLists) -> None:
    """HAMP10-178: of five contacts that name something two name both; 2 + 2 + 1 = 5."""
    named = [["heroin", "alcohol"], ["crack", "cannabis", "alcohol"], ["heroin"], ["crack"], ["alcohol"], []]
    line = counted(hampshire, *(contact(substances=one) for one in named))["MS-24.contacts"]
    assert cells(line) == {"both": 2, "drugs": 2, "alcohol": 1}
    assert line.value == 5


def test_brief_interventions_and_harm_reduction_advice_are_counted(hampshire: CodeLists) -> None:
    """HAMP10-184 and HAMP10-277: each kind once a contact; the two kinds of brief intervention are three contacts."""
    lines = counted(
        hampshire,
        contact(activities=["extended_brief_intervention", "harm_reduction_advice"]),
        contact(activities=["alcohol_brief_intervention"]),
        contact(activities=["alcohol_brief_intervention", "harm_reduction_advice"]),
    )  # fmt: skip
    assert cells(lines["MS-10.activities"]) == {
        "alcohol_brief_intervention": 2, "extended_brief_intervention": 1, "harm_reduction_advice": 2,
    }  # fmt: skip
    assert lines["MS-10.brief"].value == 3


def test_the_activities_of_a_nurse_led_clinic_are_counted_one_by_one(hampshire: CodeLists) -> None:
    """HAMP10-255: all seven, and wound care without any test."""
    seven = [
        "hep_b_test", "hep_c_test", "pre_test_discussion", "signposting", "wound_care", "sexual_health_advice",
        "harm_reduction_advice",
    ]  # fmt: skip
    lines = counted(hampshire, contact(activities=seven), contact(activities=["wound_care"]))
    assert cells(lines["MS-10.activities"]) == {**dict.fromkeys(seven, 1), "wound_care": 2}
    assert lines["MS-11.taken"].value == 0


def test_58_of_100_with_a_dose_are_58_percent_and_their_sources_add_up(hampshire: CodeLists) -> None:
    """HAMP10-191, HAMP10-192: 30 by us, 18 as they said, 10 off a card; 42 were asked and declined. 30+18+10 = 58."""
    sources = ["by_us"] * 30 + ["self_reported"] * 18 + ["card_seen"] * 10
    dose = {"type": "bbv_vaccination", "given_on": "2010-06-10", "dose": 1}
    had = [{**dose, "person": {"code": f"HADA{n:02}M"}, "source": source} for n, source in enumerate(sources)]
    declined = [
        {"type": "bbv_vaccination", "given_on": "2010-06-10", "person": {"code": f"DECL{n:02}F"},
         "decline_reason": "not_today"} for n in range(42)
    ]  # fmt: skip
    lines = counted(hampshire, *had, *declined)
    assert (lines["MS-12.coverage"].numerator, lines["MS-12.coverage"].value) == (58, Decimal("58.0"))
    assert cells(lines["MS-12.known_by_source"]) == {"by_us": 30, "self_reported": 18, "card_seen": 10}
    assert lines["MS-12.known_by_source"].value == 58


def test_zone_and_area_and_place_add_up_to_the_same(hampshire: CodeLists) -> None:
    """HAMP10-200, -201: New Forest lies in East and Havant in West, as printed; 2 + 1 = 3 + one that said no area."""
    lines = counted(
        hampshire,
        contact(locality="new_forest", venue="fixed_01"), contact(locality="new_forest", venue="one_stop_shop"),
        contact(locality="havant", venue="fixed_01"), contact(venue="fixed_01"),
    )  # fmt: skip
    zones = cells(lines["MS-01.met_by_zone"])
    assert zones == {("east", "new_forest"): 2, ("west", "havant"): 1, (None, None): 1}
    assert cells(lines["MS-01.met_by_locality"]) == {"new_forest": 2, "havant": 1, None: 1}
    assert cells(lines["MS-01.met_by_venue"]) == {"fixed_01": 3, "one_stop_shop": 1}
    assert lines["MS-01.met"].value == 4 == sum(zones.values())


def test_the_pack_keeps_the_printed_zones_with_a_note() -> None:
    """HAMP10-200: the note says that East holds New Forest and West holds Havant, which no compass would."""
    text = assets.pack_text("hampshire-homer-2010")
    assert 'data_note: "zones are as printed; East holds New Forest and Test Valley, West holds Havant' in text
    groups = {one.code: one.group for one in Pack.parse(text).localities}
    assert (groups["new_forest"], groups["havant"], len(groups)) == ("east", "west", 11)


def test_in_reach_sessions_by_the_service_that_came_in(hampshire: CodeLists) -> None:
    """HAMP10-204: three sessions, one with two services, one cancelled that counts as cancelled only."""
    session = {"type": "session", "kind": "in_reach", "started_at": "2010-06-10", "status": "closed"}
    lines = counted(
        hampshire,
        {**session, "in_reach_partners": ["gms", "childcare_parenting"]},
        {**session, "in_reach_partners": ["gms"]},
        {**session, "kind": "clinic"},
        {**session, "kind": "bbv_clinic", "status": "cancelled", "cancel_reason": "staff_vacancy"},
    )  # fmt: skip
    assert (lines["MS-01.in_reach"].value, cells(lines["MS-01.in_reach"])) == (2, {"gms": 2, "childcare_parenting": 1})
    assert cells(lines["MS-01.sessions"]) == {"in_reach": 2, "clinic": 1}
    assert cells(lines["MS-01.sessions_cancelled"]) == {("bbv_clinic", "staff_vacancy"): 1}


def test_an_initial_assessment_and_its_referral(hampshire: CodeLists) -> None:
    """HAMP10-205: two assessments, one contact more that is none, and one referral."""
    lines = counted(
        hampshire,
        contact(outcome=["assessment_completed"]), contact(outcome=["assessment_completed", "referral_made"]),
        contact(), referral(destination="care"),
    )  # fmt: skip
    assert (lines["MS-15"].value, lines["MS-13.made"].value) == (2, 1)


def test_the_ten_longest_waits_and_the_wait_of_rapid_access(hampshire: CodeLists) -> None:
    """HAMP10-209, -211: waits of 0 to 11 days from 1 June; the ten longest are 11 down to 2, rapid access waited 3."""
    where = {3: "rapid_access_prescribing"}
    waits = [
        referral(("attended_first", f"2010-06-{1 + days:02}"), destination=where.get(days, "care"))
        for days in range(12)
    ]  # fmt: skip
    lines = counted(hampshire, *waits, referral(destination="care"))
    longest = [(cell.by["place"], cell.value) for cell in lines["MS-13.longest_waits"].cells]
    assert longest == [(f"{place:02}", 12 - place) for place in range(1, 11)]
    assert lines["MS-13.longest_waits"].value == lines["MS-13.wait_longest"].value == 11
    assert cells(lines["MS-13.wait_median"])["rapid_access_prescribing"] == 3


def test_access_engagement_and_retention_each_have_a_line(hampshire: CodeLists) -> None:
    """HAMP10-210, -214, -216: of four made three came; two are kept, of these one left as planned; one left early."""
    came = ("attended_first", "2010-06-02")
    lines = counted(
        hampshire,
        referral(came, ("still_engaged_12wk", "2010-08-25"), destination="care"),
        referral(came, ("planned_discharge", "2010-07-20"), destination="residential_rehab"),
        referral(came, ("unplanned_exit", "2010-06-20"), destination="care"),
        referral(destination="care"),
    )  # fmt: skip
    names = ("MS-13.made", "MS-13.attended", "MS-13.kept", "MS-13.left_early", "MS-13.completed")
    assert [lines[name].value for name in names] == [4, 3, 2, 1, 1]
    assert cells(lines["MS-13.completed"]) == {"residential_rehab": 1}
    assert cells(lines["MS-13.destinations"])["residential_rehab", "planned_discharge"] == 1


def test_the_page_on_the_records_themselves_adds_up(hampshire: CodeLists) -> None:
    """HAMP10-230: what is missing by question and by team is the same sum."""
    lines = counted(
        hampshire,
        contact(team="locality-havant", setting={"answer": "not_asked"}), contact(setting="street"),
        visit(site_type={"answer": "not_asked"}), referral(destination={"answer": "not_asked"}),
    )  # fmt: skip
    missing = lines["MS-28.missing"]
    assert cells(missing)["contact.setting"] == cells(missing)["referral.destination"] == 1
    assert missing.value == sum(cells(missing).values()) == sum(cells(lines["MS-28.missing_by_team"]).values())


def test_sheets_with_and_without_the_devolved_pharmacies(hampshire: CodeLists) -> None:
    """HAMP10-243, -244, -245, -247: 46 and 3 pharmacies, 7 fixed and 3 mobile sites are 59, and 56 without devolved."""
    places = list(hampshire.known("place"))
    sites = [one for one in places if one.rpartition("_")[2].isdecimal()]
    assert [sum(one.startswith(kind) for one in sites) for kind in ("fixed", "pharmacy_daat", "mobile")] == [7, 46, 3]
    assert (len(sites), sum("devolved" not in one for one in sites)) == (59, 56)
    lines = counted(
        hampshire,
        sheet("pharmacy_daat_01", commissioned_by="daat"), sheet("pharmacy_daat_02", commissioned_by="pct_les"),
        sheet("pharmacy_devolved_01", commissioned_by="devolved"), sheet("pharmacy_daat_03", status="draft"),
    )  # fmt: skip
    assert cells(lines["MS-06"]) == {"daat": 10, "pct_les": 10, "devolved": 10}
    assert cells(lines["MS-06.sites_by_commissioner"]) == {"daat": 1, "pct_les": 1, "devolved": 1}
    assert (lines["MS-06.sites"].numerator, lines["MS-06.sites"].denominator) == (3, 49)
    assert lines["MS-06.sites_missing"].value == 46


def test_one_visit_holds_needles_condoms_and_both_kinds_of_advice(hampshire: CodeLists) -> None:
    """HAMP10-246, -239: citric and condoms are items, safer injecting and sexual health topics of advice."""
    lines = counted(
        hampshire,
        visit(items={"SYR_FX_1_29": 10, "CITRIC": 10, "CONDOM": 5}, advice=["safer_injecting", "sexual_health"]),
    )  # fmt: skip
    assert cells(lines["MS-07"]) == {"CITRIC": 10, "CONDOM": 5, "SYR_FX_1_29": 10}
    assert cells(lines["MS-10"]) == {"safer_injecting": 1, "sexual_health": 1}
    assert lines["MS-10.condoms"].value == 5


def test_nine_of_ten_offered_sexual_health_in_48_hours_are_90_percent(hampshire: CodeLists) -> None:
    """HAMP10-250: made on 1 June; nine offered by the 3rd, one on the 4th; one never offered is no part of it."""
    quick = [referral(("appointment_offered", "2010-06-03"), destination="gum")] * 8
    booked = [referral(("booked", "2010-06-01"), destination="sexual_health")]
    late = [referral(("appointment_offered", "2010-06-04"), destination="gum"), referral(destination="gum")]
    line = counted(hampshire, *quick, *booked, *late)["MS-13.offered_in_48h"]
    assert (line.numerator, line.denominator, line.value) == (9, 10, Decimal("90.0"))


def test_who_will_not_go_elsewhere_is_counted_among_those_not_taken_up(hampshire: CodeLists) -> None:
    """HAMP10-252."""
    lines = counted(
        hampshire,
        referral(("withdrawn", "2010-06-05"), destination="gum", reject_reason="will_not_attend_elsewhere"),
    )  # fmt: skip
    assert cells(lines["MS-13.not_taken_up"]) == {("gum", "will_not_attend_elsewhere"): 1}


def test_the_programme_of_january_to_november_counts_nothing_of_the_days_beside_it(hampshire: CodeLists) -> None:
    """HAMP10-256, -257: doses and tests of 1 January and 30 November count, of the day before and after do not."""
    days = ("2009-12-31", "2010-01-01", "2010-11-30", "2010-12-01")
    doses = [{"type": "bbv_vaccination", "given_on": day, "person": JOHN, "source": "by_us", "dose": 1} for day in days]
    tests = [
        {"type": "bbv_test", "person": JOHN, "offered_on": day, "state": "sample_taken", "taken_at": day,
         "analytes": ["HCV_AB"], "method": "dbs"} for day in days
    ]  # fmt: skip
    lines = counted(hampshire, *doses, *tests, first="2010-01-01", last="2010-11-30")
    assert (lines["MS-12"].value, lines["MS-11.offered"].value, lines["MS-11.taken"].value) == (2, 2, 2)


def test_the_outcome_that_the_clinic_tells_us_is_counted(hampshire: CodeLists) -> None:
    """HAMP10-242, -260: two sent to sexual health or the liver service and one came, as the service confirmed."""
    told = {"event": "attended_first", "on": "2010-06-09", "evidence": "service_confirmed"}
    lines = counted(
        hampshire,
        {**referral(destination="gum"), "events": [told]}, referral(destination="hospital_liver"),
    )  # fmt: skip
    assert cells(lines["MS-13.attended"]) == {"service_confirmed": 1}
    assert (lines["MS-13.attended"].value, lines["MS-13.attended"].denominator) == (1, 2)


def test_the_section_11_lines(hampshire: CodeLists) -> None:
    """HAMP10-261: one of two people seen was asked (50 %); two concerns, one taken up after three days."""
    people = [
        {"type": "person", "identity_level": "code", "code": "JOHN80M", "parental_status": "no_children_live_with"},
        {"type": "person", "identity_level": "code", "code": "MARY77F"},
    ]  # fmt: skip
    concern = {"type": "safeguarding_concern", "kind": "child", "urgency": "today", "occurred_at": "2010-06-10"}
    lines = counted(
        hampshire,
        *people, contact(), contact(person=MARY), {**concern, "taken_up_on": "2010-06-13"}, concern,
    )  # fmt: skip
    assert lines["MS-20.asked"].value == Decimal("50.0")
    assert (lines["MS-20.concerns"].value, lines["MS-20.taken_up"].value) == (2, 1)
    assert lines["MS-20.days_to_action"].value == 3


def test_two_referrals_for_parents_are_two(hampshire: CodeLists) -> None:
    """HAMP10-263."""
    lines = counted(hampshire, *[referral(destination="parent_support")] * 2, referral(destination="gp"))
    assert cells(lines["MS-13.made"]) == {"parent_support": 2, "gp": 1}
    assert cells(lines["MS-20.referrals"]) == {"parent_support": 2}


def test_four_partners_are_four_rows_of_who_sent_them(hampshire: CodeLists) -> None:
    """HAMP10-280."""
    four = ("probation", "police", "prison", "youth_offending_team")
    lines = counted(hampshire, *(referral(direction="in", source=one) for one in four))
    assert cells(lines["MS-14.sources"]) == dict.fromkeys(four, 1)
