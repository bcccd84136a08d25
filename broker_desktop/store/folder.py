"""What a vault's folder looks like from outside, without opening anything."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SLOTS: Final = "slots"


def is_vault(folder: Path) -> bool:
    """Tell whether a folder holds a vault."""
    return (folder / SLOTS).is_file()
