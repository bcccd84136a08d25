"""The panic key on the real program: its process becomes a fresh one, and nothing of the vault is in its memory.

Keys come from the X server. The window says nothing to a test, so what is awaited is what the system knows of the
process: who holds the vault's lock, with which words the process runs, what its memory holds; and what the server has.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.common.memory import family, found_in_memory, written_forms
from tests.common.programs import PASSPHRASE, ROOT, Laptop, Server, Team

_PATIENCE_S = 120
_LOOK_EVERY_S = 0.1
SAVED, OPEN = "zqxj87m", "vexk91f"
"""Codes of two people who are nowhere else: a visit that is saved, and one that is open at the lock."""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead whose laptop reaches the server."""
    folder = tmp_path_factory.mktemp("process")
    with Server(folder / "server") as server:
        yield Team.founded(folder, server)


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    never = threading.Event()
    for _ in range(int(_PATIENCE_S / _LOOK_EVERY_S)):
        if condition():
            return
        never.wait(_LOOK_EVERY_S)
    raise AssertionError("it did not come about")


def xdotool(*words: str) -> str:
    """Do something with keyboard and windows; give what it found."""
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False).stdout


@contextmanager
def window(laptop: Laptop) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program and wait until its window is there and has the keyboard."""
    environment = laptop.process_environment() | {"DISPLAY": os.environ["DISPLAY"], "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "broker_desktop", "--vaults", str(laptop.environment.data_dir)]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            until(lambda: _shown(process))
            yield process
        finally:
            process.kill()


def _shown(process: subprocess.Popen[bytes]) -> bool:
    found = xdotool("search", "--onlyvisible", "--pid", str(process.pid), "--name", "^Broker Desktop$").split()
    return bool(found) and xdotool("windowfocus", "--sync", found[0], "getwindowfocus").split() == found[:1]


def holds_lock(process: subprocess.Popen[bytes], vault: Path) -> bool:
    """Tell from the system's list of locks whether the process has the vault open."""
    inode = str((vault / "lock").stat().st_ino)
    fields = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
    held = [(one[-4], one[-3].rpartition(":")[2]) for one in fields if "->" not in one]
    return (str(process.pid), inode) in held


def runs_locked(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether the process was replaced by one that starts behind the shield."""
    return b"--locked" in Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")


def may_look(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether the kernel lets this user look into the program: root only, as the program asks of it."""
    try:
        with Path(f"/proc/{process.pid}/mem").open("rb"):
            return True
    except PermissionError:
        assert os.geteuid() != 0
        return False


def in_memory(process: subprocess.Popen[bytes], secrets: Mapping[str, list[bytes]]) -> set[str]:
    """Look for secrets in the program and everything it started; nobody but root finds anything, by its own wish."""
    return found_in_memory(family(process.pid), secrets) if may_look(process) else set()


def all_loaded(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether what opens a vault has been loaded; a user who may not look is told so at once."""
    return not may_look(process) or "sqlcipher" in Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")


def unlock(process: subprocess.Popen[bytes], laptop: Laptop) -> None:
    """Type the passphrase until the vault is open: the window may not listen yet when it is first seen."""
    for _ in range(4):
        xdotool("key", "ctrl+a")
        xdotool("type", "--delay", "5", PASSPHRASE)
        xdotool("key", "Return")
        never = threading.Event()
        for _ in range(100):
            if holds_lock(process, laptop.vault):
                return
            never.wait(_LOOK_EVERY_S)
    raise AssertionError("the passphrase did not open the vault")


def secrets_of(laptop: Laptop) -> dict[str, list[bytes]]:
    """Name everything that may be nowhere once the vault is locked: keys, the passphrase, what was typed."""
    with laptop.opened() as session:
        earlier = {"site_type": "mobile", "occurred_at": laptop.environment.moment(), "packs": {"PK_1ML_10": 1}}
        session.save("nx_visit", earlier)  # the next visit begins at the same place
        session.sync_once()  # so that only what is typed below is new on the server
        epochs = {f"team secret {one.comp}": one.secret for one in session._context.vault.replica.hub_side.keyring}
    held = laptop.keys.keys
    keys = {"database key": bytes(held.dek), "seat seed": bytes(held.sign_seed), "key seed": bytes(held.kem_seed)}
    found = {name: [key, key.hex().encode(), key.hex().upper().encode()] for name, key in (keys | epochs).items()}
    return found | {"passphrase": written_forms(PASSPHRASE), "saved": written_forms(SAVED), "open": written_forms(OPEN)}


def envelopes(server: Server) -> int:
    """Count what the server holds of the team."""
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM envelope").fetchone()[0])


def somebody_new(code: str) -> None:
    """Begin a visit of somebody whose code is new, with one pack."""
    xdotool("key", "F2")
    xdotool("type", "--delay", "5", code)
    for key in ("ctrl+n", "1"):
        xdotool("key", key)


def save_and_sync(server: Server) -> None:
    """Record a visit and sync, until the server has it: keys are faster than a page that is still reading."""
    before = envelopes(server)
    never = threading.Event()
    for _ in range(8):
        somebody_new(SAVED)
        for key in ("ctrl+s", "ctrl+s", "ctrl+s", "F5"):
            never.wait(10 * _LOOK_EVERY_S)
            xdotool("key", key)
        for _ in range(50):
            if envelopes(server) > before:
                return
            never.wait(_LOOK_EVERY_S)
    raise AssertionError("the visit did not reach the server")


def test_f12_leaves_nothing_of_the_vault_in_memory_after_a_sync_and_with_an_open_form(team: Team) -> None:
    lead = team.lead
    secrets = secrets_of(lead)
    with window(lead) as process:
        unlock(process, lead)
        save_and_sync(team.server)
        somebody_new(OPEN)
        if may_look(process):
            until(lambda: {"database key", "seat seed", "open"} <= in_memory(process, secrets))  # it can be found
        until(lambda: xdotool("key", "F12") == "" and runs_locked(process))
        assert not holds_lock(process, lead.vault)
        assert in_memory(process, secrets) == set()
        assert process.poll() is None, "the same process, with other memory"
        until(lambda: _shown(process))
        xdotool("key", "Return")
        until(lambda: all_loaded(process))
        assert in_memory(process, secrets) == set(), "at the gate, with all of the program loaded"
        unlock(process, lead)
        until(lambda: xdotool("key", "ctrl+q") == "" and process.poll() is not None)
        assert process.returncode == 0
    with lead.opened() as session:
        assert session.check_vault().ok
        assert {one.custody for one in session.records("nx_visit")} == {"hub"}
        [kept] = [draft for draft in session.drafts() if draft.payload["person"] == {"code": OPEN}]
        assert sum(kept.payload["packs"].values()) == 1
