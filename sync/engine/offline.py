"""Joining without any network: invite, request and answer as files (protocol.md 2.8). The code is in none of them.

What the hub would have carried, word for word. The answer holds the log with the new seat's entry as the lead would
post it now, grants, keyrings and what the lead holds, so that the new laptop works at once. Until its first sync the
log it was given is provisional: another lead may have been first on the hub. So the new laptop seals nothing before
that, and the lead's own log goes on only when the hub has taken the entry; nothing can fork.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sync import codec
from sync.clock import Clock, Random
from sync.control import ControlState, build_add_seat, parse_entry
from sync.crypto.invite import Invite, parse_code
from sync.crypto.keyring import EpochSecret, Keyring, open_grant, open_keyring, seal_grant, seal_keyring
from sync.engine.control_log import known_control
from sync.engine.courier import archive_parts, require_confirmed, seal_if_fresh
from sync.engine.enrolment import OpenedInvite, SeatKeys, request_for
from sync.engine.identity import Identity, PendingJoin
from sync.engine.joining import check_own_card
from sync.engine.lead import Asking, Invited, asking_of, draw_invite
from sync.errors import BoxRefused, CodecError, ControlRefused, SignatureInvalid, VerificationFailed
from sync.protocol.carried import Carried, CarriedKind, write_carried
from sync.protocol.enrolment import (
    Grant,
    InvitePost,
    KeyringObject,
    Role,
    SeatCard,
    encode_grants,
    parse_grants,
)
from sync.protocol.fields import as_bytes, as_map, as_uint
from sync.protocol.frames import read_frames, write_frames
from sync.protocol.version import day_of
from sync.replica import Replica
from sync.replica.values import InvitedRights


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineLead:
    """A lead's seat at work with files."""

    replica: Replica
    identity: Identity
    clock: Clock
    random: Random

    def invite(self, role: Role, comps: Sequence[int]) -> tuple[Invited, bytes]:
        """Return an invite, and the file that goes to the new laptop beside the code."""
        invited, post = draw_invite(
            self.replica.hub_side, self.identity.hub_url, role, comps, clock=self.clock, random=self.random
        )
        carried = Carried(kind=CarriedKind.INVITE, team=self.identity.team_id, parts=[post.encode()])
        return invited, write_carried(carried)

    def asking(self, carried: Carried) -> Asking | None:
        """Return who asks in a request file, the invite signature verified; None where it does not verify."""
        control = known_control(self.replica.hub_side)
        if carried.kind is not CarriedKind.REQUEST or carried.team != control.team or len(carried.parts) != 2:
            return None
        return asking_of(carried.parts[1], control, self.replica.hub_side)

    def answer(self, asking: Asking, rights: InvitedRights | None = None) -> tuple[SeatCard, bytes]:
        """Let a laptop in; return its card, which the next sync has to post, and the file that goes back to it.

        Raises:
            ControlRefused: `invite_unknown`, or the entry may not follow (an invite that was used before).
        """
        given = rights or asking.rights
        if given is None:
            raise ControlRefused("invite_unknown", "this invite was made on another laptop")
        require_confirmed(self.replica)
        card = replace(asking.card, role=given.role, comps=given.comps)
        control, key = known_control(self.replica.hub_side), self.identity.signing_key()
        entry = build_add_seat(control, self.identity.seat_id, key, card)
        control.extended(entry)
        seal_if_fresh(self.replica, key)
        ring = self.replica.hub_side.keyring
        log = [*self.replica.spool_side.control_entries(), entry.raw]
        parts = [
            card.seat, write_frames(log), encode_grants(_grants(control, ring, card)), _keyrings(control, ring, card),
            archive_parts(self.replica, card.comps),
        ]  # fmt: skip
        return card, write_carried(Carried(kind=CarriedKind.ANSWER, team=control.team, parts=parts))


def open_invite_file(carried: Carried, code: str, *, clock: Clock) -> OpenedInvite | None:
    """Return the opened box of an invite file; None where the file belongs to another code.

    Raises:
        ValueError: the code is mistyped. VerificationFailed: `invite_box`, `invite_expired`.
    """
    secret, hub_url = parse_code(code)
    invite = Invite(secret)
    if carried.kind is not CarriedKind.INVITE or len(carried.parts) != 1:
        return None
    post = InvitePost.parse(carried.parts[0])
    if post.invite_id != invite.invite_id:
        return None
    try:
        box = invite.open(post.box)
    except (BoxRefused, CodecError):
        raise VerificationFailed("invite_box", "the file does not open with this code") from None
    if day_of(clock.now_ms()) > post.expires_day:
        raise VerificationFailed("invite_expired", "the last day of this invite is over")
    return OpenedInvite(invite=invite, box=box, hub_url=hub_url, hub_pk=b"")


def request_file(opened: OpenedInvite, keys: SeatKeys, *, ca: str | None) -> tuple[Identity, PendingJoin, bytes]:
    """Return who we shall be, what the vault must remember until then, and the file that goes to the lead."""
    request, identity, pending = request_for(opened, keys, ca=ca)
    parts = [opened.invite.invite_id, request.encode()]
    data = write_carried(Carried(kind=CarriedKind.REQUEST, team=opened.box.team, parts=parts))
    return identity, replace(pending, offline=True), data


def take_answer(replica: Replica, identity: Identity, pending: PendingJoin, carried: Carried) -> int | None:
    """Take a lead's answer: team, keys and first content; None where the file answers somebody else.

    Returns how many operations came with it. May be repeated.

    Raises:
        CodecError: `damaged`. VerificationFailed: the log is not the one that the invite pinned, or does not name us.
    """
    if carried.kind is not CarriedKind.ANSWER or len(carried.parts) != 5 or carried.parts[0] != identity.seat_id:
        return None
    _, log, grants, keyrings, frames = carried.parts
    try:
        entries = [parse_entry(raw) for raw in read_frames(log)]
        control = ControlState.replay([entry.raw for entry in entries], pending.genesis_hash)
        check_own_card(control, identity, pending)
        secrets = _opened(identity, control, parse_grants(grants), as_map(codec.decode(keyrings)))
        envelopes = read_frames(frames)
    except (ControlRefused, SignatureInvalid, BoxRefused) as error:
        raise VerificationFailed("answer", error.detail) from None
    except CodecError:
        raise CodecError("damaged") from None
    if not replica.spool_side.all_signed(envelopes, control):
        raise VerificationFailed("not_signed", "an envelope that no member signed")
    replica.hub_side.begin(entries, control, secrets)
    return replica.spool_side.take(envelopes, by_hand=True)


def _grants(control: ControlState, ring: Keyring, card: SeatCard) -> list[Grant]:
    newest = ((comp, control.newest_epoch(comp)) for comp in card.comps)
    return [seal_grant(ring.secret(*place), card.seat, card.kem_pk) for place in newest if place in ring]


def _keyrings(control: ControlState, ring: Keyring, card: SeatCard) -> bytes:
    """Return the older epochs of each compartment, sealed under the newest as on the hub."""
    sealed = {}
    for comp in card.comps:
        epoch = control.newest_epoch(comp)
        if epoch > 1 and (comp, epoch) in ring:
            sealed[comp] = seal_keyring(ring.secret(comp, epoch), ring.older(comp, epoch), control.ctl_seq).encode()
    return codec.encode(sealed)


def _opened(
    identity: Identity, control: ControlState, grants: Sequence[Grant], keyrings: dict[int, bytes]
) -> list[EpochSecret]:
    secrets = []
    for grant in grants:
        key = control.epoch_key(grant.comp, grant.epoch)
        if grant.seat == identity.seat_id and key is not None:
            secrets.append(open_grant(grant, identity.kem_seed, identity.team_id, key))
    newest = {one.comp: one for one in secrets}
    for comp, raw in keyrings.items():
        held = newest.get(as_uint(comp))
        if held is not None:
            keys = [key for _, key in control.epochs.get(comp, ())]
            secrets += open_keyring(held, KeyringObject.parse(as_bytes(raw)), keys)
    return secrets
