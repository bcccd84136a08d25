"""What every signed route must refuse alike: one test per route and outcome, named test_<route>_<outcome>.

The tests are made from the table of routes, so that a new route has them from its first day; its good call is written
down once, in GOOD_CALLS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sync.control import build_epoch
from sync.hub.route import Access, Route
from sync.hub.routes import ROUTES
from sync.protocol.enrolment import InvitePost, InviteResult, InviteState, encode_grants
from sync.protocol.frames import write_frames
from sync.protocol.problems import Problem
from tests.hub.neighbours import message, neighbours_of
from tests.hub.world import START_MS, TODAY, Person, World, epoch_key, refused, seed

INVITE = seed("an invite", 16)


@dataclass(frozen=True)
class GoodCall:
    """A call that succeeds when Lena, the lead, makes it first thing."""

    target: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    team: bytes | None = None
    """The team in the path where it is not Lena's."""


def _epoch_entry(world: World) -> bytes:
    return build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(1, 2)]).raw


def _keyring(world: World) -> GoodCall:
    world.call("PUT", world.path("keyring/1"), b"ring", who=world.lena, headers={"If-Match": '"0"'})
    return GoodCall(world.path("keyring/1"))


def _result(world: World) -> GoodCall:
    invite = InvitePost(invite_id=INVITE, expires_day=TODAY, box=b"box")
    world.call("POST", world.path("invites"), invite.encode(), who=world.lena)
    body = InviteResult(state=InviteState.REFUSED).encode()
    return GoodCall(world.path(f"invites/{INVITE.hex()}/result"), body)


def _card(world: World) -> GoodCall:
    nearby = neighbours_of(world)
    return GoodCall(f"/v1/cards/{nearby.team.hex()}", team=nearby.team)


def _mail(world: World) -> GoodCall:
    nearby = neighbours_of(world)
    return GoodCall(nearby.mailbox(INVITE), message(), team=nearby.team)


GOOD_CALLS: dict[str, Callable[[World], GoodCall]] = {
    "head": lambda world: GoodCall(world.path("head")),
    "read_control": lambda world: GoodCall(world.path("control")),
    "append_control": lambda world: GoodCall(world.path("control"), _epoch_entry(world)),
    "push": lambda world: GoodCall(world.path("log"), write_frames(world.lena.envelopes(1))),
    "pull": lambda world: GoodCall(world.path("log?after=0")),
    "read_grants": lambda world: GoodCall(world.path("grants")),
    "put_grants": lambda world: GoodCall(world.path("grants"), encode_grants([]), {"If-Match": '"0"'}),
    "read_keyring": _keyring,
    "put_keyring": lambda world: GoodCall(world.path("keyring/1"), b"ring", {"If-Match": '"0"'}),
    "post_invite": lambda world: GoodCall(
        world.path("invites"), InvitePost(invite_id=INVITE, expires_day=TODAY, box=b"box").encode()
    ),
    "list_invites": lambda world: GoodCall(world.path("invites")),
    "put_result": _result,
    "read_card": _card,
    "put_mail": _mail,
    "read_mail": lambda world: GoodCall(world.path("mailbox?after=0")),
    "delete_mail": lambda world: GoodCall(world.path(f"mailbox/{INVITE.hex()}")),
}


def _headers(world: World, route: Route, good: GoodCall, who: Person, *, time_ms: int | None = None) -> dict[str, str]:
    signed = world.signed(route.method, good.target, good.body, who, time_ms=time_ms)
    return {**good.headers, **signed}


def _bad_sig(world: World, route: Route, good: GoodCall) -> None:
    tampered = [
        good.headers,
        {**good.headers, "Authorization": "NX1"},
        {**good.headers, **world.signed(route.method, good.target, good.body, world.lena, key=world.will.key)},
        {**good.headers, **world.signed(route.method, good.target + "?x=1", good.body, world.lena)},
        {**good.headers, **world.signed("PATCH", good.target, good.body, world.lena)},
        {**good.headers, **world.signed(route.method, good.target, good.body + b"x", world.lena)},
    ]
    for headers in tampered:
        answer = world.call(route.method, good.target, good.body, headers=headers)
        assert refused(answer)[:2] == (401, "bad_sig")


def _clock_skew(world: World, route: Route, good: GoodCall) -> None:
    for time_ms in (START_MS - 600_001, START_MS + 600_001, 0):
        headers = _headers(world, route, good, world.lena, time_ms=time_ms)
        answer = world.call(route.method, good.target, good.body, headers=headers)
        assert refused(answer) == (401, "clock_skew", {"t": START_MS})
    headers = _headers(world, route, good, world.lena, time_ms=START_MS - 600_000)
    assert world.call(route.method, good.target, good.body, headers=headers).status == 200


def _not_found(world: World, route: Route, good: GoodCall) -> None:
    stranger = world.call(route.method, good.target, good.body, headers=_headers(world, route, good, world.stranger))
    team = good.team or world.team
    elsewhere = GoodCall(good.target.replace(team.hex(), bytes(16).hex()), good.body, good.headers)
    nowhere = world.call(
        route.method, elsewhere.target, good.body, headers=_headers(world, route, elsewhere, world.lena)
    )  # fmt: skip
    assert (refused(stranger), refused(nowhere)) == ((404, "not_found", {}), (404, "not_found", {}))
    assert stranger.body == nowhere.body


def _seat_revoked(world: World, route: Route, good: GoodCall) -> None:
    assert world.append(world.revocation(world.will)).status == 200
    answer = world.call(route.method, good.target, good.body, headers=_headers(world, route, good, world.will))
    assert refused(answer)[:2] == (403, "seat_revoked")


def _too_large(world: World, route: Route, good: GoodCall) -> None:
    long = GoodCall(good.target, bytes(route.max_body + 1), good.headers)
    answer = world.call(route.method, long.target, long.body, headers=_headers(world, route, long, world.lena))
    assert refused(answer)[:2] == (413, "too_large")


def _nonce_replay(world: World, route: Route, good: GoodCall) -> None:
    headers = _headers(world, route, good, world.lena)
    assert world.call(route.method, good.target, good.body, headers=headers).status == 200
    again = world.call(route.method, good.target, good.body, headers=headers)
    assert refused(again)[:2] == (401, "nonce_replay")


def _role(world: World, route: Route, good: GoodCall) -> None:
    for who in (world.will, world.pia):
        answer = world.call(route.method, good.target, good.body, headers=_headers(world, route, good, who))
        assert refused(answer)[:2] == (403, "role")


def _write_only(world: World, route: Route, good: GoodCall) -> None:
    world.retire(world.will, until_day=TODAY)
    answer = world.call(route.method, good.target, good.body, headers=_headers(world, route, good, world.will))
    assert refused(answer)[:2] == (403, "write_only")


CHECKS: dict[Problem, Callable[[World, Route, GoodCall], None]] = {
    Problem.BAD_SIG: _bad_sig,
    Problem.CLOCK_SKEW: _clock_skew,
    Problem.NOT_FOUND: _not_found,
    Problem.SEAT_REVOKED: _seat_revoked,
    Problem.TOO_LARGE: _too_large,
    Problem.NONCE_REPLAY: _nonce_replay,
    Problem.ROLE: _role,
    Problem.WRITE_ONLY: _write_only,
}


def _make_test(route: Route, problem: Problem) -> Callable[[World], None]:
    def test(world: World) -> None:
        CHECKS[problem](world, route, GOOD_CALLS[route.name](world))

    return test


def _make_anybody_test(route: Route) -> Callable[[World], None]:
    def test(world: World) -> None:
        target = route.pattern.replace("{invite}", INVITE.hex())
        assert refused(world.call(route.method, target, bytes(route.max_body + 1)))[:2] == (413, "too_large")

    return test


for _route in ROUTES:
    if _route.access is Access.ANYBODY:
        globals()[f"test_{_route.name}_too_large"] = _make_anybody_test(_route)
    elif _route.access is not Access.FOUNDER:
        for _problem in sorted(_route.brought_outcomes, key=lambda one: one.code):
            globals()[f"test_{_route.name}_{_problem.code}"] = _make_test(_route, _problem)


def test_a_refused_write_is_not_replayed_when_it_could_pass(world: World) -> None:
    # Will's push builds on an envelope that is missing; a replay after that has arrived must not go through.
    first, second = world.will.envelopes(2)
    body = write_frames([second])
    headers = world.signed("POST", world.path("log"), body, world.will)
    assert refused(world.call("POST", world.path("log"), body, headers=headers))[:2] == (409, "gap")
    assert world.push(first).status == 200
    assert refused(world.call("POST", world.path("log"), body, headers=headers))[:2] == (401, "nonce_replay")


def test_a_read_may_be_repeated_word_for_word(world: World) -> None:
    headers = world.signed("GET", world.path("head"), b"", world.pia)
    assert [world.call("GET", world.path("head"), headers=headers).status for _ in range(2)] == [200, 200]


def test_whatever_else_is_asked_for_is_not_found(world: World) -> None:
    team = world.team.hex()
    targets = ("/", "/v1", "/v1/", "/v2/info", "/v1/info/", f"/v1/teams/{team}", f"/v1/teams/{team.upper()}/head",
               f"/v1/teams/{team}/head/", f"/v1/teams/{team}0/head", "/v1/teams/../info", "/docs", "/openapi.json",
               f"/v1/teams/{team}/keyring/01", "/v1/invites/1", "/v1/\u00e9", "")  # fmt: skip
    for target in targets:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "X"):
            assert refused(world.hub.handle(method, target, {})) == (404, "not_found", {})
