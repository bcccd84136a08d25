"""Saving, amending, voiding, undoing: one transaction, one event, every change remembered."""

from datetime import UTC, datetime
from typing import Any

import pytest

from broker_desktop.errors import BadInput, NotFound, UsageError
from broker_desktop.records import record_type
from broker_desktop.session import Event, RecordsChanged, Refused, Session
from tests.common.examples import example, example_names
from tests.common.trained import train

VISIT: dict[str, Any] = {
    "occurred_at": "2026-12-01T18:02:00+00:00",
    "site_type": "mobile",
    "site": "mobile_exchange",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
}


def visit(**changes: Any) -> dict[str, Any]:
    return {**VISIT, **changes}


def listener(session: Session) -> list[Event]:
    heard: list[Event] = []
    session.subscribe(heard.append)
    return heard


@pytest.mark.parametrize("type_name", sorted(example_names()))
def test_every_type_is_saved_listed_and_shown(lead: Session, type_name: str) -> None:
    if record_type(type_name).needs_training:
        train(lead)
    saved = lead.save(type_name, example(type_name))
    (row,) = [row for row in lead.records(type_name) if row.id == saved.id]
    view = lead.record(type_name, saved.id)
    assert saved.created
    assert row.payload == view.payload
    assert row.custody == "laptop"
    assert view.recorded_by_name == "Lee Lead"
    assert view.corrections == ()


def test_a_new_code_makes_a_person_and_the_same_code_in_other_spelling_is_the_same(lead: Session) -> None:
    first = lead.save("nx_visit", visit(person={"code": "john 80-m"}))
    second = lead.save("nx_visit", visit(person={"code": "ＪＯＨＮ８０Ｍ"}))
    people = [lead.record("nx_visit", one.id).payload["person"]["id"] for one in (first, second)]
    assert people[0] == people[1]
    (person,) = lead.records("person")
    assert person.payload == {"identity_level": "code", "code": "JOHN80M"}
    assert lead.person_label(person.id) == "JOHN 80 M"


def test_someone_else_with_a_code_is_another_person(lead: Session) -> None:
    lead.save("person", {"identity_level": "code", "code": "JOHN80M"})
    other = lead.save("person", {"identity_level": "code", "code": "JOHN80M", "sex": "male"}, someone_else=True)
    assert other.created
    assert lead.count("person") == 2


def test_saving_a_code_that_is_known_amends_that_person(lead: Session) -> None:
    first = lead.save("person", {"identity_level": "code", "code": "JOHN80M"})
    second = lead.save("person", {"identity_level": "code", "code": "john80m", "sex": "male"})
    assert (second.created, second.id) == (False, first.id)
    assert lead.record("person", first.id).payload["sex"] == "male"


def test_a_refused_record_stores_nothing_and_names_the_field(lead: Session) -> None:
    heard = listener(lead)
    with pytest.raises(Refused) as caught:
        lead.save("nx_visit", visit(site_type="mobil", person={"code": "JOHN80M"}))
    assert caught.value.place.field == "site_type"
    assert caught.value.exit_code == 3
    assert "mobile" in caught.value.detail
    assert (lead.count("nx_visit"), lead.count("person"), heard) == (0, 0, [])


def test_a_form_has_to_answer_what_an_import_may_leave_open(lead: Session) -> None:
    with pytest.raises(Refused) as caught:
        lead.save("person", {"identity_level": "named", "family_name": "Test"})
    assert caught.value.place.field == "given_name"
    refused = {name: {"answer": "declined"} for name in ("given_name", "parental_status", "accommodation_need")}
    answered = {"identity_level": "named", "family_name": "Test", **refused}
    assert lead.save("person", answered).created


def test_an_amendment_changes_what_it_names_and_remembers_what_was(lead: Session) -> None:
    saved = lead.save("nx_visit", visit(note="first", advice=["site_rotation"]))
    changed = lead.amend("nx_visit", saved.id, {"note": None, "items": {"SYR_FX_1_29": 20}}, "miscounted")
    view = lead.record("nx_visit", saved.id)
    assert not changed.created
    assert view.payload == {**visit(), "items": {"SYR_FX_1_29": 20}, "advice": ["site_rotation"]}
    told = {one.field: (one.old, one.new, one.reason, one.by) for one in view.corrections}
    assert told == {
        "note": ("first", None, "miscounted", "Lee Lead"),
        "items": ({"SYR_FX_1_29": 10}, {"SYR_FX_1_29": 20}, "miscounted", "Lee Lead"),
    }


def test_a_form_saved_again_is_the_whole_record(lead: Session) -> None:
    saved = lead.save("nx_visit", visit(note="first", person={"code": "JOHN80M"}))
    whole = lead.record("nx_visit", saved.id).payload
    again = {**visit(collecting_for={"answer": "declined"}), "person": whole["person"]}
    lead.save("nx_visit", again, record_id=saved.id)
    view = lead.record("nx_visit", saved.id)
    assert view.payload == again
    assert {one.field for one in view.corrections} == {"note", "collecting_for"}


def test_saving_a_form_unchanged_writes_nothing(lead: Session) -> None:
    saved = lead.save("nx_visit", visit())
    lead.save("nx_visit", lead.record("nx_visit", saved.id).payload, record_id=saved.id)
    assert lead.record("nx_visit", saved.id).corrections == ()


def test_a_voided_record_leaves_lists_and_counts_and_keeps_its_reason(lead: Session) -> None:
    saved = lead.save("nx_visit", visit(note="lantern"))
    lead.void("nx_visit", saved.id, "entered twice")
    assert lead.records("nx_visit") == []
    assert lead.search("lantern") == []
    assert lead.record("nx_visit", saved.id).voided == "entered twice"
    assert [row.voided for row in lead.records("nx_visit", voided=True)] == [True]


def test_undo_voids_what_was_new_and_restores_what_was_changed(lead: Session) -> None:
    new = lead.save("nx_visit", visit(note="first"))
    changed = lead.save("nx_visit", visit(note="second"), record_id=new.id)
    lead.undo(changed)
    assert lead.record("nx_visit", new.id).payload["note"] == "first"
    lead.undo(new)
    assert lead.record("nx_visit", new.id).voided == "undo"


def test_every_save_tells_the_listeners_once(lead: Session) -> None:
    heard = listener(lead)
    saved = lead.save("nx_visit", visit())
    assert heard == [RecordsChanged(frozenset({"nx_visit", "person"}), frozenset({saved.id}), "local")]


def test_changes_need_a_reason_and_a_record(lead: Session) -> None:
    saved = lead.save("nx_visit", visit())
    with pytest.raises(BadInput):
        lead.amend("nx_visit", saved.id, {"note": "x"}, " ")
    with pytest.raises(NotFound):
        lead.amend("nx_visit", "0197ffff-0000-7000-8000-000000000000", {"note": "x"}, "why")
    with pytest.raises(NotFound):
        lead.void("nx_visit", "not an id", "why")
    with pytest.raises(UsageError):
        lead.save("nx_visits", visit())


def test_a_late_entry_is_stored_with_a_remark(lead: Session) -> None:
    saved = lead.save("nx_visit", visit(occurred_at="2026-11-01T10:00:00+00:00"))
    assert [(issue.path, issue.severity) for issue in saved.issues] == [("occurred_at", "warn")]


def test_the_record_says_when_it_was_made_by_the_program_clock(lead: Session) -> None:
    saved = lead.save("nx_visit", visit())
    recorded = datetime.fromisoformat(lead.record("nx_visit", saved.id).recorded_at)
    assert recorded.astimezone(UTC) == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def test_a_form_and_its_draft_go_together(lead: Session) -> None:
    draft = lead.keep_draft("nx_visit", {"note": "unfinished"}, "site")
    again = lead.keep_draft("nx_visit", {"note": "still unfinished"}, "items", draft)
    (kept,) = lead.drafts()
    assert (again, kept.payload, kept.focus) == (draft, {"note": "still unfinished"}, "items")
    lead.save("nx_visit", visit(), draft=draft)
    assert lead.drafts() == []
