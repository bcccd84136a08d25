"""A small world for the hub's tests: a team with named people, their laptops' chains, and signed calls.

Envelopes carry random bytes instead of a ciphertext: the hub cannot tell, and must not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync import codec
from sync.clock import Clock
from sync.control import ControlState, Entry, EpochKey, Policy, build_add_seat, build_entry, build_genesis, build_revoke
from sync.crypto.signing import SigningKey, sha256
from sync.hub.core import Hub
from sync.hub.outcomes import HubAnswer
from sync.hub.route import Route
from sync.hub.routes import ROUTES
from sync.hub.store import teams
from sync.protocol.enrolment import Role, SeatCard, with_invite
from sync.protocol.envelope import ZERO_HASH, Envelope, EnvelopeType, Header, assemble, ciphertext_size
from sync.protocol.frames import write_frames
from sync.protocol.join_request import JoinRequest
from sync.protocol.messages import sign_request
from sync.protocol.problems import Problem, problem_named, refusal_of

START_MS = 1_795_305_600_123
TODAY = 20_779
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def seed(label: str, size: int = 32) -> bytes:
    """Give bytes that are the same in every run and differ for every label."""
    return hashlib.shake_256(label.encode()).digest(size)


@dataclass
class Person:
    """Somebody with a laptop: a seat, its key, and where its chain stands."""

    name: str
    team: bytes
    role: Role
    comps: tuple[int, ...]
    inc: int = 0
    seq: int = 0
    prev: bytes = ZERO_HASH
    ctl_seq: int = 1

    def __post_init__(self) -> None:
        self.seat = seed(f"seat {self.name}", 16)
        self.key = SigningKey.from_seed(seed(f"key {self.name}"))

    def card(self) -> SeatCard:
        """Give the public description that goes into the control log."""
        return SeatCard(
            seat=self.seat, user=seed(f"user {self.name}", 16), role=self.role, sign_pk=self.key.public,
            kem_pk=seed(f"kem {self.name}", 1216), comps=self.comps,
        )  # fmt: skip

    def envelope(self, comp: int = 1, *, bucket: int = 1024, kind: int = EnvelopeType.BUNDLE, **changes: Any) -> bytes:
        """Seal the next envelope of the chain; with `changes` one whose header differs and that the chain forgets."""
        size = ciphertext_size(kind, bucket)
        fields: dict[str, Any] = {
            "kind": EnvelopeType(kind), "comp": comp, "team": self.team, "seat": self.seat, "inc": self.inc,
            "seq": self.seq + 1, "prev": self.prev, "ctl_seq": self.ctl_seq, "epoch": 1, "ct_len": size,
        }  # fmt: skip
        label = f"{self.name} {self.inc} {fields['seq']} {changes}"
        envelope = assemble(Header(**(fields | changes)), seed(label, size), self.key)
        if not changes:
            self._advance(envelope)
        return envelope.raw

    def _advance(self, envelope: Envelope) -> None:
        self.seq, self.prev = envelope.header.seq, envelope.env_hash

    def envelopes(self, count: int, comp: int = 1) -> list[bytes]:
        """Seal the next envelopes of the chain."""
        return [self.envelope(comp) for _ in range(count)]


def epoch_key(comp: int, epoch: int = 1) -> EpochKey:
    """Give a line of the control log for an epoch whose secret nobody has."""
    label = f"epoch {comp} {epoch}"
    return EpochKey(comp=comp, epoch=epoch, commitment=seed(label), drop_pk=seed(label, 1216))


def genesis_of(founder: Person, hub_id: bytes, *, log_id: bytes | None = None) -> Entry:
    """Sign the genesis of a founder's team."""
    return build_genesis(
        team=founder.team, tik=SigningKey.from_seed(seed("tik")), rk_pk=seed("rk", 1216),
        card_pk=SigningKey.from_seed(seed("card")).public, first=founder.card(), key=founder.key, policy=Policy(),
        epochs=[epoch_key(comp) for comp in range(4)], hub_id=hub_id, log_id=log_id or seed("log", 16),
    )  # fmt: skip


def route_named(name: str) -> Route:
    """Give a route of the table."""
    return next(route for route in ROUTES if route.name == name)


@dataclass
class World:
    """A hub with one team: Lena leads it, Will works, Pia is a peer."""

    hub: Hub
    clock: Clock
    team: bytes = field(default_factory=lambda: seed("team", 16))
    nonces: int = 0

    def __post_init__(self) -> None:
        self.lena = Person("lena", self.team, Role.LEAD, (0, 1, 2, 3))
        self.will = Person("will", self.team, Role.WORKER, (1, 3))
        self.pia = Person("pia", self.team, Role.PEER, (3,))
        self.stranger = Person("stranger", self.team, Role.WORKER, (1, 3))
        self.genesis = genesis_of(self.lena, self.hub.hub_id)
        self.state = ControlState.begin(self.genesis)

    def found(self) -> HubAnswer:
        """Create the team with a token of the operator."""
        return self.call("POST", "/v1/teams", self.founding(self.hub.issue_token()), who=self.lena)

    def founding(self, token: str, genesis: bytes | None = None) -> bytes:
        """Give the body that creates the team."""
        return codec.encode({1: genesis or self.genesis.raw, 2: token})

    def invite_key(self, person: Person) -> SigningKey:
        """Give the key that an invite for a person carries."""
        return SigningKey.from_seed(seed(f"invite {person.name}"))

    def invited_card(self, person: Person) -> SeatCard:
        """Give a person's card, signed by the invite key."""
        return with_invite(person.card(), self.invite_key(person), self.team, self.genesis.ctl_hash)

    def join_request(self, person: Person) -> bytes:
        """Give the body with which a new laptop asks to join."""
        return JoinRequest(card=self.invited_card(person)).encode()

    def add_seat(self, person: Person) -> Entry:
        """Sign the entry that takes a person in; it is not posted."""
        return build_add_seat(self.state, self.lena.seat, self.lena.key, self.invited_card(person))

    def sign_entry(self, body: Mapping[int, Any], *, ctl_seq: int, prev: bytes, who: Person | None = None) -> Entry:
        """Sign any entry, sensible or not."""
        author = who or self.lena
        return build_entry(
            team=self.team, ctl_seq=ctl_seq, prev=prev, author=author.seat, body=body, key=author.key
        )  # fmt: skip

    def revocation(self, person: Person) -> Entry:
        """Sign the entry that ends a person's seat; it is not posted."""
        epochs = [epoch_key(comp, self.state.newest_epoch(comp) + 1) for comp in person.comps]
        return build_revoke(self.state, self.lena.seat, self.lena.key, person.seat, [], epochs)

    def append(self, entry: Entry) -> HubAnswer:
        """Post an entry and follow it when the hub took it."""
        answer = self.call("POST", self.path("control"), entry.raw, who=self.lena)
        if answer.status == 200:
            self.state = self.state.extended(entry)
        return answer

    def join(self, *people: Person) -> None:
        """Take people into the team."""
        for person in people:
            assert self.append(self.add_seat(person)).status == 200

    def retire(self, person: Person, until_day: int) -> None:
        """Make a seat write-only, as the control type `retire` will: directly in the seat table."""

        def work(db: Any) -> None:
            seats = teams.all_seats(db, self.team)
            rest = [seat for seat in seats if seat.seat_id != person.seat]
            old = next(seat for seat in seats if seat.seat_id == person.seat)
            changed = teams.SeatRow(
                team_id=old.team_id, seat_id=old.seat_id, sign_pk=old.sign_pk, role=old.role, comps=old.comps, state=2,
                until_day=until_day,
            )  # fmt: skip
            teams.replace_seats(db, self.team, [*rest, changed])

        self.hub.store.write(work)

    def path(self, tail: str) -> str:
        """Give the target of a call to this team."""
        return f"/v1/teams/{self.team.hex()}/{tail}"

    def signed(
        self, method: str, target: str, body: bytes, who: Person, *, key: SigningKey | None = None,
        time_ms: int | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """Give the Authorization header of a call, by the hub's clock unless another time is given."""
        self.nonces += 1
        authorization = sign_request(
            key or who.key, hub_id=self.hub.hub_id, seat=who.seat, method=method, target=target, body=body,
            time_ms=self.clock.now_ms() if time_ms is None else time_ms, nonce=sha256(b"%d" % self.nonces)[:16],
        )  # fmt: skip
        return {"Authorization": authorization.header()}

    def call(
        self, method: str, target: str, body: bytes = b"", *, who: Person | None = None,
        headers: Mapping[str, str] | None = None, peer: str = "192.0.2.1",
    ) -> HubAnswer:  # fmt: skip
        """Make a call, signed when somebody is named, and check that the route declares what came of it."""
        sent = {**(self.signed(method, target, body, who) if who else {}), **(headers or {})}
        answer = self.hub.handle(method, target, sent, body, peer=peer)
        _check_declared(method, target, answer)
        return answer

    def push(self, *envelopes: bytes, who: Person | None = None) -> HubAnswer:
        """Push envelopes; Lena does it unless somebody else is named."""
        return self.call("POST", self.path("log"), write_frames(envelopes), who=who or self.lena)


def _check_declared(method: str, target: str, answer: HubAnswer) -> None:
    path = target.partition("?")[0]
    route = next((route for route in ROUTES if route.method == method and route.regex.fullmatch(path)), None)
    if route is None or answer.status < 400:
        return
    problem = problem_named(code_of(answer))
    assert problem in {*route.all_outcomes, Problem.UNAVAILABLE}, f"{route.name} does not declare {problem}"


def code_of(answer: HubAnswer) -> str:
    """Give the code of a refusal."""
    return refusal_of(answer.status, answer.body).code


def refused(answer: HubAnswer) -> tuple[int, str, dict[str, object]]:
    """Give status, code and the fields that travel with a refusal."""
    refusal = refusal_of(answer.status, answer.body)
    return refusal.status, refusal.code, dict(refusal.extra)


def new_world(hub: Hub, clock: Clock) -> World:
    """Give a world whose team exists and whose three people have joined."""
    world = World(hub, clock)
    assert world.found().status == 200
    world.join(world.will, world.pia)
    return world
