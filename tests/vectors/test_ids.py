"""ids_v1.json: derived ids, invite, check words, kit halves."""

from typing import Any

import pytest

from sync import ids
from sync.crypto import invite, kit
from sync.crypto.signing import sha256
from tests.vectors.cobblestone import sealer
from tests.vectors.files import unhex, vectors

FILE = vectors("ids")
INVITE = FILE["invite"]


def input_of(vector: dict[str, Any]) -> bytes:
    if vector["kind"] == "person":
        return ids.person_input(vector["code"], vector["g"])
    if vector["kind"] == "external":
        return ids.external_input(vector["type"], vector["external_id"], vector["g"])
    if vector["kind"] == "element":
        return ids.element_input(unhex(vector["parent"]), vector["code"])
    return ids.mail_input(unhex(vector["message_hash"]))


@pytest.mark.parametrize("vector", FILE["derived"], ids=lambda vector: vector["kind"])
def test_derived_id(vector: dict[str, Any]) -> None:
    if vector["kind"] == "person":
        assert ids.normalise_code(vector["code"]) == vector["normalised"]
    assert ids.derived_id(unhex(FILE["row_salt"]), input_of(vector)).hex() == vector["id"]


def test_invite_keys_and_texts() -> None:
    made = invite.Invite(unhex(INVITE["secret"]))
    assert made.key.public.hex() == INVITE["invite_pub"]
    assert made.invite_id.hex() == INVITE["invite_id"]
    assert made.box_key.hex() == INVITE["box_key"]
    assert made.words() == INVITE["words"]
    assert invite.code_text(made.secret, INVITE["url"]) == INVITE["code"]
    assert invite.parse_code(INVITE["code"]) == (made.secret, INVITE["url"])
    assert invite.parse_secret_words(INVITE["words"]) == made.secret


def test_invite_box_is_exact_and_opens() -> None:
    made = invite.Invite(unhex(INVITE["secret"]))
    content = made.open(unhex(INVITE["box"]))
    assert content.encode().hex() == INVITE["box_plain_cbor"]
    seal = sealer(unhex(INVITE["box_salt"]))
    assert seal(made.box_key, made.box_context, content.encode()).hex() == INVITE["box"]
    assert made.open(made.seal(content)) == content


@pytest.mark.parametrize("vector", FILE["check_words"], ids=lambda vector: vector["words"][0])
def test_check_words(vector: dict[str, Any]) -> None:
    assert invite.check_digits(unhex(vector["join_hash"])) == vector["digits"]
    numbered = [str(number) for number in range(invite.CHECK_LIST_SIZE)]
    assert invite.check_words(unhex(vector["join_hash"]), numbered) == [str(digit) for digit in vector["digits"]]


def test_kit() -> None:
    stated = FILE["kit"]
    seed = kit.join(kit.half_of(stated["words_a"]), kit.half_of(stated["words_b"]))
    assert seed.hex() == stated["s"]
    assert kit.join(seed, unhex(stated["half_a"])).hex() == stated["half_b"]
    assert kit.words_of(unhex(stated["half_a"])) == stated["words_a"]
    assert kit.words_of(unhex(stated["half_b"])) == stated["words_b"]
    keys = kit.KitKeys.of(seed)
    assert keys.tik.public.hex() == stated["tik_pk"]
    assert sha256(keys.rk_pk).hex() == stated["rk_pk_sha256"]
