"""Arguments of the commands about area packs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import pack_commands


def add_pack(commands: Any, common: Callable[..., argparse.ArgumentParser]) -> None:
    """Add check, apply (or load), show, gaps, live and new."""
    verbs = commands.add_parser("pack", help="area packs").add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", parents=[common(vault=False)], help="read a pack: its faults, or its gaps")
    check.add_argument("file", type=Path)
    check.set_defaults(handler=pack_commands.check)

    apply = verbs.add_parser("apply", aliases=["load"], parents=[common()], help="put a pack into use in the team")
    apply.add_argument("file", type=Path, nargs="?")
    apply.add_argument("--file", dest="named", type=Path, metavar="F", help="the same, by name")
    apply.set_defaults(handler=pack_commands.apply)

    for name, handler, words in (
        ("show", pack_commands.show, "the team's packs, and which holds today"),
        ("gaps", pack_commands.gaps, "what the team's pack leaves open"),
        ("live", pack_commands.live, "end the trial"),
    ):
        verb = verbs.add_parser(name, parents=[common()], help=words)
        verb.set_defaults(handler=handler)

    new = verbs.add_parser("new", parents=[common(vault=False)], help="make a new pack from one that ships")
    new.add_argument("--from", dest="source", required=True, metavar="ID|FILE", help="a pack that ships, or a file")
    new.add_argument("--id", required=True, help="id of the new pack")
    new.add_argument("--title", help="title of the new pack; without it that of the source")
    new.add_argument("--answer", action="append", default=[], metavar="GAP=WORDS", help="fill a gap; may be repeated")
    new.add_argument("--file", type=Path, required=True, metavar="F", help="where the new pack is written")
    new.set_defaults(handler=pack_commands.new)
