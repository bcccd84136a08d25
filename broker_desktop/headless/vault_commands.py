"""Commands about the vault itself and about area packs."""

from __future__ import annotations

import argparse

from broker_desktop.errors import BadInput
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.records.pack import Pack, PackInvalid
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


def pack_check(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Read a pack file and list what its source does not say."""
    try:
        pack = Pack.parse(arguments.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput("The pack file cannot be read.") from None
    except PackInvalid as error:
        raise BadInput(str(error)) from None
    value = {
        "pack": pack.id,
        "title": pack.title,
        "valid_from": pack.valid_from,
        "year_start": pack.year_start,
        "labels": dict(pack.labels),
        "places": [one.code for one in pack.places],
        "teams": [one.code for one in pack.teams],
        "services": [one.code for one in pack.services],
        "recipients": [{"name": one.name, "level": one.level} for one in pack.recipients],
        "gaps": list(pack.gaps),
    }
    words = [f"{pack.id}: {pack.title}", *(f"not said: {gap}" for gap in pack.gaps)]
    console.result(value, "\n".join(words))
    return 0
