"""What a person types to fill a gap, read as the value that the pack then holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from broker_desktop.records.pack.editing import with_answer
from broker_desktop.records.pack.needs import Need
from broker_desktop.records.pack.reading import Pack

_PARTS: Final = 2


class Unreadable(ValueError):
    """What was typed is no answer to the question; the message says how to write it."""


def answered(need: Need, typed: str) -> object:
    """Read an answer. Raises Unreadable."""
    words = typed.strip()
    if need.kind == "age":
        if not words.isdigit():
            raise Unreadable("Write the age in figures, for example 18.")
        return int(words)
    if need.kind == "day":
        return _day(words)
    parts = [part.strip() for part in words.split(",") if part.strip()]
    if need.kind == "names":
        return parts
    if need.kind == "sign_off":
        if len(parts) < _PARTS:
            raise Unreadable("Write who and the day, with a comma between: Dr A. Example, clinical lead, 2026-04-01.")
        role = {"role": ", ".join(parts[1:-1])} if len(parts) > _PARTS else {}
        return {"by": parts[0], **role, "day": _day(parts[-1])}
    return words


def new_pack(source: Pack, pack_id: str, title: str, answers: Mapping[str, object]) -> str:
    """Give the text of a new pack made from another one: its own id and title, its words, and the answers.

    The new pack keeps the month in which the source's year begins, whatever day it is in force from.
    """
    text = source.text
    for path, value in {"pack": pack_id, "title": title, **answers}.items():
        text = with_answer(text, path, value)
    if "valid_from" in answers and not source.part("reporting").get("contract_year_start"):
        text = with_answer(text, "reporting.contract_year_start", f"{source.year_start:02d}-01")
    return text


def _day(words: str) -> date:
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", words)
    turned = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", words)
    numbers = found.groups() if found else turned.groups()[::-1] if turned else ()
    try:
        year, month, day = map(int, numbers)
        return date(year, month, day)
    except ValueError:
        raise Unreadable("Write a day that exists, for example 01/04/2026.") from None
