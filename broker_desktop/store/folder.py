"""What a vault's folder looks like from outside, without opening anything."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

SLOTS: Final = "slots"
PARTS: Final = "parts-"
"""How a folder begins that holds plain parts of a file for people while that file is put together."""


def is_vault(folder: Path) -> bool:
    """Tell whether a folder holds a vault."""
    return (folder / SLOTS).is_file()


def remove_parts(folder: Path) -> None:
    """Remove the parts that a process which was killed left behind; only for the one that holds the lock."""
    for left_over in folder.glob(f"{PARTS}*"):
        shutil.rmtree(left_over, ignore_errors=True)
