"""A laptop that saves, amends and syncs until it is killed, for tests that pull the plug.

One process reads all code once and then only forks: each `live` on standard input starts a life in a child, which opens
the vault by key and tells every acknowledged step on standard output, after the step has returned.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from broker_desktop.session import Session, open_with_keys, real_environment
from broker_desktop.store.vault import VaultKeys
from sync.system import monotonic_s
from tests.common.programs import ROOT, Laptop

SYNC_EVERY = 4
_PATIENCE_S = 240


@dataclass
class Diary:
    """What one life told before it ended: ids of records saved, the last note of records amended, how far it got."""

    saved: list[str] = field(default_factory=list)
    amended: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Take one line of a life."""
        word, _, rest = line.partition(" ")
        self.steps.append(word)
        if word == "saved":
            self.saved.append(rest)
        elif word == "amended":
            record, _, note = rest.partition(" ")
            self.amended[record] = note


class Nursery:
    """The process whose children live and are killed."""

    def __init__(self, laptop: Laptop) -> None:
        held = laptop.keys.keys
        told = {
            "folder": str(laptop.vault),
            "data": str(laptop.environment.data_dir),
            "team": laptop.keys.team.hex(),
            "seat": laptop.keys.seat.hex(),
            "keys": [bytes(key).hex() for key in (held.dek, held.sign_seed, held.kem_seed)],
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.common.saving"],
            cwd=ROOT,
            env=laptop.process_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._left = b""
        self._write(json.dumps(told))

    def killed_after(self, lines: int, seconds: float) -> Diary:
        """Let one life begin and kill it `seconds` after its line number `lines`; give what it told."""
        self._write("live")
        pid = int(self._line().removeprefix("pid "))
        diary = Diary()
        for _ in range(lines):
            self._read(diary)
        moment = monotonic_s() + seconds
        while (left := moment - monotonic_s()) > 0:
            if self._more(left):
                self._read(diary)
        os.kill(pid, signal.SIGKILL)
        while self._read(diary, end=f"dead {int(signal.SIGKILL)}"):
            pass
        return diary

    def _read(self, diary: Diary, end: str = "") -> bool:
        """Take a line into a diary; False where it is the end."""
        line = self._line()
        if line == end:
            return False
        assert not line.startswith("dead"), f"it ended by itself: {line}"
        diary.read(line)
        return True

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(_PATIENCE_S)

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _more(self, seconds: float) -> bool:
        """Tell whether a whole line is there or comes within the time."""
        if b"\n" in self._left:
            return True
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        if ready:
            read = os.read(self._process.stdout.fileno(), 65536)
            assert read, "the process that forks has ended"
            self._left += read
        return b"\n" in self._left

    def _line(self) -> str:
        last = monotonic_s() + _PATIENCE_S
        while not self._more(1.0):
            assert monotonic_s() < last, "nothing was said for too long"
        line, _, self._left = self._left.partition(b"\n")
        return line.decode()


def main() -> None:
    """Fork a life for every line that is read."""
    told = json.loads(sys.stdin.readline())
    for _ in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            live(told)
        _say(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        _say(f"dead {os.waitstatus_to_exitcode(status) * -1}")


def live(told: dict[str, Any]) -> None:
    """Work until the plug is pulled."""
    keys = VaultKeys(*(bytearray.fromhex(key) for key in told["keys"]))
    environment = real_environment(Path(told["data"]))
    session = open_with_keys(
        Path(told["folder"]), bytes.fromhex(told["team"]), bytes.fromhex(told["seat"]), keys, environment
    )
    _say("open")
    for number in count():
        _save(session, number)
        if number % SYNC_EVERY == SYNC_EVERY - 1:
            _say("syncing")
            session.sync_once()
            _say("synced")


def _save(session: Session, number: int) -> None:
    today = session.today().day
    person = {"code": f"WREN8{number % 7}M"}
    if number % 2:
        visit = {"occurred_at": today, "site_type": "mobile", "items": {"SYR_FX_1_29": number}, "person": person}
        _say(f"saved {session.save('nx_visit', visit).id}")
        return
    contact = {"occurred_at": today, "kind": "phone", "outcome": ["seen"], "setting": "street"}
    saved = session.save("contact", {**contact, "person": person, "next_step": {"type": "none"}})
    _say(f"saved {saved.id}")
    session.amend("contact", saved.id, {"note": f"amended {number}"}, "corrected")
    _say(f"amended {saved.id} amended {number}")


def _say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


if __name__ == "__main__":
    main()
