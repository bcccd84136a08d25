"""receipt_v1.json: a receipt over two new envelopes and a duplicate, in the order of the request."""

from dataclasses import replace

import pytest

from sync.crypto.signing import SigningKey
from sync.errors import VerificationFailed
from sync.protocol.messages import Receipt
from tests.vectors.files import unhex, vectors

FILE = vectors("receipt")
RECEIPT = Receipt(
    team=unhex(FILE["team"]),
    log_id=unhex(FILE["log_id"]),
    items=[(n, unhex(env_hash)) for n, env_hash in FILE["items"]],
    day=FILE["day"],
)


def test_receipt_is_exact() -> None:
    assert RECEIPT.signed_bytes(unhex(FILE["hub_id"])).hex() == FILE["signed_bytes"]
    assert RECEIPT.sign(SigningKey.from_seed(unhex(vectors("head")["hub_seed"]))).hex() == FILE["sig"]


def test_receipt_covers_order_and_content() -> None:
    public, sig = unhex(FILE["hub_pk"]), unhex(FILE["sig"])
    RECEIPT.verify(public, sig)
    for other in (replace(RECEIPT, items=RECEIPT.items[::-1]), replace(RECEIPT, day=RECEIPT.day + 1)):
        with pytest.raises(VerificationFailed):
            other.verify(public, sig)
