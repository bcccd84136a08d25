"""The question for a calendar month, such as the one a pharmacy's sheet is about. Holds no value, reads no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import parse_month, show_month
from broker_desktop.records.field import NOTHING_WRONG, UNREADABLE, Field, wrong
from broker_desktop.records.rules import CheckContext, Issue


@dataclass(frozen=True, kw_only=True)
class Month(Field):
    """A month, as YYYY-MM (contract.md, `nx_tally`)."""

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no month, and months that have not begun."""
        month = parse_month(value)
        if month is None:
            return wrong("Write the month as year-month, such as 2026-11.")
        if month > context.today:
            return wrong("This month has not begun yet. Please check it.")
        return NOTHING_WRONG

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Write the month for people."""
        month = parse_month(value)
        return UNREADABLE if month is None else show_month(month)
