"""What of a referral another team is told, and how what another team tells becomes a referral here. Pure.

The fields that travel are the declarations' (`RecordType.travels`); a note never does. An answer that the person did
not agree to is not made in the first place: `answer_kind` says which answers ask for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from broker_desktop.records import record_type
from broker_desktop.records.answer import Payload, Reason, answer
from broker_desktop.records.field import Code
from broker_desktop.records.rules import CheckContext
from sync.crypto.mail import MailKind
from sync.errors import MailRefused

_REFERRAL: Final = record_type("referral")
_PERSON: Final = record_type("person")

_ANSWERS: Final[Mapping[str, tuple[MailKind, bool]]] = {
    "accepted": (MailKind.SEEN, False),
    "rejected": (MailKind.SEEN, False),
    "redirected": (MailKind.SEEN, False),
    "triaged": (MailKind.SEEN, True),
    "booked": (MailKind.SEEN, True),
    "not_attended": (MailKind.OUTCOME, True),
    "attended_first": (MailKind.OUTCOME, True),
    "engaged": (MailKind.OUTCOME, True),
    "still_engaged_12wk": (MailKind.OUTCOME, True),
    "completed": (MailKind.OUTCOME, True),
    "unplanned_exit": (MailKind.OUTCOME, True),
    "transferred": (MailKind.OUTCOME, True),
    "returned": (MailKind.OUTCOME, True),
    "withdrawn": (MailKind.OUTCOME, True),
    "closed": (MailKind.OUTCOME, True),
}
"""Steps that the team that sent somebody may hear of: the kind of message, and whether the person has to have agreed.

What a service says of a referral it may always say; what a person did or did not do needs their word."""

WITHDRAWN_EVENT: Final = "withdrawn"
SERVICE_SAID: Final = "service_confirmed"


def answer_kind(event: object, *, feedback: bool) -> MailKind | None:
    """Give the kind of message that tells of a step, None for a step that the other team does not hear of."""
    kind, needs_consent = _ANSWERS.get(event, (None, True)) if isinstance(event, str) else (None, True)
    return None if needs_consent and not feedback else kind


def travelling(referral: Mapping[str, Any], person: Mapping[str, Any], sent_on: str) -> dict[str, Any]:
    """Give the body of a `new` message.

    Args:
        referral: the payload of the record.
        person: the payload of whom it is about.
        sent_on: the day it was made ready (YYYY-MM-DD).
    """
    body = {name: referral[name] for name in _REFERRAL.travels if referral.get(name) is not None}
    body["person"] = {name: person[name] for name in _PERSON.travels if person.get(name) is not None}
    return {**body, "sent_on": sent_on}


def incoming(body: Mapping[str, Any], context: CheckContext, day: str) -> Payload:
    """Give the referral that a `new` message becomes, everything in it checked as if it were typed.

    A code of the other team's pack that ours lacks is left out. Who had the idea is not told, so the source is asked
    for here.

    Args:
        body: as `travelling` made it, by whichever program.
        context: of an import.
        day: when the server took it, YYYY-MM-DD.

    Raises:
        MailRefused: code `body`.
    """
    payload: Payload = {"direction": "in", "source": answer(Reason.NOT_ASKED)}
    for name in _REFERRAL.travels:
        value, field = body.get(name), _REFERRAL.by_name[name]
        if value is None or name == "person":
            continue
        if not field.check(value, context):
            payload[name] = value
        elif not isinstance(field, Code):
            raise MailRefused("body", "a field of the referral cannot be read")
    code = _person_code(body.get("person"), context)
    made_on, sent_on = payload.get("made_on"), _day(body.get("sent_on"))
    if not isinstance(made_on, str):
        raise MailRefused("body", "a referral has the day on which it was made")
    events = [{"event": "sent", "on": max(sent_on, made_on)}, {"event": "received", "on": max(day, made_on)}]
    return {**payload, "person": {"code": code}, "events": events}


def answered(body: Mapping[str, Any], kind: MailKind) -> tuple[str, str]:
    """Give event and day of an answer; raise MailRefused for one that this kind of message does not carry."""
    event, on = body.get("event"), _day(body.get("on"))
    if kind is MailKind.WITHDRAWN and event == WITHDRAWN_EVENT:
        return WITHDRAWN_EVENT, on
    if not isinstance(event, str) or answer_kind(event, feedback=True) is not kind:
        raise MailRefused("body", "no step that a team answers with")
    return event, on


def _person_code(value: object, context: CheckContext) -> str:
    code = value.get("code") if isinstance(value, dict) else None
    if not isinstance(code, str) or _PERSON.by_name["code"].check(code, context):
        raise MailRefused("body", "a referral is about somebody with a code")
    return code


def _day(value: object) -> str:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise MailRefused("body", "a day is missing") from None
