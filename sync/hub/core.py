"""The hub without a network: one request in, one answer out.

`app.py` puts it behind HTTP, tests and fleets call it directly; both walk the one table in routes/. Time and randomness
are arguments. Nothing about a request is logged or kept beyond what its route stores.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync.clock import Clock, Random
from sync.crypto.signing import SigningKey, sha256
from sync.hub import auth
from sync.hub.config import HubConfig
from sync.hub.limits import HourlyLimit
from sync.hub.outcomes import HubAnswer, Refused, refuse
from sync.hub.retention import sweep
from sync.hub.route import Access, Call, Route
from sync.hub.routes import ROUTES
from sync.hub.store import Store, StoreBusy, access
from sync.protocol.messages import hub_id_of
from sync.protocol.problems import Problem
from sync.protocol.version import day_of

_LOG: Final = logging.getLogger(__name__)
_DATABASE_FAILURES: Final = (OperationalError, InterfaceError, PoolTimeout)
_TOKEN_BYTES: Final = 20
_QUERY_FIELDS: Final = 8


class Hub:
    """One hub over one store, whose schema must be in place (schema.py)."""

    def __init__(self, store: Store, clock: Clock, random: Random, config: HubConfig | None = None) -> None:
        """Take the hub's key from the store, making it at the first start."""
        self.store = store
        self.config = config or HubConfig()
        self._clock = clock
        self._random = random
        self._box_reads = HourlyLimit(self.config.invite_reads_per_hour)
        self.key = _hub_key(store, random)
        self.hub_id = hub_id_of(self.key.public)

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"", *, peer: str = ""
    ) -> HubAnswer:
        """Answer one request; `target` is path?query as sent, header names are in any case, `peer` is an address.

        Every expected failure is an answer. What is raised is a bug of the hub.
        """
        try:
            route, call = self._call(method, target, headers, body, peer)
            if len(body) > route.max_body:
                refuse(Problem.TOO_LARGE, "the body is longer than this route takes")
            return self._answer(route, auth.authenticated(route, call))
        except Refused as refused:
            return refused.answer()
        except (StoreBusy, IntegrityError):
            # Two calls made the same row at once: the later one, made again, will find it.
            return Refused(Problem.UNAVAILABLE, "the database is busy", retry_after=1).answer()
        except _DATABASE_FAILURES as error:
            _LOG.error("the database failed: %s", type(error).__name__)
            return Refused(Problem.UNAVAILABLE, "the database does not answer").answer()

    def check_before_body(self, method: str, target: str, headers: Mapping[str, str]) -> None:
        """Raise Refused for a caller who cannot succeed whatever the body holds: a wrong time, no such seat.

        The signature covers the body, so a call that passes here is authenticated again, in full, by `handle`.
        """
        route, call = self._call(method, target, headers, b"", "")
        if route.access not in {Access.ANYBODY, Access.FOUNDER}:
            auth.known_seat(route, call)

    def issue_token(self) -> str:
        """Make a one-time operator token; only its hash is stored."""
        token = base64.b32encode(self._random.bytes(_TOKEN_BYTES)).decode()
        day = day_of(self._clock.now_ms())
        self.store.write(lambda db: access.add_token(db, sha256(token.encode()), day))
        return token

    def sweep(self) -> None:
        """Delete what may not be kept any longer; a database that fails is swept the next time."""
        try:
            sweep(self.store, self._clock.now_ms())
        except (StoreBusy, *_DATABASE_FAILURES) as error:
            _LOG.error("the database failed: %s", type(error).__name__)

    def _call(self, method: str, target: str, headers: Mapping[str, str], body: bytes, peer: str) -> tuple[Route, Call]:
        if not target.isascii():
            refuse(Problem.NOT_FOUND)
        path, _, query = target.partition("?")
        route, params = _match(method, path)
        call = Call(
            store=self.store,
            config=self.config,
            key=self.key,
            hub_id=self.hub_id,
            now_ms=self._clock.now_ms(),
            method=method,
            target=target,
            query=_query(query),
            params=params,
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
            peer=peer,
            box_reads=self._box_reads,
        )
        return route, call

    def _answer(self, route: Route, call: Call) -> HubAnswer:
        try:
            return route.handler(call)
        except Refused:
            if route.writes and call.seat is not None:
                self._keep_nonce_of_refused(call)
            raise

    def _keep_nonce_of_refused(self, call: Call) -> None:
        """A refused write is not to be replayed either, when what refused it may have passed."""

        def work(db: Connection) -> None:
            if not access.nonce_known(db, call.caller.team_id, call.caller.seat_id, call.nonce):
                call.keep_nonce(db)

        self.store.write(work)


def _match(method: str, path: str) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        if route.method == method and (found := route.regex.fullmatch(path)):
            return route, found.groupdict()
    raise Refused(Problem.NOT_FOUND)


def _query(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=_QUERY_FIELDS)
    except ValueError:
        refuse(Problem.MALFORMED, "the query cannot be read")
    if len({name for name, _ in pairs}) != len(pairs):
        refuse(Problem.MALFORMED, "a query field stands twice")
    return dict(pairs)


def _hub_key(store: Store, random: Random) -> SigningKey:
    def work(db: Connection) -> SigningKey:
        seed = access.hub_seed(db)
        if seed is not None:
            return SigningKey.from_seed(seed)
        seed = random.bytes(32)
        key = SigningKey.from_seed(seed)
        access.keep_hub_key(db, seed=seed, public=key.public)
        return key

    return store.write(work)
