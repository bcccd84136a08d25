"""Writing a summary to a file: JSON, CSV or a workbook. Hidden figures are marked, never blank and never 0.

A text that a spreadsheet would take for a formula is written so that it is not.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from broker_desktop.errors import UsageError
from broker_desktop.records.measure import HEADINGS
from broker_desktop.session.disclosure import ShownLine, hidden_mark
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.summary import Summary

FORMATS: Final = ("json", "csv", "xlsx")
_HEADINGS: Final = ("line", "title", "by", "value", "unit", "numerator", "denominator", "notes")
_UNREADABLE: Final = "not readable here"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_NO_GUESSING: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}

Cell = str | int | float


def to_bytes(summary: Summary, file_format: str) -> bytes:
    """Give the content of a file. Raises UsageError for a format that is none of FORMATS."""
    if file_format == "json":
        return (json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n").encode()
    if file_format == "csv":
        return _csv(summary)
    if file_format == "xlsx":
        return _xlsx(summary)
    raise UsageError(f"A summary is written as {', '.join(FORMATS)}.")


def export(summary: Summary, file_format: str, path: Path) -> None:
    """Write a summary to a file, over one that is there. Raises StorageProblem when it cannot be written."""
    keep_file(path, to_bytes(summary, file_format))


def rows(summary: Summary) -> list[tuple[Cell, ...]]:
    """Give the table: a row for each line and one for each of its parts."""
    table: list[tuple[Cell, ...]] = []
    mark = hidden_mark(summary.level)
    for line in summary.lines:
        table.append(_row(line, "", _figure(line, mark), mark))
        for cell in line.cells:
            by = ", ".join(f"{name}: {code or 'not answered'}" for name, code in cell.by.items())
            value = mark if cell.hidden else _plain(cell.value)
            table.append((line.id, line.title, by, value, line.unit, "", "", ""))
    return table


def cover(summary: Summary) -> list[tuple[str, Cell]]:
    """Give what stands above the table: the period, the recipient, and what is missing."""
    complete = summary.completeness
    return [
        ("period", f"{summary.period.label} ({summary.period.first_day} to {summary.period.last_day})"),
        ("recipient", summary.recipient),
        ("pack", summary.pack_id),
        *([("operator", summary.operator)] if summary.operator else []),
        ("definitions", summary.definitions),
        ("state", summary.state),
        ("issue", summary.issue),
        ("laptops", complete.seats),
        ("laptops not heard from since", len(complete.not_heard_from)),
        ("sheets that came", f"{complete.sites_reported} of {complete.sites_expected}"),
        ("hash", summary.hash),
        *((f"commentary: {HEADINGS[code]}", text) for code, text in summary.commentary.items() if code in HEADINGS),
        *(("late change", f"{one.line} {one.title}: {one.change}".strip()) for one in summary.late),
        *(("mark", mark_words(mark)) for mark in summary.marks),
    ]


def mark_words(mark: Mapping[str, Any]) -> str:
    """Write what stands beside the figures: a disruption with its days, or a line that fell and what explains it."""
    if mark["kind"] == "fall":
        why = "a disruption is marked" if mark["explained_by"] else "unexplained"
        by = f"{mark['change_points']:+} points" if "change_points" in mark else f"{mark['change_percent']:+} %"
        return f"{mark['line']} fell from {mark['from']} to {mark['to']} ({by}): {why}"
    where = ", ".join(mark["localities"]) or "no area named"
    return f"Disruption from {mark['from']} until {mark['until'] or 'now'}: {where}"


def _figure(line: ShownLine, mark: str) -> Cell:
    if line.unreadable:
        return _UNREADABLE
    if line.hidden:
        return "hidden" if line.is_rate else mark
    return _plain(line.value)


def _plain(value: int | Decimal | None) -> Cell:
    return "" if value is None else float(value) if isinstance(value, Decimal) else value


def _row(line: ShownLine, by: str, value: Cell, mark: str) -> tuple[Cell, ...]:
    numerator = mark if line.hidden and line.numerator is None else _or_blank(line.numerator)
    return (line.id, line.title, by, value, line.unit, numerator, _or_blank(line.denominator), " ".join(line.notes))


def _or_blank(number: int | None) -> Cell:
    return "" if number is None else number


def safe_cell(value: Cell) -> Cell:
    """Quote a text that a spreadsheet would take for a formula."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _csv(summary: Summary) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    about = (summary.period.label, summary.recipient, summary.state)
    writer.writerow((*_HEADINGS, "period", "recipient", "state"))
    for row in rows(summary):
        writer.writerow([safe_cell(value) for value in (*row, *about)])
    return text.getvalue().encode()


def _xlsx(summary: Summary) -> bytes:
    import xlsxwriter  # noqa: PLC0415  half a second that only a workbook needs

    content = io.BytesIO()
    workbook: Any = xlsxwriter.Workbook(content, _NO_GUESSING)
    bold = workbook.add_format({"bold": True})
    figures, about = workbook.add_worksheet("Summary"), workbook.add_worksheet("About")
    figures.write_row(0, 0, _HEADINGS, bold)
    for place, row in enumerate(rows(summary), start=1):
        figures.write_row(place, 0, row)
    figures.set_column(0, 0, 24)
    figures.set_column(1, 2, 36)
    for place, (name, value) in enumerate(cover(summary)):
        about.write(place, 0, name, bold)
        about.write(place, 1, value)
    about.set_column(0, 1, 36)
    workbook.close()
    return content.getvalue()
