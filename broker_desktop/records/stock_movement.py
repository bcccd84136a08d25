"""Record type `stock_movement`: supplies that come in, go to another place or to a peer, or are written off.

What visits and naloxone supplies take out moves by itself. Stock on hand is the sum of all of it (`stock.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.field import Code, Day, Moment, Number, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.rules import CheckContext, Issue, SayWhyLate, Severity, SomethingIn, When
from broker_desktop.records.stock import movement_moves
from broker_desktop.records.structure import Quantities, Rows

_WHAT: Final = "What happened"
_HOW_MANY: Final = "How many"

_TRANSFER: Final = When("kind", ("transfer",))
_OFF: Final = When("kind", ("write_off",))
_PEER: Final = When("kind", ("issue_to_peer", "returned_by_peer"))


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A transfer goes from one place to another one."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for another place; an import is not asked."""
        here, there = payload.get("place"), payload.get("to_place")
        if context.importing or here is None or here != there or not _TRANSFER.holds(payload):
            return ()
        return (Issue("to_place", "This is where it came from. Choose the other place.", Severity.REQUIRE),)


STOCK_MOVEMENT: Final = RecordType(
    name="stock_movement",
    version=1,
    title="Stock movement",
    plural="Stock movements",
    icon="truck",
    help="Supplies that came in, went to another place or to a peer, or were written off.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        Code(
            name="kind",
            label="What happened",
            section=_WHAT,
            list_id="stock_movement_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Moment(name="occurred_at", label="When", section=_WHAT, required=True, refusable=False, column=True),
        Code(name="place", label="Place", section=_WHAT, list_id="place", required=True, column=True),
        Code(
            name="to_place",
            label="To which place",
            section=_WHAT,
            list_id="place",
            require_when=_TRANSFER,
            when=_TRANSFER,
            column=True,
            help="One record for both sides: what leaves here arrives there.",
        ),
        Text(
            name="peer",
            label="Which peer",
            section=_WHAT,
            longest=40,
            identifying=True,
            when=_PEER,
            help="The name they go by in the team.",
        ),
        Code(
            name="reason",
            label="Why",
            section=_WHAT,
            list_id="write_off_reason",
            require_when=_OFF,
            when=_OFF,
            column=True,
        ),
        Quantities(name="packs", label="Packs", section=_HOW_MANY, list_id="equipment_pack"),
        Rows(
            name="lines",
            label="Items",
            section=_HOW_MANY,
            fields=(
                Code(name="item", label="Item", list_id="equipment_item", required=True),
                Number(name="n", label="How many", required=True),
                Text(name="batch", label="Batch", longest=40),
                Day(name="expiry", label="Expires", future=True),
            ),
        ),
        Text(name="note", label="Note", section=_HOW_MANY, longest=500, lines=True, searchable=True),
    ),
    rules=(
        SomethingIn(fields=("lines", "packs"), message="Say what moved: packs or items."),
        OtherPlace(),
        SayWhyLate(event="occurred_at"),
    ),
    stock=movement_moves,
)
