"""The commands of oversight: erasing, who is who, retention, closed records, the audit list."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import oversight_commands
from broker_desktop.records.erasing import EraseReason


def add_oversight(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register `erase` and its neighbours; `common` makes the options that every command of a vault has."""
    erase = commands.add_parser("erase", parents=[common()], help="erase a record, or a person with every trace")
    erase.add_argument("type")
    erase.add_argument("id")
    reasons = "|".join(one.code for one in EraseReason)
    erase.add_argument("--reason", required=True, metavar=reasons)
    erase.set_defaults(handler=oversight_commands.erase)
    listing = commands.add_parser("erasures", parents=[common()], help="list erasures and who has not confirmed them")
    listing.add_argument("--unconfirmed", action="store_true", help="list the laptops instead")
    listing.add_argument("--settle-late", action="store_true", help="make anonymous for good what came later")
    listing.set_defaults(handler=oversight_commands.erasures)

    alias = commands.add_parser("alias", parents=[common()], help="say that a person is another one")
    alias.add_argument("id")
    alias.add_argument("into", metavar="INTO")
    alias.add_argument("--reason", required=True)
    alias.set_defaults(handler=oversight_commands.alias)
    unalias = commands.add_parser("unalias", parents=[common()], help="take that back")
    unalias.add_argument("id")
    unalias.set_defaults(handler=oversight_commands.unalias)

    _retention(commands.add_parser("retention", help="what was kept long enough"), common)
    _closed(commands.add_parser("closed", help="people who are closed to a colleague"), common)

    audit = commands.add_parser("audit", help="the audit list").add_subparsers(metavar="VERB", required=True)
    trail = audit.add_parser("list", parents=[common()], help="list what was done on this laptop")
    trail.set_defaults(handler=oversight_commands.audit)
    heads = audit.add_parser("heads", parents=[common()], help="how long the lists of the other laptops are")
    heads.set_defaults(handler=oversight_commands.heads)
    export = audit.add_parser("export", parents=[common()], help="write the list as CSV")
    export.add_argument("--out", type=Path, required=True, metavar="F")
    export.set_defaults(handler=oversight_commands.export)


def _retention(parser: argparse.ArgumentParser, common: Callable[[], argparse.ArgumentParser]) -> None:
    verbs: Any = parser.add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser("list", parents=[common()], help="list the people who are due")
    listing.set_defaults(handler=oversight_commands.retention)
    propose = verbs.add_parser("propose", parents=[common()], help="propose to erase a person; another lead confirms")
    propose.set_defaults(handler=oversight_commands.propose)
    confirm = verbs.add_parser("confirm", parents=[common()], help="confirm another lead's proposal: it is erased")
    confirm.set_defaults(handler=oversight_commands.confirm)
    hold = verbs.add_parser("hold", parents=[common()], help="keep a person's records whatever their age")
    hold.add_argument("--reason", default="", help="without a reason the hold ends")
    hold.set_defaults(handler=oversight_commands.hold)
    for one in (propose, confirm, hold):
        one.add_argument("id")


def _closed(parser: argparse.ArgumentParser, common: Callable[[], argparse.ArgumentParser]) -> None:
    verbs: Any = parser.add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser("list", parents=[common()], help="list who is closed to whom")
    listing.set_defaults(handler=oversight_commands.closed)
    add = verbs.add_parser("add", parents=[common()], help="close a person to whoever works on a laptop")
    add.add_argument("id")
    add.add_argument("--seat", required=True, help="id of a laptop of theirs")
    add.set_defaults(handler=oversight_commands.close_to)
    remove = verbs.add_parser("remove", parents=[common()], help="open a person again")
    remove.add_argument("id")
    remove.set_defaults(handler=oversight_commands.open_to)
