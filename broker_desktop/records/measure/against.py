"""Figures against what a pack asks of them: target, difference, reached or not; and how teams differ.

Pure, and over lines as a recipient sees them: what is hidden there is hidden here, and nothing is worked out from a
figure that does not stand on the same sheet. Printed figures stand beside and are never added to anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, Protocol

from broker_desktop.records.measure.line import PERCENT
from broker_desktop.records.pack.indicators import Indicator, Reference

Number = int | Decimal
Status = Literal[
    "reached", "below", "above", "inside", "no_target", "other_period", "no_figure", "hidden", "unreadable"
]
_LIKE: Final = {"rolling_12_month": "annual"}
_TENTH: Final = Decimal("0.1")
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
        return None if self.difference is None or not base else _percent(Decimal(self.figure or 0), base)

    @property
    def percent_range(self) -> tuple[Decimal, Decimal] | None:
        """Between which percents of an estimate the figure lies, where a range of the estimate was printed."""
        estimate = self.indicator.reference
        if self.percent_of_target is None or self.target is not None or estimate is None or self.figure is None:
            return None
        least = None if estimate.high is None else _percent(Decimal(self.figure), estimate.high)
        most = None if estimate.low is None else _percent(Decimal(self.figure), estimate.low)
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
            "value": _plain(self.figure),
            "numerator": _plain(self.numerator),
            "denominator": _plain(self.denominator),
            "target": _plain(self.target),
            "difference": _plain(self.difference),
            "percent_of_target": _plain(self.percent_of_target),
            "percent_range": None if self.percent_range is None else [_plain(one) for one in self.percent_range],
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
    difference: Decimal | None
    """In points: of a share or an offer to the whole service's, of a count to the team's percent of all contacts."""

    def to_json(self) -> dict[str, Any]:
        """Give the figure of the table."""
        return {
            "line": self.line, "title": self.title, "unit": self.unit, "team": self.team, "value": _plain(self.value),
            "share_percent": _plain(self.share), "difference_points": _plain(self.difference),
        }  # fmt: skip


def against(indicators: Iterable[Indicator], lines: Iterable[Shown], asked: Asked) -> tuple[Against, ...]:
    """Put figures to indicators: those that hold on the period's last day, in the pack's order."""
    by_id = {line.id: line for line in lines}
    last, first = date.fromisoformat(asked.last_day), date.fromisoformat(asked.first_day)
    return tuple(_one(one, by_id, asked, first, last) for one in indicators if one.holds_on(last))


def tagged(found: Iterable[Against], tag: str) -> tuple[Against, ...]:
    """Give those with a tag, in whatever letters and spaces it is written."""
    return tuple(one for one in found if _folded(tag) in {_folded(name) for name in one.tags})


def variation(lines: Iterable[Shown]) -> tuple[TeamFigure, ...]:
    """Give every watched line by team; one that cannot be read or has a hidden part is left out as a whole.

    The others of a table with one hidden team would give that team back.
    """
    by_id = {line.id: line for line in lines if not line.unreadable and not line.hidden and not _hides(line)}
    contacts = by_id.get(_CONTACTS)
    return tuple(one for name in TEAM_LINES if name in by_id for one in _of_teams(by_id[name], contacts))


def _hides(line: Shown) -> bool:
    return any(cell.hidden for cell in line.cells)


def _of_teams(line: Shown, contacts: Shown | None) -> Iterator[TeamFigure]:
    if line.id in _OFFERS:
        yield from _offers(line, contacts)
        return
    shares, usual = dict(_shares(line)), dict(_shares(contacts)) if contacts else {}
    for cell in line.cells:
        team, share, difference = cell.by.get("team"), None, None
        if line.unit == PERCENT:
            known = cell.value is not None and line.value is not None
            difference = Decimal(cell.value or 0) - Decimal(line.value or 0) if known else None
        else:
            share = shares[team]
            apart = line.id != _CONTACTS and line.unit != _PEOPLE  # people of several teams are no parts of a whole
            of_contacts = usual.get(team)
            difference = share - of_contacts if apart and share is not None and of_contacts is not None else None
        yield _team(line, team, cell.value, share, difference)


def _offers(line: Shown, contacts: Shown | None) -> Iterator[TeamFigure]:
    """Give for every team in how many of its own contacts something was offered, in percent."""
    whole = _percent(Decimal(line.numerator or 0), Decimal(line.denominator or 0))
    offered = {cell.by.get("team"): cell.value or 0 for cell in line.cells}
    for cell in contacts.cells if contacts else ():
        team = cell.by.get("team")
        share = _percent(Decimal(offered.get(team, 0)), Decimal(cell.value or 0))
        difference = share - whole if share is not None and whole is not None else None
        yield _team(line, team, offered.get(team, 0), share, difference)


def _team(
    line: Shown, team: str | None, value: Number | None, share: Decimal | None, difference: Decimal | None
) -> TeamFigure:
    return TeamFigure(
        line=line.id, title=line.title, unit=line.unit, team=team, value=value, share=share, difference=difference
    )


def _shares(line: Shown) -> Iterator[tuple[str | None, Decimal | None]]:
    """Give each team's percent of a count."""
    for cell in line.cells:
        known = cell.value is not None and line.value is not None
        yield cell.by.get("team"), _percent(Decimal(cell.value or 0), Decimal(line.value or 0)) if known else None


def _one(one: Indicator, lines: Mapping[str, Shown], asked: Asked, first: date, last: date) -> Against:
    found = [lines[name] for name in one.lines if name in lines]
    whole = [lines[name] for name in one.out_of if name in lines]
    complete = len(found) == len(one.lines) and len(whole) == len(one.out_of)
    is_share = one.share or bool(one.out_of)
    figure = _figure(one, found, whole) if found and complete else _Figure()
    few = is_share and 0 < (figure.denominator or 0) < asked.least
    if few or any(line.hidden for line in (*found, *whole)):
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
        status=_status(one, figure, target, asked, unreadable=any(line.unreadable for line in (*found, *whole))),
        tags=one.tags_on(first),
    )


@dataclass(frozen=True, slots=True)
class _Figure:
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    hidden: bool = False


def _figure(one: Indicator, lines: Sequence[Shown], whole: Sequence[Shown]) -> _Figure:
    if one.by:
        parts = [cell for line in lines for cell in line.cells if one.by.items() <= cell.by.items()]
        if any(cell.hidden for cell in parts):
            return _Figure(hidden=True)
        counted = any(line.value is not None for line in lines)
        return _share(sum((cell.value or 0 for cell in parts), 0) if counted else None, one, lines, whole)
    if one.share or one.out_of:
        return _share(_total(line.numerator for line in lines), one, lines, whole)
    if len(lines) > 1:
        return _Figure(_total(line.value for line in lines))
    (line,) = lines
    return _Figure(line.value, line.numerator, line.denominator)


def _share(some: Number | None, one: Indicator, lines: Sequence[Shown], whole: Sequence[Shown]) -> _Figure:
    if not one.share and not one.out_of:
        return _Figure(some, some)
    every = _total(line.value for line in whole) if one.out_of else _total(line.denominator for line in lines)
    if some is None or every is None:
        return _Figure()
    return _Figure(_percent(Decimal(some), Decimal(every)), some, every)


def _total(values: Iterable[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


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


def _percent(some: Decimal, every: Decimal) -> Decimal | None:
    return (100 * some / every).quantize(_TENTH, ROUND_HALF_UP) if every else None


def _reference_json(one: Reference | None) -> dict[str, Any] | None:
    return None if one is None else {"value": _plain(one.value), "low": _plain(one.low), "high": _plain(one.high)}


def _printed_json(one: Indicator) -> dict[str, Any] | None:
    """Give what the source printed: a figure, its year, and its percent of the target or of the estimate."""
    if one.printed is None:
        return None
    found = {"value": _plain(one.printed), "year": one.year, "target": _plain(one.printed_target)}
    for name, percent in printed_percents(one).items():
        found[name] = _plain(percent)
    return found


def printed_percents(one: Indicator) -> dict[str, Decimal | None]:
    """Give a printed figure in percent of its printed target, or of an estimate with the range it may lie in."""
    if one.printed is None:
        return {}
    if one.printed_target is not None:
        return {"percent_of_target": _percent(one.printed, one.printed_target)}
    estimate = one.reference or Reference()
    ways = {"percent": estimate.value, "percent_low": estimate.high, "percent_high": estimate.low}
    return {name: _percent(one.printed, base) for name, base in ways.items() if base is not None}


def _plain(value: Number | None) -> int | float | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _folded(tag: str) -> str:
    return "".join(tag.split()).casefold()
