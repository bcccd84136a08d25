"""The `summary` command."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from broker_desktop.errors import BadInput, UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.headless.return_commands import is_about_returns, returns
from broker_desktop.headless.writing import writing
from broker_desktop.session import (
    BINARY,
    Environment,
    Period,
    Session,
    contract_period,
    fiscal_period,
    month_period,
    quarter_period,
    range_period,
    rolling_period,
    snapshot_period,
    to_bytes,
    year_period,
)


def summary(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Print a summary, or write it to a file."""
    about_returns = is_about_returns(arguments)
    if arguments.audit:
        _refuse_beside_audit(arguments)
    file_format = arguments.format or "json"
    if not about_returns and file_format in BINARY and arguments.out is None:
        raise UsageError("A workbook or a PDF needs --out.")
    with opened(arguments, console, environment) as session:
        if about_returns:
            return returns(arguments, console, session)
        period = period_of(arguments, session)
        if arguments.issues or arguments.late or arguments.behind:
            return _listed(arguments, console, session, period)
        if arguments.audit:
            return _audit(arguments, console, session, period)
        if arguments.sign_off:
            commentary = {} if arguments.commentary is None else _commentary(arguments.commentary)
            made = session.months.sign(period, arguments.recipient, commentary, again=arguments.again)
        else:
            made = session.summary(period, arguments.recipient)
        made = made.only(arguments.tag) if arguments.tag else made
        if arguments.out is not None:
            with writing(console) as told:
                session.export(made, file_format, arguments.out, told)
            console.say(f"Written to {arguments.out}.")
        else:
            console.stdout.write(to_bytes(made, file_format).decode())
    return 0


def _refuse_beside_audit(arguments: argparse.Namespace) -> None:
    """Say what does not go with an audit before anything is opened or written. Raises UsageError."""
    if arguments.recipient != "internal" or arguments.tag or arguments.format not in (None, "xlsx"):
        raise UsageError("An audit is a workbook for the team itself: without another --recipient, --tag or --format.")
    if arguments.out is None:
        raise UsageError("An audit needs --out.")


def _audit(arguments: argparse.Namespace, console: Console, session: Session, period: Period) -> int:
    """Draw records for an audit into a workbook."""
    made = session.months.audit(period, arguments.audit, arguments.out, many=arguments.many, number=arguments.draw)
    console.say(f"{len(made.records)} of {made.of} records, draw {made.number}. Written to {arguments.out}.")
    return 0


def _listed(arguments: argparse.Namespace, console: Console, session: Session, period: Period) -> int:
    """Print a list beside a period, one JSON object a line."""
    if arguments.issues:
        rows = [asdict(one) for one in session.months.issues(period)]
    elif arguments.late:
        rows = [one.to_json() for one in session.months.late_changes(period)]
    else:
        rows = [{"type": kind, "id": row} for kind, row in session.months.behind(arguments.behind, period)]
    for row in rows:
        console.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


def _commentary(path: Path) -> dict[str, str]:
    """Read a commentary. Raises BadInput."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput("The commentary cannot be read as JSON.") from error
    if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
        raise BadInput("A commentary is one text for each heading.")
    return told


def period_of(arguments: argparse.Namespace, session: Session) -> Period:
    """Read the period of the command line. Raises UsageError."""
    if (arguments.first is None) != (arguments.last is None):
        raise UsageError("--from and --to go together.")
    pack = session.pack
    ways: dict[str, Callable[[str], Period]] = {
        "month": month_period,
        "quarter": quarter_period,
        "year": year_period,
        "fiscal": lambda text: fiscal_period(text, pack.year_start if pack else 4),
        "rolling": rolling_period,
        "contract_year": lambda text: contract_period(text, pack.contract_start if pack else None),
        "week": lambda text: snapshot_period(text, 7),
        "fortnight": lambda text: snapshot_period(text, 14),
        "snapshot": session.months.snapshot,
    }
    for name, way in ways.items():
        if getattr(arguments, name):
            return way(getattr(arguments, name))
    return range_period(arguments.first, arguments.last)
