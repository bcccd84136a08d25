"""`broker-hub` as a real process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "sync.hub.cli")


class ServedHub:
    """A running `broker-hub serve`. It waits for the process's own word that it answers, never for a time."""

    def __init__(self, db_url: str, ready_file: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--db", db_url, "--port", "0", "--ready-file", str(ready_file), *arguments],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log = self._read_until("the server answers")
        told: dict[str, Any] = json.loads(ready_file.read_text())
        self.url, self.pid = str(told["url"]), int(told["pid"])

    def _read_until(self, words: str) -> str:
        assert self.process.stderr is not None
        log = ""
        for line in self.process.stderr:
            log += line
            if words in line:
                return log
        raise AssertionError(f"the server did not start: {log}")

    def stop(self) -> int:
        """Ask it to stop; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        _, rest = self.process.communicate(timeout=30)
        self.log += rest
        return self.process.returncode

    def kill(self) -> None:
        """Pull the plug."""
        self.process.kill()
        self.process.communicate(timeout=30)
