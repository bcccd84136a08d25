"""The two programs as real processes, and the laptops of a team that they work on.

A laptop has a home folder of its own, a vault with a passphrase at the lowest cost the program accepts, and its keys in
hand for tests that open the vault inside the test process. Waiting is for a word of the process, never for a time.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from broker_desktop.headless import run as run_command
from broker_desktop.session import Environment, Session, TeamAsked, open_with_keys, real_environment
from broker_desktop.session.cards import new_vault_folder
from broker_desktop.session.enrolment import create_team_sealed, join_team_sealed
from broker_desktop.session.key_slots import ToSeal
from broker_desktop.store.vault import VaultKeys
from sync.crypto import passphrase
from sync.hub.config import database_url
from sync.hub.core import Hub
from sync.hub.store import Store
from sync.system import SystemClock, SystemRandom

ROOT = Path(__file__).parents[2]
PASSPHRASE = "lantern gravel otter mosaic"
AFTER_THE_SAMPLES = "2026-12-02T09:00:00+00:00"
_PATIENCE_S = 240


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The error object on standard output, which holds nothing else."""
        told = json.loads(self.out)
        assert set(told) == {"error"}
        error: dict[str, Any] = told["error"]
        return error


class Server:
    """A running `broker-hub serve` on SQLite, its log in a file."""

    def __init__(self, folder: Path, *, port: int = 0, database: str = "hub.db") -> None:
        """Start it and wait until it says that it answers."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.database = folder / database
        self.db_url = f"sqlite:///{self.database}"
        self.log = folder / "server.log"
        ready = folder / "ready.json"
        self.process = subprocess.Popen(
            [*_python("sync.hub.cli"), "serve", "--db", self.db_url, "--port", str(port), "--ready-file", str(ready)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._answers = threading.Event()
        self._ended = threading.Event()
        self._pump = threading.Thread(target=self._keep_log, args=(self.process.stderr,), daemon=True)
        self._pump.start()
        if not self._answers.wait(_PATIENCE_S) or self._ended.is_set():
            raise AssertionError(f"the server did not start: {self.log.read_text()}")
        self.url = str(json.loads(ready.read_text())["url"])
        self.port = int(self.url.rpartition(":")[2])

    def _keep_log(self, lines: IO[str] | None) -> None:
        assert lines is not None
        with lines, self.log.open("a", encoding="utf-8") as log:
            for line in lines:
                log.write(line)
                log.flush()
                if "the server answers" in line:
                    self._answers.set()
        self._ended.set()
        self._answers.set()

    def token(self) -> str:
        """Draw a one-time operator token, as `broker-hub token` does."""
        with Store(database_url(self.db_url)) as store:
            return Hub(store, SystemClock(), SystemRandom()).issue_token()

    def stop(self) -> int:
        """Ask it to stop; give its exit code. A second call does nothing new."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_PATIENCE_S)
        self._ended.wait(_PATIENCE_S)
        return code

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass
class _FloorSeal:
    """Seals under `PASSPHRASE` at the floor of the cost, and keeps the keys."""

    kept: ToSeal | None = None

    def __call__(self, wanted: ToSeal) -> bytes:
        self.kept = wanted
        random = SystemRandom()
        cost = passphrase.Cost(m_kib=passphrase.FLOOR_M_KIB, t=passphrase.FLOOR_T, p=1)
        slots = [
            passphrase.seal_passphrase_slot(
                wanted.keys, PASSPHRASE, team=wanted.team, generation=1, seat=wanted.seat, slot_id=random.bytes(16),
                salt=random.bytes(16), cost=cost,
            )
        ]  # fmt: skip
        return passphrase.build_slots(wanted.team, 1, slots, wanted.keys.dek)


@dataclass
class Laptop:
    """One person's laptop: home folder, vault, keys."""

    home: Path
    environment: Environment
    vault: Path
    keys: ToSeal
    now: str | None = None
    seat: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "", vault: Path | None = None, phrase: Path | None = None) -> Ended:
        """Do one command on this laptop's vault, with --json."""
        words = [*arguments, "--json", "--vault", str(vault or self.vault)]
        return self.plain(*words, "--passphrase-file", str(phrase or self.passphrase_file), stdin=stdin)

    def good(self, *arguments: str, stdin: str = "") -> Ended:
        """Do one command that has to succeed."""
        ended = self.run(*arguments, stdin=stdin)
        assert ended.code == 0, ended.err
        return ended

    def plain(self, *arguments: str, stdin: str = "") -> Ended:
        """Do one command as it is written."""
        done = subprocess.run(
            [*_python("broker_desktop"), *arguments], cwd=ROOT, env=self.process_environment(), input=stdin,
            capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout, done.stderr)

    def within(self, *arguments: str) -> Ended:
        """Do one command inside this process: the same code, without the second that a process takes to start."""
        words = [*arguments, "--json", "--vault", str(self.vault), "--passphrase-file", str(self.passphrase_file)]
        out, err = io.StringIO(), io.StringIO()
        code = run_command(words, io.StringIO(), out, err)
        return Ended(code, out.getvalue(), err.getvalue())

    def process_environment(self) -> dict[str, str]:
        """Give the variables of a process on this laptop; nothing of the test's own home is in reach."""
        own = {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home / "data"), "TMPDIR": str(self.home / "tmp")}
        if self.now is not None:
            own["BROKER_NOW"] = self.now
        kept = {name: value for name, value in os.environ.items() if name not in ("BROKER_NOW", "DISPLAY")}
        return kept | own | self.variables

    @property
    def passphrase_file(self) -> Path:
        """The file with the passphrase, written when it is first asked for."""
        path = self.home / "passphrase"
        if not path.exists():
            path.write_text(PASSPHRASE + "\n", encoding="utf-8")
        return path

    def open(self) -> Session:
        """Open the vault in this process, by key."""
        held = self.keys.keys
        keys = VaultKeys(bytearray(held.dek), bytearray(held.sign_seed), bytearray(held.kem_seed))
        return open_with_keys(self.vault, self.keys.team, self.keys.seat, keys, self.environment)

    @contextmanager
    def opened(self) -> Iterator[Session]:
        """Open the vault in this process for a while."""
        session = self.open()
        try:
            yield session
        finally:
            session.close()

    def sync(self) -> Any:
        """Sync once by the real command; give its report."""
        return self.good("sync").json


@dataclass
class Team:
    """A server and its team; every laptop has its own home below `folder`."""

    folder: Path
    server: Server
    lead: Laptop
    laptops: list[Laptop]

    @classmethod
    def founded(
        cls, folder: Path, server: Server, *, now: str | None = None, person: str = "Lena Ash", name: str = "Harbour",
        pack: str = "portsmouth-2009-10",
    ) -> Team:  # fmt: skip
        """Make a team and its first lead's laptop."""
        environment, home = _home(folder, "lead", now)
        seal = _FloorSeal()
        asked = TeamAsked(hub=server.url, token=server.token(), name=name, person=person, pack=pack, label="Van")
        vault = new_vault_folder(environment)
        made = create_team_sealed(environment, vault, seal, asked)
        lead = _laptop(home, environment, vault, seal, now, made.seat)
        return cls(folder, server, lead, [lead])

    def join(self, person: str, role: str, *, clinical: bool = False) -> Laptop:
        """Invite somebody, compare the words, let the laptop in, and sync it once."""
        environment, home = _home(self.folder, person.lower().replace(" ", "-"), self.lead.now)
        seal = _FloorSeal()
        vault = new_vault_folder(environment)
        with self.lead.opened() as lead:
            code = lead.team.invite(person, role, clinical).code
            asked = join_team_sealed(environment, vault, seal, code, label="Office")
            lead.team.approve(asked.seat, " ".join(asked.check_words))
        laptop = _laptop(home, environment, vault, seal, self.lead.now, asked.seat)
        with laptop.opened() as session:
            session.sync_once()
        with self.lead.opened() as lead:
            lead.sync_once()
        self.laptops.append(laptop)
        return laptop


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _home(folder: Path, name: str, now: str | None) -> tuple[Environment, Path]:
    home = folder / name
    (home / "tmp").mkdir(parents=True)
    variables: Mapping[str, str] = {} if now is None else {"BROKER_NOW": now}
    return real_environment(home / "data" / "broker-desktop", variables), home


def _laptop(home: Path, environment: Environment, vault: Path, seal: _FloorSeal, now: str | None, seat: str) -> Laptop:
    assert seal.kept is not None
    return Laptop(home, environment, vault, seal.kept, now, seat)
