"""Commands about other teams: pair one, list them, send a referral, see how referrals stand."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from broker_desktop.errors import BadInput
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment

_HALF_WORDS = 24


def show(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Print our pairing text, and with another team's text the digits to compare."""
    with opened(arguments, console, environment) as session:
        text = session.partners.own_text()
        found = session.partners.offer(arguments.text) if arguments.text else None
    value = {"text": text}
    if found is not None:
        value |= {"team": found.team, "name": found.name, "digits": found.digits}
    console.result(value, text if found is None else f"{text}\n{found.name}\n{found.digits}")
    return 0


def add(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Pair a team; the digits are compared here, or the command says that none were."""
    with opened(arguments, console, environment) as session:
        found = session.partners.add(arguments.text, arguments.digits)
    value = {"team": found.team, "name": found.name, "digits": found.digits}
    console.result(value, f"Paired with {found.name}\nTeam {found.team}\n{found.digits}")
    if arguments.digits is None:
        console.say("No digits were compared: this rests on the text alone. Read the digits to the other lead now.")
    return 0


def listing(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the paired teams."""
    with opened(arguments, console, environment) as session:
        for row in session.partners.partners():
            words = f"{row.team}  {row.name}  {row.state}"
            console.line(json.dumps(asdict(row), ensure_ascii=False) if console.json else words)
    return 0


def remove(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """End a pairing."""
    with opened(arguments, console, environment) as session:
        session.partners.remove(arguments.team)
    console.result({"removed": arguments.team}, "The pairing has ended.")
    return 0


def renew_key(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Replace the card key with the halves of a kit file."""
    try:
        lines = arguments.kit_file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadInput(f"The file of the kit cannot be read: {error.strerror}.", code="KIT-9") from None
    halves = [line for line in lines if len(line.split()) == _HALF_WORDS]
    with opened(arguments, console, environment) as session:
        session.partners.renew_card_key(halves)
    console.result({"renewed": True}, "The card key is new. The next sync shows the other teams a new card.")
    return 0


def send(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Make a referral ready for a paired team."""
    with opened(arguments, console, environment) as session:
        sent = session.partners.send(arguments.id, arguments.team)
    value = {"referral": sent.referral, "team": sent.team, "state": sent.state}
    console.result(value, f"Ready for {sent.team_name}; it leaves with the next sync.")
    return 0


def between(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the referrals between teams."""
    with opened(arguments, console, environment) as session:
        rows = session.partners.overdue() if arguments.overdue else session.partners.referrals()
        for row in rows:
            late = "  overdue" if row.overdue else ""
            words = f"{row.referral}  {'from' if row.incoming else 'to'} {row.team_name}  {row.state}{late}"
            console.line(json.dumps(asdict(row), ensure_ascii=False) if console.json else words)
    return 0
