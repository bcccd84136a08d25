"""Single lines of an import file."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker_desktop.records.contract_json import BadLine, parse_line


def test_numbers_with_a_point_are_decimals() -> None:
    assert parse_line(b'{"weight_kg": 1.10, "n": 2}') == {"weight_kg": Decimal("1.10"), "n": 2}


@pytest.mark.parametrize("line", [b'\xef\xbb\xbf{"a": "\xc3\xa9"}\r\n', b'  {"a": "\xc3\xa9"}  '])
def test_a_byte_order_mark_and_line_ends_are_no_defect(line: bytes) -> None:
    assert parse_line(line) == {"a": "é"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"a": 1', "not valid JSON"),
        (b'{"a": "x\x00y"}', "not valid JSON"),
        (b'{"a": "\xff"}', "not UTF-8 text, at byte 8"),
        (b"[1]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b'{"a": 1, "a": 2}', "one name two values"),
        (b'{"a": {"b": 1, "b": 2}}', "one name two values"),
        (b'{"a": NaN}', "NaN or Infinity"),
        (b'{"a": -Infinity}', "NaN or Infinity"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long to be one"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
    ],
)
def test_a_bad_line_is_told_why(line: bytes, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        parse_line(line)
