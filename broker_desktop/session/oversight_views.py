"""Values that the oversight desk hands out: frozen, ready to show, without a value of any record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """What one erasure did: people erased, records erased whole, records that count on without the person."""

    people: int
    records: int
    anonymous: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Laptop:
    """A laptop of the team, by seat and person."""

    seat: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """One erasure, and the laptops that have not said yet that they took it in."""

    id: str
    type: str
    record_id: str
    reason: str
    at: str
    by: str
    waiting: tuple[Laptop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A laptop that has not said that it took erasures in: how many, and the day of the oldest."""

    laptop: Laptop
    erasures: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePerson:
    """A person whose records were kept as long as they had to be.

    `label` as on the person's page; `proposed_by` is empty until a lead proposes to erase; `mine` tells that it was us.
    """

    person_id: str
    label: str
    last_contact: str
    retain_until: str
    held: str
    proposal: str
    proposed_by: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionView:
    """What is due, with the years that were applied and whether the team's pack names them."""

    years: int
    said: bool
    due: tuple[DuePerson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One entry of this laptop's audit trail."""

    n: int
    at: str
    action: str
    type: str
    record_id: str
    many: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHeadLine:
    """How long another laptop's trail is, as it last said, and what is wrong with it: empty for nothing."""

    laptop: Laptop
    entries: int
    since: str
    flaw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedView:
    """A person who is closed to somebody of the team."""

    id: str
    person_id: str
    label: str
    worker: str
