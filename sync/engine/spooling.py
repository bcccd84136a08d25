"""One vault at the spool of its device: takes in what colleagues left, leaves what the hub lacks (protocol.md 2.18).

Between the files (`spool.py`) and the replica; no network here, and nothing is decided by what a file says of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sync.control import parse_entry
from sync.crypto.signing import SigningKey
from sync.engine.courier import seal_if_fresh
from sync.engine.spool import Reader, SpoolFolder
from sync.errors import ControlRefused
from sync.protocol.frames import ChainHead
from sync.replica import Replica
from sync.replica.values import Outgoing


class Spooling:
    """The spool as one vault uses it; every method may raise OSError and may be repeated."""

    def __init__(self, folder: SpoolFolder, replica: Replica, *, home: str, is_here: Callable[[str], bool]) -> None:
        """Do nothing yet.

        Args:
            folder: the team's spool on this device.
            replica: of the open vault.
            home: where this vault lives, for the others to see that it is still there.
            is_here: tells whether a vault still lives in such a place.
        """
        self._folder = folder
        self._replica = replica
        self._side = replica.spool_side
        self._home = home
        self._is_here = is_here

    def take_in(self) -> int:
        """Read everything that lies in the spool, and say how far we have read; return how many operations are new."""
        seat = self._seat()
        if seat is None:
            return 0
        self._take_control()
        spooled = self._folder.frames()
        operations = self._side.take(raw for frames in spooled.values() for raw in frames)
        self._go_on_after_a_restore(seat, spooled)
        self._note_read(seat)
        return operations

    def lacking(self, heads: Iterable[ChainHead]) -> list[Outgoing]:
        """Return the colleagues' envelopes that lie here and that the hub lacks, in chain order."""
        return self._side.lacking(self._folder.frames(), heads)

    def register(self) -> None:
        """Say that this vault is one of the device, so that the others leave for it what they record."""
        seat = self._seat()
        if seat is not None:
            self._note_read(seat)

    def hand_over(self, key: SigningKey) -> None:
        """Seal what is unsealed and leave every own envelope that the hub has not got; it is on the disk afterwards.

        A vault that is alone on its device leaves nothing, and what it saved stays unsealed until the next sync; so
        does one that joined by file and has not met the hub, whose control log nobody else may take for the team's.
        Nothing is sealed as of a checkpoint of more than 90 days ago, or while the spool shows that this vault is older
        than what it has sent; it keeps what it saved until the hub was asked.
        """
        seat = self._seat()
        if seat is None:
            return
        others = self._others(seat)
        if not others or self._replica.hub_side.provisional:
            return
        seal_if_fresh(self._replica, key)
        self._leave_control()
        self._leave_own(seat, others)
        self._note_read(seat)

    def _seat(self) -> bytes | None:
        chain = self._replica.chain
        return None if chain is None else chain[:16]

    def _others(self, seat: bytes) -> list[Reader]:
        """Return the other vaults that still live on this device; one that is gone is taken from the list."""
        control = self._replica.control
        found = []
        for reader in self._folder.readers():
            member = None if control is None else control.seat(reader.seat)
            if not self._is_here(reader.home) or (member is not None and not member.active):
                self._folder.forget_reader(reader.seat)
            elif reader.seat != seat:
                found.append(reader)
        return found

    def _note_read(self, seat: bytes) -> None:
        self._folder.note_reader(Reader(seat, self._home, self._side.read_up_to()))

    def _take_control(self) -> None:
        """Follow the control log as far as a colleague's vault has verified it; what does not follow is left alone."""
        control = before = self._replica.control
        if control is None or self._replica.hub_side.provisional:
            return
        entries = []
        try:
            for raw in self._folder.control()[control.ctl_seq :]:
                if not control.update_needed:
                    entry = parse_entry(raw)
                    control = control.extended(entry)
                    entries.append(entry)
        except ControlRefused:
            pass
        if control is not before:
            self._replica.hub_side.extend_control(entries, control)

    def _leave_control(self) -> None:
        entries = self._side.control_entries()
        if len(self._folder.control()) < len(entries):
            self._folder.write_control(entries)

    def _go_on_after_a_restore(self, seat: bytes, spooled: Mapping[bytes, Sequence[bytes]]) -> None:
        """Begin a new incarnation where the spool holds everything that this seat had sealed after the image."""
        own = [raw for chain, frames in spooled.items() if chain[:16] == seat for raw in frames]
        if self._replica.hub_side.own_chain_ahead() and self._side.knows(own):
            self._replica.hub_side.start_incarnation()

    def _leave_own(self, seat: bytes, others: Sequence[Reader]) -> None:
        spooled = {chain: frames for chain, frames in self._folder.frames().items() if chain[:16] == seat}
        heads = self._side.own_heads()
        waiting = self._side.unacknowledged()
        for chain in sorted(spooled.keys() | heads.keys()):
            kept = dict.fromkeys(self._still_needed(chain, spooled.get(chain, ()), others))
            frames = [*kept, *(raw for raw in waiting if _chain_of(raw) == chain and raw not in kept)]
            # The tail shows this very vault, should it ever be restored from an older image, that there was more.
            if chain in heads and (not frames or _place_of(frames[-1]) != _place_of(heads[chain])):
                frames.append(heads[chain])
            self._folder.write(chain, frames)

    def _still_needed(self, chain: bytes, frames: Sequence[bytes], others: Sequence[Reader]) -> list[bytes]:
        """Return the frames that the hub has not confirmed, or that some vault of this device has not read."""
        needed = []
        for raw in frames:
            copy = self._side.own_copy(raw)
            if copy.counts and (not copy.on_hub or any(one.read.get(chain, 0) < copy.seq for one in others)):
                needed.append(raw)
        return needed


def _place_of(raw: bytes) -> bytes:
    """Return seat, incarnation and seq as they stand in a header."""
    return raw[24:52]


def _chain_of(raw: bytes) -> bytes:
    return raw[24:44]
