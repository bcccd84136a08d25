"""Commands about rights that change and laptops that leave: role, revoke, retire, rotate."""

from __future__ import annotations

import argparse

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment


def role(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Give somebody another role."""
    with opened(arguments, console, environment) as session:
        session.team.role(arguments.seat, arguments.role, arguments.clinical)
    console.result({"seat": arguments.seat, "role": arguments.role}, f"{arguments.seat} is {arguments.role} now.")
    return 0


def revoke(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """End a laptop now."""
    with opened(arguments, console, environment) as session:
        session.team.revoke(arguments.seat)
    console.result({"seat": arguments.seat, "state": "revoked"}, f"{arguments.seat} has left the team.")
    console.say("What it sends from now on does not count, and everybody else has new keys.")
    return 0


def retire(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Let a laptop hand in what is still on it and nothing else."""
    with opened(arguments, console, environment) as session:
        until = session.team.retire(arguments.seat, arguments.until)
    value = {"seat": arguments.seat, "state": "retired", "until": until}
    console.result(value, f"{arguments.seat} may hand in until {until} and reads nothing new.")
    return 0


def rotate(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Give the whole team new keys."""
    with opened(arguments, console, environment) as session:
        session.team.rotate()
    console.result({"rotated": True}, "The team has new keys.")
    return 0
