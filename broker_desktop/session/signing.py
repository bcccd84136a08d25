"""Signing a month: its figures are locked as they stand, later changes stand beside them, records stay editable.

A lead's. The exact lines travel to other leads in the admin compartment, with prints of the records they were counted
from. A signed period is shown from what was signed, never counted again; a further issue is made only by choice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from broker_desktop.errors import BadInput, NotPermitted, UsageError
from broker_desktop.records.access import Role
from broker_desktop.records.measure import HEADINGS, LINES, Completeness, Line, behind_each, lines_text
from broker_desktop.records.record_type import ADMIN
from broker_desktop.session.audit_sample import USUAL, AuditSample, draw, open_to
from broker_desktop.session.completeness import completeness
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import Level, shown_lines
from broker_desktop.session.exports import Told, silent
from broker_desktop.session.falling import marks_of
from broker_desktop.session.handing_on import hand_audit
from broker_desktop.session.late_changes import TYPES, LateChange
from broker_desktop.session.period import SNAPSHOTS, Period, snapshot_period
from broker_desktop.session.queries import worker_names
from broker_desktop.session.summary import Summary, drawn_up, summarise
from broker_desktop.session.trends import Step, trend
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.facts import SqlFacts
from broker_desktop.store.prints import in_bytes, prints
from broker_desktop.store.signed import next_rank, packed, parts_of, signed_months
from broker_desktop.store.system_rows import SIGN_OFF, SIGN_OFF_PART

_WHAT: Final = "Signing a month"
_LONGEST_COMMENT: Final = 2000
_MAY_LOOK_BEHIND: Final = frozenset({Role.LEAD, Role.DATA})


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a signed period, for a list."""

    issue: int
    recipient: str
    hash: str
    at: str
    by: str
    """Whose laptop signed it."""
    definitions: str


class MonthsDesk:
    """What a session offers around signed periods. One line a method."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def sign(
        self,
        period: Period,
        recipient: str = "internal",
        commentary: Mapping[str, str] | None = None,
        *,
        again: bool = False,
    ) -> Summary:
        """Lock a period. Raises NotPermitted, BadInput."""
        return sign(self._context, period, recipient, commentary or {}, again=again)

    def issues(self, period: Period) -> list[Issue]:
        """List the issues of a period, the first one first. Raises NotPermitted."""
        return issues(self._context, period)

    def late_changes(self, period: Period) -> tuple[LateChange, ...]:
        """List what changed since the last issue. Raises NotPermitted."""
        self._context.only_leads(_WHAT)
        return summarise(self._context, period, "internal").late

    def snapshot(self, day: str) -> Period:
        """Give the week or fortnight of a day (YYYY-MM-DD), as the pack in force that day has it. Raises UsageError."""
        week = snapshot_period(day, SNAPSHOTS["week"])
        pack = self._context.packs.on(date.fromisoformat(day))
        kind = pack.settings.get("snapshot", "week") if pack else "week"
        return week if kind == "week" else snapshot_period(day, SNAPSHOTS[kind])

    def trend(
        self,
        lines: Sequence[str],
        periods: Sequence[Period],
        recipient: str = "internal",
        wanted: Callable[[], bool] = lambda: True,
    ) -> list[Step]:
        """Give lines over several periods for a chart; `wanted` is asked before each of them. Raises UsageError."""
        return trend(self._context, lines, periods, recipient, wanted)

    def behind(self, line_id: str, period: Period) -> list[tuple[str, str]]:
        """Give type and id of the records behind a figure. Raises NotPermitted, UsageError."""
        return behind(self._context, line_id, period)

    @property
    def audits(self) -> tuple[str, ...]:
        """The subjects of audits that are open to this seat."""
        return open_to(self._context)

    def audit(
        self, period: Period, subject: str, path: Path, *, many: int = USUAL, number: int = 1, told: Told = silent
    ) -> AuditSample:
        """Draw records for an audit and write them as a workbook. Raises NotPermitted, UsageError, BadInput."""
        sample = draw(self._context, period, subject, many, number)
        hand_audit(self._context, sample, path, told)
        return sample


def sign(context: Context, period: Period, recipient: str, commentary: Mapping[str, str], *, again: bool) -> Summary:
    """Lock a period with its figures as they stand.

    Raises:
        NotPermitted: not a lead, or a compartment that the lines need is missing. UsageError: not a recipient.
        BadInput: signed already (say so with `again`), not over yet, or a heading that is none.
    """
    context.only_leads(_WHAT)
    _check_commentary(commentary)
    if period.is_snapshot:
        raise UsageError("Whole months are signed; a week or a fortnight is a look at how it goes.")
    if period.last_day >= context.environment.today():
        raise BadInput("This period is not over yet, so its figures can still grow.", code="SIGN-2")
    missing = frozenset[int]().union(*(line.compartments for line in LINES)) - context.compartments
    if missing:
        raise NotPermitted("This laptop cannot read everything that the figures need.", code="SIGN-3")
    with context.vault.reader.connect() as connection:
        before = signed_months(connection, period.first_day, period.last_day)
        if before and not again:
            raise BadInput(
                "This period is signed. Later changes stand beside it.",
                code="SIGN-4",
                remedy="Sign again only where a new issue should go out.",
            )
        draft, lines = drawn_up(context, connection, period, recipient, beside=False)
        own = shown_lines(lines, Level.INTERNAL)
        marks = marks_of(context, connection, period, own, Level.INTERNAL)  # each recipient is shown their own
        found = list(prints(connection, context.vault.projection, TYPES, period.first_day, period.last_day))
        rank = next_rank(connection, period.first_day, period.last_day)
        rests_on = completeness(context, connection, period, lines)  # for others it is told with less
    _keep(context, replace(draft, marks=marks), lines, rests_on, in_bytes(found), commentary, rank)
    return summarise(context, period, recipient)


def _keep(
    context: Context, draft: Summary, lines: Sequence[Line], rests_on: Completeness, found: bytes,
    commentary: Mapping[str, str], rank: int,
) -> None:  # fmt: skip
    row = context.environment.new_id()
    about = {
        "period": draft.period.to_json(), "recipient": draft.recipient, "hash": draft.hash, "pack": draft.pack_id,
        "operator": draft.operator, "pack_version": draft.pack_version, "definitions": draft.definitions,
        "completeness": rests_on.to_json(), "marks": list(draft.marks), "commentary": dict(commentary),
    }  # fmt: skip
    fields = {
        "first_day": draft.period.first_day, "last_day": draft.period.last_day, "rank": rank,
        "about": json.dumps(about, sort_keys=True, ensure_ascii=False), "figures": packed(lines_text(lines)),
        "at": context.environment.moment(), "seat": context.vault.ids.seat_id,
    }  # fmt: skip
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        tx.create(SIGN_OFF, row, ADMIN, fields, fresh=True)
        for n, body in enumerate(parts_of(found)):
            part = {"of": row, "n": n, "body": body}
            tx.create(SIGN_OFF_PART, context.environment.new_id(), ADMIN, part, fresh=True)
        context.audit("sign_off", "summary", row, tx=tx)
    context.wake()


def issues(context: Context, period: Period) -> list[Issue]:
    """List the issues of a period, the first one first. Raises NotPermitted."""
    context.only_leads(_WHAT)
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
        return [
            Issue(
                issue=one.issue, recipient=one.recipient, hash=one.hash, at=one.at, by=names.get(one.seat, ""),
                definitions=one.definitions,
            )
            for one in signed_months(connection, period.first_day, period.last_day)
        ]  # fmt: skip


def behind(context: Context, line_id: str, period: Period) -> list[tuple[str, str]]:
    """Give type and id of the records that a figure rests on now; that somebody looked is noted.

    Raises:
        NotPermitted: neither lead nor data officer, or the line is not readable here. UsageError: not a line.
    """
    if context.role not in _MAY_LOOK_BEHIND:
        raise NotPermitted("The records behind a figure are for a team lead or data officer.")
    definition = next((line for line in LINES if line.id == line_id), None)
    if definition is None:
        raise UsageError("The summary has no line of that id.")
    if not definition.compartments <= context.compartments:
        raise NotPermitted("This figure rests on records that are not open to you.")
    with context.vault.reader.connect() as connection:
        facts = SqlFacts(connection, context.vault.projection)
        found = behind_each([definition], facts, period.first_day, period.last_day, context.codes)[line_id]
    context.audit("look_behind", line_id, many=len(found))
    return found


def _check_commentary(commentary: Mapping[str, str]) -> None:
    for heading, text in commentary.items():
        if heading not in HEADINGS:
            raise BadInput(f"A commentary stands under one of: {', '.join(HEADINGS)}.", code="SIGN-5")
        if len(text) > _LONGEST_COMMENT:
            raise BadInput("A commentary is at most 2,000 characters long.", code="SIGN-5")
