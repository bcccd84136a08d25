"""How far chains are verified and applied, held in memory for one transaction (protocol.md 2.6, "two levels")."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from sync.clock import split_chain
from sync.protocol.envelope import ZERO_HASH, Header
from sync.replica.tables import table, upsert
from sync.replica.values import Missing

_CHAIN = table("chain")
_APPLIED = table("applied")
_SEEN = table("seen")

# Made once: building the same expression for every page costs more than running it.
_OF_CHAIN = (_CHAIN.c.seat == bindparam("s")) & (_CHAIN.c.inc == bindparam("i"))
_READ_CHAIN = select(_CHAIN.c.seq, _CHAIN.c.hash, _CHAIN.c.ctl_seq).where(_OF_CHAIN)
_READ_APPLIED = select(_APPLIED.c.seq, _APPLIED.c.hash, _APPLIED.c.max_hlc, _APPLIED.c.paused).where(
    _APPLIED.c.seat == bindparam("s"), _APPLIED.c.inc == bindparam("i"), _APPLIED.c.comp == bindparam("c")
)
_WRITE_CHAIN = upsert(_CHAIN)
_APPLYING = insert(_APPLIED)
_WRITE_APPLIED = _APPLYING.on_conflict_do_update(  # `reported` is the outbox's
    index_elements=["seat", "inc", "comp"],
    set_={name: _APPLYING.excluded[name] for name in ("seq", "hash", "max_hlc", "paused")},
)
_TOLD = insert(_SEEN)
_NOTE_SEEN = _TOLD.on_conflict_do_update(
    index_elements=["observer", "comp", "seat", "inc"],
    set_={name: _TOLD.excluded[name] for name in ("seq", "hash16", "since")},
    where=_SEEN.c.seq < _TOLD.excluded.seq,
)
_MISSING = (
    select(_SEEN.c.seat, _SEEN.c.inc, _SEEN.c.seq, _SEEN.c.observer, _SEEN.c.since)
    .outerjoin(_CHAIN, (_CHAIN.c.seat == _SEEN.c.seat) & (_CHAIN.c.inc == _SEEN.c.inc))
    .where(_SEEN.c.since <= bindparam("before"), (_CHAIN.c.seq.is_(None)) | (_CHAIN.c.seq < _SEEN.c.seq))
    .order_by(_SEEN.c.seat, _SEEN.c.inc, _SEEN.c.seq)
)


@dataclass(slots=True)
class ChainPlace:
    """The last envelope of a chain whose signature and predecessor were checked."""

    seq: int = 0
    hash: bytes = ZERO_HASH
    ctl_seq: int = 0


@dataclass(slots=True)
class AppliedPlace:
    """The last envelope of a chain that was applied in one compartment; `paused` behind one that could not be."""

    seq: int = 0
    hash: bytes = ZERO_HASH
    max_hlc: int = 0
    paused: bool = False


@dataclass(slots=True)
class Places:
    """Chain and applied places, read when first asked for; those that changed are written together at the end."""

    connection: Connection
    _chains: dict[bytes, ChainPlace] = field(default_factory=dict)
    _applied: dict[tuple[bytes, int], AppliedPlace] = field(default_factory=dict)
    _as_read: dict[object, object] = field(default_factory=dict)

    def chain(self, chain: bytes) -> ChainPlace:
        """Return the place of a chain, for changing."""
        place = self._chains.get(chain)
        if place is None:
            seat, inc = split_chain(chain)
            row = self.connection.execute(_READ_CHAIN, {"s": seat, "i": inc}).one_or_none()
            place = self._chains[chain] = ChainPlace(*row) if row else ChainPlace()
            self._as_read[chain] = replace(place)
        return place

    def applied(self, chain: bytes, comp: int) -> AppliedPlace:
        """Return the place of a chain in a compartment, for changing."""
        place = self._applied.get((chain, comp))
        if place is None:
            seat, inc = split_chain(chain)
            row = self.connection.execute(_READ_APPLIED, {"s": seat, "i": inc, "c": comp}).one_or_none()
            place = AppliedPlace()
            if row is not None:
                place = AppliedPlace(row.seq, row.hash, int.from_bytes(row.max_hlc, "big"), row.paused)
            self._applied[chain, comp] = place
            self._as_read[chain, comp] = replace(place)
        return place

    def advance(self, header: Header, env_hash: bytes) -> None:
        """Move a chain on to an envelope that was checked."""
        place = self.chain(header.chain)
        place.seq, place.hash, place.ctl_seq = header.seq, env_hash, header.ctl_seq

    def write(self) -> None:
        """Write every place that changed."""
        for chain, place in self._chains.items():
            if place != self._as_read[chain]:
                seat, inc = split_chain(chain)
                row = {"seat": seat, "inc": inc, "seq": place.seq, "hash": place.hash, "ctl_seq": place.ctl_seq}
                self.connection.execute(_WRITE_CHAIN, row)
        for (chain, comp), applied in self._applied.items():
            if applied != self._as_read[chain, comp]:
                seat, inc = split_chain(chain)
                row = {
                    "seat": seat, "inc": inc, "comp": comp, "seq": applied.seq, "hash": applied.hash,
                    "max_hlc": applied.max_hlc.to_bytes(8, "big"), "reported": 0, "paused": applied.paused,
                }  # fmt: skip
                self.connection.execute(_WRITE_APPLIED, row)


def note_seen(
    connection: Connection, observer: bytes, comp: int, chain: bytes, place: tuple[int, bytes], now_ms: int
) -> None:  # fmt: skip
    """Keep what another seat says it has applied of a chain; an older word never replaces a newer one."""
    seat, inc = split_chain(chain)
    row = {
        "observer": observer, "comp": comp, "seat": seat, "inc": inc, "seq": place[0], "hash16": place[1],
        "since": now_ms,
    }  # fmt: skip
    connection.execute(_NOTE_SEEN, row)


def missing(connection: Connection, before_ms: int) -> list[Missing]:
    """Return envelopes named to us before a moment that have not come, one line a chain (protocol.md 2.6)."""
    rows = connection.execute(_MISSING, {"before": before_ms})
    found = {(row.seat, row.inc): row for row in rows}
    return [
        Missing(seat=row.seat, inc=row.inc, seq=row.seq, named_by=row.observer, since=row.since)
        for row in found.values()
    ]


def last_heard(connection: Connection) -> dict[bytes, int]:
    """Return the greatest hlc applied of each seat."""
    heard: dict[bytes, int] = {}
    for seat, max_hlc in connection.execute(select(_APPLIED.c.seat, _APPLIED.c.max_hlc)):
        heard[seat] = max(heard.get(seat, 0), int.from_bytes(max_hlc, "big"))
    return heard
