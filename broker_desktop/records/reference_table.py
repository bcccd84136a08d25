"""Record type `reference_table`: a table that somebody printed, kept as it was printed.

Never mixed into counts of what the team did: no measure reads it. What its totals would be is worked out beside it
(`reference_sums.py`). It lies in the common compartment and holds no person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.field import Code, Text, Texts, YesNo
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import CheckContext, Issue
from broker_desktop.records.structure import Rows

_WHAT: Final = "What it is"
_TABLE: Final = "The table as printed"


@dataclass(frozen=True, slots=True)
class SoundTable:
    """Every row has a figure for every column, a rate has a unit, and rows that overlap have no total."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Refuse what could not be read back as the table it was."""
        columns, rows = payload.get("columns"), payload.get("rows")
        if not isinstance(columns, list) or not isinstance(rows, list):
            return ()
        issues = []
        if any(one.get("kind") == "rate" for one in columns) and not payload.get("unit"):
            issues.append(Issue("unit", "A rate needs its unit, such as per 1,000 people."))
        for place, row in enumerate(rows):
            printed = row.get("printed")
            if isinstance(printed, list) and len(printed) != len(columns):
                message = f"This row has {len(printed)} figures, and there are {len(columns)} columns."
                issues.append(Issue(f"rows.{place}.printed", message))
            if payload.get("rows_overlap") == "yes" and row.get("kind") != "row":
                message = "The rows count some people twice, so there is no total of them."
                issues.append(Issue(f"rows.{place}.kind", message))
        return issues


REFERENCE_TABLE: Final = RecordType(
    name="reference_table",
    version=1,
    title="Reference table",
    plural="Reference tables",
    icon="file-text",
    help="A printed table, as printed: prevalence, assumed demand, rings of treatment; never part of any count.",
    compartment=COMMON,
    fields=(
        Text(name="title", label="Title", section=_WHAT, required=True, column=True, searchable=True),
        Text(name="source", label="Source", section=_WHAT, required=True, longest=300, column=True, searchable=True),
        Text(name="page", label="Page or line", section=_WHAT),
        Text(name="year", label="Year", section=_WHAT, column=True),
        Text(name="unit", label="Unit", section=_WHAT, help="People, visits, per 1,000 people. A rate needs one."),
        YesNo(
            name="rows_overlap",
            label="Rows count some people twice",
            section=_WHAT,
            help="Then the rows are never added.",
        ),
        Rows(
            name="columns",
            label="Columns",
            section=_TABLE,
            required=True,
            fields=(
                Text(name="label", label="Heading", required=True),
                Code(name="kind", label="What it holds", list_id="reference_column", required=True),
            ),
        ),
        Rows(
            name="rows",
            label="Rows",
            section=_TABLE,
            required=True,
            fields=(
                Text(name="label", label="Heading", required=True),
                Text(name="group", label="Group"),
                Code(name="kind", label="What it is", list_id="reference_row", required=True),
                Texts(name="printed", label="Figures as printed, without thousands commas", required=True),
            ),
        ),
        Text(name="note", label="Note", section=_TABLE, longest=1000, lines=True),
    ),
    rules=(SoundTable(),),
)
