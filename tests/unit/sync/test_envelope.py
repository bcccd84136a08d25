"""Envelopes and drops against changed bytes, wrong keys and hostile contents."""

import zlib
from dataclasses import replace

import pytest

from sync import codec, operation
from sync.crypto import sealing
from sync.crypto.boxes import kem_public
from sync.crypto.keyring import EpochSecret
from sync.errors import EnvelopeRefused
from sync.protocol import envelope as wire
from sync.protocol.envelope import EnvelopeType, parse_envelope, parse_header, parse_item, parse_stub, verify_envelope
from tests.unit.sync.parts import ANNA, BEN, PREAMBLE, TEAM, secret, tip

OPS = [operation.create("contact", b"\x01" * 16, 10, {"site": "van"}).cbor]
(BUNDLE,) = sealing.seal_bundles(OPS, PREAMBLE, secret(1), tip(), ANNA.key)
(DROP,) = sealing.seal_drops(OPS, PREAMBLE, secret(2).epoch_key(), tip(), ANNA.key)


def accept(raw: bytes) -> sealing.Body:
    parsed = parse_envelope(raw)
    verify_envelope(parsed, ANNA.key.public)
    return sealing.open_envelope(parsed, secret(parsed.header.comp))


def flips(raw: bytes, first: int, last: int) -> list[bytes]:
    return [raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :] for at in range(first, last) for bit in range(8)]


def test_sizes() -> None:
    assert (len(BUNDLE.envelope.raw), len(DROP.envelope.raw)) == (1260, 2324)
    assert [op.cbor for op in accept(BUNDLE.envelope.raw).ops] == OPS
    assert [op.cbor for op in accept(DROP.envelope.raw).ops] == OPS


def test_every_flipped_bit_of_a_bundle_is_refused() -> None:
    changed = flips(BUNDLE.envelope.raw, 0, len(BUNDLE.envelope.raw))
    assert len(changed) == 10_080
    for raw in changed:
        with pytest.raises(EnvelopeRefused):
            accept(raw)


def test_every_flipped_bit_of_a_drop_is_refused() -> None:
    changed = flips(DROP.envelope.raw, 0, len(DROP.envelope.raw))
    assert len(changed) == 18_592
    for raw in changed:
        with pytest.raises(EnvelopeRefused):
            accept(raw)


def test_the_ciphertext_protects_itself_and_the_header() -> None:
    """Without the signature too, no bit of header or ciphertext of a bundle can change."""
    for raw in flips(BUNDLE.envelope.raw, 0, len(BUNDLE.envelope.raw) - 64):
        with pytest.raises(EnvelopeRefused):
            sealing.open_bundle(parse_envelope(raw), secret(1))


def test_another_seats_key_does_not_verify() -> None:
    with pytest.raises(EnvelopeRefused) as caught:
        verify_envelope(BUNDLE.envelope, BEN.key.public)
    assert caught.value.reason == "signature"


@pytest.mark.parametrize("wrong", [secret(1, 2), secret(2), replace(secret(1), team=b"\x12" * 16)], ids=repr)
def test_another_place_is_refused(wrong: EpochSecret) -> None:
    with pytest.raises(EnvelopeRefused) as caught:
        sealing.open_bundle(BUNDLE.envelope, wrong)
    assert caught.value.reason == "epoch"


def test_another_secret_does_not_open() -> None:
    for sealed, comp in ((BUNDLE, 1), (DROP, 2)):
        with pytest.raises(EnvelopeRefused) as caught:
            sealing.open_envelope(sealed.envelope, replace(secret(comp), secret=bytes(32)))
        assert caught.value.reason == "aead"


def test_a_drop_is_not_a_bundle() -> None:
    with pytest.raises(EnvelopeRefused):
        sealing.open_bundle(DROP.envelope, secret(2))
    with pytest.raises(EnvelopeRefused):
        sealing.open_drop(BUNDLE.envelope, secret(1))


HEADER = BUNDLE.envelope.header.encode()


@pytest.mark.parametrize(
    ("at", "change"),
    [
        pytest.param(0, b"NXE2", id="magic"),
        pytest.param(4, b"\x02", id="suite"),
        pytest.param(5, b"\x00", id="type 0"),
        pytest.param(5, b"\x03", id="type 3 is reserved"),
        pytest.param(5, b"\x06", id="type 6"),
        pytest.param(7, b"\x01", id="critical flag"),
        pytest.param(44, bytes(8), id="seq 0"),
        pytest.param(44, (2).to_bytes(8, "big"), id="seq 2 without predecessor"),
        pytest.param(52, b"\x01", id="seq 1 with predecessor"),
        pytest.param(84, bytes(8), id="ctl_seq 0"),
        pytest.param(92, bytes(4), id="epoch 0"),
        pytest.param(96, (1095).to_bytes(4, "big"), id="no bucket"),
        pytest.param(96, (1024 + 1136).to_bytes(4, "big"), id="the length of a drop"),
        pytest.param(96, (2**32 - 1).to_bytes(4, "big"), id="4 GiB"),
    ],
)
def test_headers_that_are_refused(at: int, change: bytes) -> None:
    with pytest.raises(EnvelopeRefused):
        parse_header(HEADER[:at] + change + HEADER[at + len(change) :])


def test_the_header_comes_back_and_lengths_are_exact() -> None:
    assert parse_header(HEADER) == BUNDLE.envelope.header
    for raw in (b"", HEADER[:99], BUNDLE.envelope.raw[:-1], BUNDLE.envelope.raw + b"\0"):
        with pytest.raises(EnvelopeRefused):
            parse_envelope(raw)


def test_length_rule_of_every_bucket() -> None:
    assert [wire.ciphertext_size(EnvelopeType.BUNDLE, bucket) for bucket in wire.BUCKETS] == [
        *(1096, 2120, 4168, 8264, 16472, 32872, 65672, 131272, 262472),
    ]
    assert wire.ciphertext_size(EnvelopeType.DROP, 1024) == 2160


def test_a_stub_verifies_and_is_told_apart() -> None:
    raw = wire.stub_of(BUNDLE.envelope)
    stub = parse_stub(raw)
    assert (len(raw), stub.env_hash, stub.header) == (196, BUNDLE.envelope.env_hash, BUNDLE.envelope.header)
    verify_envelope(stub, ANNA.key.public)
    assert parse_item(raw) == stub
    assert parse_item(BUNDLE.envelope.raw) == BUNDLE.envelope
    with pytest.raises(EnvelopeRefused):
        verify_envelope(parse_stub(raw[:110] + b"\0\0" + raw[112:]), ANNA.key.public)
    with pytest.raises(EnvelopeRefused):
        parse_stub(raw + b"\0")


# What a member with the key could send: every hostile content ends in the typed error.


def hostile_bundle(plaintext: bytes) -> bytes:
    return sealing.seal_bundle(plaintext, secret(1), tip(), ANNA.key).raw


def padded(head: bytes, content: bytes, bucket: int = 1024) -> bytes:
    return (head + content).ljust(bucket, b"\0")


def raw_frame(content: bytes) -> bytes:
    return padded(b"\0" + len(content).to_bytes(4, "big"), content)


def body(**changes: codec.Value) -> bytes:
    fields: dict[int, codec.Value] = codec.decode(sealing.encode_body(PREAMBLE, OPS))
    fields |= {int(key[1:]): value for key, value in changes.items()}
    return codec.encode({key: value for key, value in fields.items() if value != "gone"})


PACKED = zlib.compress(sealing.encode_body(PREAMBLE, OPS))
OP = codec.decode(OPS[0])


@pytest.mark.parametrize(
    "plaintext",
    [
        pytest.param(padded(b"\0" + (1020).to_bytes(4, "big"), b""), id="longer than the bucket"),
        pytest.param(padded(b"\0\xff\xff\xff\xff", b""), id="4 GiB long"),
        pytest.param(raw_frame(body())[:-1] + b"\x01", id="padding that is not zero"),
        pytest.param(padded(b"\2" + len(PACKED).to_bytes(4, "big"), PACKED), id="another compression"),
        pytest.param(padded(b"\1" + len(PACKED).to_bytes(4, "big"), PACKED[:-1]), id="zlib cut short"),
        pytest.param(padded(b"\1" + (len(PACKED) + 1).to_bytes(4, "big"), PACKED), id="bytes after the stream"),
        pytest.param(padded(b"\1\0\0\0\4", b"zlib"), id="not zlib"),
        pytest.param(padded(b"\1\0\0\0\0", b""), id="empty zlib"),
        pytest.param(raw_frame(b""), id="empty"),
        pytest.param(raw_frame(body() + b"\0"), id="trailing bytes"),
        pytest.param(raw_frame(codec.encode([])), id="not a map"),
        pytest.param(raw_frame(body(_0=2)), id="another format"),
        pytest.param(raw_frame(body(_0="gone")), id="no format"),
        pytest.param(raw_frame(body(_3=b"app")), id="app version in bytes"),
        pytest.param(raw_frame(body(_4={b"short": [1, bytes(16)]})), id="a chain of five bytes"),
        pytest.param(raw_frame(body(_4={bytes(20): [1]})), id="seen without a hash"),
        pytest.param(raw_frame(body(_5=[])), id="no gossip"),
        pytest.param(raw_frame(body(_5="gone")), id="gossip left out"),
        pytest.param(raw_frame(body(_6="gone")), id="ops left out"),
        pytest.param(raw_frame(body(_6=[OP, OP])), id="hlc does not rise"),
        pytest.param(raw_frame(body(_6=[OP[:4]])), id="an operation of four"),
        pytest.param(raw_frame(body(_6=[[*OP[:3], -1, OP[4]]])), id="negative hlc"),
        pytest.param(raw_frame(body(_6=[[1, *OP[1:4], {"site": "van"}]])), id="put without over"),
        pytest.param(raw_frame(body(_6=[[1, *OP[1:4], {"site": ["van", [[1, b"x"]]]}]])), id="a stamp of one byte"),
        pytest.param(raw_frame(body(_6=[[6, "", *OP[2:]]])), id="no table"),
        pytest.param(raw_frame(body(_6=[[6, OP[1], b"row", *OP[3:]]])), id="a row of three bytes"),
        pytest.param(raw_frame(body(_6=[[6, *OP[1:4], {1: 2}]])), id="numbered fields"),
        pytest.param(raw_frame(body(_6=[[5, *OP[1:4], [b"x", []]]])), id="alias into three bytes"),
        pytest.param(raw_frame(body(_6=[[4, *OP[1:4], [1]]])), id="erase without fields"),
        pytest.param(raw_frame(body(_7=[1])), id="audit of one"),
    ],
)
def test_hostile_contents_are_refused(plaintext: bytes) -> None:
    with pytest.raises(EnvelopeRefused):
        accept(hostile_bundle(plaintext))


def test_inflation_is_limited() -> None:
    bomb = zlib.compress(bytes(4 * 1024 * 1024 + 1), 9)
    plaintext = padded(b"\1" + len(bomb).to_bytes(4, "big"), bomb, 8192)
    with pytest.raises(EnvelopeRefused) as caught:
        sealing.unframe(plaintext)
    assert caught.value.reason == "codec"
    exact = zlib.compress(bytes(4 * 1024 * 1024), 9)
    assert len(sealing.unframe(padded(b"\1" + len(exact).to_bytes(4, "big"), exact, 8192))) == 4 * 1024 * 1024


def test_only_buckets_are_unframed() -> None:
    with pytest.raises(EnvelopeRefused):
        sealing.unframe(raw_frame(body()) + b"\0")


def test_an_unknown_kind_and_an_unknown_key_are_kept_for_later() -> None:
    opened = accept(hostile_bundle(raw_frame(body(_6=[[77, *OP[1:4], "later"]], _9="future"))))
    assert (opened.ops[0].known, opened.ops[0].kind, opened.ops[0].payload) == (False, 77, "later")
    assert codec.decode(opened.ops[0].cbor) == [77, *OP[1:4], "later"]
    assert list(opened.ops[0].writes()) == []


def test_a_drop_that_has_seen_something_is_refused() -> None:
    plaintext = raw_frame(body(_4={bytes(20): [1, bytes(16)]}))
    ct = sealing.drop_ciphertext(plaintext, secret(2).epoch_key(), TEAM, ANNA.seat)
    envelope = sealing.sign_drop(ct, secret(2).epoch_key(), tip(), ANNA.key)
    with pytest.raises(EnvelopeRefused) as caught:
        sealing.open_drop(envelope, secret(2))
    assert caught.value.reason == "drop"


def test_a_drop_names_its_seat() -> None:
    """Another seat cannot sign a drop's ciphertext as its own."""
    stolen = sealing.sign_drop(DROP.envelope.ct, secret(2).epoch_key(), replace(tip(), seat=BEN.seat), BEN.key)
    verify_envelope(stolen, BEN.key.public)
    with pytest.raises(EnvelopeRefused) as caught:
        sealing.open_drop(stolen, secret(2))
    assert caught.value.reason == "aead"


def test_a_drop_made_at_save_survives_a_new_incarnation() -> None:
    again = sealing.sign_drop(DROP.envelope.ct, secret(2).epoch_key(), replace(tip(), inc=1), ANNA.key)
    assert [op.cbor for op in accept(again.raw).ops] == OPS


def test_drop_key_is_the_public_half_of_the_drop_seed() -> None:
    assert secret(2).drop_pk == kem_public(secret(2).drop_seed)
