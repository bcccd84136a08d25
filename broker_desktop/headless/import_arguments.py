"""The arguments of `record import` and `record mapping`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import import_commands
from broker_desktop.records.mapping import MOST_HEADING_ROW
from broker_desktop.session.import_tables import ENCODINGS


def add_import(record: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register the verbs; `common` makes the options that every command of a vault has."""
    bring = record.add_parser("import", parents=[common()], help="store the records of a file")
    bring.add_argument("type", metavar="TYPE|mixed")
    bring.add_argument("--file", type=Path, required=True)
    bring.add_argument("--map", type=Path, metavar="M", help="what the columns of the file mean (YAML or JSON)")
    bring.add_argument("--dry-run", action="store_true")
    bring.add_argument("--skip-bad", type=Path, metavar="F", help="store the good lines, write the bad ones to F")
    bring.add_argument("--report", type=Path, metavar="R", help="write what is wrong, row by row (.json or .csv)")
    bring.set_defaults(handler=import_commands.bring)
    mapping = record.add_parser("mapping", parents=[common()], help="suggest a mapping for a file")
    mapping.add_argument("type")
    mapping.add_argument("--file", type=Path, required=True)
    mapping.add_argument("--sheet", metavar="NAME")
    mapping.add_argument("--heading-row", type=_row, default=1, metavar="N", help="where the headings stand")
    mapping.add_argument("--encoding", choices=ENCODINGS, default=ENCODINGS[0], help="of a CSV file")
    mapping.set_defaults(handler=import_commands.mapping)


def _row(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_HEADING_ROW:
        raise argparse.ArgumentTypeError(f"a row is a number from 1 to {MOST_HEADING_ROW}")
    return int(text)
