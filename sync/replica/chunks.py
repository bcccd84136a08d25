"""Lists cut into chunks, for statements whose number of parameters is bounded. No statement is run here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

CHUNK: Final = 500
"""Below the least bound that a SQLite was ever built with, 999."""


def chunked(items: Iterable[T]) -> Iterator[list[T]]:
    """Cut into lists of at most `CHUNK`."""
    source = iter(items)
    while chunk := list(islice(source, CHUNK)):
        yield chunk
