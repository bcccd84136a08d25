"""The spool folder of one team on one device: how its vaults hand sealed envelopes to each other (protocol.md 2.18).

One append-only file per (seat, incarnation), frames as in `POST log`; beside them the control log as far as any vault
here knows it, and one small file a vault that says how far it has read. Only the vault whose chain it is writes a file
of frames, so there is one writer and no lock. What a frame means is decided by whoever reads it: nothing here is
trusted, and the folder tells a thief no more than the hub knows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync import codec
from sync.clock import chain_id, split_chain
from sync.errors import CodecError
from sync.protocol.fields import as_bytes, as_list, as_map, as_text, as_uint
from sync.protocol.frames import whole_frames, write_frames

_FRAMES: Final = ".frames"
_READ: Final = ".read"
_CONTROL: Final = "control"
_PRIVATE: Final = 0o600
_LONGEST_HOME: Final = 4096
_NEW: Final = ".new"


@dataclass(frozen=True, slots=True)
class Reader:
    """A vault of this device: its seat, the folder it lives in, and the last seq it has of each chain."""

    seat: bytes
    home: str
    read: Mapping[bytes, int]


class SpoolFolder:
    """The files of one team's spool."""

    def __init__(self, folder: Path, sync_folder: Callable[[Path], None]) -> None:
        """Do nothing yet; `sync_folder` makes new names in a folder survive a power cut."""
        self._folder = folder
        self._sync_folder = sync_folder

    def frames(self) -> dict[bytes, list[bytes]]:
        """Return the whole frames of every chain; a torn last one is left out. Raises OSError."""
        found: dict[bytes, list[bytes]] = {}
        for path in sorted(self._folder.glob(f"*{_FRAMES}")):
            chain = _chain_of(path.name.removesuffix(_FRAMES))
            if chain is not None:
                found[chain] = whole_frames(path.read_bytes())
        return found

    def write(self, chain: bytes, frames: Sequence[bytes]) -> None:
        """Make the file of an own chain hold exactly these frames: by appending where that is enough. Raises OSError.

        When it returns the frames survive a power cut.
        """
        path = self._folder / f"{_name_of(chain)}{_FRAMES}"
        wanted = write_frames(frames)
        there = path.read_bytes() if path.exists() else None
        if there == wanted:
            return
        if there is not None and wanted.startswith(there):
            self._append(path, wanted[len(there) :])
        else:
            self._replace(path, wanted)

    def forget(self, chain: bytes) -> None:
        """Take away the file of a chain. Raises OSError."""
        (self._folder / f"{_name_of(chain)}{_FRAMES}").unlink(missing_ok=True)

    def control(self) -> list[bytes]:
        """Return the entries of the longest control log that a vault here has left. Raises OSError."""
        path = self._folder / _CONTROL
        return whole_frames(path.read_bytes()) if path.exists() else []

    def write_control(self, entries: Sequence[bytes]) -> None:
        """Leave a control log for the other vaults. Raises OSError."""
        self._replace(self._folder / _CONTROL, write_frames(entries))

    def readers(self) -> list[Reader]:
        """Return the vaults of this device, as each said last; a file that says nothing is passed over."""
        found = (_reader_of(path) for path in sorted(self._folder.glob(f"*{_READ}")))
        return [one for one in found if one is not None]

    def note_reader(self, reader: Reader) -> None:
        """Say how far a vault has read, unless that stands there already. Raises OSError."""
        self._make()
        path = self._folder / f"{reader.seat.hex()}{_READ}"
        content = codec.encode({1: reader.home, 2: [[chain, seq] for chain, seq in sorted(reader.read.items())]})
        if not path.exists() or path.read_bytes() != content:
            self._replace(path, content)

    def forget_reader(self, seat: bytes) -> None:
        """Take a vault that is gone from the list. Raises OSError."""
        (self._folder / f"{seat.hex()}{_READ}").unlink(missing_ok=True)

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _append(self, path: Path, content: bytes) -> None:
        with path.open("ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _replace(self, path: Path, content: bytes) -> None:
        self._make()
        temporary = path.with_name(path.name + _NEW)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, _PRIVATE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        self._sync_folder(self._folder)


def _name_of(chain: bytes) -> str:
    seat, inc = split_chain(chain)
    return f"{seat.hex()}-{inc}"


def _chain_of(name: str) -> bytes | None:
    seat, _, inc = name.partition("-")
    try:
        return chain_id(as_bytes(bytes.fromhex(seat), 16), int(inc))
    except (ValueError, OverflowError, CodecError):
        return None


def _reader_of(path: Path) -> Reader | None:
    try:
        seat = as_bytes(bytes.fromhex(path.name.removesuffix(_READ)), 16)
        fields = as_map(codec.decode(path.read_bytes()))
        lines: Iterable[list[codec.Value]] = (as_list(line, 2) for line in as_list(fields.get(2)))
        read = {as_bytes(chain, 20): as_uint(seq) for chain, seq in lines}
        return Reader(seat, as_text(fields.get(1), _LONGEST_HOME), read)
    except (OSError, ValueError, CodecError):
        return None
