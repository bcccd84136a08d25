"""Suggestions for a mapping: which field a column is most like, and which code a value. Only ever suggestions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.field import Code, Codes, YesNo
from broker_desktop.records.paths import Target

_CUTOFF: Final = 0.72
_YES: Final = frozenset({"y", "yes", "true", "1", "x"})
_NO: Final = frozenset({"n", "no", "false", "0"})
_UNSAID: Final = {
    "refused": "declined", "declined": "declined", "not asked": "not_asked", "not known": "unknown",
    "unknown": "unknown", "n/k": "unknown", "n/a": "not_applicable", "not applicable": "not_applicable",
}  # fmt: skip
_MEANT: Final = {
    "dob": "born_on", "date of birth": "born_on", "surname": "family_name", "last name": "family_name",
    "first name": "given_name", "forename": "given_name", "gender": "sex", "yob": "year_of_birth",
    "id": "external_id", "ref": "external_id", "number": "external_id",
    "date": "occurred_at", "when": "occurred_at", "notes": "note", "comment": "note", "comments": "note",
    "housing": "accommodation_status", "area": "locality", "district": "locality", "postcode district": "locality",
    "code": "person.code", "initials": "person.code", "location": "venue",
}  # fmt: skip
"""Headings that mean a field whose words are nothing like them."""


def _said(text: str) -> str:
    return re.sub(r"[^a-z0-9/]+", " ", text.casefold()).strip()


def suggested_paths(columns: Iterable[str], places: Iterable[Target]) -> dict[str, str]:
    """Give each column the place most like its heading; every place once, columns like nothing are left out."""
    open_places = {one.path: one for one in places}
    found: dict[str, str] = {}
    for cutoff in (1.0, _CUTOFF):
        for column in columns:
            if column in found:
                continue
            path = _path_like(_said(column), open_places, cutoff)
            if path is not None:
                found[column] = path
                del open_places[path]
    return found


def _path_like(heading: str, places: Mapping[str, Target], cutoff: float) -> str | None:
    meant = _MEANT.get(heading, _MEANT.get(heading.rpartition(" ")[2]))
    for path in (heading.replace(" ", "_"), meant):
        if path in places:
            return path
    if heading == "code" and "code" in places:
        return "code"
    names: dict[str, str] = {}
    for path, one in places.items():
        names.setdefault(_said(one.label), path)
        names.setdefault(_said(path), path)
    near = nearest(heading, names, cutoff=cutoff)
    return None if near is None else names[near]


def suggested_values(texts: Iterable[str], target: Target, codes: CodeLists) -> dict[str, Any]:
    """Give each text of a column that is no code itself what it most likely means; texts like nothing are left out."""
    field = target.field
    found: dict[str, Any] = {}
    for text in texts:
        said = _said(text)
        if isinstance(field, YesNo):
            meant: Any = "yes" if said in _YES else "no" if said in _NO else None
        elif isinstance(field, Code | Codes) and text not in codes.known(field.list_id):
            meant = _code_like(said, field.list_id, codes)
        else:
            continue
        if meant is None and said in _UNSAID:
            meant = {"answer": _UNSAID[said]}
        if meant is not None:
            found[text] = meant
    return found


def _code_like(said: str, list_id: str, codes: CodeLists) -> str | None:
    names: dict[str, str] = {}
    for one in codes.entries(list_id):
        names.setdefault(_said(one.code), one.code)
        names.setdefault(_said(one.label), one.code)
    if said in names:
        return names[said]
    starts = {code for name, code in names.items() if len(said) < 3 and name.startswith(said)}
    if len(starts) == 1:
        return starts.pop()
    near = nearest(said, names, cutoff=_CUTOFF) if len(said) > 3 else None
    return None if near is None else names[near]
