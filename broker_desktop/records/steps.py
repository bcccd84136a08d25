"""The workflow of a record: which step may follow which, as a declaration.

Steps may be left out (they are often written down at the end of a shift), never gone back without a reason: that is a
correction. What is imported is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from broker_desktop.records.rules import Issue, Severity

BACK = "This goes back to an earlier step. If that is a correction, write beside Save why it is changed."


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What may follow what in a code field."""

    field: str
    following: Mapping[str, tuple[str, ...]]
    """Every step with those that come right after it."""

    @cached_property
    def _ahead(self) -> Mapping[str, frozenset[str]]:
        found = {}
        for start in self.following:
            seen: set[str] = set()
            waiting = list(self.following[start])
            while waiting:
                step = waiting.pop()
                if step not in seen:
                    seen.add(step)
                    waiting += self.following.get(step, ())
            found[start] = frozenset(seen)
        return found

    def may_follow(self, before: str, after: str) -> bool:
        """Tell whether a step comes after another one, with or without steps between; a step follows itself."""
        return before == after or before not in self._ahead or after in self._ahead[before]

    def check(self, before: Mapping[str, Any], after: Mapping[str, Any], *, explained: bool) -> tuple[Issue, ...]:
        """Ask for a reason where a change goes back."""
        was, becomes = before.get(self.field), after.get(self.field)
        if explained or type(was) is not str or type(becomes) is not str or self.may_follow(was, becomes):
            return ()
        return (Issue(self.field, BACK, Severity.REQUIRE),)
