"""Record type `sharps_calibration`: how many syringes a bin or a kilogram is, measured here by a lead.

A team setting that is unset until somebody has measured: one bin filled with counted sealed packs, or 100 unused
syringes weighed (domain.md 2.6). Each measurement is kept; an estimate names the day of the one it rests on.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from broker_desktop.records.field import Amount, Code, Moment, Number, Text
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import When

_HOW: Final = "How it was measured"
_FILLED: Final = When("method", ("fill_bin",))
_WEIGHED: Final = When("method", ("weigh",))

SHARPS_CALIBRATION: Final = RecordType(
    name="sharps_calibration",
    version=1,
    title="Sharps measurement",
    plural="Sharps measurements",
    icon="scale",
    help="How many syringes a full bin or a weight is, measured by a lead; estimates of returns rest on it.",
    compartment=COMMON,
    event_field="occurred_at",
    fields=(
        Moment(name="occurred_at", label="When", section=_HOW, required=True, refusable=False, column=True),
        Code(name="method", label="How", section=_HOW, list_id="calibration_method", required=True, column=True),
        Code(
            name="bin",
            label="Which bin was filled",
            section=_HOW,
            list_id="sharps_bin",
            require_when=_FILLED,
            when=_FILLED,
            column=True,
        ),
        Number(
            name="counted",
            label="Unused syringes that went in",
            section=_HOW,
            unit="syringes",
            require_when=_FILLED,
            when=_FILLED,
            least=1,
            column=True,
            help="Count sealed packs in. Never used sharps.",
        ),
        Number(name="fill", label="Filled up to", section=_HOW, unit="%", one_of=(25, 50, 75, 100), when=_FILLED),
        Number(
            name="weighed",
            label="Unused syringes on the scales",
            section=_HOW,
            unit="syringes",
            require_when=_WEIGHED,
            when=_WEIGHED,
            least=1,
            help="100 of the kind that is given out most.",
        ),
        Amount(
            name="weight_g",
            label="What they weigh together",
            section=_HOW,
            unit="g",
            most=Decimal(100_000),
            require_when=_WEIGHED,
            when=_WEIGHED,
        ),
        Text(name="note", label="Note", section=_HOW, longest=500, lines=True, searchable=True),
    ),
)
