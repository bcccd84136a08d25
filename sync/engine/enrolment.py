"""Creating a team, inviting, joining, approving, rotating: each a function over a transport (protocol.md 2.8).

Names, words for people and files are the session's. Every call here may be repeated after a lost answer: the hub answers
the same bytes the same way, and what was decided is read back from the control log before anything is done again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sync.clock import Clock, Random
from sync.control import ControlState, Policy, build_add_seat, build_epoch, build_genesis
from sync.crypto.boxes import kem_public
from sync.crypto.invite import Invite, code_text, parse_code
from sync.crypto.keyring import EpochSecret, seal_grant, seal_keyring
from sync.crypto.kit import KitKeys
from sync.crypto.signing import SigningKey
from sync.engine.exchange import Caller, Step, Transport, run
from sync.engine.hub_calls import HubCalls, ask_box, ask_info, request_join
from sync.engine.identity import Identity, PendingJoin
from sync.engine.ports import ReplicaPort
from sync.engine.round import SyncRound
from sync.errors import BoxRefused, CodecError, ControlRefused, HubRefused, SignatureInvalid, VerificationFailed
from sync.protocol.enrolment import (
    InviteBox,
    InvitePost,
    InviteResult,
    InviteState,
    JoinRequest,
    Role,
    SeatCard,
    join_hash,
    verify_invited,
    with_invite,
)
from sync.protocol.messages import INFO_NONCE_SIZE
from sync.protocol.problems import Problem
from sync.protocol.version import day_of

INVITE_DAYS: Final = 7
TEAM_COMPARTMENTS: Final = (0, 1, 2, 3)
_ID_SIZE: Final = 16
_SEED_SIZE: Final = 32
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeam:
    """A founded team: who we are, the seed of the recovery kit (print its halves, then forget it), the card key seed."""

    identity: Identity
    kit_seed: bytes
    card_seed: bytes
    control: ControlState


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invite left on the hub: the code to hand over, and the last day (u32) on which it works."""

    code: str
    invite_id: bytes
    expires_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A laptop that asks to be let in; `check` are the 9 bytes that become its five words."""

    card: SeatCard
    check: bytes


def new_seeds(random: Random) -> tuple[bytes, bytes]:
    """Return fresh private seeds of a seat: signing, X-Wing."""
    return random.bytes(_SEED_SIZE), random.bytes(_SEED_SIZE)


def found_team(
    transport: Transport, *, replica: ReplicaPort, team_id: bytes, seat_id: bytes, user_id: bytes,
    sign_seed: bytes, kem_seed: bytes, kit_seed: bytes, card_seed: bytes, hub_url: str, ca: str | None, token: str,
    policy: Policy, clock: Clock, random: Random,
) -> Identity:  # fmt: skip
    """Found a team on a hub and keep its control log and first keys in the replica; return who we are.

    Raises:
        TransportError: the hub cannot be reached, is not one, or refuses the token (HubRefused `role`).
    """
    key = SigningKey.from_seed(sign_seed)
    stranger = Caller(seat=seat_id, key=key, hub_id=b"", clock=clock, random=random)
    info = run(ask_info(stranger, random.bytes(INFO_NONCE_SIZE), None), transport)
    hub_id = hub_id_of(info.hub_pk)
    secrets = [EpochSecret(team_id, comp, 1, random.bytes(_SEED_SIZE)) for comp in TEAM_COMPARTMENTS]
    kit = KitKeys.of(kit_seed)
    first = SeatCard(
        seat=seat_id, user=user_id, role=Role.LEAD, sign_pk=key.public, kem_pk=kem_public(kem_seed),
        comps=TEAM_COMPARTMENTS,
    )  # fmt: skip
    genesis = build_genesis(
        team=team_id, tik=kit.tik, rk_pk=kit.rk_pk, card_pk=SigningKey.from_seed(card_seed).public, first=first,
        key=key, policy=policy, epochs=[one.epoch_key() for one in secrets], hub_id=hub_id,
        log_id=random.bytes(_ID_SIZE),
    )  # fmt: skip
    control = ControlState.begin(genesis)
    calls = HubCalls(Caller(seat=seat_id, key=key, hub_id=hub_id, clock=clock, random=random), team_id)
    run(calls.found_team(genesis, token), transport).verify(info.hub_pk)
    replica.begin([genesis], control, secrets)
    replica.keep_hub_key(info.hub_pk)
    return Identity(
        team_id=team_id, seat_id=seat_id, user_id=user_id, sign_seed=sign_seed, kem_seed=kem_seed, hub_url=hub_url,
        hub_id=hub_id, ca=ca,
    )  # fmt: skip
