"""From a folder and a passphrase to a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from broker_desktop.session import offline
from broker_desktop.session.environment import Environment
from broker_desktop.session.kit_check import note_taken, settle_kit
from broker_desktop.session.recovering import settle_recovered
from broker_desktop.session.session import Session
from broker_desktop.session.unlocked import context_of, machinery
from broker_desktop.store import vault as vaults


def open_vault(folder: Path, passphrase: str | Callable[[], str], environment: Environment) -> Session:
    """Open a vault; a callable is asked for the passphrase once the vault is known to be free.

    Raises:
        NotFound, VaultOpen, WrongPassphrase, StorageProblem.
    """
    ask = passphrase if callable(passphrase) else lambda: passphrase
    return _session(vaults.open_vault(folder, ask, machinery(environment)), environment)


def prove_kit(folder: Path, passphrase: str, halves: Sequence[str], environment: Environment) -> None:
    """Open a vault, prove two typed halves of the kit and close it again: right after a team was made.

    Raises:
        As `open_vault` and `KeysDesk.check_kit`.
    """
    session = open_vault(folder, passphrase, environment)
    try:
        session.keys.check_kit(halves)
    finally:
        session.close()


def open_with_keys(folder: Path, team: bytes, seat: bytes, keys: vaults.VaultKeys, environment: Environment) -> Session:
    """Open a vault whose keys are in hand: for tests and the demo, out of reach of the command line.

    Raises:
        NotFound, VaultOpen, StorageProblem.
    """
    return _session(vaults.open_with_keys(folder, team, seat, keys, machinery(environment)), environment)


def _session(vault: vaults.Vault, environment: Environment) -> Session:
    """Put an open vault to work; what colleagues on this laptop have left is there from the start."""
    context = context_of(vault, environment)
    offline.answered(context)
    settle_recovered(context)
    settle_kit(context)
    note_taken(context)
    session = Session(context)
    session.take_in_spool()
    return session
