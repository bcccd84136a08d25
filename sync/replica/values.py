"""What the replica hands out and takes in: frozen values and the interfaces it is given. Pure; no SQL here.

The engine's state machine imports this module and nothing else of the replica.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from sync.codec import Value
from sync.merge import Sibling
from sync.operation import Kind
from sync.protocol.enrolment import Role
from sync.protocol.messages import PushAnswer

MayApply: TypeAlias = Callable[[Role, Kind, str, bool], bool]
"""The application's rule: may a seat of this role do this kind of operation on a row of this table; the last argument
says whether the same seat created the row (protocol.md 2.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """A row as it stands after a commit or a pulled page: what to show, what needs a decision, whose it is.

    `own`: this seat created it. `recorded_ms`: wall time of its first save, unix ms. An erased row shows nothing.
    `closed`: fields that were erased of a row that stands.
    """

    table: str
    row: bytes
    comp: int
    shown: Mapping[str, Value]
    conflicts: Mapping[str, Sequence[Sibling]]
    own: bool
    recorded_ms: int
    erased: bool = False
    closed: Sequence[str] = ()


class Custody(Enum):
    """Where the last own work on a record is (design.md 6)."""

    LAPTOP = "laptop"
    HUB = "hub"
    SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyCounts:
    """How many records stand where."""

    laptop: int = 0
    hub: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What this vault saved before `before_ms` (unix ms of its stamps) was on the hub by `day`.

    `day` counts UTC days, by the hub's clock: that of the last receipt, or later where own work was met in the log
    that no receipt covers.
    """

    before_ms: int
    day: int


class Reason(Enum):
    """Why something received is not applied: the closed list of protocol.md 2.6."""

    UNKNOWN_SEAT = "unknown_seat"
    BEYOND_PIN = "beyond_pin"
    AFTER_UNTIL = "after_until"
    CTL_ORDER = "ctl_order"
    EPOCH = "epoch"
    SIGNATURE = "signature"
    CHAIN = "chain"
    AEAD = "aead"
    CODEC = "codec"
    HLC = "hlc"
    DROP = "drop"
    UNKNOWN = "unknown"
    NOT_PERMITTED = "not_permitted"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One thing set aside: an envelope (`op_ix` None), or one operation of it. `since` is unix ms."""

    seat: bytes
    inc: int
    seq: int
    comp: int
    op_ix: int | None
    reason: Reason
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An envelope that a colleague's laptop names and the hub has not delivered; `since` is unix ms."""

    seat: bytes
    inc: int
    seq: int
    named_by: bytes
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictingRow:
    """A row with fields that were written apart and differ: values rising by stamp, the last one is shown."""

    table: str
    row: bytes
    fields: Mapping[str, Sequence[Sibling]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Our place in the hub's log, the last place that a signed checkpoint confirmed, and the last day of ours (u32) on
    which one was verified: a day by this laptop's clock, because it is compared with that clock only.
    """

    log_id: bytes
    n: int
    h: bytes
    verified_n: int
    verified_h: bytes
    verified_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A sealed envelope that no receipt covers yet."""

    envelope_id: int
    raw: bytes
    env_hash: bytes
    operations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCopy:
    """An own envelope as it lies in the spool. `counts`: it belongs to our chain; `on_hub`: the hub has it."""

    seq: int
    counts: bool
    on_hub: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What applying one page did; `operations` counts what was applied, not what was set aside."""

    n: int
    operations: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PushResult:
    """An answer to a push together with the envelopes that were sent."""

    sent: Sequence[Outgoing]
    answer: PushAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures of a sync report that are counted over the whole replica."""

    conflicts: int
    quarantined: int
    unsent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HubVersions:
    """Versions of replaceable objects as last fetched: grants, and keyrings by compartment."""

    grants: int = -1
    keyrings: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedRights:
    """What a lead has invited a laptop to: kept here, because the laptop's own word does not count."""

    role: Role
    comps: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One erase that counts here: a row (`whole`) or some of its fields, and where in whose chain it travelled.

    `seq` is None while our own erase is not sealed. `at_ms`: wall time of its stamp.
    """

    table: str
    row: bytes
    comp: int
    whole: bool
    reason: int
    seat: bytes
    inc: int
    seq: int | None
    at_ms: int
