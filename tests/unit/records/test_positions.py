"""The Bull's-eye as a matrix: four groups by four rings, beside the printed estimates, hidden where its lines are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from broker_desktop.records.measure.against import against
from broker_desktop.records.measure.positions import Position, positions
from tests.unit.records.test_indicators import BIRMINGHAM, HAMPSHIRE, P09, YEAR, Part, Shown, pack


def by_ring(group: str, total: int | None, *parts: tuple[str | None, int | None], **more: Any) -> Shown:
    cells = tuple(Part({"treatment_ring": code}, number, hidden=number is None) for code, number in parts)
    return Shown(f"MS-24.ring_{group}", total, cells=cells, **more)


def matrix(name: str, *lines: Shown, least: int = 0) -> dict[str, Position]:
    found = against(pack(name).indicators, lines, YEAR)
    return {one.group: one for one in positions(found, lines, least)}


def numbers(one: Position) -> list[object]:
    return [ring.value for ring in one.rings]


def test_four_groups_by_four_rings_and_who_did_not_say() -> None:
    """Requirements 2.5: 320 people, of 3,197 estimated 10.0 percent: 200, 60, 0, 40, and 20 who did not say.

    Not known, not asked and not wanted to say are one ring: 9 + 6 + 5. 200 of 320 are 62.5 percent, 60 are 18.8.
    """
    pdu = by_ring("pdu", 320, ("in_last_12m", 60), ("in_now", 200), ("never", 40), ("unknown", 9), ("declined", 6),
                  (None, 5))  # fmt: skip
    others = [by_ring(group, total, ("never", total)) for group, total in (("opiate", 250), ("crack", 90), ("idu", 81))]
    found = matrix(HAMPSHIRE, pdu, *others)
    assert list(found) == ["pdu", "opiate", "crack", "idu"]
    assert [ring.code for ring in found["pdu"].rings] == ["in_now", "in_last_12m", "known_before", "never", None]
    assert numbers(found["pdu"]) == [200, 60, 0, 40, 20]
    assert [ring.share for ring in found["pdu"].rings] == [
        Decimal(text) for text in ("62.5", "18.8", "0", "12.5", "6.3")
    ]
    whole = found["pdu"].whole
    assert (whole.figure, whole.percent_of_target) == (320, Decimal("10.0"))
    estimates = [one.whole.indicator.reference for one in found.values()]
    assert [one and one.value for one in estimates] == [3197, 2717, 1385, 1620]
    # 81 of 1,620 are 5.0 percent; no row is the sum of others: 320 is not 250 + 90 + 81.
    assert found["idu"].whole.percent_of_target == 5


def test_portsmouth_prints_one_estimate_and_birmingham_none() -> None:
    lines = [by_ring(group, 30, ("never", 30)) for group in ("pdu", "opiate", "crack", "idu")]
    assert list(matrix(P09, *lines)) == ["pdu"]
    assert matrix(BIRMINGHAM, *lines) == {}


def test_a_ring_is_hidden_where_its_part_is_and_wholly_where_the_parts_are_withheld() -> None:
    """In treatment now and one of the silent parts are hidden: 40 stand in the open, none of the others is 0."""
    parts = ("in_now", None), ("never", 40), ("unknown", None), (None, 8)
    (found,) = matrix(P09, by_ring("pdu", 60, *parts), least=20).values()
    assert numbers(found) == [None, 0, 0, 40, None]
    assert [ring.hidden for ring in found.rings] == [True, False, False, False, True]
    assert [ring.share for ring in found.rings] == [None, 0, 0, Decimal("66.7"), None]
    (gone,) = matrix(P09, by_ring("pdu", 60, withheld=True), least=20).values()
    assert [(ring.value, ring.hidden, ring.share_hidden) for ring in gone.rings] == [(None, True, True)] * 5
    assert gone.whole.figure == 60


def test_no_share_of_fewer_than_20_or_of_a_hidden_number_is_told() -> None:
    few = by_ring("pdu", 19, ("never", 10), ("in_now", 9))
    (inside,), (outside,) = (matrix(P09, few, least=least).values() for least in (0, 20))
    assert inside.rings[3].share == Decimal("52.6")
    assert [(ring.value, ring.share, ring.share_hidden) for ring in outside.rings] == [
        (9, None, True), (0, None, True), (0, None, True), (10, None, True), (0, None, True),
    ]  # fmt: skip
    (hidden,) = matrix(P09, by_ring("pdu", None, ("never", 30), hidden=True), least=20).values()
    assert (hidden.whole.status, hidden.rings[3].value, hidden.rings[3].share) == ("hidden", 30, None)
    (nobody,) = matrix(P09, by_ring("pdu", 0), least=20).values()
    assert [(ring.value, ring.share, ring.share_hidden) for ring in nobody.rings] == [(0, None, False)] * 5


def test_what_this_laptop_may_not_read_has_no_rings() -> None:
    (found,) = matrix(P09, by_ring("pdu", None, unreadable=True)).values()
    assert (found.rings, found.whole.status) == ((), "unreadable")
