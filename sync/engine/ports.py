"""What a round asks of a replica and of a spool; the state machine itself imports neither database nor files.

`sync.replica.HubSide` is the one, `sync.engine.spooling.Spooling` the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sync.control import ControlState, Entry, Pin
from sync.crypto.keyring import EpochSecret, Keyring
from sync.crypto.signing import SigningKey
from sync.protocol.frames import ChainHead, Pulled
from sync.protocol.messages import Checkpoint, Receipt
from sync.replica.values import Counts, Cursor, HubVersions, InvitedRights, Missing, Outgoing, PageResult


class TeamPort(Protocol):
    """What a lead's steps ask of a replica; see replica/team_side.py."""

    def pins(self, seat: bytes) -> list[Pin]:
        """Return the last verified envelope per incarnation of a seat."""
        ...

    def late_pins(self, seat: bytes) -> list[Pin]:
        """Return the ends of what a seat sent too late."""
        ...

    def granted(self) -> bool:
        """Tell whether all grants were seen to since the last control entry."""
        ...

    def note_granted(self) -> None:
        """Note that all grants were seen to."""
        ...

    def old_epochs(self, today: int) -> list[int]:
        """Return the compartments to renew."""
        ...


class ReplicaPort(Protocol):
    """Each method is one transaction or one query, and each may be repeated; see replica/hub_side.py."""

    @property
    def team(self) -> TeamPort:
        """Seats and keys as this vault has met them."""
        ...

    @property
    def control(self) -> ControlState | None:
        """The verified control log; None before a join is complete."""
        ...

    @property
    def keyring(self) -> Keyring:
        """The epoch secrets held."""
        ...

    @property
    def cursor(self) -> Cursor | None:
        """Our place in the hub's log."""
        ...

    def begin(self, entries: Sequence[Entry], control: ControlState, secrets: Iterable[EpochSecret]) -> None:
        """Keep the log and secrets of a team just created or joined."""
        ...

    def extend_control(self, entries: Sequence[Entry], control: ControlState) -> None:
        """Keep further verified entries."""
        ...

    def add_secrets(self, secrets: Iterable[EpochSecret]) -> None:
        """Keep checked epoch secrets."""
        ...

    def keep_fresh_secrets(self, secrets: Sequence[EpochSecret]) -> None:
        """Keep secrets that are about to be announced."""
        ...

    def keep_invited(self, invite_id: bytes, rights: InvitedRights) -> None:
        """Remember what a laptop was invited to."""
        ...

    def invited(self, invite_id: bytes) -> InvitedRights | None:
        """Return what a laptop was invited to."""
        ...

    def hub_key(self) -> bytes | None:
        """Return the hub's public key."""
        ...

    def keep_hub_key(self, hub_pk: bytes) -> None:
        """Keep the hub's public key."""
        ...

    def clock_offset(self) -> int:
        """Return what to add to our clock in a request."""
        ...

    def keep_clock_offset(self, offset_ms: int) -> None:
        """Keep what to add to our clock in a request."""
        ...

    def versions(self) -> HubVersions:
        """Return which grants and keyrings were fetched last."""
        ...

    def keep_versions(self, versions: HubVersions) -> None:
        """Keep which grants and keyrings were fetched."""
        ...

    def seal(self, key: SigningKey) -> int:
        """Seal what is unsealed; return how many operations."""
        ...

    def outgoing(self, max_bytes: int, max_count: int) -> list[Outgoing]:
        """Return the next sealed envelopes to push."""
        ...

    def waiting_envelopes(self) -> int:
        """Return how many envelopes no receipt covers."""
        ...

    def acknowledge(self, sent: Sequence[Outgoing], receipt: Receipt, sig: bytes) -> int:
        """Take a verified receipt; return how many operations it covers."""
        ...

    def confirm(self, checkpoint: Checkpoint) -> None:
        """Compare our place with the hub's signed word."""
        ...

    def apply_page(self, page: Sequence[Pulled], checkpoint: Checkpoint) -> PageResult:
        """Apply a page of the log."""
        ...

    def retry_quarantine(self) -> PageResult:
        """Try again what is set aside."""
        ...

    def unverified(self, page: Sequence[Pulled]) -> list[int]:
        """Return the places of a page that their authors did not sign."""
        ...

    def damaged(self) -> list[int]:
        """Return places whose envelopes came damaged."""
        ...

    def mend(self, raw: bytes) -> PageResult:
        """Take another copy of a damaged envelope."""
        ...

    def own_chain_behind(self, heads: Iterable[ChainHead]) -> bool:
        """Tell whether the hub holds envelopes of ours that we lack."""
        ...

    def own_chain_ahead(self) -> bool:
        """Tell whether envelopes under our own signature came that this vault did not make."""
        ...

    def start_incarnation(self) -> int:
        """Begin a new incarnation; return how many operations moved to it."""
        ...

    def counts(self) -> Counts:
        """Return the totals of a report."""
        ...

    def missing(self) -> list[Missing]:
        """Return what colleagues named and the hub withholds."""
        ...

    def alarms(self) -> tuple[str, ...]:
        """Return contradictions that a person has to know of."""
        ...


class SpoolPort(Protocol):
    """The spool of this device (protocol.md 2.18); see engine/spooling.py."""

    def take_in(self) -> int:
        """Apply what colleagues left; return how many operations."""
        ...

    def lacking(self, heads: Iterable[ChainHead]) -> list[Outgoing]:
        """Return colleagues' envelopes that the hub lacks."""
        ...
