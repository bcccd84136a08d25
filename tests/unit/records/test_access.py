"""Who holds which compartment, and whose operations are applied (protocol.md 2.2 and 2.8)."""

from __future__ import annotations

import pytest

from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.access import (
    ALIAS,
    CREATE,
    DELETE,
    ERASE,
    PUT,
    RESTORE,
    Role,
    default_compartments,
    may_apply,
    may_make,
    may_read,
)
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.rules import CheckContext, Severity

ALL = frozenset(Role)


@pytest.mark.parametrize(
    ("role", "compartments"),
    [
        (Role.PEER, {3}),
        (Role.WORKER, {1, 3}),
        (Role.DATA, {1, 3}),
        (Role.NURSE, {1, 2, 3}),
        (Role.ASSESSOR, {1, 2, 3}),
        (Role.LEAD, {0, 1, 2, 3}),
    ],
)
def test_default_keys(role: Role, compartments: set[int]) -> None:
    assert default_compartments(role) == compartments
    assert default_compartments(role, clinical=True) == compartments | {2}


def test_a_peer_can_hold_sessions_and_nothing_about_people() -> None:
    readable = {
        name
        for name in ("person", "session", "contact", "nx_visit", "bbv_test", "referral")
        if may_read(default_compartments(Role.PEER), record_type(name))
    }
    assert readable == {"session"}


def test_a_worker_cannot_hold_tests_and_can_hold_referrals() -> None:
    worker = default_compartments(Role.WORKER)
    assert not may_read(worker, record_type("bbv_test"))
    assert may_read(worker, record_type("referral"))


def test_a_referral_is_where_its_first_destination_puts_it(portsmouth: CodeLists) -> None:
    referral = record_type("referral")
    assert referral.compartment_of({"destination": "hospital_liver"}, portsmouth) == 2
    assert referral.compartment_of({"destination": "housing"}, portsmouth) == 1
    assert referral.compartment_of({"destination": {"answer": "declined"}}, portsmouth) == 1
    assert referral.compartment_of({}, portsmouth) == 1
    assert referral.compartments == {1, 2}


LEAD, NOBODY = {Role.LEAD}, set[Role]()
LEAD_DATA = {Role.LEAD, Role.DATA}
CLINICAL_HANDS = {Role.WORKER, Role.NURSE, Role.ASSESSOR, Role.LEAD}
STAFF = ALL - {Role.PEER}

# Table: who may create, put to an own row, put to somebody else's, alias.
# Erase is the lead's; delete and restore nobody's.
TABLES = {
    "person": (ALL, ALL, ALL, LEAD_DATA),
    "session": (ALL, ALL, ALL, LEAD_DATA),
    "contact": (ALL, ALL, ALL, LEAD_DATA),
    "nx_visit": (ALL, ALL, ALL, LEAD_DATA),
    "bbv_test": (ALL, ALL, ALL, LEAD_DATA),
    "bbv_vaccination": (ALL, ALL, ALL, LEAD_DATA),
    "hcv_cascade": (ALL, ALL, ALL, LEAD_DATA),
    "uam_tally": (ALL, ALL, ALL, LEAD_DATA),
    "referral": (ALL, ALL, {Role.ASSESSOR, Role.NURSE, Role.LEAD}, LEAD_DATA),
    "group_session": (ALL, ALL, ALL, LEAD_DATA),
    "broker_contact": (ALL, ALL, STAFF, LEAD_DATA),
    "safeguarding_concern": (ALL, CLINICAL_HANDS, CLINICAL_HANDS, LEAD_DATA),
    "broker_wellbeing": (ALL, LEAD, LEAD, LEAD_DATA),
    "directory_entry": (ALL, ALL, STAFF, LEAD_DATA),
    "feedback": (ALL, ALL, ALL, LEAD_DATA),
    "group_attendance": (ALL, ALL, ALL, LEAD_DATA),
    "home_assessment": (ALL, ALL, ALL, LEAD_DATA),
    "incentive": (ALL, ALL, STAFF, LEAD_DATA),
    "support_intervention": (ALL, ALL, ALL, LEAD_DATA),
    "top_marker": (ALL, ALL, ALL, LEAD_DATA),
    "correction": (ALL, NOBODY, NOBODY, LEAD_DATA),
    "arrival": (ALL, NOBODY, NOBODY, LEAD_DATA),
    "worker": (ALL, ALL, LEAD, LEAD_DATA),
    "team": (LEAD, LEAD, LEAD, NOBODY),
    "pack": (LEAD, LEAD, LEAD, NOBODY),
    "sign_off": (LEAD, NOBODY, NOBODY, NOBODY),
    "sign_off_part": (LEAD, NOBODY, NOBODY, NOBODY),
    "partner": (LEAD, LEAD, LEAD, NOBODY),
    "erasure": (LEAD, LEAD, LEAD, NOBODY),
    "hold": (LEAD, LEAD, LEAD, NOBODY),
    "interest": (LEAD, LEAD, LEAD, NOBODY),
    "closed": (LEAD, LEAD, LEAD, NOBODY),
    "consent": (ALL, ALL, ALL, LEAD_DATA),
    "disclosure": (ALL, ALL, ALL, LEAD_DATA),
    "incident": (ALL, ALL, ALL, LEAD_DATA),
    "lone_working": (ALL, ALL, ALL, LEAD_DATA),
    "training": (LEAD, LEAD, LEAD, NOBODY),
    "police_request": (LEAD, LEAD, LEAD, NOBODY),
    "sharps_calibration": (LEAD, LEAD, LEAD, NOBODY),
    **dict.fromkeys(
        ("nx_tally", "naloxone_supply", "naloxone_reversal", "site_report", "stock_movement", "stock_count"),
        (ALL, ALL, ALL, LEAD_DATA),
    ),
    "pair_decision": (LEAD_DATA, LEAD_DATA, LEAD_DATA, LEAD_DATA),
    "reference_table": (ALL, ALL, LEAD_DATA, LEAD_DATA),
    "pair_sign_off": ({Role.NURSE}, NOBODY, NOBODY, LEAD_DATA),
    "not_invented_yet": (ALL, ALL, ALL, LEAD_DATA),
}


def test_every_record_type_stands_in_the_table() -> None:
    assert {kind.name for kind in CATALOGUE} <= TABLES.keys()


def allowed(kind: int, table: str, *, own: bool) -> set[Role]:
    return {role for role in Role if may_apply(role, kind, table, own)}


@pytest.mark.parametrize("table", TABLES)
def test_whose_operation_is_applied(table: str) -> None:
    create, own, others, alias = TABLES[table]
    assert allowed(CREATE, table, own=True) == create
    assert allowed(PUT, table, own=True) == own
    assert allowed(PUT, table, own=False) == others
    for made_it in (True, False):
        assert allowed(ALIAS, table, own=made_it) == alias
        assert allowed(ERASE, table, own=made_it) == LEAD
        assert allowed(DELETE, table, own=made_it) == NOBODY
        assert allowed(RESTORE, table, own=made_it) == NOBODY


def test_staff_hand_people_over_and_peers_do_not() -> None:
    plan, met = {"state": "planned"}, {"state": "met"}
    assert {role for role in Role if may_make(role, "broker_contact", plan)} == STAFF
    assert {role for role in Role if may_make(role, "broker_contact", met)} == ALL
    assert {role for role in Role if may_make(role, "team", {})} == LEAD


def test_a_hand_over_is_common_and_what_came_of_it_is_general(portsmouth: CodeLists) -> None:
    contact = record_type("broker_contact")
    assert contact.compartment_of({"state": "planned"}, portsmouth) == 3
    assert contact.compartment_of({"state": "met"}, portsmouth) == 1
    assert contact.compartment_of({"state": "not_met"}, portsmouth) == 1
    assert contact.compartments == {1, 3}


PLAN = {"state": "planned", "code": "JOHN80M", "planned_for": "2026-12-04T18:30:00+00:00", "venue": "hostel"}


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, []),
        ({"id": "0191c3a0-0000-7000-8000-000000000001", "type": "broker_contact"}, []),
        ({"person": None}, []),
        ({"note": "his sister is ill"}, ["note"]),
        ({"person": {"code": "JOHN80M"}}, ["person"]),
        ({"setting": "hostel", "purpose": "advocacy"}, ["setting", "purpose"]),
        ({"external_id": "Wren, John"}, ["external_id"]),
        ({"evidence": {"answer": "declined"}}, ["evidence"]),
    ],
)
def test_a_plan_holds_code_place_and_time_and_nothing_else(
    more: dict[str, object], refused: list[str], form: CheckContext
) -> None:
    issues = record_type("broker_contact").check({**PLAN, **more}, form)
    assert [issue.path for issue in issues if issue.severity is Severity.REFUSE] == refused


def test_an_unknown_role_may_do_no_more_than_a_worker() -> None:
    assert not may_apply(99, ERASE, "contact", True)
    assert not may_apply(99, PUT, "referral", False)
