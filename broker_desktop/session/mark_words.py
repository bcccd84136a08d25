"""What stands beside figures, in words: a disruption with its days and areas, or a line that fell and what explains it.

The one home of these words, for the window and for every file. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import show_event
from broker_desktop.session.part_words import code_words

Translate = Callable[[str, str], str]
SIGN: Final = "†"
"""Stands before the parts of the areas that a disruption covers."""
_AREAS: Final = ("locality", "lives_in")


def _untranslated(_context: str, text: str) -> str:
    """Files are in English."""
    return text


def mark_words(mark: Mapping[str, Any], codes: CodeLists | None = None, translate: Translate = _untranslated) -> str:
    """Write a mark; codes stand as codes where no lists are given. Which line fell is for the caller to say."""
    if mark["kind"] == "fall":
        return _fall_words(mark, translate)
    areas = [_coded("locality", code, codes) for code in mark["localities"]]
    where = ", ".join(areas) or translate("Summary", "no area named")
    until = show_event(mark["until"]) or translate("Summary", "now")
    said = translate("Summary", "Disruption from {first} until {until}: {where}")
    told = [said.format(first=show_event(mark["from"]), until=until, where=where)]
    known = {"disruption_reason": mark["reason"], "report_confidence": mark["confidence"]}
    told += [_coded(name, code, codes) for name, code in known.items() if code]
    return ". ".join(told)


def sign_words(translate: Translate = _untranslated) -> str:
    """Say what the sign before an area means."""
    return translate("Summary", "{sign}: a disruption of this period covers the area").format(sign=SIGN)


def in_disruption(by: Mapping[str, str | None], marks: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether a part of a line is of an area that one of the disruptions covers (requirements.md HAMP10-075)."""
    covered = {area for mark in marks if mark["kind"] != "fall" for area in mark["localities"]}
    return any(by.get(name) in covered for name in _AREAS)


def has_sign(lines: Iterable[Any], marks: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a part of any of these lines has the sign."""
    return any(in_disruption(cell.by, marks) for line in lines for cell in line.cells)


def with_sign(words: str, by: Mapping[str, str | None], marks: Iterable[Mapping[str, Any]]) -> str:
    """Give the words of a part, with the sign before those of an area that a disruption covers."""
    return f"{SIGN} {words}" if in_disruption(by, marks) else words


def _coded(name: str, code: str, codes: CodeLists | None) -> str:
    return code if codes is None else code_words(name, code, codes)


def _fall_words(mark: Mapping[str, Any], translate: Translate) -> str:
    if "change_points" in mark:
        change = translate("Summary", "{change} points").format(change=f"{mark['change_points']:+}")
    else:
        change = f"{mark['change_percent']:+} %"
    if mark["explained_by"]:
        why = translate("Summary", "a disruption is marked")
    else:
        why = translate("Summary", "unexplained")
    said = translate("Summary", "Fell from {before} to {after} ({change}): {why}")
    return said.format(before=mark["from"], after=mark["to"], change=change, why=why)
