"""Counting needle-exchange visits: visits, people, items, and supply for others (MS-04, MS-05, MS-07, MS-09)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure.line import Figure, cells_by
from broker_desktop.records.measure.reading import code_of, number_of, person_of, quantities_of


class VisitTally:
    """What one pass over the visits of a period adds up."""

    def __init__(self, codes: CodeLists) -> None:
        self._codes = codes
        self._for_others = codes.in_group("collecting_for", "1")
        self._visits: Counter[str | None] = Counter()
        self._people: dict[str | None, set[str]] = {}
        self._anonymous = 0
        self._items: Counter[str | None] = Counter()
        self._for_others_visits = 0
        self._others = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one visit."""
        site_type, person = code_of(row, "site_type"), person_of(row)
        self._visits[site_type] += 1
        if person is None:
            self._anonymous += 1
        else:
            self._people.setdefault(site_type, set()).add(person)
        for item, quantity in quantities_of(row, "items"):
            self._items[item] += quantity
        for equipment_pack, packs in quantities_of(row, "packs"):
            for item, quantity in self._codes.contents(equipment_pack).items():
                self._items[item] += packs * quantity
        collecting_for = code_of(row, "collecting_for")
        if collecting_for in self._for_others:
            self._for_others_visits += 1
            self._others += _others(collecting_for, number_of(row, "people_covered"))

    def figures(self) -> dict[str, Figure]:
        """Give the lines."""
        syringes = self._codes.in_group("equipment_item", "1")
        by_site = {site_type: len(people) for site_type, people in self._people.items()}
        return {
            "MS-04": Figure(self._visits.total(), cells=cells_by("site_type", self._visits)),
            "MS-04.not_attributable": Figure(self._anonymous),
            "MS-05": Figure(len(set[str]().union(*self._people.values())), cells=cells_by("site_type", by_site)),
            "MS-07": Figure(self._items.total(), cells=cells_by("item", self._items)),
            "MS-07.syringes_out": Figure(sum(n for item, n in self._items.items() if item in syringes)),
            "MS-09": Figure(self._for_others_visits),
            "MS-09.others": Figure(self._others),
        }


def _others(collecting_for: str | None, people_covered: int | None) -> int:
    """Give how many others a visit supplied: less the person at the hatch, none where nobody said (contract.md)."""
    if collecting_for == "partner":
        return 1
    if people_covered is None:
        return 0
    return max(people_covered - 1, 0) if collecting_for == "self_and_others" else people_covered
