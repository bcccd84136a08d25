"""Commands about the vault itself."""

from __future__ import annotations

import argparse

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment


def check(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Check the vault and the team."""
    with opened(arguments, console, environment) as session:
        report = session.check_vault()
    value = {
        "ok": report.ok,
        "findings": [{"code": one.code, "text": one.text} for one in report.findings],
        "applied": report.applied,
        "state_hash": dict(report.state_hash),
    }
    if report.now is not None:
        value["broker_now"] = report.now
    lines = [one.text for one in report.findings] or ["Nothing to mend."]
    console.result(value, "\n".join(lines))
    return 0


def rebuild(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Make lists and search anew from what is stored."""
    with opened(arguments, console, environment) as session:
        session.rebuild()
    console.result({"ok": True}, "Done.")
    return 0
