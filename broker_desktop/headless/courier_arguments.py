"""The arguments of the commands about files that are carried by hand."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import courier_commands


def add_courier(commands: argparse._SubParsersAction[Any], common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register `courier export` and `courier import`."""
    courier = commands.add_parser("courier", help="carry records by hand, in a file")
    verbs = courier.add_subparsers(metavar="VERB", required=True)
    export = verbs.add_parser("export", parents=[common()], help="write everything this vault holds, sealed")
    export.set_defaults(handler=courier_commands.export)
    bring = verbs.add_parser("import", parents=[common()], help="take in a colleague's file")
    bring.set_defaults(handler=courier_commands.bring)
    for one in (export, bring):
        one.add_argument("--file", type=Path, required=True, metavar="F")
