"""Monthly sheets of sites that count for themselves, such as pharmacies (MS-06). Never added to visits or people.

Only final sheets count; a draft or a replaced one does not. A site that sent none is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.measure.line import Asked, Cell, Definition, Figure, Of, Tally
from broker_desktop.records.measure.reading import code_of, number_of
from broker_desktop.records.measure.tally import Count, Total, by_code
from broker_desktop.records.measure.visits import items_of
from broker_desktop.records.nx_tally import NX_TALLY
from broker_desktop.records.returns import bins_and_litres
from broker_desktop.records.tally_rules import FINAL, sheet_sites
from broker_desktop.records.worklist import later


def is_final(row: Payload, asked: Asked) -> bool:
    """Tell whether a sheet counts."""
    return code_of(row, "status") == FINAL


def months_of(asked: Asked) -> tuple[str, ...]:
    """Give the months of the period, as YYYY-MM."""
    first, months = date.fromisoformat(asked.first_day).replace(day=1), []
    while first.isoformat() <= asked.last_day:
        months.append(first.isoformat()[:7])
        first = later(first, months=1)
    return tuple(months)


@dataclass(frozen=True, slots=True, eq=False)
class Reporting:
    """The sites and months of which a final sheet came, of those that are to send one, or with `missing` the others."""

    missing: bool = False

    @property
    def parts(self) -> tuple[Of, ...]:
        """Final sheets."""
        return (Of(NX_TALLY, is_final),)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _ReportingTally(self, asked)


class _ReportingTally:
    def __init__(self, rule: Reporting, asked: Asked) -> None:
        self._rule = rule
        self._expected = [(month, site) for month in months_of(asked) for site in sheet_sites(asked.codes)]
        self._came: set[tuple[str, str]] = set()

    def take(self, row: Payload) -> None:
        """Note a sheet."""
        month, site = code_of(row, "month"), code_of(row, "site")
        if month is not None and site is not None:
            self._came.add((month, site))

    def figure(self) -> Figure:
        """Give how many came of how many, and which did not."""
        missing = [one for one in self._expected if one not in self._came]
        if self._rule.missing:
            cells = tuple(Cell({"month": month, "site": site}, 1) for month, site in missing)
            return Figure(len(missing), len(self._expected), cells)
        return Figure(len(self._expected) - len(missing), len(self._expected))


def _transactions(row: Payload, asked: Asked) -> Iterator[tuple[str | None, int]]:
    yield code_of(row, "commissioned_by"), number_of(row, "transactions") or 0


def _bins(row: Payload, asked: Asked) -> Iterator[tuple[str | None, int]]:
    yield None, bins_and_litres(row.get("returns"), asked.codes)[0]


def _leaflets(row: Payload, asked: Asked) -> Iterator[tuple[str | None, int]]:
    yield None, number_of(row, "leaflets") or 0


_FINAL: Final = (Of(NX_TALLY, is_final),)

LINES: Final = (
    Definition(
        id="MS-06",
        title="Transactions on sheets",
        unit="transactions",
        rule=Total(_FINAL, _transactions, by="commissioned_by"),
        notes=("Final sheets only. Never added to visits or people.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-06.sites",
        title="Sheets that came, of those expected",
        unit="site-months",
        rule=Reporting(),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-06.sites_missing",
        title="Sheets that did not come",
        unit="site-months",
        rule=Reporting(missing=True),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-06.sites_by_commissioner",
        title="Final sheets, by who commissions the site",
        unit="site-months",
        rule=Count(_FINAL, by=(by_code("commissioned_by"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-06.items",
        title="Items on sheets",
        unit="items",
        rule=Total(_FINAL, items_of, by="item"),
        notes=("Packs are opened into their items. Apart from MS-07.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-06.bins",
        title="Bins brought back, on sheets",
        unit="bins",
        rule=Total(_FINAL, _bins),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-06.leaflets",
        title="Advice leaflets, on sheets",
        unit="items",
        rule=Total(_FINAL, _leaflets),
        counts_people_or_events=False,
    ),
)
