"""Counting people by what their own record says: sex, age band, where they live, whether they are in treatment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from broker_desktop.records.answer import Payload, answer_of
from broker_desktop.records.measure.line import Asked, Figure, Of, Tally
from broker_desktop.records.measure.tally import Cut, People, PeopleTally, cells_of
from broker_desktop.records.person import PERSON


class Seen:
    """The people of a count whose own records are wanted."""

    def __init__(self, asked: Asked) -> None:
        """Begin with nobody."""
        self._of: list[PeopleTally] = []

    def also(self, tally: PeopleTally) -> None:
        """Want the records of the people that another tally finds."""
        if tally not in self._of:
            self._of.append(tally)

    def ids(self) -> set[str]:
        """Give them all, once everything else was read."""
        return set[str]().union(*(one.people for one in self._of))


def answered(field: str) -> Callable[[Payload, Asked], tuple[str | None, ...]]:
    """Read a code, or why there is none: declined, not_asked, unknown, not_applicable; None where nothing was said."""

    def read(row: Payload, asked: Asked) -> tuple[str | None, ...]:
        value = row.get(field)
        return (value if type(value) is str else answer_of(value),)

    return read


def by_answer(field: str) -> Cut:
    """Cut people by one answer of their record."""
    return Cut(field, answered(field))


@dataclass(frozen=True, slots=True, eq=False)
class PeopleByAnswer:
    """Count the people of `base` whose record `where` holds of, by an answer of their own.

    Without `where` everybody of `base` counts, also those whose record is not held here: they are unanswered. The line
    has `base` as its denominator.
    """

    base: People
    by: Cut | None = None
    where: Callable[[Payload, Asked], bool] | None = None

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records of people."""
        return (Of(PERSON, self._is_meant),)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        base = asked.tally(self.base)
        assert isinstance(base, PeopleTally)
        asked.shared(Seen).also(base)
        return _AnswersTally(self, base, asked)

    def _is_meant(self, row: Payload, asked: Asked) -> bool:
        base = asked.tally(self.base)
        in_base = isinstance(base, PeopleTally) and row.get("_id") in base.people
        return in_base and (self.where is None or self.where(row, asked))


class _AnswersTally:
    def __init__(self, rule: PeopleByAnswer, base: PeopleTally, asked: Asked) -> None:
        self._rule, self._base, self._asked = rule, base, asked
        self._n = 0
        self._cells: Counter[tuple[str | None, ...]] = Counter()

    def take(self, row: Payload) -> None:
        """Count a person."""
        self._n += 1
        if self._rule.by is not None:
            self._cells.update((code,) for code in self._rule.by.codes(row, self._asked))

    def figure(self) -> Figure:
        """Give how many people, and by what they answered."""
        by, n = self._rule.by, self._n
        if self._rule.where is None:
            self._cells[(None,)] += len(self._base.people) - n
            n = len(self._base.people)
        return Figure(n, cells=cells_of((by,), self._cells) if by else ())
