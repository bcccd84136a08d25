"""How a vault comes to belong to a team: founding one, opening an invite, asking to be let in (protocol.md 2.8).

Names, words for people and files are the session's. The last step of a join is part of the next sync (`joining.py`);
what a lead does is in `lead.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from sync.clock import Clock, Random
from sync.control import ControlState, Policy, build_genesis
from sync.crypto.boxes import kem_public
from sync.crypto.invite import Invite, parse_code
from sync.crypto.keyring import EpochSecret
from sync.crypto.kit import KitKeys
from sync.crypto.signing import SigningKey
from sync.engine.exchange import Caller, Transport, run
from sync.engine.hub_calls import HubCalls, ask_box, ask_info, parsed, request_join
from sync.engine.identity import Identity, PendingJoin
from sync.engine.ports import ReplicaPort
from sync.errors import BoxRefused, NotNx1, VerificationFailed
from sync.protocol.enrolment import InviteBox, Role, SeatCard, join_hash, with_invite
from sync.protocol.join_request import FormerSeat, JoinRequest
from sync.protocol.messages import INFO_NONCE_SIZE, Info, hub_id_of

TEAM_COMPARTMENTS: Final = (0, 1, 2, 3)
_ID_SIZE: Final = 16
_SEED_SIZE: Final = 32
_ANYBODY: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatKeys:
    """Ids and private seeds of a new seat; made before anything is sent, so that the vault can keep them first."""

    seat_id: bytes
    user_id: bytes
    sign_seed: bytes = field(repr=False)
    kem_seed: bytes = field(repr=False)

    @classmethod
    def draw(cls, random: Random) -> SeatKeys:
        """Draw a new seat of a new user."""
        ids = random.bytes(_ID_SIZE), random.bytes(_ID_SIZE)
        seeds = random.bytes(_SEED_SIZE), random.bytes(_SEED_SIZE)
        return cls(seat_id=ids[0], user_id=ids[1], sign_seed=seeds[0], kem_seed=seeds[1])

    @classmethod
    def of(cls, identity: Identity) -> SeatKeys:
        """Return what a seat was made from that has an identity already."""
        return cls(
            seat_id=identity.seat_id, user_id=identity.user_id, sign_seed=identity.sign_seed,
            kem_seed=identity.kem_seed,
        )  # fmt: skip

    @property
    def key(self) -> SigningKey:
        """The key of requests, envelopes and entries."""
        return SigningKey.from_seed(self.sign_seed)

    def identity(self, *, team_id: bytes, hub_id: bytes, hub_url: str, ca: str | None) -> Identity:
        """Return who we are in a team on a hub."""
        return Identity(
            team_id=team_id, seat_id=self.seat_id, user_id=self.user_id, sign_seed=self.sign_seed,
            kem_seed=self.kem_seed, hub_url=hub_url, hub_id=hub_id, ca=ca,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSeeds:
    """What a new team is made from. Print the halves of `kit_seed`, keep `card_seed` in a row of compartment 0."""

    team_id: bytes
    kit_seed: bytes = field(repr=False)
    card_seed: bytes = field(repr=False)

    @classmethod
    def draw(cls, random: Random) -> TeamSeeds:
        """Draw a new team."""
        return cls(
            team_id=random.bytes(_ID_SIZE), kit_seed=random.bytes(_SEED_SIZE), card_seed=random.bytes(_SEED_SIZE)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedInvite:
    """An invite whose box opened and whose hub proved to be the one it pins."""

    invite: Invite
    box: InviteBox
    hub_url: str
    hub_pk: bytes


def ask_who(transport: Transport, clock: Clock, random: Random, hub_id: bytes | None = None) -> Info:
    """Ask a hub for its key and check its signature, and its id where one is pinned.

    Raises:
        Unreachable, NotNx1, VerificationFailed: as for a round.
    """
    nonce = random.bytes(INFO_NONCE_SIZE)
    return run(ask_info(_stranger(clock, random), nonce, hub_id), transport)


def found_team(
    transport: Transport, replica: ReplicaPort, seeds: TeamSeeds, keys: SeatKeys, *, token: str, hub_url: str,
    clock: Clock, random: Random, ca: str | None = None, policy: Policy | None = None,
) -> Identity:  # fmt: skip
    """Found a team with this vault as its first lead; keep its control log and first secrets in the replica.

    Raises:
        Unreachable, NotNx1, VerificationFailed: as for a round.
        HubRefused: code `role`: the operator token is not a good one.
    """
    info = ask_who(transport, clock, random)
    identity = keys.identity(team_id=seeds.team_id, hub_id=hub_id_of(info.hub_pk), hub_url=hub_url, ca=ca)
    secrets = [EpochSecret(seeds.team_id, comp, 1, random.bytes(_SEED_SIZE)) for comp in TEAM_COMPARTMENTS]
    kit, key = KitKeys.of(seeds.kit_seed), identity.signing_key()
    first = card_of(keys, Role.LEAD, TEAM_COMPARTMENTS)
    genesis = build_genesis(
        team=seeds.team_id, tik=kit.tik, rk_pk=kit.rk_pk, card_pk=SigningKey.from_seed(seeds.card_seed).public,
        first=first, key=key, policy=policy or Policy(), epochs=[one.epoch_key() for one in secrets],
        hub_id=identity.hub_id, log_id=random.bytes(_ID_SIZE),
    )  # fmt: skip
    control = ControlState.begin(genesis)
    caller = Caller(seat=keys.seat_id, key=key, hub_id=identity.hub_id, clock=clock, random=random)
    run(HubCalls(caller, seeds.team_id).found_team(genesis, token), transport).verify(info.hub_pk)
    replica.begin([genesis], control, secrets)
    replica.keep_hub_key(info.hub_pk)
    return identity


def open_invite(transport: Transport, code: str, *, clock: Clock, random: Random) -> OpenedInvite:
    """Fetch and open the box of an invite code, and check that this hub is the one it pins.

    The transport leads to the address in the code (`parse_code`).

    Raises:
        ValueError: the code is mistyped.
        VerificationFailed: the box does not open with it (`invite_box`), or the hub is another one.
        HubRefused: no such invite (any more).
    """
    secret, hub_url = parse_code(code)
    invite = Invite(secret)
    raw = run(ask_box(_stranger(clock, random), invite.invite_id), transport)
    try:
        box = parsed(invite.open, raw)
    except BoxRefused:
        raise VerificationFailed("invite_box", "what the hub keeps does not open with this code") from None
    except NotNx1:
        raise VerificationFailed("invite_box", "the box of this code holds something else") from None
    info = ask_who(transport, clock, random, box.hub_id)
    return OpenedInvite(invite=invite, box=box, hub_url=hub_url, hub_pk=info.hub_pk)


def ask_to_join(
    transport: Transport, opened: OpenedInvite, keys: SeatKeys, *, clock: Clock, random: Random, ca: str | None = None,
    former: FormerSeat | None = None,
) -> tuple[Identity, PendingJoin]:  # fmt: skip
    """Ask to be let in; return who we shall be and what the vault must remember until then. May be repeated.

    `former`: the seat this vault had before its passphrase was forgotten.

    Raises:
        HubRefused: code `invite_used`: another laptop was first.
    """
    request, identity, pending = request_for(opened, keys, ca=ca, former=former)
    send_request(transport, opened, request, clock=clock, random=random)
    return identity, pending


def send_request(
    transport: Transport, opened: OpenedInvite, request: JoinRequest, *, clock: Clock, random: Random
) -> None:
    """Leave a request to be let in on the hub; the same one may be sent again. Raises as `ask_to_join`."""
    run(request_join(_stranger(clock, random), opened.invite.invite_id, request), transport)


def request_for(
    opened: OpenedInvite, keys: SeatKeys, *, ca: str | None, former: FormerSeat | None = None
) -> tuple[JoinRequest, Identity, PendingJoin]:
    """Return what asks to be let in, who we shall be, and what the vault must remember until then."""
    box = opened.box
    card = with_invite(card_of(keys, box.role, box.comps), opened.invite.key, box.team, box.genesis_hash)
    if former is not None:
        former = former.signed(opened.invite.key, join_hash(box.team, card, box.genesis_hash))
    identity = keys.identity(team_id=box.team, hub_id=box.hub_id, hub_url=opened.hub_url, ca=ca)
    request = JoinRequest(card=card, former=former)
    return request, identity, replace(PendingJoin.of(box, card), request=request.encode())


def card_of(keys: SeatKeys, role: Role, comps: tuple[int, ...]) -> SeatCard:
    """Return what the control log says of a seat."""
    return SeatCard(
        seat=keys.seat_id, user=keys.user_id, role=role, sign_pk=SigningKey.from_seed(keys.sign_seed).public,
        kem_pk=kem_public(keys.kem_seed), comps=comps,
    )  # fmt: skip


def _stranger(clock: Clock, random: Random) -> Caller:
    """Return a caller that signs nothing: the hub does not know it yet."""
    return Caller(seat=bytes(_ID_SIZE), key=SigningKey.from_seed(_ANYBODY), hub_id=b"", clock=clock, random=random)
