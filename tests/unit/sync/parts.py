"""Named seats, keys and a small team for the tests of the pure core."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sync.control import ControlState, build_add_seat, build_genesis
from sync.crypto.boxes import kem_public
from sync.crypto.invite import Invite
from sync.crypto.keyring import EpochSecret
from sync.crypto.kit import KitKeys
from sync.crypto.sealing import Gossip, Preamble, Tip
from sync.crypto.signing import SigningKey
from sync.protocol.enrolment import Role, SeatCard, with_invite
from sync.protocol.entries import Entry, Policy
from sync.protocol.envelope import ZERO_HASH

TEAM = b"\x11" * 16
KIT = KitKeys.of(b"\x4b" * 32)


class Dice:
    """Randomness that a seed decides."""

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed.to_bytes(8, "big")
        self._drawn = 0

    def bytes(self, n: int, /) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(self._seed + self._drawn.to_bytes(8, "big")).digest(n)

    def below(self, bound: int) -> int:
        """Return a number from 0 to bound - 1, evenly enough for a test."""
        return int.from_bytes(self.bytes(8), "big") % bound

    def one_of(self, choices: Sequence[str]) -> str:
        """Return one of some texts."""
        return choices[self.below(len(choices))]


@dataclass(frozen=True)
class Member:
    """A person at a laptop: every id and key follows from one number."""

    number: int

    @property
    def seat(self) -> bytes:
        return bytes([0x20 + self.number]) * 16

    @property
    def key(self) -> SigningKey:
        return SigningKey.from_seed(bytes([self.number]) * 32)

    @property
    def kem_seed(self) -> bytes:
        return bytes([0x80 + self.number]) * 32

    def card(self, role: Role, comps: tuple[int, ...]) -> SeatCard:
        return SeatCard(
            seat=self.seat,
            user=bytes([0x40 + self.number]) * 16,
            role=role,
            sign_pk=self.key.public,
            kem_pk=kem_public(self.kem_seed),
            comps=comps,
        )


ANNA, BEN, CARA = Member(1), Member(2), Member(3)


def secret(comp: int, epoch: int = 1) -> EpochSecret:
    """Return the secret of a compartment and epoch of the team."""
    return EpochSecret(TEAM, comp, epoch, bytes([comp, epoch]) * 16)


def genesis(first: SeatCard | None = None, **changes: object) -> Entry:
    """Return the genesis by Anna, with fields changed."""
    fields: dict[str, object] = {
        "team": TEAM,
        "tik": KIT.tik,
        "rk_pk": KIT.rk_pk,
        "card_pk": SigningKey.from_seed(b"\x0b" * 32).public,
        "first": first or ANNA.card(Role.LEAD, (0, 1, 2, 3)),
        "key": ANNA.key,
        "policy": Policy(),
        "epochs": [secret(comp).epoch_key() for comp in range(4)],
        "hub_id": b"\x33" * 32,
        "log_id": b"\x44" * 16,
    }
    return build_genesis(**fields | changes)  # type: ignore[arg-type]


def invited(member: Member, role: Role, comps: tuple[int, ...], genesis_hash: bytes) -> SeatCard:
    """Return the card of a member who used an invite of his own."""
    return with_invite(member.card(role, comps), Invite(bytes([member.number]) * 16).key, TEAM, genesis_hash)


def team_of_two(role: Role = Role.WORKER, comps: tuple[int, ...] = (1, 3)) -> ControlState:
    """Return the log of Anna, a lead, and Ben."""
    state = ControlState.begin(genesis())
    return state.extended(build_add_seat(state, ANNA.seat, ANNA.key, invited(BEN, role, comps, state.genesis_hash)))


def tip(seq: int = 1, prev: bytes = ZERO_HASH) -> Tip:
    """Return a place in Anna's chain."""
    return Tip(team=TEAM, seat=ANNA.seat, inc=0, seq=seq, prev=prev, ctl_seq=1)


PREAMBLE = Preamble(
    dm=1,
    min_dm=1,
    app="0.1.0",
    gossip=Gossip(log_id=b"\x44" * 16, n=0, h_n=bytes(32), ctl_seq=1, ctl_hash=b"\x55" * 32),
)
