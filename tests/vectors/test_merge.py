"""merge_v1.json: ten sequences of operations, several orders of delivery, one state each."""

from typing import Any

import pytest

from sync import codec, merge, operation
from tests.common.ledger import Ledger
from tests.vectors.files import unhex, vectors

SEQUENCES = vectors("merge")["sequences"]
CASES = [(sequence, order) for sequence in SEQUENCES for order in sequence["orders"]]
each = pytest.mark.parametrize(("sequence", "order"), CASES, ids=lambda one: one["name"] if "name" in one else str(one))


def delivered(sequence: dict[str, Any], order: list[int]) -> Ledger:
    ledger = Ledger()
    for index in order:
        item = sequence["ops"][index]
        ledger.apply(operation.parse(unhex(item["cbor"])), unhex(item["chain"]))
    return ledger


def readable(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda one: one["name"])
def test_operations_are_encoded_byte_for_byte(sequence: dict[str, Any]) -> None:
    for item in sequence["ops"]:
        parsed = operation.parse(unhex(item["cbor"]))
        value = [parsed.kind, parsed.table, parsed.row, parsed.hlc, parsed.payload]
        assert codec.encode(value).hex() == item["cbor"]
        assert operation.from_value(value).cbor.hex() == item["cbor"]
        assert [parsed.kind, parsed.table, readable(parsed.row), parsed.hlc] == item["op"][:4]


@each
def test_records_and_state_hash(sequence: dict[str, Any], order: list[int]) -> None:
    ledger = delivered(sequence, order)
    records = [merge.record_cbor(*key, ledger.rows[key]) for key in sorted(ledger.rows)]
    assert b"".join(records).hex() == sequence["expect"]["records_cbor"]
    assert merge.state_hash(records).hex() == sequence["expect"]["state_hash"]
    for key, record in zip(sorted(ledger.rows), records, strict=True):
        table, row, state = merge.parse_record(record)
        assert (table, row) == key
        assert merge.with_covered(state, ledger.rows[key].covered) == ledger.rows[key]


@each
def test_what_is_shown_and_listed(sequence: dict[str, Any], order: list[int]) -> None:
    ledger = delivered(sequence, order)
    fields = []
    for table, row in sorted(ledger.rows):
        state = ledger.rows[table, row]
        shown, listed = merge.shown(state), merge.conflicts(state)
        fields += [
            {
                "table": table,
                "row": row.hex(),
                "field": name,
                "shown": shown[name],
                "conflict": name in listed,
                "siblings": [
                    {"hlc": one.stamp.hlc, "chain": one.stamp.chain.hex(), "value": one.value}
                    for one in state.fields[name]
                ],
            }
            for name in sorted(shown)
        ]
    assert fields == sequence["expect"]["fields"]


@each
def test_erased_closed_covered(sequence: dict[str, Any], order: list[int]) -> None:
    ledger = delivered(sequence, order)
    expect = sequence["expect"]
    assert [row.hex() for (_, row), state in ledger.rows.items() if state.erased] == expect["erased"]
    closed = [
        [table, row.hex(), name] for (table, row), state in ledger.rows.items() for name in merge.closed_fields(state)
    ]
    assert closed == expect["closed"]
    covered = [
        [table, row.hex(), name, stamp.hlc, stamp.chain.hex()]
        for (table, row), state in ledger.rows.items()
        for name, stamps in state.covered.items()
        for stamp in sorted(stamps)
    ]
    assert covered == expect["covered"]
    if order == sequence["orders"][0]:
        refused = [{"hlc": one.hlc, "chain": one.chain.hex(), "reason": "erased"} for one in ledger.refused]
        assert refused == expect["quarantined"]
