"""Files that must survive a power cut, be private, or belong to one process at a time."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_PRIVATE = stat.S_IRUSR | stat.S_IWUSR


class FolderTaken(Exception):
    """Another process holds the lock of this folder."""


class FolderLock:
    """An operating-system lock on a folder; it goes when the process goes, however that ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock at once. Raises FolderTaken; OSError when the folder cannot be written."""
        from filelock import FileLock, Timeout  # noqa: PLC0415  brings asyncio, and the gate locks nothing

        self._lock = FileLock(folder / "lock", timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise FolderTaken(folder.name) from None

    def release(self) -> None:
        """Give the folder back; a second call does nothing."""
        self._lock.release()


def make_private_folder(folder: Path) -> None:
    """Create the folder (and those above it) so that only this user enters it, where the system has such rights."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(stat.S_IRWXU)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder survive a power cut; Windows does that by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_durably(path: Path, content: bytes) -> None:
    """Write a private file whole or not at all: temporary name, fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), _PRIVATE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # Ctrl+C too
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_new_private(path: Path, content: bytes) -> None:
    """Write a private file that must not exist yet. Raises FileExistsError, OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
