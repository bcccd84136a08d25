"""Opening a vault for the length of one command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from broker_desktop.headless.console import Console
from broker_desktop.session import Environment, Session, open_vault


@contextmanager
def opened(arguments: argparse.Namespace, console: Console, environment: Environment) -> Iterator[Session]:
    """Unlock the vault of the command line and lock it again, whatever happens in between."""
    with_lock = open_vault(arguments.vault, lambda: console.passphrase(arguments.passphrase_file), environment)
    try:
        yield with_lock
    finally:
        with_lock.close()
