"""Commands about files that are carried by hand."""

from __future__ import annotations

import argparse

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment


def export(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Write everything this vault holds to a file."""
    with opened(arguments, console, environment) as session:
        size = session.courier_export(arguments.file)
    console.result({"bytes": size}, f"Written: {size} bytes. Only laptops of the team can read it.")
    return 0


def bring(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Take in a colleague's file."""
    with opened(arguments, console, environment) as session:
        counts = session.courier_import(arguments.file)
    value = {"read": counts.read, "new": counts.new, "waiting": counts.waiting}
    console.result(value, f"Read {counts.read} sealed parts; {counts.new} changes are new here.")
    if counts.waiting:
        console.say(f"{counts.waiting} parts need a key or a word of the team that this laptop gets at its next sync.")
    return 0
