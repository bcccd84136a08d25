"""Record type `disclosure`: something about a person left this team: what, to whom, on what basis, who approved it.

Without consent only for a reason that stands above it, with the name of whoever approved it (domain.md 7, Overrides to
consent). What police asked for is `police_request`; what was handed over is written down here as well.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Text, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import When

_WHAT: Final = "What left, and to whom"
_WHY: Final = "Why it may"

OVERRIDES: Final = ("safeguarding", "danger_to_life", "serious_crime", "court_order", "other")
"""The bases that stand without consent; they need a reason and an approver."""

_AGREED: Final = When("legal_basis", ("consent",))
_OVERRIDE: Final = When("legal_basis", OVERRIDES)

DISCLOSURE: Final = RecordType(
    name="disclosure",
    version=1,
    title="Disclosure",
    plural="Disclosures",
    icon="file-text",
    help="Something about a person went to another organisation: what, to whom, on what basis.",
    compartment=GENERAL,
    private=True,
    event_field="disclosed_on",
    fields=(
        Day(name="disclosed_on", label="On", section=_WHAT, required=True, column=True),
        PersonRef(name="person", label="About whom", section=_WHAT, required=True, column=True),
        Code(name="agency", label="To whom", section=_WHAT, list_id="referral_destination", column=True),
        Text(
            name="organisation",
            label="Name of the organisation",
            section=_WHAT,
            longest=120,
            required=True,
            help="The organisation, and the role of whoever received it.",
        ),
        Text(name="what", label="What was told or handed over", section=_WHAT, longest=500, lines=True, required=True),
        Code(
            name="legal_basis",
            label="On what basis",
            section=_WHY,
            list_id="disclosure_basis",
            required=True,
            column=True,
        ),
        RecordRef(name="consent", label="The consent", section=_WHY, types=("consent",), when=_AGREED),
        Text(
            name="reason",
            label="Why without consent",
            section=_WHY,
            longest=500,
            lines=True,
            when=_OVERRIDE,
            require_when=_OVERRIDE,
        ),
        Text(
            name="approver",
            label="Approved by",
            section=_WHY,
            longest=120,
            when=_OVERRIDE,
            require_when=_OVERRIDE,
            help="The lead or the Caldicott guardian, by name.",
        ),
        YesNo(name="person_told", label="The person was told", section=_WHY),
    ),
)
