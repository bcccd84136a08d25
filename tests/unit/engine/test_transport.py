"""The HTTP edge: what counts as no answer, as a stranger's answer, as too much of an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from sync.engine.enrolment import ask_who
from sync.engine.exchange import Request
from sync.engine.transport import HubAddressRefused, RequestsTransport, check_url
from sync.errors import NotNx1, SyncError, Unreachable, VerificationFailed
from sync.hub.embedded import RunningHub, serve_in_thread
from sync.testing import ManualClock, SeededRandom


class Stranger:
    """Something that listens on a port and answers every connection with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                connection.recv(65536)
                connection.sendall(self._answer)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Iterator[Stranger]:
    stranger = Stranger(request.param)
    yield stranger
    stranger.close()


@pytest.fixture
def hub() -> Iterator[RunningHub]:
    with serve_in_thread("sqlite://") as hub:
        yield hub


def answered(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def who(transport: RequestsTransport) -> object:
    try:
        return ask_who(transport, ManualClock(), SeededRandom("who"))
    finally:
        transport.close()


def test_a_real_hub_answers_who_it_is(hub: RunningHub) -> None:
    transport = RequestsTransport(hub.url)
    info = ask_who(transport, ManualClock(), SeededRandom("who"), hub.hub.hub_id)
    transport.close()
    assert info.hub_pk == hub.hub.key.public


def test_a_hub_of_another_id_fails_verification(hub: RunningHub) -> None:
    transport = RequestsTransport(hub.url)
    with pytest.raises(VerificationFailed):
        ask_who(transport, ManualClock(), SeededRandom("who"), bytes(32))
    transport.close()


def test_nothing_listening_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable):
        who(RequestsTransport(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize(
    ("stranger", "expected"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", NotNx1),
        (answered(b"<html>Sign in to the cafe</html>"), NotNx1),
        (answered(b"<html>Not found</html>", "404 Not Found"), NotNx1),
        (answered(b"", "302 Found"), NotNx1),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nshort", Unreachable),
        (b"", Unreachable),
        (answered(b"x" * 2_000_000), VerificationFailed),
    ],
    indirect=["stranger"],
)
def test_a_stranger_is_told_from_silence(stranger: Stranger, expected: type[SyncError]) -> None:
    with pytest.raises(expected):
        who(RequestsTransport(stranger.url))


@pytest.mark.parametrize("stranger", [b""], indirect=True)
def test_a_write_is_never_repeated_by_the_library(stranger: Stranger) -> None:
    transport = RequestsTransport(stranger.url)
    with pytest.raises(Unreachable):
        transport.send(Request(method="POST", target="/v1/teams", body=b"x"))
    transport.close()
    assert stranger.connections == 1


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "http://10.0.0.1:8750", "ftp://127.0.0.1", "broker.example", "https://", "https://h/?q=1"],
)
def test_addresses_that_must_not_be_used_are_refused(url: str) -> None:
    with pytest.raises(HubAddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8750/", "http://localhost", "http://[::1]:1", "https://hub.example/nx"]
)
def test_loopback_and_tls_addresses_are_taken(url: str) -> None:
    assert check_url(url) == url.rstrip("/")
