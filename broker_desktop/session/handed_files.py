"""Files that people carry or hand on: read within a bound, written whole or not at all. Looks at no content."""

from __future__ import annotations

from pathlib import Path

from broker_desktop.errors import BadInput
from broker_desktop.platform.files import replace_durably
from broker_desktop.store.database import told_by_disk
from sync.protocol.carried import MAX_CARRIED


def load_file(path: Path) -> bytes:
    """Read a carried file. Raises BadInput for one that is not there or larger than any of ours."""
    try:
        if path.stat().st_size > MAX_CARRIED:
            raise BadInput("The file is far larger than any file of Broker Desktop.", code="FILE-4")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", code="FILE-6") from None


def keep_file(path: Path, content: bytes) -> None:
    """Write a file over one that is there, for this user alone. Raises StorageProblem, DiskFull."""
    try:
        replace_durably(path, content)
    except OSError as error:
        raise told_by_disk(error, "The file cannot be written") from None
