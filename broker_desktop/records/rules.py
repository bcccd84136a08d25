"""What is wrong with a record, and the rules that look at more than one field.

Rules are values in a declaration. They look at a payload whose fields have already passed on their own, at the code
lists and at the clock that was handed in; they change nothing and know no screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from broker_desktop.records.answer import is_answered
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import day_of, parse_moment

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""A moment further ahead of the program's clock than this is refused (contract.md, Time)."""

LATE_AFTER: Final = timedelta(days=7)


class Severity(StrEnum):
    """How far an issue goes."""

    REFUSE = "refuse"
    """Never stored, whoever hands it in."""
    REQUIRE = "require"
    """A form or `record add` has to mend it; an import takes the record as it stands."""
    WARN = "warn"
    """Shown, never in the way."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to say about one place of a record; the message never holds a value that somebody recorded."""

    path: str
    """Names joined by a dot, list places from 0; empty for the record as a whole."""
    message: str
    severity: Severity = Severity.REFUSE
    nearest: str | None = None
    """The valid name most like the one given."""

    def under(self, name: str) -> Issue:
        """Give the same issue one level further out."""
        return replace(self, path=f"{name}.{self.path}" if self.path else name)


class Neighbours(Protocol):
    """Looks up other records for a rule: payloads with their `id`, not voided, of the types this seat may read."""

    def __call__(
        self, type_name: str, where: Sequence[tuple[str, str]] = (), since: str | None = None, until: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Give those whose fields (dotted path, text) are equal, with an event day in the days given."""
        ...


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check needs beside the record: code lists, the time, and whether an import is asking."""

    codes: CodeLists
    now: datetime
    """With an offset."""
    importing: bool = False
    neighbours: Neighbours | None = None
    """None in an import and wherever no vault is open: a rule that needs other records then says nothing."""
    own: str | None = None
    """The id of the record that is being changed."""
    event_day: date | None = None
    """The day the record counts in, where that decides which codes it may hold."""
    latest: datetime = field(init=False)
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "latest", self.now + CLOCK_TOLERANCE)
        object.__setattr__(self, "today", day_of(self.latest))


def value_at(payload: Mapping[str, Any], path: str) -> object:
    """Give the value at a dotted path of names, None where the way ends."""
    value: object = payload
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def day_at(payload: Mapping[str, Any], path: str) -> date | None:
    """Give the London day at a dotted path, None where there is none to read."""
    moment = parse_moment(value_at(payload, path))
    return None if moment is None else day_of(moment)


@dataclass(frozen=True, slots=True)
class When:
    """Holds while a field has one of these codes; without codes, while it has any real answer.

    A star in the path stands for every place of a list: `events.*.event` asks whether any step is one of the codes.
    """

    field: str
    codes: tuple[str, ...] = ()
    unless: bool = False
    """The other way round: holds while it would not."""

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for a payload."""
        return self._given(payload) is not self.unless

    def _given(self, payload: Mapping[str, Any]) -> bool:
        if "*" in self.field:
            found = [value for _, value in _spread(payload, self.field.split("."))]
            return any(value in self.codes if self.codes else is_answered(value) for value in found)
        value = value_at(payload, self.field)
        if not self.codes:
            return is_answered(value)
        if isinstance(value, list):
            return any(code in self.codes for code in value)
        return isinstance(value, str) and value in self.codes


class Rule(Protocol):
    """Anything that finds issues in a payload whose fields are sound on their own."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Give what is wrong, nothing when all is well."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class NotBefore:
    """A day or moment is not before another one of the same record."""

    field: str
    """Dotted path; `*` stands for every key or place, as in `events.*.on`."""
    other: str
    message: str
    severity: Severity = Severity.REQUIRE

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Compare moments where both sides are moments, London days otherwise."""
        if context.importing and self.severity is Severity.REQUIRE:
            return ()
        other = parse_moment(value_at(payload, self.other))
        if other is None:
            return ()
        return [
            Issue(path, self.message, self.severity)
            for path, value in _spread(payload, self.field.split("."))
            if (moment := parse_moment(value)) is not None and _is_before(moment, other)
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class SomethingIn:
    """At least one of these fields holds something."""

    fields: tuple[str, ...]
    message: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Refuse a record in which all of them are absent or empty; a refused question counts as something."""
        if any(payload.get(name) for name in self.fields):
            return ()
        return (Issue(self.fields[0], self.message),)


@dataclass(frozen=True, kw_only=True, slots=True)
class NothingBut:
    """While a condition holds, only these fields may hold anything: the record is read by more people then."""

    holding: When
    fields: tuple[str, ...]
    message: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Refuse every other name that holds something; `id` and `type` are the record's own."""
        if not self.holding.holds(payload):
            return ()
        allowed = {*self.fields, "id", "type"}
        return [
            Issue(name, self.message) for name, value in payload.items() if value is not None and name not in allowed
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class SayWhyLate:
    """An entry long after the event is welcome, and says in a word why (look.md 7, text 19)."""

    event: str
    note: str = "note"

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn when the event is more than seven days back and there is no note; an import is not asked."""
        if context.importing or payload.get(self.note):
            return ()
        day = day_at(payload, self.event)
        age = timedelta(0) if day is None else context.today - day
        if age <= LATE_AFTER:
            return ()
        message = f"This was {age.days} days ago. That is fine: say in a word why it is late."
        return (Issue(self.event, message, Severity.WARN),)


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedsAnswer:
    """While one field holds something, another must be answered, if only with "didn't want to say"."""

    field: str
    given: str
    message: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for the answer when the other field is filled with a real value."""
        given = value_at(payload, self.given)
        if context.importing or not given or not is_answered(given) or value_at(payload, self.field) is not None:
            return ()
        return (Issue(self.field, self.message, Severity.REQUIRE),)


def _is_before(moment: datetime | date, other: datetime | date) -> bool:
    if isinstance(moment, datetime) and isinstance(other, datetime):
        return moment < other
    return day_of(moment) < day_of(other)


def _spread(value: object, names: Sequence[str], path: str = "") -> Iterator[tuple[str, object]]:
    """Walk a path with stars; yields the plain path and the value at its end."""
    if not names:
        yield path, value
        return
    name, rest = names[0], names[1:]
    inner: list[tuple[str, object]] = []
    if name == "*" and isinstance(value, list):
        inner = [(str(place), element) for place, element in enumerate(value)]
    elif name == "*" and isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, dict) and name in value:
        inner = [(name, value[name])]
    for key, element in inner:
        yield from _spread(element, rest, f"{path}.{key}" if path else key)
