"""What a lead writes about other teams: a pairing, its end, and a new card key (protocol.md 2.14, 2.17). No I/O.

Which team is meant is decided by two people who have compared digits, one layer up.
"""

from __future__ import annotations

from sync.control import ControlState, Entry, build_card_key_change, build_pair
from sync.crypto.signing import SigningKey
from sync.engine.control_log import append
from sync.engine.exchange import Step
from sync.engine.hub_calls import HubCalls
from sync.engine.identity import Identity
from sync.engine.ports import ReplicaPort


def pair(replica: ReplicaPort, calls: HubCalls, identity: Identity, team: bytes, tik_pk: bytes | None) -> Step[None]:
    """Pin the TIK of another team, or end the pairing with None; what stands already is not written again.

    Raises:
        ControlRefused: not a lead. TransportError: nothing was written, or it will be found written the next time.
    """

    def entry_after(control: ControlState) -> Entry | None:
        if control.paired.get(team) == tik_pk:
            return None
        return build_pair(control, identity.seat_id, identity.signing_key(), team, tik_pk)

    yield from append(replica, calls, replica.hub_key() or b"", entry_after)


def change_card_key(
    replica: ReplicaPort, calls: HubCalls, identity: Identity, card_pk: bytes, tik: SigningKey
) -> Step[None]:  # fmt: skip
    """Replace the card key, which takes the kit: after a lead has left, who knew the old one.

    Raises:
        ControlRefused: not a lead, or another kit. TransportError: as for `pair`.
    """

    def entry_after(control: ControlState) -> Entry | None:
        if control.card_pk == card_pk:
            return None
        return build_card_key_change(control, identity.seat_id, identity.signing_key(), card_pk, tik)

    yield from append(replica, calls, replica.hub_key() or b"", entry_after)
