"""The slots file: how a passphrase, or the recovery kit, opens a vault (protocol.md 2.3).

Slots hold the vault key (DEK) and the seat's private seeds; the database holds neither. The cost of a guess has a floor
that no argument, setting or file can lower. Errors never say which of passphrase, slot or file was wrong beyond what
the person must know.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sync import codec
from sync.clock import Random
from sync.crypto.boxes import box_open, box_seal, hkdf, hpke_open, hpke_seal
from sync.crypto.kit import KitKeys
from sync.errors import BoxRefused, CodecError, SlotError, WrongPassphrase
from sync.protocol.fields import U32, as_bytes, as_list, as_map, as_uint, only_keys

FORMAT: Final = 1
KIND_PASSPHRASE: Final = 1
KIND_RECOVERY: Final = 2
SALT_SIZE: Final = 16

FLOOR_M_KIB: Final = 64 * 1024
FLOOR_T: Final = 3
# A file that asks for more than this is damaged or hostile: opening it must not take the machine down.
_MOST_M_KIB: Final = 4 * 1024 * 1024
_MOST_T: Final = 64
_MOST_P: Final = 64
_MOST_SLOTS: Final = 16

_SLOWEST_S: Final = 1.0
_QUICKEST_S: Final = 0.5

SealBox = Callable[[bytes, bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id parameters; the default is the team's unless `calibrate` says otherwise."""

    m_kib: int = 256 * 1024
    t: int = 3
    p: int = 4


@dataclass(frozen=True, slots=True, repr=False)
class VaultKeys:
    """What a passphrase slot holds: the key of the database and the seat's private seeds, 32 bytes each."""

    dek: bytes
    sign_seed: bytes
    kem_seed: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Slot:
    """One way into a vault; `cost` and `salt` only in a passphrase slot."""

    slot_id: bytes
    kind: int
    seat: bytes
    cost: Cost | None
    salt: bytes
    box: bytes

    def fields(self) -> dict[int, Any]:
        """Return the CBOR map without the box: what the box is bound to."""
        fields: dict[int, Any] = {0: self.slot_id, 1: self.kind, 2: self.seat}
        if self.cost is not None:
            fields[3] = [self.cost.m_kib, self.cost.t, self.cost.p, self.salt]
        return fields


@dataclass(frozen=True, slots=True, repr=False)
class SlotsFile:
    """A parsed slots file; `generation` names the database file that belongs to it."""

    generation: int
    team: bytes
    slots: tuple[Slot, ...]
    mac: bytes

    def seats(self) -> set[bytes]:
        """Return the seats named by the slots."""
        return {slot.seat for slot in self.slots}


def parse_slots(data: bytes) -> SlotsFile:
    """Return a slots file; its MAC can only be checked by `open_with_*`.

    Raises:
        SlotError: `damaged`, or `floor` for a cost below the compiled floor.
    """
    try:
        fields = as_map(codec.decode(data))
        only_keys(fields, range(5))
        as_uint(fields.get(0), FORMAT, FORMAT)
        as_uint(len(as_list(fields.get(3))), _MOST_SLOTS)
        return SlotsFile(
            generation=as_uint(fields.get(1), U32),
            team=as_bytes(fields.get(2), 16),
            slots=tuple(_parse_slot(slot) for slot in as_list(fields.get(3))),
            mac=as_bytes(fields.get(4), 32),
        )
    except CodecError as error:
        raise SlotError("damaged", error.detail) from None


def _parse_slot(value: codec.Value) -> Slot:
    fields = as_map(value)
    only_keys(fields, range(5))
    kind = as_uint(fields.get(1), U32)
    cost, salt = None, b""
    if kind == KIND_PASSPHRASE:
        m_kib, t, p, raw_salt = as_list(fields.get(3), 4)
        cost = Cost(as_uint(m_kib, U32), as_uint(t, U32), as_uint(p, U32))
        salt = as_bytes(raw_salt, SALT_SIZE)
        _check_cost(cost)
    return Slot(as_bytes(fields.get(0), 16), kind, as_bytes(fields.get(2), 16), cost, salt, as_bytes(fields.get(4)))


def _check_cost(cost: Cost) -> None:
    if cost.m_kib < FLOOR_M_KIB or cost.t < FLOOR_T or cost.p < 1:
        raise SlotError("floor", "the cost of a guess lies below the floor")
    if cost.m_kib > _MOST_M_KIB or cost.t > _MOST_T or cost.p > _MOST_P:
        raise SlotError("damaged", "the cost of a guess is absurd")


def seal_passphrase_slot(
    keys: VaultKeys,
    passphrase: str,
    *,
    team: bytes,
    generation: int,
    seat: bytes,
    slot_id: bytes,
    salt: bytes,
    cost: Cost = Cost(),
    seal_box: SealBox = box_seal,
) -> Slot:
    """Return a slot that a passphrase opens.

    Args:
        keys: what it holds.
        passphrase: any text; compared after NFKC.
        team: and the next two: what the slot is bound to.
        generation: of the database file.
        seat: whose vault this is.
        slot_id: 16 random bytes.
        salt: 16 random bytes.
        cost: as calibrated; never below the floor.
        seal_box: differs only where a known answer fixes the salt of the box.

    Raises:
        SlotError: `floor`, or `memory` when the machine cannot hold the cost.
    """
    _check_cost(cost)
    slot = Slot(slot_id, KIND_PASSPHRASE, seat, cost, salt, b"")
    plain = codec.encode({1: keys.dek, 2: keys.sign_seed, 3: keys.kem_seed})
    return replace(slot, box=seal_box(_stretched(passphrase, salt, cost), slot_context(slot, team, generation), plain))


def seal_recovery_slot(dek: bytes, rk_pk: bytes, *, team: bytes, generation: int, seat: bytes, slot_id: bytes) -> Slot:
    """Return a slot that the recovery kit opens: it holds the DEK only, never a signing identity."""
    slot = Slot(slot_id, KIND_RECOVERY, seat, None, b"", b"")
    box = hpke_seal(rk_pk, slot_context(slot, team, generation), codec.encode({1: dek}))
    return replace(slot, box=box)


def build_slots(team: bytes, generation: int, slots: Sequence[Slot], dek: bytes) -> bytes:
    """Return the bytes of a slots file with its MAC."""
    fields: dict[int, Any] = {0: FORMAT, 1: generation, 2: team, 3: [{**slot.fields(), 4: slot.box} for slot in slots]}
    return codec.encode({**fields, 4: _mac(dek, fields)})


def open_with_passphrase(data: bytes, passphrase: str) -> tuple[VaultKeys, SlotsFile]:
    """Return keys and parsed file of a vault.

    Raises:
        WrongPassphrase: no slot opens.
        SlotError: `damaged`, `floor`, `memory`, or `tampered` when the MAC does not fit what opened.
    """
    parsed = parse_slots(data)
    for slot in parsed.slots:
        if slot.kind == KIND_PASSPHRASE and slot.cost is not None:
            key = _stretched(passphrase, slot.salt, slot.cost)
            try:
                plain = box_open(key, slot_context(slot, parsed.team, parsed.generation), slot.box)
            except BoxRefused:
                continue
            dek, sign_seed, kem_seed = _opened(plain, 3)
            check_dek(data, dek)
            return VaultKeys(dek, sign_seed, kem_seed), parsed
    raise WrongPassphrase


def open_with_kit(data: bytes, kit_seed: bytes) -> tuple[bytes, SlotsFile]:
    """Return the DEK and the parsed file, opened with both halves of the kit; raise as `open_with_passphrase`."""
    parsed = parse_slots(data)
    rk_seed = KitKeys.of(kit_seed).rk_seed
    for slot in parsed.slots:
        if slot.kind == KIND_RECOVERY:
            try:
                plain = hpke_open(rk_seed, slot_context(slot, parsed.team, parsed.generation), slot.box)
            except BoxRefused:
                continue
            (dek,) = _opened(plain, 1)
            check_dek(data, dek)
            return dek, parsed
    raise WrongPassphrase


def slot_context(slot: Slot, team: bytes, generation: int) -> bytes:
    """Return what a slot's box is bound to: its own parameters, so that changing them makes it fail."""
    return b"nx1/slot\0" + team + generation.to_bytes(4, "big") + codec.encode(slot.fields())


def calibrate(monotonic: Callable[[], float], *, low_memory: bool = False) -> Cost:
    """Return the cost at which one guess takes 0.5 to 1 s on this machine, never below the floor.

    Args:
        monotonic: seconds since some moment.
        low_memory: less than 1 GiB is free.
    """
    cost = Cost(m_kib=FLOOR_M_KIB) if low_memory else Cost()
    took = _timed(cost, monotonic)
    while took > _SLOWEST_S and cost.m_kib > FLOOR_M_KIB:
        cost = replace(cost, m_kib=max(cost.m_kib // 2, FLOOR_M_KIB))
        took = _timed(cost, monotonic)
    if took < _QUICKEST_S and not low_memory:
        passes = int(cost.t * _QUICKEST_S / max(took, 0.01)) + 1
        cost = replace(cost, t=min(passes, _MOST_T))
    return cost


def _timed(cost: Cost, monotonic: Callable[[], float]) -> float:
    start = monotonic()
    _stretched("calibration", bytes(SALT_SIZE), cost)
    return monotonic() - start


def generate_passphrase(words: Sequence[str], random: Random, count: int = 5) -> str:
    """Return `count` words drawn evenly from a list, with spaces between."""
    return " ".join(words[_below(len(words), random)] for _ in range(count))


def _below(bound: int, random: Random) -> int:
    """Return an even draw from 0 to bound - 1: what would tip the balance is drawn again."""
    limit = 2**32 - 2**32 % bound
    while (number := int.from_bytes(random.bytes(4), "big")) >= limit:
        pass
    return number % bound


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.t, lanes=cost.p, memory_cost=cost.m_kib)
    try:
        return kdf.derive(unicodedata.normalize("NFKC", passphrase).encode())
    except MemoryError:
        raise SlotError("memory", "not enough free memory to open the vault") from None
    except UnicodeEncodeError:
        raise WrongPassphrase from None


def _opened(plain: bytes, size: int) -> list[bytes]:
    try:
        fields = as_map(codec.decode(plain))
        return [as_bytes(fields.get(key), 32) for key in range(1, size + 1)]
    except CodecError as error:
        raise SlotError("damaged", error.detail) from None


def check_dek(data: bytes, dek: bytes) -> None:
    """Check that a key is the one of a slots file, and the file whole; raise SlotError `tampered`."""
    fields = as_map(codec.decode(data))
    mac = fields.pop(4)
    if not hmac.compare_digest(mac, _mac(dek, fields)):
        raise SlotError("tampered", "the slots file was changed")


def _mac(dek: bytes, fields: dict[int, Any]) -> bytes:
    return hmac.digest(hkdf(dek, b"nx1/slots"), codec.encode(fields), "sha256")
