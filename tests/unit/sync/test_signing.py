"""Signatures, and the keys under which every message would verify."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.crypto.signing import SigningKey, check_public_key, sha256, verify
from sync.errors import SignatureInvalid

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
# All points whose order divides 8, in every spelling, canonical or not: y, with and without the sign bit.
ORDER_8_Y = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
SMALL = [
    (y | sign << 255).to_bytes(32, "little")
    for y in (0, 1, P - 1, P, P + 1, ORDER_8_Y, P - ORDER_8_Y)
    for sign in (0, 1)
]


def test_rfc_8032_test_2() -> None:
    key = SigningKey.from_seed(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    expected = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert key.sign(b"\x72").hex() == expected
    verify(key.public, bytes.fromhex(expected), b"\x72")


def x_squared(y: int) -> int:
    """Return x^2 of the curve -x^2 + y^2 = 1 + d x^2 y^2."""
    return (y * y - 1) * pow(D * y * y + 1, -1, P) % P


def doubled(y: int) -> int:
    """Return y of the doubled point: (y^2 + x^2) / (2 - y^2 + x^2)."""
    x2 = x_squared(y)
    return (y * y + x2) * pow(2 - y * y + x2, -1, P) % P


def test_the_order_of_the_listed_points_divides_eight() -> None:
    """Doubling takes the points of order 8 to y = 0, that one to (0, -1), and that one to (0, 1), the identity."""
    assert [doubled(y) for y in (ORDER_8_Y, P - ORDER_8_Y, 0, P - 1, 1)] == [0, 0, P - 1, 1, 1]


@pytest.mark.parametrize("public", SMALL, ids=bytes.hex)
def test_small_order_keys_are_refused(public: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        check_public_key(public)


def test_why_they_are_refused() -> None:
    """Under the identity key one signature verifies for every message, as far as the library is concerned."""
    identity = (1).to_bytes(32, "little")
    forged = identity + bytes(32)
    library = Ed25519PublicKey.from_public_bytes(identity)
    library.verify(forged, b"anything")
    library.verify(forged, b"anything else")
    with pytest.raises(SignatureInvalid):
        verify(identity, forged, b"anything")


def test_a_wrong_signature_message_or_length_is_refused() -> None:
    key = SigningKey.from_seed(bytes(32))
    signature = key.sign(b"message")
    verify(key.public, signature, b"message")
    for wrong in (signature[:-1], signature + b"\0", bytes(64), b""):
        with pytest.raises(SignatureInvalid):
            verify(key.public, wrong, b"message")
    with pytest.raises(SignatureInvalid):
        verify(key.public, signature, b"another message")
    with pytest.raises(SignatureInvalid):
        verify(key.public[:-1], signature, b"message")


def test_a_key_that_is_no_point_is_refused() -> None:
    """With y = 2 there is no x: x^2 is no square."""
    assert pow(x_squared(2), (P - 1) // 2, P) == P - 1
    with pytest.raises(SignatureInvalid):
        verify((2).to_bytes(32, "little"), bytes(64), b"message")


def test_parts_are_hashed_as_one() -> None:
    assert sha256(b"ab", b"", b"c").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
