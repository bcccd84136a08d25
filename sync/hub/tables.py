"""The hub's tables, exactly those of protocol.md 2.17, and nothing else that a seized server could tell.

Every primary key starts with `team_id`, the shard key, but for `hub`, `invite` and `operator_token`: the first two as
the protocol says, the third because a token exists before its team. `operator_token` is the one table that 2.17 does
not list: it holds the hash of a token that `broker-hub token` printed and nobody has used yet.

Times are days since 1970-01-01 (UTC). The one exception is `nonce.expires`, unix milliseconds, gone after 25 minutes.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, SmallInteger, Table, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

HUB_ROW_ID = 1

TEAM_OPEN = 0
TEAM_RESTORING = 1

SEAT_ACTIVE = 1
SEAT_RETIRED = 2
SEAT_REVOKED = 3


class HubTable(SQLModel, registry=registry()):
    """Base of the hub's tables: a registry of its own, so that no vault or replica table is ever made on a server."""


class HubKey(HubTable, table=True):
    """The hub's Ed25519 key pair, made at first start; a restored backup brings it back, and with it the hub_id."""

    __tablename__ = "hub"
    id: int = Field(sa_column=Column("id", SmallInteger, primary_key=True, autoincrement=False))
    sign_seed: bytes
    sign_pk: bytes


class Team(HubTable, table=True):
    """One row per team: the counter that orders its log, its running head and its control head."""

    __tablename__ = "team"
    team_id: bytes = Field(primary_key=True)
    log_id: bytes
    next_n: int = Field(sa_type=BigInteger)
    head_h: bytes
    floor_n: int = Field(sa_type=BigInteger)
    ctl_seq: int = Field(sa_type=BigInteger)
    ctl_hash: bytes
    state: int = Field(sa_type=SmallInteger)
    quota_bytes: int = Field(sa_type=BigInteger)
    used_bytes: int = Field(sa_type=BigInteger)


class Envelope(HubTable, table=True):
    """One sealed envelope in three parts, so that a stub is served without reading the body."""

    __tablename__ = "envelope"
    __table_args__ = (UniqueConstraint("team_id", "seat_id", "inc", "seq", name="envelope_chain"),)
    team_id: bytes = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    seat_id: bytes
    inc: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    type: int = Field(sa_type=SmallInteger)
    comp: int = Field(sa_type=SmallInteger)
    env_hash: bytes
    header: bytes
    body: bytes | None
    sig: bytes
    day: int


class Control(HubTable, table=True):
    """The team's signed control log, word for word."""

    __tablename__ = "control"
    team_id: bytes = Field(primary_key=True)
    ctl_seq: int = Field(primary_key=True, sa_type=BigInteger)
    hash: bytes
    entry: bytes = Field(sa_column=Column("bytes", LargeBinary, nullable=False))


class Seat(HubTable, table=True):
    """What replaying the control log says of each seat; rebuildable, checked by `broker-hub check`."""

    __tablename__ = "seat"
    team_id: bytes = Field(primary_key=True)
    seat_id: bytes = Field(primary_key=True)
    sign_pk: bytes
    role: int = Field(sa_type=SmallInteger)
    comps: bytes
    state: int = Field(sa_type=SmallInteger)
    until_day: int | None = Field(default=None, sa_type=BigInteger)


class Grant(HubTable, table=True):
    """An epoch secret wrapped for one seat; opaque, replaceable."""

    __tablename__ = "grants"
    team_id: bytes = Field(primary_key=True)
    comp: int = Field(primary_key=True, sa_type=SmallInteger)
    epoch: int = Field(primary_key=True, sa_type=BigInteger)
    seat_id: bytes = Field(primary_key=True)
    blob: bytes


class Keyring(HubTable, table=True):
    """The older epochs of a compartment under its newest key; opaque, replaced as a whole."""

    __tablename__ = "keyring"
    team_id: bytes = Field(primary_key=True)
    comp: int = Field(primary_key=True, sa_type=SmallInteger)
    version: int = Field(sa_type=BigInteger)
    blob: bytes


class Snapshot(HubTable, table=True):
    """A sealed snapshot being uploaded or complete."""

    __tablename__ = "snapshot"
    team_id: bytes = Field(primary_key=True)
    snap_id: bytes = Field(primary_key=True)
    state: int = Field(sa_type=SmallInteger)
    manifest: bytes


class Part(HubTable, table=True):
    """One part of a snapshot with its hash."""

    __tablename__ = "part"
    team_id: bytes = Field(primary_key=True)
    snap_id: bytes = Field(primary_key=True)
    i: int = Field(primary_key=True)
    sha256: bytes
    content: bytes = Field(sa_column=Column("bytes", LargeBinary, nullable=False))


class Mail(HubTable, table=True):
    """A referral message from a paired team, sealed to this one."""

    __tablename__ = "mailbox"
    team_id: bytes = Field(primary_key=True)
    k: int = Field(primary_key=True, sa_type=BigInteger)
    msg_id: bytes
    from_team: bytes
    content: bytes = Field(sa_column=Column("bytes", LargeBinary, nullable=False))
    day: int


class Invite(HubTable, table=True):
    """A box that only the invite code opens, and the request of the laptop that opened it."""

    __tablename__ = "invite"
    invite_id: bytes = Field(primary_key=True)
    team_id: bytes
    expires_day: int = Field(sa_type=BigInteger)
    box: bytes
    request: bytes | None
    result: bytes | None


class Nonce(HubTable, table=True):
    """A nonce of a write, kept for 25 minutes so that the write cannot be replayed."""

    __tablename__ = "nonce"
    team_id: bytes = Field(primary_key=True)
    seat_id: bytes = Field(primary_key=True)
    nonce: bytes = Field(primary_key=True)
    expires: int = Field(sa_type=BigInteger)


class OperatorToken(HubTable, table=True):
    """The hash of a one-time token that lets somebody create a team here."""

    __tablename__ = "operator_token"
    hash: bytes = Field(primary_key=True)
    day: int


METADATA: MetaData = HubTable.metadata


def table(name: str) -> Table:
    """Give the SQLAlchemy Core table of that name, for the store's statements."""
    return METADATA.tables[name]
