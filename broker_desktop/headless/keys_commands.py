"""Commands about passphrases: another one, or a whole new key because somebody saw the old one."""

from __future__ import annotations

import argparse

from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment, generate_passphrase


def change(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Let another passphrase open the vault."""
    old = console.passphrase(arguments.passphrase_file)
    new = _new(arguments, console, environment)
    with opened(arguments, console, environment, passphrase=old) as session:
        session.keys.change_passphrase(old, new)
    return _told(arguments, console, new, "The vault opens with the new passphrase from now on.")


def seen(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Put the vault under a new key: somebody saw the passphrase."""
    old = console.passphrase(arguments.passphrase_file)
    new = _new(arguments, console, environment)
    with opened(arguments, console, environment, passphrase=old) as session:
        session.keys.passphrase_was_seen(old, new)
    words = "Everything is locked with a new key. A copy that was made before still opens with the old passphrase."
    return _told(arguments, console, new, words)


def kit_check(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Prove both halves of the kit without using them up; they come from standard input, a line each."""
    passphrase = console.passphrase(arguments.passphrase_file)
    with opened(arguments, console, environment, passphrase=passphrase) as session:
        session.keys.check_kit(console.secret_lines(2, "Half {n}, 24 words (not shown): "))
    words = "Both halves are right. They open this vault and every other one of the team. Nothing was used up."
    console.result({"ok": True}, words)
    return 0


def kit_replace(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Put a new kit in the place of the old one, whose halves come from standard input, a line each."""
    passphrase = console.passphrase(arguments.passphrase_file)
    with opened(arguments, console, environment, passphrase=passphrase) as session:
        old = console.secret_lines(2, "Half {n} of the old kit, 24 words (not shown): ")
        session.keys.replace_kit(old, session.keys.draw_kit(), file=arguments.kit_file)
    console.result({"ok": True}, "The new kit counts. Print it, type it back with kit check, delete the files.")
    console.say("Every laptop is locked for the new kit when it is next unlocked; check names those that were not.")
    return 0


def _new(arguments: argparse.Namespace, console: Console, environment: Environment) -> str:
    """Read the new passphrase: of its own file, else the next line of standard input; or have one made."""
    if arguments.generate:
        return generate_passphrase(environment)
    return console.passphrase(arguments.new_passphrase_file, new=True)


def _told(arguments: argparse.Namespace, console: Console, new: str, words: str) -> int:
    value: dict[str, object] = {"ok": True}
    if arguments.generate:
        value["passphrase"] = new
        words = f"{new}\n{words}"
    console.result(value, words)
    return 0
