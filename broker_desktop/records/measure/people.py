"""Counting people by what their own record says: sex, age band, where they live, whether they are in treatment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from broker_desktop.records.answer import Payload, answer_of
from broker_desktop.records.measure.line import Asked, Figure, Of, Tally, Where
from broker_desktop.records.measure.tally import Cut, People, PeopleTally, cells_of, share_figure
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
        if type(value) is str:
            return (value,)
        refused = answer_of(value)
        return (None if refused is None else refused.value,)

    return read


def by_answer(field: str) -> Cut:
    """Cut people by one answer of their record."""
    return Cut(field, answered(field))


@dataclass(frozen=True, slots=True, eq=False)
class PeopleByAnswer:
    """Count the people of `base` whose record `where` holds of, by an answer of their own.

    Somebody whose record is not held here has answered nothing. `records` counts their records of `base` in place of
    them; without `where` those of nobody in particular are among the unanswered.
    """

    base: People
    by: Cut | None = None
    where: Where | None = None
    records: bool = False
    across: tuple[Cut, ...] = ()
    """Further cuts: a part is then one answer of each."""

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Every cut, in the order in which a part names them."""
        return () if self.by is None else (self.by, *self.across)

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
        """Count a person, or the records of that person."""
        many = self._base.records[row["_id"]] if self._rule.records else 1
        self._n += many
        if self._rule.cuts:
            for key in product(*(cut.codes(row, self._asked) for cut in self._rule.cuts)):
                self._cells[key] += many

    def figure(self) -> Figure:
        """Give how many, and by what they answered."""
        if self._rule.records and self._rule.where is None:
            nobodys = self._base.records[None]
            self._n += nobodys
            self._cells[(None,) * len(self._rule.cuts)] += nobodys
        cuts = self._rule.cuts
        return Figure(self._n, cells=cells_of(cuts, self._cells) if cuts else ())


@dataclass(frozen=True, slots=True, eq=False)
class ShareByAnswer:
    """Of the people of `base`, the share of those who are in `among` too: in all, and by an answer of their own.

    With `where` only those of the base whose record it holds of.
    """

    base: People
    among: People
    by: Cut | None = None
    where: Where | None = None

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records of people, and those that say who is among them."""
        return (Of(PERSON, self._is_meant),)

    @property
    def rests_on(self) -> tuple[People, ...]:
        """What else must be counted for it."""
        return (self.among,)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        base, among = asked.tally(self.base), asked.tally(self.among)
        assert isinstance(base, PeopleTally)
        assert isinstance(among, PeopleTally)
        asked.shared(Seen).also(base)
        return _ShareTally(self.by, among, asked)

    def _is_meant(self, row: Payload, asked: Asked) -> bool:
        base = asked.tally(self.base)
        in_base = isinstance(base, PeopleTally) and row.get("_id") in base.people
        return in_base and (self.where is None or self.where(row, asked))


class _ShareTally:
    def __init__(self, by: Cut | None, among: PeopleTally, asked: Asked) -> None:
        self._by, self._among, self._asked = by, among, asked
        self._all: Counter[str | None] = Counter()
        self._of_them: Counter[str | None] = Counter()

    def take(self, row: Payload) -> None:
        """Count a person, and whether they are among those who are asked for."""
        for code in self._by.codes(row, self._asked) if self._by else (None,):
            self._all[code] += 1
            self._of_them[code] += row["_id"] in self._among.people

    def figure(self) -> Figure:
        """Give the share in percent, in all and by answer, the unanswered last."""
        return share_figure(self._of_them, self._all, self._by.name if self._by else None)
