"""Hampshire: who is met, where they live and what they use, groups and housing, on few records worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import count_lines
from broker_desktop.records.pack import Pack
from broker_desktop.records.rules import CheckContext, Severity
from broker_desktop.records.rules_of_people import UnderAge
from broker_desktop.session import to_bytes, year_period
from broker_desktop.session.exports import Beside
from broker_desktop.session.exports.workbook import about
from broker_desktop.session.period import month_period
from broker_desktop.session.refusals import Refused
from tests.common.facts import LineFacts
from tests.common.lines import DAY, cells, contact, counted, person, referral, visit
from tests.common.vaults import Service

PACK = "hampshire-homer-2010"


@pytest.fixture(scope="module")
def hampshire() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text(PACK)))


FOUR = (
    person("ANNA80F", sex="female", age_band="18_24", locality="fareham", ethnicity="white_british"),
    person("BETH81F", sex="female", age_band="25_34", locality="fareham", ethnicity_detail="nepalese"),
    person("CARL82M", sex="male", age_band="25_34", locality="gosport", ethnicity="mixed_other",
           treatment_ring="never", accommodation_need="urgent_problem"),
    person("DAVE83M", sex={"answer": "declined"}, age_band="25_34", ethnicity="black_african", language="polish",
           interpreter="yes"),
)  # fmt: skip


def test_people_seen_by_area_with_sex_age_and_ethnic_group(hampshire: CodeLists) -> None:
    lines = counted(hampshire, *FOUR, *(contact(one["code"]) for one in FOUR))
    assert cells(lines["MS-23.area_sex"]) == {
        ("fareham", "female"): 2, ("gosport", "male"): 1, (None, "declined"): 1,
    }  # fmt: skip
    assert cells(lines["MS-23.area_age_band"]) == {
        ("fareham", "18_24"): 1, ("fareham", "25_34"): 1, ("gosport", "25_34"): 1, (None, "25_34"): 1,
    }  # fmt: skip
    assert cells(lines["MS-23.area_ethnic_group"]) == {
        ("fareham", "white"): 1, ("fareham", "asian"): 1, ("gosport", "mixed"): 1, (None, "black"): 1,
    }  # fmt: skip
    for name in ("sex", "age_band", "ethnic_group"):
        line = lines[f"MS-23.area_{name}"]
        assert sum(cell.value for cell in line.cells) == line.value == lines["MS-02"].value == 4


def test_four_ethnic_groups_and_nepalese_among_the_asian_ones(hampshire: CodeLists) -> None:
    lines = counted(hampshire, *FOUR, *(contact(one["code"]) for one in FOUR))
    assert cells(lines["MS-23.ethnic_group"]) == {"asian": 1, "black": 1, "mixed": 1, "white": 1}
    assert cells(lines["MS-23.ethnicity_detail"]) == {"nepalese": 1, None: 3}


def test_who_needs_an_interpreter_by_language(hampshire: CodeLists) -> None:
    lines = counted(hampshire, *FOUR, *(contact(one["code"]) for one in FOUR))
    assert (lines["MS-23.interpreter"].value, cells(lines["MS-23.interpreter"])) == (1, {"polish": 1})


def test_substances_by_area_sex_and_age(hampshire: CodeLists) -> None:
    """Anna names two, so she stands in two parts; Dave names none and stands in no part."""
    lines = counted(
        hampshire, *FOUR, contact("ANNA80F", substances=["heroin", "cannabis"]),
        contact("BETH81F", substances=["heroin"]), contact("CARL82M", substances=["crack"]), contact("DAVE83M"),
    )  # fmt: skip
    assert lines["MS-24.area_substance"].value == lines["MS-24.substances"].value == 3
    assert cells(lines["MS-24.area_substance"]) == {
        ("fareham", "heroin"): 2, ("fareham", "cannabis"): 1, ("gosport", "crack"): 1,
    }  # fmt: skip
    assert cells(lines["MS-24.sex_substance"]) == {
        ("female", "heroin"): 2, ("female", "cannabis"): 1, ("male", "crack"): 1,
    }  # fmt: skip
    assert cells(lines["MS-24.age_substance"])[("18_24", "cannabis")] == 1


def test_80_of_100_with_an_opiate_as_the_main_one_are_80_percent(hampshire: CodeLists) -> None:
    """Fareham: 80 of 100. Gosport: 1 of 4. Together 81 of 104 = 77.88 %. Who named none stands nowhere."""
    people = [person(f"FARE{n:03}M", locality="fareham") for n in range(100)]
    people += [person(f"GOSP{n:03}M", locality="gosport") for n in range(4)]
    main = ["heroin"] * 80 + ["cannabis"] * 20 + ["methadone", "alcohol", "crack", "cannabis"]
    each = [contact(one["code"], primary_substance=name) for one, name in zip(people, main, strict=True)]
    line = counted(hampshire, *people, *each, contact("NONE80M"))["MS-24.main_share_by_area"]
    assert cells(line) == {"fareham": Decimal("80.0"), "gosport": Decimal("25.0")}
    assert (line.numerator, line.denominator, line.value) == (81, 104, Decimal("77.9"))


def test_55_of_100_who_name_cannabis_are_under_25(hampshire: CodeLists) -> None:
    ages = ["18_24"] * 55 + ["25_34"] * 45
    people = [person(f"CANN{n:03}M", age_band=band) for n, band in enumerate(ages)]
    lines = counted(hampshire, *people, *(contact(one["code"], substances=["cannabis"]) for one in people))
    assert lines["MS-24.age_substance"].value == 100
    assert cells(lines["MS-24.age_substance"]) == {("18_24", "cannabis"): 55, ("25_34", "cannabis"): 45}


def test_who_injects_and_who_only_collects(hampshire: CodeLists) -> None:
    """A visit says that somebody injects, unless it collects for others only; so does a contact with the route."""
    lines = counted(
        hampshire, *FOUR, visit("ANNA80F"), visit("BETH81F", collecting_for="others_only"),
        contact("CARL82M", substances=["crack"], routes=[{"substance": "crack", "route": "inject"}]),
        contact("DAVE83M", substances=["heroin"], routes=[{"substance": "heroin", "route": "smoke"}]),
    )  # fmt: skip
    idu, pdu = lines["MS-24.idu"], lines["MS-24.pdu"]
    assert (idu.value, idu.denominator, cells(idu)) == (2, 4, {"fareham": 1, "gosport": 1})
    assert (pdu.value, cells(pdu)) == (2, {"gosport": 1, None: 1})
    assert cells(lines["MS-21.pdu_accommodation_need"]) == {"urgent_problem": 1, None: 1}


def test_crack_users_who_were_never_in_treatment(hampshire: CodeLists) -> None:
    lines = counted(
        hampshire, *FOUR, contact("CARL82M", substances=["crack"]), contact("BETH81F", substances=["crack", "heroin"]),
        contact("ANNA80F", substances=["heroin"]),
    )  # fmt: skip
    never, who = lines["MS-24.crack_never"], lines["MS-24.crack_never_who"]
    assert (never.value, never.denominator, cells(never)) == (1, 2, {"gosport": 1})
    assert cells(who) == {("25_34", "male", "mixed"): 1}
    assert sum(cells(lines["MS-02.treatment_ring"]).values()) == 3


def test_stimulants_other_than_crack(hampshire: CodeLists) -> None:
    lines = counted(
        hampshire, *FOUR, contact("ANNA80F", substances=["amphetamine", "heroin"]),
        contact("CARL82M", substances=["crack"]), contact("BETH81F", substances=["mephedrone"]),
    )  # fmt: skip
    assert (lines["MS-24.other_stimulants"].value, cells(lines["MS-24.other_stimulants"])) == (2, {"fareham": 2})


def test_new_people_by_age(hampshire: CodeLists) -> None:
    lines = counted(
        hampshire, *FOUR, contact("ANNA80F", occurred_at="2026-10-01"), contact("ANNA80F"), contact("BETH81F"),
        visit("CARL82M"), contact("DAVE83M", outcome=["not_found"]),
    )  # fmt: skip
    assert lines["MS-03.by_age_band"].value == lines["MS-03"].value == 2
    assert cells(lines["MS-03.by_age_band"]) == {"25_34": 2}


def test_a_contact_in_totton_stands_under_new_forest(hampshire: CodeLists) -> None:
    """Andover has no area until the data officer gives it one, by a pack that says so; a chosen area wins."""
    places = ({"venue": "totton"}, {"venue": "andover"}, {"venue": "totton", "locality": "gosport"})
    records = [contact(primary_substance="heroin", **place) for place in places]
    lines = counted(hampshire, *records)
    areas = {"new_forest": 1, "gosport": 1}
    assert cells(lines["MS-01.met_by_locality"]) == cells(lines["MS-24.main_by_area"]) == {**areas, None: 1}
    assert cells(lines["MS-01.met_by_venue"]) == {"totton": 2, "andover": 1}
    assert cells(lines["MS-01.met_by_zone"]) == {("east", "new_forest"): 1, ("east", "gosport"): 1, (None, None): 1}
    said = assets.pack_text(PACK) + "\ncodes: {place_area: [{code: andover, label: Andover, group: test_valley}]}\n"
    placed = CodeLists.load(assets.codes_csv(), Pack.parse(said))
    assert cells(counted(placed, *records)["MS-01.met_by_locality"]) == {**areas, "test_valley": 1}


def test_a_group_of_people_has_a_row_of_its_own(hampshire: CodeLists) -> None:
    session = {"type": "session", "kind": "drop_in", "started_at": DAY}
    lines = counted(
        hampshire, {**session, "target_tags": ["nepalese_community"]},
        {**session, "target_tags": ["supported_housing"]},
        {**session, "target_tags": ["nepalese_community"], "status": "cancelled"}, session,
        contact(target_groups=["nepalese_community"]), contact(),
    )  # fmt: skip
    held = lines["MS-01.sessions_by_group"]
    assert (held.value, cells(held)) == (3, {"nepalese_community": 1, "supported_housing": 1})
    assert cells(lines["MS-01.met_by_target_group"]) == {"nepalese_community": 1}


def test_contacts_by_the_four_kinds_of_place(hampshire: CodeLists) -> None:
    kinds = ("one_stop_shop", "satellite_base", "street", "gp_clinic")
    lines = counted(hampshire, *(contact(setting=kind) for kind in kinds))
    assert cells(lines["MS-01.met_by_setting"]) == dict.fromkeys(kinds, 1)


def test_a_visit_with_many_things_done_is_one_visit(hampshire: CodeLists) -> None:
    lines = counted(
        hampshire, contact("ANNA80F", outcome=["seen", "supplies_given", "test_done", "referral_made"]),
        visit("ANNA80F", items={"BRL_2": 5}, offers={"bbv": "accepted"}, advice=["bbv", "overdose"]),
    )  # fmt: skip
    assert [lines[name].value for name in ("MS-01.met", "MS-04", "MS-02")] == [1, 1, 1]


def test_a_family_contact_is_counted_apart_and_is_nobody_of_ms_02(hampshire: CodeLists) -> None:
    lines = counted(hampshire, contact("ANNA80F", subject="family_or_carer"), contact("BETH81F"))
    assert lines["MS-02"].value == 1
    assert cells(lines["MS-01.met_by_subject"]) == {"family_or_carer": 1, None: 1}


def test_three_sources_are_three_rows(hampshire: CodeLists) -> None:
    sources = ("housing_provider", "job_centre_plus", "childrens_services")
    lines = counted(hampshire, *(referral(direction="in", source=name) for name in sources))
    assert cells(lines["MS-14.sources"]) == dict.fromkeys(sources, 1)


def test_attended_by_sex_and_age_adds_up_with_the_unknown_ones(hampshire: CodeLists) -> None:
    came = ("attended_first", "2026-11-12")
    lines = counted(hampshire, *FOUR, *(referral(one["code"], came) for one in FOUR), referral("NONE80M", came))
    assert cells(lines["MS-13.attended_by_sex"]) == {"female": 2, "male": 1, "declined": 1, None: 1}
    assert cells(lines["MS-13.attended_by_age_band"]) == {"18_24": 1, "25_34": 3, None: 1}
    assert lines["MS-13.attended_by_sex"].value == lines["MS-13.attended"].value == 5


def test_a_referral_that_ended_as_planned_is_completed(hampshire: CodeLists) -> None:
    ended = ("completed", "2026-11-20")
    lines = counted(hampshire, referral("ANNA80F", ("attended_first", "2026-11-12"), ended), referral("BETH81F"))
    assert lines["MS-13.completed"].value == 1


def test_parents_seen(hampshire: CodeLists) -> None:
    parents = [
        person("ANNA80F", parental_status="some_children_live_with"), person("BETH81F", parental_status="not_a_parent"),
        person("CARL82M"),
    ]  # fmt: skip
    lines = counted(hampshire, *parents, *(contact(one["code"]) for one in parents))
    assert lines["MS-20.parents"].value == 1


def test_moves_into_and_out_of_supported_housing(hampshire: CodeLists) -> None:
    stay = {
        "type": "support_intervention", "domain": "housing", "support_type": "supported_housing",
        "person": {"code": "ANNA80F"},
    }  # fmt: skip
    lines = counted(
        hampshire, {**stay, "started_on": "2026-11-02"}, {**stay, "started_on": "2026-11-03", "ended_on": "2026-11-20"},
        {**stay, "started_on": "2026-08-01", "ended_on": "2026-11-21"},
    )  # fmt: skip
    assert (lines["MS-21.moved_in"].value, lines["MS-21.moved_out"].value) == (2, 2)


def test_supporting_people_made_accepted_and_in_service(hampshire: CodeLists) -> None:
    sp = {"destination": "supporting_people"}
    accepted, came = ("accepted", "2026-11-12"), ("attended_first", "2026-11-15")
    lines = counted(
        hampshire, referral("ANNA80F", accepted, came, **sp), referral("BETH81F", accepted, **sp),
        referral("CARL82M", **sp), referral("DAVE83M", destination="housing"),
    )  # fmt: skip
    assert lines["MS-21.supporting_people"].value == 3
    assert cells(lines["MS-21.supporting_people"]) == {"made": 3, "accepted": 2, "attended_first": 1}


def test_needles_found_by_district(hampshire: CodeLists) -> None:
    found = {"type": "site_report", "kind": "needle_find", "occurred_at": DAY, "cleared": "council"}
    lines = counted(
        hampshire, {**found, "localities": ["gosport"], "count": 3}, {**found, "localities": ["gosport"], "count": 4},
        {**found, "localities": ["hart"], "count": 1},
    )  # fmt: skip
    assert cells(lines["MS-27.needle_finds"]) == {"gosport": 2, "hart": 1}
    assert cells(lines["MS-27.needles"]) == {"gosport": 7, "hart": 1}


def test_groups_and_broker_contacts_by_who_was_there(hampshire: CodeLists) -> None:
    group = {"type": "group_session", "status": "held", "occurred_at": DAY, "topic": "recovery", "headcount": 4}
    broker = {"type": "broker_contact", "state": "met", "occurred_at": DAY, "person": None}
    lines = counted(
        hampshire, {**group, "leader_role": "peer"}, {**group, "leader_role": "joint"},
        {**broker, "delivered_by": "peer"}, {**broker, "delivered_by": "joint"}, {**broker, "delivered_by": "joint"},
    )  # fmt: skip
    assert cells(lines["MS-17.leader_role"]) == {"peer": 1, "joint": 1}
    assert cells(lines["MS-16.delivered_by"]) == {"peer": 1, "joint": 2}


def test_feedback_is_counted_by_level_and_topic(hampshire: CodeLists) -> None:
    said = {"type": "feedback", "occurred_at": DAY, "kind": "suggestion", "level": "service", "topic": "opening_hours"}
    lines = counted(hampshire, said, {**said, "kind": "compliment"})
    assert lines["MS-26"].value == 2
    assert cells(lines["MS-26.kind"]) == {"suggestion": 1, "compliment": 1}


def test_days_from_the_event_until_it_was_written_down(hampshire: CodeLists) -> None:
    """The days until a record is written down are counted from the day it happened: 1 day, 3 days: median 2."""
    facts = LineFacts.of([contact("ANNA80F"), contact("BETH81F")], hampshire)
    rows = facts.by_type["contact"]
    for row, recorded in zip(rows, ("2026-11-11T09:00:00Z", "2026-11-13T09:00:00Z"), strict=True):
        row["_recorded"] = recorded
    lines = {line.id: line for line in count_lines(facts, "2026-11-01", "2026-11-30", hampshire)}
    assert (lines["MS-28.days_until_written"].value, lines["MS-28.days_until_written_95"].value) == (2, 3)


LEVELS = """
recipients: [{name: Hampshire DAAT, level: commissioner}, {name: adult joint commissioning group, level: commissioner}]
"""


@pytest.mark.parametrize("recipient", ["Hampshire DAAT", "adult joint commissioning group"])
def test_a_recipient_of_the_pack_stands_on_the_cover_and_sees_no_small_number(tmp_path: Path, recipient: str) -> None:
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        text = assets.pack_text(PACK)
        lead.packs.load(text[: text.index("recipients:")] + LEVELS)
        lead.save("contact", {**contact(), "setting": "street"})
        made = lead.summary(month_period("2026-11"), recipient)
        assert dict(about(made, Beside()))["recipient"] == recipient
        assert (made.line("MS-01.met").value, made.line("MS-01.met").hidden) == (None, True)


def test_two_years_print_with_the_same_columns(tmp_path: Path) -> None:
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        years = [to_bytes(lead.summary(year_period(year)), "csv").decode().splitlines() for year in ("2008", "2009")]
        assert years[0][0] == years[1][0]
        assert [row.split(",")[0] for row in years[0]] == [row.split(",")[0] for row in years[1]]


def test_changed_words_on_whom_they_take_reach_the_other_laptop(tmp_path: Path) -> None:
    service = Service(tmp_path, pack=PACK)
    with service.found().opened() as lead, service.join(lead, "Sam Second", "worker").opened() as other:
        entry = {"kind": "housing", "name": "Quay House", "eligibility": "Over 18", "last_checked": DAY}
        saved = lead.save("directory_entry", entry)
        lead.sync_once()
        other.sync_once()
        lead.amend("directory_entry", saved.id, {"eligibility": "Over 25"}, "they told us")
        lead.sync_once()
        other.sync_once()
        payload = other.record("directory_entry", saved.id).payload
        assert (payload["eligibility"], payload["last_checked"]) == ("Over 25", DAY)


def test_an_incident_saved_offline_reaches_the_lead(tmp_path: Path) -> None:
    service = Service(tmp_path, pack=PACK)
    with service.found().opened() as lead, service.join(lead, "Wim Worker", "worker").opened() as worker:
        saved = worker.save("incident", {"occurred_at": DAY, "kind": "wrong_result", "what_happened": "mixed up"})
        assert lead.count("incident") == 0
        worker.sync_once()
        lead.sync_once()
        assert lead.record("incident", saved.id).payload["kind"] == "wrong_result"


def test_anonymous_stays_possible_whatever_a_pack_says(tmp_path: Path) -> None:
    """A pack that ends the word anonymous long ago still takes a contact and a visit with nobody in particular."""
    ended = "\ncodes: {identity_level: [{code: anonymous, valid_to: 2010-01-01}]}\n"
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        lead.packs.load(assets.pack_text(PACK) + ended)
        lead.save("contact", {**contact(), "setting": "street"})
        lead.save("nx_visit", {**visit(), "items": {"BRL_2": 1}})
        assert (lead.count("contact"), lead.count("nx_visit")) == (1, 1)


@pytest.mark.parametrize(
    ("age", "warned"), [({"age_band": "16_17"}, True), ({"year_of_birth": 2010}, True), ({"age_band": "18_24"}, False)]
)
def test_under_18_both_the_other_service_and_safeguarding_are_named(
    hampshire: CodeLists, age: dict[str, Any], warned: bool
) -> None:
    asking = CheckContext(hampshire, datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
    told = [issue for issue in UnderAge().check(age, asking) if issue.severity is Severity.WARN]
    assert ["young people's service" in one.message and "raise it with the lead" in one.message for one in told] == (
        [True] if warned else []
    )


def test_another_substance_is_asked_for_its_name(tmp_path: Path) -> None:
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        other = {**contact(), "setting": "street", "substances": ["other"]}
        with pytest.raises(Refused) as refused:
            lead.save("contact", other)
        assert "substances_other" in {issue.path for issue in refused.value.issues}
        assert lead.save("contact", {**other, "substances_other": "khat"}).id


def test_a_new_fixed_site_of_the_pack_has_a_row_once_somebody_came(tmp_path: Path) -> None:
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        lead.packs.load(assets.pack_text(PACK).replace("fixed: 7,", "fixed: 8,"))
        before = lead.summary(month_period("2026-11")).line("MS-04.by_site")
        assert before.cells == (), "nobody came: no row"
        lead.save("nx_visit", {**visit(), "site": "fixed_08", "items": {"BRL_2": 1}})
        after = lead.summary(month_period("2026-11")).line("MS-04.by_site")
        assert [(cell.by["site"], cell.value) for cell in after.cells] == [("fixed_08", 1)]
