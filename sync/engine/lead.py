"""What a lead does for the team: invite, let in, change rights, end seats, renew keys (protocol.md 2.8).

Each step reads the control log first and may be repeated after a crash or a lost answer: an entry that stands is not
written again, and grants are given to whoever lacks one. Who may be let in is decided by a person, one layer up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sync.clock import Clock, Random
from sync.control import ControlState, Entry, Pin, build_add_seat, build_card_key_change, build_kit_change, build_pair
from sync.crypto.invite import SECRET_SIZE, Invite, code_text
from sync.crypto.signing import SigningKey
from sync.engine import leaving
from sync.engine.control_log import append, known_control, update_control
from sync.engine.exchange import Caller, Step, Transport, run
from sync.engine.granting import LeadDesk, grant
from sync.engine.hub_calls import HubCalls
from sync.engine.identity import Identity
from sync.engine.ports import ReplicaPort
from sync.errors import CodecError, ControlRefused, HubRefused, SignatureInvalid
from sync.protocol.enrolment import (
    InviteBox,
    InvitePost,
    InviteResult,
    InviteState,
    Role,
    SeatCard,
    join_hash,
    verify_invited,
)
from sync.protocol.join_request import FormerSeat, JoinRequest
from sync.protocol.problems import Problem
from sync.protocol.version import day_of
from sync.replica.values import InvitedRights

INVITE_DAYS: Final = 7
RETIRED_DAYS: Final = 30
"""How long a retired seat's envelopes are taken (protocol.md 2.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invite left on the hub: the code to hand over and the last day (u32, UTC) on which it works."""

    code: str
    words: tuple[str, ...]
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
    former: FormerSeat | None = None


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
        self._desk = LeadDesk(
            calls=self._calls, replica=replica, seat=identity.seat_id, key=self._key, random=random
        )  # fmt: skip

    def invite(self, role: Role, comps: Collection[int]) -> Invited:
        """Leave an invite on the hub, good for one laptop and 7 days.

        Raises:
            TransportError: as for a round.
        """
        invited, post = draw_invite(
            self._replica, self._identity.hub_url, role, comps, clock=self._clock, random=self._random
        )
        run(self._calls.post_invite(post), self._transport)
        return invited

    def asking(self) -> list[Asking]:
        """Return the laptops that ask to be let in, their invite signatures verified; others are left out."""
        control = known_control(self._replica)
        waiting = run(self._calls.invites(), self._transport)
        requests = [one.request for one in waiting if one.state is InviteState.REQUESTED and one.request is not None]
        found = (asking_of(raw, control, self._replica) for raw in requests)
        return [one for one in found if one is not None]

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
        run(self._approve(card, asking.former), self._transport)

    def enrolling(self, card: SeatCard) -> Step[None]:
        """Yield the requests that post entry and grants of a laptop let in without a network; may be repeated.

        Raises:
            TransportError: as for a round. ControlRefused: the entry may not follow.
        """
        try:
            yield from self._approve(card, None)
        except HubRefused as refusal:  # the hub never heard of this invite: it travelled as a file
            if refusal.code != Problem.NOT_FOUND.code:
                raise

    def refuse(self, asking: Asking) -> None:
        """Say no to a request for good."""
        result = InviteResult(state=InviteState.REFUSED)
        run(self._calls.put_result(asking.card.invite_id or b"", result), self._transport)

    def change_role(self, seat_id: bytes, role: Role, comps: Collection[int]) -> None:
        """Give a seat another role and other compartments; new epochs of what it loses.

        Raises:
            TransportError: as for a round; whatever was not finished is finished by calling again, or by the next
                sync of any lead. ControlRefused: `last_lead`, `own_seat`, `no_seat`, or the entry may not follow.
        """
        run(leaving.change_role(self._desk, seat_id, role, comps), self._transport)

    def retire(self, seat_id: bytes, until_day: int, last: Sequence[Pin] = ()) -> None:
        """Let a seat hand in until a day (u32, UTC) and nothing else; raises as `change_role`.

        Args:
            seat_id: whose rights end.
            until_day: the last day on which the hub takes its envelopes.
            last: envelopes that the seat's owner reports and this lead has not seen; they count under the old role.
        """
        run(leaving.retire(self._desk, seat_id, until_day, last), self._transport)

    def revoke(self, seat_id: bytes) -> None:
        """End a seat now: nothing counts beyond what this lead has verified; raises as `change_role`."""
        run(leaving.revoke(self._desk, seat_id), self._transport)

    def accept_late(self, seat_id: bytes) -> None:
        """Let count what an ended seat sent too late; raises as `change_role`."""
        run(leaving.accept_late(self._desk, seat_id), self._transport)

    def rotate(self, comps: Collection[int] | None = None) -> None:
        """Start a new epoch of these compartments, or of all, and grant it to everybody who holds them.

        Raises:
            TransportError, ControlRefused: as for a round; whatever was not finished is finished by calling again.
        """
        run(leaving.rotate(self._desk, comps), self._transport)

    def change_kit(self, old_tik: SigningKey, new_tik: SigningKey, rk_pk: bytes, card_pk: bytes) -> None:
        """Put a new recovery kit in the place of the old one, signed by both; raises as `change_role`."""

        def entry_after(control: ControlState) -> Entry | None:
            if control.tik_pk == new_tik.public:
                return None
            return build_kit_change(
                control, self._identity.seat_id, self._key, new_tik.public, rk_pk, card_pk, old_tik, new_tik
            )

        run(self._desk.append(entry_after), self._transport)

    def pair(self, team: bytes, tik_pk: bytes | None) -> None:
        """Pin the TIK of another team, or end the pairing with None; raises as `change_role`.

        Which team is meant is decided by two people who have compared digits, one layer up (protocol.md 2.14).
        """

        def entry_after(control: ControlState) -> Entry | None:
            if control.paired.get(team) == tik_pk:
                return None
            return build_pair(control, self._identity.seat_id, self._key, team, tik_pk)

        self._append(entry_after)

    def change_card_key(self, card_pk: bytes, tik: SigningKey) -> None:
        """Replace the card key, after a lead has left who knew the old one (protocol.md 2.17); raises as `change_role`.

        Raises:
            ControlRefused: another kit.
        """

        def entry_after(control: ControlState) -> Entry | None:
            if control.card_pk == card_pk:
                return None
            return build_card_key_change(control, self._identity.seat_id, self._key, card_pk, tik)

        self._append(entry_after)

    def grant_missing(self) -> None:
        """Give every holder the newest keys that the hub has no grant of; ends what a crash left undone."""
        run(self._grant_missing(), self._transport)

    def _append(self, entry_after: Callable[[ControlState], Entry | None]) -> None:
        """Append an entry after which nobody needs another key."""
        run(append(self._replica, self._calls, self._desk.hub_pk, entry_after), self._transport)

    def _grant_missing(self) -> Step[None]:
        # First the log: an entry of ours may stand there whose answer never reached us.
        head = yield from self._calls.head(self._desk.hub_pk)
        yield from update_control(self._replica, self._calls, head)
        yield from grant(self._desk)

    def _approve(self, card: SeatCard, former: FormerSeat | None) -> Step[None]:
        def entry_after(control: ControlState) -> Entry | None:
            if control.seat(card.seat) is not None:
                return None
            return build_add_seat(control, self._identity.seat_id, self._key, card)

        control = yield from self._desk.append(entry_after)
        if former is not None:  # what it had sealed before the passphrase was forgotten counts up to its own word
            until_day = day_of(self._clock.now_ms()) + RETIRED_DAYS
            yield from leaving.retire(self._desk, former.seat, until_day, former.pins)
        result = InviteResult(state=InviteState.APPROVED, ctl_seq=control.seats[card.seat].joined)
        yield from self._calls.put_result(card.invite_id or b"", result)


def draw_invite(
    replica: ReplicaPort, hub_url: str, role: Role, comps: Collection[int], *, clock: Clock, random: Random
) -> tuple[Invited, InvitePost]:
    """Make an invite and remember what it is to; return its code and what the hub, or a file, keeps of it."""
    control = known_control(replica)
    invite = Invite(random.bytes(SECRET_SIZE))
    rights = InvitedRights(role=role, comps=tuple(sorted(comps)))
    box = InviteBox(
        team=control.team, genesis_hash=control.genesis_hash, ctl_seq=control.ctl_seq, ctl_hash=control.ctl_hash,
        hub_id=control.hub_id, role=role, comps=rights.comps, invite_pub=invite.key.public,
    )  # fmt: skip
    expires_day = day_of(clock.now_ms()) + INVITE_DAYS
    replica.keep_invited(invite.invite_id, rights)
    post = InvitePost(invite_id=invite.invite_id, expires_day=expires_day, box=invite.seal(box))
    code, words = code_text(invite.secret, hub_url), tuple(invite.words().split())
    return Invited(code=code, words=words, invite_id=invite.invite_id, expires_day=expires_day), post


def asking_of(request: bytes, control: ControlState, replica: ReplicaPort) -> Asking | None:
    """Return who asks in a request, the invite key vouching for all of it; None where it does not.

    What a request says of a former seat must be its own user's.
    """
    try:
        asked = JoinRequest.parse(request)
        card = asked.card
        verify_invited(card, control.team, control.genesis_hash)
        if asked.former is not None:
            asked.former.verify(card.invite_pub or b"", join_hash(control.team, card, control.genesis_hash))
    except (CodecError, SignatureInvalid):
        return None
    before = control.seat(asked.former.seat) if asked.former is not None else None
    if asked.former is not None and (before is None or before.card.user != card.user):
        return None
    return Asking(
        card=card, check=join_hash(control.team, card, control.genesis_hash)[:9],
        rights=replica.invited(card.invite_id or b""), former=asked.former,
    )  # fmt: skip
