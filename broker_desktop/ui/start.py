"""The words a window is started with: which vaults, and what the process before left behind when it locked.

A lock replaces the process, so everything the fresh one has to know is written here, and may hold nothing about anybody
but the number of the vault: other people of this machine can read a command line.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from broker_desktop.errors import UsageError

VAULTS, LOCKED, HAND_OVER, VAULT, WINDOW = "--vaults", "--locked", "--hand-over", "--vault", "--window"
OPTIONS: Final = (VAULTS, LOCKED, HAND_OVER, VAULT, WINDOW)


class Left(StrEnum):
    """What became of the open form when the vault was locked."""

    NOTHING = "nothing"
    FORM = "form"
    NO_ROOM = "no-room"
    FAULT = "fault"


class Behind(StrEnum):
    """What stands in front at the start."""

    GATE = ""
    SHIELD = LOCKED
    PICKER = HAND_OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a window starts. `vault` is the number of the vault that was open, 0 for none; `window` its place."""

    folder: Path | None = None
    behind: Behind = Behind.GATE
    left: Left = Left.NOTHING
    vault: int = 0
    window: bytes = b""

    def words(self) -> list[str]:
        """Write it as words of a command line."""
        words = [VAULTS, str(self.folder)] if self.folder else []
        if self.behind:
            words += [str(self.behind), str(self.left)]
        if self.vault:
            words += [VAULT, str(self.vault)]
        if self.window:
            words += [WINDOW, base64.urlsafe_b64encode(self.window).decode()]
        return words

    @classmethod
    def read(cls, words: Sequence[str]) -> "Start":
        """Read the words of a command line. Raises UsageError."""
        if len(words) % 2 or any(word not in OPTIONS for word in words[::2]):
            raise UsageError("The window takes --vaults FOLDER; its other words are for the program itself.")
        given = dict(zip(words[::2], words[1::2], strict=True))
        behind = next((one for one in (Behind.PICKER, Behind.SHIELD) if one in given), Behind.GATE)
        try:
            return cls(
                folder=Path(given[VAULTS]) if VAULTS in given else None,
                behind=behind,
                left=Left(given.get(behind, Left.NOTHING)),
                vault=int(given.get(VAULT, 0)),
                window=base64.urlsafe_b64decode(given.get(WINDOW, "")),
            )
        except (ValueError, binascii.Error):
            raise UsageError("One of the words after an option cannot be read.") from None
