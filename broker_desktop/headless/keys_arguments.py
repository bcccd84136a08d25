"""The arguments of the commands about passphrases and the recovery kit."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import keys_commands


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


def _add_kit(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    verbs = commands.add_parser("kit", help="the recovery kit").add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", parents=[common()], help="type both halves: they open this team's vaults, or not")
    check.set_defaults(handler=keys_commands.kit_check)
