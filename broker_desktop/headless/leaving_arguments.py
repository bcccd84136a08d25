"""The commands about rights that change and laptops that leave, as argparse knows them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

from broker_desktop.headless import leaving_commands

ROLES: Final = ("peer", "worker", "nurse", "data", "assessor", "lead")


def register(commands: argparse._SubParsersAction[Any], common: Callable[[], argparse.ArgumentParser]) -> None:
    """Add role, revoke, retire and rotate. `common` gives the arguments that every command of a vault takes."""
    role = commands.add_parser("role", parents=[common()], help="give somebody another role")
    role.add_argument("seat", metavar="SEAT")
    role.add_argument("--role", required=True, choices=ROLES)
    role.add_argument("--clinical", action="store_true", help="may read clinical records")
    role.set_defaults(handler=leaving_commands.role)

    revoke = commands.add_parser("revoke", parents=[common()], help="end a laptop now")
    revoke.add_argument("seat", metavar="SEAT")
    revoke.set_defaults(handler=leaving_commands.revoke)

    retire = commands.add_parser("retire", parents=[common()], help="let a laptop hand in and nothing else")
    retire.add_argument("seat", metavar="SEAT")
    retire.add_argument("--until", metavar="DAY", help="last day to hand in, YYYY-MM-DD; 30 days on by default")
    retire.set_defaults(handler=leaving_commands.retire)

    rotate = commands.add_parser("rotate", parents=[common()], help="give the whole team new keys")
    rotate.set_defaults(handler=leaving_commands.rotate)
