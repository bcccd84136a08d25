"""Figures against what a pack asks of them: target, difference, reached or not; and how teams differ.

Pure, and over lines as a recipient sees them: what is hidden there is hidden here, and nothing is worked out from a
figure that does not stand on the same sheet. Printed figures stand beside and are never added to anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, Protocol

from broker_desktop.records.measure.line import PERCENT, percent
from broker_desktop.records.pack.indicators import Indicator, Reference

Number = int | Decimal
Status = Literal[
    "reached", "below", "above", "inside", "no_target", "other_period", "no_figure", "hidden", "unreadable"
]
_LIKE: Final = {"rolling_12_month": "annual"}
_NOT_ADDED: Final = frozenset({PERCENT, "days"})
"""Units whose parts do not add up: each is a share or a middle of its own."""
_CONTACTS: Final = "MS-01.met_by_team"
_PEOPLE: Final = "people"
_OFFERS: Final = frozenset(f"MS-{number}.offered_by_team" for number in ("04", "11", "13", "16", "18"))
TEAM_LINES: Final = (
    _CONTACTS, "MS-01.attempts_by_team", "MS-02.by_team", "MS-13.made_by_team", "MS-14.received_by_team",
    "MS-14.self_by_team", "MS-04.offered_by_team", "MS-11.offered_by_team", "MS-13.offered_by_team",
    "MS-16.offered_by_team", "MS-18.offered_by_team", "MS-28.complete_by_team",
)  # fmt: skip
"""The lines that are compared by team; each has a part for every team."""


class Part(Protocol):
    """Part of a line as somebody sees it."""

    @property
    def by(self) -> Mapping[str, str | None]: ...  # noqa: D102  what it is cut by
    @property
    def value(self) -> Number | None: ...  # noqa: D102  None while hidden
    @property
    def hidden(self) -> bool: ...  # noqa: D102
    @property
    def small(self) -> bool: ...  # noqa: D102  its mark may say that it is small


class Shown(Protocol):
    """A line as somebody sees it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> Number | None: ...  # noqa: D102
    @property
    def numerator(self) -> int | None: ...  # noqa: D102
    @property
    def denominator(self) -> int | None: ...  # noqa: D102
    @property
    def cells(self) -> Sequence[Part]: ...  # noqa: D102
    @property
    def hidden(self) -> bool: ...  # noqa: D102
    @property
    def small(self) -> bool: ...  # noqa: D102
    @property
    def withheld(self) -> bool: ...  # noqa: D102  its parts are not shown, so none of them is known to be nothing
    @property
    def unreadable(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which period the figures are, and on how few a share may rest."""

    first_day: str
    last_day: str
    cadence: str | None
    """weekly, fortnightly, monthly, quarterly, half_year, annual; None for another length."""
    least: int = 0
    """A share of fewer is hidden; 0 for the team itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One indicator with its figure."""

    indicator: Indicator
    title: str
    unit: str
    figure: Number | None
    numerator: Number | None
    denominator: Number | None
    target: Decimal | None
    status: Status
    tags: tuple[str, ...]

    @property
    def difference(self) -> Decimal | None:
        """How far the figure is from the target, or from a printed number where there is no target."""
        base = self._base
        comparable = self.status not in ("other_period", "hidden", "unreadable", "no_figure")
        return Decimal(self.figure) - base if self.figure is not None and base is not None and comparable else None

    @property
    def percent_of_target(self) -> Decimal | None:
        """The figure in percent of what it is compared with."""
        base = self._base
        return None if self.difference is None or not base else percent(self.figure or 0, base)

    @property
    def percent_range(self) -> tuple[Decimal, Decimal] | None:
        """Between which percents of an estimate the figure lies, where a range of the estimate was printed."""
        estimate = self.indicator.reference
        if self.percent_of_target is None or self.target is not None or estimate is None or self.figure is None:
            return None
        least = None if estimate.high is None else percent(self.figure, estimate.high)
        most = None if estimate.low is None else percent(self.figure, estimate.low)
        return None if least is None or most is None else (least, most)

    @property
    def _base(self) -> Decimal | None:
        reference = self.indicator.reference
        return self.target if self.target is not None else reference.value if reference else None

    def to_json(self) -> dict[str, Any]:
        """Give the indicator of the summary."""
        one = self.indicator
        flags = {"hidden": self.status == "hidden", "unreadable": self.status == "unreadable"}
        return {
            "id": one.id,
            "heading": one.heading,
            "title": self.title,
            "lines": list(one.lines),
            "unit": self.unit,
            "value": plain(self.figure),
            "numerator": plain(self.numerator),
            "denominator": plain(self.denominator),
            "target": plain(self.target),
            "difference": plain(self.difference),
            "percent_of_target": plain(self.percent_of_target),
            "percent_range": None if self.percent_range is None else [plain(one) for one in self.percent_range],
            "status": self.status,
            "cadence": one.cadence,
            "tags": list(self.tags),
            "version": one.version,
            "reference": _reference_json(one.reference),
            "printed": _printed_json(one),
            "plan_reference": one.plan,
            "notes": list(one.notes),
            **{name: True for name, on in flags.items() if on},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigure:
    """What one team has of one line, beside the whole service."""

    line: str
    title: str
    unit: str
    team: str | None
    value: Number | None
    share: Decimal | None
    """Of an offer, the percent of the team's own contacts; of another count, the team's percent of the whole."""
    hidden: bool = False
    """The share rests on too few to be told."""
    difference: Decimal | None
    """In points: of a share or an offer to the whole service's, of a count to the team's percent of all contacts."""

    def to_json(self) -> dict[str, Any]:
        """Give the figure of the table."""
        return {
            "line": self.line, "title": self.title, "unit": self.unit, "team": self.team, "value": plain(self.value),
            "share_percent": plain(self.share), "difference_points": plain(self.difference),
            **({"hidden": True} if self.hidden else {}),
        }  # fmt: skip


def against(indicators: Iterable[Indicator], lines: Iterable[Shown], asked: Asked) -> tuple[Against, ...]:
    """Put figures to indicators: those that hold on the period's last day, in the pack's order."""
    by_id = {line.id: line for line in lines}
    last, first = date.fromisoformat(asked.last_day), date.fromisoformat(asked.first_day)
    return tuple(_one(one, by_id, asked, first, last) for one in indicators if one.holds_on(last))


def tagged(found: Iterable[Against], tag: str) -> tuple[Against, ...]:
    """Give those with a tag, in whatever letters and spaces it is written."""
    return tuple(one for one in found if _folded(tag) in {_folded(name) for name in one.tags})


def variation(lines: Iterable[Shown], least: int = 0) -> tuple[TeamFigure, ...]:
    """Give every watched line by team; one that cannot be read or has a hidden part is left out as a whole.

    The others of a table with one hidden team would give that team back. A share of fewer than `least` is hidden
    (contract.md, Recipients); 0 for the team itself.
    """
    by_id = {line.id: line for line in lines if not line.unreadable and not line.hidden and not _hides(line)}
    shares = _Shares(by_id.get(_CONTACTS), least)
    return tuple(one for name in TEAM_LINES if name in by_id for one in shares.of_teams(by_id[name]))


def _hides(line: Shown) -> bool:
    return line.withheld or any(cell.hidden for cell in line.cells)


@dataclass(frozen=True, slots=True)
class _Shares:
    """The shares of teams, beside their contacts, for somebody who is told of none that rests on few."""

    contacts: Shown | None
    least: int

    def of_teams(self, line: Shown) -> Iterator[TeamFigure]:
        """Give a line by team."""
        if line.id in _OFFERS:
            yield from self._offers(line)
            return
        shares = dict(self._of_whole(line))
        usual = dict(self._of_whole(self.contacts)) if self.contacts else {}
        for cell in line.cells:
            team = cell.by.get("team")
            if line.unit == PERCENT:
                known = cell.value is not None and line.value is not None
                difference = Decimal(cell.value or 0) - Decimal(line.value or 0) if known else None
                yield _team(line, team, cell.value, None, difference)
                continue
            apart = line.id != _CONTACTS and line.unit != _PEOPLE  # people of several teams are no parts of a whole
            difference = _between(shares[team], usual.get(team)) if apart else None
            yield _team(line, team, cell.value, shares[team], difference, hidden=self._few(line.value))

    def _offers(self, line: Shown) -> Iterator[TeamFigure]:
        """Give for every team in how many of its own contacts something was offered, in percent."""
        whole = self._percent(line.numerator, line.denominator)
        offered = {cell.by.get("team"): cell.value or 0 for cell in line.cells}
        for cell in self.contacts.cells if self.contacts else ():
            team = cell.by.get("team")
            value = offered.get(team, 0)
            share = self._percent(value, cell.value)
            yield _team(line, team, value, share, _between(share, whole), hidden=self._few(cell.value))

    def _of_whole(self, line: Shown) -> Iterator[tuple[str | None, Decimal | None]]:
        """Give each team's percent of a count."""
        return ((cell.by.get("team"), self._percent(cell.value, line.value)) for cell in line.cells)

    def _percent(self, some: Number | None, every: Number | None) -> Decimal | None:
        return None if some is None or self._few(every) else percent(some, every)

    def _few(self, every: Number | None) -> bool:
        return 0 < (every or 0) < self.least


def _between(share: Decimal | None, usual: Decimal | None) -> Decimal | None:
    return None if share is None or usual is None else share - usual


def _team(
    line: Shown,
    team: str | None,
    value: Number | None,
    share: Decimal | None,
    difference: Decimal | None,
    *,
    hidden: bool = False,
) -> TeamFigure:
    return TeamFigure(
        line=line.id, title=line.title, unit=line.unit, team=team, value=value, share=share, difference=difference,
        hidden=hidden,
    )  # fmt: skip


def _one(one: Indicator, lines: Mapping[str, Shown], asked: Asked, first: date, last: date) -> Against:
    found = [lines[name] for name in one.lines if name in lines]
    whole = [lines[name] for name in one.out_of if name in lines]
    complete = len(found) == len(one.lines) and len(whole) == len(one.out_of)
    is_share = one.share or bool(one.out_of)
    unreadable = any(line.unreadable for line in (*found, *whole))
    figure = _figure(one, found, whole) if found and complete and not unreadable else _Figure()
    few = is_share and 0 < (figure.denominator or 0) < asked.least
    # From others what a share is out of may be hidden although its line is not.
    gone = one.share and not one.out_of and asked.least and any(line.denominator is None for line in found)
    if not unreadable and (few or gone or any(line.hidden for line in (*found, *whole))):
        figure = _Figure(hidden=True)
    target = one.target_on(last)
    return Against(
        indicator=one,
        title=one.title or (found[0].title if found else one.id),
        unit=PERCENT if is_share else found[0].unit if found else "",
        figure=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        target=target,
        status=_status(one, figure, target, asked, unreadable=unreadable),
        tags=one.tags_on(first),
    )


@dataclass(frozen=True, slots=True)
class _Figure:
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    hidden: bool = False


def _figure(one: Indicator, lines: Sequence[Shown], whole: Sequence[Shown]) -> _Figure:
    is_share, adds_up = one.share or bool(one.out_of), all(line.unit not in _NOT_ADDED for line in lines)
    if one.by:
        parts = [cell for line in lines for cell in line.cells if one.by.items() <= cell.by.items()]
        if any(line.withheld for line in lines) or any(cell.hidden for cell in parts):
            return _Figure(hidden=True)
        if not adds_up:
            return _Figure(parts[0].value) if len(parts) == 1 and not is_share else _Figure()
        counted = any(line.value is not None for line in lines)
        return _share(sum((cell.value or 0 for cell in parts), 0) if counted else None, one, lines, whole)
    if is_share:
        return _share(_total(line.numerator for line in lines), one, lines, whole)
    if len(lines) > 1:
        return _Figure(_total(line.value for line in lines)) if adds_up else _Figure()
    (line,) = lines
    return _Figure(line.value, line.numerator, line.denominator)


def _share(some: Number | None, one: Indicator, lines: Sequence[Shown], whole: Sequence[Shown]) -> _Figure:
    if not one.share and not one.out_of:
        return _Figure(some, some)
    every = _total(line.value for line in whole) if one.out_of else _total(line.denominator for line in lines)
    if some is None or every is None:
        return _Figure()
    return _Figure(percent(some, every), some, every)


def _total(values: Iterable[Number | None]) -> Number | None:
    """Add up; None where one is not known, as the others alone would be another figure."""
    total: Number = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _status(one: Indicator, figure: _Figure, target: Decimal | None, asked: Asked, *, unreadable: bool) -> Status:
    if unreadable:
        return "unreadable"
    if figure.hidden:
        return "hidden"
    if figure.value is None:
        return "no_figure"
    if one.cadence is not None and _LIKE.get(one.cadence, one.cadence) != asked.cadence:
        return "other_period"
    band = one.reference
    if target is None and one.direction == "within" and band and band.low is not None and band.high is not None:
        return "below" if figure.value < band.low else "above" if figure.value > band.high else "inside"
    if target is None:
        return "no_target"
    if one.direction == "at_most":
        return "reached" if figure.value <= target else "above"
    return "reached" if figure.value >= target else "below"


def _reference_json(one: Reference | None) -> dict[str, Any] | None:
    return None if one is None else {"value": plain(one.value), "low": plain(one.low), "high": plain(one.high)}


def _printed_json(one: Indicator) -> dict[str, Any] | None:
    """Give what the source printed: a figure, its year, and its percent of the target or of the estimate."""
    if one.printed is None:
        return None
    found = {"value": plain(one.printed), "year": one.year, "target": plain(one.printed_target)}
    return found | {name: plain(value) for name, value in printed_percents(one).items()}


def printed_percents(one: Indicator) -> dict[str, Decimal | None]:
    """Give a printed figure in percent of its printed target, or of an estimate with the range it may lie in."""
    if one.printed is None:
        return {}
    if one.printed_target is not None:
        return {"percent_of_target": percent(one.printed, one.printed_target)}
    estimate = one.reference or Reference()
    ways = {"percent": estimate.value, "percent_low": estimate.high, "percent_high": estimate.low}
    return {name: percent(one.printed, base) for name, base in ways.items() if base is not None}


def plain(value: Number | None) -> int | float | None:
    """Give a number as JSON and cells write it: a whole one without a decimal point."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _folded(tag: str) -> str:
    return "".join(tag.split()).casefold()
