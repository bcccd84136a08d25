"""Rules about people and meeting them: a next step or none, a group without names, somebody under age.

Like all rules they look at one payload and the clock that was handed in, and change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.answer import is_answered
from broker_desktop.records.dates import parse_day
from broker_desktop.records.rules import CheckContext, Issue, Severity, value_at

ADULT: Final = 18
_UNDER: Final = frozenset({"under_16", "16_17"})


@dataclass(frozen=True, kw_only=True, slots=True)
class UnderAge:
    """Somebody under 18 is helped, and the young people's service and safeguarding are named (BIRM15-006)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn; nobody is turned away by a form."""
        if context.importing:
            return ()
        field = next(
            (name for name in ("born_on", "year_of_birth", "age_band") if self._young(name, payload, context)), ""
        )
        if not field:
            return ()
        message = (
            "Under 18: offer the young people's service, and raise it with the lead if anything worries you. "
            "Help them now all the same."
        )
        return (Issue(field, message, Severity.WARN),)

    def _young(self, name: str, payload: Mapping[str, Any], context: CheckContext) -> bool:
        value, today = payload.get(name), context.today
        if name == "age_band":
            return isinstance(value, str) and value in _UNDER
        if name == "year_of_birth":
            return type(value) is int and today.year - value < ADULT
        born = parse_day(value) if isinstance(value, str) else None
        if born is None:
            return False
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStepOrNone:
    """A contact with somebody we know ends with a next step, or with the words that none is wanted (PORT12-33)."""

    person: str = "person"
    step: str = "next_step"
    instead: tuple[str, ...] = ()
    """Dotted paths that say as much: the next try of an attempt, or why nobody tries again."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for it in a form; an import and an anonymous contact are not asked."""
        if context.importing or not is_answered(payload.get(self.person)):
            return ()
        step = payload.get(self.step)
        if isinstance(step, dict) and ("answer" in step or step.get("type") is not None):
            return ()
        if any(value_at(payload, path) is not None for path in self.instead):
            return ()
        message = "What happens next? Choose a step, or None if no next step is wanted."
        return (Issue(self.step, message, Severity.REQUIRE),)


@dataclass(frozen=True, kw_only=True, slots=True)
class OneOrMany:
    """A group is a number and nobody in particular: who was there is never a list (domain.md 4.1)."""

    person: str
    many: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask a form to choose: one person, or how many."""
        number = payload.get(self.many)
        if context.importing or not is_answered(payload.get(self.person)) or type(number) is not int or number < 2:
            return ()
        message = (
            "A group is a number only. Leave one of the two empty, and record the person as a contact of their own."
        )
        return (Issue(self.many, message, Severity.REQUIRE),)


@dataclass(frozen=True, kw_only=True, slots=True)
class OneOf:
    """A code is one of those that a list of the same record holds, such as the main drug among those named."""

    field: str
    of: str
    message: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask a form to mend it; an import keeps what it says."""
        one, many = payload.get(self.field), payload.get(self.of)
        if context.importing or type(one) is not str or not isinstance(many, list) or one in many:
            return ()
        return (Issue(self.field, self.message, Severity.REQUIRE),)
