"""Values the session hands to a window or to the command line: frozen, ready to show, holding no connection.

Nothing here reads or writes; a view never changes after it was handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from broker_desktop.records.rules import Issue

if TYPE_CHECKING:
    from broker_desktop.session.kit_paper import KitPaper

Payload = dict[str, Any]
Custody = Literal["laptop", "hub", "seen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """Who works here, in which role and team; `joined` is False until the first sync after approval."""

    person: str
    initials: str
    role: str
    team_name: str
    laptop: str
    compartments: tuple[str, ...]
    pack_id: str
    pack_title: str
    seat_id: str
    joined: bool
    live: bool = False
    """The team's trial is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The outcome of a save: the record, what the rules remarked, and whether it is new (else it was amended)."""

    type: str
    id: str
    created: bool
    issues: tuple[Issue, ...] = ()
    before: Payload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One line of a list; `cells` holds the words of the type's list columns by field name."""

    id: str
    type: str
    day: str
    summary: str
    custody: Custody
    voided: bool
    conflicted: bool
    cells: Mapping[str, str]
    payload: Payload
    recorded_at: str = ""
    recorded_by: str = ""
    recorded_by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One change after the first save; `old` and `new` are contract values."""

    field: str
    old: Any
    new: Any
    reason: str
    at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictValue:
    """One of the values that were written without knowledge of each other; `shown` marks the newest."""

    value: Any
    words: str
    by: str
    at: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """A field with several values; a person picks one by its number, counted from 1.

    `must_choose`: it is about somebody's safety, so that the newer one does not simply stand (records/safety.py).
    """

    id: str
    type: str
    record_id: str
    field: str
    label: str
    summary: str
    values: tuple[ConflictValue, ...]
    must_choose: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One record in full, with what happened to it since."""

    type: str
    id: str
    payload: Payload
    summary: str
    custody: Custody
    recorded_at: str
    recorded_by: str
    recorded_by_name: str
    voided: str | None
    corrections: tuple[Correction, ...]
    conflicts: tuple[ConflictView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person who may be meant: the code in groups, or masked until one exact code fits (look.md 5)."""

    id: str
    label: str
    detail: str
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The one code that fits, or at most three masked ones, and how many fit in all.

    None fits (`count` 0) where the masked ones only sound or look like what was typed.
    """

    exact: Candidate | None
    matches: tuple[Candidate, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyCounts:
    """How many records lie only here, on the server, and on a colleague's laptop too."""

    laptop: int
    hub: int
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayCount:
    """How many records of a type carry today's date."""

    type: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoItem:
    """Something that waits for a person: `kind` is conflicts, joins, drafts, set_aside, kit_file, concerns, to_meet."""

    kind: str
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayView:
    """The Today page: no codes, no names."""

    day: str
    running: RecordRow | None
    counts: tuple[TodayCount, ...]
    custody: CustodyCounts
    last_sync_ms: int | None
    todo: tuple[TodoItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An unfinished form: its answers and the field that had the focus."""

    id: str
    type: str
    payload: Payload
    focus: str
    saved_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Packs and items of a person's last needle-exchange visit, to be shown as a suggestion."""

    items: Mapping[str, int] = field(default_factory=dict)
    packs: Mapping[str, int] = field(default_factory=dict)
    asked_lately: frozenset[str] = frozenset()
    """Questions of the last 28 days that were answered or refused within them: not to be asked again yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteCode:
    """The code to hand over in person, the same as 12 words and the server's address, and the last day it works."""

    code: str
    expires: str
    words: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierCounts:
    """What a courier file brought: sealed parts read, changes that were new, parts that wait for a key or an entry."""

    read: int
    new: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingJoin:
    """A laptop that asks to be let in; the words must be those on its own screen. `person`: whom the lead invited."""

    seat: str
    person: str
    role: str
    compartments: tuple[str, ...]
    check_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """One laptop that is or was in the team.

    `last_heard`: day of its last record here, or empty. `state`: active, retired (hands in until the day `until`) or
    revoked. `late`: sealed parcels of it that came after its end. `handed_in`: changes that count and that it handed in
    after it was retired.
    """

    seat: str
    person: str
    role: str
    compartments: tuple[str, ...]
    last_heard: str
    me: bool
    state: str = "active"
    until: str = ""
    late: int = 0
    handed_in: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLaptop:
    """What a lead's laptop knows of another one that is lost.

    `state`, `until`, `late`, `handed_in` as in SeatRow. `records`: how many it could read. `last_heard`: day of its
    last own record that arrived, or empty. `reported` and `deadline`: ISO moments in UTC, empty before somebody said
    that it is lost. What was recorded there and never arrived is unknown, and so is the encryption of its disk.
    """

    seat: str
    person: str
    role: str
    state: str
    until: str
    last_heard: str
    compartments: tuple[str, ...]
    records: int
    reported: str
    deadline: str
    late: int
    handed_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCreated:
    """The new team; its check words stand for its beginning. `path`: its vault; `kit`: shown once and kept nowhere."""

    team: str
    seat: str
    check_words: tuple[str, ...]
    path: str
    kit: KitPaper = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinAsked:
    """The request was left on the server; the lead compares the five words."""

    seat: str
    check_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    """The counts of an import as contract.md names them."""

    read: int
    added: int
    unchanged: int
    amended: int
    refused: int

    def to_json(self) -> dict[str, int]:
        """Give the counts as the contract prints them."""
        return {
            "read": self.read,
            "added": self.added,
            "unchanged": self.unchanged,
            "amended": self.amended,
            "refused": self.refused,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something `check` noticed; `code` is stable, `text` a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What `check` found; `ok` is False when a finding concerns the data."""

    ok: bool
    findings: tuple[Finding, ...]
    applied: int
    state_hash: Mapping[str, str]
    now: str | None
