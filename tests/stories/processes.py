"""The two programs as people start them: real processes, exit codes and streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hub.processes import COMMAND as HUB_COMMAND
from tests.hub.processes import ServedHub

PASSPHRASE = "glove amber canal tiger plaza"
NOW = "2026-12-02T09:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one object on standard output."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """The objects on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Desktop:
    """`broker-desktop` for one vault. Commands print JSON; the passphrase comes from a file."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.vault = self.folder / "vault"
        self.passphrase_file = self.folder / "passphrase"
        self.passphrase_file.write_text(PASSPHRASE + "\n")

    def run(self, *arguments: str, stdin: str = "") -> Done:
        """Run a command line as it is given."""
        environment = {**os.environ, "BROKER_NOW": NOW, "XDG_DATA_HOME": str(self.folder / "home"), **self.variables}
        done = subprocess.run(
            [sys.executable, "-m", "broker_desktop", *arguments],
            input=stdin, capture_output=True, text=True, env=environment, timeout=300, check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def __call__(self, *arguments: str, stdin: str = "") -> Done:
        """Run a command on the vault."""
        opening = ("--vault", str(self.vault), "--passphrase-file", str(self.passphrase_file), "--json")
        return self.run(*arguments, *opening, stdin=stdin)

    def create_team(self, hub: ServedHub, token: str) -> Done:
        """Make a team with this vault as its first lead's."""
        return self(
            "team", "create", "--hub", hub.url, "--token", token, "--name", "Harbour", "--person", "Lee Lead",
            "--pack", "portsmouth-2009-10", "--kit-file", str(self.folder / "kit.txt"),
        )  # fmt: skip


def operator_token(db_url: str) -> str:
    """Ask the server's operator for a token."""
    done = subprocess.run([*HUB_COMMAND, "token", "--db", db_url], capture_output=True, text=True, check=True)
    return done.stdout.strip()
