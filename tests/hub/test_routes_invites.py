"""Invites: a lead posts one, a laptop asks, the lead answers."""

from __future__ import annotations

import pytest

from sync.hub.outcomes import HubAnswer
from sync.protocol.enrolment import (
    InvitePost,
    InviteResult,
    InviteState,
    WaitingInvite,
    invite_id_of,
    parse_waiting,
)
from sync.testing import ManualClock
from tests.hub.world import DAY, MINUTE, TODAY, Person, World, refused, seed


class Joining:
    """One invite, for the stranger, and the calls around it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.who = world.stranger
        self.invite_id = invite_id_of(world.invite_key(self.who).public)
        self.box = seed("box", 300)

    def post(self, *, expires_day: int = TODAY + 7, box: bytes | None = None) -> HubAnswer:
        invite = InvitePost(invite_id=self.invite_id, expires_day=expires_day, box=self.box if box is None else box)
        return self.world.call("POST", self.world.path("invites"), invite.encode(), who=self.world.lena)

    def open(self, peer: str = "192.0.2.1") -> HubAnswer:
        return self.world.call("GET", f"/v1/invites/{self.invite_id.hex()}", peer=peer)

    def request(self, body: bytes | None = None) -> HubAnswer:
        target = f"/v1/invites/{self.invite_id.hex()}/request"
        return self.world.call("POST", target, self.world.join_request(self.who) if body is None else body)

    def result(self) -> InviteResult:
        return InviteResult.parse(self.world.call("GET", f"/v1/invites/{self.invite_id.hex()}/result").body)

    def answer(self, state: InviteState, ctl_seq: int = 0, who: Person | None = None) -> HubAnswer:
        target = self.world.path(f"invites/{self.invite_id.hex()}/result")
        return self.world.call(
            "PUT", target, InviteResult(state=state, ctl_seq=ctl_seq).encode(), who=who or self.world.lena
        )

    def waiting(self) -> list[WaitingInvite]:
        return parse_waiting(self.world.call("GET", self.world.path("invites"), who=self.world.lena).body)


@pytest.fixture
def joining(world: World) -> Joining:
    return Joining(world)


def test_post_invite_ok(joining: Joining) -> None:
    assert joining.post().status == 200
    assert joining.post().status == 200
    assert joining.waiting() == [
        WaitingInvite(invite_id=joining.invite_id, expires_day=TODAY + 7, state=InviteState.OPEN, request=None)
    ]


def test_post_invite_invite_used(joining: Joining) -> None:
    joining.post()
    assert refused(joining.post(box=b"another box"))[:2] == (409, "invite_used")


def test_post_invite_malformed(joining: Joining) -> None:
    for answer in (joining.post(expires_day=TODAY - 1), joining.post(box=b""), joining.post(box=bytes(2049))):
        assert refused(answer)[:2] == (400, "malformed")
    world = joining.world
    assert refused(world.call("POST", world.path("invites"), b"\xa0", who=world.lena))[:2] == (400, "malformed")


def test_list_invites_ok(joining: Joining) -> None:
    assert joining.waiting() == []
    joining.post()
    joining.request()
    (line,) = joining.waiting()
    assert (line.state, line.request) == (InviteState.REQUESTED, joining.world.join_request(joining.who))


def test_read_invite_ok(joining: Joining) -> None:
    joining.post()
    assert joining.open().body == joining.box


def test_read_invite_not_found(joining: Joining, clock: ManualClock) -> None:
    assert refused(joining.open())[:2] == (404, "not_found")
    joining.post()
    clock.advance(7 * DAY)
    assert joining.open().status == 200
    clock.advance(DAY)
    assert refused(joining.open())[:2] == (404, "not_found")


def test_read_invite_invite_used(joining: Joining) -> None:
    joining.post()
    joining.request()
    joining.answer(InviteState.APPROVED, 4)
    assert refused(joining.open())[:2] == (409, "invite_used")


def test_read_invite_rate_limited(joining: Joining, clock: ManualClock) -> None:
    joining.post()
    assert [joining.open().status for _ in range(20)] == [200] * 20
    answer = joining.open()
    assert (refused(answer)[:2], dict(answer.headers)["Retry-After"]) == ((429, "rate_limited"), "3600")
    assert joining.open(peer="192.0.2.2").status == 200
    clock.advance(60 * MINUTE)
    assert joining.open().status == 200


def test_request_join_ok(joining: Joining) -> None:
    joining.post()
    for _ in range(2):
        assert InviteResult.parse(joining.request().body).state is InviteState.REQUESTED


def test_request_join_not_found(joining: Joining) -> None:
    assert refused(joining.request())[:2] == (404, "not_found")


def test_request_join_invite_used(joining: Joining) -> None:
    joining.post()
    joining.request()
    joining.who.key = Person("another", joining.world.team, joining.who.role, (1, 3)).key
    assert refused(joining.request())[:2] == (409, "invite_used")


def test_request_join_bad_sig(joining: Joining) -> None:
    joining.post()
    body = joining.world.join_request(joining.who)
    forged = body[:-1] + bytes([body[-1] ^ 1])
    assert refused(joining.request(forged))[:2] == (401, "bad_sig")


def test_request_join_malformed(joining: Joining) -> None:
    joining.post()
    other = Person("other", joining.world.team, joining.who.role, (1, 3))
    for body in (b"", b"\xa0", joining.world.join_request(other)):
        assert refused(joining.request(body))[:2] == (400, "malformed")


def test_read_result_ok(joining: Joining) -> None:
    joining.post()
    assert joining.result() == InviteResult(state=InviteState.OPEN)
    joining.request()
    assert joining.result() == InviteResult(state=InviteState.REQUESTED)
    joining.answer(InviteState.APPROVED, 4)
    assert joining.result() == InviteResult(state=InviteState.APPROVED, ctl_seq=4)


def test_read_result_not_found(joining: Joining) -> None:
    answer = joining.world.call("GET", f"/v1/invites/{bytes(16).hex()}/result")
    assert refused(answer)[:2] == (404, "not_found")


def test_put_result_ok(joining: Joining) -> None:
    joining.post()
    joining.request()
    assert joining.answer(InviteState.REFUSED).status == 200
    assert joining.result().state is InviteState.REFUSED


def test_clearing_makes_room_for_another_laptop(joining: Joining) -> None:
    joining.post()
    joining.request()
    joining.answer(InviteState.OPEN)
    assert joining.result().state is InviteState.OPEN
    joining.who.key = Person("another", joining.world.team, joining.who.role, (1, 3)).key
    assert joining.request().status == 200


def test_put_result_malformed(joining: Joining) -> None:
    joining.post()
    assert refused(joining.answer(InviteState.REQUESTED))[:2] == (400, "malformed")
    world = joining.world
    target = world.path(f"invites/{joining.invite_id.hex()}/result")
    assert refused(world.call("PUT", target, b"\xff", who=world.lena))[:2] == (400, "malformed")


def test_the_invite_of_another_team_is_not_found(joining: Joining) -> None:
    joining.post()
    world = joining.world
    ada = World(world.hub, world.clock, team=seed("team ada", 16))
    assert ada.found().status == 200
    target = ada.path(f"invites/{joining.invite_id.hex()}/result")
    answer = ada.call("PUT", target, InviteResult(state=InviteState.OPEN).encode(), who=ada.lena)
    assert refused(answer)[:2] == (404, "not_found")
