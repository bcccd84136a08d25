"""The fill rule: nothing is lost, order is kept, little is padded."""

import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import ids, operation
from sync.clock import chain_id
from sync.crypto import sealing
from sync.errors import EnvelopeRefused
from sync.protocol.envelope import BUCKETS
from tests.unit.sync.parts import ANNA, PREAMBLE, Dice, secret, tip

SITES = ("van", "day_centre", "street", "pharmacy")


def visits(count: int) -> tuple[list[bytes], bytes]:
    """Return visits as operations, and the same as lines of JSON."""
    dice = Dice()
    words = [dice.bytes(5)[: 2 + dice.below(4)].hex() for _ in range(800)]
    ops, lines = [], []
    for number in range(count):
        row = dice.bytes(16)
        day = f"{1 + dice.below(11):02}-{1 + dice.below(28):02}"
        at = f"2026-{day}T{9 + dice.below(9):02}:{dice.below(60):02}:00+00:00"
        visit: dict[str, object] = {"occurred_at": at, "site": dice.one_of(SITES), "out": dice.below(50)}
        visit |= {"in": dice.below(40), "person": f"c{dice.below(300):03}", "age": 18 + dice.below(40)}
        visit |= {"items": {"foil": dice.below(5), "needles_1ml": dice.below(30)}}
        visit["note"] = " ".join(dice.one_of(words) for _ in range(dice.below(9)))
        lines.append(json.dumps({"type": "nx_visit", "id": ids.uuid_text(row), **visit}))
        made = {"at": at, "pack": "demo@1", "program": "0.1.0", "seat": ANNA.seat}
        ops.append(operation.create("nx_visit", row, (1795305600000 << 16) + number, visit | {"_made": made}).cbor)
    return ops, "\n".join(lines).encode()


def opened(sealed: list[sealing.Sealed]) -> list[bytes]:
    bodies = [sealing.open_bundle(one.envelope, secret(1)) for one in sealed]
    assert [len(body.ops) for body in bodies] == [one.count for one in sealed]
    return [op.cbor for body in bodies for op in body.ops]


@pytest.mark.parametrize("count", [1, 2, 40, 94, 600])
def test_a_small_batch_is_one_envelope(count: int) -> None:
    ops, _ = visits(count)
    sealed = sealing.seal_bundles(ops, PREAMBLE, secret(1), tip(), ANNA.key)
    assert opened(sealed) == ops
    assert len(sealed) <= 2


def test_ten_thousand_records_cost_little_more_than_compressed_lines() -> None:
    ops, lines = visits(10_000)
    sealed = sealing.seal_bundles(ops, PREAMBLE, secret(1), tip(), ANNA.key)
    assert opened(sealed) == ops
    sizes = [len(one.envelope.raw) for one in sealed]
    assert sum(sizes) <= 1.03 * len(zlib.compress(b"".join(ops), 9))
    assert sum(sizes) <= 1.15 * len(zlib.compress(lines, 9))
    assert sizes == sorted(sizes, reverse=True)


def test_the_bundles_of_one_batch_are_a_chain() -> None:
    ops, _ = visits(3000)
    preamble = sealing.Preamble(
        dm=1,
        min_dm=1,
        app="0.1.0",
        gossip=PREAMBLE.gossip,
        seen={chain_id(ANNA.seat, 0): (1, bytes(16))},
        audit=(1, bytes(32)),
    )
    sealed = sealing.seal_bundles(ops, preamble, secret(1), tip(seq=5, prev=b"\x09" * 32), ANNA.key)
    headers = [one.envelope.header for one in sealed]
    assert [header.seq for header in headers] == list(range(5, 5 + len(headers)))
    assert [header.prev for header in headers] == [b"\x09" * 32, *[one.envelope.env_hash for one in sealed[:-1]]]
    bodies = [sealing.open_bundle(one.envelope, secret(1)) for one in sealed]
    assert [bool(body.seen) for body in bodies] == [True] + [False] * (len(bodies) - 1)
    assert [body.audit for body in bodies] == [(1, bytes(32))] + [None] * (len(bodies) - 1)
    assert len(bodies) > 1


@settings(max_examples=40)
@given(st.lists(st.integers(0, 120_000), max_size=12), st.integers(0, 99))
def test_every_operation_is_sent_once_and_in_order(sizes: list[int], seed: int) -> None:
    """Contents that do not compress, up to the largest operation there can be."""
    dice = Dice(seed)
    ops = [
        operation.create("note", bytes(16), number, {"text": dice.bytes(size)}).cbor
        for number, size in enumerate(sizes)
    ]
    sealed = sealing.seal_bundles(ops, PREAMBLE, secret(1), tip(), ANNA.key)
    assert opened(sealed) == ops
    assert all(one.count > 0 for one in sealed)


def test_nothing_to_send_is_no_envelope() -> None:
    assert sealing.seal_bundles([], PREAMBLE, secret(1), tip(), ANNA.key) == []


def test_contents_that_compress_well_stay_below_the_inflation_limit() -> None:
    ops = [operation.create("note", bytes(16), number, {"text": "x" * 100_000}).cbor for number in range(60)]
    sealed = sealing.seal_bundles(ops, PREAMBLE, secret(1), tip(), ANNA.key)
    assert opened(sealed) == ops
    assert len(sealed) == 2


def test_a_frame_takes_the_smallest_bucket_and_the_shorter_form() -> None:
    assert len(sealing.frame(bytes(1019), packed=False)) == 1024
    assert len(sealing.frame(bytes(1020), packed=False)) == 2048
    assert sealing.frame(b"\x01\x02")[:7].hex() == "00000000020102"
    assert sealing.frame(bytes(5000))[0] == 1
    assert sealing.unframe(sealing.frame(bytes(5000))) == bytes(5000)
    with pytest.raises(EnvelopeRefused):
        sealing.frame(Dice().bytes(BUCKETS[-1]))
