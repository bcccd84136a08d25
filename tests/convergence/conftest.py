"""A fleet is one process: what one laptop has verified, the others need not pay for again."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from sync.crypto import signing


@pytest.fixture(autouse=True, scope="session")
def signatures_remembered() -> Iterator[None]:
    """Verify the same key, signature and message once; a bad one is verified, and refused, every time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing, "_open_signature", lru_cache(maxsize=20_000)(signing._open_signature))
        yield
