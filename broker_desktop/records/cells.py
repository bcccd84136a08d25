"""From the cell of a spreadsheet to the text that a field is read from: numbers, days and moments in their own kinds.

Texts are never guessed at: a day written in words of its own needs the format that the mapping names. Pure.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from broker_desktop.records.dates import LONDON
from broker_desktop.records.field import Day, Field, Moment

Cell = str | int | float | bool | date | datetime | time | Decimal | None
"""What a cell holds; CSV has texts only."""

_SHEET_ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_TOKENS: Final = (
    ("YYYY", "%Y"), ("YY", "%y"), ("MMM", "%b"), ("MM", "%m"), ("DD", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"),
)  # fmt: skip
_TOKEN = re.compile("|".join(token for token, _ in _TOKENS))

DATE_FORMATS: Final = (
    "DD/MM/YYYY", "DD/MM/YYYY HH:mm", "DD-MM-YYYY", "DD.MM.YYYY", "YYYY-MM-DD", "YYYY-MM-DD HH:mm", "DD MMM YYYY",
    "MM/DD/YYYY", "DD/MM/YY",
)  # fmt: skip
"""Formats that are tried when one has to be suggested, the British ones first."""


class CellTrouble(ValueError):
    """A cell that cannot be read; the message is a sentence without the value."""


def cell_text(cell: Cell, field: Field, date_format: str | None = None) -> str:
    """Give the text of a cell for a field. Raises CellTrouble."""
    if isinstance(cell, str):
        text = cell.strip()
        if text in _SHEET_ERRORS:
            raise CellTrouble("The spreadsheet shows an error in this cell. Mend the formula and save it again.")
        if text and date_format and isinstance(field, Day | Moment):
            return _written(_parsed(text, date_format), field)
        return text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime | date):
        return _written(cell, field)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(Decimal(repr(cell)))
    return str(cell)


def _parsed(text: str, date_format: str) -> datetime:
    try:
        return datetime.strptime(text, strptime_format(date_format))  # noqa: DTZ007  the hour is London's, see _written
    except ValueError:
        raise CellTrouble(f"This is no day in the format {date_format} that the mapping names.") from None


def strptime_format(date_format: str) -> str:
    """Turn `DD/MM/YYYY HH:mm` into what Python reads. Raises ValueError for a format without a day, month and year."""
    turned = _TOKEN.sub(lambda found: dict(_TOKENS)[found[0]], date_format.replace("%", "%%"))
    if not all(any(part in turned for part in parts) for parts in (("%Y", "%y"), ("%b", "%m"), ("%d",))):
        raise ValueError("A date format has a day, a month and a year, such as DD/MM/YYYY.")
    return turned


def _written(moment: datetime | date, field: Field) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    at_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    if at_midnight or isinstance(field, Day):
        return moment.date().isoformat()
    local = moment if moment.tzinfo else moment.replace(tzinfo=LONDON)
    return local.isoformat(timespec="seconds")


def date_format_of(samples: list[str]) -> str | None:
    """Give the first format that reads every sample, None where none does or there is no sample."""
    return next((one for one in DATE_FORMATS if samples and all(_reads(one, text) for text in samples)), None)


def _reads(date_format: str, text: str) -> bool:
    try:
        _parsed(text, date_format)
    except CellTrouble:
        return False
    return True
