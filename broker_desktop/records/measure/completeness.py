"""What a summary rests on: compartments held, laptops not heard from, sheets that came; kept with a signed month.

Pure. Nothing here counts: sheets, answers and days are read from the lines that count them (MS-06, MS-28), and the
session says which laptops are missing and what waits. No name of anybody stands here, only ids and codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from broker_desktop.records.measure.line import Line, percent

_SITES: Final = "MS-06.sites"
_SITES_MISSING: Final = "MS-06.sites_missing"
_ANSWERS: Final = "MS-28.complete"
_MIDDLE: Final = "MS-28.days_until_written"
_OF_95: Final = "MS-28.days_until_written_95"
_SYNCED: Final = "MS-28.days_until_synced"
_SYNCED_95: Final = "MS-28.days_until_synced_95"
READ_FROM: Final = frozenset({_SITES, _SITES_MISSING, _ANSWERS, _MIDDLE, _OF_95, _SYNCED, _SYNCED_95})
"""The lines that completeness is read from."""
WRITTEN_DOWN: Final = "day_of_event_to_day_written_down"
AT_SERVER: Final = "day_written_down_to_day_at_server"
"""What is measured of the way of a record, in two parts. When it reached another laptop is kept nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHeardFrom:
    """A laptop whose records of the period may be missing, and the day it was last heard from."""

    seat: str
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMissing:
    """A site of which no final sheet came for a month (YYYY-MM)."""

    site: str
    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersMissing:
    """Of the answers that forms had to ask for, those that are missing (MS-28)."""

    percent: float | None
    """One decimal; None where nothing was to be asked, or too little to tell others a share."""
    asked: int | None = None
    """None for others: a sum over records whose small numbers are hidden."""
    missing: int | None = None

    @property
    def some(self) -> bool:
        """Whether an answer is missing, as far as it may be known."""
        return bool(self.percent if self.missing is None else self.missing)

    @classmethod
    def counted(cls, asked: int, missing: int) -> AnswersMissing:
        """Work the share out."""
        share = percent(missing, asked)
        return cls(percent=None if share is None else float(share), asked=asked, missing=missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Days from an event until it was written down: the median, and within how many 95 of 100 records were."""

    median_days: float
    days_of_95: float
    records: int | None = None
    """None for others, as in AnswersMissing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LagToSync:
    """Days from writing a record down until the server had it; both None while no laptop has told of any."""

    median_days: float | None
    days_of_95: float | None
    records: int | None = None
    """Those of which it was told; None for others, as in AnswersMissing."""
    not_told: int | None = None
    """Those of which it was not told yet: they may have waited for a sync, or wait still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What a summary rests on."""

    compartments: tuple[str, ...]
    seats: int
    not_heard_from: tuple[NotHeardFrom, ...]
    sites_expected: int
    sites_reported: int
    sites_missing: tuple[SiteMissing, ...] = ()
    answers: AnswersMissing | None = None
    """None where this laptop cannot read them."""
    lag: Lag | None = None
    """None where nothing was written down in the period."""
    lag_to_sync: LagToSync | None = None
    """None as before, and in what was signed before it was measured."""
    in_conflict: int = 0
    """Records of any month in which two values wait for a decision."""
    set_aside: int = 0
    """Things of any month that arrived and could not be used."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Completeness:
        """Read what `to_json` wrote. Raises KeyError and TypeError for what a newer program wrote otherwise."""
        heard = tuple(NotHeardFrom(seat=one["seat"], last=one["last"]) for one in told["not_heard_from"])
        missing = tuple(SiteMissing(site=one["site"], month=one["month"]) for one in told["sites_missing"])
        answers, lag, waiting = told["answers"], told["lag"], told["waiting"]
        synced = told.get("lag_to_sync")
        return cls(
            compartments=tuple(told["compartments"]), seats=told["seats"], not_heard_from=heard,
            sites_expected=told["sites_expected"], sites_reported=told["sites_reported"], sites_missing=missing,
            answers=None if answers is None else AnswersMissing(
                percent=answers["missing_percent"], asked=answers["asked"], missing=answers["missing"]
            ),
            lag=None if lag is None else Lag(
                records=lag["records"], median_days=lag["median_days"], days_of_95=lag["days_of_95"]
            ),
            lag_to_sync=None if synced is None else LagToSync(
                records=synced["records"], median_days=synced["median_days"], days_of_95=synced["days_of_95"],
                not_told=synced["not_told"],
            ),
            in_conflict=waiting["in_conflict"], set_aside=waiting["set_aside"],
        )  # fmt: skip

    def for_others(self, least: int) -> Completeness:
        """Give what others may see: shares and days that rest on `least` records or more, and not on how many."""
        answers, lag, synced = self.answers, self.lag, self.lag_to_sync
        if answers is not None:
            answers = AnswersMissing(percent=answers.percent if (answers.asked or 0) >= least else None)
        if lag is not None:
            lag = replace(lag, records=None) if (lag.records or 0) >= least else None
        if synced is not None:
            synced = replace(synced, records=None, not_told=None) if (synced.records or 0) >= least else None
        return replace(self, answers=answers, lag=lag, lag_to_sync=synced)

    @property
    def everything(self) -> bool:
        """Whether nothing at all is missing and nothing waits."""
        return self.all_reported and not (self.answers and self.answers.some)

    @property
    def all_reported(self) -> bool:
        """Whether every laptop and site is in and nothing waits, whatever was left unanswered."""
        return not (self.not_heard_from or self.sheets_short or self.in_conflict or self.set_aside)

    @property
    def sheets_short(self) -> int:
        """How many sheets of sites did not come."""
        return self.sites_expected - self.sites_reported

    def is_fuller_than(self, before: Completeness) -> bool:
        """Tell whether something that was missing then has come since."""
        then, now = (None if one.answers is None else one.answers.percent for one in (before, self))
        untold, still = (0 if one.lag_to_sync is None else one.lag_to_sync.not_told or 0 for one in (before, self))
        return (
            len(self.not_heard_from) < len(before.not_heard_from)
            or self.sheets_short < before.sheets_short
            or (then is not None and now is not None and now < then)
            or still < untold
            or self.in_conflict < before.in_conflict
            or self.set_aside < before.set_aside
        )

    def to_json(self) -> dict[str, Any]:
        """Give the completeness of the summary; the first five names are those of contract.md."""
        answers, lag, synced = self.answers, self.lag, self.lag_to_sync
        return {
            "compartments": list(self.compartments),
            "seats": self.seats,
            "not_heard_from": [{"seat": one.seat, "last": one.last} for one in self.not_heard_from],
            "sites_expected": self.sites_expected,
            "sites_reported": self.sites_reported,
            "sites_missing": [{"site": one.site, "month": one.month} for one in self.sites_missing],
            "answers": None
            if answers is None
            else {"asked": answers.asked, "missing": answers.missing, "missing_percent": answers.percent},
            "lag": None
            if lag is None
            else {
                "measured": WRITTEN_DOWN,
                "records": lag.records,
                "median_days": lag.median_days,
                "days_of_95": lag.days_of_95,
            },
            "lag_to_sync": None
            if synced is None
            else {
                "measured": AT_SERVER,
                "records": synced.records,
                "median_days": synced.median_days,
                "days_of_95": synced.days_of_95,
                "not_told": synced.not_told,
            },
            "waiting": {"in_conflict": self.in_conflict, "set_aside": self.set_aside},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What lines say of completeness."""

    sites_expected: int
    sites_reported: int
    sites_missing: tuple[SiteMissing, ...]
    answers: AnswersMissing | None
    lag: Lag | None
    lag_to_sync: LagToSync | None


def read_from(lines: Iterable[Line]) -> Counted:
    """Read what exact lines say of completeness; what needs a line that is not there is None, or 0 sheets."""
    found = {line.id: line for line in lines if line.id in READ_FROM}
    sites, missing, given = found.get(_SITES), found.get(_SITES_MISSING), found.get(_ANSWERS)
    return Counted(
        sites_expected=(sites.denominator or 0) if sites else 0,
        sites_reported=sites.numerator if sites else 0,
        sites_missing=tuple(
            SiteMissing(site=cell.by["site"] or "", month=cell.by["month"] or "")
            for cell in (missing.cells if missing else ())
        ),
        answers=None
        if given is None
        else AnswersMissing.counted(given.denominator or 0, (given.denominator or 0) - given.numerator),
        lag=_lag(found.get(_MIDDLE), found.get(_OF_95)),
        lag_to_sync=_lag_to_sync(found.get(_SYNCED), found.get(_SYNCED_95)),
    )


def _lag(middle: Line | None, of_95: Line | None) -> Lag | None:
    if middle is None or of_95 is None or middle.value is None or of_95.value is None:
        return None
    return Lag(records=middle.numerator, median_days=_plain(middle.value), days_of_95=_plain(of_95.value))


def _lag_to_sync(middle: Line | None, of_95: Line | None) -> LagToSync | None:
    if middle is None or of_95 is None or not middle.denominator:
        return None
    return LagToSync(
        records=middle.numerator, median_days=_days(middle), days_of_95=_days(of_95),
        not_told=middle.denominator - middle.numerator,
    )  # fmt: skip


def _days(line: Line) -> float | None:
    return None if line.value is None else _plain(line.value)


def _plain(value: int | Decimal) -> float:
    return float(value) if isinstance(value, Decimal) else value
