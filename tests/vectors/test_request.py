"""request_v1.json: the Authorization header of a GET and of a POST."""

from typing import Any

import pytest

from sync.crypto.signing import SigningKey
from sync.errors import SignatureInvalid
from sync.protocol.frames import read_frames, write_frames
from sync.protocol.messages import Authorization, request_signed_bytes, sign_request
from tests.vectors.files import unhex, vectors

FILE = vectors("request")
each = pytest.mark.parametrize("vector", FILE["requests"], ids=lambda vector: vector["method"])


def parts_of(vector: dict[str, Any]) -> dict[str, Any]:
    return {
        "hub_id": unhex(FILE["hub_id"]),
        "method": vector["method"],
        "target": vector["target"],
        "body": unhex(vector["body"]),
    }


@each
def test_header_is_exact(vector: dict[str, Any]) -> None:
    place = {"time_ms": vector["t"], "nonce": unhex(vector["nonce"]), "seat": unhex(FILE["seat"])}
    assert request_signed_bytes(**parts_of(vector), **place).hex() == vector["signed_bytes"]
    made = sign_request(SigningKey.from_seed(unhex(FILE["sign_seed"])), **parts_of(vector), **place)
    assert made.sig.hex() == vector["sig"]
    assert made.header() == vector["header"]


@each
def test_header_verifies_for_this_request_only(vector: dict[str, Any]) -> None:
    parsed = Authorization.parse(vector["header"])
    assert (parsed.seat.hex(), parsed.time_ms, parsed.nonce.hex()) == (FILE["seat"], vector["t"], vector["nonce"])
    public = unhex(FILE["sign_pk"])
    parsed.verify(public, **parts_of(vector))
    for change in ({"hub_id": bytes(32)}, {"method": "PUT"}, {"target": vector["target"] + "0"}, {"body": b"x"}):
        with pytest.raises(SignatureInvalid):
            parsed.verify(public, **parts_of(vector) | change)


def test_the_posted_body_is_the_first_envelope_as_a_frame() -> None:
    first = unhex(vectors("envelope")["vectors"][0]["envelope"])
    assert write_frames([first]).hex() == FILE["requests"][1]["body"]
    assert read_frames(unhex(FILE["requests"][1]["body"])) == [first]
