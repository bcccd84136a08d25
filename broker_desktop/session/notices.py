"""What staff have to know of a person before anything else: died, a risk to staff, do not contact, messages.

For the private pages and for forms at which somebody is met; never for a page that faces the counter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.dates import parse_day, show_day
from broker_desktop.session.closing import closed_people
from broker_desktop.session.context import Context
from broker_desktop.session.queries import row_bytes
from broker_desktop.store.records import main_person

_VIOLENCE: Final = "violence_to_staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know: `kind` is died, risk, do_not_contact or messages."""

    kind: str
    title: str
    text: str


def notices(context: Context, person_id: str) -> tuple[Notice, ...]:
    """Give what to know of a person, the gravest first; nothing of somebody who is closed or not here."""
    with context.vault.reader.connect() as connection:
        main = main_person(connection, row_bytes(person_id))
        if main in closed_people(context, connection):
            return ()
        stored = context.vault.records.one(connection, "person", main)
        contacts = context.vault.records.of_person(connection, main, ["contact"])
    if stored is None:
        return ()
    told = [one.payload().get("risk_flags") for one in contacts if not one.voided]
    violent = any(isinstance(flags, list) and _VIOLENCE in flags for flags in told)
    return tuple(_notices(stored.payload(), violent=violent))


def has_died(payload: Mapping[str, Any]) -> bool:
    """Tell whether a day of death stands in a person's record; a refused question is none."""
    died = payload.get("died_on")
    return isinstance(died, str) and parse_day(died) is not None


def _notices(payload: Mapping[str, Any], *, violent: bool) -> Iterator[Notice]:
    if has_died(payload):
        day = parse_day(payload["died_on"])
        when = f"On {show_day(day)}. " if day is not None else ""
        yield Notice(
            kind="died",
            title="This person has died",
            text=f"{when}Every reminder has stopped; the record is kept. Tell only those who need to know.",
        )
    if payload.get("risk_to_staff") == "yes" or violent:
        note = payload.get("risk_to_staff_note")
        yield Notice(
            kind="risk",
            title="Known risk to staff",
            text=note if isinstance(note, str) else "Talk to a lead before you go, and do not go alone.",
        )
    if payload.get("do_not_contact") == "yes":
        yield Notice(
            kind="do_not_contact",
            title="Asked us not to contact them",
            text="Do not ring, write or call by. They are helped whenever they come.",
        )
    phones = payload.get("phones")
    if isinstance(phones, list) and phones:
        yield Notice(kind="messages", title="On the phone", text=" ".join(_phone(one) for one in phones))


def _phone(phone: Mapping[str, Any]) -> str:
    number = phone.get("number")
    told = [f"{number}:" if isinstance(number, str) else "A number:"]
    message, name = phone.get("leave_message") == "yes", phone.get("say_who_we_are") == "yes"
    told.append("a message may be left," if message else "leave no message,")
    told.append("you may say who we are." if name else "do not say who we are.")
    if isinstance(phone.get("best_time"), str):
        told.append(f"Best time: {phone['best_time']}.")
    if phone.get("not_with_partner") == "yes":
        told.append("Not when a partner is there.")
    return " ".join(told)
