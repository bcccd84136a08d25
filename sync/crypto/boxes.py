"""The three ways to hide bytes: HKDF, Cobblestone-256 boxes, and HPKE to an X-Wing key (protocol.md 2.2, 2.4).

Thin wrappers that fix every parameter, so that the easy call is the safe one. Nonces and salts are drawn by the library
for each message. The hub never imports this module.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.errors import BoxRefused

KEM_ID: Final = 0x647A
"""MLKEM768-X25519 in the HPKE registry."""

KEY_SIZE: Final = 32
KEM_SEED_SIZE: Final = 32
_MLKEM_PUBLIC_SIZE: Final = 1184
_MLKEM_SEED_SIZE: Final = 64
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def hkdf(ikm: bytes | bytearray, info: bytes, n: int = KEY_SIZE) -> bytes:
    """Return KDF(ikm, info, n): HKDF-SHA-512 without salt."""
    return HKDF(algorithm=SHA512(), length=n, salt=None, info=info).derive(ikm)


def box_seal(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Return a Cobblestone-256 box: confidential, bound to `context`, committed to `key` (32 bytes)."""
    box = Cobblestone256Encryptor(key, context)
    return box.update(plaintext) + box.finalize()


def box_open(key: bytes, context: bytes, box: bytes) -> bytes:
    """Return what a box holds.

    Raises:
        BoxRefused: another key, another context, or changed bytes.
    """
    opener = Cobblestone256Decryptor(key, context)
    try:
        return opener.update(box) + opener.finalize()
    except InvalidTag:
        raise BoxRefused("a box does not open") from None


def kem_public(seed: bytes | bytearray) -> bytes:
    """Return the 1216-byte X-Wing public key of a 32-byte seed, ML-KEM part first."""
    mlkem, x25519 = _private_parts(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def hpke_seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Return HPKE output `enc 1120 || ct` for an X-Wing public key.

    Raises:
        BoxRefused: the public key is none.
    """
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_SIZE])
        x25519 = X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_SIZE:])
        return _SUITE.encrypt(plaintext, MLKEM768X25519PublicKey(mlkem, x25519), info)
    except ValueError:
        raise BoxRefused("not a usable X-Wing public key") from None


def hpke_open(seed: bytes | bytearray, info: bytes, sealed: bytes) -> bytes:
    """Return what was sealed to the public key of a seed.

    Raises:
        BoxRefused: another key, another info, or changed bytes.
    """
    try:
        return _SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(*_private_parts(seed)), info)
    except (InvalidTag, ValueError):
        raise BoxRefused("an HPKE message does not open") from None


def _private_parts(seed: bytes | bytearray) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(seed) != KEM_SEED_SIZE:
        raise ValueError("an X-Wing seed has 32 bytes")
    expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_SIZE + 32)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_SIZE])
    return mlkem, X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_SIZE:])
