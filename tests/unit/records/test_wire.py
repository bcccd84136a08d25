"""How records travel in operations and come back (sync payload form)."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.structure import element_key

JOHN = "0192f3a0-0000-7000-8000-000000000001"
JOHN_BYTES = bytes.fromhex("0192f3a0000070008000000000000001")


def test_references_become_sixteen_bytes_and_anonymous_stays_null() -> None:
    visit = record_type("nx_visit")
    assert visit.to_wire({"person": {"id": JOHN}}) == {"person": JOHN_BYTES}
    assert visit.to_wire({"person": None}) == {"person": None}
    assert visit.to_wire({"session": None, "note": None}) == {}


def test_a_reference_that_is_not_resolved_cannot_travel() -> None:
    with pytest.raises(ValueError, match="not resolved"):
        record_type("nx_visit").to_wire({"person": {"code": "JOHN80M"}})


def test_references_are_resolved_by_whoever_knows_the_ids() -> None:
    resolved = record_type("referral").resolved(
        {"person": {"code": "john 80m"}, "contact": {"external_id": "c-1"}, "route": "phoned"},
        person=lambda code: f"person of {code}",
        external=lambda type_name, external_id: f"{type_name} {external_id}",
    )
    assert resolved == {"person": {"id": "person of john 80m"}, "contact": {"id": "contact c-1"}, "route": "phoned"}


def test_decimals_travel_as_text_wherever_they_stand(portsmouth: CodeLists) -> None:
    visit = record_type("nx_visit")
    wire = visit.to_wire({"returns": {"method": "weighed", "weight_kg": Decimal("1.250")}})
    assert wire == {"returns": {"method": "weighed", "weight_kg": "1.250"}}
    assert visit.from_wire(wire, portsmouth) == {"returns": {"method": "weighed", "weight_kg": Decimal("1.250")}}


def test_a_code_is_kept_normalised() -> None:
    assert record_type("person").to_wire({"code": "ｊｏｈｎ 80-m"}) == {"code": "JOHN80M"}


def test_id_type_and_engine_names_stay_with_the_caller() -> None:
    payload = {"id": JOHN, "type": "session", "external_id": "s-1", "_unknown": {"x": 1}, "kind": "clinic"}
    assert record_type("session").to_wire(payload) == {"external_id": "s-1", "kind": "clinic"}


MADE = {"event": "made", "on": "2026-11-15", "evidence": "with_broker"}
SENT = {"event": "sent", "on": "2026-11-15"}
RECEIVED = {"event": "received", "on": "2026-11-17"}


def test_every_element_of_a_chain_is_a_field_of_its_own() -> None:
    wire = record_type("referral").to_wire({"events": [MADE, SENT]})
    # the first 16 hex digits of SHA-256 of {"event":"sent","on":"2026-11-15"}
    assert element_key(SENT) == "31a0966fc56d006e"
    assert wire == {f"events:{element_key(MADE)}": MADE, "events:31a0966fc56d006e": SENT}


def test_a_chain_comes_back_in_the_order_of_its_days_then_of_the_code_list(portsmouth: CodeLists) -> None:
    referral = record_type("referral")
    for events in permutations([MADE, SENT, RECEIVED]):
        wire = referral.to_wire({"events": list(events)})
        assert referral.from_wire(wire, portsmouth) == {"events": [MADE, SENT, RECEIVED]}


def test_elements_added_on_two_laptops_are_all_there_and_equal_ones_are_one(portsmouth: CodeLists) -> None:
    referral = record_type("referral")
    one, other = referral.to_wire({"events": [MADE, SENT]}), referral.to_wire({"events": [MADE, RECEIVED]})
    assert referral.from_wire({**one, **other}, portsmouth) == {"events": [MADE, SENT, RECEIVED]}


def test_an_element_that_was_taken_back_is_gone(portsmouth: CodeLists) -> None:
    referral = record_type("referral")
    wire = {**referral.to_wire({"events": [MADE, SENT]}), f"events:{element_key(MADE)}": None}
    assert referral.from_wire(wire, portsmouth) == {"events": [SENT]}


def test_a_refused_chain_is_one_field(portsmouth: CodeLists) -> None:
    referral = record_type("referral")
    wire = referral.to_wire({"events": {"answer": "not_asked"}})
    assert wire == {"events": {"answer": "not_asked"}}
    assert referral.from_wire(wire, portsmouth) == {"events": {"answer": "not_asked"}}


def test_what_cannot_be_a_value_is_kept_aside(portsmouth: CodeLists) -> None:
    visit = record_type("nx_visit")
    wire = {"person": b"short", "items": "many", "returns": {"weight_kg": "heavy"}, "note": "fine"}
    assert visit.from_wire(wire, portsmouth) == {
        "note": "fine",
        "_unknown": {"person": b"short", "items": "many", "returns": {"weight_kg": "heavy"}},
    }
