"""What a round asks of a replica. `sync.replica.HubSide` is it; the state machine itself imports no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sync.control import ControlState, Entry
from sync.crypto.keyring import EpochSecret, Keyring
from sync.crypto.signing import SigningKey
from sync.protocol.frames import ChainHead, Pulled
from sync.protocol.messages import Checkpoint, Receipt
from sync.replica.values import Counts, Cursor, HubVersions, InvitedRights, Missing, Outgoing, PageResult


class ReplicaPort(Protocol):
    """Each method is one transaction or one query, and each may be repeated; see replica/hub_side.py."""

    @property
    def control(self) -> ControlState | None: ...  # noqa: D102
    @property
    def keyring(self) -> Keyring: ...  # noqa: D102
    @property
    def cursor(self) -> Cursor | None: ...  # noqa: D102
    def begin(self, entries: Sequence[Entry], control: ControlState, secrets: Iterable[EpochSecret]) -> None: ...  # noqa: D102
    def extend_control(self, entries: Sequence[Entry], control: ControlState) -> None: ...  # noqa: D102
    def add_secrets(self, secrets: Iterable[EpochSecret]) -> None: ...  # noqa: D102
    def keep_fresh_secrets(self, secrets: Sequence[EpochSecret]) -> None: ...  # noqa: D102
    def keep_invited(self, invite_id: bytes, rights: InvitedRights) -> None: ...  # noqa: D102
    def invited(self, invite_id: bytes) -> InvitedRights | None: ...  # noqa: D102
    def hub_key(self) -> bytes | None: ...  # noqa: D102
    def keep_hub_key(self, hub_pk: bytes) -> None: ...  # noqa: D102
    def versions(self) -> HubVersions: ...  # noqa: D102
    def keep_versions(self, versions: HubVersions) -> None: ...  # noqa: D102
    def seal(self, key: SigningKey) -> int: ...  # noqa: D102
    def outgoing(self, max_bytes: int, max_count: int) -> list[Outgoing]: ...  # noqa: D102
    def waiting_envelopes(self) -> int: ...  # noqa: D102
    def acknowledge(self, sent: Sequence[Outgoing], receipt: Receipt, sig: bytes) -> int: ...  # noqa: D102
    def confirm(self, checkpoint: Checkpoint) -> None: ...  # noqa: D102
    def apply_page(self, page: Sequence[Pulled], checkpoint: Checkpoint) -> PageResult: ...  # noqa: D102
    def retry_quarantine(self) -> PageResult: ...  # noqa: D102
    def unverified(self, page: Sequence[Pulled]) -> list[int]: ...  # noqa: D102
    def damaged(self) -> list[int]: ...  # noqa: D102
    def mend(self, raw: bytes) -> PageResult: ...  # noqa: D102
    def own_chain_behind(self, heads: Iterable[ChainHead]) -> bool: ...  # noqa: D102
    def start_incarnation(self, heads: Iterable[ChainHead]) -> int: ...  # noqa: D102
    def counts(self) -> Counts: ...  # noqa: D102
    def missing(self) -> list[Missing]: ...  # noqa: D102
    def alarms(self) -> tuple[str, ...]: ...  # noqa: D102
