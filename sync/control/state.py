"""The control log folded: `ControlState` (protocol.md 2.8, 2.17).

Hub and client fold the same log and must come to the same state. An entry that this version does not understand is
checked for its place and author, and then sets `update_needed`: authority is never guessed, so such a state takes no
further entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync.control import folding
from sync.control.team_state import TeamState
from sync.errors import ControlRefused
from sync.protocol.entries import Entry, parse_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlState(TeamState):
    """A team's state, and the way to the next one."""

    @classmethod
    def begin(cls, entry: Entry, genesis_hash: bytes | None = None) -> ControlState:
        """Return the state of a log that holds only a genesis.

        Args:
            entry: the first entry.
            genesis_hash: the hash pinned at enrolment; None where the log itself is being created or hosted.

        Raises:
            ControlRefused: the entry is not a valid genesis, or not the pinned one.
        """
        if genesis_hash is not None and entry.ctl_hash != genesis_hash:
            raise ControlRefused("genesis", "not the genesis that was pinned")
        return folding.first_state(cls, entry)

    @classmethod
    def replay(cls, entries: Iterable[bytes], genesis_hash: bytes | None = None) -> ControlState:
        """Return the state of a whole log, verifying every entry; raise ControlRefused for the first bad one."""
        parsed = [parse_entry(raw) for raw in entries]
        if not parsed:
            raise ControlRefused("genesis", "an empty log")
        state = cls.begin(parsed[0], genesis_hash)
        for entry in parsed[1:]:
            state = state.extended(entry)
        return state

    def extended(self, entry: Entry) -> ControlState:
        """Return the state after one more entry, verifying all of it.

        Raises:
            ControlRefused: `ctl_conflict` (not the next entry), `author`, `signature`, `role`, `body`, `seen`,
                `last_lead`, `epochs`, `invite`, `pins`, `policy`, `card`, `log`, `fork`; `update_needed` when an
                earlier entry was not understood.
        """
        if self.update_needed:
            raise ControlRefused("update_needed", "an earlier entry needs a newer program")
        if (entry.team, entry.ctl_seq, entry.prev) != (self.team, self.ctl_seq + 1, self.ctl_hash):
            raise ControlRefused("ctl_conflict", "does not follow the last entry")
        return folding.next_state(self, entry)
