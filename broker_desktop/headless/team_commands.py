"""Commands about the team: make one, invite, join, let in, list the laptops, sync."""

from __future__ import annotations

import argparse
import json

from broker_desktop.errors import AppError, BadInput, UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment, TeamAsked, create_team, join_team, typed_code
from broker_desktop.session.views import SeatRow
from broker_desktop.store.folder import is_vault


def create(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Make a team, its first lead's vault, and the recovery kit."""
    asked = TeamAsked(
        hub=arguments.hub,
        token=arguments.token,
        name=arguments.name,
        person=arguments.person,
        pack=arguments.pack,
        kit_file=arguments.kit_file,
        ca=arguments.ca,
    )
    passphrase = console.passphrase(arguments.passphrase_file, new=True)
    made = create_team(environment, arguments.vault, passphrase, asked)
    if not arguments.skip_kit_check and console.stdin.isatty():
        _check_kit(arguments, passphrase, console, environment)
    value = {"team": made.team, "seat": made.seat, "check_words": list(made.check_words)}
    console.result(value, f"Team {made.team}\nLaptop {made.seat}\nCheck words: {' '.join(made.check_words)}")
    console.say(
        "The recovery kit is in the file, as text and beside it as a PDF. Print both halves, give them to two people, "
        "then delete both files. "
        "Make a second lead before anybody else joins."
    )
    return 0


def _check_kit(arguments: argparse.Namespace, passphrase: str, console: Console, environment: Environment) -> None:
    """Have both halves typed back; a mistake does not undo the team, it stays a finding of `check`."""
    console.say("Type the 24 words of each half back, from paper. They are not shown.")
    try:
        halves = console.secret_lines(2, "Half {n}: ")
        with opened(arguments, console, environment, passphrase=passphrase) as session:
            session.keys.check_kit(halves)
    except AppError as error:
        console.say(error.sentence())
        console.say("The team is made. Look again, and prove the kit with: broker-desktop kit check")
    else:
        console.say("Both halves are right.")


def invite(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Invite somebody; the code is handed over in person."""
    with opened(arguments, console, environment) as session:
        made = session.team.invite(arguments.person, arguments.role, arguments.clinical, arguments.offline)
        kit_unchecked, one_lead = session.keys.kit_unchecked, session.team.has_one_lead()
    console.result({"code": made.code, "expires": made.expires}, made.code)
    console.say(f"Or twelve words, with the address {made.address}: {' '.join(made.words)}")
    if kit_unchecked:
        console.say(
            "Nobody has typed the recovery kit back yet. Do it before you hand this out: broker-desktop kit check"
        )
    if one_lead and arguments.role != "lead":
        console.say("The team has one lead. Let a second in first: if this laptop is lost, nobody can let people in.")
    return 0


def join(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Ask to be let in."""
    if is_vault(arguments.vault):
        return _join_again(arguments, console, environment)
    passphrase = console.passphrase(arguments.passphrase_file, new=True)
    code = typed_code(arguments.code, arguments.hub)
    asked = join_team(environment, arguments.vault, passphrase, code, ca=arguments.ca, by_files=arguments.offline)
    value = {"seat": asked.seat, "check_words": list(asked.check_words)}
    console.result(value, f"Laptop {asked.seat}\nCheck words: {' '.join(asked.check_words)}")
    console.say("Read the five words to the team lead. When you are let in, sync completes it.")
    return 0


def _join_again(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Ask to be let back in with a vault whose passphrase was forgotten and set anew."""
    with opened(arguments, console, environment) as session:
        asked = session.keys.ask_again(arguments.code, ca=arguments.ca)
    value = {"seat": asked.seat, "check_words": list(asked.check_words)}
    console.result(value, f"Laptop {asked.seat}\nCheck words: {' '.join(asked.check_words)}")
    return 0


def approve(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Let one laptop in after comparing words, or all that ask."""
    if arguments.all == (arguments.seat is not None):
        raise UsageError('Give SEAT with --words "five words", or --all.')
    if arguments.seat is not None and not (arguments.words or "").strip():
        raise UsageError('SEAT needs --words "five words".')
    with opened(arguments, console, environment) as session:
        pending = session.team.pending_joins(arguments.offline)
        if arguments.all:
            console.say("Letting in everybody who holds an invitation; no words were compared.")
            let_in = [one.seat for one in pending]
            for seat in let_in:
                session.team.approve(seat, None, arguments.offline)
        else:
            let_in = [session.team.approve(arguments.seat, arguments.words, arguments.offline)]
    if arguments.seat is not None and not let_in:
        raise BadInput("Nobody asks to be let in under that id.")
    console.result({"approved": let_in}, f"Let in: {', '.join(let_in) or 'nobody asked'}")
    return 0


def seats(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """List the laptops of the team."""
    with opened(arguments, console, environment) as session:
        for one in session.team.seats():
            value = {
                "seat": one.seat,
                "person": one.person,
                "role": one.role,
                "compartments": list(one.compartments),
                "last_heard": one.last_heard or None,
                "me": one.me,
                "state": one.state,
                "until": one.until or None,
                "late": one.late,
                "handed_in": one.handed_in,
            }
            words = f"{one.seat}  {one.person or 'not known yet'}  {one.role}{_said(one)}"
            console.line(json.dumps(value, ensure_ascii=False) if console.json else words)
    return 0


def _said(seat: SeatRow) -> str:
    """Say of a laptop what its role does not tell."""
    said = ["this laptop"] if seat.me else []
    if seat.state == "retired":
        said.append(f"may hand in until {seat.until}")
    if seat.state == "revoked":
        said.append("has left the team")
    if seat.handed_in:
        said.append(f"handed in {seat.handed_in} changes after it was retired")
    if seat.late:
        said.append(f"sent {seat.late} parcels too late")
    return f"  ({'; '.join(said)})" if said else ""


def sync(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Exchange records with the server now."""
    with opened(arguments, console, environment) as session:
        report = session.sync_once()
    names = ("pushed", "pulled", "requests", "bytes_up", "bytes_down", "conflicts", "quarantined", "unsent")
    value = {name: getattr(report, name) for name in names}
    console.result(value, f"Sent {report.pushed}, received {report.pulled}, {report.unsent} on this laptop only.")
    if report.attention:
        console.say(f"Somebody has to look at this: {', '.join(report.attention)}.")
    if report.awaiting_approval:
        console.say("The team lead has not let this laptop in yet.")
    return 0
