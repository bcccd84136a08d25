"""The commands about other teams: pairing, and referrals between teams."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from broker_desktop.headless import partner_commands


def add_partner_commands(commands: Any, common: Callable[[], argparse.ArgumentParser]) -> None:
    """Register `pair` and `referral`; `common` makes the options that every command of a vault has."""
    pair = commands.add_parser("pair", help="other teams").add_subparsers(metavar="VERB", required=True)
    show = pair.add_parser("show", parents=[common()], help="the text by which another team pairs this one")
    show.add_argument("text", nargs="?", metavar="TEXT", help="text of the other team: shows the digits to compare")
    show.set_defaults(handler=partner_commands.show)
    add = pair.add_parser("add", parents=[common()], help="pair another team")
    add.add_argument("text", metavar="TEXT", help="what the other team's lead sent")
    add.add_argument("--digits", help="the 60 digits as the other lead reads them out; without, the text is believed")
    add.set_defaults(handler=partner_commands.add)
    listing = pair.add_parser("list", parents=[common()], help="list the paired teams")
    listing.set_defaults(handler=partner_commands.listing)
    remove = pair.add_parser("remove", parents=[common()], help="end a pairing")
    remove.add_argument("team", metavar="TEAM")
    remove.set_defaults(handler=partner_commands.remove)
    renew = pair.add_parser("renew-key", parents=[common()], help="replace the card key after a lead has left")
    renew.add_argument("--kit-file", type=Path, required=True, metavar="F", help="both halves of the recovery kit")
    renew.set_defaults(handler=partner_commands.renew_key)

    referral = commands.add_parser("referral", help="between teams").add_subparsers(metavar="VERB", required=True)
    send = referral.add_parser("send", parents=[common()], help="send a referral to a paired team")
    send.add_argument("id", metavar="ID")
    send.add_argument("--team", required=True, metavar="T", help="id or name of the team")
    send.set_defaults(handler=partner_commands.send)
    sent = referral.add_parser("list", parents=[common()], help="list the referrals to and from other teams")
    sent.add_argument("--overdue", action="store_true", help="only ours of which nothing was heard in time")
    sent.set_defaults(handler=partner_commands.between)
