"""Record type `incentive`: vouchers, food or fares that were handed out for coming, with serials and a signature.

Vouchers are as good as cash, so they are accounted for; no person stands here, and nothing here says what anybody's
health is like (domain.md 4.5, 9 item 18). How many were given also stands on the session, which counts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from broker_desktop.records.field import Amount, Code, Moment, Number, Text, Texts, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import RecordRef
from broker_desktop.records.rules import NeedsAnswer, SayWhyLate, When

_WHAT: Final = "What was handed out"
_PROOF: Final = "For the books"

INCENTIVE: Final = RecordType(
    name="incentive",
    version=1,
    title="Incentive",
    plural="Incentives",
    icon="signature",
    help="Vouchers, food or fares given for coming: how many, worth what, which serials. Never to whom.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        Moment(name="occurred_at", label="When", section=_WHAT, required=True, refusable=False, column=True),
        RecordRef(name="session", label="At which session", section=_WHAT, types=("group_session",)),
        Code(name="incentive_type", label="What", section=_WHAT, list_id="incentive_type", required=True, column=True),
        Number(name="quantity", label="How many", section=_WHAT, column=True),
        Amount(
            name="value_gbp",
            label="Worth each",
            section=_WHAT,
            places=2,
            most=Decimal(50),
            unit="pounds",
            help="Up to 50 pounds each; a dearer one is two entries.",
        ),
        Texts(
            name="serials",
            label="Serial numbers",
            section=_PROOF,
            when=When("incentive_type", ("voucher", "travel")),
            help="As printed on the vouchers.",
        ),
        YesNo(name="signed", label="Signed for on paper", section=_PROOF, column=True),
        Text(name="note", label="Note", section=_PROOF, longest=200, lines=True, identifying=True, help="No names."),
    ),
    rules=(
        NeedsAnswer(field="signed", given="serials", message="Vouchers with numbers are signed for: was it?"),
        SayWhyLate(event="occurred_at"),
    ),
)
