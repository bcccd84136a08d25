"""The commands of a data officer: giving codes to words, and printed reference tables."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import tidying_commands


def add_tidying(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register `recode` and `reference`; `common` makes the options that every command of a vault has."""
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

    reference = commands.add_parser("reference", help="printed tables, as printed")
    tables: Any = reference.add_subparsers(metavar="VERB", required=True)
    bring = tables.add_parser("import", parents=[common()], help="keep a printed table by its description")
    which = bring.add_mutually_exclusive_group(required=True)
    which.add_argument("--file", type=Path, metavar="D", help="the description, with the name of the table's own file")
    which.add_argument("--pack", action="store_true", help="every table that comes with the team's pack")
    bring.set_defaults(handler=tidying_commands.reference_import)
    kept = tables.add_parser("list", parents=[common()], help="list the tables that are kept")
    kept.set_defaults(handler=tidying_commands.reference_list)
    check = tables.add_parser("check", parents=[common()], help="list printed figures that differ from their cells")
    check.add_argument("id", nargs="?")
    check.set_defaults(handler=tidying_commands.reference_check)
