"""The memory of other processes, read as whoever seizes a running laptop would read it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_CHUNK = 4 << 20


def family(pid: int) -> list[int]:
    """Give a process and everything it has started, directly or not."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def written_forms(text: str) -> list[bytes]:
    """Give the bytes in which a text may lie in memory: as typed and in capitals, in UTF-8 and as Qt keeps it."""
    return [form for one in {text, text.upper()} for form in (one.encode(), one.encode("utf-16-le"))]


def found_in_memory(pids: list[int], secrets: Mapping[str, list[bytes]]) -> set[str]:
    """Give the names of the secrets that lie anywhere in what these processes may read.

    Raises:
        PermissionError: the kernel keeps their memory from this user (only root may look into the program).
    """
    found: set[str] = set()
    for pid in pids:
        for piece in _pieces(pid, max(len(form) for forms in secrets.values() for form in forms)):
            found |= {name for name, forms in secrets.items() if any(form in piece for form in forms)}
    return found


def _pieces(pid: int, longest: int) -> Iterator[bytes]:
    """Read every readable map in pieces that overlap by the longest secret."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            span, rights, *_ = line.split()
            if not rights.startswith("r"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            tail = b""
            for at in range(start, end, _CHUNK):
                try:
                    read = os.pread(memory.fileno(), min(_CHUNK, end - at), at)
                except (OSError, OverflowError):  # a page that is mapped and cannot be read
                    tail = b""
                    continue
                yield tail + read
                tail = read[-longest:]
