"""Opening a vault for the length of one command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from broker_desktop.headless.console import Console
from broker_desktop.session import Environment, Session, open_vault


@contextmanager
def opened(
    arguments: argparse.Namespace, console: Console, environment: Environment, *, passphrase: str | None = None
) -> Iterator[Session]:
    """Unlock the vault of the command line and lock it again, whatever happens in between.

    `passphrase`: where the command has asked for it already.
    """
    asked = passphrase or (lambda: console.passphrase(arguments.passphrase_file))
    with_lock = open_vault(arguments.vault, asked, environment)
    try:
        yield with_lock
    finally:
        with_lock.close()
