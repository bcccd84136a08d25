"""The command line as argparse knows it. Which function does a command stands beside its arguments.

Commands of later versions are not here at all: an unknown command is a usage error, never a promise.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final, NoReturn

from broker_desktop.errors import UsageError
from broker_desktop.headless import (
    leaving_arguments,
    records_commands,
    summary_commands,
    team_commands,
    vault_commands,
)
from broker_desktop.headless.courier_arguments import add_courier
from broker_desktop.headless.import_arguments import add_import
from broker_desktop.headless.keys_arguments import add_keys
from broker_desktop.headless.oversight_arguments import add_oversight
from broker_desktop.headless.pack_arguments import add_pack
from broker_desktop.headless.partner_arguments import add_partner_commands
from broker_desktop.headless.summary_arguments import add_periods, add_returns, add_signing
from broker_desktop.headless.tidying_arguments import add_tidying
from broker_desktop.session.exports import FORMATS

ROLES: Final = ("peer", "worker", "nurse", "data", "assessor", "lead")


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting, so that a mistake is reported like every other one."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message[:1].upper() + message[1:] + ".")


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of every command."""
    parser = _Parser(prog="broker-desktop", description="Outreach records. With no command the window opens.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _team(commands)
    _records(commands)
    _vault(commands)
    add_keys(commands, _common)
    add_courier(commands, _common)
    _summary(commands)
    add_partner_commands(commands, _common)
    leaving_arguments.register(commands, _common)
    add_oversight(commands, _common)
    add_pack(commands, _common)
    add_tidying(commands, _common)
    return parser


def _common(*, vault: bool = True) -> _Parser:
    common = _Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON")
    if vault:
        common.add_argument("--vault", type=Path, required=True, metavar="DIR", help="folder of the vault")
        common.add_argument("--passphrase-file", type=Path, metavar="F", help="its first line is the passphrase")
    return common


def _team(commands: argparse._SubParsersAction[_Parser]) -> None:
    team = commands.add_parser("team", help="make a team").add_subparsers(metavar="VERB", required=True)
    create = team.add_parser("create", parents=[_common()], help="make a team and its first lead's vault")
    for name, meaning in (
        ("hub", "address of the server"),
        ("token", "one-time token of the server"),
        ("name", "name of the team"),
        ("person", "your name"),
        ("pack", "id of the area pack"),
    ):
        create.add_argument(f"--{name}", required=True, help=meaning)
    create.add_argument("--kit-file", type=Path, required=True, metavar="F", help="where the recovery kit is written")
    create.add_argument("--skip-kit-check", action="store_true", help="do not ask to type the kit back")
    create.add_argument("--ca", metavar="F", help="certificates to trust in place of the system's")
    create.set_defaults(handler=team_commands.create)

    invite = commands.add_parser("invite", parents=[_common()], help="invite somebody")
    invite.add_argument("--person", required=True)
    invite.add_argument("--role", required=True, choices=ROLES)
    invite.add_argument("--clinical", action="store_true", help="may read clinical records")
    invite.set_defaults(handler=team_commands.invite)

    join = commands.add_parser("join", parents=[_common()], help="ask to be let into a team")
    join.add_argument("--code", required=True, help="the code, or its twelve words in quotes")
    join.add_argument("--hub", default="", metavar="URL", help="address of the server, with the twelve words")
    join.add_argument("--ca", metavar="F")
    join.set_defaults(handler=team_commands.join)

    approve = commands.add_parser("approve", parents=[_common()], help="let a laptop into the team")
    approve.add_argument("seat", nargs="?")
    approve.add_argument("--words", help="the five words on the other screen")
    approve.add_argument("--all", action="store_true", help="let in everybody who asks, on the invitation alone")
    approve.set_defaults(handler=team_commands.approve)
    for one in (invite, join, approve):
        one.add_argument("--offline", type=Path, metavar="DIR", help="by files in this folder, with no network")

    seats = commands.add_parser("seats", parents=[_common()], help="list the laptops of the team")
    seats.set_defaults(handler=team_commands.seats)
    sync = commands.add_parser("sync", parents=[_common()], help="exchange records with the server now")
    sync.set_defaults(handler=team_commands.sync)


def _records(commands: argparse._SubParsersAction[_Parser]) -> None:
    record = commands.add_parser("record", help="records").add_subparsers(metavar="VERB", required=True)
    types = record.add_parser("types", parents=[_common(vault=False)], help="the catalogue of record types")
    types.add_argument("--schema", nargs="?", const="", metavar="TYPE", help="print JSON Schema, of one type or of all")
    types.set_defaults(handler=records_commands.types)

    add = record.add_parser("add", parents=[_common()], help="store one record")
    add.add_argument("type")
    add.add_argument("--data", required=True, metavar="JSON|-")
    add.set_defaults(handler=records_commands.add)

    add_import(record, _common)

    listing = record.add_parser("list", parents=[_common()], help="list records, the newest event first")
    listing.add_argument("type")
    listing.add_argument("--where", action="append", default=[], metavar="FIELD=VALUE")
    listing.add_argument("--since", metavar="DAY")
    listing.add_argument("--until", metavar="DAY")
    listing.add_argument("--limit", type=int)
    listing.set_defaults(handler=records_commands.listing)

    show = record.add_parser("show", parents=[_common()], help="show one record with its corrections")
    amend = record.add_parser("amend", parents=[_common()], help="change a record")
    void = record.add_parser("void", parents=[_common()], help="take a record out of lists and counts")
    for one, handler in ((show, records_commands.show), (amend, records_commands.amend), (void, records_commands.void)):
        one.add_argument("type")
        one.add_argument("id")
        one.set_defaults(handler=handler)
    amend.add_argument("--data", required=True, metavar="JSON|-")
    amend.add_argument("--reason", required=True)
    void.add_argument("--reason", required=True)

    search = commands.add_parser("search", parents=[_common()], help="find records by words")
    search.add_argument("text")
    search.set_defaults(handler=records_commands.search)

    worklist = commands.add_parser("worklist", parents=[_common()], help="what waits: all lists, or the rows of one")
    worklist.add_argument("name", nargs="?", metavar="W1")
    worklist.add_argument("--text", default="", help="a code, a name or words of what there is to do")
    worklist.add_argument("--mine", action="store_true", help="only what this seat's person recorded")
    worklist.add_argument("--overdue", action="store_true", help="only what was due before today")
    worklist.add_argument("--coming", action="store_true", help="also what is due later")
    worklist.set_defaults(handler=records_commands.worklist)

    conflicts = commands.add_parser("conflicts", parents=[_common()], help="list or settle fields with two values")
    conflicts.add_argument("--resolve", metavar="ID")
    conflicts.add_argument("--choose", type=int, metavar="N", help="number of the value, from 1")
    conflicts.set_defaults(handler=records_commands.conflicts)


def _vault(commands: argparse._SubParsersAction[_Parser]) -> None:
    check = commands.add_parser("check", parents=[_common()], help="check the vault and the team")
    check.set_defaults(handler=vault_commands.check)
    rebuild = commands.add_parser("rebuild", parents=[_common()], help="make lists and search anew from what is stored")
    rebuild.set_defaults(handler=vault_commands.rebuild)


def _summary(commands: argparse._SubParsersAction[_Parser]) -> None:
    summary = commands.add_parser("summary", parents=[_common()], help="the summary of a month or longer")
    add_periods(summary)
    summary.add_argument("--recipient", default="internal")
    add_signing(summary)
    add_returns(summary)
    summary.add_argument("--format", choices=FORMATS, help="json without it")
    summary.add_argument("--out", type=Path, metavar="F")
    summary.set_defaults(handler=summary_commands.summary)
