"""The hub over real HTTP: what the adapter adds, which is only the reading of bodies."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import logging
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from sync.hub.app import create_app
from sync.hub.config import ConfigError
from sync.hub.core import Hub
from sync.hub.embedded import RunningHub
from sync.hub.logs import start_log
from sync.hub.outcomes import HubAnswer
from sync.hub.server import Listener, Tls
from sync.protocol.frames import read_pulled, write_frames
from tests.hub.world import World, code_of

MIB = 1024 * 1024


class OverHttp:
    """Sends calls to a running hub; one connection per call, answers as HubAnswer."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=20)

    def send(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> HubAnswer:
        connection = self.connect()
        try:
            connection.request(method, target, body or None, dict(headers or {}))
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return HubAnswer(status=response.status, headers=fields, body=response.read())
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are and read until the hub closes."""
        with socket.create_connection((self.address.hostname or "", self.address.port or 0), timeout=20) as line:
            line.sendall(request)
            return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.fixture
def running(world: World) -> Iterator[OverHttp]:
    """Lena's team behind a real port."""
    server = RunningHub(world.hub, Listener("127.0.0.1", 0))
    yield OverHttp(server.url)
    server.stop()


def test_a_push_and_a_pull(world: World, running: OverHttp) -> None:
    raw = world.lena.envelope(bucket=256 * 1024)
    body, target = write_frames([raw]), world.path("log")
    pushed = running.send("POST", target, body, world.signed("POST", target, body, world.lena))
    assert (pushed.status, pushed.headers["content-type"]) == (200, "application/cbor")
    target = world.path("log?after=0&comps=1,3")
    pulled = running.send("GET", target, headers=world.signed("GET", target, b"", world.lena))
    assert [(one.n, one.item) for one in read_pulled(pulled.body)] == [(1, raw)]
    assert (pulled.headers["nx-head"], pulled.headers["cache-control"]) == ("1", "no-store")


def test_every_answer_is_one_of_the_protocol(world: World, running: OverHttp) -> None:
    for method, target in (("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json"), ("PUT", "/v1/info"),
                           ("GET", "/v1/info/"), ("GET", "/v1/te%61ms/x/head"), ("GET", "/v1/%ff"),
                           ("BREW", "/v1/info"), ("OPTIONS", "/v1/info"), ("DELETE", world.path("log"))):  # fmt: skip
        answer = running.send(method, target)
        assert (answer.status, code_of(answer)) == (404, "not_found")
        assert "server" not in answer.headers
    assert (running.send("HEAD", "/v1/info").status, running.send("HEAD", "/v1/info").body) == (404, b"")


def test_a_body_that_is_too_long_by_its_own_account_is_not_read(world: World, running: OverHttp) -> None:
    for target, length in (
        (world.path("log"), 5 * MIB),
        (world.path("control"), MIB),
        ("/v1/teams", 10**18),
        ("/x", 1),
    ):
        head = f"POST {target} HTTP/1.1\r\nHost: hub\r\nContent-Length: {length}\r\n\r\n"
        answer = running.raw(head.encode())
        assert answer.startswith(b"HTTP/1.1 413")
        assert b'"code": "too_large"' in answer


def test_a_body_without_end_is_cut_off(world: World, running: OverHttp) -> None:
    target = world.path("control")
    head = f"POST {target} HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
    assert running.raw(head + chunk + b"1\r\n\0\r\n").startswith(b"HTTP/1.1 413")


def test_a_long_body_of_a_stranger_is_not_waited_for(world: World, running: OverHttp) -> None:
    target = world.path("log")
    header = world.signed("POST", target, b"", world.stranger)["Authorization"]
    for lines, status in ((f"Authorization: {header}\r\n", b"404"), ("", b"401")):
        head = f"POST {target} HTTP/1.1\r\nHost: hub\r\nContent-Length: {4 * MIB}\r\n{lines}\r\n"
        assert running.raw(head.encode()).startswith(b"HTTP/1.1 " + status)


def test_a_body_that_stops_coming_is_given_up(world: World) -> None:
    # In the application only: the wait is a minute in the running server.
    sent = iter([{"type": "http.request", "body": b"abc", "more_body": True}])
    answers: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        for message in sent:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, object]) -> None:
        answers.append(message)

    scope: dict[str, object] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/teams", "raw_path": b"/v1/teams", "query_string": b"", "headers": [], "client": None,
        "server": None, "root_path": "",
    }  # fmt: skip
    asyncio.run(create_app(world.hub, body_idle_s=0.05)(scope, receive, send))  # type: ignore[arg-type]
    assert answers[0]["status"] == 400
    assert json.loads(bytes(answers[1]["body"]))["code"] == "malformed"  # type: ignore[call-overload]


class BrokenHub(Hub):
    """A hub with a bug that would like to say what it saw."""

    def handle(self, *_: object, **__: object) -> HubAnswer:
        """Fail."""
        raise RuntimeError("Maria was here")


def test_a_bug_is_unavailable_and_says_nothing_in_the_log(world: World) -> None:
    broken = BrokenHub(world.hub.store, world.clock, world.hub._random)
    kept = {name: logging.getLogger(name).handlers for name in ("sync", "uvicorn")}
    written = io.StringIO()
    start_log(written)
    server = RunningHub(broken, Listener("127.0.0.1", 0))
    answer = OverHttp(server.url).send("GET", "/v1/info")
    server.stop()
    for name, handlers in kept.items():
        logging.getLogger(name).handlers = handlers
        logging.getLogger(name).propagate = True
    assert (answer.status, code_of(answer), answer.headers["retry-after"]) == (503, "unavailable", "30")
    assert "RuntimeError" in written.getvalue()
    assert "Maria" not in written.getvalue()


def test_the_address_of_a_caller_is_counted_and_not_kept(world: World) -> None:
    with TestClient(create_app(world.hub), client=("192.0.2.7", 1)) as client:
        statuses = [client.get(f"/v1/invites/{bytes(16).hex()}").status_code for _ in range(21)]
    assert statuses == [404] * 20 + [429]
    for table_name in ("invite", "nonce", "team"):
        with world.hub.store.engine.connect() as db:
            assert b"192.0.2.7" not in repr(db.exec_driver_sql(f"SELECT * FROM {table_name}").all()).encode()


def test_an_answer_never_waits_for_the_acknowledgement_of_its_head() -> None:
    with Listener("127.0.0.1", 0) as listener, socket.create_connection(listener.socket.getsockname()):
        connection, _ = listener.socket.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_plain_http_is_refused_off_this_machine() -> None:
    with pytest.raises(ConfigError, match="listens on 127"):
        Listener("0.0.0.0", 0)


def test_a_port_in_use_is_told(running: OverHttp) -> None:
    with pytest.raises(ConfigError, match="cannot listen"):
        Listener("127.0.0.1", running.address.port or 0)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate for localhost that signs itself."""
    folder = tmp_path_factory.mktemp("tls")
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, None)
    )
    files = Tls(cert=folder / "cert.pem", key=folder / "key.pem")
    files.cert.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def greeting(server: RunningHub, cert: Path, maximum: ssl.TLSVersion) -> str:
    context = ssl.create_default_context(cafile=str(cert))
    context.maximum_version = maximum
    port = urlsplit(server.url).port or 0
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as line,
        context.wrap_socket(line, server_hostname="localhost") as secure,
    ):
        return secure.version() or ""


def test_tls_1_3_and_nothing_older(world: World, tls: Tls) -> None:
    server = RunningHub(world.hub, Listener("127.0.0.1", 0, tls))
    assert server.url.startswith("https://127.0.0.1:")
    assert greeting(server, tls.cert, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        greeting(server, tls.cert, ssl.TLSVersion.TLSv1_2)
    server.stop()
