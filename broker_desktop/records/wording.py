"""Free text that should hold nobody: looks for phone numbers, postcodes and what reads like a name.

Only ever a warning, in the writer's own form: a program cannot know a name for sure, and the words stay the writer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.rules import CheckContext, Issue, Severity, value_at

_PHONE: Final = re.compile(r"(?<![\w.])(\+44|0)(?:[\s().-]*\d){9,10}(?!\d)", re.ASCII)
_POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.ASCII | re.IGNORECASE)
_NAME: Final = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+[A-Z]\w+|\b[A-Z][a-z]{2,}\s+[A-Z][a-z]{2,}")
_PLACES: Final = ("place", "locality", "team", "service")


@dataclass(frozen=True, kw_only=True, slots=True)
class NobodyNamed:
    """Warns of a phone number or a postcode in free text, and of a name where `names` says so (domain.md 2.3, 4.7)."""

    fields: tuple[str, ...]
    names: bool = False

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Look through the texts; an import is not asked."""
        return () if context.importing else tuple(self._found(payload, context))

    def _found(self, payload: Mapping[str, Any], context: CheckContext) -> Iterator[Issue]:
        for path in self.fields:
            text = value_at(payload, path)
            if not isinstance(text, str):
                continue
            if _PHONE.search(text):
                yield _warning(path, "This looks like a phone number. Please leave it out.")
            if _POSTCODE.search(text):
                yield _warning(path, "This looks like a postcode. Please name the area only.")
            if self.names and _reads_like_a_name(text, context):
                yield _warning(path, "This may be somebody's name. No names of dealers or of anybody else, please.")


def _reads_like_a_name(text: str, context: CheckContext) -> bool:
    """Look for two words with capitals once the places, teams and services of the pack are taken out."""
    known = {entry.label for name in _PLACES for entry in context.codes.entries(name)}
    for label in sorted(known, key=len, reverse=True):
        text = re.sub(re.escape(label), ".", text, flags=re.IGNORECASE)
    return _NAME.search(text) is not None


def _warning(path: str, message: str) -> Issue:
    return Issue(path, message, Severity.WARN)
