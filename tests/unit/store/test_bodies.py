"""A kept payload comes back as it was: whole numbers of any size, decimals to the digit, at any depth."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from broker_desktop.store.bodies import body_payload, body_text


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ('{"weight_kg":2.35}', {"weight_kg": Decimal("2.35")}),
        ('{"a":[{"b":0.1},1,null,"x.5"],"c":{"d":{"e":100.5}}}',
         {"a": [{"b": Decimal("0.1")}, 1, None, "x.5"], "c": {"d": {"e": Decimal("100.5")}}}),
        ('{"n":1000000000000000000000000000001}', {"n": 10**30 + 1}),
        ('{"n":[-18446744073709551617]}', {"n": [-(2**64) - 1]}),
        ('{"note":"caf\u00e9"}', {"note": "caf\u00e9"}),
    ],
)  # fmt: skip
def test_it_reads_as_it_was_written(text: str, payload: dict[str, Any]) -> None:
    assert body_payload(text) == payload
    assert body_text(payload) == text
    # 2.35 as the nearest binary fraction would not be 2.35.
    assert not any(isinstance(value, float) for value in body_payload(text).values())
