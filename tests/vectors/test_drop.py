"""drop_v1.json: a drop into compartment 2, whose author cannot read it."""

from sync.crypto import sealing
from sync.crypto.keyring import EpochSecret
from sync.crypto.signing import SigningKey
from sync.protocol.envelope import EnvelopeType, assemble, parse_envelope, verify_envelope
from tests.vectors.files import unhex, vectors

FILE = vectors("drop")
SECRET = EpochSecret(unhex(FILE["team"]), FILE["comp"], FILE["epoch"], unhex(FILE["epoch_secret"]))


def test_drop_keys() -> None:
    assert SECRET.drop_seed.hex() == FILE["drop_seed"]
    assert SECRET.drop_pk.hex() == FILE["drop_pk"]


def test_opens_and_verifies() -> None:
    envelope = parse_envelope(unhex(FILE["envelope"]))
    verify_envelope(envelope, unhex(FILE["sign_pk"]))
    assert envelope.env_hash.hex() == FILE["env_hash"]
    assert (envelope.header.kind, envelope.header.seq) == (EnvelopeType.DROP, FILE["seq"])
    assert envelope.header.prev.hex() == FILE["prev"] == vectors("envelope")["vectors"][-1]["env_hash"]
    body = sealing.open_drop(envelope, SECRET)
    assert body == sealing.decode_body(unhex(FILE["body_cbor"]))
    assert body.ops[0].payload["note"] == "said at the van"


def test_signature_is_exact_and_the_body_is_encoded_byte_for_byte() -> None:
    raw = unhex(FILE["envelope"])
    envelope = parse_envelope(raw)
    key = SigningKey.from_seed(unhex(FILE["sign_seed"]))
    assert assemble(envelope.header, envelope.ct, key).raw == raw
    body = sealing.open_drop(envelope, SECRET)
    preamble = sealing.Preamble(dm=body.dm, min_dm=body.min_dm, app=body.app, gossip=body.gossip)
    assert sealing.encode_body(preamble, [one.cbor for one in body.ops]).hex() == FILE["body_cbor"]


def test_a_drop_of_ours_opens_likewise() -> None:
    envelope = parse_envelope(unhex(FILE["envelope"]))
    body = sealing.open_drop(envelope, SECRET)
    preamble = sealing.Preamble(dm=body.dm, min_dm=body.min_dm, app=body.app, gossip=body.gossip)
    tip = sealing.Tip(
        team=unhex(FILE["team"]),
        seat=unhex(FILE["seat"]),
        inc=FILE["inc"],
        seq=FILE["seq"],
        prev=unhex(FILE["prev"]),
        ctl_seq=FILE["ctl_seq"],
    )
    key = SigningKey.from_seed(unhex(FILE["sign_seed"]))
    (made,) = sealing.seal_drops([one.cbor for one in body.ops], preamble, SECRET.epoch_key(), tip, key)
    assert made.envelope.header == envelope.header
    assert len(made.envelope.raw) == len(envelope.raw) == 2324
    assert sealing.open_envelope(made.envelope, SECRET) == body
