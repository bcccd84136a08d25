"""Answers that a server can only give over a real connection: too long, too slow, compressed, sent elsewhere."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
from collections.abc import Iterable

import pytest

from sync.engine import transport
from sync.engine.transport import RequestsTransport
from sync.errors import NotNx1, SyncError, Unreachable, VerificationFailed
from tests.hostile.besieged import Besieged
from tests.hostile.streams import Answer, answering

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
GIB = 2**30
MOST_MEMORY = 64 * 2**20
A_MOMENT_S = 0.05
BOMB = gzip.compress(bytes(128 * 2**20), 1)


def ten_gibibytes(over: threading.Event) -> Iterable[bytes]:
    """A body as long as its header says."""
    yield OK + b"Content-Length: %d\r\n\r\n" % (10 * GIB)
    while not over.is_set():
        yield bytes(65536)


def chunks_without_end(over: threading.Event) -> Iterable[bytes]:
    """A body of unknown length."""
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    while not over.is_set():
        yield b"10000\r\n" + bytes(65536) + b"\r\n"


def headers_without_end(over: threading.Event) -> Iterable[bytes]:
    """No body at all, for ever."""
    yield OK
    while not over.is_set():
        yield b"X-More: " + b"a" * 1000 + b"\r\n"


def a_bomb(_over: threading.Event) -> Iterable[bytes]:
    """A body that inflates a thousandfold, although nothing compressed was asked for."""
    yield OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB


def drop_by_drop(over: threading.Event) -> Iterable[bytes]:
    """A byte a moment: each one in time, the whole never."""
    yield OK + b"Content-Length: 100000\r\n\r\n"
    while not over.wait(A_MOMENT_S):
        yield b"\0"


def silence(over: threading.Event) -> Iterable[bytes]:
    """Nothing."""
    over.wait(30)
    return ()


def half_an_answer(_over: threading.Event) -> Iterable[bytes]:
    """Less than its header says."""
    yield OK + b"Content-Length: 100000\r\n\r\n" + bytes(1000)


def elsewhere(_over: threading.Event) -> Iterable[bytes]:
    """A redirection, which would carry the signed request to somebody else."""
    yield b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ten_gibibytes, VerificationFailed),
        (chunks_without_end, VerificationFailed),
        (headers_without_end, Unreachable),
        (a_bomb, NotNx1),
        (drop_by_drop, Unreachable),
        (silence, Unreachable),
        (half_an_answer, Unreachable),
        (elsewhere, NotNx1),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_answer_hurts(answer: Answer, error: type[SyncError], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_TIMEOUT_S", 10 * A_MOMENT_S)
    monkeypatch.setattr(transport, "_PATIENCE_S", 10 * A_MOMENT_S)
    team = Besieged.now()
    with answering(answer) as address:
        line = RequestsTransport(address)
        tracemalloc.start()
        try:
            with pytest.raises(error):
                team.nurse.sync(line)
            assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
        finally:
            tracemalloc.stop()
            line.close()
    team.works_on()
    team.recovers()
