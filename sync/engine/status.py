"""What sync is doing, as frozen values pushed to one callback (design.md 8). No names, no content, no words for people.

`better` keeps progress from going back; drawing a status is somebody else's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TypeAlias


class Phase(IntEnum):
    """The steps of one round, in order."""

    HEAD = 1
    CONTROL = 2
    KEYS = 3
    SEAL = 4
    PUSH = 5
    PULL = 6


class WaitReason(Enum):
    """Why a round is not running although there is something to do."""

    EDITS = "edits"  # saved work leaves 3 to 10 minutes after the last edit
    APPROVAL = "approval"  # a lead has not let this seat in yet
    SERVER_BUSY = "server_busy"  # the hub asked for a pause


@dataclass(frozen=True, slots=True)
class Offline:
    """No answer from the hub; `code` is that of the TransportError."""

    code: str


@dataclass(frozen=True, slots=True)
class Connecting:
    """A round has begun; nothing was answered yet."""


@dataclass(frozen=True, slots=True)
class Working:
    """A round is in `phase`; `done` of `total` items, `total` 0 where it is not known."""

    phase: Phase
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class UpToDate:
    """The last round ended well at `at_ms` and nothing waits to be sent."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something waits, for a reason that passes by itself."""

    reason: WaitReason


@dataclass(frozen=True, slots=True)
class NeedsAttention:
    """A person has to look; `code` is stable and machine-readable, local work goes on."""

    code: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Sync is switched off: not started yet, or closed."""


SyncStatus: TypeAlias = Offline | Connecting | Working | UpToDate | Waiting | NeedsAttention | Paused


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one round did. `pushed`, `pulled` and `unsent` count operations; `attention` are codes for a person."""

    pushed: int = 0
    pulled: int = 0
    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    conflicts: int = 0
    quarantined: int = 0
    unsent: int = 0
    awaiting_approval: bool = False
    attention: tuple[str, ...] = ()


def better(shown: SyncStatus, offered: SyncStatus) -> bool:
    """Tell whether `offered` may replace `shown`: within a round progress never goes back."""
    if not (isinstance(shown, Working) and isinstance(offered, Working)):
        return not (isinstance(shown, Working) and isinstance(offered, Connecting))
    return (offered.phase, _share(offered)) >= (shown.phase, _share(shown))


def _share(working: Working) -> float:
    return working.done / working.total if working.total else 0.0
