"""Handing a summary on: the file is written with what belongs on it, and that it was written is noted.

It decides nothing about what a recipient may see; that was decided when the summary was made.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from broker_desktop.records.measure import marks
from broker_desktop.records.worklist import later
from broker_desktop.session.context import Context
from broker_desktop.session.exports import Beside, export
from broker_desktop.session.period import month_period
from broker_desktop.session.summary import Summary, summarise
from broker_desktop.store.facts import SqlFacts

MONTHS_DRAWN: Final = 12


def hand_on(context: Context, made: Summary, file_format: str, path: Path) -> None:
    """Write a summary to a file. Raises UsageError for no format of ours, StorageProblem."""
    export(made, file_format, path, beside(context, made if file_format == "pdf" else None))
    context.audit("export", "summary")


def beside(context: Context, drawn: Summary | None = None) -> Beside:
    """Give what a file for people needs beside the figures; with `drawn` also the months that lead up to it."""
    service = context.team.name if context.team else ""
    if drawn is None or drawn.period.kind != "month":
        return Beside(codes=context.codes, service=service)
    first = date.fromisoformat(drawn.period.first_day)
    months = [later(first, months=-back).isoformat()[:7] for back in range(MONTHS_DRAWN - 1, 0, -1)]
    history = [summarise(context, month_period(month), drawn.recipient, beside=False) for month in months]
    if drawn.state == "signed":  # what was never signed can still move, and the paper must not
        history = [one for one in history if one.state == "signed"]
    with context.vault.reader.connect() as connection:
        found = marks(SqlFacts(connection, context.vault.projection), f"{months[0]}-01", drawn.period.last_day)
    disruptions = [one.to_json() for one in found]
    return Beside(codes=context.codes, service=service, history=history, disruptions=disruptions)
