"""Where a command's words go and where its passphrase comes from."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from broker_desktop.errors import AppError, BadInput, UsageError


@dataclass(slots=True)
class Console:
    """Standard streams of one command, and whether its results are JSON."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    json: bool = False

    def result(self, value: Mapping[str, Any], words: str) -> None:
        """Give the result: one JSON object, or words."""
        self.line(json.dumps(value, ensure_ascii=False) if self.json else words)

    def line(self, text: str) -> None:
        """Give one line of a result."""
        self.stdout.write(text + "\n")

    def say(self, text: str) -> None:
        """Say something to the person at the terminal."""
        self.stderr.write(text + "\n")

    def report(self, error: AppError) -> None:
        """Say what went wrong, in words and, when asked for, as JSON."""
        if self.json:
            self.line(json.dumps(error.to_json(), ensure_ascii=False))
        self.say(error.sentence())

    def passphrase(self, file: Path | None, *, new: bool = False) -> str:
        """Read the passphrase: first line of a file, else of standard input; at a terminal it is asked for.

        Raises:
            UsageError: the file cannot be read, or there is no passphrase. BadInput: typed twice, differently.
        """
        if file is not None:
            return _first_line(file)
        if self.stdin.isatty():
            return self._asked(new=new)
        text = self.stdin.readline().rstrip("\r\n")
        if not text:
            raise UsageError("There is no passphrase: give --passphrase-file, or its line on standard input.")
        return text

    def secret_lines(self, count: int, question: str) -> list[str]:
        """Read so many secret lines of standard input; at a terminal each is asked for and not shown.

        Raises:
            UsageError: standard input ends before.
        """
        lines = []
        for number in range(1, count + 1):
            asked = question.format(n=number)
            if self.stdin.isatty():
                lines.append(getpass.getpass(asked, stream=self.stderr))
            else:
                lines.append(self.stdin.readline().rstrip("\r\n"))
        if not all(line.strip() for line in lines):
            raise UsageError("Something is missing on standard input.")
        return lines

    def _asked(self, *, new: bool) -> str:
        typed = getpass.getpass("Passphrase: ", stream=self.stderr)
        if new and getpass.getpass("The same again: ", stream=self.stderr) != typed:
            raise BadInput("The two passphrases differ.", code="VAULT-NEW")
        return typed


def _first_line(file: Path) -> str:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            text = opened.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise UsageError("The passphrase file cannot be read.") from None
    if not text:
        raise UsageError("The passphrase file is empty.")
    return text
