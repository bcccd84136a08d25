"""The month summary: figures of a period for a recipient, with what is missing from them (contract.md).

Counts over one connection of the reading engine; never holds up a save. What a line means is declared in
`records.measure`, what may be seen of it in `disclosure`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from broker_desktop.errors import UsageError
from broker_desktop.records.measure import (
    DEFINITIONS,
    Completeness,
    Line,
    NotHeardFrom,
    heading_of,
)
from broker_desktop.records.measure.against import Against, TeamFigure, against, tagged, variation
from broker_desktop.records.measure.positions import Position, positions
from broker_desktop.records.pack.indicators import Indicator
from broker_desktop.session.completeness import completeness
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import LEAST_DENOMINATOR, Level, ShownLine
from broker_desktop.session.falling import marks_of
from broker_desktop.session.flows import flows
from broker_desktop.session.indicators import asked_of, declared_then, least_shared
from broker_desktop.session.late_changes import LateChange, changes_for_others, compared, late_changes
from broker_desktop.session.period import Period
from broker_desktop.session.signed_before import counted_lines, shown_to, signed_before
from broker_desktop.store.signed import SignedMonth, signed_months


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of one period as one recipient may see them."""

    period: Period
    recipient: str
    level: Level
    pack_id: str
    pack_version: str
    operator: str
    """Who runs the hub or leads the service, as the cover names them; empty where the pack names nobody."""
    definitions: str
    completeness: Completeness
    """As at signing, where it is signed."""
    lines: tuple[ShownLine, ...]
    state: str = "draft"
    """draft or signed."""
    issue: int = 1
    commentary: Mapping[str, str] = field(default_factory=dict)
    """Code of `HEADINGS` to what the lead wrote."""
    late: tuple[LateChange, ...] = ()
    """What changed since it was signed; the lines are not moved by it."""
    declared: tuple[Indicator, ...] = ()
    """What the pack of its last day holds the figures against."""
    tag: str = ""
    """Only what carries this tag, if any."""
    marks: tuple[Mapping[str, Any], ...] = ()
    """Disruptions that touch the period, and lines that fell, explained or not."""
    completeness_now: Completeness | None = None
    """Of a signed period: what it would rest on today, where something that was missing has come since."""
    chosen_from: str = ""
    """Where lines were chosen, by a return or by a tag, the hash of all figures; those that are here go by it too."""

    def _figures(self) -> dict[str, Any]:
        return {
            "period": self.period.to_json(),
            "recipient": self.recipient,
            "pack": {"id": self.pack_id, "version": self.pack_version},
            "definitions": self.definitions,
            "lines": [line.to_json() for line in self.lines],
        }

    @cached_property
    def indicators(self) -> tuple[Against, ...]:
        """The figures against what is asked of them; where lines were chosen, those that are counted by them."""
        here = {line.id for line in self.lines}
        declared = [one for one in self.declared if not self.chosen_from or (one.lines and one.rests_on <= here)]
        found = against(declared, self.lines, asked_of(self.period, self.level))
        return tagged(found, self.tag) if self.tag else found

    @cached_property
    def variation(self) -> tuple[TeamFigure, ...]:
        """The watched lines by team."""
        return variation(self.lines, least_shared(self.level))

    @cached_property
    def positions(self) -> tuple[Position, ...]:
        """The Bull's-eye as a matrix, where the pack prints an estimate; a tag leaves out what does not carry it."""
        return positions(self.indicators, self.lines, least_shared(self.level))

    def only(self, tag: str) -> Summary:
        """Give what carries a tag: its indicators, and the lines they are counted by."""
        found = tagged(self.indicators, tag)
        return self.with_lines(frozenset[str]().union(*(one.indicator.rests_on for one in found)), tag)

    def with_lines(self, ids: Set[str], tag: str = "") -> Summary:
        """Leave away all other lines, and what is said of them and of headings that have none left."""
        lines = tuple(line for line in self.lines if line.id in ids)
        headings = {heading_of(line.id) for line in lines}
        return replace(
            self,
            tag=tag or self.tag,
            lines=lines,
            chosen_from=self.hash,
            commentary={code: text for code, text in self.commentary.items() if code in headings},
            late=tuple(one for one in self.late if one.line in ids or not one.line),
            marks=tuple(mark for mark in self.marks if mark["kind"] != "fall" or mark["line"] in ids),
        )

    @cached_property
    def hash(self) -> str:
        """Name the figures: the same on every laptop that shows the same."""
        if self.chosen_from:
            return self.chosen_from
        text = json.dumps(self._figures(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Give the summary as contract.md prints it."""
        figures = self._figures()
        lines = figures.pop("lines")
        return {
            **figures,
            "state": self.state,
            "hash": self.hash,
            "issue": self.issue,
            **({"chosen": [line.id for line in self.lines]} if self.chosen_from else {}),
            "completeness": {**self.completeness.to_json(), "disruptions": self._disruptions()},
            **({"completeness_now": self.completeness_now.to_json()} if self.completeness_now else {}),
            "lines": lines,
            "indicators": [one.to_json() for one in self.indicators],
            "variation": [one.to_json() for one in self.variation],
            "flows": [one.to_json() for one in flows(self.lines)],
            **({"tag": self.tag} if self.tag else {}),
            "commentary": dict(self.commentary),
            "late_changes": [one.to_json() for one in self.late],
            "marks": [dict(one) for one in self.marks],
        }

    def _disruptions(self) -> list[dict[str, Any]]:
        """Give each disruption that touches the period with the falling lines beside which it stands."""
        return [
            {
                "record": one["record"],
                "from": one["from"],
                "until": one["until"],
                "lines": [mark["line"] for mark in falls_beside(self.marks, one)],
            }
            for one in self.marks
            if one["kind"] != "fall"
        ]

    def line(self, line_id: str) -> ShownLine:
        """Give one line. Raises UsageError for an id that no line has."""
        return _one(self.lines, line_id)


def falls_beside(marks: Sequence[Mapping[str, Any]], disruption: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the marks of lines that fell and that a disruption may explain."""
    return [one for one in marks if one["kind"] == "fall" and disruption["record"] in one["explained_by"]]


def level_of(context: Context, recipient: str) -> Level:
    """Give how far a recipient's summary travels. Raises UsageError for one that the pack gives no level."""
    if recipient in set(Level):
        return Level(recipient)
    for one in context.pack.recipients if context.pack else ():
        if one.name == recipient and one.level in set(Level):
            return Level(str(one.level))
    raise UsageError("A recipient is internal, commissioner, publish, or one to whom the pack gives a level.")


def summarise(context: Context, period: Period, recipient: str, *, beside: bool = True) -> Summary:
    """Give a period for a recipient: as it was signed, or else counted now.

    Without `beside` what stands beside the figures (marks, late changes) is left out, as a chart of many months needs.
    """
    level = level_of(context, recipient)
    if period.is_snapshot and level is not Level.INTERNAL:
        raise UsageError("Others get whole months; a week or a fortnight is for the team itself.")
    with context.vault.reader.connect() as connection:
        issues = signed_months(connection, period.first_day, period.last_day)
        if issues:
            return _as_signed(context, connection, period, recipient, level, issues, beside=beside)
        return drawn_up(context, connection, period, recipient, beside=beside)[0]


def drawn_up(
    context: Context, connection: Connection, period: Period, recipient: str, *, beside: bool = True
) -> tuple[Summary, Sequence[Line]]:
    """Count a period as records stand now, signed or not; give it as the recipient sees it, and the exact lines."""
    level = level_of(context, recipient)
    counted = counted_lines(context, connection, period)
    lines = shown_to(context, level, counted, signed_before(context, connection, period, level))
    pack = context.packs.on(date.fromisoformat(period.last_day))
    made = Summary(
        period=period,
        recipient=recipient,
        level=level,
        pack_id=pack.id if pack else "",
        operator=(pack.hub_operator or pack.lead_provider) if pack else "",
        pack_version=pack.version if pack else "",
        definitions=DEFINITIONS,
        completeness=_told(completeness(context, connection, period, counted), level),
        lines=lines,
        declared=pack.indicators if pack else (),
        marks=marks_of(context, connection, period, lines, level) if beside else (),
    )
    return made, counted


def _as_signed(
    context: Context,
    connection: Connection,
    period: Period,
    recipient: str,
    level: Level,
    issues: Sequence[SignedMonth],
    *,
    beside: bool,
) -> Summary:
    """Show what was signed last, hidden as this recipient needs it, with what changed since beside it."""
    issue = issues[-1]
    own = level is Level.INTERNAL
    before = signed_before(context, connection, period, level, issues)
    lines = shown_to(context, level, issue.lines, before[:-1])
    late: tuple[LateChange, ...] = ()
    marks: Sequence[Mapping[str, Any]] = ()
    today: Completeness | None = None
    if beside:
        fresh = counted_lines(context, connection, period)
        found = completeness(context, connection, period, fresh)
        today = _told(found, level) if found.is_fuller_than(issue.completeness) else None
        # The marks that were kept name exact figures, so they are the team's own.
        marks = issue.marks if own else marks_of(context, connection, period, lines, level)
        if own:
            late = late_changes(context, connection, period, issue, fresh)
        else:
            late = changes_for_others(issue, lines, shown_to(context, level, compared(context, fresh), before))
    return Summary(
        period=period,
        recipient=recipient,
        level=level,
        pack_id=issue.pack,
        operator=issue.operator,
        pack_version=issue.pack_version,
        definitions=issue.definitions,
        completeness=_told(issue.completeness, level),
        completeness_now=today,
        lines=lines,
        declared=declared_then(context, connection, issue),
        state="signed",
        issue=issue.issue,
        commentary=issue.commentary,
        late=late,
        marks=tuple(marks),
    )


def _told(complete: Completeness, level: Level) -> Completeness:
    return complete if level is Level.INTERNAL else complete.for_others(LEAST_DENOMINATOR)


def _one(lines: Sequence[ShownLine], line_id: str) -> ShownLine:
    found = next((line for line in lines if line.id == line_id), None)
    if found is None:
        raise UsageError("The summary has no line of that id.")
    return found


__all__ = ["Completeness", "NotHeardFrom", "Summary", "level_of", "summarise"]
