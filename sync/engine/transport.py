"""Carries requests to a hub over HTTP with `requests` (protocol.md 2.10). Decides nothing about what is sent.

TLS 1.3 with ordinary CA validation or a CA file; plain HTTP is refused off loopback. The hub is authenticated by its
hub_id, one layer up. A connection is kept open between the requests of a round.
"""

from __future__ import annotations

import ssl
from http.client import BadStatusLine, RemoteDisconnected
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError
from urllib3.util import Retry

from sync.engine.exchange import Request, Response
from sync.errors import NotNx1, SyncError, Unreachable, VerificationFailed
from sync.system import monotonic_s

CONNECT_TIMEOUT_S: Final = 10
READ_TIMEOUT_S: Final = 60
_PATIENCE_S: Final = 60
_LEAST_BYTES_PER_S: Final = 256
_READ_SIZE: Final = 64 * 1024
_SCHEMES: Final = {"http", "https"}


class HubAddressRefused(SyncError):
    """An address that must not be used: not http(s), or plain http to another machine."""


def check_url(url: str) -> str:
    """Return a hub's address without a trailing slash.

    Raises:
        HubAddressRefused: no http(s) address, or plain http to a machine other than this one.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.query or parts.fragment:
        raise HubAddressRefused("hub_address", "not an http or https address")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise HubAddressRefused("plain_http", "plain http is for this machine only")
    return url.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


# A kept-open connection that the hub closed meanwhile is opened once more, for reads only.
_RETRY: Final = Retry(total=1, status=0, redirect=0, allowed_methods={"GET"}, backoff_factor=0)


class _Tls13Adapter(HTTPAdapter):
    """Ordinary certificate checks, TLS 1.3 and nothing older."""

    def __init__(self, ca: str | None) -> None:
        self._ca = ca
        super().__init__(max_retries=_RETRY)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Give every connection a context with our floor."""
        context = ssl.create_default_context(cafile=self._ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        super().init_poolmanager(*args, ssl_context=context, **options)


class RequestsTransport:
    """A hub at one address; one thread at a time."""

    def __init__(self, url: str, ca: str | None = None) -> None:
        """Open nothing yet; `ca` is a file of certificates to trust in place of the system's.

        Raises:
            HubAddressRefused: see check_url.
        """
        self._url = check_url(url)
        self._verify: str | bool = ca or True
        self._session = requests.Session()
        # Only the scheme at hand: reading the system's certificates takes as long as a small sync.
        if self._url.startswith("https:"):
            self._session.mount("https://", _Tls13Adapter(ca))
        else:
            self._session.mount("http://", HTTPAdapter(max_retries=_RETRY))

    def send(self, request: Request) -> Response:
        """Return the hub's answer; see exchange.Transport."""
        try:
            with self._session.request(
                request.method, self._url + request.target, data=request.body or None,
                headers={**request.headers, "Accept-Encoding": "identity", "User-Agent": "nx1"},
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S), stream=True, allow_redirects=False,
                verify=self._verify, auth=_keep_authorization,
            ) as answer:  # fmt: skip
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Response(status=answer.status_code, headers=headers, body=_read(answer.raw, request.cap))
        except requests.exceptions.RequestException as error:
            raise _failure(error) from None
        except HTTPError as error:
            raise Unreachable(type(error).__name__) from None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _keep_authorization(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in for `auth`, so that a .netrc file cannot replace our Authorization header."""
    return prepared


def _read(answer: BaseHTTPResponse, cap: int) -> bytes:
    """Read a body of at most `cap` bytes that arrives at a humane speed.

    Takes what is there each time instead of waiting for a full buffer, which a drop a minute would never fill; and
    inflates nothing, because nothing compressed was asked for.
    """
    parts: list[bytes] = []
    size = 0
    began = monotonic_s()
    while part := answer.read1(_READ_SIZE, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > cap:
            raise VerificationFailed("too_large", "the answer is longer than asked for")
        spent = monotonic_s() - began
        if spent > _PATIENCE_S and size < spent * _LEAST_BYTES_PER_S:
            raise Unreachable("the answer trickles")
    return b"".join(parts)


def _failure(error: requests.exceptions.RequestException) -> SyncError:
    """Sort a failure of the library: no answer, or an answer that is not HTTP."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    if isinstance(cause, ProtocolError) and len(cause.args) > 1:
        inner = cause.args[1]
        if isinstance(inner, BadStatusLine) and not isinstance(inner, RemoteDisconnected):
            return NotNx1("not HTTP")
    return Unreachable(type(error).__name__)
