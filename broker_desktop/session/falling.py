"""What explains a fall: disruptions that touch a period, and main lines that fell since the one before (MS-29).

A fall by a fifth or more is told with its change in percent, a share that falls by more than ten points with the points
(requirements.md HAMP10-236); it is explained where a disruption touches the period,
and otherwise said to be unexplained, so that somebody asks (requirements.md P23).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from broker_desktop.records.measure import (
    LEAST_BEFORE,
    LEAST_FALL,
    LEAST_POINTS,
    LINES,
    WATCHED,
    WATCHED_RATES,
    Mark,
    count_definitions,
    fall_of,
    marks,
)
from broker_desktop.records.worklist import later
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import Level, ShownLine, shown_lines
from broker_desktop.session.period import SNAPSHOTS, Period
from broker_desktop.session.signed_before import shown_to, signed_before
from broker_desktop.store.facts import SqlFacts
from broker_desktop.store.signed import signed_months


def marks_of(
    context: Context, connection: Connection, period: Period, shown: Sequence[ShownLine], level: Level
) -> tuple[Mapping[str, Any], ...]:
    """Give the disruptions of a period, then the main lines that fell; a line with hidden figures tells of no fall.

    `shown`: the lines of the period as the recipient is shown them.
    """
    facts = SqlFacts(connection, context.vault.projection)
    disruptions = marks(facts, period.first_day, period.last_day)
    before = {line.id: line for line in _before(context, connection, facts, period, level)}
    now = {line.id: line for line in shown}
    pairs = [
        (before[line_id], now[line_id])
        for line_id in (*WATCHED, *WATCHED_RATES)
        if line_id in before and line_id in now
    ]
    return (*(mark.to_json() for mark in disruptions), *_falls(pairs, disruptions))


def _before(
    context: Context, connection: Connection, facts: SqlFacts, period: Period, level: Level
) -> Sequence[ShownLine]:
    """Give the main lines of as many months (or weeks) before as the recipient is shown them.

    Others are shown what was signed. A draft is for the team itself: figures that nobody stands by yet would be handed
    on by the mark, and what is hidden when they are signed could not be.
    """
    first = date.fromisoformat(period.first_day)
    begins = later(first, months=-period.month_count, days=-SNAPSHOTS.get(period.kind, 0))
    days = (begins.isoformat(), (first - timedelta(days=1)).isoformat())
    issues = signed_months(connection, *days)
    if issues:
        then = replace(period, first_day=days[0], last_day=days[1])
        before = signed_before(context, connection, then, level, issues[:-1])
        return shown_to(context, level, issues[-1].lines, before)
    if level is not Level.INTERNAL:
        return ()
    watched = [line for line in LINES if line.id in WATCHED or line.id in WATCHED_RATES]
    return shown_lines(count_definitions(watched, facts, *days, context.codes), level)


def _falls(pairs: Sequence[tuple[ShownLine, ShownLine]], disruptions: Sequence[Mark]) -> Iterator[Mapping[str, Any]]:
    for before, after in pairs:
        if after.id in WATCHED_RATES:
            yield from _points(before, after, disruptions)
            continue
        then, now = before.numerator, after.numerator
        if then is None or now is None:
            continue
        change = fall_of(then, now)  # of what is shown: that of the exact figures would give them back
        if change is not None and change <= LEAST_FALL and then >= LEAST_BEFORE:
            yield {
                "kind": "fall", "line": after.id, "from": then, "to": now, "change_percent": float(change),
                "explained_by": [mark.record for mark in disruptions],
            }  # fmt: skip


def _points(before: ShownLine, after: ShownLine, disruptions: Sequence[Mark]) -> Iterator[Mapping[str, Any]]:
    """Tell of a share that fell by more than ten points."""
    then, now = before.value, after.value
    if then is not None and now is not None and now - then < LEAST_POINTS:
        yield {
            "kind": "fall", "line": after.id, "from": float(then), "to": float(now),
            "change_points": float(now - then), "explained_by": [mark.record for mark in disruptions],
        }  # fmt: skip
