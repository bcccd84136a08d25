"""A summary as CSV, for programs and spreadsheets: codes as codes, a hidden figure as its mark.

A text that a spreadsheet would take for a formula is written so that it is not.
"""

from __future__ import annotations

import csv
import io
from typing import Final

from broker_desktop.session.exports.rests_on import rest_rows
from broker_desktop.session.exports.table import COLUMNS, Cell, mark_told, rows
from broker_desktop.session.summary import Summary

MARK: Final = "mark"
"""What stands in place of a line's id where a row says what stands beside the figures."""
RESTS_ON: Final = "completeness"
"""What stands in place of a line's id where a row says what the figures rest on."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(summary: Summary) -> str:
    """Give the table with period, recipient and state in every row; marks and what it rests on in rows of their own."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    about = (summary.period.label, summary.recipient, summary.state)
    writer.writerow((*COLUMNS, "period", "recipient", "state"))
    marks = [(MARK, mark_told(mark), "", "", "", "", "", "") for mark in summary.marks]
    for row in (*rows(summary), *marks):
        writer.writerow([safe_cell(value) for value in (*row, *about)])
    for name, said in rest_rows(summary):
        writer.writerow([safe_cell(value) for value in (RESTS_ON, name, "", said, "", "", "", "", *about)])
    return text.getvalue()


def safe_cell(value: Cell) -> Cell:
    """Quote a text that a spreadsheet would take for a formula."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
