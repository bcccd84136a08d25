"""The `record`, `search` and `conflicts` commands."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from broker_desktop.errors import BadInput, UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.records.contract_json import BadLine, parse_line
from broker_desktop.records.dates import parse_day
from broker_desktop.session import Environment, RecordRow, Session, as_json, catalogue_json
from broker_desktop.session.catalogue import schemas_json


def types(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Print the catalogue: types, fields, kinds, codes, required."""
    if arguments.schema is not None:
        console.line(json.dumps(schemas_json(arguments.schema), ensure_ascii=False, indent=2))
        return 0
    catalogue = catalogue_json()
    if console.json:
        console.line(json.dumps(catalogue, ensure_ascii=False))
        return 0
    for kind in catalogue["types"]:
        console.line(f"{kind['name']}: {kind['help']}")
        for field in kind["fields"]:
            console.line(f"  {field['name']}{'*' if field['required'] else ''}  {field['kind']}  {field['label']}")
    return 0


def add(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Store one record."""
    with opened(arguments, console, environment) as session:
        saved = session.save(arguments.type, _data(arguments.data, console))
        for issue in saved.issues:
            console.say(f"{issue.path}: {issue.message}" if issue.path else issue.message)
        if session.leaves_no_copy(arguments.type):
            console.say("Sealed. No copy stays on this laptop; it reaches the leads when it syncs.")
            console.say(session.whom_to_call().words())
        console.result({"id": saved.id}, saved.id)
    return 0


def listing(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List records of a type."""
    where = [_pair(text) for text in arguments.where]
    for day in (arguments.since, arguments.until):
        if day is not None and parse_day(day) is None:
            raise UsageError("A day is written YYYY-MM-DD, like 2026-11-05.")
    if arguments.limit is not None and arguments.limit < 0:
        raise UsageError("--limit is 0 or more.")
    with opened(arguments, console, environment) as session:
        rows = session.records(
            arguments.type, where=where, since=arguments.since, until=arguments.until, limit=arguments.limit
        )
        session.oversight.listed(arguments.type, len(rows))
        _print_rows(rows, console)
    return 0


def show(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Show one record with its corrections."""
    with opened(arguments, console, environment) as session:
        view = session.record(arguments.type, arguments.id)
    console.line(as_json.line(as_json.view_json(view)))
    return 0


def amend(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Change what the data names of a record."""
    with opened(arguments, console, environment) as session:
        saved = session.amend(arguments.type, arguments.id, _data(arguments.data, console), arguments.reason)
        console.result({"id": saved.id}, saved.id)
    return 0


def void(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Take a record out of lists and counts."""
    with opened(arguments, console, environment) as session:
        session.void(arguments.type, arguments.id, arguments.reason)
        console.result({"id": arguments.id}, arguments.id)
    return 0


def search(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Find records by words, codes and names."""
    with opened(arguments, console, environment) as session:
        _print_rows(session.search(arguments.text), console)
    return 0


def worklist(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Count what waits on every worklist, or list one."""
    with opened(arguments, console, environment) as session:
        if arguments.name is None:
            for one in session.worklists():
                words = f"{one.id:<4} {one.count:>6}  {one.title}" + (f"  ({one.red} urgent)" if one.red else "")
                console.line(as_json.line(asdict(one)) if console.json else words)
            return 0
        found = session.worklist(
            arguments.name, text=arguments.text, mine=arguments.mine, overdue=arguments.overdue, coming=arguments.coming
        )
        for row in found.rows:
            words = f"{row.due}  {row.who:<16}  {row.reason}"
            console.line(as_json.line(asdict(row)) if console.json else words)
    return 0


def conflicts(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the fields with two values, or settle one."""
    if (arguments.resolve is None) != (arguments.choose is None):
        raise UsageError("--resolve and --choose go together.")
    with opened(arguments, console, environment) as session:
        if arguments.resolve is not None:
            session.resolve(arguments.resolve, arguments.choose)
            console.result({"resolved": arguments.resolve}, "Decided.")
            return 0
        _print_conflicts(session, console)
    return 0


def _print_conflicts(session: Session, console: Console) -> None:
    for one in session.conflicts():
        if console.json:
            console.line(as_json.line(as_json.conflict_json(one)))
            continue
        console.line(f"{one.id}  {one.label}")
        for number, value in enumerate(one.values, start=1):
            console.line(f"  {number}  {value.words}  ({value.by}, {value.at})")


def _print_rows(rows: list[RecordRow], console: Console) -> None:
    for row in rows:
        console.line(
            as_json.line(as_json.row_json(row)) if console.json else f"{row.id}  {row.custody:<6}  {row.summary}"
        )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError("--where takes FIELD=VALUE.")
    return name, value


def _data(text: str, console: Console) -> dict[str, Any]:
    try:
        return parse_line((console.stdin.read() if text == "-" else text).strip().encode())
    except BadLine as error:
        raise BadInput(str(error)) from None
    except UnicodeEncodeError:
        raise BadInput("The data is not UTF-8 text.") from None
