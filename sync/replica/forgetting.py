"""What has to go when a row or a field is erased: own stored operations, set-aside bytes, old pages (protocol.md 2.13).

The merge forgets the values; the stored operations of this seat would keep them. An operation stays until the hub has
it, because it is sent as it was saved; then it goes. Envelopes in the archive stay until snapshots replace them. The
database writes over freed cells by itself (`secure_delete`); the write-ahead log and the search index are the store's
to scrub, and `unscrubbed` says that it is due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from sync import codec, operation
from sync.clock import hlc_ms, split_chain
from sync.errors import CodecError
from sync.operation import Kind, Operation
from sync.replica.chunks import chunked
from sync.replica.rows import Key
from sync.replica.tables import EnvelopeState, table
from sync.replica.values import Erased, Reason

KEPT_FOR_MS: Final = 30 * 24 * 3600 * 1000
"""How long an operation on something erased stays set aside (protocol.md 2.13)."""

_TOMBSTONE: Final = table("tombstone")
_OP: Final = table("op")
_ENVELOPE: Final = table("envelope")
_QUARANTINE: Final = table("quarantine")
_SEEN: Final = table("seen")
_T: Final = _TOMBSTONE.c
_ANY: Final = select(_T.id).limit(1)
_UNSCRUBBED: Final = select(func.max(_T.id)).where(_T.scrubbed == 0)
_ACKED: Final = select(_ENVELOPE.c.id).where(_ENVELOPE.c.state == EnvelopeState.ACKED)
_OWN: Final = (_OP.c.local_id, _OP.c.tbl, _OP.c.row, _OP.c.cbor)
_OF_ENVELOPE: Final = select(*_OWN).where(_OP.c.sealed_in == bindparam("at"))


class Gone(NamedTuple):
    """What an erase closed: `fields` None for the whole row."""

    table: str
    row: bytes
    fields: frozenset[str] | None


def note(connection: Connection, key: Key, said: Operation, chain: bytes, *, seq: int = 0, op_id: int = 0) -> None:
    """Remember that an erase counts here: an own one by `op_id`, another's by the envelope `seq` of its chain."""
    seat, inc = split_chain(chain)
    names = said.erased_fields
    connection.execute(
        insert(_TOMBSTONE).values(
            tbl=key.table, row=key.row, comp=key.comp, reason=said.payload[0],
            fields=None if names is None else codec.encode(list(names)),
            seat=seat, inc=inc, seq=seq, op_id=op_id, at_ms=hlc_ms(said.hlc), scrubbed=False,
        )
    )  # fmt: skip


def gone(said: Operation) -> Gone:
    """Return what an erase closes."""
    names = said.erased_fields
    return Gone(said.table, said.row, None if names is None else frozenset(names))


def forget(connection: Connection, erased: Iterable[Gone]) -> None:
    """Take the values out of own operations that the hub has, and out of everything set aside."""
    by_row: dict[tuple[str, bytes], list[Gone]] = {}
    for one in erased:
        by_row.setdefault((one.table, one.row), []).append(one)
    if not by_row:
        return
    for chunk in chunked(sorted({row for _, row in by_row})):
        wanted = select(*_OWN).where(_OP.c.row.in_(chunk), _OP.c.sealed_in.in_(_ACKED))
        _strip(connection, connection.execute(wanted).all(), by_row)
    _blank_set_aside(connection, by_row)


def forget_acknowledged(connection: Connection, envelope_id: int) -> None:
    """The hub has one more own envelope: take what was erased meanwhile out of the operations it carried."""
    if connection.execute(_ANY).scalar() is None:
        return
    lines = connection.execute(_OF_ENVELOPE, {"at": envelope_id}).all()
    _strip(connection, lines, _closed(connection, {line.row for line in lines}))


def _closed(connection: Connection, rows: Collection[bytes]) -> dict[tuple[str, bytes], list[Gone]]:
    """Return what is erased of these rows."""
    found: dict[tuple[str, bytes], list[Gone]] = {}
    for chunk in chunked(sorted(rows)):
        for line in connection.execute(select(_T.tbl, _T.row, _T.fields).where(_T.row.in_(chunk))):
            names = None if line.fields is None else frozenset(codec.decode(line.fields))
            found.setdefault((line.tbl, line.row), []).append(Gone(line.tbl, line.row, names))
    return found


def _strip(connection: Connection, lines: Sequence[Any], by_row: Mapping[tuple[str, bytes], Sequence[Gone]]) -> None:
    for line in lines:
        closed = by_row.get((line.tbl, line.row), ())
        if any(one.fields is None for one in closed):
            _strip_one(connection, line, None)
        elif closed:
            _strip_one(connection, line, frozenset().union(*(one.fields or () for one in closed)))


def _strip_one(connection: Connection, line: Any, fields: frozenset[str] | None) -> None:
    said = operation.parse(line.cbor)
    if said.kind not in (Kind.CREATE, Kind.PUT):
        return
    at = _OP.c.local_id == line.local_id
    kept = {} if fields is None else {name: value for name, value in said.payload.items() if name not in fields}
    if not kept:
        connection.execute(delete(_OP).where(at))
    elif len(kept) < len(said.payload):
        left = Operation(said.kind, said.table, said.row, said.hlc, kept)
        connection.execute(update(_OP).where(at).values(cbor=left.cbor))


def _blank_set_aside(connection: Connection, by_row: Mapping[tuple[str, bytes], Sequence[Gone]]) -> None:
    """Forget the bytes of set-aside operations on these rows; that something came, and when, stays."""
    q = _QUARANTINE.c
    for line in connection.execute(select(q.id, q.payload).where(q.payload.is_not(None))).all():
        try:
            said = operation.parse(line.payload)
        except CodecError:
            continue
        if (said.table, said.row) in by_row:
            connection.execute(update(_QUARANTINE).where(q.id == line.id).values(payload=None))


def any_overdue(connection: Connection, now_ms: int) -> bool:
    """Tell whether operations on erased things were set aside 30 days ago or earlier."""
    return connection.execute(select(_QUARANTINE.c.id).where(_overdue(now_ms)).limit(1)).first() is not None


def drop_overdue(connection: Connection, now_ms: int) -> int:
    """Forget operations on erased things that were set aside 30 days ago; return how many."""
    return connection.execute(delete(_QUARANTINE).where(_overdue(now_ms))).rowcount


def _overdue(now_ms: int) -> ColumnElement[bool]:
    q = _QUARANTINE.c
    return (q.reason == Reason.ERASED.value) & (q.since <= now_ms - KEPT_FOR_MS)


def unscrubbed(connection: Connection) -> int:
    """Return the newest erase whose old pages were not written over yet; 0 when none is due."""
    return int(connection.execute(_UNSCRUBBED).scalar() or 0)


def note_scrubbed(connection: Connection, up_to: int) -> None:
    """Note that the pages of every erase up to this one were written over."""
    connection.execute(update(_TOMBSTONE).where(_T.scrubbed == 0, _T.id <= up_to).values(scrubbed=True))


def erased(connection: Connection) -> list[Erased]:
    """Return every erase that counts here, oldest first."""
    joined = _TOMBSTONE.outerjoin(_OP, (_T.op_id > 0) & (_OP.c.local_id == _T.op_id)).outerjoin(
        _ENVELOPE, _ENVELOPE.c.id == _OP.c.sealed_in
    )
    wanted = select(_TOMBSTONE, _ENVELOPE.c.inc.label("own_inc"), _ENVELOPE.c.seq.label("own_seq"))
    return [
        Erased(
            table=line.tbl, row=line.row, comp=line.comp, whole=line.fields is None, reason=line.reason, seat=line.seat,
            inc=line.inc if line.own_inc is None else line.own_inc, seq=line.own_seq or line.seq or None,
            at_ms=line.at_ms,
        )
        for line in connection.execute(wanted.select_from(joined).order_by(_T.id))
    ]  # fmt: skip


def seen_by(connection: Connection) -> dict[tuple[bytes, int, bytes, int], int]:
    """Return how far others say they have applied: by observer, compartment, seat and incarnation."""
    return {
        (line.observer, line.comp, line.seat, line.inc): line.seq for line in connection.execute(select(_SEEN))
    }  # fmt: skip
