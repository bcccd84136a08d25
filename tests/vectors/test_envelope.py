"""envelope_v1.json: one chain of four bundles."""

from typing import Any

import pytest

from sync import codec
from sync.crypto import sealing
from sync.crypto.keyring import EpochSecret
from sync.crypto.signing import SigningKey
from sync.protocol.envelope import ZERO_HASH, EnvelopeType, assemble, parse_envelope, verify_envelope
from tests.vectors.cobblestone import opened, sealer
from tests.vectors.files import unhex, vectors

FILE = vectors("envelope")
SECRET = EpochSecret(unhex(FILE["team"]), FILE["comp"], FILE["epoch"], unhex(FILE["epoch_secret"]))
each = pytest.mark.parametrize("vector", FILE["vectors"], ids=lambda vector: f"seq-{vector['seq']}")


def tip_of(vector: dict[str, Any]) -> sealing.Tip:
    return sealing.Tip(
        team=unhex(FILE["team"]),
        seat=unhex(FILE["seat"]),
        inc=FILE["inc"],
        seq=vector["seq"],
        prev=unhex(vector["prev"]),
        ctl_seq=FILE["ctl_seq"],
    )


def test_data_key() -> None:
    assert SECRET.data_key.hex() == FILE["data_key"]


@each
def test_opens_and_verifies(vector: dict[str, Any]) -> None:
    envelope = parse_envelope(unhex(vector["envelope"]))
    verify_envelope(envelope, unhex(FILE["sign_pk"]))
    assert envelope.env_hash.hex() == vector["env_hash"]
    assert (envelope.header.kind, envelope.header.comp, envelope.header.seq) == (EnvelopeType.BUNDLE, 1, vector["seq"])
    assert envelope.header.prev.hex() == vector["prev"]
    assert (envelope.header.prev == ZERO_HASH) is (vector["seq"] == 1)
    plaintext = opened(SECRET.data_key, sealing.bundle_context(envelope.header), envelope.ct)
    assert sealing.unframe(plaintext).hex() == vector["body_cbor"]
    assert sealing.open_bundle(envelope, SECRET) == sealing.decode_body(unhex(vector["body_cbor"]))


@each
def test_signature_is_exact(vector: dict[str, Any]) -> None:
    raw = unhex(vector["envelope"])
    envelope = parse_envelope(raw)
    key = SigningKey.from_seed(unhex(FILE["sign_seed"]))
    assert key.public.hex() == FILE["sign_pk"]
    assert assemble(envelope.header, envelope.ct, key).raw == raw


@pytest.mark.parametrize(
    "vector", [one for one in FILE["vectors"] if one["exact"]], ids=lambda one: f"seq-{one['seq']}"
)
def test_is_sealed_byte_for_byte(vector: dict[str, Any]) -> None:
    key = SigningKey.from_seed(unhex(FILE["sign_seed"]))
    plaintext = sealing.frame(unhex(vector["body_cbor"]), packed=False)
    envelope = sealing.seal_bundle(plaintext, SECRET, tip_of(vector), key, sealer(unhex(vector["salt"])))
    assert envelope.raw.hex() == vector["envelope"]


@each
def test_body_is_encoded_byte_for_byte(vector: dict[str, Any]) -> None:
    """The body with an unknown key 9 comes out without it; the others are the same bytes."""
    body = sealing.decode_body(unhex(vector["body_cbor"]))
    preamble = sealing.Preamble(
        dm=body.dm, min_dm=body.min_dm, app=body.app, seen=body.seen, gossip=body.gossip, audit=body.audit
    )
    expected = codec.decode(unhex(vector["body_cbor"]))
    expected.pop(9, None)
    assert sealing.encode_body(preamble, [one.cbor for one in body.ops]) == codec.encode(expected)
    assert codec.encode(codec.decode(unhex(vector["body_cbor"]))).hex() == vector["body_cbor"]


def test_what_the_second_body_says() -> None:
    body = sealing.open_bundle(parse_envelope(unhex(FILE["vectors"][1]["envelope"])), SECRET)
    assert body.seen == {b"\x23" * 16 + bytes(4): (3, b"\x77" * 16)}
    assert body.audit == (12, b"\x78" * 32)
    (write,) = body.ops[0].writes()
    assert (write.field, write.value, write.over) == (
        "in",
        20,
        ((115590207184764928, b"\x22" * 16 + bytes(4)),),
    )
