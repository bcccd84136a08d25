"""The indicators of a summary: which pack said them, how long a period is, and their rows in a table of figures.

Works over what a summary shows; it counts nothing and hides nothing of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, select

from broker_desktop.records.measure.against import Against, Asked, TeamFigure, plain, printed_percents
from broker_desktop.records.pack import PackInvalid
from broker_desktop.records.pack.indicators import Indicator
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import LEAST_DENOMINATOR, Level
from broker_desktop.session.period import Period
from broker_desktop.session.reference_data import bundled_pack, read_pack
from broker_desktop.store.signed import SignedMonth
from broker_desktop.store.tables import table

if TYPE_CHECKING:
    from broker_desktop.session.summary import Summary

Cell = str | int | float

_CADENCES: Final = {1: "monthly", 3: "quarterly", 6: "half_year", 12: "annual"}
_SNAPSHOTS: Final = {"week": "weekly", "fortnight": "fortnightly"}
SHARE_HIDDEN: Final = f"share hidden: of fewer than {LEAST_DENOMINATOR}"
STATUS_WORDS: Final = {
    "reached": "reached",
    "below": "below",
    "above": "above",
    "inside": "inside the band",
    "no_target": "no target",
    "other_period": "the target is for another length of time",
    "no_figure": "no figure",
    "hidden": "hidden",
    "unreadable": "not readable here",
}


def least_shared(level: Level) -> int:
    """Give of how many a share must be to be told (contract.md, Recipients); 0 for the team itself."""
    return 0 if level is Level.INTERNAL else LEAST_DENOMINATOR


def asked_of(period: Period, level: Level) -> Asked:
    """Give what the indicators of a period for a recipient are asked with."""
    return Asked(
        first_day=period.first_day,
        last_day=period.last_day,
        cadence=_SNAPSHOTS.get(period.kind) or _CADENCES.get(period.month_count),
        least=least_shared(level),
    )


def declared_then(context: Context, connection: Connection, issue: SignedMonth) -> tuple[Indicator, ...]:
    """Give the indicators of the pack that a period was signed under, word for word as it stood; none if it is gone.

    A later change of a target moves no signed month (requirements.md BIRM15-042).
    """
    packs = [spell.pack for spell in context.packs.spells]
    target = table("pack")
    for row in connection.execute(select(target.c.body).where(target.c.pack == issue.pack)):
        try:
            packs.append(read_pack(row.body))
        except PackInvalid:  # of a newer program, or damaged: it was not what was signed here
            continue
    with contextlib.suppress(FileNotFoundError):
        packs.append(bundled_pack(issue.pack))
    return next((one.indicators for one in packs if (one.id, one.version) == (issue.pack, issue.pack_version)), ())


def indicator_rows(summary: Summary, by_words: Callable[[Mapping[str, str | None]], str]) -> Iterator[tuple[Cell, ...]]:
    """Give the indicators, then the teams, as rows of the table of figures: line, title, by, value and so on."""
    for one in summary.indicators:
        known = "hidden" if one.status == "hidden" else STATUS_WORDS["unreadable"] if one.status == "unreadable" else ""
        value = known or _plain(one.figure)
        title = f"{one.indicator.heading}: {one.title}" if one.indicator.heading else one.title
        yield (
            f"indicator {one.indicator.id}", title, by_words(one.indicator.by), value, one.unit, _plain(one.numerator),
            _plain(one.denominator), against_words(one),
        )  # fmt: skip
    for team in summary.variation:
        by = by_words({"team": team.team})
        yield (f"teams {team.line}", team.title, by, _plain(team.value), team.unit, "", "", variation_words(team))


def against_words(one: Against) -> str:
    """Write what a figure is held against: target, difference, reached or not, and what was printed."""
    told = [f"target {_plain(one.target)}"] if one.target is not None else []
    reference = one.indicator.reference
    if reference is not None:
        band = f"{_plain(reference.low)} to {_plain(reference.high)}" if reference.low is not None else ""
        told.append(f"printed reference {' '.join(str(part) for part in (_plain(reference.value), band) if part)}")
    if one.difference is not None:
        told.append(f"difference {_signed(one.difference)}")
    if one.percent_of_target is not None:
        told.append(f"{_plain(one.percent_of_target)} % of it")
    if one.percent_range is not None:
        told.append(f"{_plain(one.percent_range[0])} to {_plain(one.percent_range[1])} % of its range")
    told.append(STATUS_WORDS[one.status])
    told += [_printed_words(one.indicator)] if one.indicator.printed is not None else []
    told += [f"tagged {', '.join(one.tags)}"] if one.tags else []
    return "; ".join((*told, *one.indicator.notes))


def _printed_words(one: Indicator) -> str:
    year = f" in {one.year}" if one.year else ""
    percents = printed_percents(one)
    low, high = percents.get("percent_low"), percents.get("percent_high")
    of_it = percents.get("percent_of_target", percents.get("percent"))
    given = f", {_plain(of_it)} %" if of_it is not None else ""
    between = f" ({_plain(low)} to {_plain(high)} %)" if low is not None else ""
    return f"printed: {_plain(one.printed)}{year}{given}{between}"


def variation_words(one: TeamFigure) -> str:
    """Write how a team differs from the whole service."""
    of = "its contacts" if "offered" in one.line else "the service"
    told = [f"{_plain(one.share)} % of {of}"] if one.share is not None else []
    told += [SHARE_HIDDEN] if one.hidden else []
    told += [f"{_signed(one.difference)} points"] if one.difference is not None else []
    return "; ".join(told)


def _signed(value: Decimal) -> str:
    return f"{value.normalize():+f}"


def _plain(value: int | Decimal | None) -> Cell:
    found = plain(value)
    return "" if found is None else found
