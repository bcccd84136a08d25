"""The codec against values and bytes it must refuse."""

from contextlib import suppress

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import codec
from sync.errors import CodecError

scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=20) | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
        | st.dictionaries(st.integers(0, 2**64 - 1), inner, max_size=4)
        | st.dictionaries(st.binary(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(values)
def test_a_value_comes_back_and_has_one_encoding(value: codec.Value) -> None:
    data = codec.encode(value)
    assert codec.decode(data) == value
    assert codec.encode(codec.decode(data)) == data
    assert data == cbor2.dumps(value, canonical=True)


@given(st.binary(max_size=200))
def test_only_a_codec_error_escapes(data: bytes) -> None:
    with suppress(CodecError):
        codec.decode(data)


@given(values, st.integers(0, 400), st.integers(1, 255))
def test_only_a_codec_error_escapes_a_changed_encoding(value: codec.Value, at: int, change: int) -> None:
    data = bytearray(codec.encode([value, value]))
    data[at % len(data)] ^= change
    with suppress(CodecError):
        codec.decode(bytes(data))


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("", id="nothing"),
        pytest.param("0101", id="trailing bytes"),
        pytest.param("f93c00", id="half float"),
        pytest.param("fa3f800000", id="float"),
        pytest.param("fb3ff0000000000000", id="double"),
        pytest.param("f7", id="undefined"),
        pytest.param("e0", id="simple value"),
        pytest.param("f8ff", id="simple value in two bytes"),
        pytest.param("c074323032362d31312d32325430393a30303a30305a", id="tag 0: date"),
        pytest.param("c11a514b67b0", id="tag 1: time"),
        pytest.param("c249010000000000000000", id="tag 2: big number"),
        pytest.param("c348ffffffffffffffff", id="tag 3: big negative number"),
        pytest.param("c48221196ab3", id="tag 4: decimal"),
        pytest.param("d8236161", id="tag 35: pattern"),
        pytest.param("d81c80", id="tag 28: shareable"),
        pytest.param("d81d00", id="tag 29: shared reference"),
        pytest.param("d9010080", id="tag 256: string references"),
        pytest.param("d9010281 01".replace(" ", ""), id="tag 258: set"),
        pytest.param("d9d9f701", id="tag 55799: self-described"),
        pytest.param("da00010000 01".replace(" ", ""), id="a tag nobody knows"),
        pytest.param("5f4101ff", id="indefinite bytes"),
        pytest.param("7f6161ff", id="indefinite text"),
        pytest.param("9f01ff", id="indefinite array"),
        pytest.param("bf0102ff", id="indefinite map"),
        pytest.param("a201010102", id="duplicate key"),
        pytest.param("a2616101616102", id="duplicate text key"),
        pytest.param("a2010261610 1".replace(" ", ""), id="number and text keys"),
        pytest.param("a2f5010102", id="true beside 1"),
        pytest.param("a1f401", id="boolean key"),
        pytest.param("a1f601", id="null key"),
        pytest.param("a12001", id="negative key"),
        pytest.param("a1810101", id="array as key"),
        pytest.param("a1a001", id="map as key"),
        pytest.param("3bffffffffffffffff", id="below int64"),
        pytest.param("3b8000000000000000", id="one below int64"),
        pytest.param("61ff", id="not UTF-8"),
        pytest.param("63eda080", id="surrogate"),
        pytest.param("9b7fffffffffffffff", id="array of 2^63 items"),
        pytest.param("bb7fffffffffffffff", id="map of 2^63 pairs"),
        pytest.param("5b7fffffffffffffff00", id="bytes of 2^63"),
        pytest.param("7b00000fffffffffff00", id="text of 2^44"),
        pytest.param("1c", id="reserved length"),
        pytest.param("ff", id="stray break"),
        pytest.param("81" * 33 + "01", id="33 deep"),
        pytest.param("81" * 100_000 + "01", id="100,000 deep"),
    ],
)
def test_refuses(hostile: str) -> None:
    with pytest.raises(CodecError):
        codec.decode(bytes.fromhex(hostile))


def test_the_edges_of_the_data_model_pass() -> None:
    assert codec.decode(bytes.fromhex("1bffffffffffffffff")) == 2**64 - 1
    assert codec.decode(bytes.fromhex("3b7fffffffffffffff")) == -(2**63)
    assert codec.decode(bytes.fromhex("81" * 32 + "01")) is not None


def test_a_longer_form_than_needed_is_read() -> None:
    """Signatures cover bytes: the reader does not insist on the shortest form, the writer always uses it."""
    assert codec.decode(bytes.fromhex("1801")) == 1
    assert codec.encode(1) == b"\x01"


@pytest.mark.parametrize(
    "value",
    [1.5, 2**64, -(2**63) - 1, {1: 1, "a": 1}, {-1: 1}, {2**64: 1}, {True: 1}, {None: 1}, {1, 2}, range(2), "\ud800"],
    ids=repr,
)
def test_refuses_to_write(value: object) -> None:
    with pytest.raises(CodecError):
        codec.encode(value)
    with pytest.raises(CodecError):
        codec.encode({"nested": [value]})


def test_refuses_to_write_what_it_would_not_read() -> None:
    value: codec.Value = 1
    for _ in range(40):
        value = [value]
    with pytest.raises(CodecError):
        codec.encode(value)
    with pytest.raises(CodecError):
        codec.encode([[1]], max_depth=1)


def test_keys_are_ordered_by_length_then_bytes() -> None:
    assert codec.encode({"é": 1, "zz": 2, "b": 3, "a": 4}).hex() == "a4616104616203627a7a0262c3a901"
    assert codec.encode({256: 1, 2: 2}).hex() == "a2020219010001"
    assert codec.encode({b"\x02": 1, b"": 2}).hex() == "a24002410201"
