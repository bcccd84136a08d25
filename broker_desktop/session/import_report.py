"""What an import found: counts, the error share of every column, and every bad place by sheet, row and column.

A report never holds a value of a row: it is mailed about. The rows themselves stand in the file of `--skip-bad` alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from broker_desktop.records.mapping import Fault
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.views import ImportCounts


@dataclass(frozen=True, slots=True)
class BadLineFound:
    """Why a line is not taken: its number, what is wrong with it, the line as it stands."""

    number: int
    faults: tuple[Fault, ...]
    raw: bytes

    def to_json(self) -> dict[str, Any]:
        """Give the line of the file that --skip-bad writes."""
        first = self.faults[0]
        return {
            "line": self.number,
            "field": first.field or None,
            "reason": first.reason,
            "record": self.raw.decode("utf-8", errors="replace"),
        }


@dataclass(frozen=True, slots=True)
class ColumnShare:
    """How many rows are bad because of one column: number, and per cent of all rows with one decimal."""

    column: str
    field: str
    refused: int
    share: str


@dataclass(frozen=True, slots=True)
class BadPlace:
    """One thing to mend: where it stands and what to do."""

    sheet: str
    line: int
    column: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a dry run or an import found. `stored` is False after a dry run, and where a bad row stopped everything."""

    type: str
    file: str
    sheet: str
    counts: ImportCounts
    share: str
    columns: tuple[ColumnShare, ...]
    places: tuple[BadPlace, ...]
    stored: bool

    def to_json(self) -> dict[str, Any]:
        """Give the report as it is written to a file."""
        return {
            "type": self.type,
            "file": self.file,
            "sheet": self.sheet,
            "stored": self.stored,
            **self.counts.to_json(),
            "share": self.share,
            "columns": [
                {"column": one.column, "field": one.field, "refused": one.refused, "share": one.share}
                for one in self.columns
            ],
            "lines": [
                {"sheet": one.sheet, "line": one.line, "column": one.column, "field": one.field, "reason": one.reason}
                for one in self.places
            ],
        }

    def write(self, path: Path) -> None:
        """Write the report, as CSV where the name says so, else as JSON. Raises StorageProblem."""
        if path.suffix.lower() == ".csv":
            keep_file(path, _csv_text(self).encode())
        else:
            keep_file(path, (json.dumps(self.to_json(), ensure_ascii=False, indent=2) + "\n").encode())


def per_cent(part: int, whole: int) -> str:
    """Give a share with one decimal, halves up: 30 of 3,000 is 1.0."""
    exact = Decimal(100 * part) / Decimal(whole) if whole else Decimal(0)
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def report_of(
    type_name: str, path: Path, sheet: str, counts: ImportCounts, bad: Sequence[BadLineFound], *, stored: bool
) -> ImportReport:
    """Put a report together; a row counts once for each column that is wrong in it."""
    wrong = Counter(place for one in bad for place in {(fault.column, fault.field) for fault in one.faults})
    shares = [ColumnShare(column, field, n, per_cent(n, counts.read)) for (column, field), n in wrong.items()]
    return ImportReport(
        type=type_name,
        file=path.name,
        sheet=sheet,
        counts=counts,
        share=per_cent(counts.refused, counts.read),
        columns=tuple(sorted(shares, key=lambda one: (-one.refused, one.column, one.field))),
        places=tuple(
            BadPlace(sheet, one.number, fault.column, fault.field, fault.reason) for one in bad for fault in one.faults
        ),
        stored=stored,
    )


def _csv_text(report: ImportReport) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("sheet", "line", "column", "field", "reason"))
    writer.writerows((one.sheet, one.line, _plain(one.column), one.field, one.reason) for one in report.places)
    return out.getvalue()


def _plain(heading: str) -> str:
    """Write a heading of somebody else's file so that no spreadsheet takes it for a formula."""
    return f"'{heading}" if heading.startswith(("=", "+", "-", "@", "\t", "\r")) else heading
