"""Record type `site_report`: needles found, what is around on the drug market, a disruption, what people say.

Never about a person: no names, no dealers, wards and towns instead of streets (domain.md 4.7). Every seat reads it.
What is only being said and what is confirmed stay apart, so that a rumour never becomes a figure.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Amount, Code, Codes, Day, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import NotBefore, SayWhyLate, When
from broker_desktop.records.structure import Group
from broker_desktop.records.wording import NobodyNamed

_WHAT: Final = "What and where"
_NEEDLES: Final = "Needles found"
_DRUGS: Final = "What is around"
_DISRUPTION: Final = "Disruption"
_KNOWN: Final = "How it is known"

_FIND: Final = When("kind", ("needle_find",))
_TREND: Final = When("kind", ("drug_trend", "intelligence"))
_DISRUPTED: Final = When("kind", ("service_disruption",))

SITE_REPORT: Final = RecordType(
    name="site_report",
    version=1,
    title="Site report",
    plural="Site reports",
    icon="flag",
    help="Needles found, a drug trend, a disruption or local intelligence; about places, never about people.",
    compartment=COMMON,
    event_field="occurred_at",
    fields=(
        Code(
            name="kind",
            label="What kind of report",
            section=_WHAT,
            list_id="report_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Moment(
            name="occurred_at",
            label="When it was seen or began",
            section=_WHAT,
            required=True,
            refusable=False,
            column=True,
        ),
        Day(name="until", label="Until", section=_WHAT, future=True, when=_DISRUPTED, help="Empty while it goes on."),
        Day(name="heard_on", label="When you heard of it", section=_WHAT, when=_TREND),
        Codes(name="localities", label="Areas", section=_WHAT, list_id="locality", column=True),
        Codes(
            name="area_parts",
            label="Or which part of the whole area",
            section=_WHAT,
            list_id="area_part",
            when=_TREND,
            help="Where a report names a part, such as the south east, and no district.",
        ),
        Text(
            name="landmark",
            label="Where about",
            section=_WHAT,
            longest=100,
            help="A park, a car park, an alley. Never an address.",
        ),
        Number(name="count", label="About how many needles", section=_NEEDLES, unit="needles", when=_FIND),
        Code(name="cleared", label="Cleared by", section=_NEEDLES, list_id="cleared_by", when=_FIND),
        Day(name="cleared_on", label="Cleared on", section=_NEEDLES, when=_FIND),
        Code(name="substance", label="What it may be", section=_DRUGS, list_id="substance", when=_TREND),
        Codes(name="mixed_with", label="Together with", section=_DRUGS, list_id="substance", when=_TREND),
        Text(
            name="as_described",
            label="As people call it",
            section=_DRUGS,
            longest=200,
            searchable=True,
            when=_TREND,
            help="Street name, colour, stamp. Not who sells it.",
        ),
        Codes(name="pattern", label="What is different", section=_DRUGS, list_id="report_pattern", when=_TREND),
        Code(name="direction", label="More or less of it", section=_DRUGS, list_id="trend_direction", when=_TREND),
        Code(name="form", label="Form", section=_DRUGS, list_id="drug_form", when=_TREND),
        Code(name="route", label="How it is used", section=_DRUGS, list_id="route", when=_TREND),
        Codes(name="population", label="Who uses it", section=_DRUGS, list_id="trend_population", when=_TREND),
        Code(
            name="supply",
            label="Where it comes from",
            section=_DRUGS,
            list_id="trend_supply",
            when=_TREND,
            help="Only the kind, such as friends. Never who.",
        ),
        Amount(name="price_gbp", label="Price per unit", section=_DRUGS, unit="GBP", places=2, when=_TREND),
        Codes(name="harms", label="Harm seen", section=_DRUGS, list_id="report_harm", when=_TREND),
        Group(
            name="harm_counts",
            label="How many",
            section=_DRUGS,
            when=When("harms", ("overdose", "death")),
            fields=(Number(name="overdoses", label="Overdoses"), Number(name="deaths", label="Deaths")),
        ),
        Code(
            name="reason",
            label="What disrupts",
            section=_DISRUPTION,
            list_id="disruption_reason",
            require_when=_DISRUPTED,
            when=_DISRUPTED,
        ),
        Code(name="source", label="Who says so", section=_KNOWN, list_id="report_source", column=True),
        Code(
            name="confidence",
            label="How sure",
            section=_KNOWN,
            list_id="report_confidence",
            require_when=When("kind"),
            column=True,
            help="Anecdotal until somebody went to look or a laboratory answered.",
        ),
        Number(name="corroborated_by", label="Other sources that say the same", section=_KNOWN, unit="sources"),
        Code(name="grade", label="Graded as", section=_KNOWN, list_id="ldis_grade", when=_TREND, later=True),
        YesNo(name="alert_sent", label="An alert went out", section=_KNOWN, when=_TREND, later=True),
        Text(
            name="note",
            label="Note",
            section=_KNOWN,
            longest=500,
            lines=True,
            searchable=True,
            help="No names, no dealers, no addresses: everybody in the team reads this.",
        ),
    ),
    rules=(
        NotBefore(field="until", other="occurred_at", message="This is before it began. Choose a later day."),
        NobodyNamed(fields=("note", "as_described", "landmark"), names=True),
        SayWhyLate(event="occurred_at"),
    ),
)
