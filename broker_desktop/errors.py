"""What a person or another program is told when something cannot be done.

Expected errors only: each says what happened, whether the data is safe, what to do, and a code in small type. An error
that is not an `AppError` is a bug. No error text holds a value of a record, a passphrase or a key; field names, line
numbers and code lists are no values. Wordings follow look.md section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

YourData = Literal["safe", "at_risk", "unknown"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file or form the trouble lies: a line counted from 1, a field name with dots, both optional."""

    line: int | None = None
    field: str | None = None


class AppError(Exception):
    """An expected error. `exit_code` is that of design.md section 10, `code` is stable."""

    exit_code = 3
    code = "APP-1"
    title = "That did not work."
    remedy = "Try again."
    your_data: YourData = "safe"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        title: str | None = None,
        remedy: str | None = None,
        place: Place | None = None,
    ) -> None:
        self.code = code or type(self).code
        self.title = title or type(self).title
        self.remedy = type(self).remedy if remedy is None else remedy
        self.detail = detail
        self.place = place or Place()
        super().__init__(f"{self.code}: {self.title}")

    def sentence(self) -> str:
        """Give the error as one line of words, ending in its code."""
        parts = [self.title, self.detail, self.remedy]
        return f"{' '.join(part for part in parts if part)} ({self.code})"

    def to_json(self) -> Mapping[str, Any]:
        """Give the error object of contract.md, "Errors as JSON"."""
        error: dict[str, Any] = {
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "remedy": self.remedy,
            "your_data": self.your_data,
        }
        if self.place.line is not None:
            error["line"] = self.place.line
        if self.place.field is not None:
            error["field"] = self.place.field
        return {"error": error}


class UsageError(AppError):
    """A command or option that does not exist or does not fit."""

    exit_code = 2
    code = "USE-2"
    title = "That command is not understood."
    remedy = "See --help."


class BadInput(AppError):
    """Input that breaks a rule; nothing was changed."""

    exit_code = 3
    code = "INPUT-3"
    title = "This cannot be stored as it is."
    remedy = "Nothing was changed. Mend it and try again."


class NotFound(BadInput):
    """A record, draft, conflict or vault that is not on this laptop."""

    code = "INPUT-4"
    title = "There is no such thing on this laptop."
    remedy = "Nothing was changed."


class WrongPassphrase(AppError):
    """No slot of the vault opens with what was typed."""

    exit_code = 4
    code = "VAULT-PASS"
    title = "That is not the passphrase."
    remedy = "Nothing is lost. You can try again, or use the recovery kit."


class VaultOpen(AppError):
    """Another process has the vault open; one process per vault (protocol.md 2.3)."""

    exit_code = 4
    code = "VAULT-OPEN"
    title = "This vault is open in another window or command."
    remedy = "Close it there and try again."


class NotPermitted(AppError):
    """Something this role or laptop may not do or read."""

    exit_code = 5
    code = "ROLE-5"
    title = "That is not open to your role."
    remedy = "Nothing was changed. Ask a team lead."


class NoServer(AppError):
    """Nothing that speaks our protocol answers there."""

    exit_code = 6
    code = "SYNC-6"
    title = "The server did not answer."
    remedy = "Nothing is lost. Try again when there is signal."


class ServerRefused(NoServer):
    """The server answered, and said no."""

    exit_code = 5
    code = "SYNC-413"
    title = "The server refused."
    remedy = "Everything stays on this laptop."


class Untrusted(AppError):
    """An answer that fails verification: the wrong server, or one that says what its signatures contradict."""

    exit_code = 7
    code = "TRUST-7"
    title = "The server's answer does not verify."
    remedy = "Nothing was accepted from it. Tell your team lead before you sync again."


class StorageProblem(AppError):
    """The vault, the disk or a file cannot be read or written."""

    exit_code = 8
    code = "STORE-11"
    title = "The store on this laptop has a fault."
    remedy = "Do not delete anything. Copy the vault folder to another disk and ask for help."
    your_data: YourData = "unknown"


class DiskFull(StorageProblem):
    """No room left; the save was rolled back whole (look.md 7, row 10)."""

    code = "STORE-28"
    title = "This laptop's disk is full."
    remedy = "What you saved before is safe; this was not saved. Free some space and try again."
    your_data: YourData = "safe"
