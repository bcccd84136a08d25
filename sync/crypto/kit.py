"""The recovery kit: one seed on two papers, and the keys that come from it (protocol.md 2.2).

S = A xor B. One half says nothing; both halves own the team. S is deleted from a laptop as soon as the halves are out,
so nothing here keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mnemonic import Mnemonic

from sync.clock import Random
from sync.crypto.boxes import hkdf, kem_public
from sync.crypto.signing import SigningKey

SEED_SIZE: Final = 32
HALF_WORDS: Final = 24


@dataclass(frozen=True, slots=True)
class KitKeys:
    """What follows from the seed: the team identity key, and the recovery key that slots are sealed to."""

    tik: SigningKey
    rk_seed: bytes
    rk_pk: bytes

    @classmethod
    def of(cls, seed: bytes) -> KitKeys:
        """Return the keys of a kit seed."""
        rk_seed = hkdf(seed, b"nx1/kit/rk")
        return cls(SigningKey.from_seed(hkdf(seed, b"nx1/kit/tik")), rk_seed, kem_public(rk_seed))


def split(seed: bytes, random: Random) -> tuple[bytes, bytes]:
    """Return two halves of a seed, the first of them random."""
    half_a = random.bytes(SEED_SIZE)
    return half_a, join(seed, half_a)


def join(half_a: bytes, half_b: bytes) -> bytes:
    """Return the seed of two halves (or the other half of a seed and one)."""
    return bytes(a ^ b for a, b in zip(half_a, half_b, strict=True))


def words_of(half: bytes) -> str:
    """Return a half as 24 BIP39 words."""
    text: str = _words().to_mnemonic(half)
    return text


def half_of(words: str) -> bytes:
    """Return the half that 24 words stand for.

    Raises:
        ValueError: not 24 words of the list, or a wrong check word: something was misread.
    """
    typed = words.lower().split()
    if len(typed) != HALF_WORDS:
        raise ValueError("a half has 24 words")
    return entropy_of(typed)


def entropy_of(typed: list[str]) -> bytes:
    """Return the bytes of BIP39 English words; raise ValueError when they do not check."""
    try:
        return bytes(_words().to_entropy(typed))
    except (LookupError, ValueError):
        raise ValueError("these words do not check") from None


def _words() -> Mnemonic:
    return Mnemonic("english")
