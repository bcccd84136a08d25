"""The answers that are not values: declined, not asked, unknown, does not apply.

Every question can be refused (design.md 7). A refused question is never a blank and never a "no": it is stored as
`{"answer": "declined"}` in place of the value (contract.md, "Records as JSON"). This module knows that shape and
nothing about fields.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

Payload = dict[str, Any]
"""A record as contract.md writes it: field names to JSON-shaped values (Decimal in place of float)."""


class Reason(StrEnum):
    """Why a question has no value; the codes of list `reason_missing`."""

    DECLINED = "declined"
    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


REASON_LABELS: Final[dict[Reason, str]] = {
    Reason.DECLINED: "Didn't want to say",
    Reason.NOT_ASKED: "Not asked",
    Reason.UNKNOWN: "Not known",
    Reason.NOT_APPLICABLE: "Does not apply",
}

_REASONS: Final[dict[str, Reason]] = {reason.value: reason for reason in Reason}


def answer(reason: Reason) -> dict[str, str]:
    """Give a fresh answer object, ready to stand in place of a value."""
    return {"answer": reason.value}


def looks_like_answer(value: object) -> bool:
    """Tell whether a value is meant as an answer object, well formed or not."""
    return type(value) is dict and "answer" in value


def answer_of(value: object) -> Reason | None:
    """Give the reason that stands in place of a value, or None for everything else."""
    if type(value) is dict and len(value) == 1:
        found = value.get("answer")
        if type(found) is str:
            return _REASONS.get(found)
    return None


def is_answered(value: object) -> bool:
    """Tell whether a real value was given: neither absent nor refused."""
    return value is not None and not looks_like_answer(value)
