"""Record type `bbv_vaccination`: one dose against hepatitis B, given by us or heard of, or an offer that was declined.

Clinical. What is due next is worked out from all records of a person (`hepatitis_b.py`); nothing here counts doses.
A dose that we gave needs the sign-off of whoever gave it (requirements.md J3, HAMP10-229).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.answer import is_answered
from broker_desktop.records.bbv_rules import AskAlso
from broker_desktop.records.field import Code, Day, Number, Text, YesNo
from broker_desktop.records.hepatitis_b import NextDose, is_early, was_declined
from broker_desktop.records.record_type import CLINICAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import CheckContext, Issue, Severity, When, day_at
from broker_desktop.records.worklist import Not, WaitsForPerson
from sync.ids import normalise_code

_DOSE: Final = "The dose"
_GIVEN: Final = "Given by us"
_DECLINED: Final = "If they said no"
_BY_US: Final = When("source", ("by_us",))

OVERDUE_AFTER_DAYS: Final = 14
"""`overdue_days` of `hepatitis_b.yaml`."""


@dataclass(frozen=True, slots=True)
class _All:
    """Holds while all of these hold."""

    conditions: tuple[When | Not, ...]

    def holds(self, payload: Mapping[str, Any]) -> bool:
        return all(one.holds(payload) for one in self.conditions)


_GIVEN_BY_US: Final = _All((_BY_US, Not(When("decline_reason"))))


class SignedOff:
    """A dose that we gave stands only with the sign-off of whoever gave it, and names what allowed them to."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for the sign-off and the direction; an import is taken as it stands."""
        if context.importing or not _GIVEN_BY_US.holds(payload):
            return ()
        found = []
        if payload.get("signed_off") != "yes":
            message = "A dose given by us is signed off by whoever gave it. Without that it is not kept as given."
            found.append(Issue("signed_off", message, Severity.REQUIRE))
        if payload.get("pgd_ref") is None:
            message = "Which patient group direction or prescription was it given under?"
            found.append(Issue("pgd_ref", message, Severity.REQUIRE))
        return found


class DoseOrRefusal:
    """A record holds a dose or a refusal, not both and not neither."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask which of the two it is."""
        if context.importing:
            return ()
        if was_declined(payload):
            message = "They said no, so no dose was given. Empty one of the two."
            return (Issue("dose", message, Severity.REQUIRE),) if is_answered(payload.get("dose")) else ()
        if payload.get("dose") is None:
            return (Issue("dose", "Which dose was it? Leave it as not known where nobody knows.", Severity.REQUIRE),)
        return ()


class NotTooSoon:
    """A dose sooner after the one before than the schedule allows is kept, and does not count (domain.md 3.5)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn of it, where this laptop knows the doses before."""
        given, person = day_at(payload, "given_on"), payload.get("person")
        if context.neighbours is None or given is None or not isinstance(person, dict) or was_declined(payload):
            return ()
        if payload.get("source") != "by_us":
            return ()
        row = person.get("id")
        if row is None:
            known = context.neighbours("person", (("code", normalise_code(str(person.get("code")))),))
            row = next((one["id"] for one in known), None)
        doses = [] if row is None else context.neighbours("bbv_vaccination", (("person.id", row),))
        if not is_early([one for one in doses if one["id"] != context.own], given):
            return ()
        message = "This is sooner after the dose before than the schedule allows. It is kept and does not count."
        return (Issue("given_on", message, Severity.WARN),)


class InDate:
    """A vaccine is not given after its expiry."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn when the day of expiry had passed."""
        given, expires = day_at(payload, "given_on"), day_at(payload, "expires_on")
        if context.importing or given is None or expires is None or given <= expires:
            return ()
        message = "The vaccine had expired by then. Please check, and tell the lead nurse if that is so."
        return (Issue("expires_on", message, Severity.WARN),)


BBV_VACCINATION: Final = RecordType(
    name="bbv_vaccination",
    version=1,
    title="Hepatitis B dose",
    plural="Hepatitis B doses",
    icon="shield-plus",
    help="One dose of vaccine: given by us, known from elsewhere, or declined.",
    compartment=CLINICAL,
    event_field="given_on",
    private=True,
    waits=(
        WaitsForPerson(
            worklist="W5",
            key="next_dose",
            reason="Hepatitis B dose due",
            next_day=NextDose(),
            red_after=OVERDUE_AFTER_DAYS,
            action="new:bbv_vaccination",
        ),
    ),
    fields=(
        PersonRef(name="person", label="Who", section=_DOSE, required=True, column=True),
        Day(
            name="given_on",
            label="Given or offered on",
            section=_DOSE,
            required=True,
            column=True,
            help="For a dose from elsewhere the day it was given there; not known is fine.",
        ),
        Code(
            name="source",
            label="Where we know it from",
            section=_DOSE,
            list_id="vaccination_source",
            required=True,
            column=True,
            help="Only our own doses and the GP's record count towards what is due next.",
        ),
        Number(name="dose", label="Which dose", section=_DOSE, one_of=(1, 2, 3, 4), column=True),
        Code(name="schedule", label="Schedule", section=_DOSE, list_id="hbv_schedule"),
        RecordRef(name="session", label="Session", section=_DOSE, types=("session",)),
        Code(name="brand", label="Vaccine", section=_GIVEN, list_id="hbv_brand", when=_BY_US),
        Text(name="batch", label="Batch", section=_GIVEN, longest=40, when=_BY_US),
        Day(name="expires_on", label="Expires on", section=_GIVEN, future=True, when=_BY_US),
        Code(name="body_site", label="Where", section=_GIVEN, list_id="vaccination_site", when=_BY_US),
        Code(name="injection_route", label="How", section=_GIVEN, list_id="vaccination_route", when=_BY_US),
        Text(
            name="pgd_ref",
            label="Direction or prescription (PGD or PSD)",
            section=_GIVEN,
            longest=60,
            when=_BY_US,
            help="Its number and version.",
        ),
        YesNo(
            name="signed_off",
            label="Signed off by whoever gave it",
            section=_GIVEN,
            when=_BY_US,
            help="Yes only by the nurse or doctor who gave it.",
        ),
        Code(
            name="decline_reason",
            label="Why not",
            section=_DECLINED,
            list_id="vaccination_decline_reason",
            help="A no is an answer too: choose why, and leave the dose empty.",
        ),
        Day(
            name="offer_again_on",
            label="Offer again from",
            section=_DECLINED,
            future=True,
            when=When("decline_reason"),
        ),
    ),
    rules=(
        SignedOff(),
        DoseOrRefusal(),
        NotTooSoon(),
        InDate(),
        AskAlso(field="batch", when=(_GIVEN_BY_US,), message="Which batch? A recall finds people by it."),
        AskAlso(field="brand", when=(_GIVEN_BY_US,), message="Which vaccine was it?"),
        AskAlso(field="expires_on", when=(_GIVEN_BY_US,), message="When does it expire?"),
    ),
)
