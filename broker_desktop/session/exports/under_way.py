"""How a file that takes a while to write tells how far it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[int, int], None]
"""Is told how much is done of how much, often; whatever it raises stops the writing, and then there is no file."""


def silent(_done: int, _whole: int) -> None:
    """Tell nobody, and let the writing go on."""


def stretch(told: Told, at: int, many: int) -> Told:
    """Give what one of `many` equal stretches tells, so that the whole never goes back."""

    def tell(done: int, whole: int) -> None:
        told(at * whole + done, many * whole)

    return tell
