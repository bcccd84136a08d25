"""Following and extending the team's control log through the hub (protocol.md 2.8). No I/O."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sync.control import ControlState, Entry
from sync.engine.exchange import Step
from sync.engine.hub_calls import HubCalls
from sync.engine.ports import ReplicaPort
from sync.errors import ControlRefused, HubRefused, VerificationFailed
from sync.protocol.messages import HeadAnswer
from sync.protocol.problems import Problem

_TRIES: Final = 3


def known_control(replica: ReplicaPort) -> ControlState:
    """Return the verified control log; raise ControlRefused for a vault that has no team yet."""
    if replica.control is None:
        raise ControlRefused("no_team", "this vault has no team yet")
    return replica.control


def update_control(replica: ReplicaPort, calls: HubCalls, head: HeadAnswer) -> Step[bool]:
    """Read the control log up to the head's and keep it; tell whether anything was new.

    Raises:
        VerificationFailed: entries are missing or wrong, or the log is shorter than it was.
    """
    control, wanted = known_control(replica), head.checkpoint
    if wanted.ctl_seq < control.ctl_seq:
        raise VerificationFailed("control_regressed", "the control log is shorter than it was")
    entries: list[Entry] = []
    while control.ctl_seq < wanted.ctl_seq and not control.update_needed:
        page = yield from calls.control_after(control.ctl_seq)
        if not page:
            raise VerificationFailed("control_withheld", "entries that the head names do not come")
        for entry in page:
            if not control.update_needed:
                control = extended(control, entry)
                entries.append(entry)
    if control.ctl_seq >= wanted.ctl_seq and control.hash_at(wanted.ctl_seq) != wanted.ctl_hash:
        raise VerificationFailed("control_fork", "the control log is not the one that the hub signed")
    if entries:
        replica.extend_control(entries, control)
    return bool(entries)


def extended(control: ControlState, entry: Entry) -> ControlState:
    """Return the state after an entry that the hub served; what does not follow fails verification."""
    try:
        return control.extended(entry)
    except ControlRefused as error:
        raise VerificationFailed(f"control_{error.code}", error.detail) from None


def append(
    replica: ReplicaPort, calls: HubCalls, hub_pk: bytes, entry_after: Callable[[ControlState], Entry | None]
) -> Step[ControlState]:
    """Append an entry by compare-and-swap; on a conflict read what came before and build it anew.

    Args:
        replica: keeps the log.
        calls: of a lead.
        hub_pk: the hub's key.
        entry_after: builds the entry that follows a state, or returns None where it is not needed any more.

    Raises:
        ControlRefused: the entry may not follow. HubRefused: the hub refuses it for good.
    """
    for attempt in range(_TRIES):
        head = yield from calls.head(hub_pk)
        yield from update_control(replica, calls, head)
        control = known_control(replica)
        entry = entry_after(control)
        if entry is None:
            return control
        after = control.extended(entry)
        try:
            yield from calls.append_control(entry)
        except HubRefused as refusal:
            if refusal.code != Problem.CTL_CONFLICT.code or attempt + 1 == _TRIES:
                raise
            continue
        replica.extend_control([entry], after)
        return after
    raise AssertionError("the last attempt returns or raises")
