"""Record type `naloxone_supply`: take-home naloxone handed over, with batch and expiry so that a recall finds it.

Who gets a kit may stay anonymous. A kit past its date is never handed over (domain.md 4.6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from broker_desktop.records.dates import parse_day
from broker_desktop.records.field import Code, Day, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import GENERAL, Opens, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import CheckContext, Issue, SayWhyLate, Severity, When, day_at
from broker_desktop.records.stock import SHORT_BEFORE, naloxone_moves
from broker_desktop.records.wording import NobodyNamed

_WHO: Final = "Who"
_KIT: Final = "The kit"
_HOW: Final = "How"
_WHERE: Final = "Where and when"

_REPEAT: Final = When("supply_type", ("repeat",))
USED: Final = ("used_on_self", "used_on_other")
"""Reasons for a repeat that say a kit was used: they open the report of a reversal (domain.md 4.6)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotExpired:
    """A kit past its expiry is not handed over, and one with under 90 days left is said aloud (domain.md 4.6)."""

    expiry: str
    on: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Compare the expiry with the day of the supply; an import is history and is not asked."""
        expiry: date | None = parse_day(payload.get(self.expiry))
        day = day_at(payload, self.on)
        if context.importing or expiry is None or day is None or expiry - day >= SHORT_BEFORE:
            return ()
        if expiry < day:
            message = "This kit is past its date. Please take another one, and write this one off."
            return (Issue(self.expiry, message, Severity.REQUIRE),)
        message = f"This kit expires in {(expiry - day).days} days. Give a longer one if there is one."
        return (Issue(self.expiry, message, Severity.WARN),)


NALOXONE_SUPPLY: Final = RecordType(
    name="naloxone_supply",
    version=1,
    title="Naloxone supply",
    plural="Naloxone supplies",
    icon="syringe",
    help="Take-home naloxone handed over: which kit, to whom in general, and whether it is a first one.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        PersonRef(name="person", label="Who", section=_WHO, column=True, help="Anonymous is fine, always."),
        Code(
            name="supplied_to",
            label="Given to",
            section=_WHO,
            list_id="naloxone_supplied_to",
            required=True,
            column=True,
        ),
        Code(name="product", label="Which kit", section=_KIT, list_id="naloxone_product", required=True, column=True),
        Number(name="qty_kits", label="How many kits", section=_KIT, unit="kits", required=True, least=1),
        Text(
            name="batch",
            label="Batch",
            section=_KIT,
            longest=40,
            required=True,
            column=True,
            searchable=True,
            help="As printed on the box; a recall is searched by it.",
        ),
        Day(name="expiry", label="Expires", section=_KIT, required=True, future=True, help="As printed on the box."),
        YesNo(name="from_stock", label="Out of our stock", section=_KIT, later=True),
        Code(
            name="supply_type",
            label="First kit or another one",
            section=_HOW,
            list_id="naloxone_supply_type",
            required=True,
            column=True,
        ),
        Code(
            name="repeat_reason",
            label="Why another one",
            section=_HOW,
            list_id="naloxone_repeat_reason",
            require_when=_REPEAT,
            when=_REPEAT,
        ),
        Code(name="training", label="Training", section=_HOW, list_id="naloxone_training", required=True),
        Code(name="supplier_route", label="Supplied as", section=_HOW, list_id="supplier_route", required=True),
        Text(name="supplier", label="Supplied by", section=_HOW, longest=80, help="The service or the role."),
        Moment(name="occurred_at", label="When", section=_WHERE, required=True, refusable=False, column=True),
        Code(name="site", label="Site", section=_WHERE, list_id="place"),
        RecordRef(name="session", label="Session", section=_WHERE, types=("session",)),
        RecordRef(name="visit", label="Needle-exchange visit", section=_WHERE, types=("nx_visit",), later=True),
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
        NotExpired(expiry="expiry", on="occurred_at"),
        NobodyNamed(fields=("note",)),
        SayWhyLate(event="occurred_at"),
    ),
    opens=(
        Opens(
            type="naloxone_reversal",
            when=When("repeat_reason", USED),
            fields={"supply": "id", "form": "product", "person": "person"},
        ),
    ),
    stock=naloxone_moves,
    needs_training="naloxone",
)
