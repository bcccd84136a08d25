"""This process: what it leaves behind when it dies, what may be written to disk of it, and how it becomes a new one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def forbid_core_dumps() -> None:
    """Keep keys out of crash images, and other programs of this person out of our memory (protocol.md 2.3).

    Best effort; Windows writes no such image by default. A replaced process starts without it and calls this again.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  does not exist on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def keep_out_of_swap(secret: bytearray) -> None:
    """Ask the system never to write these bytes to its swap file; best effort, a system may refuse.

    It speaks for this one copy: what libraries make of a key for themselves is beyond us (protocol.md 1).
    """
    address, length = ctypes.addressof(ctypes.c_char.from_buffer(secret)), len(secret)
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "win32":
            ctypes.windll.kernel32.VirtualLock(ctypes.c_void_p(address), ctypes.c_size_t(length))
        else:
            ctypes.CDLL(None).mlock(ctypes.c_void_p(address), ctypes.c_size_t(length))


def replace_process(arguments: Sequence[str]) -> None:
    """Become a fresh `python -m broker_desktop ARGUMENTS`, so that no key stays in memory (design.md section 8).

    Does not return: the memory image is replaced, or on Windows a new process is started and this one exits. Other
    threads end with it, wherever they are.
    """
    command = [sys.executable, *_safe_path(), "-m", "broker_desktop", *arguments]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606  replaces this process with our own program
    subprocess.Popen(command, close_fds=True)
    os._exit(0)


def _safe_path() -> list[str]:
    """Keep the folder a person stands in out of the import path, as it was when the program was started."""
    return ["-P"] if sys.flags.safe_path else []


class Deadline:
    """Does something after a while unless it is called off first: what must happen even when something hangs."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer = threading.Timer(seconds, act)
        self._timer.daemon = True
        self._timer.start()

    def call_off(self) -> None:
        """Do nothing after all."""
        self._timer.cancel()


def wipe(secret: bytearray) -> None:
    """Overwrite key bytes in place."""
    for index in range(len(secret)):
        secret[index] = 0
