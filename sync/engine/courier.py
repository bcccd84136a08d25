"""A file carried by hand in the place of a hub: everything one vault holds, for its team (protocol.md 2.9).

The same bytes as in pushes and pulls, through the same checks. Nothing is stored before the whole file was verified.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sync.control import ControlState, Entry, parse_entry
from sync.crypto.signing import SigningKey
from sync.errors import CodecError, ControlRefused, VerificationFailed
from sync.protocol.carried import Carried, CarriedKind, read_carried, write_carried
from sync.protocol.frames import read_frames, write_frames
from sync.replica import Replica
from sync.replica.outbox import StaleCheckpointError


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierTaken:
    """What an import did: envelopes read, operations that were new, own envelopes that wait for a key or an entry."""

    read: int
    operations: int
    waiting: int


def courier_file(replica: Replica, key: SigningKey) -> bytes:
    """Return everything this vault holds as a file, what is unsealed sealed first as for a lock.

    Raises:
        ControlRefused: `no_team`: this vault was not let in yet, or joined by file and has not met the hub.
    """
    control = _control_of(replica)
    require_confirmed(replica)
    seal_if_fresh(replica, key)
    parts = [write_frames(replica.spool_side.control_entries()), write_frames(replica.spool_side.everything())]
    return write_carried(Carried(kind=CarriedKind.COURIER, team=control.team, parts=parts))


def require_confirmed(replica: Replica) -> None:
    """Raise ControlRefused where the hub never confirmed the control log: nobody else may take it for the team's."""
    if replica.hub_side.provisional:
        raise ControlRefused("no_team", "the hub has not confirmed this join yet")


def seal_if_fresh(replica: Replica, key: SigningKey) -> None:
    """Seal what is unsealed, unless the hub's last word is too old for it or this vault is older than its own work."""
    if not replica.hub_side.own_chain_ahead():
        with suppress(StaleCheckpointError):
            replica.hub_side.seal(key)


def take_courier_file(replica: Replica, data: bytes) -> CourierTaken:
    """Take in a colleague's file; all of it was verified before anything is stored.

    Raises:
        CodecError: `foreign`, `cut_off`, `damaged`.
        VerificationFailed: `other_team`, `other_log` (its control log is not ours), `not_signed` (an envelope that no
            member signed).
    """
    control = _control_of(replica)
    carried = read_carried(data)
    if carried.kind is not CarriedKind.COURIER or len(carried.parts) != 2:
        raise CodecError("foreign")
    if carried.team != control.team:
        raise VerificationFailed("other_team", "a file of another team")
    entries, after = _followed(control, read_frames(carried.parts[0]))
    frames = read_frames(carried.parts[1])
    if not replica.spool_side.all_signed(frames, after):
        raise VerificationFailed("not_signed", "an envelope that no member signed")
    if entries:
        replica.hub_side.extend_control(entries, after)
    operations = replica.spool_side.take(frames, by_hand=True)
    return CourierTaken(read=len(frames), operations=operations, waiting=replica.spool_side.unknown_count(frames))


def archive_parts(replica: Replica, comps: Collection[int]) -> bytes:
    """Return what a vault holds as frames for somebody with these compartments: of others the stubs alone."""
    return write_frames(replica.spool_side.everything(comps))


def _followed(control: ControlState, raws: Sequence[bytes]) -> tuple[list[Entry], ControlState]:
    """Return the entries of a log that go on where ours ends, and the state after them."""
    entries: list[Entry] = []
    try:
        parsed = [parse_entry(raw) for raw in raws]
        for entry in parsed[: control.ctl_seq]:
            if control.hash_at(entry.ctl_seq) != entry.ctl_hash:
                raise VerificationFailed("other_log", "the control log of the file is not ours")
        for entry in parsed[control.ctl_seq :]:
            if not control.update_needed:
                control = control.extended(entry)
                entries.append(entry)
    except ControlRefused:
        raise VerificationFailed("other_log", "the control log of the file does not follow") from None
    return entries, control


def _control_of(replica: Replica) -> ControlState:
    if replica.control is None:
        raise ControlRefused("no_team", "this vault has no team yet")
    return replica.control
