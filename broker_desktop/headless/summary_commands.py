"""The `summary` command."""

from __future__ import annotations

import argparse

from broker_desktop.errors import UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import (
    Environment,
    Period,
    Session,
    export,
    fiscal_period,
    month_period,
    quarter_period,
    range_period,
    to_bytes,
    year_period,
)


def summary(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Print a summary, or write it to a file."""
    if arguments.format == "xlsx" and arguments.out is None:
        raise UsageError("A workbook needs --out.")
    with opened(arguments, console, environment) as session:
        made = session.summary(period_of(arguments, session), arguments.recipient)
        if arguments.out is not None:
            export(made, arguments.format, arguments.out)
            console.say(f"Written to {arguments.out}.")
        else:
            console.stdout.write(to_bytes(made, arguments.format).decode())
    return 0


def period_of(arguments: argparse.Namespace, session: Session) -> Period:
    """Read the period of the command line. Raises UsageError."""
    if (arguments.first is None) != (arguments.last is None):
        raise UsageError("--from and --to go together.")
    if arguments.month:
        return month_period(arguments.month)
    if arguments.quarter:
        return quarter_period(arguments.quarter)
    if arguments.year:
        return year_period(arguments.year)
    if arguments.fiscal:
        return fiscal_period(arguments.fiscal, session.pack.year_start if session.pack else 4)
    return range_period(arguments.first, arguments.last)
