"""Handlers of the data officer's commands: each opens the vault, does one thing, prints it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment
from broker_desktop.session.reference_tables import ReferenceView


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


def reference_import(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Keep a printed table, or those that come with the pack, and say which figures differ."""
    with opened(arguments, console, environment) as session:
        desk = session.imports.reference
        kept = desk.bring_pack() if arguments.pack else [desk.bring(arguments.file)]
    for one in kept:
        console.line(json.dumps(one.to_json(), ensure_ascii=False) if console.json else f"{one.id}  {one.title}")
        _say_differences(one, console)
    return 0


def reference_list(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the tables that are kept."""
    with opened(arguments, console, environment) as session:
        found = session.imports.reference.tables()
    for one in found:
        words = f"{one.id}  {one.title}, {one.year}: {one.differing} of {one.checked} figures differ"
        console.line(json.dumps(one.to_json(), ensure_ascii=False) if console.json else words)
    return 0


def reference_check(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List what differs between print and cells."""
    with opened(arguments, console, environment) as session:
        found = session.imports.reference.tables()
    for one in found:
        if arguments.id not in (None, one.id):
            continue
        if console.json:
            console.line(json.dumps(one.to_json(), ensure_ascii=False))
        else:
            console.line(f"{one.title}: {one.differing} of {one.checked} figures differ")
            _say_differences(one, console)
    return 0


def _say_differences(table: ReferenceView, console: Console) -> None:
    for cell in table.sums.differing:
        where = f"{cell.group}, {cell.row}" if cell.group else cell.row
        console.say(f"  {where}, {cell.column}: {cell.printed} printed, {cell.recomputed} by the cells")
