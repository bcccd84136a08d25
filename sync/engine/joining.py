"""The last step of a join: a new laptop verifies the team it was let into (protocol.md 2.8). No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sync.control import ControlState, Entry
from sync.crypto.boxes import kem_public
from sync.engine.exchange import Caller, Step
from sync.engine.hub_calls import HubCalls, ask_result, request_join
from sync.engine.identity import Identity, PendingJoin
from sync.engine.ports import ReplicaPort
from sync.errors import ControlRefused, HubRefused, VerificationFailed
from sync.protocol.enrolment import InviteState, SeatCard
from sync.protocol.join_request import JoinRequest
from sync.protocol.problems import Problem

_NOT_KNOWN_YET: Final = {Problem.NOT_FOUND.code, Problem.BAD_SIG.code}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A verified control log that ends with, or beyond, our own entry.

    `differs`: the lead gave another role or other compartments than the invite named.
    """

    entries: list[Entry]
    control: ControlState
    differs: bool


def complete_join(
    caller: Caller, calls: HubCalls, identity: Identity, pending: PendingJoin
) -> Step[Joined | None]:  # fmt: skip
    """Ask whether we were let in; if so verify the log from the pinned genesis through the invite's head to our entry.

    Returns None while no lead has decided.

    Raises:
        ControlRefused: code `join_refused`: a lead said no.
        VerificationFailed: the log is not the one that the invite pinned, or does not name our keys.
    """
    if not pending.offline:
        result = yield from ask_result(caller, pending.invite_id)
        if result.state is InviteState.OPEN and pending.request:  # the first asking was lost on its way
            yield from request_join(caller, pending.invite_id, JoinRequest.parse(pending.request))
        if result.state is InviteState.REFUSED:
            raise ControlRefused("join_refused", "a lead refused this request")
        if result.state is not InviteState.APPROVED:
            return None
    try:
        entries, control = yield from _verified_log(calls, pending.genesis_hash)
    except ControlRefused as error:
        raise VerificationFailed(f"control_{error.code}", error.detail) from None
    except HubRefused as refusal:
        if pending.offline and refusal.code in _NOT_KNOWN_YET:  # the lead's laptop has not told the hub of us yet
            return None
        raise
    card = check_own_card(control, identity, pending)
    return Joined(entries=entries, control=control, differs=(card.role, card.comps) != (pending.role, pending.comps))


def check_own_card(control: ControlState, identity: Identity, pending: PendingJoin) -> SeatCard:
    """Return our card in a log that goes through the head which the invite pinned and names our keys.

    Raises:
        VerificationFailed: it is another log, or names other keys.
    """
    if control.hash_at(pending.ctl_seq) != pending.ctl_hash:
        raise VerificationFailed("control_fork", "the log does not go through the invite's control head")
    card = control.seats[identity.seat_id].card if identity.seat_id in control.seats else None
    ours = (identity.user_id, identity.signing_key().public, kem_public(identity.kem_seed))
    if card is None or (card.user, card.sign_pk, card.kem_pk) != ours:
        raise VerificationFailed("join_keys", "the log does not name our keys")
    return card


def take_up(replica: ReplicaPort, joined: Joined, *, provisional: bool) -> None:
    """Keep a verified log: the first of this vault, or what came since it was last in the team (protocol.md 2.8).

    `provisional`: what this vault knows came in a file and gives way.

    Raises:
        VerificationFailed: it does not go through what this vault knows.
    """
    known = replica.control
    if known is None or provisional:
        replica.begin(joined.entries, joined.control, ())
    elif joined.control.hash_at(known.ctl_seq) != known.ctl_hash:
        raise VerificationFailed("control_fork", "the log is not the one that this vault knows")
    else:
        replica.extend_control(joined.entries[known.ctl_seq :], joined.control)


def _verified_log(calls: HubCalls, genesis_hash: bytes) -> Step[tuple[list[Entry], ControlState]]:
    """Read the log to its end, each entry verified before more is asked for: a hub cannot go on for ever."""
    entries: list[Entry] = []
    control: ControlState | None = None
    while page := (yield from calls.control_after(len(entries))):
        for entry in page:
            control = ControlState.begin(entry, genesis_hash) if control is None else control.extended(entry)
            entries.append(entry)
    if control is None:
        raise VerificationFailed("control_withheld", "an empty control log")
    return entries, control
