"""A lead's hands: the log, fresh keys and who is granted them (protocol.md 2.8, Grant). No I/O.

Whatever a crash leaves undone is found by looking: grants go to whoever lacks one, keyrings are published where the
hub's is older than the newest epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sync.clock import Random
from sync.control import ControlState, Entry, EpochKey
from sync.crypto.keyring import EpochSecret, Keyring, seal_grant, seal_keyring
from sync.crypto.signing import SigningKey
from sync.engine.control_log import append, known_control
from sync.engine.exchange import Step
from sync.engine.hub_calls import HubCalls
from sync.engine.ports import ReplicaPort
from sync.errors import ControlRefused, HubRefused
from sync.protocol.enrolment import Grant
from sync.protocol.problems import Problem

_SEED_SIZE: Final = 32
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDesk:
    """What a lead's steps work with; `seat` is the lead's own."""

    calls: HubCalls
    replica: ReplicaPort
    seat: bytes
    key: SigningKey
    random: Random

    @property
    def hub_pk(self) -> bytes:
        """The hub's key. Raises ControlRefused for a vault that has not met its hub yet."""
        key = self.replica.hub_key()
        if key is None:
            raise ControlRefused("no_team", "this vault has not met its hub yet")
        return key

    def append(self, entry_after: Callable[[ControlState], Entry | None]) -> Step[ControlState]:
        """Append an entry, then give everybody the keys that it starts; see `control_log.append`."""
        control = yield from append(self.replica, self.calls, self.hub_pk, entry_after)
        yield from grant(self)
        return control

    def fresh(self, control: ControlState, comps: Iterable[int]) -> list[EpochKey]:
        """Draw the next epoch of compartments.

        Kept before anybody can seal under them: a crash after the entry must not lose the only copy.
        """
        secrets = [
            EpochSecret(control.team, comp, control.newest_epoch(comp) + 1, self.random.bytes(_SEED_SIZE))
            for comp in sorted(comps)
        ]
        self.replica.keep_fresh_secrets(secrets)
        return [one.epoch_key() for one in secrets]


def grant(desk: LeadDesk) -> Step[None]:
    """Give every holder the newest keys it lacks, publish the older ones, and note that this was seen to."""
    for attempt in range(_TRIES):
        version, present = yield from desk.calls.grants()
        missing = _missing(desk, {(one.comp, one.epoch, one.seat) for one in present})
        if not missing:
            break
        try:
            yield from desk.calls.put_grants(missing, version)
            break
        except HubRefused as refusal:
            if refusal.code != Problem.STALE.code or attempt + 1 == _TRIES:
                raise
    yield from _publish_keyrings(desk)
    desk.replica.team.note_granted()


def _missing(desk: LeadDesk, present: Collection[tuple[int, int, bytes]]) -> list[Grant]:
    """Seal the newest keys for whoever lacks them; for ourselves too, in case this vault is restored."""
    control, ring = known_control(desk.replica), desk.replica.keyring
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


def _publish_keyrings(desk: LeadDesk) -> Step[None]:
    """Publish the older epochs of every compartment that has any, where the hub's object is not the newest's.

    Who lacks the epoch before, a lead made by the kit, leaves the object to those who can hand on what lies behind it.
    """
    control, ring = known_control(desk.replica), desk.replica.keyring
    for comp in sorted(control.epochs):
        epoch = control.newest_epoch(comp)
        if epoch > 1 and (comp, epoch) in ring and (comp, epoch - 1) in ring:
            yield from _publish_keyring(desk.calls, ring, control, comp, epoch)


def _publish_keyring(calls: HubCalls, ring: Keyring, control: ControlState, comp: int, epoch: int) -> Step[None]:
    version = 0
    try:
        version, published = yield from calls.keyring(comp)
        if published.epoch >= epoch:
            return
    except HubRefused as refusal:
        if refusal.code != Problem.NOT_FOUND.code:
            raise
    older: Sequence[EpochSecret] = ring.older(comp, epoch)
    yield from calls.put_keyring(comp, seal_keyring(ring.secret(comp, epoch), older, control.ctl_seq), version)
