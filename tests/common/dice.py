"""Draws for made-up data, the same for the same seed on every machine and every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from struct import unpack
from typing import TypeVar

from sync.testing import SeededRandom

_T = TypeVar("_T")


class Dice:
    """Choices that look random."""

    def __init__(self, seed: str) -> None:
        self._drawn = SeededRandom(seed)
        self._left: list[int] = []

    def below(self, n: int) -> int:
        """Give a whole number from 0 to below `n`."""
        if not self._left:
            self._left = list(unpack(">1024Q", self._drawn.bytes(8192)))
        return self._left.pop() % n

    def between(self, least: int, most: int) -> int:
        """Give a whole number, ends included."""
        return least + self.below(most - least + 1)

    def chance(self, percent: int) -> bool:
        """Tell whether something that happens so often happens now."""
        return self.below(100) < percent

    def one(self, of: Sequence[_T]) -> _T:
        """Choose one."""
        return of[self.below(len(of))]

    def some(self, of: Sequence[_T], n: int) -> list[_T]:
        """Choose up to `n` different ones, in any order."""
        left = list(of)
        return [left.pop(self.below(len(left))) for _ in range(min(n, len(left)))]
