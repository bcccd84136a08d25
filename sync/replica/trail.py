"""The audit trail: what was done on this laptop, as a hash chain whose head others see (protocol.md 2.4, body key 7).

An entry says when, what kind of thing, on which type and row, and how many; never a value of a record. The bytes are in
`sync/docs/audit.md`. Others keep the heads they are shown: one that goes back, or that contradicts an earlier one, is
a flaw. What was done is decided by the application; nothing here judges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.dialects import sqlite

from sync import codec
from sync.clock import split_chain
from sync.crypto.signing import sha256
from sync.protocol.envelope import ZERO_HASH
from sync.replica.tables import table, upsert

LARGEST_COUNT: Final = 2**63 - 1

_AUDIT: Final = table("audit")
_HEAD: Final = table("audit_head")
_H: Final = _HEAD.c
_INSERT: Final = str(insert(_AUDIT).compile(dialect=sqlite.dialect()))
_LAST: Final = select(_AUDIT.c.n, _AUDIT.c.hash).order_by(_AUDIT.c.n.desc()).limit(1)
_OF_CHAIN: Final = select(_HEAD).where(_H.seat == bindparam("s"), _H.inc == bindparam("i"))
_EARLIER: Final = select(func.max(_H.count)).where(_H.seat == bindparam("s"), _H.inc < bindparam("i"))
_WRITE_HEAD: Final = upsert(_HEAD)


class Head(NamedTuple):
    """How many entries a trail has, and the hash of the chain up to the last."""

    n: int
    hash: bytes


NOTHING_YET: Final = Head(0, ZERO_HASH)


class Deed(NamedTuple):
    """One thing that was done. `row` is empty where it is about no single record; `at_ms` is unix ms."""

    at_ms: int
    action: str
    table: str = ""
    row: bytes = b""
    many: int = 1


class NumberedDeed(NamedTuple):
    """An entry of the trail, numbered from 1."""

    n: int
    deed: Deed


class Flaw(IntEnum):
    """What is wrong with the heads that a laptop has shown."""

    NONE = 0
    WENT_BACK = 1
    CONTRADICTS = 2
    RESTORED = 3
    """A new incarnation began with fewer entries: the laptop was restored from an older image."""


class SeenHead(NamedTuple):
    """The last head of another laptop's trail, when it came (unix ms), and what is wrong with it."""

    seat: bytes
    n: int
    since: int
    flaw: Flaw


class Trail:
    """The end of the trail within one transaction; entries wait until `write`."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._waiting: list[tuple[int, bytes, bytes]] = []

    def note(self, deed: Deed) -> None:
        """Add an entry behind the last one."""
        entry = codec.encode(list(deed))
        n = self.head.n + 1
        self.head = Head(n, link(self.head.hash, n, entry))
        self._waiting.append((n, entry, self.head.hash))

    def write(self, connection: Connection) -> None:
        """Write what waits."""
        if self._waiting:
            connection.exec_driver_sql(_INSERT, self._waiting)
            self._waiting = []


def link(previous: bytes, n: int, entry: bytes) -> bytes:
    """Return the hash of the chain after entry `n`, `previous` being the one before."""
    return sha256(b"nx1/audit\0", previous, n.to_bytes(8, "big"), entry)


def read_head(connection: Connection) -> Head:
    """Return the head of the own trail."""
    row = connection.execute(_LAST).one_or_none()
    return NOTHING_YET if row is None else Head(row.n, row.hash)


def deeds(connection: Connection, after: int = 0) -> Iterator[NumberedDeed]:
    """Give the own trail in order, from behind entry `after`."""
    rows = connection.execute(select(_AUDIT.c.n, _AUDIT.c.entry).where(_AUDIT.c.n > after).order_by(_AUDIT.c.n))
    for row in rows:
        yield NumberedDeed(row.n, Deed(*codec.decode(row.entry)))


def first_broken(connection: Connection) -> int | None:
    """Return the number of the first entry that the chain does not confirm; None when all of it holds."""
    head = NOTHING_YET
    for row in connection.execute(select(_AUDIT).order_by(_AUDIT.c.n)):
        n = head.n + 1
        head = Head(n, link(head.hash, n, row.entry))
        if row.n != n or row.hash != head.hash:
            return n
    return None


def note_head(connection: Connection, chain: bytes, seq: int, shown: tuple[int, bytes], now_ms: int) -> None:
    """Keep the head that came in envelope `seq` of somebody's chain, unless a later envelope has told already.

    Envelopes of one chain may be opened out of order where compartments pause, so heads compare by their place.
    """
    seat, inc = split_chain(chain)
    head = Head(min(shown[0], LARGEST_COUNT), shown[1])
    row = connection.execute(_OF_CHAIN, {"s": seat, "i": inc}).mappings().one_or_none()
    if row is None:
        earlier = connection.execute(_EARLIER, {"s": seat, "i": inc}).scalar()
        flaw = Flaw.RESTORED if earlier is not None and head.n < earlier else Flaw.NONE
        known, place = head, seq
    else:
        flaw, known, place = Flaw(row["flaw"]), Head(row["count"], row["hash"]), row["seq"]
        older, newer = (known, head) if seq > place else (head, known)
        flaw = flaw or _flaw(older, newer)
    kept, at = (head, seq) if seq >= place else (known, place)
    line = {
        "seat": seat, "inc": inc, "seq": at, "count": kept.n, "hash": kept.hash, "since": now_ms, "flaw": flaw,
    }  # fmt: skip
    connection.execute(_WRITE_HEAD, line)


def _flaw(older: Head, newer: Head) -> Flaw:
    if newer.n < older.n:
        return Flaw.WENT_BACK
    return Flaw.CONTRADICTS if newer.n == older.n and newer.hash != older.hash else Flaw.NONE


def seen_heads(connection: Connection) -> Sequence[SeenHead]:
    """Return the last head of every other laptop, its gravest flaw over all its incarnations."""
    found: dict[bytes, SeenHead] = {}
    for row in connection.execute(select(_HEAD).order_by(_H.seat, _H.inc)).mappings():
        before = found.get(row["seat"])
        flaw = Flaw(row["flaw"]) if before is None else before.flaw or Flaw(row["flaw"])
        found[row["seat"]] = SeenHead(row["seat"], row["count"], row["since"], flaw)
    return list(found.values())
