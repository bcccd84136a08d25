"""Answers that no code fits: "other", with a few words beside it.

A `Code` or `Codes` field that names its open codes in `other` gets a text field of its own, `<name>_other`, asked only
while one of those codes is chosen. The words stay for ever, also after somebody has re-coded the record: they are what
was said. Nothing here reads or writes a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.field import Code, Codes, Field, Text
from broker_desktop.records.rules import When

SUFFIX: Final = "_other"
LONGEST: Final = 120


def with_words(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Give the fields with the text of every open code right after its field; one that is there stays as it is."""
    declared = tuple(fields)
    names = {one.name for one in declared}
    found: list[Field] = []
    for one in declared:
        found.append(one)
        if isinstance(one, Code | Codes) and one.other and one.name + SUFFIX not in names:
            found.append(_words_of(one))
    return tuple(found)


def _words_of(field: Code | Codes) -> Text:
    return Text(
        name=field.name + SUFFIX,
        label=f"{field.label}: other, in their words",
        help="A few words. A lead or data officer can give it a code later; the words stay.",
        section=field.section,
        longest=LONGEST,
        identifying=True,
        later=field.later,
        when=When(field.name, field.other),
    )


def open_fields(fields: Iterable[Field]) -> tuple[Code | Codes, ...]:
    """Give the fields that take words where no code fits."""
    return tuple(one for one in fields if isinstance(one, Code | Codes) and one.other)


def same_words(text: str) -> str:
    """Give what two ways of writing the same words share: case and spaces do not count."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class Uncoded:
    """What one record says where no code fits: the open codes chosen, and the words."""

    codes: tuple[str, ...]
    words: str


def uncoded(field: Code | Codes, payload: dict[str, Any]) -> Uncoded | None:
    """Give the words of a record that stand for an open code of a field, None where there is nothing to code."""
    words, value = payload.get(field.name + SUFFIX), payload.get(field.name)
    if not isinstance(words, str) or not words.strip():
        return None
    chosen = value if isinstance(value, list) else [value]
    codes = tuple(code for code in field.other if code in chosen)
    return Uncoded(codes, words) if codes else None


def recoded(field: Code | Codes, value: Any, code: str) -> str | list[str]:
    """Give a value with its first open code replaced by another code; a code that is there already stays once."""
    if not isinstance(value, list):
        return code
    place = next(at for at, one in enumerate(value) if one in field.other)
    kept: Sequence[str] = [*value[:place], code, *value[place + 1 :]]
    return list(dict.fromkeys(kept))
