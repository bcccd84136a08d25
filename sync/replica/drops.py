"""Drops: own work for a compartment this seat cannot read, and whose drop may change what (protocol.md 2.4).

Most of it is kept here like any other operation and sealed at push. A record whose author keeps nothing of it is sealed
when it is saved: the ciphertext is all that remains, and it gets its header and signature at push, in order with the
rest. Opening a drop is the inbox's work; nothing here decrypts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_once

from sync import operation
from sync.control import ControlState, EpochKey
from sync.crypto.sealing import Preamble, drop_ciphertext, encode_body, frame
from sync.errors import SyncError
from sync.operation import Kind
from sync.protocol.envelope import Envelope, EnvelopeType, Stub, hash_of
from sync.replica.rows import Key
from sync.replica.tables import EnvelopeState, table

_SEALED: Final = table("sealed_op")
_S: Final = _SEALED.c
_DROPPED: Final = table("dropped_row")
_OP: Final = table("op")
_ENVELOPE: Final = table("envelope")
_TYPE_AT: Final = 6  # SQLite counts from 1: byte 5 of the header

# Made once: building the same expression for every sync costs more than running it.
_KEEP: Final = insert(_SEALED)
_UNSIGNED: Final = (
    select(_S.local_id, _S.epoch, _S.ct).where(_S.comp == bindparam("of"), _S.sealed_in.is_(None)).order_by(_S.local_id)
)
_COUNT: Final = select(func.count()).select_from(_SEALED).where(_S.sealed_in.is_(None))
_SIGN: Final = update(_SEALED).where(_S.local_id == bindparam("at")).values(sealed_in=bindparam("envelope"))
_UNREAD: Final = (
    select(_ENVELOPE.c.id, _S.comp, _S.epoch, _ENVELOPE.c.bytes)
    .join(_ENVELOPE, _ENVELOPE.c.id == _S.sealed_in)
    .where(_ENVELOPE.c.state == EnvelopeState.ACKED, func.length(_S.ct) > 0)
    .order_by(_S.local_id)
)
_READ: Final = update(_SEALED).where(_S.sealed_in == bindparam("envelope")).values(ct=b"")
_NOTE: Final = insert_once(_DROPPED).on_conflict_do_nothing()
_BY: Final = select(_DROPPED.c.seat).where(
    _DROPPED.c.tbl == bindparam("t"), _DROPPED.c.row == bindparam("r"), _DROPPED.c.comp == bindparam("c"),
    _DROPPED.c.seat == bindparam("s"),
)  # fmt: skip
_FIRST_OWN: Final = (
    select(_OP.c.cbor, _OP.c.sealed_in, func.substr(_ENVELOPE.c.bytes, _TYPE_AT, 1).label("type"))
    .outerjoin(_ENVELOPE, _ENVELOPE.c.id == _OP.c.sealed_in)
    .where(_OP.c.tbl == bindparam("t"), _OP.c.row == bindparam("r"), _OP.c.comp == bindparam("c"))
    .order_by(_OP.c.local_id)
    .limit(1)
)


class NotDroppableError(SyncError):
    """A change of a record that this seat may no longer change: it cannot read the compartment the record is in."""


class Unsigned(NamedTuple):
    """An operation that was sealed at save and has no header yet."""

    local_id: int
    epoch: int
    ct: bytes


class Unread(NamedTuple):
    """An own drop that was sealed at save and stands on the hub."""

    envelope_id: int
    comp: int
    epoch: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Shutter:
    """What sealing at save needs: the team as last verified, what a body says first, whose drop it is, which epoch."""

    control: ControlState
    preamble: Preamble
    seat: bytes
    epoch: Callable[[int], int]

    def shut(self, cbor: bytes, comp: int) -> tuple[int, bytes]:
        """Return (epoch, ciphertext) of one operation, sealed to a compartment's drop key."""
        key = target(self.control, comp, self.epoch(comp))
        plaintext = frame(encode_body(self.preamble, [cbor]))
        return key.epoch, drop_ciphertext(plaintext, key, self.control.team, self.seat)


def target(control: ControlState, comp: int, epoch: int) -> EpochKey:
    """Return the control log's line for an epoch of a compartment.

    Raises:
        NotDroppableError: the team has no such compartment.
    """
    key = control.epoch_key(comp, epoch)
    if key is None:
        raise NotDroppableError("no_compartment", "the team has no such compartment")
    return key


def keep_shut(connection: Connection, local_id: int, comp: int, epoch: int, ct: bytes) -> None:
    """Keep the ciphertext of an operation that was sealed at save; nothing else of it is kept anywhere."""
    connection.execute(_KEEP, {"local_id": local_id, "comp": comp, "epoch": epoch, "ct": ct, "sealed_in": None})


def unsigned(connection: Connection, comp: int) -> list[Unsigned]:
    """Return what was sealed at save and waits for a header, in the order of saving."""
    return [Unsigned(*row) for row in connection.execute(_UNSIGNED, {"of": comp})]


def unsigned_count(connection: Connection) -> int:
    """Return how many operations were sealed at save and wait for a header."""
    return int(connection.execute(_COUNT).scalar_one())


def last_op(connection: Connection) -> int:
    """Return the greatest local id among operations that were sealed at save; 0 for none."""
    return int(connection.execute(select(func.coalesce(func.max(_S.local_id), 0))).scalar_one())


def mark_signed(connection: Connection, local_id: int, envelope_id: int) -> None:
    """Note which envelope carries an operation that was sealed at save."""
    connection.execute(_SIGN, {"at": local_id, "envelope": envelope_id})


def withdraw(connection: Connection, envelope_ids: list[int]) -> None:
    """Let what these envelopes carried wait again: it will be signed at another place."""
    connection.execute(update(_SEALED).where(_S.sealed_in.in_(envelope_ids)).values(sealed_in=None))


def unread(connection: Connection, held: Collection[int]) -> list[Unread]:
    """Return the own acknowledged drops sealed at save into a compartment that this seat has gained since.

    Of them we know no more than of a stranger's; every other holder has applied them, so we must too.
    """
    rows = connection.execute(_UNREAD) if held else ()
    return [Unread(*row) for row in rows if row.comp in held]


def mark_read(connection: Connection, envelope_id: int) -> None:
    """Note that an own drop sealed at save was read; the archive has its ciphertext."""
    connection.execute(_READ, {"envelope": envelope_id})


def note_dropped(connection: Connection, key: Key, seat: bytes) -> None:
    """Note that a seat created a row by a drop."""
    connection.execute(_NOTE, {"tbl": key.table, "row": key.row, "comp": key.comp, "seat": seat})


def created_by_drop(connection: Connection, key: Key, seat: bytes) -> bool:
    """Tell whether a seat created a row by a drop."""
    return connection.execute(_BY, {"t": key.table, "r": key.row, "c": key.comp, "s": seat}).scalar() is not None


def may_be_put(connection: Connection, key: Key) -> bool:
    """Tell whether the holders will take a drop of ours that changes this row: we made it, and not in a bundle."""
    first = connection.execute(_FIRST_OWN, {"t": key.table, "r": key.row, "c": key.comp}).one_or_none()
    if first is None or operation.parse(first.cbor).kind != Kind.CREATE:
        return False
    return first.sealed_in is None or first.type == bytes([EnvelopeType.DROP])


def note_arrived(connection: Connection, envelope_id: int, item: Envelope | Stub) -> None:
    """Count as signed what came back under our own signature, in a vault restored from an older image.

    What was sealed at save is known again by its hash, though nobody here can read it.
    """
    header = item.header
    for one in unsigned(connection, header.comp):
        if one.epoch == header.epoch and len(one.ct) == header.ct_len and hash_of(header, one.ct) == item.env_hash:
            mark_signed(connection, one.local_id, envelope_id)
