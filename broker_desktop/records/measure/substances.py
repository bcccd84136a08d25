"""What people use: groups that exclude each other, drugs or alcohol or both, each substance, the main one (MS-24).

A person's groups come from everything their contacts and visits of the period say, so that everybody of MS-02 stands
in exactly one part; who was not asked stands under not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.contact_cuts import BY_AREA
from broker_desktop.records.measure.line import Asked, Definition, Figure, Of, Tally
from broker_desktop.records.measure.reading import asked_once, code_of, codes_of, person_of
from broker_desktop.records.measure.seen import SEEN, is_service_user
from broker_desktop.records.measure.tally import Count, Cut, People, by_code, by_codes, cells_of
from broker_desktop.records.nx_visit import NX_VISIT

_STIMULANTS: Final = frozenset({
    "crack", "cocaine_powder", "amphetamine", "methamphetamine", "mephedrone", "nps_stimulant", "ecstasy",
})  # fmt: skip
_NAMED_APART: Final = frozenset({"opiate", "crack", "alcohol"})
_INJECTED: Final = {
    "heroin": ("opiate",),
    "methadone": ("opiate",),
    "buprenorphine": ("opiate",),
    "other_opioid": ("opiate",),
    "crack": ("crack",),
    "heroin_and_crack": ("opiate", "crack"),
}


@asked_once
def groups_of(row: Payload, asked: Asked) -> frozenset[str]:
    """Give the groups of substances that a contact or visit names: opiate, crack, alcohol, other."""
    named = {asked.codes.group("substance", code) for code in codes_of(row, "substances")}
    found = {group if group in _NAMED_APART else "other" for group in named}
    return frozenset(found.union(*(_INJECTED.get(code, ("other",)) for code in codes_of(row, "drug_injected"))))


def opiate_and_crack(groups: set[str]) -> str | None:
    """Name the part that somebody stands in: opiates only, opiates and crack, crack only, other, or nothing said."""
    if not groups:
        return None
    if "opiate" in groups:
        return "opiate_and_crack" if "crack" in groups else "opiate_only"
    return "crack_only" if "crack" in groups else "other"


def drugs_or_alcohol(groups: set[str]) -> str | None:
    """Name what somebody uses: drugs, alcohol, both, or nothing said."""
    drugs = bool(groups - {"alcohol"})
    if "alcohol" in groups:
        return "both" if drugs else "alcohol"
    return "drugs" if drugs else None


@dataclass(frozen=True, slots=True, eq=False)
class PeopleByGroup:
    """Everybody seen, in one part each, by all that their contacts and visits of the period say."""

    name: str
    part_of: Callable[[set[str]], str | None]

    @property
    def parts(self) -> tuple[Of, ...]:
        """The same records as MS-02."""
        return SEEN.parts

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _GroupTally(self, asked)


class _GroupTally:
    def __init__(self, rule: PeopleByGroup, asked: Asked) -> None:
        self._rule, self._asked = rule, asked
        self._groups: dict[str, set[str]] = {}

    def take(self, row: Payload) -> None:
        """Add what a record says to what its person uses."""
        person = person_of(row)
        if person is not None:
            self._groups.setdefault(person, set()).update(groups_of(row, self._asked))

    def figure(self) -> Figure:
        """Give everybody, by part."""
        counts: Counter[tuple[str | None, ...]] = Counter()
        for groups in self._groups.values():
            counts[(self._rule.part_of(groups),)] += 1
        return Figure(len(self._groups), cells=cells_of((Cut(self._rule.name, _nothing),), counts))


def _nothing(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    return ()


_NAMES_ONE: Final = (Of(CONTACT, lambda row, asked: is_service_user(row, asked) and any(codes_of(row, "substances"))),)

NAMED: Final = People(_NAMES_ONE, by=(by_codes("substances", "substance"),))
"""The people who named a substance, by each of them."""

LINES: Final = (
    Definition(
        id="MS-24",
        title="People seen, by opiates and crack",
        unit="people",
        rule=PeopleByGroup("substance_group", opiate_and_crack),
        notes=("From all that contacts and visits of the period say; everybody stands in one part.",),
    ),
    Definition(
        id="MS-24.drugs_or_alcohol",
        title="People seen, by drugs and alcohol",
        unit="people",
        rule=PeopleByGroup("problem", drugs_or_alcohol),
        notes=("Everybody stands in one part.",),
    ),
    Definition(
        id="MS-24.substances",
        title="People who named a substance",
        unit="people",
        rule=NAMED,
        notes=("Somebody may stand in several parts.",),
    ),
    Definition(
        id="MS-24.main",
        title="Contacts, by main substance",
        unit="contacts",
        rule=Count(
            (Of(CONTACT, lambda row, asked: code_of(row, "primary_substance") is not None),),
            by=(by_code("primary_substance", "substance"),),
        ),
    ),
    Definition(
        id="MS-24.main_by_area",
        title="Contacts with an opiate as the main substance, by area",
        unit="contacts",
        rule=Count(
            (Of(CONTACT, lambda row, asked: main_group(row, asked) == "opiate"),),
            by=(BY_AREA,),
        ),
        out_of=Count((Of(CONTACT, lambda row, asked: code_of(row, "primary_substance") is not None),)),
    ),
    Definition(
        id="MS-24.main_stimulant",
        title="Contacts with a stimulant as the main substance",
        unit="contacts",
        rule=Count((Of(CONTACT, lambda row, asked: code_of(row, "primary_substance") in _STIMULANTS),)),
    ),
    Definition(
        id="MS-24.injected",
        title="People at the needle exchange, by drug injected",
        unit="people",
        rule=People((Of(NX_VISIT),), by=(by_codes("drug_injected"),)),
        notes=("Somebody may stand in several parts.",),
    ),
)


def main_group(row: Payload, asked: Asked) -> str | None:
    """Give the group of the main substance of a contact: opiate, crack, alcohol, other; None without one."""
    main = code_of(row, "primary_substance")
    return None if main is None else asked.codes.group("substance", main)
