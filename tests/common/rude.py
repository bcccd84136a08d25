"""Something that listens where the server should be and is not one: what a wrong address or a hotel network answers."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GARBAGE = bytes(range(256)) * 8
PAGE = b"<!DOCTYPE html><html><title>Welcome to the hotel</title><body>Please accept our terms.</body></html>"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
    len(PAGE),
    PAGE,
)
NOTHING = b""
TEAPOT = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops"


@contextmanager
def answering(port: int, answer: bytes) -> Iterator[None]:
    """Give every caller on the port the same bytes, then close the connection; empty bytes: close it unread."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, answer), daemon=True)
        thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(30)


def _serve(listening: socket.socket, answer: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = listening.accept()
            with caller, contextlib.suppress(OSError):
                if answer:
                    caller.recv(65536)
                    caller.sendall(answer)
