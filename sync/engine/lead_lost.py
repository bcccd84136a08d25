"""When every lead's laptop is lost: the kit makes a new seat a lead, without asking anybody (protocol.md 2.8).

The new laptop knows nobody's key but the kit's own. The log is believed because it ends under that key: its genesis, or
the kit change that made it, is signed by it together with all that came before.
"""

from __future__ import annotations

from sync.clock import Clock, Random
from sync.control import ControlState, Entry, build_recover_lead
from sync.crypto.signing import SigningKey
from sync.engine.control_log import extended
from sync.engine.enrolment import SeatKeys, ask_who, card_of
from sync.engine.exchange import Caller, Step, Transport, run
from sync.engine.hub_calls import HubCalls
from sync.engine.ports import ReplicaPort
from sync.errors import ControlRefused, VerificationFailed
from sync.protocol.enrolment import Role
from sync.protocol.messages import KIT_SEAT, hub_id_of


def recover_lead(
    transport: Transport, replica: ReplicaPort, team: bytes, tik: SigningKey, keys: SeatKeys, *, clock: Clock,
    random: Random,
) -> bytes:  # fmt: skip
    """Make a new seat a lead with the kit, and keep the control log in the replica; return the hub's id.

    The replica is new, or that of a vault whose passphrase was forgotten.

    Raises:
        TransportError: as for a round. HubRefused: no such team on this hub, or not under this kit.
        VerificationFailed: the log does not end under this kit, or belongs to another hub.
    """
    known = replica.control
    info = ask_who(transport, clock, random, None if known is None else known.hub_id)
    hub_id = hub_id_of(info.hub_pk)
    caller = Caller(seat=KIT_SEAT, key=tik, hub_id=hub_id, clock=clock, random=random)
    calls = HubCalls(caller, team)
    entries, control = run(_followed(calls, known), transport)
    if (control.tik_pk, control.hub_id) != (tik.public, hub_id):
        raise VerificationFailed("kit_unknown", "the log does not end under this kit on this hub")
    if control.seat(keys.seat_id) is None:
        entry = build_recover_lead(control, card_of(keys, Role.LEAD, tuple(sorted(control.epochs))), keys.key, tik)
        control = control.extended(entry)
        run(calls.append_control(entry), transport)
        entries.append(entry)
    if known is None:
        replica.begin(entries, control, ())
    else:
        replica.extend_control(entries, control)
    replica.keep_hub_key(info.hub_pk)
    return hub_id


def _followed(calls: HubCalls, known: ControlState | None) -> Step[tuple[list[Entry], ControlState]]:
    """Read the log from what is known to its end, every entry verified before more is asked for."""
    entries: list[Entry] = []
    control = known
    while page := (yield from calls.control_after(0 if control is None else control.ctl_seq)):
        for entry in page:
            try:
                control = ControlState.begin(entry) if control is None else extended(control, entry)
            except ControlRefused as error:
                raise VerificationFailed(f"control_{error.code}", error.detail) from None
            entries.append(entry)
    if control is None:
        raise VerificationFailed("control_withheld", "an empty control log")
    return entries, control
