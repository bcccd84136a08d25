"""Something that answers at an address in a way of its own: endlessly, drop by drop, or not at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Answer: TypeAlias = Callable[[threading.Event], Iterable[bytes]]
"""What is sent to a caller, piece by piece, until the event is set."""


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Listen on a loopback port and give every caller this answer; give the address."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, answer, over), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(30)


def _serve(listening: socket.socket, answer: Answer, over: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while not over.is_set():
            caller, _ = listening.accept()
            with caller, contextlib.suppress(OSError):
                caller.recv(65536)
                for piece in answer(over):
                    caller.sendall(piece)
