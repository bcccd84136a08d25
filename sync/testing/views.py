"""A hub that shows every seat a log of its own making, signed and consistent in itself: a fork, held for ever.

A dishonest hub has its own key, so it can order, hide, repeat or invent envelopes and sign what comes of it. What it
cannot do is forge a seat's signature. The seats' gossip contradicts itself, so `log_fork` is the right alarm here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from sync.crypto.signing import sha256
from sync.hub.outcomes import HubAnswer
from sync.hub.store import log
from sync.hub.store.log import EnvelopeRow
from sync.protocol.frames import Pulled, write_pulled
from sync.protocol.messages import Authorization, HeadAnswer, PushAnswer, Receipt, fold_log
from sync.testing.fakes import SeededRandom
from sync.testing.fleet import Fleet

_PULL: Final = re.compile(r"/v1/teams/[0-9a-f]{32}/log\?after=(\d+)&max=(\d+)&comps=([\d,]*)")
_EVERYTHING: Final = range(256)

Arrange: TypeAlias = Callable[[bytes, Sequence[EnvelopeRow]], Iterable[EnvelopeRow]]
"""What a seat is to see of the envelopes that it was not told of before."""


@dataclass
class View:
    """The log as one seat sees it: envelopes by their place in it, from 1."""

    rows: list[EnvelopeRow] = field(default_factory=list)
    considered: set[int] = field(default_factory=set)

    def place_of(self, row: EnvelopeRow) -> int:
        """Return where an envelope stands; put it behind the others where it is new."""
        if row not in self.rows:
            self.rows.append(row)
        return self.rows.index(row) + 1

    def head(self) -> bytes:
        """Return the running head."""
        return fold_log(bytes(32), ((n, row.env_hash) for n, row in enumerate(self.rows, start=1)))


class LogViews:
    """In front of a fleet's hub; `arrange` says what a seat gets to see of new envelopes."""

    def __init__(self, fleet: Fleet, arrange: Arrange) -> None:
        self._fleet = fleet
        self._arrange = arrange
        self._views: dict[bytes, View] = {}

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> HubAnswer:
        """Answer one request out of the caller's view."""
        answer = self._fleet.handle(method, target, headers, body)
        if answer.status != 200 or "Authorization" not in headers:
            return answer
        seat = Authorization.parse(headers["Authorization"]).seat
        view = self._views.setdefault(seat, View())
        if target.endswith("/head"):
            return self._head(seat, view, answer, bytes.fromhex(target.split("/")[3]))
        if method == "POST" and target.endswith("/log"):
            return self._pushed(view, answer, bytes.fromhex(target.split("/")[3]))
        if method == "GET" and (asked := _PULL.fullmatch(target)):
            comps = {int(comp) for comp in asked[3].split(",") if comp}
            return _page(view, int(asked[1]), int(asked[2]), comps)
        return answer

    def _head(self, seat: bytes, view: View, answer: HubAnswer, team: bytes) -> HubAnswer:
        head = HeadAnswer.parse(answer.body, team)
        fresh = [row for row in self._rows(team, head.checkpoint.n) if row.n not in view.considered]
        view.rows += self._arrange(seat, fresh)
        view.considered.update(row.n for row in fresh)
        checkpoint = replace(head.checkpoint, n=len(view.rows), h_n=view.head())
        signed = replace(head, checkpoint=checkpoint, sig=checkpoint.sign(self._fleet.hub.key))
        return replace(answer, body=signed.encode())

    def _pushed(self, view: View, answer: HubAnswer, team: bytes) -> HubAnswer:
        pushed = PushAnswer.parse(answer.body)
        rows = {row.n: row for row in self._rows(team, max(pushed.places))}
        items = [(view.place_of(rows[n]), rows[n].env_hash) for n in pushed.places]
        view.considered.update(pushed.places)
        log_id = self._fleet.control.log_id
        receipt = Receipt(team=team, log_id=log_id, items=items, day=pushed.day).sign(self._fleet.hub.key)
        signed = replace(pushed, places=tuple(n for n, _ in items), receipt=receipt)
        return replace(answer, body=signed.encode())

    def _rows(self, team: bytes, last: int) -> list[EnvelopeRow]:
        with self._fleet.hub.store.reading() as db:
            return list(log.page(db, team, after=0, last=last, comps=_EVERYTHING))


def _page(view: View, after: int, most: int, comps: set[int]) -> HubAnswer:
    page: list[Pulled] = []
    size = 0
    for n, row in enumerate(view.rows[after:], start=after + 1):
        wire = row.wire if row.comp in comps else row.header + row.env_hash + row.sig
        size += len(wire)
        if page and size > most:
            break
        page.append(Pulled(n, wire))
    return HubAnswer(body=write_pulled(page))


def own_orders() -> Arrange:
    """Show every seat the whole log in an order of its own; each chain keeps its order."""
    random = SeededRandom("orders")

    def shuffled(_seat: bytes, rows: Sequence[EnvelopeRow]) -> list[EnvelopeRow]:
        chains: dict[bytes, list[EnvelopeRow]] = {}
        for row in rows:
            chains.setdefault(row.seat_id, []).append(row)
        order = []
        while chains:
            seat = sorted(chains)[random.bytes(1)[0] % len(chains)]
            order.append(chains[seat].pop(0))
            if not chains[seat]:
                del chains[seat]
        return order

    return shuffled


def remade(row: EnvelopeRow, header: bytes, body: bytes) -> EnvelopeRow:
    """Return an envelope with another header or ciphertext under the old signature, hashed as a hub would."""
    return row._replace(header=header, body=body, env_hash=sha256(b"nx1/env\0", header, body))
