"""Record type `nx_tally`: a site's totals for one month, as a pharmacy sends them on paper, by phone or as a file.

Totals only, never people. A sheet is a draft until it was looked at a second time; a corrected sheet stands beside
the one it replaces. Counted apart from live visits (contract.md, MS-06).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Number, Text, YesNo
from broker_desktop.records.month import Month
from broker_desktop.records.record_type import GENERAL, RecordType, Supersedes
from broker_desktop.records.reference import RecordRef
from broker_desktop.records.returns import returns_group
from broker_desktop.records.rules import When
from broker_desktop.records.structure import Quantities
from broker_desktop.records.tally_rules import DRAFT, FINAL, REPLACED, FarAboveLastMonth, MoreBackThanOut, OneFinalSheet
from broker_desktop.records.wording import NobodyNamed
from broker_desktop.records.worklist import Waits

_SHEET: Final = "Which sheet"
_NUMBERS: Final = "What it says"
_CHECKED: Final = "Checked"

_IS_FINAL: Final = When("status", (FINAL,))

NX_TALLY: Final = RecordType(
    name="nx_tally",
    version=1,
    title="Needle-exchange sheet",
    plural="Needle-exchange sheets",
    icon="file-spreadsheet",
    help="A site's totals for one month, from a paper sheet, a phone call or a file.",
    compartment=GENERAL,
    event_field="month",
    state_field="status",
    sticky=("month", "commissioned_by", "source", "status", "check_kind", "checked_by"),
    fields=(
        Month(name="month", label="Month", section=_SHEET, required=True, refusable=False, column=True),
        Code(name="site", label="Site", section=_SHEET, list_id="place", required=True, column=True),
        Code(name="commissioned_by", label="Commissioned by", section=_SHEET, list_id="commissioned_by"),
        Code(name="source", label="How it came", section=_SHEET, list_id="tally_source"),
        Number(name="transactions", label="Transactions", section=_NUMBERS, required=True, column=True),
        Number(
            name="individuals",
            label="Individuals, if the site knows",
            section=_NUMBERS,
            unit="people",
            help="Never added to anything: nobody knows who is counted twice.",
        ),
        Quantities(name="packs", label="Packs out", section=_NUMBERS, list_id="equipment_pack"),
        Quantities(name="items", label="Single items out", section=_NUMBERS, list_id="equipment_item"),
        returns_group(_NUMBERS),
        Number(name="leaflets", label="Advice leaflets", section=_NUMBERS),
        Code(
            name="status",
            label="Status",
            section=_CHECKED,
            list_id="tally_status",
            required=True,
            column=True,
            help="Only final sheets count.",
        ),
        Code(
            name="check_kind",
            label="How it was checked",
            section=_CHECKED,
            list_id="tally_check",
            when=_IS_FINAL,
            require_when=_IS_FINAL,
        ),
        Text(
            name="checked_by",
            label="Checked by",
            section=_CHECKED,
            longest=40,
            identifying=True,
            when=_IS_FINAL,
            require_when=_IS_FINAL,
            help="Initials of whoever looked a second time.",
        ),
        YesNo(
            name="excludes_live",
            label="Leaves out visits recorded one by one",
            section=_CHECKED,
            help="Yes where the site also records on a laptop and those visits are not in these totals.",
        ),
        RecordRef(
            name="replaces",
            label="Corrects an earlier sheet",
            section=_CHECKED,
            types=("nx_tally",),
            when=_IS_FINAL,
            help="The earlier one is kept as replaced and counts no more.",
        ),
        Text(name="note", label="Note", section=_CHECKED, longest=500, lines=True, searchable=True),
    ),
    rules=(MoreBackThanOut(), FarAboveLastMonth(), OneFinalSheet(), NobodyNamed(fields=("note",))),
    supersedes=Supersedes(field="replaces", state="status", stands=FINAL, gone=REPLACED),
    waits=(
        Waits(
            worklist="W11",
            key="draft_sheet",
            reason="A sheet to look at a second time and make final",
            when=(When("status", (DRAFT,)),),
        ),
    ),
)
