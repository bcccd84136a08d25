"""Needle-exchange visits: visits, people, items, and supply for others (MS-04, MS-05, MS-07, MS-09)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.measure.contacts import OVERLAP
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.reading import asked_once, code_of, number_of, person_of, quantities_of
from broker_desktop.records.measure.tally import Count, People, Total, by_code
from broker_desktop.records.nx_visit import NX_VISIT


@asked_once
def items_of(row: Payload, asked: Asked) -> Sequence[tuple[str, int]]:
    """Give the items that left with a visit, packs opened."""
    found = list(quantities_of(row, "items"))
    for equipment_pack, packs in quantities_of(row, "packs"):
        found += ((item, packs * quantity) for item, quantity in asked.codes.contents(equipment_pack).items())
    return found


def _syringe_codes(asked: Asked) -> frozenset[str]:
    return asked.codes.in_group("equipment_item", "1")


def syringes_of(row: Payload, asked: Asked) -> Iterator[tuple[str, int]]:
    """Give the syringes that left with a visit: items with a needle or barrel of their own (domain.md 2.5)."""
    syringes = asked.shared(_syringe_codes)
    return ((item, n) for item, n in items_of(row, asked) if item in syringes)


def _is_for_others(row: Payload, asked: Asked) -> bool:
    return code_of(row, "collecting_for") in asked.shared(_for_others)


def _for_others(asked: Asked) -> frozenset[str]:
    return asked.codes.in_group("collecting_for", "1")


def _others(row: Payload, asked: Asked) -> tuple[tuple[None, int]]:
    """Give how many others a visit supplied: less the person at the hatch, none where nobody said (contract.md)."""
    collecting_for, people_covered = code_of(row, "collecting_for"), number_of(row, "people_covered")
    if collecting_for == "partner":
        return ((None, 1),)
    covered = people_covered or 0
    return ((None, max(covered - 1, 0) if collecting_for == "self_and_others" else covered),)


VISITS: Final = Count((Of(NX_VISIT),), by=(by_code("site_type"),))
_FOR_OTHERS: Final = (Of(NX_VISIT, _is_for_others),)

LINES: Final = (
    Definition(id="MS-04", title="Needle-exchange visits", unit="visits", rule=VISITS),
    Definition(
        id="MS-04.not_attributable",
        title="Visits by somebody anonymous",
        unit="visits",
        rule=Count((Of(NX_VISIT, lambda row, asked: person_of(row) is None),)),
    ),
    Definition(
        id="MS-05",
        title="People at the needle exchange",
        unit="people",
        rule=People((Of(NX_VISIT),), by=(by_code("site_type"),)),
        notes=("Counted anew for every period; months do not add up to a quarter.", OVERLAP),
    ),
    Definition(
        id="MS-07",
        title="Items given out",
        unit="items",
        rule=Total((Of(NX_VISIT),), items_of, by="item"),
        notes=("Packs are opened into their items.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-07.syringes_out",
        title="Syringes given out",
        unit="items",
        rule=Total((Of(NX_VISIT),), syringes_of),
        notes=("Syringes with a needle, and barrels; loose needles are not added.",),
        counts_people_or_events=False,
    ),
    Definition(id="MS-09", title="Visits that collect for others", unit="visits", rule=Count(_FOR_OTHERS)),
    Definition(
        id="MS-09.others",
        title="Others supplied through them",
        unit="others supplied",
        rule=Total(_FOR_OTHERS, _others),
        notes=("As told at the hatch; where nobody said, none. Never added to people.",),
    ),
)
