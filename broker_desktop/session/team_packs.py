"""The packs of a team as its laptops have them: the one it began with, and every version that a lead loaded.

A row that cannot be used here (damaged, or made for a newer program) breaks nothing: it is kept, the one before goes
on, and `check` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from broker_desktop.records.pack import NewerFormat, Pack, PackInvalid
from broker_desktop.records.pack.spells import Installed, Spell, spell_on, spells_of
from broker_desktop.session.reference_data import bundled_pack, read_pack
from broker_desktop.store.tables import table


@dataclass(frozen=True, slots=True)
class Unusable:
    """A loaded pack that this laptop cannot use, and why: `newer` than this program, or with a fault in `line`."""

    pack: str
    newer: bool
    line: int


@dataclass(frozen=True, slots=True)
class TeamPacks:
    """All packs of the team that can be used, in the order in which they take over."""

    spells: tuple[Spell, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    rank: int = 0
    """The highest that was given to a load so far."""

    def on(self, day: date) -> Pack | None:
        """Give the pack that holds on a day."""
        if len(self.spells) == 1:
            return self.spells[0].pack
        found = spell_on(self.spells, day)
        return None if found is None else found.pack

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """Name what is in use, so that a change can be seen."""
        return tuple((one.pack.id, one.pack.version) for one in self.spells)


def team_packs(connection: Connection, first_pack: str) -> TeamPacks:
    """Read the packs of a team that began with `first_pack`; of each pack the version loaded last that can be used."""
    target = table("pack")
    rows = connection.execute(select(target).order_by(target.c.rank, target.c.id)).all()
    usable: dict[str, Installed] = {}
    unusable: dict[str, Unusable] = {}
    for row in rows:
        try:
            pack = read_pack(row.body)
        except NewerFormat:
            unusable[row.pack] = Unusable(row.pack, newer=True, line=0)
        except PackInvalid as error:
            unusable[row.pack] = Unusable(row.pack, newer=False, line=error.findings[0].line)
        else:
            usable[pack.id] = Installed(pack, row.rank)
            unusable.pop(row.pack, None)
    if first_pack not in usable:
        try:
            usable[first_pack] = Installed(bundled_pack(first_pack))
        except FileNotFoundError:
            unusable[first_pack] = Unusable(first_pack, newer=True, line=0)
    return TeamPacks(
        spells_of(tuple(usable.values())),
        tuple(unusable.values()),
        max((row.rank for row in rows), default=0),
    )
