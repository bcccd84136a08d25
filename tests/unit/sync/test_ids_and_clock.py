"""Ids, stamps and the hybrid clock."""

import uuid

import pytest

from sync import ids
from sync.clock import HybridClock, Stamp, chain_id, hlc_ms, split_chain
from sync.protocol.version import day_of
from sync.system import SystemClock, SystemRandom, monotonic_s


class StillClock:
    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms


def test_uuid7_layout() -> None:
    made = ids.uuid7(0x0198_0000_0001, b"\xff" * 10)
    assert made.hex() == "0198000000017fffbfffffffffffffff"
    assert uuid.UUID(bytes=made).version == 7
    assert ids.uuid7(1, bytes(10)) < ids.uuid7(2, bytes(10))
    with pytest.raises(ValueError):
        ids.uuid7(1, bytes(9))


def test_derived_ids_are_version_8_and_differ_by_salt() -> None:
    made = ids.derived_id(bytes(32), ids.person_input("AB12"))
    assert uuid.UUID(bytes=made).variant == uuid.RFC_4122
    assert made[6] >> 4 == 8
    assert made != ids.derived_id(b"\x01" * 32, ids.person_input("AB12"))
    assert made == ids.derived_id(bytes(32), ids.person_input(" ab\u00a01\u20112 "))


def test_uuid_text_is_canonical_both_ways() -> None:
    text = "0198a1b2-c3d4-7e5f-8a0b-1c2d3e4f5061"
    assert ids.uuid_text(ids.uuid_bytes(text)) == text
    assert ids.uuid_bytes(text.upper()) == ids.uuid_bytes(text)
    for wrong in ("", "0198a1b2", text.replace("-", ""), "{" + text + "}", text + "0"):
        with pytest.raises(ValueError):
            ids.uuid_bytes(wrong)


def test_chain_names() -> None:
    assert split_chain(chain_id(b"s" * 16, 7)) == (b"s" * 16, 7)
    assert Stamp(1, chain_id(b"s" * 16, 7)).seat == b"s" * 16


def test_stamps_are_ordered_by_time_then_chain() -> None:
    assert Stamp(1, b"b" * 20) < Stamp(2, b"a" * 20) < Stamp(2, b"b" * 20)


def test_clock_follows_the_wall_and_never_stands_still() -> None:
    wall = StillClock(1000)
    clock = HybridClock(wall)
    assert [clock.tick(), clock.tick()] == [1000 << 16, (1000 << 16) + 1]
    wall.ms = 900
    assert clock.tick() == (1000 << 16) + 2
    wall.ms = 2000
    assert clock.tick() == 2000 << 16
    assert hlc_ms(clock.last) == 2000
    assert HybridClock(wall, last=clock.last).tick() == (2000 << 16) + 1


def test_a_remote_clock_is_followed_for_a_day_and_no_further() -> None:
    day = 24 * 3600 * 1000
    clock = HybridClock(StillClock(0))
    clock.observe(day << 16)
    assert clock.tick() == (day << 16) + 1
    clock.observe((day + 1) << 16)
    assert clock.tick() == (day << 16) + 2


def test_the_machine_has_a_clock_and_randomness() -> None:
    assert day_of(SystemClock().now_ms()) > 20_000
    assert len(SystemRandom().bytes(16)) == 16
    assert SystemRandom().bytes(16) != SystemRandom().bytes(16)
    assert monotonic_s() <= monotonic_s()
