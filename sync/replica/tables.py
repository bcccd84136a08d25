"""The replica's tables: what one seat knows of its team's log (protocol.md 2.3, "main tables").

They live in the vault beside the application's own tables and share nothing with the hub's: a registry of their own
keeps the two apart. Numbers that another machine chooses and that may exceed SQLite's signed 64 bits (an hlc) are
kept as 8 big-endian bytes, which also sort. Columns are named `tbl` and `row` because TABLE is a word of SQL.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class EnvelopeState(IntEnum):
    """Where an archived envelope stands."""

    OUT = 1  # our own, sealed, no receipt yet
    ACKED = 2  # our own, covered by a receipt or seen in the hub's log
    APPLIED = 3  # somebody else's, applied
    STUB = 4  # somebody else's, of a compartment not held: header, hash and signature only
    HELD = 5  # has its place in its chain, and could not be applied; the quarantine says why
    WAITING = 6  # behind a held one of its chain and compartment
    WITHDRAWN = 7  # our own, sealed from an older image of this vault and refused as a fork
    UNPLACED = 8  # has no place in a chain: damaged, unknown, out of order or a fork; the quarantine says why
    DISCARDED = 9  # came too late from a seat that had ended, and a lead has put it aside


class ReplicaTable(SQLModel, registry=registry()):
    """Base of the replica's tables, with a registry and MetaData of their own."""


class Op(ReplicaTable, table=True):
    """One operation of this seat: canonical bytes made once, at save, and the envelope that carries them."""

    __tablename__ = "op"
    __table_args__ = (
        Index("op_unsealed", "comp", "local_id", sqlite_where=text("sealed_in IS NULL")),
        Index("op_sealed", "sealed_in"),
    )
    local_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    hlc: int = Field(sa_type=BigInteger)
    inc: int
    comp: int = Field(sa_type=SmallInteger)
    tbl: str
    row: bytes
    cbor: bytes
    sealed_in: int | None = None


class SealedOp(ReplicaTable, table=True):
    """One operation of this seat that was sealed as a drop when it was saved, and of which nothing else is kept.

    `ct` is the drop's ciphertext, made for `epoch`; `local_id` is its place among the operations of `op`.
    """

    __tablename__ = "sealed_op"
    local_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    comp: int = Field(sa_type=SmallInteger)
    epoch: int = Field(sa_type=BigInteger)
    ct: bytes
    sealed_in: int | None = None


class DroppedRow(ReplicaTable, table=True):
    """A row that a seat created by a drop: what that seat drops may put to it, and to no other (protocol.md 2.4)."""

    __tablename__ = "dropped_row"
    tbl: str = Field(primary_key=True)
    row: bytes = Field(primary_key=True)
    comp: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    seat: bytes = Field(primary_key=True)


class Record(ReplicaTable, table=True):
    """The merged state of one row in one compartment.

    `state` is a snapshot record (2.11); `base` the same without our operations that no receipt covers, empty when there
    would be none, NULL when equal (it also equals `state` once a receipt covers `own_op`, whatever it holds); `covered`
    the stamps replaced before they arrived; `makers` the seats that created the row, 16 bytes each; `own_op` our last
    operation on it, 0 for none; `conflicts` how many fields need a decision.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("record_custody", "comp", "own_op", "tbl"),
        Index("record_conflict", "tbl", sqlite_where=text("conflicts > 0")),
        {"sqlite_with_rowid": False},
    )
    tbl: str = Field(primary_key=True)
    row: bytes = Field(primary_key=True)
    comp: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    state: bytes
    base: bytes | None = None
    covered: bytes | None = None
    makers: bytes
    own_op: int = 0
    conflicts: int = 0
    first_ms: int = Field(sa_type=BigInteger)


class ArchivedEnvelope(ReplicaTable, table=True):
    """Every envelope or stub this seat made or received, byte for byte.

    `h` is the running head at its place `n`; `ops` how many operations it carries, `last_op` the last local id among
    them where it is our own.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        Index("envelope_chain", "seat", "inc", "seq"),
        Index("envelope_n", "n", sqlite_where=text("n IS NOT NULL")),
        Index("envelope_open", "state", sqlite_where=text("state IN (1, 5, 6, 8)")),
    )
    id: int | None = Field(default=None, primary_key=True)
    hash: bytes = Field(unique=True)
    seat: bytes
    inc: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    comp: int = Field(sa_type=SmallInteger)
    state: int = Field(sa_type=SmallInteger)
    n: int | None = Field(default=None, sa_type=BigInteger)
    h: bytes | None = None
    ops: int = 0
    last_op: int = 0
    raw: bytes = Field(sa_column=Column("bytes", LargeBinary, nullable=False))


class Chain(ReplicaTable, table=True):
    """Head of one verified chain, over all compartments."""

    __tablename__ = "chain"
    seat: bytes = Field(primary_key=True)
    inc: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_type=BigInteger)
    hash: bytes
    ctl_seq: int = Field(sa_type=BigInteger)


class Applied(ReplicaTable, table=True):
    """How far one chain is applied in one compartment; `reported` is the seq our own `seen` last told."""

    __tablename__ = "applied"
    seat: bytes = Field(primary_key=True)
    inc: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    comp: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_type=BigInteger)
    hash: bytes
    max_hlc: bytes
    reported: int = Field(default=0, sa_type=BigInteger)
    paused: bool = False


class Seen(ReplicaTable, table=True):
    """What another seat says it has applied of a chain in a compartment; `since` is when we learnt it, unix ms."""

    __tablename__ = "seen"
    observer: bytes = Field(primary_key=True)
    comp: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    seat: bytes = Field(primary_key=True)
    inc: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_type=BigInteger)
    hash16: bytes
    since: int = Field(sa_type=BigInteger)


class Quarantine(ReplicaTable, table=True):
    """What was received and cannot be applied, and why: a whole envelope (`op_ix` -1) or one operation of it."""

    __tablename__ = "quarantine"
    id: int | None = Field(default=None, primary_key=True)
    envelope_id: int = Field(index=True)
    op_ix: int
    comp: int = Field(sa_type=SmallInteger)
    seat: bytes
    inc: int = Field(sa_type=BigInteger)
    reason: str
    since: int = Field(sa_type=BigInteger)
    payload: bytes | None = None


class Tombstone(ReplicaTable, table=True):
    """One erase that counts here: what it closed, who said so, and the envelope that carried it.

    `fields`: their names as CBOR, NULL for the whole row. For an own erase `op_id` is its local id and `seq` is 0: the
    envelope is known once it is sealed. `scrubbed`: the pages that held the values were written over (forgetting.py).
    """

    __tablename__ = "tombstone"
    __table_args__ = (
        Index("tombstone_row", "row"),
        Index("tombstone_unscrubbed", "id", sqlite_where=text("scrubbed = 0")),
    )
    id: int | None = Field(default=None, primary_key=True)
    tbl: str
    row: bytes
    comp: int = Field(sa_type=SmallInteger)
    fields: bytes | None
    reason: int = Field(sa_type=BigInteger)
    seat: bytes
    inc: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    op_id: int
    at_ms: int = Field(sa_type=BigInteger)
    scrubbed: bool = False


class AuditEntry(ReplicaTable, table=True):
    """One entry of this laptop's own audit trail and the hash of the chain up to it (trail.py)."""

    __tablename__ = "audit"
    n: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    entry: bytes
    hash: bytes


class AuditHead(ReplicaTable, table=True):
    """The last head of another laptop's audit trail that came in an envelope, per chain; `flaw` as in trail.Flaw."""

    __tablename__ = "audit_head"
    seat: bytes = Field(primary_key=True)
    inc: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_type=BigInteger)
    count: int = Field(sa_type=BigInteger)
    hash: bytes
    since: int = Field(sa_type=BigInteger)
    flaw: int = Field(default=0, sa_type=SmallInteger)


class Receipt(ReplicaTable, table=True):
    """The hub's signed promise that it holds a range of envelopes."""

    __tablename__ = "receipt"
    id: int | None = Field(default=None, primary_key=True)
    log_id: bytes
    n_first: int = Field(sa_type=BigInteger)
    n_last: int = Field(sa_type=BigInteger)
    day: int
    pairs_hash: bytes
    sig: bytes


class Control(ReplicaTable, table=True):
    """The verified control log, word for word."""

    __tablename__ = "control"
    ctl_seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes
    entry: bytes = Field(sa_column=Column("bytes", LargeBinary, nullable=False))


class HubState(ReplicaTable, table=True):
    """One row: our place in the hub's log, and the last place that a signed checkpoint confirmed."""

    __tablename__ = "hubstate"
    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    log_id: bytes
    n: int = Field(sa_type=BigInteger)
    h: bytes
    verified_n: int = Field(sa_type=BigInteger)
    verified_h: bytes
    verified_day: int


class EpochKey(ReplicaTable, table=True):
    """One epoch secret that this seat holds."""

    __tablename__ = "epoch_key"
    comp: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    epoch: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    secret: bytes


class Meta(ReplicaTable, table=True):
    """Single values of the replica, as CBOR: the clock, the incarnation, versions last seen on the hub."""

    __tablename__ = "replica_meta"
    name: str = Field(primary_key=True)
    cbor: bytes


METADATA: MetaData = ReplicaTable.metadata
"""Every table of the replica; the vault calls create_all on it."""


def upsert(target: Table) -> Insert:
    """Return a statement that stores a row, in the place of one with the same primary key."""
    statement = insert(target)
    keys = [column.name for column in target.primary_key]
    others = {column.name: statement.excluded[column.name] for column in target.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def table(name: str) -> Table:
    """Return the SQLAlchemy Core table of that name, for statements on hot paths."""
    return METADATA.tables[name]
