"""The arguments of the commands about passphrases and the recovery kit."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import keys_commands, recover_commands


def add_keys(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register the commands; `common` makes the arguments that every command on a vault takes."""
    verbs = commands.add_parser("passphrase", help="the vault's passphrase").add_subparsers(
        metavar="VERB", required=True
    )
    change = verbs.add_parser("change", parents=[common()], help="take another passphrase")
    seen = verbs.add_parser("seen", parents=[common()], help="somebody saw it: lock everything with a new key")
    for one, handler in ((change, keys_commands.change), (seen, keys_commands.seen)):
        new = one.add_mutually_exclusive_group()
        new.add_argument("--new-passphrase-file", type=Path, metavar="F", help="its first line is the new passphrase")
        new.add_argument("--generate", action="store_true", help="make five words and print them")
        one.set_defaults(handler=handler)
    _add_kit(commands, common)
    _add_recover(commands, common)


def _add_kit(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    verbs = commands.add_parser("kit", help="the recovery kit").add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", parents=[common()], help="type both halves: they open this team's vaults, or not")
    check.set_defaults(handler=keys_commands.kit_check)
    swap = verbs.add_parser("replace", parents=[common()], help="make a new kit; the old one opens nothing any more")
    swap.add_argument("--kit-file", type=Path, required=True, metavar="F", help="where the new kit is written")
    swap.set_defaults(handler=keys_commands.kit_replace)


def _add_recover(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    verbs = commands.add_parser("recover", help="a forgotten passphrase").add_subparsers(metavar="VERB", required=True)
    request = verbs.add_parser("request", parents=[common()], help="on the locked laptop: write a request")
    answer = verbs.add_parser("answer", parents=[common()], help="on a lead's: answer it with both halves of the kit")
    finish = verbs.add_parser("finish", parents=[common()], help="on the locked laptop: set a new passphrase")
    for one in (request, answer):
        one.add_argument("--file", type=Path, required=True, metavar="F", help="the request; its answer replaces it")
    answer.add_argument("--words", help="the five words on the other screen")
    answer.add_argument("--out", type=Path, metavar="G", help="write the answer here instead")
    finish.add_argument("--file", type=Path, metavar="F", help="the answer")
    finish.add_argument("--kit", action="store_true", help="both halves of the kit are here: type them")
    lead = verbs.add_parser("lead", parents=[common()], help="with both halves: be a lead, when none is left")
    lead.add_argument("--hub", metavar="URL", help="address of the server, on the paper; for a new vault")
    lead.add_argument("--team", metavar="ID", help="number of the team, on the paper; for a new vault")
    lead.add_argument("--person", help="your name; for a new vault")
    lead.add_argument("--ca", metavar="F", help="certificates to trust in place of the system's")
    lead.set_defaults(handler=recover_commands.lead)
    request.set_defaults(handler=recover_commands.request)
    answer.set_defaults(handler=recover_commands.answer)
    finish.set_defaults(handler=recover_commands.finish)
