"""A summary as a file: JSON, CSV, a workbook or a paper. Each format has a module; none of them counts or hides.

`table` says what stands in every format, `dictionary` what each line counts. The libraries of a format are loaded when
it is first written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from broker_desktop.errors import UsageError
from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.csv_text import csv_text, safe_cell
from broker_desktop.session.exports.paper import paper
from broker_desktop.session.exports.table import cover, mark_words, rows
from broker_desktop.session.exports.workbook import workbook
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.summary import Summary

__all__ = ["BINARY", "FORMATS", "Beside", "cover", "export", "mark_words", "rows", "safe_cell", "to_bytes"]

FORMATS: Final = ("json", "csv", "xlsx", "pdf")
BINARY: Final = frozenset({"xlsx", "pdf"})
"""Those that are not text."""
_NOTHING: Final = Beside()


def to_bytes(summary: Summary, file_format: str, beside: Beside = _NOTHING) -> bytes:
    """Give the content of a file: the same for the same summary. Raises UsageError for none of FORMATS."""
    if file_format == "json":
        return (json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n").encode()
    if file_format == "csv":
        return csv_text(summary).encode()
    if file_format == "xlsx":
        return workbook(summary, beside)
    if file_format == "pdf":
        return paper(summary, beside)
    raise UsageError(f"A summary is written as {', '.join(FORMATS)}.")


def export(summary: Summary, file_format: str, path: Path, beside: Beside = _NOTHING) -> None:
    """Write a summary to a file, over one that is there. Raises StorageProblem when it cannot be written."""
    keep_file(path, to_bytes(summary, file_format, beside))
