"""Who this vault is to its team and its hub: the values that enrolment makes and a round needs. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.clock import chain_id
from sync.crypto.signing import SigningKey
from sync.protocol.enrolment import InviteBox, Role, SeatCard, join_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One seat: ids, its two private seeds, and the hub it was enrolled with. `ca` is a file of certificates."""

    team_id: bytes
    seat_id: bytes
    user_id: bytes
    inc: int = 0
    sign_seed: bytes = field(repr=False)
    kem_seed: bytes = field(repr=False)
    hub_url: str
    hub_id: bytes
    ca: str | None = None

    @property
    def chain(self) -> bytes:
        """Seat and first incarnation of this vault; the replica knows of a later one."""
        return chain_id(self.seat_id, self.inc)

    def signing_key(self) -> SigningKey:
        """Return the key of requests, envelopes and control entries."""
        return SigningKey.from_seed(self.sign_seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingJoin:
    """What a joining vault must remember until a lead has let it in: what the invite pinned, and what it asked for.

    `offline`: invite and answer travel as files, so that the hub hears of the join from the lead alone. `request`: what
    was sent, to be sent again where the hub has not heard it.
    """

    invite_id: bytes
    genesis_hash: bytes
    ctl_seq: int
    ctl_hash: bytes
    role: Role
    comps: tuple[int, ...]
    join_hash: bytes
    offline: bool = False
    request: bytes = b""

    @classmethod
    def of(cls, box: InviteBox, card: SeatCard) -> PendingJoin:
        """Return what an opened box and the card sent in answer to it leave behind."""
        return cls(
            invite_id=card.invite_id or b"", genesis_hash=box.genesis_hash, ctl_seq=box.ctl_seq, ctl_hash=box.ctl_hash,
            role=box.role, comps=box.comps, join_hash=join_hash(box.team, card, box.genesis_hash),
        )  # fmt: skip

    @property
    def check(self) -> bytes:
        """The first 9 bytes of the join hash: what becomes the five check words (protocol.md 2.8)."""
        return self.join_hash[:9]
