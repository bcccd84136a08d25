"""What holds for every record type and every question, whoever adds the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.answer import Reason, answer
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.field import Field
from broker_desktop.records.other import open_fields
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import CheckContext, Severity, When
from broker_desktop.records.structure import Group, Offers
from tests.common.examples import example

STRUCTURAL = {"identity_level", "kind", "occurred_at", "month", "state", "direction", "made_on"}
"""The only questions that cannot be refused (contract.md, "Fields marked *")."""

each_type = pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
each_question = pytest.mark.parametrize(
    ("kind", "field"),
    [pytest.param(kind, field, id=f"{kind.name}.{field.name}") for kind in CATALOGUE for field in kind.fields],
)


def all_fields(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        if isinstance(field, Group):
            yield from all_fields(field.fields)


@each_question
def test_a_question_can_be_refused_with_every_reason(kind: RecordType, field: Field, form: CheckContext) -> None:
    for reason in Reason:
        payload = {**example(kind.name), field.name: answer(reason)}
        refused = [issue.path for issue in kind.check(payload, form) if issue.severity is Severity.REFUSE]
        assert refused == ([] if field.refusable else [field.name])


@each_question
def test_only_the_structural_questions_cannot_be_refused(kind: RecordType, field: Field) -> None:
    assert field.refusable or field.name in STRUCTURAL


@each_question
def test_a_refused_question_travels_and_reads_as_refused(kind: RecordType, field: Field, portsmouth: CodeLists) -> None:
    payload = {**example(kind.name), field.name: answer(Reason.DECLINED)}
    back = kind.from_wire(kind.to_wire(payload), portsmouth)
    assert back == payload
    assert field.text(back[field.name], portsmouth) == "Didn't want to say"


@each_type
def test_parts_of_questions_are_declared_as_carefully(kind: RecordType, portsmouth: CodeLists) -> None:
    for field in all_fields(kind.fields):
        assert field.label
        assert not field.label.endswith(":")
        for list_id in (getattr(field, "list_id", None), *_lists_of(field)):
            assert list_id is None or list_id in portsmouth


@each_type
def test_codes_that_ask_for_words_are_in_their_list(kind: RecordType, portsmouth: CodeLists) -> None:
    for field in open_fields(kind.fields):
        assert set(field.other) <= set(portsmouth.known(field.list_id)), field.name
        assert kind.by_name[f"{field.name}_other"].when == When(field.name, field.other)


def _lists_of(field: Field) -> tuple[str, ...]:
    return (field.kinds_list, field.answers_list) if isinstance(field, Offers) else ()


@each_type
def test_every_question_stands_in_a_titled_part_of_the_form(kind: RecordType) -> None:
    assert all(title for title, _ in kind.sections)
    assert [field.name for _, fields in kind.sections for field in fields] == [field.name for field in kind.fields]


@each_type
def test_a_record_of_nothing_but_nonsense_is_kept_shown_and_never_breaks(
    kind: RecordType, portsmouth: CodeLists
) -> None:
    odd: tuple[Any, ...] = (7, "\x00", b"raw", True, [1, None, {"x": []}], {"a": {"b": 1}}, {"answer": 3}, "9999-99-99")
    for nonsense in odd:
        payload = kind.from_wire({field.name: nonsense for field in kind.fields}, portsmouth)
        assert kind.summary_line(payload, portsmouth).startswith(kind.title)
        assert kind.day(payload) is None
        for field in kind.fields:
            assert isinstance(field.text(payload.get(field.name), portsmouth), str)


@each_type
def test_what_a_newer_program_wrote_is_kept_aside(kind: RecordType, portsmouth: CodeLists) -> None:
    wire = kind.to_wire(example(kind.name))
    payload = kind.from_wire({**wire, "mood": "calm", "_made": {"at": 1}}, portsmouth)
    assert payload == {**example(kind.name), "_unknown": {"mood": "calm"}}
    assert kind.to_wire(payload) == wire


def test_every_type_of_the_contract_is_there_and_people_come_first() -> None:
    names = [kind.name for kind in CATALOGUE]
    of_the_contract = {"person", "session", "contact", "nx_visit", "nx_tally", "bbv_test", "site_report", "referral"}
    assert of_the_contract <= set(names)
    assert names[0] == "person"
    assert record_type("session").title == "Session"


@pytest.mark.parametrize(
    ("name", "fields"),
    {
        "person": "identity_level code aliases given_name family_name born_on year_of_birth age_band sex"
        " gender_identity ethnicity locality accommodation_status accommodation_need employment parental_status"
        " children_in_household treatment_ring claims service_group",
        "session": "kind started_at ended_at team venue staff turned_away status note",
        "contact": "occurred_at kind outcome setting person people_spoken_to team venue session substances activities"
        " advice offers needs next_step note",
        "nx_visit": "occurred_at site_type items packs person site session collecting_for people_covered drug_injected"
        " returns advice offers wound note",
        "nx_tally": "month site transactions individuals items returns source status commissioned_by",
        "site_report": "kind occurred_at until localities source note",
        "bbv_test": "offered_on state setting person method analytes card_id taken_at dispatched_on results"
        " result_given_on result_given_how actions",
        "referral": "made_on direction destination source person contact route prompted_by service urgency consent"
        " events note",
    }.items(),
)
def test_the_fields_of_the_contract_are_there(name: str, fields: str) -> None:
    assert {field.name for field in record_type(name).fields} >= set(fields.split())
