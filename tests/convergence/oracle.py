"""The oracle of the fleet: what everybody must show, from who wrote what knowing what. Plain Python, no merge rule.

A write replaces the writes of its field that its author knew and that stood for him. What nobody replaced stands. An
erased row shows nothing, whoever else wrote it. Order of arrival, envelopes and clocks play no part: a clock decides
only which of several standing values is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sync.clock import Stamp
from sync.codec import Value

RowName: TypeAlias = tuple[str, bytes]
Fields: TypeAlias = dict[str, dict[Stamp, Value]]


@dataclass(frozen=True, eq=False)
class Write:
    """One field of one operation; `replaces` are the stamps it was written over."""

    row: RowName
    field: str
    value: Value
    stamp: Stamp
    replaces: frozenset[Stamp]


@dataclass(frozen=True, eq=False)
class Said:
    """One operation: its writes, or the end of a row."""

    stamp: Stamp
    row: RowName
    writes: tuple[Write, ...] = ()
    erases: bool = False


_NEVER = Stamp(0, b"")


@dataclass
class Person:
    """A laptop in the model: the compartments it holds, what it said in each, and what it knows, its own included."""

    comps: frozenset[int]
    said: dict[int, list[Said]] = field(default_factory=dict)
    knows: dict[RowName, set[Said]] = field(default_factory=dict)
    heard: dict[tuple[bytes, int], int] = field(default_factory=dict)
    last: Stamp = _NEVER


class Oracle:
    """The team in the model."""

    def __init__(self, comps: Mapping[bytes, Iterable[int]]) -> None:
        """Begin with nothing said; `comps` by seat id."""
        self.people = {seat: Person(frozenset(held)) for seat, held in comps.items()}
        self.comp_of: dict[RowName, int] = {}

    def create(
        self, seat: bytes, comp: int, row: RowName, stamp: Stamp, values: Mapping[str, Value], *, shut: bool = False
    ) -> None:
        """Note that somebody made a record, perhaps one that others made too; `shut`: he keeps nothing of it."""
        self.comp_of[row] = comp
        writes = [Write(row, name, value, stamp, frozenset()) for name, value in values.items()]
        self._say(seat, Said(stamp, row, tuple(writes)), kept=not shut)

    def put(self, seat: bytes, row: RowName, stamp: Stamp, values: Mapping[str, Value]) -> None:
        """Note that somebody wrote over what stood for him."""
        standing = self.standing(seat, row) or {}
        writes = [
            Write(row, name, value, stamp, frozenset(standing.get(name, ()))) for name, value in values.items()
        ]  # fmt: skip
        self._say(seat, Said(stamp, row, tuple(writes)))

    def erase(self, seat: bytes, row: RowName, stamp: Stamp) -> None:
        """Note that somebody erased a record."""
        self._say(seat, Said(stamp, row, erases=True))

    def hear(self, seat: bytes, heard: Mapping[tuple[bytes, int], int]) -> None:
        """Note how many operations of each other (seat, compartment) somebody has taken in so far."""
        person = self.people[seat]
        for (other, comp), count in heard.items():
            said = self.people[other].said.get(comp, [])
            before = person.heard.get((other, comp), 0)
            assert before <= count <= len(said), "more was taken in than was said, or less than before"
            for one in said[before:count]:
                person.knows.setdefault(one.row, set()).add(one)
            person.heard[other, comp] = count

    def rows(self, seat: bytes) -> list[RowName]:
        """Return the records somebody knows of, erased ones left out, in a fixed order."""
        return [row for row in sorted(self.people[seat].knows) if self.standing(seat, row) is not None]

    def standing(self, seat: bytes, row: RowName) -> Fields | None:
        """Return what stands in each field of a record for somebody; None when it was erased."""
        known = self.people[seat].knows.get(row, set())
        if any(one.erases for one in known):
            return None
        writes = [write for one in known for write in one.writes]
        replaced = {(write.field, stamp) for write in writes for stamp in write.replaces}
        fields: Fields = {}
        for write in writes:
            if (write.field, write.stamp) not in replaced:
                fields.setdefault(write.field, {})[write.stamp] = write.value
        return fields

    def shown(self, seat: bytes) -> dict[RowName, dict[str, Value]]:
        """Return what somebody must be shown."""
        return {
            row: {name: values[max(values)] for name, values in (self.standing(seat, row) or {}).items()}
            for row in self.people[seat].knows
        }

    def conflicts(self, seat: bytes) -> dict[RowName, Fields]:
        """Return what somebody must be asked to decide: fields in which different values stand."""
        found: dict[RowName, Fields] = {}
        for row in self.people[seat].knows:
            for name, values in (self.standing(seat, row) or {}).items():
                if len({repr(value) for value in values.values()}) > 1:
                    found.setdefault(row, {})[name] = values
        return found

    def counts_for(self, seat: bytes) -> int:
        """Return how many operations were made in somebody's compartments, with what he dropped into others."""
        held = self.people[seat].comps
        read = sum(len(person.said.get(comp, ())) for person in self.people.values() for comp in held)
        return read + sum(len(said) for comp, said in self.people[seat].said.items() if comp not in held)

    def own_rows(self, seat: bytes) -> set[RowName]:
        """Return the records somebody knows of in compartments he does not hold: those he dropped himself."""
        person = self.people[seat]
        return {row for row in person.knows if self.comp_of[row] not in person.comps}

    def erased_rows(self) -> set[RowName]:
        """Return the rows that anybody erased."""
        everything = (one for person in self.people.values() for said in person.said.values() for one in said)
        return {one.row for one in everything if one.erases}

    def knows_everything(self, seat: bytes) -> bool:
        """Tell whether somebody has heard all that was said in his compartments."""
        person = self.people[seat]
        return all(
            person.heard.get((other, comp), 0) == len(said)
            for other, speaker in self.people.items()
            if other != seat
            for comp, said in speaker.said.items()
            if comp in person.comps
        )

    def _say(self, seat: bytes, said: Said, *, kept: bool = True) -> None:
        person = self.people[seat]
        assert said.stamp > person.last, "the stamps of a laptop rise"
        person.last = said.stamp
        person.said.setdefault(self.comp_of[said.row], []).append(said)
        if kept:
            person.knows.setdefault(said.row, set()).add(said)
