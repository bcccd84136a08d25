"""A service's own words in place of the program's (requirements.md section 6, cautions 1 and 2).

Declarations speak of brokers, hubs and spokes; one service says peer mentor, another recovery broker. Only words that
people read change; names, codes and rules never do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_WORDS: Final = {"peer": "(?:peer or recovery |recovery |peer )?broker", "hub": "hub", "spoke": "spoke"}
"""Label of a pack to the word of the declarations that it stands for."""

_WHOLE: Final = {"team": "Team"}
"""Label of a pack to a question that it renames; "the team" in a sentence is everybody who uses the program."""

_PATTERN: Final = re.compile(rf"\b(?:{'|'.join(f'(?P<{name}>{word})' for name, word in _WORDS.items())})(?=s?\b)", re.I)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a pack."""

    labels: Mapping[str, str]

    def words(self, text: str) -> str:
        """Put the service's words into a text."""
        if not any(self.labels.get(name) for name in (*_WORDS, *_WHOLE)):
            return text
        for name, whole in _WHOLE.items():
            if text == whole and self.labels.get(name):
                return _capital(self.labels[name])
        return _PATTERN.sub(self._own, text)

    def _own(self, found: re.Match[str]) -> str:
        label = self.labels.get(found.lastgroup or "")
        if not label:
            return found[0]
        return _capital(label) if found[0][0].isupper() else label


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
