"""Where contacts were against where people live, and offers of a BBV test by age (MS-01, MS-11).

Requirements.md LEIC15-32, -51 and -79. Areas are compared as they were chosen; no map is asked how far they lie apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.bbv import OFFERED
from broker_desktop.records.measure.contact_cuts import area_of
from broker_desktop.records.measure.contacts import was_met
from broker_desktop.records.measure.line import Asked, Definition, Figure, Of, Tally
from broker_desktop.records.measure.people import PeopleByAnswer, Seen, answered, by_answer
from broker_desktop.records.measure.reading import person_of
from broker_desktop.records.measure.tally import Cut, People, PeopleTally, cells_of
from broker_desktop.records.person import PERSON

_home: Final = answered("locality")
_Key = tuple[str | None, ...]


class _AreasTally(PeopleTally):
    """The people of contacts, and how often each was met in which area."""

    def __init__(self, rule: People, asked: Asked) -> None:
        super().__init__(rule, asked)
        self._asked_of = asked
        self.areas: dict[str | None, Counter[str | None]] = {}

    def take(self, row: Payload) -> None:
        """Take the person of a contact, and its area."""
        super().take(row)
        self.areas.setdefault(person_of(row), Counter())[area_of(row, self._asked_of)[0]] += 1


@dataclass(frozen=True, slots=True, eq=False)
class _PeopleInAreas(People):
    """Count people as usual, and keep the areas in which they were met."""

    def start(self, asked: Asked) -> PeopleTally:
        """Begin a count."""
        return _AreasTally(self, asked)


@dataclass(frozen=True, slots=True, eq=False)
class MetAndHome:
    """Count contacts by their area and the area in which the person lives; `key` makes the part of both."""

    base: _PeopleInAreas
    names: tuple[str, ...]
    key: Callable[[str | None, str | None], _Key]

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records of people."""
        return (Of(PERSON, self._is_meant),)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        base = asked.tally(self.base)
        assert isinstance(base, _AreasTally)
        asked.shared(Seen).also(base)
        return _HomeTally(self, base, asked)

    def _is_meant(self, row: Payload, asked: Asked) -> bool:
        base = asked.tally(self.base)
        return isinstance(base, PeopleTally) and row.get("_id") in base.people


class _HomeTally:
    def __init__(self, rule: MetAndHome, base: _AreasTally, asked: Asked) -> None:
        self._rule, self._base, self._asked = rule, base, asked
        self._cells: Counter[_Key] = Counter()

    def take(self, row: Payload) -> None:
        """Count the contacts of a person."""
        self._add(row["_id"], _home(row, self._asked)[0])

    def figure(self) -> Figure:
        """Give how many contacts; those of nobody in particular stand under not said."""
        nobodys = self._base.areas.get(None, Counter())
        cells = self._cells.copy()
        for area, many in nobodys.items():
            cells[self._rule.key(area, None)] += many
        cuts = tuple(Cut(name, lambda row, asked: ()) for name in self._rule.names)
        return Figure(cells.total(), cells=cells_of(cuts, cells))

    def _add(self, person: str, home: str | None) -> None:
        for area, many in self._base.areas.get(person, Counter()).items():
            self._cells[self._rule.key(area, home)] += many


def _both(area: str | None, home: str | None) -> _Key:
    return (area, home)


def _same(area: str | None, home: str | None) -> _Key:
    """Tell same from other; None where either is not known, and where somebody would not say."""
    if area is None or home is None or home in _REFUSED:
        return (None,)
    return ("same" if area == home else "other",)


_REFUSED: Final = frozenset({"declined", "not_asked", "unknown", "not_applicable"})
_MET: Final = _PeopleInAreas((Of(CONTACT, was_met),))
_ANONYMOUS: Final = "Anonymous ones stand under not said."

LINES: Final = (
    Definition(
        id="MS-01.met_by_home",
        title="Contacts with somebody met, by area and area they live in",
        unit="contacts",
        rule=MetAndHome(_MET, ("locality", "lives_in"), _both),
        notes=(_ANONYMOUS,),
    ),
    Definition(
        id="MS-01.met_near_home",
        title="Contacts with somebody met, in the area they live in or another",
        unit="contacts",
        rule=MetAndHome(_MET, ("area_they_live_in",), _same),
        notes=(_ANONYMOUS,),
    ),
    Definition(
        id="MS-11.offered_by_age_band",
        title="BBV tests offered, by age",
        unit="offers",
        rule=PeopleByAnswer(People(OFFERED.parts), by=by_answer("age_band"), records=True),
    ),
)
