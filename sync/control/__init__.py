"""The control log: who is in the team, with which keys and rights, since when (protocol.md 2.8, 2.17).

`seats` says what a seat may do, `state` is the team as a verified log describes it, `folding` makes the next state from
a further entry, `building` writes entries. Nothing in it comes from the hub's word. Everything public is importable
from here.
"""

from __future__ import annotations

from sync.control.building import (
    build_add_seat,
    build_card,
    build_card_key_change,
    build_epoch,
    build_fork_resolve,
    build_kit_change,
    build_log_reset_ack,
    build_pair,
    build_policy,
    build_recover_lead,
    build_retire,
    build_revoke,
    build_role,
    next_entry,
)
from sync.control.seats import Seat, SeatState, Standing
from sync.control.state import ControlState
from sync.protocol.entries import Entry, EntryType, EpochKey, Pin, Policy, build_entry, build_genesis, parse_entry
from sync.protocol.team_entries import CardKeys, LogReset, PruneMark, TeamCard

__all__ = [
    "CardKeys",
    "ControlState",
    "Entry",
    "EntryType",
    "EpochKey",
    "LogReset",
    "Pin",
    "Policy",
    "PruneMark",
    "Seat",
    "SeatState",
    "Standing",
    "TeamCard",
    "build_add_seat",
    "build_card",
    "build_card_key_change",
    "build_entry",
    "build_epoch",
    "build_fork_resolve",
    "build_genesis",
    "build_kit_change",
    "build_log_reset_ack",
    "build_pair",
    "build_policy",
    "build_recover_lead",
    "build_retire",
    "build_revoke",
    "build_role",
    "next_entry",
    "parse_entry",
]
