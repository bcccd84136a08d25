"""Who holds which compartment, and whose operations are applied (protocol.md 2.2 and 2.8)."""

from __future__ import annotations

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.access import ALIAS, CREATE, ERASE, PUT, Role, default_compartments, may_apply, may_read
from broker_desktop.records.codelist import CodeLists

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


@pytest.mark.parametrize(
    ("kind", "table", "own", "roles"),
    [
        (CREATE, "contact", True, ALL),
        (PUT, "contact", False, ALL),
        (ERASE, "contact", True, {Role.LEAD}),
        (ERASE, "person", False, {Role.LEAD}),
        (ALIAS, "person", False, {Role.LEAD, Role.DATA}),
        (CREATE, "team", True, {Role.LEAD}),
        (PUT, "team", False, {Role.LEAD}),
        (CREATE, "sign_off", True, {Role.LEAD}),
        (CREATE, "referral", True, ALL),
        (PUT, "referral", True, ALL),
        (PUT, "referral", False, {Role.LEAD, Role.NURSE, Role.ASSESSOR}),
        (CREATE, "correction", True, ALL),
        (PUT, "correction", True, set()),
    ],
)
def test_whose_operation_is_applied(kind: int, table: str, own: bool, roles: set[Role]) -> None:
    assert {role for role in Role if may_apply(role, kind, table, own)} == roles


def test_an_unknown_role_may_do_no_more_than_a_worker() -> None:
    assert not may_apply(99, ERASE, "contact", True)
    assert not may_apply(99, PUT, "referral", False)
