"""Record type `nx_visit`: one needle-exchange visit.

Supplies come first and are never capped, never tied to returns and never wait for a question (look.md 8, domain.md
2.4 and 2.6). Packs are kept as packs and opened into items when they are counted.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from broker_desktop.records.field import Amount, Code, Codes, Moment, Number, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NeedsAnswer, SayWhyLate, SomethingIn, When
from broker_desktop.records.structure import Group, Offers, Quantities, Rows

_WHO: Final = "Who"
_TAKING: Final = "Taking today"
_BACK: Final = "Brought back"
_ABOUT: Final = "About this visit"
_TALK: Final = "Offers and advice"
_WHERE: Final = "Where and when"

_OTHERS: Final = ("self_and_others", "others_only")

NX_VISIT: Final = RecordType(
    name="nx_visit",
    version=1,
    title="Needle-exchange visit",
    plural="Needle-exchange visits",
    icon="package",
    help="One visit to the needle exchange: what was taken, what was brought back, what was offered.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        PersonRef(name="person", label="Who", section=_WHO, column=True, help="Anonymous is fine, always."),
        Quantities(name="packs", label="Packs", section=_TAKING, list_id="equipment_pack", help="No limit."),
        Quantities(
            name="items",
            label="Single items",
            section=_TAKING,
            list_id="equipment_item",
            help="No limit.",
        ),
        Group(
            name="returns",
            label="Brought back",
            section=_BACK,
            help="Never a condition of supply. Nobody opens or counts loose sharps.",
            fields=(
                Code(name="method", label="How it is known", list_id="return_method"),
                Rows(
                    name="bins",
                    label="Bins",
                    fields=(
                        Code(name="bin", label="Bin", list_id="sharps_bin", required=True),
                        Number(name="n", label="How many", required=True),
                        Number(name="fill", label="How full", unit="%", one_of=(25, 50, 75, 100)),
                    ),
                ),
                Number(name="stated", label="How many they say", unit="syringes"),
                Amount(name="weight_kg", label="Weight", unit="kg", most=Decimal(50)),
            ),
        ),
        Code(name="collecting_for", label="Collecting for", section=_ABOUT, list_id="collecting_for"),
        Number(
            name="people_covered",
            label="People covered",
            section=_ABOUT,
            unit="people",
            when=When("collecting_for", _OTHERS),
            help="With the person at the hatch, if they take some for themselves too.",
        ),
        Codes(
            name="drug_injected",
            label="Injecting mostly",
            section=_ABOUT,
            list_id="drug_injected",
            other=("other",),
            help="The main one first.",
        ),
        Group(
            name="wound",
            label="Injecting site or wound",
            section=_ABOUT,
            fields=(
                Code(name="type", label="What it looks like", list_id="wound_type"),
                Codes(name="site", label="Where", list_id="injecting_site"),
                Codes(name="red_flags", label="Danger signs", list_id="red_flag"),
                Code(name="action", label="What was done", list_id="wound_action"),
            ),
        ),
        Offers(
            name="offers",
            label="Offered today",
            section=_TALK,
            help="Leave an offer empty if it was not made.",
        ),
        Codes(name="advice", label="Advice given", section=_TALK, list_id="advice"),
        Moment(
            name="occurred_at",
            label="When",
            section=_WHERE,
            required=True,
            refusable=False,
            column=True,
        ),
        Code(
            name="site_type",
            label="What kind of site",
            section=_WHERE,
            list_id="site_type",
            required=True,
            column=True,
        ),
        Code(name="site", label="Site", section=_WHERE, list_id="place", column=True),
        RecordRef(name="session", label="Session", section=_WHERE, types=("session",)),
        Text(
            name="note",
            label="Note",
            section=_WHERE,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="No names or phone numbers, please.",
        ),
    ),
    rules=(
        SomethingIn(
            fields=("items", "packs", "returns"),
            message="Say what was taken or brought back: items, packs or returns.",
        ),
        NeedsAnswer(
            field="wound.action",
            given="wound.red_flags",
            message="A danger sign needs A&E or 999 today. Please say what was done.",
        ),
        SayWhyLate(event="occurred_at"),
    ),
)
