"""What was signed before a summary: whoever was handed it keeps it, so what hides beside it must mind it.

Read only. A draft that was handed on is not known; but where some periods of a tiling were signed, the others are taken
as they would be counted now, since a reader who has all but one has that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection

from broker_desktop.records.measure import Line, count_lines
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import Level, ShownLine, shown_lines, unreadable_line
from broker_desktop.session.handed import Handed
from broker_desktop.session.period import Period, range_period
from broker_desktop.store.changes import change_number
from broker_desktop.store.facts import SqlFacts
from broker_desktop.store.signed import SignedMonth, signed_months

_BY_MONTH: Final = "MS-06"
"""Sheets of sites are for a month: a week or two has none of their lines."""
_QUARTER: Final = 3


def signed_before(
    context: Context, connection: Connection, period: Period, level: Level, issues: Sequence[SignedMonth] = ()
) -> list[Handed]:
    """Give the periods within that were signed, its months and its quarters, and then `issues` of the period itself.

    Nothing for our own team, from whom nothing is hidden.
    """
    if level is Level.INTERNAL:
        return []
    found = [
        one
        for number, tiles in enumerate(_tilings(period))
        for one in _tiles(context, connection, tiles, level, number)
    ]  # fmt: skip
    for issue in issues:
        found.append(Handed(issue.lines, same=True, before=tuple(found)))
    return found


def _tilings(period: Period) -> Iterator[Sequence[Period]]:
    """Give the ways in which a period is made of shorter ones that are signed: by months, by quarters."""
    months = period.months
    if len(months) > 1:
        yield months
    if len(months) > _QUARTER and len(months) % _QUARTER == 0:
        yield [
            range_period(first.label, last.label)
            for first, last in zip(months[::_QUARTER], months[_QUARTER - 1 :: _QUARTER], strict=True)
        ]


def _tiles(
    context: Context, connection: Connection, tiles: Sequence[Period], level: Level, number: int
) -> Iterator[Handed]:
    signed = [signed_months(connection, tile.first_day, tile.last_day) for tile in tiles]
    if not any(signed):
        return
    for tile, issues in zip(tiles, signed, strict=True):
        lines = issues[-1].lines if issues else counted_lines(context, connection, tile)
        before = signed_before(context, connection, tile, level, issues[:-1])
        yield Handed(lines, same=False, tiling=number, before=tuple(before))


def counted_lines(context: Context, connection: Connection, period: Period) -> tuple[Line, ...]:
    """Count every line of a period as records stand now, exact and unhidden; kept while no record changes."""
    days, codes = (period.first_day, period.last_day), context.codes  # read once: a sync may bring another pack

    def count() -> list[Line]:
        return count_lines(SqlFacts(connection, context.vault.projection), *days, codes)

    lines = context.counted.lines((*days, change_number(connection), codes), count)
    return tuple(one for one in lines if not (period.is_snapshot and one.id.partition(".")[0] == _BY_MONTH))


def shown_to(
    context: Context, level: Level, lines: Sequence[Line], before: Sequence[Handed] = ()
) -> tuple[ShownLine, ...]:
    """Give lines as a recipient of a level sees them; those that this seat cannot read without a figure."""
    readable = [line for line in lines if line.compartments <= context.compartments]
    shown = {line.id: line for line in shown_lines(readable, level, before)}
    return tuple(shown.get(line.id) or unreadable_line(line) for line in lines)
