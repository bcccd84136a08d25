"""Commands for a forgotten passphrase: ask on the locked laptop, answer on a lead's, finish on the locked one again."""

from __future__ import annotations

import argparse
from typing import Any

from broker_desktop.errors import BadInput, UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment
from broker_desktop.session.lead_lost import lead_anew
from broker_desktop.session.recovering import finish as finish_recovery
from broker_desktop.session.recovering import finish_with_kit, make_request, read_request, words_of
from broker_desktop.store.folder import is_vault

_HALF = "Half {n} of the recovery kit, 24 words (not shown): "


def request(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Write the request of a locked vault; nothing is asked for."""
    made = make_request(environment, arguments.vault, arguments.file)
    console.result({"words": list(made.words)}, f"Check words: {' '.join(made.words)}")
    console.say("Bring the file to a team lead and read the five words aloud. Both halves of the kit answer it.")
    return 0


def answer(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Answer for a locked laptop with both halves of the kit; the answer takes the place of the request."""
    asked = read_request(arguments.file)
    words = words_of(asked)
    if arguments.words is not None and tuple(arguments.words.lower().split()) != words:
        raise BadInput(
            "Those are not the words of this request.", code="TEAM-WORDS", title="The words differ.",
            remedy="Nothing was answered. Compare again, aloud.",
        )  # fmt: skip
    if arguments.words is None:
        console.say(f"No words were compared. The locked laptop must show: {' '.join(words)}")
    passphrase = console.passphrase(arguments.passphrase_file)
    with opened(arguments, console, environment, passphrase=passphrase) as session:
        session.keys.answer(asked, console.secret_lines(2, _HALF), arguments.out or arguments.file)
    value: dict[str, Any] = {"words": list(words), "compared": arguments.words is not None}
    console.result(value, "The answer is written. It helps that laptop alone.")
    return 0


def finish(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Set a new passphrase, with the answer or with the kit itself; the vault opens at once."""
    if arguments.kit == (arguments.file is not None):
        raise UsageError("Give --file with the answer, or --kit with both halves at hand.")
    phrase = console.passphrase(arguments.passphrase_file, new=True)
    if arguments.kit:
        finish_with_kit(environment, arguments.vault, phrase, console.secret_lines(2, _HALF))
    else:
        finish_recovery(environment, arguments.vault, phrase, arguments.file)
    with opened(arguments, console, environment, passphrase=phrase) as session:
        counts = session.custody_counts()
    held = counts.laptop + counts.hub + counts.seen
    console.result(
        {"ok": True, "records": held, "unsent": counts.laptop},
        "The vault opens with the new passphrase. Nothing is lost.",
    )
    console.say("Ask a team lead for an invitation and use it here: broker-desktop join --vault DIR --code CODE")
    return 0


def lead(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Be a lead by the kit alone: on a new laptop, or in a vault that was opened anew with the kit."""
    again = is_vault(arguments.vault)
    if not again and not (arguments.hub and arguments.team and arguments.person):
        raise UsageError("A new laptop needs --hub, --team and --person; the first two stand on the paper.")
    phrase = console.passphrase(arguments.passphrase_file, new=not again)
    halves = console.secret_lines(2, _HALF)
    if again:
        with opened(arguments, console, environment, passphrase=phrase) as session:
            session.keys.lead_again(halves)
    else:
        lead_anew(
            environment, arguments.vault, phrase, halves, hub=arguments.hub, team=_team_id(arguments.team),
            person=arguments.person, ca=arguments.ca,
        )  # fmt: skip
    console.result({"ok": True}, "This laptop is a lead now. Every laptop of the team hears of it.")
    console.say("The kit was used: make a new one with kit replace, and sync.")
    return 0


def _team_id(text: str) -> bytes:
    try:
        team = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        team = b""
    if len(team) != 16:
        raise UsageError("The number of the team has 32 digits and letters a to f.")
    return team
