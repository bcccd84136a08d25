"""Vaults that a passphrase opens at the least cost there is, and every moment that a power cut could leave behind."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from broker_desktop.session import Environment, Session
from broker_desktop.session.key_slots import SealSlots, sealed_by
from broker_desktop.session.opening import open_vault
from sync.crypto import passphrase
from tests.common.vaults import Desk

PASSPHRASE = "glove amber canal tiger plaza"
OTHER = "violin harbor walnut ember quartz"
CHEAP = passphrase.Cost(m_kib=passphrase.FLOOR_M_KIB, t=passphrase.FLOOR_T, p=1)


def cheaply(environment: Environment, phrase: str) -> SealSlots:
    """Seal at the floor of the cost."""
    return sealed_by(environment, phrase, CHEAP)


def lock_with(desk: Desk, phrase: str = PASSPHRASE) -> None:
    """Let a passphrase open a laptop's vault, and the team's kit where it is known."""
    with desk.opened() as session:
        control = session._context.vault.replica.control
    known = replace(desk.keys, rk_pk=None if control is None else control.rk_pk)
    (desk.folder / "slots").write_bytes(cheaply(desk.environment, phrase)(known))


@contextmanager
def unlocked(folder: Path, environment: Environment, phrase: str = PASSPHRASE) -> Iterator[Session]:
    """Open a vault as a person does."""
    session = open_vault(folder, phrase, environment)
    try:
        yield session
    finally:
        session.close()


@dataclass
class FileSteps:
    """Sees every file that this process opens, renames or removes below a folder."""

    folder: Path
    at: Callable[[int], None]
    count: int = 0
    _inside: bool = field(default=False)

    def heard(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take the interpreter's word for one step; it has not happened yet."""
        if self._inside or event not in {"open", "os.rename", "os.remove"}:
            return
        if not str(arguments[0]).startswith(str(self.folder)):
            return
        self._inside = True
        try:
            self.at(self.count)
        finally:
            self.count += 1
            self._inside = False


_WATCHING: list[FileSteps] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    for one in _WATCHING:
        one.heard(event, arguments)


@contextmanager
def at_every_file_step(folder: Path, at: Callable[[int], None]) -> Iterator[FileSteps]:
    """Call `at` before every step on a file below a folder; what it raises, the step raises."""
    if not getattr(sys, "_broker_file_steps", False):  # a hook stays for the life of the process
        sys.addaudithook(_audit)
        sys._broker_file_steps = True  # type: ignore[attr-defined]
    steps = FileSteps(folder, at)
    _WATCHING.append(steps)
    try:
        yield steps
    finally:
        _WATCHING.remove(steps)


@contextmanager
def power_cuts(folder: Path, into: Path) -> Iterator[list[Path]]:
    """Keep a copy of the folder as it stood before every step on a file in it, and one of the end."""
    copies: list[Path] = []

    def keep(number: int) -> None:
        copies.append(Path(shutil.copytree(folder, into / f"cut-{number}", ignore=shutil.ignore_patterns("lock"))))

    with at_every_file_step(folder, keep):
        yield copies
    keep(len(copies))
