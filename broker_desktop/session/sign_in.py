"""A sign-in sheet or a paper sheet from a wet night: many contacts of one place and day, typed in one go.

One line for one person: a code, or a dash for somebody anonymous; `+5` stands for five anonymous people. Every line
becomes a contact of its own, all of them or none (requirements.md PORT09-032; domain.md 9, 9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from broker_desktop.errors import BadInput, Place
from broker_desktop.records import record_type
from broker_desktop.records.answer import Reason, answer
from broker_desktop.session.commands import save_many
from broker_desktop.session.context import Context

_CONTACT: Final = "contact"
_ANONYMOUS: Final = {"-", "–", "?"}
_SEVERAL = re.compile(r"\+\s*(\d{1,3})")


def save_sheet(context: Context, shared: Mapping[str, Any], who: str, *, draft: str | None = None) -> int:
    """Store one contact for each line of `who` with the answers that all of them share; returns how many.

    The draft of the sheet goes with it.

    Raises:
        Refused: a rule stands against a line. BadInput: nobody is on the sheet.
    """
    kind = record_type(_CONTACT)
    people = list(_people(who))
    if not people:
        words = "Nobody is on the sheet yet: one code a line, or a dash for somebody anonymous."
        raise BadInput(words, place=Place(None, "who"))
    unasked = answer(Reason.NOT_ASKED)
    payloads = [
        {**shared, "person": None} if code is None else {**shared, "person": {"code": code}, "next_step": unasked}
        for code in people
    ]
    return len(save_many(context, kind, payloads, draft=draft))


def _people(who: str) -> Iterator[str | None]:
    """Give the code on each line, None for somebody anonymous; empty lines are nobody."""
    for line in who.splitlines():
        words = line.strip()
        several = _SEVERAL.fullmatch(words)
        if several is not None:
            yield from [None] * int(several.group(1))
        elif words in _ANONYMOUS:
            yield None
        elif words:
            yield words
