"""A hub that shows every seat the log in an order of its own: the only way to see that order does not matter.

Each chain keeps its order, heads and receipts are signed by the real hub's key and consistent for each seat. The seats'
gossip contradicts itself, of course: in such a fleet the alarm `log_fork` is right.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sync.hub.outcomes import HubAnswer
from sync.hub.store import log
from sync.hub.store.log import EnvelopeRow
from sync.protocol.frames import Pulled, write_pulled
from sync.protocol.messages import Authorization, HeadAnswer, PushAnswer, Receipt, fold_log
from sync.testing.fakes import SeededRandom
from sync.testing.fleet import Fleet

_PULL = re.compile(r"/v1/teams/([0-9a-f]{32})/log\?after=(\d+)&max=(\d+)&comps=([\d,]*)")
_EVERYTHING = range(256)


@dataclass
class View:
    """The log as one seat sees it: envelopes by their place in this order, from 1."""

    rows: list[EnvelopeRow] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)

    def add(self, row: EnvelopeRow) -> None:
        """Put an envelope behind the others."""
        self.rows.append(row)
        self.places[row.n] = len(self.rows)

    def head(self) -> bytes:
        """Return the running head of this order."""
        return fold_log(bytes(32), ((n, row.env_hash) for n, row in enumerate(self.rows, start=1)))


class OwnOrders:
    """In front of a fleet's hub."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._random = SeededRandom("orders")
        self._views: dict[bytes, View] = {}

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> HubAnswer:
        """Answer one request in the caller's order."""
        answer = self._fleet.handle(method, target, headers, body)
        if answer.status != 200 or "Authorization" not in headers:
            return answer
        view = self._views.setdefault(Authorization.parse(headers["Authorization"]).seat, View())
        if target.endswith("/head"):
            return self._head(view, answer, bytes.fromhex(target.split("/")[3]))
        if method == "POST" and target.endswith("/log"):
            return self._pushed(view, answer, bytes.fromhex(target.split("/")[3]))
        if method == "GET" and (asked := _PULL.fullmatch(target)):
            return self._page(view, int(asked[2]), int(asked[3]), {int(comp) for comp in asked[4].split(",")})
        return answer

    def _head(self, view: View, answer: HubAnswer, team: bytes) -> HubAnswer:
        head = HeadAnswer.parse(answer.body, team)
        for row in self._shuffled([row for row in self._rows(team, head.checkpoint.n) if row.n not in view.places]):
            view.add(row)
        checkpoint = replace(head.checkpoint, n=len(view.rows), h_n=view.head())
        return replace(answer, body=replace(head, checkpoint=checkpoint, sig=checkpoint.sign(self._fleet.hub.key)).encode())

    def _pushed(self, view: View, answer: HubAnswer, team: bytes) -> HubAnswer:
        pushed = PushAnswer.parse(answer.body)
        rows = {row.n: row for row in self._rows(team, max(pushed.places))}
        for n in pushed.places:
            if n not in view.places:
                view.add(rows[n])
        places = [view.places[n] for n in pushed.places]
        receipt = Receipt(
            team=team, log_id=self._log_id(team), day=pushed.day,
            items=[(place, rows[n].env_hash) for place, n in zip(places, pushed.places, strict=True)],
        )  # fmt: skip
        signed = replace(pushed, places=tuple(places), receipt=receipt.sign(self._fleet.hub.key))
        return replace(answer, body=signed.encode())

    def _page(self, view: View, after: int, most: int, comps: set[int]) -> HubAnswer:
        page: list[Pulled] = []
        size = 0
        for n, row in enumerate(view.rows[after:], start=after + 1):
            wire = row.wire if row.comp in comps else row.header + row.env_hash + row.sig
            size += len(wire)
            if page and size > most:
                break
            page.append(Pulled(n, wire))
        return HubAnswer(body=write_pulled(page))

    def _rows(self, team: bytes, last: int) -> list[EnvelopeRow]:
        with self._fleet.hub.store.reading() as db:
            return list(log.page(db, team, after=0, last=last, comps=_EVERYTHING))

    def _log_id(self, team: bytes) -> bytes:
        control = self._fleet.lead.replica.control
        assert control is not None
        return control.log_id

    def _shuffled(self, rows: list[EnvelopeRow]) -> Iterator[EnvelopeRow]:
        chains: dict[bytes, list[EnvelopeRow]] = {}
        for row in rows:
            chains.setdefault(row.seat_id, []).append(row)
        while chains:
            seat = sorted(chains)[self._random.bytes(1)[0] % len(chains)]
            yield chains[seat].pop(0)
            if not chains[seat]:
                del chains[seat]
