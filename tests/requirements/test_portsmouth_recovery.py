"""Lines and exports that Portsmouth's recovery system asks for, on few records each, worked out by hand beside them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.access import Role
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.session import Session, to_bytes
from broker_desktop.session.exports import Beside
from broker_desktop.session.exports.workbook import about
from broker_desktop.session.period import month_period
from tests.common import lines as common
from tests.common.lines import DAY, cells, contact
from tests.common.vaults import Service

PACK = "portsmouth-rois-2013"
CODES = CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text(PACK)))
JOHN, MARY = {"code": "JOHN80M"}, {"code": "MARY75F"}
BROKER = {"type": "broker_contact", "state": "met", "occurred_at": DAY, "person": JOHN}

counted = partial(common.counted, CODES)


def test_sessions_stand_apart_by_who_led_them_a_recovery_champion_too() -> None:
    """PORT12-14, and PORT12-34: a preparation group with 6 who came is 1 session and 6 attendances."""
    held = {"type": "group_session", "occurred_at": DAY, "status": "held", "headcount": 6}
    lines = counted(
        {**held, "topic": "detox_preparation", "leader_role": "recovery_champion"},
        {**held, "topic": "community_event", "leader_role": "recovery_champion"},
        {**held, "topic": "bbv", "leader_role": "staff"},
    )
    assert cells(lines["MS-17.leader_role"]) == {"recovery_champion": 2, "staff": 1}
    assert cells(lines["MS-17"])["detox_preparation"] == 1
    assert cells(lines["MS-17.attendances"])["detox_preparation"] == 6


def test_introductions_to_the_recovery_community_are_no_referrals() -> None:
    lines = counted(
        {**BROKER, "introduced_to": "recovery_community"},
        {**BROKER, "introduced_to": "recovery_community"},
        {**BROKER, "introduced_to": "na"},
        {"type": "referral", "made_on": DAY, "direction": "out", "destination": "prescribing", "person": JOHN},
    )
    assert cells(lines["MS-16.introductions"]) == {"recovery_community": 2, "na": 1}
    assert cells(lines["MS-13.made"]) == {"prescribing": 1}


def test_broker_contacts_by_setting_add_up() -> None:
    settings = ["treatment_service", "mutual_aid_venue", "online_or_phone", "street", "street"]
    line = counted(*({**BROKER, "setting": setting} for setting in settings))["MS-16"]
    assert cells(line) == {"treatment_service": 1, "mutual_aid_venue": 1, "online_or_phone": 1, "street": 2}
    assert line.value == sum(cells(line).values()) == 5


def test_one_team_at_two_places_is_split_either_way() -> None:
    at = [("kingsway_house", 2), ("cranstoun_drug_services", 1)]
    lines = counted(*(contact(venue=venue, team="hub") for venue, many in at for _ in range(many)))
    assert cells(lines["MS-01.met_by_team"]) == {"hub": 3}
    assert cells(lines["MS-01.met_by_venue"]) == dict(at)


def test_criminal_justice_stands_apart_from_self() -> None:
    sources = ["probation", "court", "prison", "police", "self", "self"]
    came = {"type": "referral", "made_on": DAY, "direction": "in", "person": JOHN}
    line = counted(*({**came, "source": source} for source in sources))["MS-14.sources"]
    assert cells(line) == {"probation": 1, "court": 1, "prison": 1, "police": 1, "self": 2}


@pytest.mark.parametrize(("field", "line"), [
    ("sex", "MS-23.sex"), ("age_band", "MS-23.age_band"), ("ethnicity", "MS-23.ethnicity"),
    ("disability", "MS-23.disability"), ("locality", "MS-23.locality"),
])  # fmt: skip
def test_not_asked_and_declined_are_parts_of_their_own(field: str, line: str) -> None:
    said: dict[str, Any] = {"type": "person", "identity_level": "code"}
    lines = counted(
        contact(person=JOHN),
        contact(person=MARY),
        {**said, **JOHN, field: {"answer": "not_asked"}},
        {**said, **MARY, field: {"answer": "declined"}},
    )
    assert cells(lines[line]) == {"not_asked": 1, "declined": 1}


def test_a_year_is_the_sum_of_its_months_and_counts_people_anew() -> None:
    """PORT12-06, PORT12-26: John in all twelve months, Mary in March; January to March are 4 contacts of 2 people."""
    months = [f"2011-{n:02}" for n in range(4, 13)] + ["2012-01", "2012-02", "2012-03"]
    records = [contact("JOHN80M", occurred_at=f"{month}-05") for month in months]
    records.append(contact("MARY75F", occurred_at="2012-03-31"))
    each = [counted(*records, first=f"{month}-01", last=month_period(month).last_day) for month in months]
    year = counted(*records, first="2011-04-01", last="2012-03-31")
    quarter = counted(*records, first="2012-01-01", last="2012-03-31")
    assert year["MS-01.met"].value == sum(int(one["MS-01.met"].value or 0) for one in each) == 13
    assert quarter["MS-01.met"].value == sum(int(one["MS-01.met"].value or 0) for one in each[-3:]) == 4
    assert (year["MS-02"].value, quarter["MS-02"].value) == (2, 2)


NAMES = (
    "Health Overview & Scrutiny Panel",
    "Safer Portsmouth Partnership",
    "Integrated Commissioning Board",
    "Recovery Action Alliance",
)
ADDED = ("Portsmouth City Council", "Service user representatives")


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("recipients")
    with Service(path, pack=PACK).found().opened() as session:
        text = assets.pack_text(PACK)
        rows = ", ".join(f"{{name: {name}, level: commissioner}}" for name in (*NAMES, *ADDED))
        session.packs.load(f"{text[: text.index('recipients:')]}recipients: [{rows}]\n")
        goals = {"goals": ["see the sea again"], "plan_agreed_on": DAY, "plan_owner": "hub"}
        session.save("person", {"identity_level": "code", "code": "JOHN80M", **goals})
        session.save("contact", {**contact(person=JOHN), "setting": "street", "next_step": {"type": "none"}})
        yield session


def test_the_shipped_pack_names_its_recipients() -> None:
    assert {one.name for one in Pack.parse(assets.pack_text(PACK)).recipients} == set(NAMES)


@pytest.mark.parametrize("name", [*NAMES, *ADDED, "commissioner"])
def test_a_recipient_stands_on_the_cover_and_gets_no_person_and_no_small_number(lead: Session, name: str) -> None:
    made = lead.summary(month_period("2026-11"), name)
    assert dict(about(made, Beside()))["recipient"] == name
    text = to_bytes(made, "csv").decode()
    assert "<5" in text
    assert "JOHN80M" not in text
    assert "see the sea" not in text
    assert (made.line("MS-01.met").value, made.line("MS-01.met").hidden) == (None, True)


def test_nobody_signs_in_as_a_commissioner() -> None:
    assert {role.name for role in Role} == {"PEER", "WORKER", "NURSE", "DATA", "ASSESSOR", "LEAD"}


def test_of_a_plan_its_day_and_keeper_are_kept_and_goals_are_in_no_summary(lead: Session) -> None:
    payload = lead.records("person")[0].payload
    assert (payload["plan_agreed_on"], payload["plan_owner"]) == (DAY, "hub")
    assert payload["goals"] == ["see the sea again"]
    assert "see the sea" not in to_bytes(lead.summary(month_period("2026-11")), "json").decode()
