"""The vault's own tables: single values, unfinished forms, invitations, and what the team's system rows say.

They share the file with the replica's tables and nothing else with them. The tables of records are made from their
declarations, in `projection.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Table
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class VaultTable(SQLModel, registry=registry()):
    """Base of the vault's tables, with a registry and MetaData of their own."""


class Meta(VaultTable, table=True):
    """Single values of this vault as JSON text, by name; never rebuilt."""

    __tablename__ = "meta"
    name: str = Field(primary_key=True)
    value: str


class StoredDraft(VaultTable, table=True):
    """An unfinished form: contract values as JSON and the field that had the focus."""

    __tablename__ = "draft"
    id: str = Field(primary_key=True)
    type: str
    body: str
    focus: str
    saved_at: str


class Invitation(VaultTable, table=True):
    """Whom this lead invited: the name belongs to the invitation, the server never learns it."""

    __tablename__ = "invitation"
    invite_id: bytes = Field(primary_key=True)
    person: str
    role: int
    expires_day: int


class ProjectedTable(SQLModel, registry=registry()):
    """Base of the tables that are derived from the operations and may be dropped and rebuilt at any time."""


class Team(ProjectedTable, table=True):
    """The team's own row: its name, its area pack, and the secret that makes derived ids."""

    __tablename__ = "team"
    id: bytes = Field(primary_key=True)
    name: str
    pack: str
    row_salt: bytes


class Worker(ProjectedTable, table=True):
    """Who works on which laptop."""

    __tablename__ = "worker"
    seat: bytes = Field(primary_key=True)
    name: str
    laptop: str


class Change(ProjectedTable, table=True):
    """One change of a record after its first save (design.md section 6, Corrections); values as JSON."""

    __tablename__ = "change"
    id: bytes = Field(primary_key=True)
    type: str
    row: bytes = Field(index=True)
    field: str
    old: str
    new: str
    reason: str
    at: str
    seat: bytes
    made_ms: int = Field(sa_type=BigInteger)


class Alias(ProjectedTable, table=True):
    """A person that was found to be another one, `into`."""

    __tablename__ = "alias"
    id: bytes = Field(primary_key=True)
    into: bytes


class Partner(ProjectedTable, table=True):
    """What a paired team is called here; whether it is paired says the control log."""

    __tablename__ = "partner"
    team: bytes = Field(primary_key=True)
    name: str


class Mail(ProjectedTable, table=True):
    """A message to or from another team: which referral it is about and what it said, nothing of the person.

    `way` 1 out, 2 in. `kind` as in sync.crypto.mail. `ref` names the referral for both teams, `referral` is its record
    here. `hash` is that of a message that came, or of one that was sent; `sent_day` (days since 1970-01-01) and
    `sent_card` stand once the server holds it.
    """

    __tablename__ = "mail"
    id: bytes = Field(primary_key=True)
    comp: int
    way: int
    team: bytes
    kind: int
    ref: bytes = Field(index=True)
    referral: bytes = Field(index=True)
    reply: bytes
    event: str
    on_day: str
    hash: bytes
    sent_day: int
    sent_card: int
    maker: bytes


class SearchEntry(ProjectedTable, table=True):
    """Which record a row of the full-text index stands for."""

    __tablename__ = "search_entry"
    n: int = Field(primary_key=True)
    id: bytes = Field(unique=True)
    type: str


METADATA = VaultTable.metadata
PROJECTED = ProjectedTable.metadata


def table(name: str) -> Table:
    """Return the SQLAlchemy Core table of that name."""
    return METADATA.tables[name] if name in METADATA.tables else PROJECTED.tables[name]
