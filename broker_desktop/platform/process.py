"""This process: what it leaves behind when it dies, and how it becomes a new one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence


def forbid_core_dumps() -> None:
    """Keep keys out of crash images (protocol.md 2.3); best effort, Windows writes none by default."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  does not exist on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def replace_process(arguments: Sequence[str]) -> None:
    """Become a fresh `python -m broker_desktop ARGUMENTS`, so that no key stays in memory (design.md section 8).

    Does not return: the memory image is replaced, or on Windows a new process is started and this one exits.
    """
    command = [sys.executable, "-m", "broker_desktop", *arguments]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606  replaces this process with our own program
    subprocess.Popen(command, close_fds=True)
    os._exit(0)


def wipe(secret: bytearray) -> None:
    """Overwrite key bytes in place."""
    for index in range(len(secret)):
        secret[index] = 0
