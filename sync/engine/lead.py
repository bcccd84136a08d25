"""What a lead does for the team: invite, let in, grant keys, rotate them (protocol.md 2.8).

Each step reads the control log first and may be repeated after a crash or a lost answer: an entry that stands is not
written again, and grants are given to whoever lacks one. Who may be let in is decided by a person, one layer up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sync.clock import Clock, Random
from sync.control import ControlState, Entry, build_add_seat, build_epoch
from sync.crypto.invite import SECRET_SIZE, Invite, code_text
from sync.crypto.keyring import EpochSecret, Keyring, seal_grant, seal_keyring
from sync.engine.control_log import append, known_control, update_control
from sync.engine.exchange import Caller, Step, Transport, run
from sync.engine.hub_calls import HubCalls
from sync.engine.identity import Identity
from sync.engine.ports import ReplicaPort
from sync.errors import CodecError, ControlRefused, HubRefused, SignatureInvalid
from sync.protocol.enrolment import (
    Grant,
    InviteBox,
    InvitePost,
    InviteResult,
    InviteState,
    JoinRequest,
    Role,
    SeatCard,
    join_hash,
    verify_invited,
)
from sync.protocol.problems import Problem
from sync.protocol.version import day_of
from sync.replica.values import InvitedRights

INVITE_DAYS: Final = 7
_SEED_SIZE: Final = 32
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invite left on the hub: the code to hand over and the last day (u32, UTC) on which it works."""

    code: str
    invite_id: bytes
    expires_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A laptop that asks to be let in. `check`: the 9 bytes that become five words; `rights`: what this lead invited
    it to, None where the invite was made on another laptop.
    """

    card: SeatCard
    check: bytes
    rights: InvitedRights | None


class Lead:
    """A lead's seat at work."""

    def __init__(
        self, transport: Transport, identity: Identity, replica: ReplicaPort, *, clock: Clock, random: Random
    ) -> None:
        self._transport = transport
        self._identity = identity
        self._replica = replica
        self._clock = clock
        self._random = random
        self._key = identity.signing_key()
        caller = Caller(
            seat=identity.seat_id, key=self._key, hub_id=identity.hub_id, clock=clock, random=random,
            offset_ms=replica.clock_offset(),
        )  # fmt: skip
        self._calls = HubCalls(caller, identity.team_id)

    def invite(self, role: Role, comps: Collection[int]) -> Invited:
        """Leave an invite on the hub, good for one laptop and 7 days.

        Raises:
            TransportError: as for a round.
        """
        control = known_control(self._replica)
        invite = Invite(self._random.bytes(SECRET_SIZE))
        rights = InvitedRights(role=role, comps=tuple(sorted(comps)))
        box = InviteBox(
            team=control.team, genesis_hash=control.genesis_hash, ctl_seq=control.ctl_seq, ctl_hash=control.ctl_hash,
            hub_id=control.hub_id, role=role, comps=rights.comps, invite_pub=invite.key.public,
        )  # fmt: skip
        expires_day = day_of(self._clock.now_ms()) + INVITE_DAYS
        self._replica.keep_invited(invite.invite_id, rights)
        post = InvitePost(invite_id=invite.invite_id, expires_day=expires_day, box=invite.seal(box))
        run(self._calls.post_invite(post), self._transport)
        code = code_text(invite.secret, self._identity.hub_url)
        return Invited(code=code, invite_id=invite.invite_id, expires_day=expires_day)

    def asking(self) -> list[Asking]:
        """Return the laptops that ask to be let in, their invite signatures verified; others are left out."""
        control = known_control(self._replica)
        waiting = run(self._calls.invites(), self._transport)
        requests = [one.request for one in waiting if one.state is InviteState.REQUESTED and one.request is not None]
        cards = [card for card in (_verified_card(raw, control) for raw in requests) if card is not None]
        return [
            Asking(
                card=card, check=join_hash(control.team, card, control.genesis_hash)[:9],
                rights=self._replica.invited(card.invite_id or b""),
            )
            for card in cards
        ]  # fmt: skip

    def approve(self, asking: Asking, rights: InvitedRights | None = None) -> None:
        """Let a laptop in: its entry in the control log, its grants, and the answer to its request.

        Role and compartments are those this lead invited it to, never those it asks for.

        Args:
            asking: from `asking`; two people have compared its words, or the caller says that none did.
            rights: needed where the invite was made on another laptop.

        Raises:
            ControlRefused: code `invite_unknown`: no rights are known; or the entry may not follow.
        """
        given = rights or asking.rights
        if given is None:
            raise ControlRefused("invite_unknown", "this invite was made on another laptop")
        card = replace(asking.card, role=given.role, comps=given.comps)
        run(self._approve(card), self._transport)

    def refuse(self, asking: Asking) -> None:
        """Say no to a request for good."""
        result = InviteResult(state=InviteState.REFUSED)
        run(self._calls.put_result(asking.card.invite_id or b"", result), self._transport)

    def rotate(self, comps: Collection[int] | None = None) -> None:
        """Start a new epoch of these compartments, or of all, and grant it to everybody who holds them.

        Raises:
            TransportError, ControlRefused: as for a round; whatever was not finished is finished by calling again.
        """
        run(self._rotate(comps), self._transport)

    def grant_missing(self) -> None:
        """Give every holder the newest keys that the hub has no grant of; ends what a crash left undone."""
        run(self._grant_missing(), self._transport)

    def _grant_missing(self) -> Step[None]:
        # First the log: an entry of ours may stand there whose answer never reached us.
        head = yield from self._calls.head(self._hub_pk())
        yield from update_control(self._replica, self._calls, head)
        yield from self._grant()

    def _approve(self, card: SeatCard) -> Step[None]:
        def entry_after(control: ControlState) -> Entry | None:
            if control.seat(card.seat) is not None:
                return None
            return build_add_seat(control, self._identity.seat_id, self._key, card)

        control = yield from append(self._replica, self._calls, self._hub_pk(), entry_after)
        yield from self._grant()
        result = InviteResult(state=InviteState.APPROVED, ctl_seq=control.seats[card.seat].standings[0].since)
        yield from self._calls.put_result(card.invite_id or b"", result)

    def _rotate(self, comps: Collection[int] | None) -> Step[None]:
        def entry_after(control: ControlState) -> Entry:
            chosen = sorted(control.epochs if comps is None else comps)
            fresh = [
                EpochSecret(control.team, comp, control.newest_epoch(comp) + 1, self._random.bytes(_SEED_SIZE))
                for comp in chosen
            ]
            # Kept before anybody can seal under them: a crash after the entry must not lose the only copy.
            self._replica.keep_fresh_secrets(fresh)
            return build_epoch(control, self._identity.seat_id, self._key, [one.epoch_key() for one in fresh])

        yield from append(self._replica, self._calls, self._hub_pk(), entry_after)
        yield from self._grant()

    def _grant(self) -> Step[None]:
        for attempt in range(_TRIES):
            version, present = yield from self._calls.grants()
            missing = self._missing_grants({(one.comp, one.epoch, one.seat) for one in present})
            if not missing:
                break
            try:
                yield from self._calls.put_grants(missing, version)
                break
            except HubRefused as refusal:
                if refusal.code != Problem.STALE.code or attempt + 1 == _TRIES:
                    raise
        yield from self._publish_keyrings()

    def _missing_grants(self, present: Collection[tuple[int, int, bytes]]) -> list[Grant]:
        """Seal the newest keys for whoever lacks them; for ourselves too, in case this vault is restored."""
        control, ring = known_control(self._replica), self._replica.keyring
        grants = []
        for comp in control.epochs:
            epoch = control.newest_epoch(comp)
            if (comp, epoch) not in ring:
                continue
            secret = ring.secret(comp, epoch)
            for seat in control.holders(comp):
                if (comp, epoch, seat.seat_id) not in present:
                    grants.append(seal_grant(secret, seat.seat_id, seat.card.kem_pk))
        return grants

    def _publish_keyrings(self) -> Step[None]:
        """Publish the older epochs of every compartment that has any, where the hub's object is not the newest's."""
        control, ring = known_control(self._replica), self._replica.keyring
        for comp in sorted(control.epochs):
            epoch = control.newest_epoch(comp)
            if epoch > 1 and (comp, epoch) in ring:
                yield from self._publish_keyring(ring, control, comp, epoch)

    def _publish_keyring(self, ring: Keyring, control: ControlState, comp: int, epoch: int) -> Step[None]:
        version = 0
        try:
            version, published = yield from self._calls.keyring(comp)
            if published.epoch >= epoch:
                return
        except HubRefused as refusal:
            if refusal.code != Problem.NOT_FOUND.code:
                raise
        older: Sequence[EpochSecret] = ring.older(comp, epoch)
        yield from self._calls.put_keyring(
            comp, seal_keyring(ring.secret(comp, epoch), older, control.ctl_seq), version
        )  # fmt: skip

    def _hub_pk(self) -> bytes:
        key = self._replica.hub_key()
        if key is None:
            raise ControlRefused("no_team", "this vault has not met its hub yet")
        return key


def _verified_card(request: bytes, control: ControlState) -> SeatCard | None:
    try:
        card = JoinRequest.parse(request).card
        verify_invited(card, control.team, control.genesis_hash)
    except (CodecError, SignatureInvalid):
        return None
    return card
