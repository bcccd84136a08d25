"""A hub that lies: in front of a real one, with one switch per way in which a server can be dishonest or broken.

`hub.lie = hub.flipped_bit` and the like; `honest` ends it. Lies that need a consistent signed log of its own are in
`views.py`. Everything that arrives is kept in `received`, so that a test can look for what must never leave a laptop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from sync.control import build_add_seat
from sync.crypto.keyring import EpochSecret, seal_grant
from sync.crypto.signing import SigningKey, sha256
from sync.hub.outcomes import JSON, HubAnswer
from sync.protocol.enrolment import Grant, Role, SeatCard, encode_grants, parse_grants
from sync.protocol.envelope import HEADER_SIZE
from sync.protocol.fields import PLACE
from sync.protocol.frames import ChainHead, Pulled, read_frames, read_pulled, write_frames, write_pulled
from sync.protocol.messages import Authorization, Checkpoint, HeadAnswer, Info, PushAnswer, Receipt
from sync.protocol.problems import Problem, problem_body
from sync.testing.fleet import Fleet

_LARGEST: Final = 2**64 - 1
_SIG_SIZE: Final = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the hub sees it."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def call(self) -> str:
        """What is asked for: `head`, `log`, `control`, `grants`, `info` and so on."""
        return self.target.partition("?")[0].split("/")[4 if self.target.startswith("/v1/teams/") else 2]

    @property
    def seat(self) -> bytes:
        """Who asks; only for a signed request."""
        return Authorization.parse(self.headers["Authorization"]).seat


Lie: TypeAlias = Callable[[Asked, HubAnswer], HubAnswer]


class HostileHub:
    """In front of a fleet's hub, with the hub's own key at hand."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._key = fleet.hub.key
        self.lie: Lie = self.honest
        self.received: list[bytes] = []

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> HubAnswer:
        """Answer one request, as `lie` has it."""
        self.received += [target.encode(), *(value.encode() for value in headers.values()), body]
        asked = Asked(method, target, headers, body)
        return self.lie(asked, self._fleet.handle(method, target, headers, body))

    def honest(self, _asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Pass the answer on."""
        return answer

    # The log as it is served.

    def dropped_envelope(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Leave out the first envelope of a page."""
        return self._page(asked, answer, lambda page: page[1:])

    def dropped_everything(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Serve empty pages."""
        return self._page(asked, answer, lambda _page: [])

    def withheld_body(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Serve the first envelope of a page as a stub, although the caller may read it."""
        return self._page(asked, answer, lambda page: [Pulled(page[0].n, _stub(page[0].item)), *page[1:]])

    def reordered(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Exchange two envelopes of a page."""
        return self._page(asked, answer, lambda page: _exchanged(page, lambda one, other: (other, one)))

    def replayed(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Serve the beginning of the log, whatever was asked for."""
        if asked.call != "log" or asked.method != "GET":
            return answer
        return replace(answer, body=write_pulled(Pulled(1, one.item) for one in read_pulled(answer.body)[:1]))

    def swapped_bodies(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Exchange the ciphertexts of two envelopes and leave their headers."""
        return self._page(asked, answer, lambda page: _exchanged(page, swap_bodies))

    def swapped_headers(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Exchange the headers of two envelopes, signatures included."""
        return self._page(asked, answer, lambda page: _exchanged(page, swap_headers))

    def flipped_bit(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Change one bit of a ciphertext."""
        return self._page(asked, answer, lambda page: [Pulled(page[0].n, flip(page[0].item)), *page[1:]])

    def absurd_places(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Serve envelopes at places that no log reaches."""
        return self._page(
            asked, answer, lambda page: [Pulled(_LARGEST - len(page) + at, one.item) for at, one in enumerate(page)]
        )

    # The head and what the hub signs.

    def forged_checkpoint(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Answer with a checkpoint that the hub did not sign."""
        return self._head(asked, answer, lambda head: replace(head, sig=bytes(_SIG_SIZE)))

    def rolled_back(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a log that is shorter than it was; nothing is announced."""
        return self._signed(asked, answer, lambda head: replace(head, n=head.n - 1, h_n=bytes(32)))

    def other_log(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign another log; nothing is announced."""
        return self._signed(asked, answer, lambda head: replace(head, log_id=bytes(16)))

    def rewritten_log(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a log of the same length with other content."""
        return self._signed(asked, answer, lambda head: replace(head, h_n=bytes(32)))

    def endless_log(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a log of more envelopes than there will ever be."""
        return self._signed(asked, answer, lambda head: replace(head, n=PLACE))

    def absurd_head(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a log of more envelopes than a database can count."""
        return self._signed(asked, answer, lambda head: replace(head, n=_LARGEST))

    def absurd_chains(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Name chain heads beyond anything, the caller's own among them."""
        chains = (ChainHead(asked.seat, 2**32 - 1, _LARGEST, _LARGEST),) if "Authorization" in asked.headers else ()
        return self._head(asked, answer, lambda head: replace(head, chains=chains))

    def wrong_key(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Introduce itself with another key."""
        if asked.call != "info":
            return answer
        nonce = bytes.fromhex(asked.target.partition("nonce=")[2])
        return replace(answer, body=Info.build(SigningKey.from_seed(bytes(32)), nonce, 0).encode())

    def forged_receipt(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Say that it has everything, without signing it."""
        return self._push(asked, answer, lambda pushed: replace(pushed, receipt=bytes(_SIG_SIZE)))

    def no_receipt(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Say that it has nothing of what was sent, and nothing else."""
        return self._push(asked, answer, lambda pushed: replace(pushed, places=(), receipt=None))

    def absurd_receipt(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a receipt for places that no log reaches."""

        def change(pushed: PushAnswer) -> PushAnswer:
            places = [_LARGEST - at for at in range(len(pushed.places))]
            hashes = [_hash(raw) for raw in read_frames(asked.body)]
            control = self._fleet.control
            items = list(zip(places, hashes, strict=False))
            receipt = Receipt(team=control.team, log_id=control.log_id, items=items, day=pushed.day)
            return replace(pushed, places=tuple(places), receipt=receipt.sign(self._key))

        return self._push(asked, answer, change)

    # The team.

    def withheld_control(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Serve no control entry, although the head names some."""
        return replace(answer, body=b"") if asked.call == "control" else answer

    def shorter_control(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a control log that ends before the last entry."""
        return self._signed(asked, answer, lambda head: self._before(head, head.ctl_seq - 1))

    def old_control(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Keep showing the control log as it was before the last two entries: who came since is hidden."""
        if asked.call == "control":
            return replace(answer, body=write_frames(read_frames(answer.body)[:-2]))
        return self._signed(asked, answer, lambda head: self._before(head, head.ctl_seq - 2))

    def absurd_control(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Sign a control log of more entries than there will ever be."""
        return self._signed(asked, answer, lambda head: replace(head, ctl_seq=PLACE))

    def fake_seat(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Add a seat of its own: an entry that no lead has signed, under a head that it signs itself."""
        control = self._fleet.control
        key = SigningKey.from_seed(bytes(31) + b"\1")
        card = SeatCard(
            seat=b"\1" * 16, user=b"\2" * 16, role=Role.LEAD, sign_pk=key.public, comps=(0, 1, 2, 3),
            kem_pk=self._fleet.card_of(self._fleet.lead.seat).kem_pk,
        )  # fmt: skip
        entry = build_add_seat(control, self._fleet.lead.seat, key, card)
        if asked.call == "control":
            return replace(answer, body=answer.body + write_frames([entry.raw]))
        return self._signed(asked, answer, lambda head: replace(head, ctl_seq=entry.ctl_seq, ctl_hash=entry.ctl_hash))

    def wrong_grant(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Serve grants of bytes that mean nothing."""
        return self._grants(asked, answer, lambda one: replace(one, blob=bytes(len(one.blob))))

    def other_secret(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Grant every seat a secret of its own making: two laptops would hold two keys of one epoch."""

        def change(one: Grant) -> Grant:
            secret = EpochSecret(self._team(asked), one.comp, one.epoch, sha256(one.seat))
            return seal_grant(secret, one.seat, self._fleet.card_of(one.seat).kem_pk) if one.blob else one

        return self._grants(asked, answer, change)

    # Answers that are none.

    def garbage(self, _asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Answer with bytes that mean nothing."""
        return replace(answer, status=200, body=b"\xff\x00\x80" * 100)

    def web_page(self, _asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Answer like the login page of a café."""
        page = b"<html>Welcome to our Wi-Fi</html>"
        return replace(answer, status=200, headers={"Content-Type": "text/html"}, body=page)

    def long_answer(self, _asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Answer with more than was asked for."""
        return replace(answer, status=200, body=bytes(32 * 1024 * 1024))

    def wrong_time(self, asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Refuse every signed request for its time, and name an impossible one."""
        if "Authorization" not in asked.headers:
            return answer
        body = problem_body(Problem.CLOCK_SKEW, "", {"t": _LARGEST})
        return HubAnswer(status=Problem.CLOCK_SKEW.status, headers={"Content-Type": JSON}, body=body)

    def unknown_refusal(self, _asked: Asked, answer: HubAnswer) -> HubAnswer:
        """Refuse with a code that nobody knows."""
        return replace(answer, status=418, headers={"Content-Type": JSON}, body=b'{"code": "teapot"}')

    def _before(self, head: Checkpoint, ctl_seq: int) -> Checkpoint:
        control = self._fleet.control
        ctl_hash = control.hash_at(ctl_seq)
        assert ctl_hash is not None
        return replace(head, ctl_seq=ctl_seq, ctl_hash=ctl_hash)

    def _team(self, asked: Asked) -> bytes:
        return bytes.fromhex(asked.target.split("/")[3])

    def _page(
        self, asked: Asked, answer: HubAnswer, change: Callable[[list[Pulled]], Sequence[Pulled]]
    ) -> HubAnswer:  # fmt: skip
        """Change a page of the log; the stubs that a careful reader asks for are served as they are."""
        if asked.call != "log" or asked.method != "GET" or asked.target.endswith("comps=") or answer.status != 200:
            return answer
        page = read_pulled(answer.body)
        return replace(answer, body=write_pulled(change(page))) if page else answer

    def _head(self, asked: Asked, answer: HubAnswer, change: Callable[[HeadAnswer], HeadAnswer]) -> HubAnswer:
        if asked.call != "head" or answer.status != 200:
            return answer
        return replace(answer, body=change(HeadAnswer.parse(answer.body, self._team(asked))).encode())

    def _signed(self, asked: Asked, answer: HubAnswer, change: Callable[[Checkpoint], Checkpoint]) -> HubAnswer:
        def resign(head: HeadAnswer) -> HeadAnswer:
            checkpoint = change(head.checkpoint)
            return replace(head, checkpoint=checkpoint, sig=checkpoint.sign(self._key))

        return self._head(asked, answer, resign)

    def _push(self, asked: Asked, answer: HubAnswer, change: Callable[[PushAnswer], PushAnswer]) -> HubAnswer:
        if asked.call != "log" or asked.method != "POST" or answer.status != 200:
            return answer
        return replace(answer, body=change(PushAnswer.parse(answer.body)).encode())

    def _grants(self, asked: Asked, answer: HubAnswer, change: Callable[[Grant], Grant]) -> HubAnswer:
        if asked.call != "grants" or asked.method != "GET" or answer.status != 200:
            return answer
        return replace(answer, body=encode_grants([change(one) for one in parse_grants(answer.body)]))


def flip(raw: bytes) -> bytes:
    """Return an envelope with one bit of its ciphertext changed."""
    return raw[: HEADER_SIZE + 40] + bytes([raw[HEADER_SIZE + 40] ^ 1]) + raw[HEADER_SIZE + 41 :]


def swap_bodies(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Return two envelopes with their ciphertexts exchanged."""
    ends = [raw[:HEADER_SIZE] for raw in (one, other)], [raw[-_SIG_SIZE:] for raw in (one, other)]
    bodies = [raw[HEADER_SIZE:-_SIG_SIZE] for raw in (other, one)]
    first, second = (head + body + sig for head, body, sig in zip(ends[0], bodies, ends[1], strict=True))
    return first, second


def swap_headers(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Return two envelopes with their headers exchanged."""
    return other[:HEADER_SIZE] + one[HEADER_SIZE:], one[:HEADER_SIZE] + other[HEADER_SIZE:]


def _exchanged(page: list[Pulled], exchange: Callable[[bytes, bytes], tuple[bytes, bytes]]) -> list[Pulled]:
    if len(page) < 2:
        return page
    first, second = exchange(page[0].item, page[1].item)
    return [Pulled(page[0].n, first), Pulled(page[1].n, second), *page[2:]]


def _hash(raw: bytes) -> bytes:
    return sha256(b"nx1/env\0", raw[:-_SIG_SIZE])


def _stub(raw: bytes) -> bytes:
    return raw[:HEADER_SIZE] + _hash(raw) + raw[-_SIG_SIZE:]
