"""A summary as a file: JSON, CSV, a workbook or a paper. Each format has a module; none of them counts or hides.

`table` says what stands in every format, `dictionary` what each line counts. The libraries of a format are loaded when
it is first written. Files are handed on by `session.handing_on` alone, which notes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from broker_desktop.errors import UsageError
from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.csv_text import csv_text
from broker_desktop.session.exports.paper import paper
from broker_desktop.session.exports.under_way import Told, silent
from broker_desktop.session.exports.workbook import workbook
from broker_desktop.session.summary import Summary

__all__ = ["BINARY", "FORMATS", "Beside", "Told", "silent", "to_bytes"]

FORMATS: Final = ("xlsx", "pdf", "csv", "json")
BINARY: Final = frozenset({"xlsx", "pdf"})
"""Those that are not text."""
_NOTHING: Final = Beside()


def to_bytes(
    summary: Summary, file_format: str, beside: Beside = _NOTHING, told: Told = silent, folder: Path | None = None
) -> bytes:
    """Give the content of a file: the same for the same summary. Raises UsageError for none of FORMATS.

    A workbook lies in parts in `folder` (or where the system keeps such files) until it is put together.
    """
    if file_format == "json":
        return (json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n").encode()
    if file_format == "csv":
        return csv_text(summary).encode()
    if file_format == "xlsx":
        return workbook(summary, beside, told, folder)
    if file_format == "pdf":
        return paper(summary, beside)
    raise UsageError(f"A summary is written as {', '.join(FORMATS)}.")
