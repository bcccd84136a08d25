"""Commands about area packs: check a file, put one into use, what is open, going live, making a new one."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from broker_desktop.errors import BadInput, UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.records.pack import Pack
from broker_desktop.session import Environment
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.pack_views import PackState
from broker_desktop.session.packs import bundled, checked, pack_from, text_of


def check(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Read a pack file; say what is wrong line by line, or list what its source does not say."""
    pack = checked(text_of(arguments.file), arguments.file.name)
    words = [f"{pack.id}: {pack.title}", *_open(pack)]
    console.result(_pack_json(pack), "\n".join(words))
    return 0


def apply(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Put a pack into use in the team: here at once, elsewhere with the next sync."""
    file = arguments.named or arguments.file
    if file is None:
        raise UsageError("Say which file.")
    text = text_of(file)
    with opened(arguments, console, environment) as session:
        state = session.packs.load(text, file.name)
    console.result(_state_json(state), "\n".join(_told(state)))
    return 0


def show(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Show the team's packs and which holds today."""
    with opened(arguments, console, environment) as session:
        state = session.packs.state()
    console.result(_state_json(state), "\n".join(_told(state)))
    return 0


def gaps(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List what the team's pack leaves open; those first that keep it from going live."""
    with opened(arguments, console, environment) as session:
        state = session.packs.state()
    needed = {need.path for need in state.needs}
    words = [f"needed: {need.path}: {need.question} {need.why}" for need in state.needs]
    words += [f"not said: {gap}" for gap in state.gaps if gap not in needed]
    console.result({"needed": [asdict(one) for one in state.needs], "gaps": list(state.gaps)}, "\n".join(words))
    return 0


def live(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """End the trial, or say which gaps stand against it."""
    with opened(arguments, console, environment) as session:
        state = session.packs.go_live()
    console.result(_state_json(state), "The team is live.")
    return 0


def new(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Write a new pack made from another one."""
    named = Path(arguments.source)
    source = checked(text_of(named), named.name) if named.suffix in {".yaml", ".yml"} else bundled(arguments.source)
    typed = dict(_answer(one) for one in arguments.answer)
    text = pack_from(source, arguments.id, arguments.title or source.title, typed)
    if arguments.file.exists():
        raise BadInput("There is a file of that name already.")
    keep_file(arguments.file, text.encode())
    pack = checked(text)
    console.result(_pack_json(pack), "\n".join([f"{pack.id} is written.", *_open(pack)]))
    return 0


def _answer(text: str) -> tuple[str, str]:
    path, sign, words = text.partition("=")
    if not sign:
        raise UsageError("An answer is the name of a gap, =, and the words.")
    return path, words


def _open(pack: Pack) -> list[str]:
    needed = {need.path for need in pack.needs}
    return [f"not said{' and needed to go live' if gap in needed else ''}: {gap}" for gap in pack.gaps]


def _pack_json(pack: Pack) -> dict[str, Any]:
    return {
        "pack": pack.id,
        "title": pack.title,
        "version": pack.version,
        "valid_from": pack.valid_from,
        "year_start": pack.year_start,
        "labels": dict(pack.labels),
        "places": [one.code for one in pack.places],
        "teams": [one.code for one in pack.teams],
        "services": [one.code for one in pack.services],
        "recipients": [{"name": one.name, "level": one.level} for one in pack.recipients],
        "off": sorted(pack.off),
        "gaps": list(pack.gaps),
        "needed": [need.path for need in pack.needs],
    }


def _state_json(state: PackState) -> dict[str, Any]:
    lines = [
        {
            **{name: value for name, value in asdict(one).items() if name not in {"first", "last"}},
            "first": None if one.first is None else one.first.isoformat(),
            "last": None if one.last is None else one.last.isoformat(),
        }
        for one in state.packs
    ]
    return {
        "pack": state.id,
        "version": state.version,
        "live": state.live_since or None,
        "gaps": list(state.gaps),
        "needed": [need.path for need in state.needs],
        "packs": lines,
        "unusable": list(state.unusable),
    }


def _told(state: PackState) -> list[str]:
    words = [f"{state.id} {state.version}: {state.title}", "live" if state.live_since else "on trial"]
    if len(state.packs) > 1:
        words += [f"{one.id}: {one.first or 'begin'} to {one.last or 'open'}" for one in state.packs]
    words += [f"needed to go live: {need.path}" for need in state.needs if not state.live_since]
    return [*words, *state.unusable]
