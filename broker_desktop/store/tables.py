"""The vault's own tables: single values, unfinished forms, and what the team's system rows say.

They share the file with the replica's tables and nothing else with them. The tables of records are made from their
declarations, in `projection.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Table, text
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


class ProjectedTable(SQLModel, registry=registry()):
    """Base of the tables that are derived from the operations and may be dropped and rebuilt at any time."""


class Team(ProjectedTable, table=True):
    """The team's own row: its name, the pack it began with, since when it is live, the secret of derived ids."""

    __tablename__ = "team"
    id: bytes = Field(primary_key=True)
    name: str
    pack: str
    row_salt: bytes
    live: str


class StoredPack(ProjectedTable, table=True):
    """A version of an area pack that a lead loaded, word for word; of one pack the highest `rank` is in use."""

    __tablename__ = "pack"
    id: bytes = Field(primary_key=True)
    pack: str
    body: str
    rank: int
    at: str
    seat: bytes


class Worker(ProjectedTable, table=True):
    """Who works on which laptop."""

    __tablename__ = "worker"
    seat: bytes = Field(primary_key=True)
    name: str
    laptop: str


class Invited(ProjectedTable, table=True):
    """Whom a lead invited, and to what; every lead's laptop has it, so that any of them can let the person in."""

    __tablename__ = "invited"
    invite_id: bytes = Field(primary_key=True)
    person: str
    role: int
    comps: str
    expires_day: int


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
    """A row that was found to be another one, `into`; `root` is what it stands for after all aliases."""

    __tablename__ = "alias"
    id: bytes = Field(primary_key=True)
    into: bytes
    root: bytes = Field(index=True)


class ErasedPart(ProjectedTable, table=True):
    """What was erased: a row (`field` is empty) or one field of it."""

    __tablename__ = "erased"
    row: bytes = Field(primary_key=True)
    field: str = Field(primary_key=True)


class LateArrival(ProjectedTable, table=True):
    """A record that came later and refers to an erased person, or a correction of something erased; `about` is that.

    It is shown and counted as anonymous until a lead's operation makes it so (protocol.md 2.13).
    """

    __tablename__ = "late_arrival"
    type: str = Field(primary_key=True)
    id: bytes = Field(primary_key=True)
    about: bytes


class Erasure(ProjectedTable, table=True):
    """An erasure that a lead made, or proposed while `done_at` is empty."""

    __tablename__ = "erasure"
    id: bytes = Field(primary_key=True)
    type: str
    row: bytes
    reason: str
    at: str
    seat: bytes
    done_at: str
    done_by: bytes


class Hold(ProjectedTable, table=True):
    """A person whose records must be kept whatever their age, `id` being the person."""

    __tablename__ = "hold"
    id: bytes = Field(primary_key=True)
    reason: str


class Interest(ProjectedTable, table=True):
    """A person who is closed to somebody of the team, as leads know it; `marks` names the marks that say so."""

    __tablename__ = "interest"
    id: bytes = Field(primary_key=True)
    person: bytes
    user: bytes
    marks: str


class ClosedMark(ProjectedTable, table=True):
    """A mark that only one laptop can read: the person it holds is closed there."""

    __tablename__ = "closed"
    id: bytes = Field(primary_key=True)
    box: bytes


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


class Waiting(ProjectedTable, table=True):
    """A reason why a record waits for somebody (records/worklist.py); `id` is the person's where all their records of a
    type say it together. `since` is the record's day, `rank` sorts records of one type, `cleared_by` is the later
    record that ended it.
    """

    __tablename__ = "waiting"
    __table_args__ = (
        Index("waiting_open", "worklist", "type", "key", "due", sqlite_where=text("cleared_by IS NULL")),
        Index("waiting_due", "worklist", "due", "id", sqlite_where=text("cleared_by IS NULL")),
        Index("waiting_person", "person"),
        Index("waiting_cleared", "cleared_by", sqlite_where=text("cleared_by IS NOT NULL")),
    )
    id: bytes = Field(primary_key=True)
    type: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    worklist: str
    person: bytes | None = None
    since: str
    rank: str
    due: str
    cleared_by: bytes | None = None


class Quiet(ProjectedTable, table=True):
    """Somebody whose reminders stop, and why: they have died, or asked not to be contacted."""

    __tablename__ = "quiet"
    id: bytes = Field(primary_key=True)
    why: str


class PairDecision(ProjectedTable, table=True):
    """What somebody decided about two people who are alike, `verdict` being empty once that was taken back."""

    __tablename__ = "pair_decision"
    id: bytes = Field(primary_key=True)
    a: bytes = Field(index=True)
    b: bytes = Field(index=True)
    verdict: str
    reason: str
    at: str
    seat: bytes


class PairSignOff(ProjectedTable, table=True):
    """A nurse has looked at the health records of two people who are perhaps one; `note` is read by clinical staff."""

    __tablename__ = "pair_sign_off"
    id: bytes = Field(primary_key=True)
    a: bytes = Field(index=True)
    b: bytes = Field(index=True)
    note: str
    at: str
    seat: bytes


class SignOff(ProjectedTable, table=True):
    """One issue of a signed period; `about` is JSON, `figures` the exact lines, squeezed.

    `rank` is above that of every issue that was known when it was signed, whatever the clocks say.
    """

    __tablename__ = "sign_off"
    id: bytes = Field(primary_key=True)
    first_day: str = Field(index=True)
    last_day: str
    rank: int
    about: str
    figures: bytes
    at: str
    seat: bytes


class SignOffPart(ProjectedTable, table=True):
    """Prints of the records that an issue was counted from, cut to what an operation can hold."""

    __tablename__ = "sign_off_part"
    id: bytes = Field(primary_key=True)
    of: bytes = Field(index=True)
    n: int
    body: bytes


class Arrival(ProjectedTable, table=True):
    """What a laptop wrote down before `before_ms` (unix ms of its stamps) was at the server by `day` (arrivals.py)."""

    __tablename__ = "arrival"
    id: bytes = Field(primary_key=True)
    seat: bytes
    before_ms: int = Field(sa_type=BigInteger)
    day: str | None


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
