"""Lines that Birmingham and Leicestershire ask for, from records whose figures a person worked out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records import record_type
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import Line
from broker_desktop.records.measure.against import Asked, against
from broker_desktop.records.pack import Pack
from broker_desktop.records.rules import CheckContext
from broker_desktop.session import fiscal_period
from broker_desktop.session.disclosure import Level
from tests.common import lines as common
from tests.common.lines import person
from tests.common.shown import shown_line

BIRMINGHAM, LEICESTERSHIRE = "birmingham-cri-2015", "leicestershire-2016"
NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def pack(name: str) -> Pack:
    return Pack.parse(assets.pack_text(name))


def codes(name: str) -> CodeLists:
    return CodeLists.load(assets.codes_csv(), pack(name))


def counted(
    name: str, *records: dict[str, Any], first: str = "2026-06-01", last: str = "2026-06-30"
) -> dict[str, Line]:
    return common.counted(codes(name), *records, first=first, last=last)


def cells(line: Line) -> dict[Any, Any]:
    return {code: value for code, value in common.cells(line).items() if value}


def contact(on: str, code: str, **more: Any) -> dict[str, Any]:
    return common.contact(code, occurred_at=on, **more)


def referral(source: str, **more: Any) -> dict[str, Any]:
    return common.referral(made_on="2026-06-02", **{"direction": "in", "source": source, **more})


def support(domain: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "support_intervention", "started_on": "2026-06-03", "person": {"code": "JOHN80M"}, "domain": domain,
        "support_type": "advice", **more,
    }  # fmt: skip


def test_police_probation_and_the_rehabilitation_company_are_three_rows() -> None:
    """BIRM15-056, and the hospital and custody rows of LEIC15-08 and LEIC15-21."""
    made = [referral(source) for source in ("police", "probation", "probation", "crc", "hospital", "cjit")]
    for name in (BIRMINGHAM, LEICESTERSHIRE):
        line = counted(name, *made)["MS-14.sources"]
        assert cells(line) == {"police": 1, "probation": 2, "crc": 1, "hospital": 1, "cjit": 1}
        assert sum(cells(line).values()) == line.value == 6


def test_housing_need_stands_beside_what_was_done_for_it() -> None:
    """BIRM15-017, -061: housing was a need in 2 of 3 contacts, 3 things were done for it, one ended with a home."""
    lines = counted(
        BIRMINGHAM,
        contact("2026-06-10", "AAAA80M", needs=["housing"]),
        contact("2026-06-10", "BBBB80F", needs=["housing", "benefits"]),
        contact("2026-06-10", "CCCC80F", needs=["benefits"]),
        support("housing"),
        support("housing", support_type="application"),
        support("housing", outcome="housed", outcome_on="2026-06-20"),
    )
    need, done = lines["MS-21.need"], lines["MS-21.support"]
    assert need.value == 2
    assert (done.value, cells(done)) == (3, {"advice": 2, "application": 1})
    assert cells(lines["MS-21.outcomes"]) == {"housed": 1}


def test_a_job_that_still_holds_at_the_follow_up_is_sustained() -> None:
    """BIRM15-019, -068, LEIC15-45: 3 into work and 1 into volunteering in June; asked later, one of two was at work."""
    job = {"outcome": "employment", "outcome_on": "2026-06-05"}
    lines = counted(
        BIRMINGHAM,
        support("employment", **job),
        support("employment", **job, follow_up_on="2026-09-05", sustained="yes"),
        support("employment", **job, follow_up_on="2026-09-05", sustained="no"),
        support("volunteering", outcome="voluntary", outcome_on="2026-06-06"),
    )
    assert cells(lines["MS-22.outcomes"]) == {"employment": 3, "voluntary": 1}
    assert lines["MS-22.outcomes"].value == 4
    assert lines["MS-22.sustained"].value == 1


def test_rows_of_housing_and_work_among_the_indicators() -> None:
    """BIRM15-017, -061, -068, -118: 2 of 4 people needed housing, 1 was not asked: 25 percent; 1 was housed.

    Of 4 into something one was still so at the follow-up: 25 percent. Of these 3 had a job and 1 a voluntary place.
    """
    job = {"outcome": "employment", "outcome_on": "2026-06-05"}
    lines = counted(
        BIRMINGHAM,
        *[person(code, accommodation_need="problem") for code in ("AA80M", "BB80F")],
        person("CC80F", accommodation_need="none"), person("DD80F"),
        *[contact("2026-06-10", code, needs=["housing"]) for code in ("AA80M", "BB80F")],
        *[contact("2026-06-10", code, needs=["benefits"]) for code in ("CC80F", "DD80F")],
        support("housing"),
        support("housing", outcome="housed", outcome_on="2026-06-20"),
        *[support("employment", **job)] * 2,
        support("employment", **job, follow_up_on="2026-09-05", sustained="yes"),
        support("volunteering", outcome="voluntary", outcome_on="2026-06-06"),
    )  # fmt: skip
    june = Asked(first_day="2026-06-01", last_day="2026-06-30", cadence="monthly")
    shown = [shown_line(line, Level.INTERNAL) for line in lines.values()]
    found = {one.indicator.id: one for one in against(pack(BIRMINGHAM).indicators, shown, june)}
    assert {name: one.figure for name, one in found.items() if name.startswith(("housing", "sustained"))} == {
        "housing_interventions.need": 2, "housing_interventions.support": 2, "housing_interventions.housed": 1,
        "housing_interventions.not_recorded": 25, "sustained_employment": 25,
    }  # fmt: skip
    assert (found["sustained_employment"].numerator, found["sustained_employment"].denominator) == (1, 4)
    assert (found["pbr_areas.employment"].figure, found["pbr_areas.employment"].tags) == (4, ("PBR", "PBR employment"))
    outside = Asked(first_day="2026-06-01", last_day="2026-06-30", cadence="monthly", least=20)
    hidden = [shown_line(line, Level.COMMISSIONER) for line in lines.values()]
    for one in against(pack(BIRMINGHAM).indicators, hidden, outside):
        if one.indicator.id.startswith(("housing", "sustained")):
            assert (one.status, one.figure, one.numerator) == ("hidden", None, None), one.indicator.id


def test_legal_highs_month_by_month() -> None:
    """BIRM15-101: one person in May, two in June (one of them three times) named a new psychoactive substance."""
    seen = [
        contact("2026-05-03", "AAAA80M", substances=["nps_cannabinoid"]),
        contact("2026-06-03", "AAAA80M", substances=["nps_cannabinoid"]),
        contact("2026-06-04", "BBBB80F", substances=["nps_stimulant", "alcohol"]),
        *[contact("2026-06-05", "BBBB80F", substances=["nps_stimulant"])] * 2,
    ]
    june = cells(counted(BIRMINGHAM, *seen)["MS-24.substances"])
    may = cells(counted(BIRMINGHAM, *seen, first="2026-05-01", last="2026-05-31")["MS-24.substances"])
    assert may == {"nps_cannabinoid": 1}
    assert june == {"nps_cannabinoid": 1, "nps_stimulant": 1, "alcohol": 1}


def test_drugs_alcohol_and_both() -> None:
    """LEIC15-06: A uses heroin, B alcohol, C crack and alcohol in two contacts; D said nothing."""
    line = counted(
        LEICESTERSHIRE,
        contact("2026-06-01", "AAAA80M", substances=["heroin"]),
        contact("2026-06-01", "BBBB80F", substances=["alcohol"]),
        contact("2026-06-01", "CCCC80F", substances=["crack"]),
        contact("2026-06-09", "CCCC80F", substances=["alcohol"]),
        contact("2026-06-01", "DDDD80F"),
    )["MS-24.drugs_or_alcohol"]
    assert cells(line) == {"drugs": 1, "alcohol": 1, "both": 1, None: 1}
    assert line.value == 4


def test_both_authorities_are_the_whole() -> None:
    """LEIC15-19: 3 contacts in the county and 2 in the city are 5; where somebody lives changes neither."""
    lines = counted(
        LEICESTERSHIRE,
        person("AAAA80M", locality="leicester_city"),
        *[contact("2026-06-01", "AAAA80M", locality="leicestershire", setting="community_agency")] * 3,
        *[contact("2026-06-02", "BBBB80F", locality="leicester_city", setting="hospital")] * 2,
    )
    assert cells(lines["MS-01.met_by_locality"]) == {"leicestershire": 3, "leicester_city": 2}
    assert cells(lines["MS-01.met_by_setting"]) == {"community_agency": 3, "hospital": 2}
    assert lines["MS-01.met"].value == 5


def test_parents_seen_and_referred() -> None:
    """LEIC15-49, BIRM15-129: 2 of 3 are parents, one was referred to parent support; family came once of twice."""
    lines = counted(
        LEICESTERSHIRE,
        person("AAAA80M", parental_status="all_children_live_with"),
        person("BBBB80F", parental_status="no_children_live_with"),
        person("CCCC80F", parental_status="not_a_parent"),
        contact("2026-06-01", "AAAA80M", family_involved="yes"),
        contact("2026-06-01", "BBBB80F", family_involved="no"),
        contact("2026-06-01", "CCCC80F"),
        referral("self", direction="out", destination="parent_support"),
    )
    assert (lines["MS-20.parents"].value, cells(lines["MS-20.parents"])) == (
        2, {"all_children_live_with": 1, "no_children_live_with": 1},
    )  # fmt: skip
    assert cells(lines["MS-20.referrals"]) == {"parent_support": 1}
    assert lines["MS-30"].value == 50


def test_six_months_are_the_sum_of_their_months_and_people_are_counted_anew() -> None:
    """BIRM15-010, -091: one contact a month with the same person from March to August: 6 contacts, 1 person."""
    seen = [contact(f"2026-{month:02d}-15", "AAAA80M") for month in range(3, 9)]
    ends = {3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31}
    months = [
        counted(BIRMINGHAM, *seen, first=f"2026-{month:02d}-01", last=f"2026-{month:02d}-{day}")
        for month, day in ends.items()
    ]
    whole = counted(BIRMINGHAM, *seen, first="2026-03-01", last="2026-08-31")
    assert sum(month["MS-01.met"].value or 0 for month in months) == whole["MS-01.met"].value == 6
    assert sum(month["MS-02"].value or 0 for month in months) == 6
    assert whole["MS-02"].value == 1


def test_the_first_contract_year_begins_in_march_and_ends_on_a_leap_day() -> None:
    """BIRM15-009: 01/03/2015 to 29/02/2016; LEIC15-15: 1 July to 30 June."""
    first = fiscal_period("2015/16", pack(BIRMINGHAM).year_start).to_json()
    assert (first["from"], first["to"]) == ("2015-03-01", "2016-02-29")
    second = fiscal_period("2016/17", pack(LEICESTERSHIRE).year_start).to_json()
    assert (second["from"], second["to"]) == ("2016-07-01", "2017-06-30")


def test_birmingham_reports_by_month_quarter_and_year() -> None:
    """BIRM15-088."""
    assert pack(BIRMINGHAM).said["reporting"]["cadence"] == ["monthly", "quarterly", "annual"]


def test_places_that_are_counted_and_not_named_are_numbered() -> None:
    """BIRM15-065, -073, -078: four hospitals, seventy practices, and the venue of an agency."""
    known = codes(BIRMINGHAM)
    numbered = [code for code in known.known("place") if re.fullmatch(r"hospital_\d\d", code)]
    assert numbered == ["hospital_01", "hospital_02", "hospital_03", "hospital_04"]
    assert sum(code.startswith("gp_practice_") for code in known.known("place")) == 70
    assert known.label("place", "recovery_central") == "Recovery Central, Digbeth"
    assert known.label("place", "hospital_04") == "Hospital 4"


@pytest.mark.parametrize("name", [BIRMINGHAM, LEICESTERSHIRE])
def test_a_pack_that_ships_names_no_person_no_phone_and_no_address(name: str) -> None:
    """BIRM15-002, LEIC15-85: whoever signs and answers the phone is a gap for the team to fill."""
    text = "\n".join(line.partition("#")[0] for line in assets.pack_text(name).splitlines())
    assert "@" not in text
    assert re.search(r"\d[\d ]{8,}\d", text) is None
    assert re.search(r"\b(Mr|Mrs|Ms|Dr|Cllr|Councillor)\b", text) is None
    assert {"safeguarding.phone", "clinical_sign_off"} <= set(pack(name).gaps)


@pytest.mark.parametrize("told", [{"parental_status": None}, {}])
def test_somebody_with_a_name_is_asked_about_children(told: dict[str, Any]) -> None:
    """BIRM15-014: nothing and an empty answer are asked about; a code or a reason is an answer."""
    named = {"identity_level": "named", "code": "JOHN80M", "given_name": "John", "family_name": "Doe"}

    def asked(payload: dict[str, Any]) -> bool:
        found = record_type("person").check(payload, CheckContext(codes(BIRMINGHAM), NOW))
        return "parental_status" in {issue.path for issue in found}

    assert asked({**named, **told})
    assert not asked({**named, "parental_status": "not_a_parent"})
    assert not asked({**named, "parental_status": {"answer": "declined"}})


def test_hospital_and_alcohol_cross() -> None:
    """BIRM15-074: 3 contacts in hospital, 2 of them about alcohol; 1 in the street about alcohol; 1 said nothing."""
    line = counted(
        BIRMINGHAM,
        *[contact("2026-06-01", "AAAA80M", setting="hospital", primary_substance="alcohol")] * 2,
        contact("2026-06-01", "BBBB80F", setting="hospital", primary_substance="heroin"),
        contact("2026-06-01", "BBBB80F", setting="street", primary_substance="alcohol"),
        contact("2026-06-01", "CCCC80F", setting="street"),
    )["MS-24.main_by_setting"]
    assert {(cell.by["setting"], cell.by["substance"]): cell.value for cell in line.cells if cell.value} == {
        ("hospital", "alcohol"): 2, ("hospital", "heroin"): 1, ("street", "alcohol"): 1,
    }  # fmt: skip
    assert line.value == 4


def test_what_came_through_the_call_centre() -> None:
    """BIRM15-127: two through the call centre, one walked in, one nobody noted; one sent out counts nowhere here."""
    line = counted(
        BIRMINGHAM,
        *[referral("self", arrival_mode="call_centre")] * 2,
        referral("gp", arrival_mode="walked_in"),
        referral("gp"),
        referral("self", direction="out", destination="gp", arrival_mode="call_centre"),
    )["MS-14.arrival"]
    assert cells(line) == {"call_centre": 2, "walked_in": 1, None: 1}
    assert line.value == 4


def test_contacts_and_sessions_by_the_group_they_are_for() -> None:
    """BIRM15-024, LEIC15-36: two contacts for one group, one for two; a session that was called off was not held."""
    session = {"type": "session", "kind": "clinic", "started_at": "2026-06-02T10:00:00+00:00"}
    lines = counted(
        BIRMINGHAM,
        contact("2026-06-01", "AAAA80M", target_groups=["lgbt"]),
        contact("2026-06-02", "BBBB80F", target_groups=["lgbt", "black_and_minority_ethnic"]),
        {**session, "status": "closed", "target_tags": ["black_and_minority_ethnic"]},
        {**session, "status": "closed", "target_tags": ["lgbt"]},
        {**session, "status": "cancelled", "target_tags": ["lgbt"]},
    )
    assert cells(lines["MS-01.met_by_target_group"]) == {"lgbt": 2, "black_and_minority_ethnic": 1}
    assert cells(lines["MS-01.sessions_by_group"]) == {"black_and_minority_ethnic": 1, "lgbt": 1}


def test_the_four_components_of_the_service() -> None:
    """LEIC15-28: information and an assessment in one contact, an introduction to mutual aid, advice to a worker."""
    line = counted(
        LEICESTERSHIRE,
        contact("2026-06-01", "AAAA80M", activities=["information", "supplies", "assessment"]),
        contact("2026-06-01", "BBBB80F", activities=["mutual_aid_introduction"]),
        contact("2026-06-01", "CCCC80F", activities=["workforce_advice"], subject="professional"),
        contact("2026-06-01", "DDDD80F", activities=["wound_care"]),
    )["MS-01.met_by_component"]
    assert cells(line) == {"engagement": 1, "treatment_referral": 1, "mutual_aid": 1, "workforce_advice": 1}
    assert line.value == 4


def test_samples_visits_and_referrals_by_age_and_who_is_young() -> None:
    """LEIC15-51, -52: of 3 people 1 is young, and the two parts are everybody."""
    sample = {
        "type": "bbv_test", "offered_on": "2026-06-01", "state": "sample_taken",
        "taken_at": "2026-06-01T10:00:00+00:00",
    }  # fmt: skip
    young, old, other = "AAAA08M", "BBBB80F", "CCCC80F"
    lines = counted(
        LEICESTERSHIRE,
        person(young, age_band="16_17", service_group="young_person"),
        *(person(code, age_band="45_54", service_group="adult") for code in (old, other)),
        *(contact("2026-06-01", code) for code in (young, old, other)),
        {**sample, "person": {"code": young}},
        *[{**sample, "person": {"code": old}}] * 2,
        {"type": "nx_visit", "occurred_at": "2026-06-01", "site_type": "fixed", "person": {"code": old}},
        referral("self", direction="out", destination="gp", person={"code": young}),
    )
    assert cells(lines["MS-04.by_age_band"]) == {"45_54": 1}
    assert cells(lines["MS-13.made_by_age_band"]) == {"16_17": 1}
    assert cells(lines["MS-11.taken_by_age_band"]) == {"16_17": 1, "45_54": 2}
    parts = cells(lines["MS-02.by_service_group"])
    assert parts == {"young_person": 1, "adult": 2}
    assert sum(parts.values()) == lines["MS-02"].value == 3
