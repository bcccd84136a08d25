"""A few lines over several periods, as a chart shows them: figures, what disrupted the service, what was counted anew.

For our own team only the lines that are drawn are counted. What others may see of a line follows from the whole summary
of its period, so for them each period is summarised; a chart never shows a figure that its own summary hides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import Connection

from broker_desktop.errors import UsageError
from broker_desktop.records.measure import DEFINITIONS, LINES, count_definitions, marks
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import Level, ShownLine
from broker_desktop.session.period import Period
from broker_desktop.session.signed_before import shown_to
from broker_desktop.session.summary import level_of, summarise
from broker_desktop.store.facts import SqlFacts
from broker_desktop.store.signed import signed_months

Why = Literal["", "hidden", "unreadable", "nothing", "not_counted"]
"""Why a point has no value: hidden, not for this role, a rate of nothing, or no such line when it was signed."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a chart; without a value it says why. It is never 0 for want of one."""

    value: float | None
    why: Why = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One period of a chart."""

    period: Period
    signed: bool
    points: Mapping[str, Point]
    """Line id to its figure."""
    disruptions: tuple[Mapping[str, Any], ...]
    """Those that touch the period, as the summary prints them."""
    pack: str
    """Id and version of the pack that it is counted by."""
    definitions: str
    other_pack: bool = False
    """Counted by another pack, or another version of it, than the step before."""
    other_definitions: bool = False


def trend(
    context: Context,
    line_ids: Sequence[str],
    periods: Sequence[Period],
    recipient: str = Level.INTERNAL,
    wanted: Callable[[], bool] = lambda: True,
) -> list[Step]:
    """Give lines over several periods, the earliest first.

    `wanted` is asked before each period: once nobody waits for it any more nothing further is counted, and nothing is
    given. Raises UsageError for a line or recipient that is none, and for weeks for others.
    """
    level, asked = level_of(context, recipient), dict.fromkeys(line_ids)
    if asked.keys() - {line.id for line in LINES}:
        raise UsageError("The summary has no line of that id.")
    steps: list[Step] = []
    for period in periods:
        if not wanted():
            return []
        with context.vault.reader.connect() as connection:
            steps.append(_step(context, connection, period, tuple(asked), level, recipient))
    return list(compared(steps))


def _step(
    context: Context, connection: Connection, period: Period, line_ids: Sequence[str], level: Level, recipient: str
) -> Step:
    facts = SqlFacts(connection, context.vault.projection)
    pack = context.packs.on(date.fromisoformat(period.last_day))
    by, definitions, signed = f"{pack.id} {pack.version}" if pack else "", DEFINITIONS, False
    lines: Sequence[ShownLine]
    if level is not Level.INTERNAL:
        made = summarise(context, period, recipient, beside=False)
        lines, signed = made.lines, made.state == "signed"
        by, definitions = f"{made.pack_id} {made.pack_version}", made.definitions
    else:
        issues = signed_months(connection, period.first_day, period.last_day)
        if issues:
            found, signed = issues[-1].lines, True
            by, definitions = f"{issues[-1].pack} {issues[-1].pack_version}", issues[-1].definitions
        else:
            drawn = [line for line in LINES if line.id in line_ids]
            found = tuple(count_definitions(drawn, facts, period.first_day, period.last_day, context.codes))
        lines = shown_to(context, level, [line for line in found if line.id in line_ids])
    shown = {line.id: line for line in lines}
    return Step(
        period=period,
        signed=signed,
        points={line_id: _point(shown.get(line_id)) for line_id in line_ids},
        disruptions=tuple(mark.to_json() for mark in marks(facts, period.first_day, period.last_day)),
        pack=by,
        definitions=definitions,
    )


def _point(line: ShownLine | None) -> Point:
    if line is None:
        return Point(None, "not_counted")
    if line.unreadable:
        return Point(None, "unreadable")
    if line.hidden:
        return Point(None, "hidden")
    return Point(None, "nothing") if line.value is None else Point(float(line.value))


def compared(steps: Sequence[Step]) -> Iterator[Step]:
    """Mark the steps from which on something else was counted by."""
    for before, step in pairwise((*steps[:1], *steps)):
        yield replace(
            step, other_pack=step.pack != before.pack, other_definitions=step.definitions != before.definitions
        )
