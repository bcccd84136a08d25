"""How much memory a process could take now; decides whether opening a vault may cost the usual 256 MiB."""

from __future__ import annotations

import sys
from pathlib import Path


def free_memory() -> int | None:
    """Tell how many bytes are free for us, None where the system does not say."""
    if sys.platform == "win32":
        return _free_on_windows()
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return None if found is None else int(found.split()[1]) * 1024


def _free_on_windows() -> int | None:
    import ctypes  # noqa: PLC0415  only where it is needed

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of kernel32."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "free", "p_total", "p_free", "v_total", "v_free", "ext")
            ),
        )

    status = Status(length=ctypes.sizeof(Status))
    if sys.platform == "win32" and ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return int(status.free)
    return None
