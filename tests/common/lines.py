"""Records of a line or two and the lines counted from them: what tests of figures write their cases with.

Short forms of records as an import brings them, never complete ones, and no figure: what is expected stands in the
test. A test whose cases lie in another month hands in its own days.
"""

from __future__ import annotations

from typing import Any

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import Line, count_lines
from tests.common.facts import LineFacts

DAY = "2026-11-10"


def counted(
    codes: CodeLists, *records: dict[str, Any], first: str = "2026-11-01", last: str = "2026-11-30"
) -> dict[str, Line]:
    """Count all lines over records, by their ids."""
    return {line.id: line for line in count_lines(LineFacts.of(records, codes), first, last, codes)}


def cells(line: Line) -> dict[Any, Any]:
    """Give the parts of a line by their codes, zeros too: one code as itself, several as a tuple."""
    found = {tuple(cell.by.values()): cell.value for cell in line.cells}
    return {key[0] if len(key) == 1 else key: value for key, value in found.items()}


def person(code: str, **more: Any) -> dict[str, Any]:
    """Give somebody who is known by a code."""
    return {"type": "person", "identity_level": "code", "code": code, **more}


def contact(code: str | None = None, **more: Any) -> dict[str, Any]:
    """Give a meeting, without a code of nobody in particular."""
    met = {"type": "contact", "occurred_at": DAY, "kind": "planned", "outcome": ["seen"], "person": _who(code)}
    return {**met, **more}


def visit(code: str | None = None, **more: Any) -> dict[str, Any]:
    """Give a visit of the needle exchange, without a code of nobody in particular."""
    came = {"type": "nx_visit", "occurred_at": DAY, "site_type": "fixed", "person": _who(code), "items": {}}
    return {**came, **more}


def referral(code: str = "JOHN80M", *events: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Give a referral out with its steps, each a code and a day."""
    steps = [{"event": event, "on": on} for event, on in events]
    made = {"type": "referral", "made_on": DAY, "direction": "out", "person": _who(code), "events": steps}
    return {**made, **more}


def _who(code: str | None) -> dict[str, str] | None:
    return None if code is None else {"code": code}
