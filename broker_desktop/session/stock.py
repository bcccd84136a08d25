"""Use cases about supplies: what must be on each shelf, how it compares with counts, where a batch went.

Everything is worked out from the records of this vault when it is asked for; nothing of it is stored. It works without
a network, as a recall has to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import london_day, parse_event
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.stock import (
    WITH_PEERS,
    Lot,
    Move,
    Shelf,
    normal_batch,
    shelves,
    variance,
)
from broker_desktop.session import queries
from broker_desktop.session.context import Context
from broker_desktop.session.views import RecordRow
from broker_desktop.store.projection import sortable
from broker_desktop.store.records import Query

_SUPPLY: Final = "naloxone_supply"
_COUNT: Final = "stock_count"
_PEERS_LABEL: Final = "With peers"
_ELSEWHERE_LABEL: Final = "No place said"


@dataclass(frozen=True, slots=True)
class StockLine:
    """What must be there of one item in one place."""

    place: str
    place_label: str
    item: str
    item_label: str
    n: int
    lots: tuple[Lot, ...]
    expires: str
    """`expired`, `soon` or nothing, about the lot that goes first."""


@dataclass(frozen=True, slots=True)
class CountLine:
    """One item of the latest count of a place."""

    count_id: str
    place: str
    place_label: str
    day: str
    item: str
    item_label: str
    counted: int
    difference: int
    """Counted less expected."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Where a batch is: what was handed over, and what must still be on a shelf."""

    batch: str
    supplies: tuple[RecordRow, ...]
    on_shelves: tuple[StockLine, ...]


class StockDesk:
    """Everything about supplies that a session offers."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def on_hand(self) -> list[StockLine]:
        """Give what must be there, by place and item."""
        found = shelves(move for _, move in self._moves())
        return sorted((self._line(one) for one in found), key=lambda one: (one.place_label, one.item_label))

    def latest_counts(self) -> list[CountLine]:
        """Give the latest count of each place, item by item, with the difference to what must have been there."""
        moves = list(self._moves())
        found: list[CountLine] = []
        for row in self._latest():
            place, at = str(row.payload["place"]), _key(row.payload, "occurred_at")
            counted = {item: n for item, n in row.payload["counted"].items() if type(n) is int}
            for item, difference in variance(counted, place, (move for when, move in moves if when <= at)).items():
                found.append(
                    CountLine(
                        count_id=row.id,
                        place=place,
                        place_label=_place_label(self._codes, place),
                        day=row.day,
                        item=item,
                        item_label=self._codes.label("equipment_item", item),
                        counted=counted[item],
                        difference=difference,
                    )
                )
        return found

    def recall(self, batch: str) -> Recall:
        """Find a batch: spaces, hyphens and case make no difference. Empty for a batch without letters or digits."""
        wanted = normal_batch(batch)
        if not wanted:
            return Recall(wanted, (), ())
        rows = queries.rows(self._context, Query(type=_SUPPLY))
        supplies = tuple(row for row in rows if normal_batch(row.payload.get("batch")) == wanted)
        lots = ((one, tuple(lot for lot in one.lots if lot.batch == wanted and lot.n > 0)) for one in self.on_hand())
        there = (replace(one, n=sum(lot.n for lot in of_it), lots=of_it) for one, of_it in lots if of_it)
        return Recall(wanted, supplies, tuple(there))

    @property
    def _codes(self) -> CodeLists:
        return self._context.codes

    def _latest(self) -> Iterator[RecordRow]:
        """Give the latest count of each place; rows come with the newest first."""
        seen: set[object] = set()
        for row in queries.rows(self._context, Query(type=_COUNT)):
            place = row.payload.get("place")
            if isinstance(place, str) and isinstance(row.payload.get("counted"), dict) and place not in seen:
                seen.add(place)
                yield row

    def _moves(self) -> Iterator[tuple[str, Move]]:
        """Give every movement that the records declare, with when it was."""
        kinds = [kind for kind in self._context.types() if kind.stock is not None]
        with self._context.vault.reader.connect() as connection:
            for kind in kinds:
                for stored in self._context.vault.records.rows(connection, Query(type=kind.name)):
                    yield from _moves_of(kind, stored.payload(), self._codes)

    def _line(self, shelf: Shelf) -> StockLine:
        return StockLine(
            place=shelf.place,
            place_label=_place_label(self._codes, shelf.place),
            item=shelf.item,
            item_label=self._codes.label("equipment_item", shelf.item),
            n=shelf.n,
            lots=shelf.lots,
            expires=shelf.expires(self._context.check_context().today),
        )


def _moves_of(kind: RecordType, payload: dict[str, Any], codes: CodeLists) -> Iterable[tuple[str, Move]]:
    if kind.stock is None:
        return ()
    at = _key(payload, kind.event_field or "")
    return ((at, move) for move in kind.stock(payload, codes))


def _key(payload: dict[str, Any], field: str) -> str:
    """Write when something was so that texts sort; a count of a day alone comes after all of that day."""
    event = parse_event(payload.get(field))
    if event is None:
        return ""
    key = sortable(event)
    return f"{london_day(payload[field])}T99" if len(key) == 10 and "counted" in payload else key


def _place_label(codes: CodeLists, place: str) -> str:
    if place == WITH_PEERS:
        return _PEERS_LABEL
    return codes.label("place", place) if place else _ELSEWHERE_LABEL
