"""The commands of a data officer: giving codes to words, and printed reference tables."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from broker_desktop.headless import tidying_commands


def add_tidying(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register `recode`; `common` makes the options that every command of a vault has."""
    recode = commands.add_parser("recode", help="give codes to what was written in words")
    verbs: Any = recode.add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser("list", parents=[common()], help="list the words under other, with how often")
    listing.set_defaults(handler=tidying_commands.words)
    done = verbs.add_parser("done", parents=[common()], help="list what was re-coded")
    done.set_defaults(handler=tidying_commands.done)
    apply = verbs.add_parser("apply", parents=[common()], help="give a code to every record with these words")
    apply.add_argument("type")
    apply.add_argument("field")
    apply.add_argument("--words", action="append", required=True, help="as the list shows them; may be given again")
    apply.add_argument("--code", required=True)
    apply.add_argument("--reason", required=True)
    apply.set_defaults(handler=tidying_commands.recode)
    undo = verbs.add_parser("undo", parents=[common()], help="take a whole re-coding back")
    undo.add_argument("mark")
    undo.set_defaults(handler=tidying_commands.undo)
