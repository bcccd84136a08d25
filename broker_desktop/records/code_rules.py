"""What is wrong with a code: not in its list, or not on the day of the record.

One place for every kind of question that takes codes; the words name the list and the nearest code, never the value.
"""

from __future__ import annotations

from collections.abc import Sequence

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import show_day
from broker_desktop.records.rules import CheckContext, Issue


def code_issues(list_id: str, value: object, context: CheckContext) -> Sequence[Issue]:
    """Refuse a code that is not in the list, naming the nearest, and one that the record's day does not have."""
    entry = context.codes.known(list_id).get(value) if type(value) is str else None
    if entry is None:
        return unknown_code(list_id, value, context.codes)
    day = context.event_day
    if day is None or entry.holds_on(day):
        return ()
    if entry.valid_to is not None and day > entry.valid_to:
        return _wrong(f"This ended on {show_day(entry.valid_to)}. Choose another one for a later day.")
    first = entry.valid_from or day
    return _wrong(f"This begins on {show_day(first)}. Choose another one for an earlier day.")


def unknown_code(list_id: str, value: object, codes: CodeLists) -> Sequence[Issue]:
    """Refuse a code, with the nearest valid one."""
    if type(value) is not str:
        return _wrong(f"This takes one code of the list {list_id}, as text.")
    near = codes.nearest(list_id, value)
    if near is None:
        return _wrong(f"There is no such code: the list {list_id} is empty in this team's pack.")
    return _wrong(f"There is no such code in the list {list_id}. Did you mean {near}?", near)


def _wrong(message: str, nearest: str | None = None) -> tuple[Issue, ...]:
    return (Issue("", message, nearest=nearest),)
