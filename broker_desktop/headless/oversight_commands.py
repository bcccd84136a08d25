"""Handlers of the oversight commands: each opens the vault, does one thing of the desk, prints it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment
from broker_desktop.session.oversight_views import Erasing


def erase(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Erase a record, or a person with every trace."""
    with opened(arguments, console, environment) as session:
        _print_erasing(session.oversight.erase(arguments.type, arguments.id, arguments.reason), console)
    return 0


def erasures(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List erasures or the laptops that have not confirmed; or settle what came later."""
    with opened(arguments, console, environment) as session:
        desk = session.oversight
        if arguments.settle_late:
            _print_erasing(desk.settle_late(), console)
        elif arguments.unconfirmed:
            waiting = desk.unconfirmed()
            _print(waiting, [f"{one.laptop.person}  {one.erasures}  since {one.since}" for one in waiting], console)
        else:
            made = desk.erasures()
            words = [f"{one.at}  {one.type}  {one.reason}  not confirmed by {len(one.waiting)}" for one in made]
            _print(made, words, console)
            if late := desk.late_count():
                console.say(f"{late} records came later about somebody erased: erasures --settle-late makes it final.")
    return 0


def alias(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Say that a person is another one."""
    with opened(arguments, console, environment) as session:
        session.oversight.alias(arguments.id, arguments.into, arguments.reason)
    console.result({"id": arguments.id, "into": arguments.into}, "They are one person now.")
    return 0


def unalias(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Take that back."""
    with opened(arguments, console, environment) as session:
        session.oversight.unalias(arguments.id)
    console.result({"id": arguments.id}, "They are two people again.")
    return 0


def retention(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the people who are due."""
    with opened(arguments, console, environment) as session:
        view = session.oversight.retention()
    words = [f"{one.person_id}  {one.label}  {one.last_contact}  {one.retain_until}" for one in view.due]
    _print(view.due, words, console)
    if not view.said:
        console.say(f"The team's pack does not say how long records are kept: {view.years} years are applied.")
    return 0


def propose(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Propose to erase a person who is due."""
    with opened(arguments, console, environment) as session:
        proposal = session.oversight.propose(arguments.id)
    console.result({"proposal": proposal}, proposal)
    return 0


def confirm(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Confirm another lead's proposal."""
    with opened(arguments, console, environment) as session:
        _print_erasing(session.oversight.confirm(arguments.id), console)
    return 0


def hold(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Begin or end a hold."""
    with opened(arguments, console, environment) as session:
        session.oversight.hold(arguments.id, arguments.reason)
    console.result({"id": arguments.id}, "Held." if arguments.reason else "No longer held.")
    return 0


def closed(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List who is closed to whom."""
    with opened(arguments, console, environment) as session:
        found = session.oversight.closed()
    _print(found, [f"{one.id}  {one.label}  closed to {one.worker}" for one in found], console)
    return 0


def close_to(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Close a person to whoever works on a laptop."""
    with opened(arguments, console, environment) as session:
        made = session.oversight.close_to(arguments.id, arguments.seat)
    console.result({"id": made}, made)
    return 0


def open_to(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Open a person again."""
    with opened(arguments, console, environment) as session:
        session.oversight.open_to(arguments.id)
    console.result({"id": arguments.id}, "Open again.")
    return 0


def audit(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List what was done on this laptop."""
    with opened(arguments, console, environment) as session:
        lines = session.oversight.audit()
    _print(lines, [f"{one.n}  {one.at}  {one.action}  {one.type}  {one.record_id}" for one in lines], console)
    return 0


def heads(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List how long the audit lists of the other laptops are."""
    with opened(arguments, console, environment) as session:
        lines = session.oversight.audit_heads()
    _print(lines, [f"{one.laptop.person}  {one.entries}  {one.since}  {one.flaw}" for one in lines], console)
    return 0


def export(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Write the audit list as CSV."""
    with opened(arguments, console, environment) as session:
        entries = session.oversight.export_audit(arguments.out)
    console.result({"entries": entries}, f"{entries} entries written.")
    return 0


def _print_erasing(made: Erasing, console: Console) -> None:
    words = f"Erased: {made.people} people, {made.records} records; {made.anonymous} count on without the person."
    console.result(asdict(made), words)
    console.say("Other laptops erase at their next sync.")


def _print(values: Iterable[Any], words: Iterable[str], console: Console) -> None:
    for value, line in zip(values, words, strict=True):
        console.line(json.dumps(asdict(value), ensure_ascii=False) if console.json else line)
