"""slot_v1.json: slots files of one vault."""

from typing import Any

import pytest

from sync.crypto.boxes import hkdf
from sync.crypto.passphrase import (
    Cost,
    VaultKeys,
    build_slots,
    open_with_kit,
    open_with_passphrase,
    seal_passphrase_slot,
    slot_context,
)
from tests.vectors.cobblestone import sealer
from tests.vectors.files import unhex, vectors

FILE = vectors("slot")
KEYS = VaultKeys(unhex(FILE["dek"]), unhex(FILE["sign_seed"]), unhex(FILE["kem_seed"]))


def test_mac_key() -> None:
    assert hkdf(KEYS.dek, b"nx1/slots").hex() == FILE["mac_key"]


@pytest.mark.parametrize("vector", FILE["exact"], ids=lambda vector: vector["name"])
def test_slots_file_is_exact_and_opens(vector: dict[str, Any]) -> None:
    used: dict[str, bytes] = {}

    def seal_and_tell(key: bytes, context: bytes, plaintext: bytes) -> bytes:
        used["kek"] = key
        return sealer(unhex(FILE["box_salt"]))(key, context, plaintext)

    slot = seal_passphrase_slot(
        KEYS,
        FILE["passphrase"],
        team=unhex(FILE["team"]),
        generation=FILE["vault_g"],
        seat=unhex(FILE["seat"]),
        slot_id=unhex(FILE["slot_id"]),
        salt=unhex(FILE["salt16"]),
        cost=Cost(vector["m_kib"], vector["t"], vector["p"]),
        seal_box=seal_and_tell,
    )
    assert used["kek"].hex() == vector["kek"]
    assert slot_context(slot, unhex(FILE["team"]), FILE["vault_g"]).hex() == vector["context"]
    assert slot.box.hex() == vector["box"]
    data = build_slots(unhex(FILE["team"]), FILE["vault_g"], [slot], KEYS.dek)
    assert data.hex() == vector["slots_file"]
    keys, parsed = open_with_passphrase(data, FILE["passphrase"])
    assert keys == KEYS
    assert parsed.slots == (slot,)
    assert parsed.seats() == {unhex(FILE["seat"])}


def test_recovery_slot_opens_with_the_kit() -> None:
    only = FILE["open_only"]
    dek, parsed = open_with_kit(unhex(only["slots_file"]), unhex(only["kit_s"]))
    assert dek == KEYS.dek
    assert parsed.slots[0].slot_id.hex() == only["slot_id"]
