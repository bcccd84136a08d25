"""The panic key on the real program: its process becomes a fresh one, and the vault's key is nowhere in its memory.

Keys come from the X server. The window says nothing to a test, so what is awaited is what the system knows of the
process: who holds the vault's lock, and with which words the process runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.common.programs import PASSPHRASE, ROOT, Laptop, Server, Team

_PATIENCE_S = 120
_LOOK_EVERY_S = 0.1
_CHUNK = 1 << 20


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """A laptop whose server is out of reach this evening."""
    folder = tmp_path_factory.mktemp("process")
    with Server(folder / "server") as server:
        return Team.founded(folder, server).lead


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


def in_memory(process: subprocess.Popen[bytes], secret: bytes) -> bool:
    """Look for bytes in everything that the process may write to."""
    wanted = (secret, secret.hex().encode())
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8").splitlines():
            span, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(part, 16) for part in span.split("-"))
                if any(_found(memory.fileno(), start, end, one) for one in wanted):
                    return True
    return False


def _found(memory: int, start: int, end: int, wanted: bytes) -> bool:
    tail = b""
    for at in range(start, end, _CHUNK):
        try:
            read = os.pread(memory, min(_CHUNK, end - at), at)
        except OSError:  # a page that is mapped and cannot be read
            tail = b""
            continue
        if wanted in tail + read:
            return True
        tail = read[-len(wanted) :]
    return False


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


def test_f12_leaves_a_process_without_the_key(lead: Laptop) -> None:
    dek = bytes(lead.keys.keys.dek)
    with window(lead) as process:
        unlock(process, lead)
        until(lambda: in_memory(process, dek))
        until(lambda: xdotool("key", "F12") == "" and runs_locked(process))
        assert not holds_lock(process, lead.vault)
        assert not in_memory(process, dek)
        assert process.poll() is None, "the same process, with other memory"
        until(lambda: _shown(process))
        xdotool("key", "Return")
        unlock(process, lead)
        until(lambda: xdotool("key", "ctrl+q") == "" and process.poll() is not None)
        assert process.returncode == 0
    with lead.opened() as session:
        assert session.check_vault().ok
