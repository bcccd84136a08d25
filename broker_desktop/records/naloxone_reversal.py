"""Record type `naloxone_reversal`: somebody gave naloxone, and how it ended.

Often told second-hand, weeks later. No names, neither of who went over nor of who helped (domain.md 4.6).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import SayWhyLate
from broker_desktop.records.wording import NobodyNamed

_WHEN: Final = "When and where"
_WHAT: Final = "What was done"
_END: Final = "How it ended"

NALOXONE_REVERSAL: Final = RecordType(
    name="naloxone_reversal",
    version=1,
    title="Naloxone used",
    plural="Reports of naloxone used",
    icon="heart-pulse",
    help="A kit was used on somebody: what was done and how it ended, with nobody named.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        Moment(
            name="occurred_at",
            label="When it was",
            section=_WHEN,
            required=True,
            refusable=False,
            column=True,
            help="The day is enough; a guess is fine, say so below.",
        ),
        Code(name="date_precision", label="How exact that is", section=_WHEN, list_id="date_precision"),
        Code(name="place_type", label="What kind of place", section=_WHEN, list_id="setting", column=True),
        YesNo(name="second_hand", label="Told by somebody who was not there", section=_WHEN),
        PersonRef(
            name="person",
            label="Who told us",
            section=_WHEN,
            help="Only if they want it kept with them. Never the person it was used on, unless that is them.",
        ),
        RecordRef(name="supply", label="Kit that replaces it", section=_WHEN, types=("naloxone_supply",), later=True),
        Code(name="given_by", label="Who gave it", section=_WHAT, list_id="naloxone_given_by", column=True),
        Number(name="doses", label="Doses", section=_WHAT, unit="doses"),
        Code(name="form", label="Which kit", section=_WHAT, list_id="naloxone_product"),
        YesNo(name="rescue_breaths", label="Rescue breaths given", section=_WHAT),
        YesNo(name="called_999", label="999 called", section=_WHAT),
        Code(name="stayed", label="Somebody stayed", section=_WHAT, list_id="reversal_stayed"),
        Codes(name="drugs", label="Drugs involved", section=_WHAT, list_id="substance"),
        Code(name="outcome", label="What became of them", section=_END, list_id="reversal_outcome", column=True),
        YesNo(name="aggression", label="Aggression afterwards", section=_END),
        YesNo(name="police", label="Police came", section=_END),
        YesNo(name="kit_replaced", label="Kit replaced", section=_END),
        Text(
            name="note",
            label="Note",
            section=_END,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="No names, please, of anybody who was there.",
        ),
    ),
    rules=(NobodyNamed(fields=("note",)), SayWhyLate(event="occurred_at")),
)
