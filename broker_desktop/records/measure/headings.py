"""The headings under which the lines of a summary stand, and a lead writes a commentary to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HEADINGS: Final[Mapping[str, str]] = {
    "contacts": "Contacts and people",
    "exchange": "Needle exchange",
    "advice": "Advice and overdose",
    "bbv": "Blood-borne viruses",
    "referrals": "Referrals",
    "brokers": "Brokers and groups",
    "treatment": "TOP forms and coming back",
    "families": "Safeguarding and families",
    "life": "Housing and work",
    "who": "Who they are and what they use",
    "reports": "Feedback and reports",
    "quality": "How good the records are",
}
"""Heading code to its words, in their order."""

_NUMBERS: Final = {
    "contacts": (1, 2, 3, 15),
    "exchange": (4, 5, 6, 7, 8, 9),
    "advice": (10, 18),
    "bbv": (11, 12),
    "referrals": (13, 14),
    "brokers": (16, 17),
    "treatment": (19, 25),
    "families": (20, 30),
    "life": (21, 22),
    "who": (23, 24),
    "reports": (26, 27, 29),
    "quality": (28,),
}
_BY_NUMBER: Final = {number: code for code, numbers in _NUMBERS.items() for number in numbers}


def heading_of(line_id: str) -> str:
    """Give the code of the heading of a line, such as `exchange` for MS-04.not_attributable."""
    return _BY_NUMBER[int(line_id.partition(".")[0].removeprefix("MS-"))]
