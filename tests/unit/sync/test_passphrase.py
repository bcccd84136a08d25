"""Slots: passphrases, the recovery kit, the floor, tampering."""

from collections import Counter
from dataclasses import replace

import pytest

from sync import codec
from sync.crypto.kit import KitKeys
from sync.crypto.passphrase import (
    Cost,
    VaultKeys,
    build_slots,
    calibrate,
    generate_passphrase,
    open_with_kit,
    open_with_passphrase,
    parse_slots,
    seal_passphrase_slot,
    seal_recovery_slot,
)
from sync.errors import SlotError, WrongPassphrase
from tests.unit.sync.parts import ANNA, KIT, TEAM, Dice

FLOOR = Cost(64 * 1024, 3, 4)
KEYS = VaultKeys(b"\x70" * 32, b"\x71" * 32, b"\x72" * 32)
PASSPHRASE = "glove amber canal tiger plaza"
SLOT = seal_passphrase_slot(
    KEYS, PASSPHRASE, team=TEAM, generation=1, seat=ANNA.seat, slot_id=b"\x01" * 16, salt=b"\x02" * 16, cost=FLOOR
)
RECOVERY = seal_recovery_slot(KEYS.dek, KIT.rk_pk, team=TEAM, generation=1, seat=ANNA.seat, slot_id=b"\x03" * 16)
DATA = build_slots(TEAM, 1, [SLOT, RECOVERY], KEYS.dek)


def changed(**fields: codec.Value) -> bytes:
    return codec.encode(codec.decode(DATA) | {int(key[1:]): value for key, value in fields.items()})


def changed_slot(number: int, **fields: codec.Value) -> bytes:
    slots = codec.decode(DATA)[3]
    slots[number] |= {int(key[1:]): value for key, value in fields.items()}
    return changed(_3=slots)


def test_the_passphrase_opens_and_the_kit_opens_the_records_only() -> None:
    keys, parsed = open_with_passphrase(DATA, PASSPHRASE)
    assert keys == KEYS
    assert (parsed.generation, parsed.team, parsed.seats()) == (1, TEAM, {ANNA.seat})
    assert open_with_kit(DATA, b"\x4b" * 32)[0] == KEYS.dek


def test_a_passphrase_is_compared_after_nfkc() -> None:
    slot = seal_passphrase_slot(
        KEYS, "Stra\u00dfe \ufb01n\u00e9", team=TEAM, generation=1, seat=ANNA.seat, slot_id=b"\x01" * 16,
        salt=b"\x02" * 16, cost=FLOOR,
    )  # fmt: skip
    data = build_slots(TEAM, 1, [slot], KEYS.dek)
    assert open_with_passphrase(data, "Stra\u00dfe fine\u0301")[0] == KEYS
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(data, "Strasse fine\u0301")


@pytest.mark.parametrize("wrong", ["", PASSPHRASE + " ", PASSPHRASE.upper(), "\ud800"])
def test_a_wrong_passphrase_is_refused(wrong: str) -> None:
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(DATA, wrong)


def test_half_a_kit_or_another_one_opens_nothing() -> None:
    for seed in (bytes(32), b"\x4b" * 31 + b"\x4c"):
        with pytest.raises(WrongPassphrase):
            open_with_kit(DATA, seed)
    with pytest.raises(WrongPassphrase):
        open_with_kit(build_slots(TEAM, 1, [SLOT], KEYS.dek), b"\x4b" * 32)


@pytest.mark.parametrize(
    "cost", [Cost(64 * 1024 - 1, 3, 4), Cost(64 * 1024, 2, 4), Cost(19 * 1024, 2, 1), Cost(2**31, 3, 4)]
)
def test_the_floor_has_no_switch(cost: Cost) -> None:
    with pytest.raises(SlotError):
        seal_passphrase_slot(
            KEYS, PASSPHRASE, team=TEAM, generation=1, seat=ANNA.seat, slot_id=bytes(16), salt=bytes(16), cost=cost
        )
    weak = changed_slot(0, _3=[cost.m_kib, cost.t, cost.p, b"\x02" * 16])
    with pytest.raises(SlotError) as caught:
        open_with_passphrase(weak, PASSPHRASE)
    assert caught.value.code in ("floor", "damaged")


@pytest.mark.parametrize(
    "data",
    [
        changed_slot(0, _3=[64 * 1024, 4, 4, b"\x02" * 16]),
        changed_slot(0, _3=[64 * 1024, 3, 4, b"\x03" * 16]),
        changed_slot(0, _0=b"\x09" * 16),
        changed_slot(0, _2=b"\x09" * 16),
        changed_slot(0, _4=SLOT.box[:-1] + bytes([SLOT.box[-1] ^ 1])),
        changed(_1=2),
        changed(_2=b"\x12" * 16),
    ],
    ids=["time", "salt", "slot id", "seat", "box", "generation", "team"],
)
def test_a_slot_is_bound_to_its_parameters_and_place(data: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(data, PASSPHRASE)


@pytest.mark.parametrize(
    "data",
    [
        changed_slot(1, _4=bytes(1172)),
        changed(_3=codec.decode(DATA)[3][:1]),
        changed(_3=codec.decode(DATA)[3][::-1]),
        changed(_4=bytes(32)),
    ],
    ids=["another slot's box", "a slot taken out", "order", "mac"],
)
def test_the_mac_covers_the_whole_file(data: bytes) -> None:
    with pytest.raises(SlotError) as caught:
        open_with_passphrase(data, PASSPHRASE)
    assert caught.value.code == "tampered"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        DATA[:-1],
        DATA + b"\0",
        codec.encode([]),
        changed(_0=2),
        changed(_5=1),
        changed(_2=b"team"),
        changed(_3=[1]),
        changed(_3=codec.decode(DATA)[3] * 9),
        changed_slot(0, _3=[64 * 1024, 3, 4]),
        changed_slot(0, _9=1),
    ],
    ids=["empty", "cut", "longer", "array", "format", "field", "team", "slot", "18 slots", "salt", "slot field"],
)
def test_a_damaged_file_says_so(data: bytes) -> None:
    with pytest.raises(SlotError) as caught:
        parse_slots(data)
    assert caught.value.code == "damaged"


def test_slots_of_a_later_kind_are_passed_over() -> None:
    later = replace(SLOT, kind=4, cost=None, salt=b"", slot_id=b"\x04" * 16)
    data = build_slots(TEAM, 1, [later, SLOT], KEYS.dek)
    assert open_with_passphrase(data, PASSPHRASE)[0] == KEYS


def test_a_key_never_shows_in_a_representation() -> None:
    assert "70" * 8 not in repr(KEYS)
    assert "p" * 8 not in repr(KEYS)
    assert SLOT.box.hex() not in repr(SLOT)


class Stopwatch:
    """A clock that each guess moves on by what the test says, per MiB and pass."""

    def __init__(self, readings: list[float]) -> None:
        self._readings = iter(readings)

    def __call__(self) -> float:
        return next(self._readings)


@pytest.mark.parametrize(
    ("readings", "low_memory", "expected"),
    [
        ([0.0, 0.7], False, Cost(256 * 1024, 3, 4)),
        ([0.0, 1.8, 2.0, 2.9], False, Cost(128 * 1024, 3, 4)),
        ([0.0, 9.0, 9.0, 14.0, 14.0, 17.0], False, Cost(64 * 1024, 3, 4)),
        ([0.0, 0.25], False, Cost(256 * 1024, 7, 4)),
        ([0.0, 0.1], True, Cost(64 * 1024, 3, 4)),
    ],
    ids=["right", "slow", "very slow stops at the floor", "quick", "little memory"],
)
def test_calibration(readings: list[float], low_memory: bool, expected: Cost) -> None:
    assert calibrate(Stopwatch(readings), low_memory=low_memory) == expected


def test_generated_words_are_even() -> None:
    words = ["amber", "canal", "glove"]
    dice = Dice()
    drawn = Counter(" ".join(generate_passphrase(words, dice) for _ in range(1200)).split())
    assert set(drawn) == set(words)
    assert all(1850 < count < 2150 for count in drawn.values())
    assert len(generate_passphrase(words, dice, 7).split()) == 7


def test_a_draw_that_would_tip_the_balance_is_drawn_again() -> None:
    class Loaded:
        def __init__(self) -> None:
            self.drawn = [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01"]

        def bytes(self, n: int, /) -> bytes:
            return self.drawn.pop(0)

    assert generate_passphrase(["amber", "canal", "glove"], Loaded(), 1) == "canal"


def test_kit_keys_differ_from_each_other() -> None:
    keys = KitKeys.of(bytes(32))
    assert keys.rk_seed != bytes(32)
    assert keys.tik.public != KitKeys.of(b"\x01" * 32).tik.public
