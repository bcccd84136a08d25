"""What this seat has verified and holds: control log, epoch secrets, its place in the hub's log (protocol.md 2.3, 2.8).

Reads and writes rows; whether an entry or a secret is to be believed is decided by `control` and `keyring`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from sync import codec
from sync.codec import Value
from sync.control import ControlState, Entry
from sync.crypto.keyring import EpochSecret, Keyring
from sync.protocol.envelope import ZERO_HASH
from sync.replica.tables import table, upsert
from sync.replica.values import Cursor

_CONTROL: Final = table("control")
_KEY: Final = table("epoch_key")
_HUB: Final = table("hubstate")
_META: Final = table("replica_meta")
_THE_ROW: Final = 1

# Made once: building the same expression for every sync costs more than running it.
_READ_META: Final = select(_META.c.cbor).where(_META.c.name == bindparam("of"))
_WRITE_META: Final = upsert(_META)
_READ_HUB: Final = select(_HUB).where(_HUB.c.id == _THE_ROW)
_WRITE_HUB: Final = upsert(_HUB)

CLOCK: Final = "clock"
CLOCK_OFFSET: Final = "clock_offset"
INCARNATION: Final = "incarnation"
HUB_KEY: Final = "hub_key"
GRANTS: Final = "grants_version"
KEYRINGS: Final = "keyring_versions"
OWN_AHEAD: Final = "own_ahead"
"""Envelopes of ours came that we had not: a new incarnation is due."""
INVITED: Final = "invited"
FORMER: Final = "former_seats"
"""Seats of this vault before the one it is opened as: their operations are own work too."""
_FRESH: Final = "fresh_secrets"


def read_meta(connection: Connection, name: str) -> Value:
    """Return a single value, or None where it was never written."""
    cbor = connection.execute(_READ_META, {"of": name}).scalar()
    return None if cbor is None else codec.decode(cbor)


def read_all_meta(connection: Connection) -> dict[str, Value]:
    """Return every single value."""
    return {row.name: codec.decode(row.cbor) for row in connection.execute(select(_META))}


def write_meta(connection: Connection, name: str, value: Value) -> None:
    """Keep a single value."""
    connection.execute(_WRITE_META, {"name": name, "cbor": codec.encode(value)})


def read_control(connection: Connection) -> ControlState | None:
    """Return the team as our own copy of the log describes it, every signature checked again; None before we joined."""
    entries = read_entries(connection)
    return ControlState.replay(entries) if entries else None


def read_entries(connection: Connection) -> list[bytes]:
    """Return our copy of the control log, word for word."""
    return list(connection.execute(select(_CONTROL.c.bytes).order_by(_CONTROL.c.ctl_seq)).scalars())


def write_control(connection: Connection, entries: Iterable[Entry]) -> None:
    """Append verified entries."""
    rows = [{"ctl_seq": entry.ctl_seq, "hash": entry.ctl_hash, "bytes": entry.raw} for entry in entries]
    if rows:
        connection.execute(insert(_CONTROL), rows)


def forget_team(connection: Connection) -> None:
    """Forget a provisional control log and its secrets."""
    connection.execute(delete(_CONTROL))
    connection.execute(delete(_KEY))


def read_keyring(connection: Connection, team: bytes) -> Keyring:
    """Return every epoch secret held."""
    rows = connection.execute(select(_KEY.c.comp, _KEY.c.epoch, _KEY.c.secret))
    return Keyring(EpochSecret(team, row.comp, row.epoch, row.secret) for row in rows)


def write_secrets(connection: Connection, secrets: Iterable[EpochSecret]) -> None:
    """Keep epoch secrets that were checked against the control log."""
    rows = [{"comp": one.comp, "epoch": one.epoch, "secret": one.secret} for one in secrets]
    if rows:
        connection.execute(insert(_KEY).on_conflict_do_nothing(), rows)


def write_fresh_secrets(connection: Connection, secrets: Iterable[EpochSecret]) -> None:
    """Keep secrets that no control entry commits to yet, beside those kept before."""
    kept = read_meta(connection, _FRESH) or []
    write_meta(connection, _FRESH, [*kept, *([one.comp, one.epoch, one.secret] for one in secrets)])


def take_fresh_secrets(connection: Connection, control: ControlState) -> list[EpochSecret]:
    """Return the fresh secrets that the log now commits to; forget those for whose epoch it commits to others."""
    kept = [EpochSecret(control.team, *line) for line in read_meta(connection, _FRESH) or []]
    if not kept:
        return []
    undecided = [one for one in kept if control.epoch_key(one.comp, one.epoch) is None]
    write_meta(connection, _FRESH, [[one.comp, one.epoch, one.secret] for one in undecided])
    decided = [(one, control.epoch_key(one.comp, one.epoch)) for one in kept]
    return [one for one, key in decided if key is not None and one.matches(key)]


def read_cursor(connection: Connection) -> Cursor | None:
    """Return our place in the hub's log; None before the first head was verified."""
    row = connection.execute(_READ_HUB).one_or_none()
    if row is None:
        return None
    return Cursor(
        log_id=row.log_id, n=row.n, h=row.h, verified_n=row.verified_n, verified_h=row.verified_h,
        verified_day=row.verified_day,
    )  # fmt: skip


def write_cursor(connection: Connection, cursor: Cursor) -> None:
    """Keep our place in the hub's log."""
    row = {
        "id": _THE_ROW, "log_id": cursor.log_id, "n": cursor.n, "h": cursor.h, "verified_n": cursor.verified_n,
        "verified_h": cursor.verified_h, "verified_day": cursor.verified_day,
    }  # fmt: skip
    connection.execute(_WRITE_HUB, row)


def start_cursor(log_id: bytes) -> Cursor:
    """Return the place before the first envelope of a log."""
    return Cursor(log_id=log_id, n=0, h=ZERO_HASH, verified_n=0, verified_h=ZERO_HASH, verified_day=0)
