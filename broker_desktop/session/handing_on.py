"""Handing a summary on: the file is written with what belongs on it, and that it was written is noted.

It decides nothing about what a recipient may see; that was decided when the summary was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from broker_desktop.records.measure import marks
from broker_desktop.records.worklist import later
from broker_desktop.session.audit_sample import AuditSample
from broker_desktop.session.context import Context
from broker_desktop.session.disclosure import Level
from broker_desktop.session.exports import Beside, Told, silent, to_bytes
from broker_desktop.session.exports.audit_sheet import audit_workbook
from broker_desktop.session.exports.charts import draws_months
from broker_desktop.session.exports.under_way import stretch
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.period import Period, month_period, range_period
from broker_desktop.session.summary import Summary, summarise
from broker_desktop.store.database import told_by_disk
from broker_desktop.store.facts import SqlFacts
from broker_desktop.store.signed import signed_months

MONTHS_DRAWN: Final = 12
QUARTERS: Final = 4
_QUARTER: Final = 3


def hand_on(context: Context, made: Summary, file_format: str, path: Path, told: Told = silent) -> None:
    """Write a summary to a file, over one that is there; what `told` raises stops it, and then nothing is written.

    Raises UsageError for no format of ours, StorageProblem, DiskFull.
    """
    hand_on_all(context, made, {path: file_format}, told)


def hand_on_all(context: Context, made: Summary, files: Mapping[Path, str], told: Told = silent) -> None:
    """Write a summary to several files, each in its format: all of them are made before the first is written.

    Raises as `hand_on`.
    """
    contents = {
        path: _content(context, made, file_format, stretch(told, at, len(files)))
        for at, (path, file_format) in enumerate(files.items())
    }
    told(1, 1)  # the last moment to stop it
    for path, content in contents.items():
        keep_file(path, content)
        context.audit("export", "summary")


def _content(context: Context, made: Summary, file_format: str, told: Told) -> bytes:
    """Make what a file holds; parts of it lie in the folder of the vault, where opening it removes left-overs."""
    told(0, 1)
    needed = beside(context, made if file_format == "pdf" else None, told)
    if file_format == "xlsx" and made.period.month_count == _QUARTER:
        needed = replace(needed, quarters=_quarters_before(context, made, stretch(told, 0, 2)))
        told = stretch(told, 1, 2)
    try:
        return to_bytes(made, file_format, needed, told, context.vault.folder)
    except OSError as error:
        raise told_by_disk(error, "The file cannot be written") from None


def hand_audit(context: Context, sample: AuditSample, path: Path, told: Told = silent) -> None:
    """Write a sample for an audit as a workbook for the team itself; what `told` raises stops it.

    Raises StorageProblem, DiskFull.
    """
    told(0, 2)
    summary = summarise(context, sample.period, Level.INTERNAL)
    pack = context.packs.on(date.fromisoformat(sample.period.last_day))
    told(1, 2)
    try:
        content = audit_workbook(sample, summary, pack, beside(context), context.vault.folder)
    except OSError as error:
        raise told_by_disk(error, "The file cannot be written") from None
    told(2, 2)  # the last moment to stop it
    keep_file(path, content)
    context.audit("export", "audit_sample", many=len(sample.records))


def beside(context: Context, drawn: Summary | None = None, told: Told = silent) -> Beside:
    """Give what a file for people needs beside the figures; with `drawn` also the months that lead up to it."""
    service = context.team.name if context.team else ""
    if drawn is None or not draws_months(drawn):
        return Beside(codes=context.codes, service=service)
    first = date.fromisoformat(drawn.period.first_day)
    months = [later(first, months=-back).isoformat()[:7] for back in range(MONTHS_DRAWN - 1, 0, -1)]
    periods = [month_period(month) for month in months]
    if drawn.state == "signed":
        return Beside(codes=context.codes, service=service, history=_signed(context, drawn, periods, told))
    history = list(_made(context, drawn, periods, told))
    with context.vault.reader.connect() as connection:
        found = marks(SqlFacts(connection, context.vault.projection), f"{months[0]}-01", drawn.period.last_day)
    disruptions = [one.to_json() for one in found]
    return Beside(codes=context.codes, service=service, history=history, disruptions=disruptions)


def _signed(context: Context, drawn: Summary, periods: Sequence[Period], told: Told) -> list[Summary]:
    """Give the months that are signed, with the disruptions they were signed with.

    What was never signed can still move, and a signed paper must not: those months are not even counted.
    """
    with context.vault.reader.connect() as connection:
        issues = [(period, signed_months(connection, period.first_day, period.last_day)) for period in periods]
    signed = [(period, known[-1].marks) for period, known in issues if known]
    made = _made(context, drawn, [period for period, _ in signed], told)
    return [
        replace(one, marks=tuple(mark for mark in kept if mark["kind"] != "fall"))
        for one, (_, kept) in zip(made, signed, strict=True)
    ]


def _quarters_before(context: Context, drawn: Summary, told: Told) -> list[Summary]:
    """Give the three quarters before; of one that is signed only those that are, because the others still move."""
    first = date.fromisoformat(drawn.period.first_day)
    starts = [later(first, months=-_QUARTER * back) for back in range(QUARTERS - 1, 0, -1)]
    ends = [later(start, months=_QUARTER - 1) for start in starts]
    periods = [range_period(f"{start:%Y-%m}", f"{end:%Y-%m}") for start, end in zip(starts, ends, strict=True)]
    made = _made(context, drawn, periods, told)
    return [one for one in made if one.state == "signed" or drawn.state != "signed"]


def _made(context: Context, drawn: Summary, periods: Sequence[Period], told: Told) -> Iterator[Summary]:
    """Give months as the recipient of `drawn` sees them."""
    for done, period in enumerate(periods, start=1):
        yield summarise(context, period, drawn.recipient, beside=False)
        told(done, len(periods) + 1)
