"""Ed25519 signatures and SHA-256: what hub and client share of the cryptography.

Never handles anything that must stay secret from the hub except the caller's own signing key.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.errors import SignatureInvalid

PUBLIC_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64
SEED_SIZE: Final = 32

_FIELD_PRIME: Final = 2**255 - 19
_SIGN_BIT: Final = 1 << 255
# y coordinates of the eight points of small order; under such a key one signature verifies for every message, and
# OpenSSL accepts them (protocol.md 2.8). Non-canonical spellings (y >= p) are refused as a class.
_SMALL_ORDER_Y: Final = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)


def sha256(*parts: bytes) -> bytes:
    """Return H of the concatenated parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


class SigningKey:
    """An Ed25519 private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public: bytes = key.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes | bytearray) -> SigningKey:
        """Return the key of a 32-byte seed."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature; the caller puts a context string in front of the message."""
        return self._key.sign(message)


def check_public_key(public: bytes) -> None:
    """Refuse a key of small order, a non-canonical spelling and a wrong length; call wherever a key enters.

    Raises:
        SignatureInvalid: the key must not be used.
    """
    if len(public) != PUBLIC_SIZE:
        raise SignatureInvalid("a public key has 32 bytes")
    y = int.from_bytes(public, "little") & ~_SIGN_BIT
    if y in _SMALL_ORDER_Y or y >= _FIELD_PRIME:
        raise SignatureInvalid("this public key must not be used")


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Verify a signature; return nothing.

    Raises:
        SignatureInvalid: it does not verify, or the key must not be used.
    """
    check_public_key(public)
    try:
        _open_signature(public, signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid("the signature does not verify") from None


def _open_signature(public: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
