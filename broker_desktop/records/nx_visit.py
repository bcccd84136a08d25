"""Record type `nx_visit`: one needle-exchange visit.

Supplies come first and are never capped, never tied to returns and never wait for a question (look.md 8, domain.md
2.4 and 2.6). Packs are kept as packs and opened into items when they are counted.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from broker_desktop.records.field import Amount, Code, Codes, Day, Moment, Number, Text, Year, YesNo
from broker_desktop.records.met import LATER_CONTACT
from broker_desktop.records.record_type import GENERAL, Opens, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.returns import returns_group
from broker_desktop.records.rules import NeedsAnswer, NotBefore, SayWhyLate, SomethingIn, When
from broker_desktop.records.stock import KITS, visit_moves
from broker_desktop.records.structure import Group, Offers, Quantities, Rows
from broker_desktop.records.wording import NobodyNamed
from broker_desktop.records.worklist import Due, Not, Waits

_WHO: Final = "Who"
_TAKING: Final = "Taking today"
_BACK: Final = "Brought back"
_ABOUT: Final = "About this visit"
_TALK: Final = "Offers and advice"
_WHERE: Final = "Where and when"

ASKED_SELDOM: Final = ("reused_own", "shared_syringe", "shared_paraphernalia")
"""Asked of one person at most once in 28 days, not at each visit (domain.md 2.3)."""
ASKED_EVERY: Final = timedelta(days=28)
_LAST_28: Final = "In the last 28 days; asked again once those are over."
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
        Rows(
            name="colours",
            label="Colours they chose",
            section=_TAKING,
            help="Only if they chose: a colour of one's own helps people not to share.",
            fields=(
                Code(name="item", label="Item", list_id="equipment_item", required=True),
                Code(name="colour", label="Colour", list_id="syringe_colour", required=True),
                Number(name="n", label="How many"),
            ),
        ),
        YesNo(
            name="foil_context",
            label="Foil: steps towards treatment talked about",
            section=_TAKING,
            when=When("items.FOIL"),
        ),
        returns_group(_BACK),
        YesNo(name="disposal_advice", label="Safe disposal talked about", section=_BACK),
        Code(name="collecting_for", label="Collecting for", section=_ABOUT, list_id="collecting_for"),
        Number(
            name="people_covered",
            label="People covered",
            section=_ABOUT,
            unit="people",
            when=When("collecting_for", _OTHERS),
            help="With the person at the hatch, if they take some for themselves too.",
        ),
        Rows(
            name="beneficiary_groups",
            label="Who the others are",
            section=_ABOUT,
            when=When("collecting_for", _OTHERS),
            help="Groups only, nobody by name or code; as much as they like to say.",
            fields=(
                Number(name="n", label="How many people", unit="people"),
                Code(name="drug", label="Injecting mostly", list_id="drug_injected"),
                Code(name="age_band", label="Age", list_id="age_band"),
                YesNo(name="never_attended", label="Never came to a service"),
            ),
        ),
        Codes(
            name="drug_injected",
            label="Injecting mostly",
            section=_ABOUT,
            list_id="drug_injected",
            other=("other",),
            help="The main one first.",
        ),
        Codes(name="route", label="How they use it", section=_ABOUT, list_id="route"),
        Amount(
            name="injections_per_day",
            label="Injections a day",
            section=_ABOUT,
            unit="a day",
            places=1,
            most=Decimal(30),
        ),
        YesNo(name="reused_own", label="Used a needle of their own again", section=_ABOUT, help=_LAST_28),
        YesNo(name="shared_syringe", label="Shared a needle or syringe", section=_ABOUT, help=_LAST_28),
        YesNo(name="shared_paraphernalia", label="Shared spoons, filters or water", section=_ABOUT, help=_LAST_28),
        Year(name="first_injected_year", label="Year of first injecting", section=_ABOUT, least=1940),
        YesNo(name="overdose_last_30_days", label="Overdosed in the last 30 days", section=_ABOUT),
        Group(
            name="wound",
            label="Injecting site or wound",
            section=_ABOUT,
            fields=(
                Code(name="type", label="What it looks like", list_id="wound_type"),
                Codes(name="site", label="Where", list_id="injecting_site"),
                Codes(name="condition", label="How the sites look", list_id="site_condition"),
                Number(name="size_mm", label="Size", unit="mm"),
                Number(name="duration_days", label="Since", unit="days"),
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
        Codes(name="activities", label="What you did", section=_TALK, list_id="visit_activity"),
        Code(name="brief_intervention", label="Brief intervention", section=_TALK, list_id="brief_intervention"),
        Group(
            name="next_step",
            label="Next step",
            section=_TALK,
            help="What was agreed, or that nothing was.",
            fields=(
                Code(name="type", label="What", list_id="next_step_type"),
                Day(name="due_on", label="By when", future=True),
                Text(name="note", label="Note on it", longest=500, lines=True, identifying=True),
            ),
        ),
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
        Code(name="distributor", label="Handed out by", section=_WHERE, list_id="distributor"),
        RecordRef(
            name="stock_issue",
            label="From which issue to a peer",
            section=_WHERE,
            types=("stock_movement",),
            when=When("distributor", ("peer",)),
            help="What a peer hands out left the place's stock when the peer got it.",
        ),
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
        NotBefore(
            field="next_step.due_on",
            other="occurred_at",
            message="This is before the visit. Choose that day or a later one, or leave it empty.",
        ),
        NobodyNamed(fields=("note", "next_step.note")),
        SayWhyLate(event="occurred_at"),
    ),
    waits=(
        Waits(
            worklist="W1",
            key="next_step",
            reason="A next step was agreed at a visit",
            when=(When("next_step.due_on"), Not(When("next_step.type", ("none",)))),
            due=Due("next_step.due_on"),
            red_after=1,
            cleared_by=(LATER_CONTACT,),
        ),
    ),
    opens=tuple(
        Opens(
            type="naloxone_supply",
            when=When(f"items.{item}"),
            fields={"visit": "id", "person": "person", "site": "site", "occurred_at": "occurred_at"},
        )
        for item in KITS.values()
    ),
    stock=visit_moves,
)
