"""How far a file is, on a terminal, while it is written; Ctrl+C stops it and leaves no file."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from broker_desktop.headless.console import Console
from broker_desktop.session.exports import Told


@contextmanager
def writing(console: Console) -> Generator[Told]:
    """Give what a writing tells; on a terminal it stands there in percent until the writing is over."""
    shown: list[int] = []

    def told(done: int, whole: int) -> None:
        percent = done * 100 // whole
        if console.stderr.isatty() and shown[-1:] != [percent]:
            shown.append(percent)
            console.stderr.write(f"\rWriting: {percent} %. Ctrl+C stops it.")
            console.stderr.flush()

    try:
        yield told
    finally:
        if shown:
            console.stderr.write("\n")
