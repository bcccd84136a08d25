"""How good the records are: answers missing, days until written down and until synced, people merged (MS-28).

An answer is missing where a form must ask and nothing stands, or only that it was not asked. "Did not want to say" is
an answer (contract.md, "Rules for every type").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from broker_desktop.records.answer import Payload, Reason, answer_of
from broker_desktop.records.broker_contact import BROKER_CONTACT
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Figure, Of, Tally
from broker_desktop.records.measure.reading import asked_once, code_of, days_between
from broker_desktop.records.measure.tally import Middle, Total
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.referral import REFERRAL
from broker_desktop.records.rules import When

LOOKED_AT: Final = (CONTACT, NX_VISIT, REFERRAL, BROKER_CONTACT)
"""The record types whose answers are looked at."""
ALL_LOOKED_AT: Final = tuple(Of(kind) for kind in LOOKED_AT)
"""All records of them."""


def _asked_of(kind: RecordType) -> tuple[tuple[str, str, When | None], ...]:
    """Give the questions that a form must ask but who it is: name, name with its type, and when it must."""
    found: list[tuple[str, str, When | None]] = []
    for one in kind.fields:
        if one.name != "person" and one.refusable and (one.required or one.require_when is not None):
            condition = one.required if isinstance(one.required, When) else one.require_when
            found.append((one.name, f"{kind.name}.{one.name}", condition))
    return tuple(found)


_QUESTIONS: Final = {kind.name: _asked_of(kind) for kind in LOOKED_AT}


def is_missing(value: object) -> bool:
    """Tell whether nothing was answered."""
    return value is None or (type(value) is dict and answer_of(value) is Reason.NOT_ASKED)


@asked_once
def questions_of(row: Payload, asked: Asked) -> tuple[int, list[str]]:
    """Give how many questions had to be asked of a record, and the names of those without an answer."""
    count, missing = 0, []
    for name, told, condition in _QUESTIONS[row["_type"]]:
        if condition is None or condition.holds(row):
            count += 1
            if is_missing(row.get(name)):
                missing.append(told)
    return count, missing


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers a form had to ask for: all, those given, or with `by` those missing, by question or by team."""

    only: str = "all"
    by: str | None = None

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records that are looked at."""
        return ALL_LOOKED_AT

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return Total(self.parts, self._each, by=self.by).start(asked)

    def _each(self, row: Payload, asked: Asked) -> list[tuple[str | None, int]]:
        count, missing = questions_of(row, asked)
        if self.by == "question":
            return [(name, 1) for name in missing]
        amounts = {"all": count, "missing": len(missing), "given": count - len(missing)}
        return [(code_of(row, "team"), amounts[self.only])]


@asked_once
def _written_on(row: Payload, asked: Asked) -> str | None:
    return london_day(row.get("_recorded"))


@asked_once
def _days_until_written(row: Payload, asked: Asked) -> int | None:
    days = days_between(row.get("_day"), _written_on(row, asked))
    return None if days is None else max(days, 0)


@asked_once
def _days_until_synced(row: Payload, asked: Asked) -> int | None:
    """Give None where nobody told yet when a record reached the server; a clock that runs ahead makes it 0."""
    days = days_between(_written_on(row, asked), row.get("_synced"))
    return None if days is None else max(days, 0)


@dataclass(frozen=True, slots=True, eq=False)
class NineteenOfTwenty:
    """The number within which 95 of 100 records stay that give one, by the nearest rank."""

    parts: tuple[Of, ...]
    number: Callable[[Payload, Asked], int | None]

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _RankTally(self, asked)


class _RankTally:
    def __init__(self, rule: NineteenOfTwenty, asked: Asked) -> None:
        self._number, self._asked = rule.number, asked
        self._days: list[int] = []
        self._n = 0

    def take(self, row: Payload) -> None:
        """Note the days of a record."""
        self._n += 1
        days = self._number(row, self._asked)
        if days is not None:
            self._days.append(days)

    def figure(self) -> Figure:
        """Give the nearest rank."""
        ordered = sorted(self._days)
        rank = -(-len(ordered) * 95 // 100)
        value: int | Decimal | None = ordered[rank - 1] if ordered else None
        return Figure(len(ordered), self._n, value=value, has_own_value=True)


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """The records of people that were found to be somebody else's, all in all."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """None: it is asked of the facts."""
        return ()

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _MergedTally(asked)


class _MergedTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def take(self, row: Payload) -> None:
        """Count nothing."""

    def figure(self) -> Figure:
        """Give how many."""
        return Figure(self._asked.facts.merged())


_AS_TOLD: Final = "Of records whose laptop has told when it last sent; it tells at its first sync of a later day."
_OURS: Final = "For the team itself: others would learn how many records have no answer."

LINES: Final = (
    Definition(
        id="MS-28.complete",
        title="Answers given of those a form must ask for",
        unit=PERCENT,
        rule=Answers(only="given"),
        out_of=Answers(),
        notes=("Contacts, visits, referrals, broker contacts. Not wanting to say is an answer.",),
        counts_people_or_events=False,
        for_others="value",
    ),
    Definition(
        id="MS-28.missing",
        title="Answers missing, by question",
        unit="answers",
        rule=Answers(only="missing", by="question"),
        notes=(_OURS,),
        counts_people_or_events=False,
        for_others="nothing",
    ),
    Definition(
        id="MS-28.missing_by_team",
        title="Answers missing, by team",
        unit="answers",
        rule=Answers(only="missing", by="team"),
        notes=(_OURS,),
        counts_people_or_events=False,
        for_others="nothing",
    ),
    Definition(
        id="MS-28.days_until_written",
        title="Days until a record was written down, median",
        unit="days",
        rule=Middle(ALL_LOOKED_AT, _days_until_written),
        counts_people_or_events=False,
        for_others="value",
    ),
    Definition(
        id="MS-28.days_until_written_95",
        title="Days within which 95 of 100 records were written down",
        unit="days",
        rule=NineteenOfTwenty(ALL_LOOKED_AT, _days_until_written),
        counts_people_or_events=False,
        for_others="value",
    ),
    Definition(
        id="MS-28.days_until_synced",
        title="Days from writing a record down until the server had it, median",
        unit="days",
        rule=Middle(ALL_LOOKED_AT, _days_until_synced),
        notes=(_AS_TOLD,),
        counts_people_or_events=False,
        for_others="value",
        told_later=True,
    ),
    Definition(
        id="MS-28.days_until_synced_95",
        title="Days within which the server had 95 of 100 records after they were written down",
        unit="days",
        rule=NineteenOfTwenty(ALL_LOOKED_AT, _days_until_synced),
        notes=(_AS_TOLD,),
        counts_people_or_events=False,
        for_others="value",
        told_later=True,
    ),
    Definition(
        id="MS-28.merged",
        title="People found to be somebody already known, all in all",
        unit="merges",
        rule=Merged(),
        notes=("Whenever it was found; merges taken back are not in it.",),
        counts_people_or_events=False,
    ),
)
