"""Record type `consent`: what somebody agreed to, said no to or took back, and on which words.

Refusing changes nothing about what people are given. The newest decision for a purpose or an agency holds; an older one
stays on record (domain.md 7, Consent model).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import parse_day
from broker_desktop.records.field import Code, Codes, Day, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.worklist import Due, Waits

_WHAT: Final = "What was asked"
_SAID: Final = "What they said"
_GIVEN: Final = When("decision", ("given",))
_SHARE: Final = "share"
_NAMED: Final = "named"

CONSENT: Final = RecordType(
    name="consent",
    version=1,
    title="Consent",
    plural="Consents",
    icon="signature",
    help="What somebody agreed to, said no to, or took back. It never changes what they are given.",
    compartment=GENERAL,
    event_field="decided_on",
    fields=(
        PersonRef(name="person", label="Who", section=_WHAT, required=True, column=True),
        Code(name="purpose", label="What for", section=_WHAT, list_id="sharing_purpose", required=True, column=True),
        Codes(
            name="agencies",
            label="With whom",
            section=_WHAT,
            list_id="referral_destination",
            help="Leave it empty where it holds for all of them.",
        ),
        Text(name="agency_note", label="Name of the agency or person", section=_WHAT, longest=120, identifying=True),
        Text(name="wording", label="Version of the words used", section=_WHAT, longest=40),
        Code(
            name="decision", label="Their answer", section=_SAID, list_id="consent_decision", required=True, column=True
        ),
        Day(name="decided_on", label="On", section=_SAID, required=True, column=True),
        Code(name="how", label="How they said it", section=_SAID, list_id="consent_how"),
        Day(
            name="valid_until",
            label="Ask again by",
            section=_SAID,
            future=True,
            when=_GIVEN,
            help="Twelve months is usual. After that day it no longer covers anything.",
        ),
        Text(name="note", label="Note", section=_SAID, longest=500, lines=True, identifying=True),
    ),
    rules=(
        NotBefore(
            field="valid_until", other="decided_on", message="This is before the day they agreed. Choose a later day."
        ),
    ),
    waits=(
        Waits(
            worklist="W1",
            key="expires",
            reason="Consent runs out: ask again",
            when=(_GIVEN, When("valid_until")),
            due=Due("valid_until", days=-14),
            red_after=14,
            action="new:consent",
        ),
    ),
)


def agreed(consents: Iterable[Mapping[str, Any]], agency: str, today: date, codes: CodeLists) -> bool | None:
    """Tell whether a person's consents let something go to an agency: yes, no, or None where nobody ever asked.

    The newest decision that names the agency, or all of them, holds; of one day the one that comes last in `consents`.
    Who named some agencies said no to the others (requirements.md PORT12-65). A purpose says by its group how far it
    goes: to the agencies named or to all, to those named alone, or to one agency.
    """
    answer: bool | None = None
    newest = date.min
    for one in consents:
        scope = codes.group("sharing_purpose", str(one.get("purpose")))
        if scope not in (_SHARE, _NAMED, agency):
            continue
        named = one.get("agencies")
        covers = agency in named if isinstance(named, list) and named else scope != _NAMED
        given = one.get("decision") == "given"
        if not covers:
            answer = False if given and answer is None else answer
            continue
        on = parse_day(one["decided_on"]) if isinstance(one.get("decided_on"), str) else None
        on = on or date.min
        if on >= newest:
            until = parse_day(one["valid_until"]) if isinstance(one.get("valid_until"), str) else None
            newest, answer = on, given and (until is None or today <= until)
    return answer
