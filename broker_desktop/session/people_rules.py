"""What stands between a form and a record about a person: the course that was not done, consent taken back, a phone.

Asked when a form is saved, inside the transaction; an import keeps what its source says. The rules themselves are pure
functions beside their record types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from broker_desktop.errors import NotPermitted
from broker_desktop.records import record_type
from broker_desktop.records.consent import agreed
from broker_desktop.records.dates import day_of, parse_moment
from broker_desktop.records.disclosure import OVERRIDES
from broker_desktop.records.other import same_words
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.rules import Issue, Severity, value_at
from broker_desktop.records.training import trained
from broker_desktop.session.changes import shown_fields, write_changes
from broker_desktop.session.context import Context
from broker_desktop.session.queries import worker_names
from broker_desktop.session.references import living_id
from broker_desktop.session.refusals import Refused
from broker_desktop.store.records import Query, main_person
from sync.ids import person_input, uuid_bytes, uuid_text
from sync.replica import Transaction

_OUTWARDS: Final = ("out", "internal")
_ONCE: Final = ("contact", "nx_visit")
_SOON: Final = timedelta(hours=4)
_ASKED_NOT: Final = "asked_not_to_be_contacted"


def not_trained(context: Context, kind: RecordType) -> str:
    """Give the sentence that says why this form does not open to whoever works here; empty where it does.

    A form that needs a course opens to those whose course holds today (requirements.md PORT12-46); the team's pack may
    name another course.
    """
    said = None if context.pack is None else context.pack.trainings.get(kind.name)
    needed = (context.codes.named("training_course", said) if said else None) or kind.needs_training
    if needed is None:
        return ""
    today = date.fromisoformat(context.environment.today())
    with context.vault.reader.connect() as connection:
        done = [one.payload() for one in context.vault.records.rows(connection, Query(type="training"))]
        names = worker_names(connection)
    able = trained(done, needed, today)
    if same_words(names.get(context.vault.ids.seat_id, "")) in able:
        return ""
    course = context.codes.label("training_course", needed)
    who = sorted({name for name in names.values() if same_words(name) in able})
    told = f"Done by: {', '.join(who)}." if who else "Nobody here has it yet."
    return f"This form needs the course {course}. {told} A lead writes trainings down."


def check_trained(context: Context, kind: RecordType) -> None:
    """Raise NotPermitted where whoever works here has not done the course that a form needs."""
    sentence = not_trained(context, kind)
    if sentence:
        raise NotPermitted(sentence, title="This form needs a course.", remedy="Nothing was saved. Ask one of them.")


def consent_for(context: Context, connection: Connection, person: bytes, agency: str) -> bool | None:
    """Tell whether something about a person may go to an agency: yes, no, or None where nobody asked yet.

    A disclosure without consent, with its reason and approver, counts as yes for the agency it names.
    """
    main = main_person(connection, person)
    found = context.vault.records.of_person(connection, main, ["disclosure", "consent"])
    alive = [one for one in reversed(found) if not one.voided]
    for one in alive:
        told = one.payload()
        if one.type == "disclosure" and told.get("agency") == agency and told.get("legal_basis") in OVERRIDES:
            return True
    consents = [one.payload() for one in alive if one.type == "consent"]
    return agreed(consents, agency, date.fromisoformat(context.environment.today()), context.codes)


def refuse_against_wishes(
    context: Context,
    connection: Connection,
    kind: RecordType,
    payload: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Refuse what a person has said no to: going to that agency, a message on their phone.

    Raises:
        Refused: with the field and the way on. What stood there before is left alone.
    """
    person = _person(payload, kind)
    if person is None:
        return
    if kind.name == "referral":
        _refuse_agency(context, connection, person, payload, before or {})
    if kind.name == "contact":
        _refuse_message(context, connection, person, payload, before or {})


def perhaps_twice(
    context: Context, kind: RecordType, payload: Mapping[str, Any], own: str | None = None
) -> Sequence[Issue]:
    """Warn of a second contact or visit with the same person within four hours: two may have written down one meeting.

    Each of them counts all the same (contract.md, MS-01); somebody looks and takes one back, or leaves both.
    """
    moment = parse_moment(payload.get("occurred_at"))
    if kind.name not in _ONCE or not isinstance(moment, datetime):
        return ()
    with context.vault.reader.connect() as connection:
        person = _meant(context, connection, payload.get("person"))
        if person is None:
            return ()
        day = day_of(moment)
        query = Query(
            type=kind.name,
            person=main_person(connection, person),
            since=(day - timedelta(days=1)).isoformat(),
            until=(day + timedelta(days=1)).isoformat(),
        )
        others = [one for one in context.vault.records.rows(connection, query) if uuid_text(one.id) != own]
    for one in others:
        other = parse_moment(one.payload().get("occurred_at"))
        if isinstance(other, datetime) and abs(other - moment) < _SOON:
            words = "Somebody met within four hours is on record already. If it is the same meeting, keep only one."
            return (Issue("occurred_at", words, Severity.WARN),)
    return ()


def _meant(context: Context, connection: Connection, named: object) -> bytes | None:
    """Give the id of a person named by id or by code, made or not; None for somebody anonymous."""
    if not isinstance(named, dict):
        return None
    if isinstance(named.get("id"), str):
        return uuid_bytes(named["id"])
    code = named.get("code")
    if not isinstance(code, str) or context.team is None:
        return None
    return living_id(context, connection, lambda generation: person_input(code, generation))


def honour(context: Context, tx: Transaction, kind: RecordType, payload: Mapping[str, Any]) -> bool:
    """Mark a person who asked not to be contacted, in the same transaction; tell whether somebody was marked.

    A seat without the records of people leaves it to those who have them: they read the contact.
    """
    person, ended = _person(payload, kind), payload.get("outcome")
    asked = kind.name == "contact" and isinstance(ended, list) and _ASKED_NOT in ended
    if not asked or person is None or GENERAL not in context.compartments:
        return False
    main = main_person(tx.connection, person)
    people = record_type("person")
    if not tx.has("person", main) or shown_fields(tx, people, main).get("do_not_contact") == "yes":
        return False
    write_changes(context, tx, people, main, {"do_not_contact": "yes"}, "asked at a contact")
    return True


def _refuse_agency(
    context: Context, connection: Connection, person: bytes, payload: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    agency = payload.get("destination")
    if payload.get("direction") not in _OUTWARDS or not isinstance(agency, str) or before.get("destination") == agency:
        return
    if consent_for(context, connection, person, agency) is False:
        message = (
            "Their consent does not cover this agency, or they took it back. Ask them again and record the consent; "
            "where somebody's safety stands above it, record a disclosure with its reason first."
        )
        raise Refused([Issue("destination", message)])


def _refuse_message(
    context: Context, connection: Connection, person: bytes, payload: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    path = "attempt.message_left"
    if value_at(payload, path) != "yes" or value_at(before, path) == "yes":
        return
    stored = context.vault.records.one(connection, "person", main_person(connection, person))
    phones = stored.payload().get("phones") if stored is not None else None
    allowed = isinstance(phones, list) and any(one.get("leave_message") == "yes" for one in phones)
    if not allowed:
        message = (
            "They have not said that a message may be left. If one was left by mistake, tell your lead and record "
            "an incident."
        )
        raise Refused([Issue(path, message)])


def _person(payload: Mapping[str, Any], kind: RecordType) -> bytes | None:
    named = payload.get(kind.person_field) if kind.person_field else None
    return uuid_bytes(named["id"]) if isinstance(named, dict) and isinstance(named.get("id"), str) else None
