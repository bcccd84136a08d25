"""Record type `stock_count`: what was on the shelf when somebody counted, at opening, at closing or in between.

A count changes no stock. It stands beside what must be there, the difference is shown, and whoever settles it writes
a movement: so the sum never depends on which record came first.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Moment, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.rules import SayWhyLate
from broker_desktop.records.structure import Quantities

_WHERE: Final = "Where and when"
_COUNT: Final = "What is there"

STOCK_COUNT: Final = RecordType(
    name="stock_count",
    version=1,
    title="Stock count",
    plural="Stock counts",
    icon="package-check",
    help="What was really on the shelf; the difference to what must be there is shown beside it.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        Code(
            name="kind",
            label="Which count",
            section=_WHERE,
            list_id="stock_count_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Moment(name="occurred_at", label="When", section=_WHERE, required=True, refusable=False, column=True),
        Code(name="place", label="Place", section=_WHERE, list_id="place", required=True, column=True),
        Quantities(
            name="counted",
            label="Counted",
            section=_COUNT,
            list_id="equipment_item",
            required=True,
            help="Only what you counted; 0 where the shelf is empty.",
        ),
        Text(name="note", label="Note", section=_COUNT, longest=500, lines=True, searchable=True),
    ),
    rules=(SayWhyLate(event="occurred_at"),),
)
