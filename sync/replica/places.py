"""How far chains are verified and applied, held in memory for one transaction (protocol.md 2.6, "two levels")."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from sync.clock import split_chain
from sync.protocol.envelope import ZERO_HASH, Header
from sync.replica.tables import table
from sync.replica.values import Missing

_CHAIN = table("chain")
_APPLIED = table("applied")
_SEEN = table("seen")


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
    reported: int = 0
    paused: bool = False


@dataclass(slots=True)
class Places:
    """Chain and applied places, read when first asked for and written together at the end."""

    connection: Connection
    _chains: dict[bytes, ChainPlace] = field(default_factory=dict)
    _applied: dict[tuple[bytes, int], AppliedPlace] = field(default_factory=dict)

    def chain(self, chain: bytes) -> ChainPlace:
        """Return the place of a chain, for changing."""
        place = self._chains.get(chain)
        if place is None:
            seat, inc = split_chain(chain)
            c = _CHAIN.c
            row = self.connection.execute(
                select(c.seq, c.hash, c.ctl_seq).where(c.seat == seat, c.inc == inc)
            ).one_or_none()
            place = self._chains[chain] = ChainPlace(*row) if row else ChainPlace()
        return place

    def applied(self, chain: bytes, comp: int) -> AppliedPlace:
        """Return the place of a chain in a compartment, for changing."""
        place = self._applied.get((chain, comp))
        if place is None:
            seat, inc = split_chain(chain)
            a = _APPLIED.c
            row = self.connection.execute(
                select(a.seq, a.hash, a.max_hlc, a.reported, a.paused).where(
                    a.seat == seat, a.inc == inc, a.comp == comp
                )
            ).one_or_none()
            place = AppliedPlace()
            if row is not None:
                place = AppliedPlace(row.seq, row.hash, int.from_bytes(row.max_hlc, "big"), row.reported, row.paused)
            self._applied[chain, comp] = place
        return place

    def advance(self, header: Header, env_hash: bytes) -> None:
        """Move a chain on to an envelope that was checked."""
        place = self.chain(header.chain)
        place.seq, place.hash, place.ctl_seq = header.seq, env_hash, header.ctl_seq

    def write(self) -> None:
        """Write every place that was asked for."""
        for chain, place in self._chains.items():
            seat, inc = split_chain(chain)
            row = {"seat": seat, "inc": inc, "seq": place.seq, "hash": place.hash, "ctl_seq": place.ctl_seq}
            self.connection.execute(
                insert(_CHAIN).values(row).on_conflict_do_update(index_elements=["seat", "inc"], set_=row)
            )
        for (chain, comp), applied in self._applied.items():
            seat, inc = split_chain(chain)
            row = {
                "seat": seat, "inc": inc, "comp": comp, "seq": applied.seq, "hash": applied.hash,
                "max_hlc": applied.max_hlc.to_bytes(8, "big"), "reported": applied.reported, "paused": applied.paused,
            }  # fmt: skip
            if applied.seq or applied.paused:
                self.connection.execute(
                    insert(_APPLIED).values(row).on_conflict_do_update(index_elements=["seat", "inc", "comp"], set_=row)
                )


def note_seen(
    connection: Connection, observer: bytes, comp: int, chain: bytes, place: tuple[int, bytes], now_ms: int
) -> None:  # fmt: skip
    """Keep what another seat says it has applied of a chain; an older word never replaces a newer one."""
    seat, inc = split_chain(chain)
    row = {
        "observer": observer, "comp": comp, "seat": seat, "inc": inc, "seq": place[0], "hash16": place[1],
        "since": now_ms,
    }  # fmt: skip
    told = insert(_SEEN).values(row)
    connection.execute(
        told.on_conflict_do_update(
            index_elements=["observer", "comp", "seat", "inc"], set_=row, where=_SEEN.c.seq < place[0]
        )
    )


def missing(connection: Connection, before_ms: int) -> list[Missing]:
    """Return envelopes named to us before a moment that have not come, one line a chain (protocol.md 2.6)."""
    s, c = _SEEN.c, _CHAIN.c
    rows = connection.execute(
        select(s.seat, s.inc, s.seq, s.observer, s.since)
        .outerjoin(_CHAIN, (c.seat == s.seat) & (c.inc == s.inc))
        .where(s.since <= before_ms, (c.seq.is_(None)) | (c.seq < s.seq))
        .order_by(s.seat, s.inc, s.seq)
    )
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
