"""Operations as bytes, and the merge rule in examples a person can follow."""

import pytest

from sync import codec, merge, operation
from sync.clock import Stamp, chain_id
from sync.errors import CodecError
from sync.operation import Kind
from tests.common.ledger import Ledger

ROW = b"\x01" * 16
ANNA, BEN = chain_id(b"\xa1" * 16, 0), chain_id(b"\xb1" * 16, 0)


def state_of(ledger: Ledger) -> merge.RowState:
    return ledger.rows["contact", ROW]


def test_builders_and_what_they_say() -> None:
    over = [Stamp(9, BEN), Stamp(3, ANNA)]
    put = operation.put("contact", ROW, 10, {"site": ("van", over)})
    assert put.payload == {"site": ["van", [[3, ANNA], [9, BEN]]]}
    assert [*put.writes()] == [("site", "van", (Stamp(3, ANNA), Stamp(9, BEN)))]
    assert [*operation.create("contact", ROW, 1, {"a": 1}).writes()] == [("a", 1, ())]
    assert [*operation.delete("contact", ROW, 1).writes()] == [("_deleted", True, ())]
    assert [*operation.restore("contact", ROW, 1, over[:1]).writes()] == [("_deleted", False, (Stamp(9, BEN),))]
    assert [*operation.alias("contact", ROW, 1, None).writes()] == [("_alias", None, ())]
    erase = operation.erase("contact", ROW, 1, 2, ["note", "address"])
    assert (erase.erased_fields, [*erase.writes()]) == (["address", "note"], [])
    assert operation.erase("contact", ROW, 1, 2).erased_fields is None


@pytest.mark.parametrize("hlc", [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1])
@pytest.mark.parametrize("table", ["t", "t" * 23, "t" * 24, "t" * 128, "é" * 40])
def test_stored_bytes_are_cut_where_they_should_be(hlc: int, table: str) -> None:
    made = operation.create(table, ROW, hlc, {"b": 1, "aa": [None, True]})
    assert operation.parse(made.cbor) == made
    head, stamp, payload = made.canonical_parts()
    assert head == codec.encode(table) + codec.encode(ROW)
    assert (stamp, payload) == (codec.encode(hlc), codec.encode({"b": 1, "aa": [None, True]}))
    slow = merge.record_cbor(table, ROW, merge.apply(None, made, ANNA, lambda _: 0).state)
    assert merge.created_record_cbor(made, ANNA) == slow
    assert merge.record_cbor(table, ROW, merge.created_state(made, ANNA)) == slow
    assert merge.created_record_cbor(operation.from_value(codec.decode(made.cbor)), ANNA) == slow


def test_an_empty_create_leaves_no_record() -> None:
    made = operation.create("contact", ROW, 1, {})
    assert merge.created_record_cbor(made, ANNA) == b""
    assert merge.record_cbor("contact", ROW, merge.created_state(made, ANNA)) == b""


@pytest.mark.parametrize(
    "fields",
    [{"": 1}, {"f" * 129: 1}, {"a": 1.5}, {"a": {1: 1, "b": 1}}, {1: 1}, {"a": "x" * 128 * 1024}],
    ids=["no name", "long name", "float", "mixed keys", "numbered", "too large for an envelope"],
)
def test_what_cannot_be_saved(fields: dict[str, object]) -> None:
    with pytest.raises(CodecError):
        operation.create("contact", ROW, 1, fields)


def test_what_nests_too_deeply_for_an_envelope_cannot_be_saved() -> None:
    value: object = 1
    for _ in range(operation.OPERATION_DEPTH):
        value = [value]
    with pytest.raises(CodecError):
        operation.create("contact", ROW, 1, {"a": value})


@pytest.mark.parametrize(
    "wrong", [("", ROW, 1), ("t" * 129, ROW, 1), ("t", ROW[1:], 1), ("t", ROW, -1), ("t", ROW, 2**64)]
)
def test_places_that_are_none(wrong: tuple[str, bytes, int]) -> None:
    with pytest.raises(CodecError):
        operation.create(*wrong, {})


def test_equal_values_written_apart_are_no_conflict() -> None:
    """True and 1 are different values, and so are 1 and "1"; two equal maps are one value."""
    for first, second, listed in (
        (1, 1, False),
        (True, 1, True),
        (1, "1", True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
    ):
        ledger = Ledger()
        ledger.apply(operation.create("contact", ROW, 1, {"f": first}), ANNA)
        ledger.apply(operation.create("contact", ROW, 1, {"f": second}), BEN)
        assert (list(merge.conflicts(state_of(ledger))) == ["f"]) is listed
        assert len(state_of(ledger).fields["f"]) == 2


def test_made_shows_the_least_stamp_and_is_never_listed() -> None:
    ledger = Ledger()
    ledger.apply(operation.create("contact", ROW, 7, {"_made": "later", "f": "later"}), ANNA)
    ledger.apply(operation.create("contact", ROW, 5, {"_made": "earlier", "f": "earlier"}), BEN)
    assert merge.shown(state_of(ledger)) == {"_made": "earlier", "f": "later"}
    assert list(merge.conflicts(state_of(ledger))) == ["f"]
    assert merge.standing(state_of(ledger), "f") == (Stamp(5, BEN), Stamp(7, ANNA))
    assert merge.standing(None, "f") == merge.standing(state_of(ledger), "g") == ()


def test_a_refused_field_does_not_hold_back_the_others() -> None:
    ledger = Ledger()
    ledger.apply(operation.erase("contact", ROW, 1, 1, ["note"]), ANNA)
    ledger.apply(operation.create("contact", ROW, 1, {"note": "tall", "site": "van"}), BEN)
    assert merge.shown(state_of(ledger)) == {"site": "van"}
    assert ledger.refused == [Stamp(1, BEN)]
    assert merge.closed_fields(state_of(ledger)) == ["note"]
    ledger.apply(operation.erase("contact", ROW, 2, 1), ANNA)
    ledger.apply(operation.erase("contact", ROW, 3, 1, ["site"]), ANNA)
    assert state_of(ledger) == merge.ERASED


def test_a_closed_field_alone_makes_a_record() -> None:
    ledger = Ledger()
    ledger.apply(operation.erase("contact", ROW, 1, 1, ["note"]), ANNA)
    record = merge.record_cbor("contact", ROW, state_of(ledger))
    assert codec.decode(record) == ["contact", ROW, None, {}, {"note": []}]
    assert merge.parse_record(record) == ("contact", ROW, state_of(ledger))


def test_an_alias_cycle_stands_for_its_least_row() -> None:
    into = {b"a": b"c", b"b": b"c", b"c": b"b", b"d": b"a", b"e": None}
    assert [merge.resolve_alias(row, into.get) for row in (b"a", b"b", b"c", b"d", b"e", b"f")] == [
        *(b"b", b"b", b"b", b"b", b"e", b"f")
    ]


@pytest.mark.parametrize(
    "record",
    [
        ["contact", ROW, [1, ANNA], {"a": 1}],
        ["contact", ROW, None, {"a": 1}, {}],
        ["contact", ROW, [1], {"a": 1}, {}],
        ["contact", ROW, [1, b"chain"], {"a": 1}, {}],
        ["contact", ROW, [1, ANNA], {"a": 1}, {"a": [[1, ANNA, 1]]}],
        ["contact", ROW, [1, ANNA], {}, {"a": [[2, ANNA, 1], [1, ANNA, 1]]}],
        ["contact", ROW, [1, ANNA], {}, {"a": [[1, ANNA, 1], [1, ANNA, 2]]}],
        ["contact", ROW, [1, ANNA], {}, {"a": [[1, ANNA]]}],
        ["contact", b"row", [1, ANNA], {"a": 1}, {}],
    ],
)
def test_what_is_no_record(record: list[object]) -> None:
    with pytest.raises(CodecError):
        merge.parse_record(codec.encode(record))


def test_kinds_have_their_numbers() -> None:
    assert [(kind.name, kind.value) for kind in Kind] == [
        ("PUT", 1),
        ("DELETE", 2),
        ("RESTORE", 3),
        ("ERASE", 4),
        ("ALIAS", 5),
        ("CREATE", 6),
    ]
