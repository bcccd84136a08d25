"""Cobblestone-256 a second time, from the specification (c2sp.org/chunked-encryption), with a salt that is given.

It exists so that known answers can be made byte for byte and so that the format does not depend on one library. Never
use it for real data: a salt that repeats under one key breaks the encryption.
"""

from collections.abc import Callable
from itertools import count

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

CHUNK = 16 * 1024
SALT = 24


def sealer(salt: bytes) -> Callable[[bytes, bytes, bytes], bytes]:
    """Return a function like `box_seal` that uses this salt."""

    def seal(key: bytes, context: bytes, plaintext: bytes) -> bytes:
        chunk_key, base_nonce, commitment = _derived(key, salt, context)
        chunks = [plaintext[at : at + CHUNK] for at in range(0, len(plaintext), CHUNK)]
        if not chunks or len(chunks[-1]) == CHUNK:
            chunks.append(b"")
        sealed = [AESGCM(chunk_key).encrypt(_nonce(base_nonce, i), chunk, None) for i, chunk in enumerate(chunks)]
        return salt + commitment + b"".join(sealed)

    return seal


def opened(key: bytes, context: bytes, box: bytes) -> bytes:
    """Return the plaintext of a box; raise ValueError or InvalidTag for one that is not whole."""
    salt, commitment, rest = box[:SALT], box[SALT : SALT + 32], box[SALT + 32 :]
    chunk_key, base_nonce, expected = _derived(key, salt, context)
    if commitment != expected:
        raise ValueError("another key or context")
    out = b""
    for i in count():
        chunk, rest = rest[: CHUNK + 16], rest[CHUNK + 16 :]
        out += AESGCM(chunk_key).decrypt(_nonce(base_nonce, i), chunk, None)
        if len(chunk) < CHUNK + 16:
            return out
    raise AssertionError


def _derived(key: bytes, salt: bytes, context: bytes) -> tuple[bytes, bytes, bytes]:
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    okm = HKDFExpand(SHA512(), 32 + 12 + 32, info).derive(key)
    return okm[:32], okm[32:44], okm[44:]


def _nonce(base: bytes, number: int) -> bytes:
    return (int.from_bytes(base, "big") ^ number).to_bytes(12, "big")
