"""Which pack holds on which day, where a team has several: a handover month has the old and the new one.

Each day belongs to one pack: of those whose own days include it the one that begins last, and of two that begin on the
same day the one that was loaded last. Every laptop that has the same packs finds the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from broker_desktop.records.pack.reading import Pack


@dataclass(frozen=True, slots=True)
class Installed:
    """A pack of the team; `rank` grows with every load, on whichever laptop."""

    pack: Pack
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Spell:
    """A pack and the days on which it holds, both included; None for no end."""

    pack: Pack
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the pack holds on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def spells_of(installed: Sequence[Installed]) -> tuple[Spell, ...]:
    """Give the packs in the order in which they take over, each with its days.

    A pack ends the day before its successor begins, or on its own last day. One that begins no later than another that
    was loaded after it, without an end of its own, has no day left and is not among them.
    """
    order = sorted(installed, key=lambda one: (one.pack.first_day or date.min, one.rank, one.pack.id))
    found: list[Spell] = []
    for place, one in enumerate(order):
        first, last = one.pack.first_day, one.pack.last_day
        later = [other.pack.first_day for other in order[place + 1 :]]
        if later and later[0] is not None:
            before = later[0] - timedelta(days=1)
            last = before if last is None else min(last, before)
        if later and (later[0] is None or later[0] == first):
            continue
        found.append(Spell(one.pack, first, last))
    return tuple(found)


def spell_on(spells: Sequence[Spell], day: date) -> Spell | None:
    """Give the pack of a day: the one that holds, or else the nearest one; None where there is none at all."""
    if not spells:
        return None
    holding = [one for one in spells if one.holds_on(day)]
    if holding:
        return holding[-1]
    begun = [one for one in spells if one.first is None or one.first <= day]
    return begun[-1] if begun else spells[0]
