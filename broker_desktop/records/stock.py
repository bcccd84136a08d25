"""Stock: what records take from a place or bring to it, and what must therefore be there.

Stock on hand is the sum of the movements that record types declare in `stock`; it is never a stored number, so two
laptops that hold the same records show the same shelves, in whatever order the records came. Opens packs by the code
lists; looks nothing up and knows no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import parse_day

WITH_PEERS: Final = "with_peers"
"""Where items are that peers carry: out of a place's stock and not yet with anybody (domain.md 2.8)."""
ELSEWHERE: Final = ""
"""No place was said."""
KITS: Final[Mapping[str, str]] = {"PRENOXAD": "NALOX_IM", "NYXOID": "NALOX_NAS"}
"""Naloxone product to the item of the catalogue (domain.md 2.4 and 4.6)."""
SHORT_BEFORE: Final = timedelta(days=90)
"""From here on an expiry is said aloud (domain.md 4.6)."""


@dataclass(frozen=True, slots=True)
class Move:
    """So many of one item into a place, or out of it when negative."""

    place: str
    item: str
    n: int
    batch: str = ""
    expiry: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """What is there of one item with one batch and expiry."""

    batch: str
    expiry: str
    n: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """What must be there of one item in one place."""

    place: str
    item: str
    n: int
    lots: tuple[Lot, ...] = ()
    """The earliest expiry first; they add up to `n` unless more went out than came in."""

    def expires(self, today: date) -> str:
        """Say `expired`, `soon` (within 90 days) or nothing about the lot that expires first."""
        days = (parse_day(lot.expiry) for lot in self.lots if lot.n > 0)
        first = min((day for day in days if day is not None), default=None)
        if first is None or first - today >= SHORT_BEFORE:
            return ""
        return "expired" if first < today else "soon"


def normal_batch(text: object) -> str:
    """Give a batch number as it is compared: upper case, without spaces and hyphens."""
    return "".join(sign for sign in text.upper() if sign.isalnum()) if isinstance(text, str) else ""


def opened(items: object, packs: object, codes: CodeLists) -> dict[str, int]:
    """Give single items with the contents of packs, item code to quantity (contract.md, packs open into items)."""
    found: dict[str, int] = {}
    for code, n in _quantities(items):
        found[code] = found.get(code, 0) + n
    for pack, number in _quantities(packs):
        for code, n in codes.contents(pack).items():
            found[code] = found.get(code, 0) + n * number
    return found


def syringes_out(items: Mapping[str, int], codes: CodeLists) -> int:
    """Count fixed-needle syringes and barrels; loose needles are not added (domain.md 2.5)."""
    return sum(n for code, n in items.items() if codes.group("equipment_item", code) == "1")


def visit_moves(payload: Mapping[str, Any], codes: CodeLists) -> Iterator[Move]:
    """Give what a needle-exchange visit took.

    A peer's hand-out comes out of what peers carry, because the issue to the peer left the place already (domain.md
    2.8). Naloxone kits move with the naloxone supply that the visit opens, which knows their batch.
    """
    place = WITH_PEERS if payload.get("distributor") == "peer" else _code(payload.get("site"))
    for item, n in opened(payload.get("items"), payload.get("packs"), codes).items():
        if item not in KITS.values():
            yield Move(place, item, -n)


def naloxone_moves(payload: Mapping[str, Any], codes: CodeLists) -> Iterator[Move]:
    """Give the kits that were handed over."""
    item, n = KITS.get(_code(payload.get("product"))), payload.get("qty_kits")
    if item is not None and type(n) is int and payload.get("from_stock") != "no":
        yield Move(_code(payload.get("site")), item, -n, *_lot(payload))


def movement_moves(payload: Mapping[str, Any], codes: CodeLists) -> Iterator[Move]:
    """Give both sides of a movement: a transfer leaves one place and arrives in the other, in one record."""
    kind = payload.get("kind")
    here, there = _code(payload.get("place")), _code(payload.get("to_place"))
    sides: dict[object, tuple[tuple[str, int], ...]] = {
        "received": ((here, 1),),
        "found": ((here, 1),),
        "write_off": ((here, -1),),
        "transfer": ((here, -1), (there, 1)),
        "issue_to_peer": ((here, -1), (WITH_PEERS, 1)),
        "returned_by_peer": ((WITH_PEERS, -1), (here, 1)),
    }
    for place, sign in sides.get(kind, ()):
        for item, n in opened({}, payload.get("packs"), codes).items():
            yield Move(place, item, sign * n)
        for line in _lines(payload.get("lines")):
            yield Move(place, line["item"], sign * line["n"], *_lot(line))


def shelves(moves: Iterable[Move]) -> list[Shelf]:
    """Add movements up to what must be there, by place and item, with the lots; the same in any order of movements.

    What went out without a batch is taken from the lots that expire first.
    """
    sums: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for move in moves:
        lots = sums.setdefault((move.place, move.item), {})
        key = (move.batch, move.expiry)
        lots[key] = lots.get(key, 0) + move.n
    return [
        Shelf(place, item, sum(lots.values()), tuple(_shared_out(lots)))
        for (place, item), lots in sorted(sums.items())
        if any(lots.values())
    ]


def variance(counted: Mapping[str, int], place: str, moves: Iterable[Move]) -> dict[str, int]:
    """Give counted less expected for every item that was counted; `moves` are those up to the count."""
    expected: dict[str, int] = {}
    for move in moves:
        if move.place == place:
            expected[move.item] = expected.get(move.item, 0) + move.n
    return {item: n - expected.get(item, 0) for item, n in counted.items()}


def _shared_out(lots: Mapping[tuple[str, str], int]) -> Iterator[Lot]:
    """Take what left without a batch from the earliest lots; a lot of its own says what is left over or owed."""
    loose = lots.get(("", ""), 0)
    for (batch, expiry), n in sorted(lots.items(), key=lambda one: (one[0][1] or "9999", one[0][0])):
        if (batch, expiry) == ("", ""):
            continue
        taken = min(n, -loose) if loose < 0 < n else 0
        loose += taken
        if n != taken:
            yield Lot(batch, expiry, n - taken)
    if loose:
        yield Lot("", "", loose)


def _quantities(value: object) -> Iterator[tuple[str, int]]:
    for code, n in value.items() if isinstance(value, dict) else ():
        if isinstance(code, str) and type(n) is int:
            yield code, n


def _lines(value: object) -> Iterator[Mapping[str, Any]]:
    for line in value if isinstance(value, list) else ():
        if isinstance(line, dict) and type(line.get("item")) is str and type(line.get("n")) is int:
            yield line


def _lot(line: Mapping[str, Any]) -> tuple[str, str]:
    return normal_batch(line.get("batch")), _code(line.get("expiry"))


def _code(value: object) -> str:
    return value if isinstance(value, str) else ELSEWHERE
