"""Packs, stock and returns: what is counted from records, by rules and worked examples."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.returns import bins_and_litres, estimate, factors_of
from broker_desktop.records.stock import (
    WITH_PEERS,
    Lot,
    Move,
    movement_moves,
    naloxone_moves,
    normal_batch,
    opened,
    shelves,
    syringes_out,
    variance,
    visit_moves,
)

CODES = CodeLists.load(assets.codes_csv())
ITEMS = sorted(CODES.known("equipment_item"))
PACKS = sorted(CODES.known("equipment_pack"))
quantities = st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 10**6), max_size=6)
packs = st.dictionaries(st.sampled_from(PACKS), st.integers(0, 10**4), max_size=4)
moves = st.lists(
    st.builds(
        Move,
        place=st.sampled_from(["a", "b", ""]),
        item=st.sampled_from(ITEMS[:3]),
        n=st.integers(-500, 500),
        batch=st.sampled_from(["", "B1", "B2"]),
        expiry=st.sampled_from(["", "2026-12-31", "2027-06-30"]),
    ),
    max_size=30,
)

FILLED = {"occurred_at": "2026-11-12T10:00:00+00:00", "method": "fill_bin", "bin": "BIN_1", "counted": 70, "fill": 100}
WEIGHED = {
    "occurred_at": "2026-11-12T10:00:00+00:00",
    "method": "weigh",
    "weighed": 100,
    "weight_g": Decimal(250),
}


@given(quantities, packs)
def test_a_pack_is_what_is_in_it(items: dict[str, int], given_packs: dict[str, int]) -> None:
    by_hand = Counter(items)
    for pack, number in given_packs.items():
        for _, entry in CODES.known("equipment_pack_item").items():
            name, _, item = entry.code.partition(".")
            if name == pack:
                by_hand[item] += number * int(entry.group)
    assert Counter(opened(items, given_packs, CODES)) == by_hand


def test_ten_packs_of_ten_are_100_syringes_and_ten_bins() -> None:
    # PK_1ML_10 holds 10 syringes, 1 bin and 10 each of citric, swab, spoon, filter, water (domain.md 2.4)
    inside = opened({"SYR_FX_1_29": 5}, {"PK_1ML_10": 10}, CODES)
    assert inside == {
        "SYR_FX_1_29": 105, "BIN_02": 10, "CITRIC": 100, "SWAB": 100, "SPOON": 100, "FILTER": 100, "WATER": 100,
    }  # fmt: skip
    assert syringes_out(inside, CODES) == 105


@given(quantities)
def test_loose_needles_are_never_syringes(items: dict[str, int]) -> None:
    # domain.md 2.5: fixed-needle syringes and barrels; loose needles are not added
    expected = sum(n for code, n in items.items() if code.startswith(("SYR_", "BRL_")))
    assert syringes_out(items, CODES) == expected


def test_a_barrel_with_its_needle_is_one_set() -> None:
    assert syringes_out(opened({}, {"PK_STEROID_10": 1}, CODES), CODES) == 10  # 10 barrels, 20 needles


@given(moves, st.randoms())
def test_stock_is_the_same_in_whatever_order_records_come(given_moves: list[Move], random: Any) -> None:
    shuffled = list(given_moves)
    random.shuffle(shuffled)
    assert shelves(shuffled) == shelves(given_moves)


@given(moves)
def test_a_shelf_is_the_sum_of_its_movements_and_its_lots_add_up(given_moves: list[Move]) -> None:
    for shelf in shelves(given_moves):
        total = sum(one.n for one in given_moves if (one.place, one.item) == (shelf.place, shelf.item))
        assert shelf.n == total == sum(lot.n for lot in shelf.lots)


def test_what_goes_out_without_a_batch_is_taken_from_what_expires_first() -> None:
    # 10 that expire in December and 10 in June; 12 handed out: December is gone, 8 of June are left
    (shelf,) = shelves(
        [
            Move("van", "CITRIC", 10, "B2", "2027-06-30"),
            Move("van", "CITRIC", -12),
            Move("van", "CITRIC", 10, "B1", "2026-12-31"),
        ]
    )
    assert (shelf.n, shelf.lots) == (8, (Lot("B2", "2027-06-30", 8),))
    assert shelf.expires(date(2027, 3, 1)) == ""  # 121 days
    assert shelf.expires(date(2027, 4, 1)) == ""  # 90 days to the day
    assert shelf.expires(date(2027, 4, 2)) == "soon"
    assert shelf.expires(date(2027, 6, 30)) == "soon"
    assert shelf.expires(date(2027, 7, 1)) == "expired"


def test_a_transfer_leaves_one_place_and_arrives_in_the_other() -> None:
    moved = shelves(
        movement_moves(
            {"kind": "transfer", "place": "a", "to_place": "b", "lines": [{"item": "CITRIC", "n": 7}]}, CODES
        )
    )
    assert {(one.place, one.n) for one in moved} == {("a", -7), ("b", 7)}


def test_what_a_peer_hands_out_left_the_place_once() -> None:
    issue = {"kind": "issue_to_peer", "place": "van", "lines": [{"item": "SYR_FX_1_29", "n": 50}]}
    hand_out = {"distributor": "peer", "site": "van", "site_type": "peer", "items": {"SYR_FX_1_29": 20}}
    found = shelves([*movement_moves(issue, CODES), *visit_moves(hand_out, CODES)])
    assert {one.place: one.n for one in found} == {"van": -50, WITH_PEERS: 30}


def test_naloxone_moves_with_its_supply_and_not_with_the_visit_that_opens_it() -> None:
    visit = {"site": "van", "items": {"NALOX_IM": 1, "CITRIC": 2}}
    supply = {"site": "van", "product": "PRENOXAD", "qty_kits": 1, "batch": "px-1 a", "expiry": "2028-01-31"}
    assert list(visit_moves(visit, CODES)) == [Move("van", "CITRIC", -2)]
    assert list(naloxone_moves(supply, CODES)) == [Move("van", "NALOX_IM", -1, "PX1A", "2028-01-31")]


def test_a_count_says_what_is_over_and_what_is_short() -> None:
    expected = [Move("van", "CITRIC", 100), Move("van", "CITRIC", -30), Move("store", "CITRIC", 999)]
    assert variance({"CITRIC": 68, "SWAB": 5}, "van", expected) == {"CITRIC": -2, "SWAB": 5}


@pytest.mark.parametrize("text", ["PX 4471-B", "px4471b", " PX-4471 b "])
def test_a_batch_is_one_however_it_is_written(text: str) -> None:
    assert normal_batch(text) == "PX4471B"


def bins(fill: int | None, n: int = 1, code: str = "BIN_1") -> dict[str, Any]:
    row: dict[str, Any] = {"bin": code, "n": n}
    return {"method": "bins", "bins": [row if fill is None else {**row, "fill": fill}]}


def test_nothing_is_estimated_before_a_lead_has_measured() -> None:
    assert estimate(bins(100), "2026-11-20", (), CODES) is None
    assert bins_and_litres(bins(75, n=4), CODES) == (4, Decimal(3))
    later = factors_of([FILLED], CODES)
    assert estimate(bins(100), "2026-11-11", later, CODES) is None, "a measurement says nothing about days before it"


def test_an_estimate_says_how_it_was_made_and_what_it_rests_on() -> None:
    factors = factors_of([FILLED], CODES)
    made = estimate(bins(75, n=2), "2026-11-12", factors, CODES)
    assert made is not None
    assert (made.syringes, made.method, made.factor) == (105, "bins", "2026-11-12")  # 2 x 70 x 0.75
    big = estimate(bins(50, code="BIN_4"), "2026-12-01", factors, CODES)
    assert big is not None
    assert big.syringes == 140  # 4 litres x 70 a litre x 0.5


def test_weighed_returns_need_the_empty_bin_too() -> None:
    factors = factors_of([WEIGHED], CODES)  # 2.5 g each
    heavy = {"method": "weighed", "weight_kg": Decimal("1.250"), "tare_kg": Decimal("0.250")}
    made = estimate(heavy, "2026-11-20", factors, CODES)
    assert made is not None
    assert (made.syringes, made.method) == (400, "weighed")  # 1000 g / 2.5 g
    assert estimate({"method": "weighed", "weight_kg": Decimal("1.250")}, "2026-11-20", factors, CODES) is None


@pytest.mark.parametrize("unclear", [bins(None), bins(100, code="BIN_OTHER"), {"share": "some"}, None, {}])
def test_what_is_not_clear_is_not_made_up(unclear: object) -> None:
    assert estimate(unclear, "2026-11-20", factors_of([FILLED, WEIGHED], CODES), CODES) is None


@given(st.integers(1, 500), st.sampled_from([25, 50, 75, 100]), st.integers(1, 50))
def test_an_estimate_grows_with_bins_and_never_passes_what_fits(counted: int, fill: int, n: int) -> None:
    factors = factors_of([{**FILLED, "counted": counted}], CODES)
    made, one_more = (estimate(bins(fill, n=k), "2026-11-20", factors, CODES) for k in (n, n + 1))
    assert made is not None
    assert one_more is not None
    assert made.syringes <= counted * n
    assert made.syringes <= one_more.syringes


def test_the_latest_measurement_counts_from_its_day_on() -> None:
    newer = {**FILLED, "occurred_at": "2026-11-20", "counted": 60}
    factors = factors_of([newer, FILLED], CODES)
    before, after = (estimate(bins(100), day, factors, CODES) for day in ("2026-11-19", "2026-11-20"))
    assert before is not None
    assert after is not None
    assert (before.syringes, after.syringes) == (70, 60)
