"""Handlers of the data officer's commands: each opens the vault, does one thing, prints it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment


def words(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the words under an open code."""
    with opened(arguments, console, environment) as session:
        found = session.recoding.words()
    for one in found:
        like = f"  like {one.suggestion}" if one.suggestion else ""
        told = f"{one.count:>5}  {one.type}.{one.field}  {one.words}{like}"
        console.line(json.dumps(asdict(one), ensure_ascii=False) if console.json else told)
    return 0


def done(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List what was re-coded."""
    with opened(arguments, console, environment) as session:
        found = session.recoding.done()
    for one in found:
        told = f"{one.mark}  {one.at}  {one.type}.{one.field} to {one.code}: {one.standing} of {one.count} stand"
        console.line(json.dumps(asdict(one), ensure_ascii=False) if console.json else told)
    return 0


def recode(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Give a code to every record with these words."""
    with opened(arguments, console, environment) as session:
        made = session.recoding.recode(
            arguments.type, arguments.field, arguments.words, arguments.code, arguments.reason
        )
    console.result(asdict(made), f"{made.count} records re-coded. To take it back: recode undo {made.mark}")
    return 0


def undo(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Take a whole re-coding back."""
    with opened(arguments, console, environment) as session:
        made = session.recoding.undo(arguments.mark)
    console.result(asdict(made), f"{made.count} records as before; {made.left} were changed since and stay.")
    return 0
