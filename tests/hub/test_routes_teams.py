"""info, found_team, head."""

from __future__ import annotations

from sync.crypto.signing import SigningKey
from sync.hub.core import Hub
from sync.protocol.messages import HeadAnswer, Info
from sync.testing import ManualClock
from tests.hub.world import START_MS, TODAY, Person, World, genesis_of, refused, seed

NONCE = bytes(range(32))


def test_info_ok(hub: Hub) -> None:
    info = Info.parse(hub.handle("GET", f"/v1/info?nonce={NONCE.hex()}", {}).body)
    info.verify(NONCE, hub.hub_id)
    assert (info.time_ms, info.protocols, info.max_push_envelopes) == (START_MS, (1,), 100)


def test_info_malformed(world: World) -> None:
    for query in (
        "",
        "?nonce=",
        "?nonce=00",
        f"?nonce={NONCE.hex()}00",
        f"?nonce={NONCE.hex().upper()}",
        "?x",
        "?a=1&a=2",
    ):
        assert refused(world.call("GET", f"/v1/info{query}"))[:2] == (400, "malformed")


def test_found_team_ok(hub: Hub, clock: ManualClock) -> None:
    world = World(hub, clock)
    answer = HeadAnswer.parse(world.found().body, world.team)
    answer.verify(hub.key.public)
    assert (answer.checkpoint.n, answer.checkpoint.h_n, answer.checkpoint.day) == (0, bytes(32), TODAY)
    assert (answer.checkpoint.ctl_seq, answer.checkpoint.ctl_hash) == (1, world.genesis.ctl_hash)
    assert answer.checkpoint.log_id == seed("log", 16)


def test_found_team_again_with_the_same_genesis_changes_nothing(world: World) -> None:
    answer = world.call("POST", "/v1/teams", world.founding("a token that was spent"), who=world.lena)
    assert HeadAnswer.parse(answer.body, world.team).checkpoint.ctl_seq == 3


def test_found_team_role(hub: Hub, clock: ManualClock) -> None:
    world = World(hub, clock)
    assert refused(world.call("POST", "/v1/teams", world.founding("GUESSED"), who=world.lena))[:2] == (403, "role")


def test_a_token_works_once(world: World) -> None:
    token = world.hub.issue_token()
    first, second = (Person(name, seed(f"team {name}", 16), world.lena.role, (0, 1, 2, 3)) for name in ("ada", "bea"))
    statuses = [
        world.call("POST", "/v1/teams", world.founding(token, genesis_of(who, world.hub.hub_id).raw), who=who).status
        for who in (first, second)
    ]
    assert statuses == [200, 403]


def test_found_team_ctl_conflict(world: World) -> None:
    other = genesis_of(world.lena, world.hub.hub_id, log_id=seed("another log", 16))
    body = world.founding(world.hub.issue_token(), other.raw)
    assert refused(world.call("POST", "/v1/teams", body, who=world.lena))[:2] == (409, "ctl_conflict")


def test_found_team_malformed(world: World) -> None:
    for body in (b"", b"\xff", b"\xa0", world.founding("T" * 257), world.founding("T", world.genesis.raw[:-1])):
        assert refused(world.call("POST", "/v1/teams", body, who=world.lena))[:2] == (400, "malformed")


def test_found_team_for_another_hub_is_malformed(world: World) -> None:
    body = world.founding(world.hub.issue_token(), genesis_of(world.lena, seed("another hub")).raw)
    assert refused(world.call("POST", "/v1/teams", body, who=world.lena))[:2] == (400, "malformed")


def test_found_team_proto(hub: Hub, clock: ManualClock) -> None:
    world = World(hub, clock)
    body = {**world.genesis.body, 11: 1}
    entry = world.sign_entry(body, ctl_seq=1, prev=bytes(32))
    assert refused(world.call("POST", "/v1/teams", world.founding("T", entry.raw), who=world.lena))[:2] == (
        426,
        "proto",
    )


def test_found_team_bad_sig(hub: Hub, clock: ManualClock) -> None:
    world = World(hub, clock)
    body = world.founding(hub.issue_token())
    other = SigningKey.from_seed(seed("other"))
    for headers in ({}, world.signed("POST", "/v1/teams", body, world.lena, key=other)):
        assert refused(world.call("POST", "/v1/teams", body, headers=headers))[:2] == (401, "bad_sig")


def test_found_team_clock_skew(hub: Hub, clock: ManualClock) -> None:
    world = World(hub, clock)
    body = world.founding(hub.issue_token())
    headers = world.signed("POST", "/v1/teams", body, world.lena, time_ms=START_MS - 600_001)
    assert refused(world.call("POST", "/v1/teams", body, headers=headers)) == (401, "clock_skew", {"t": START_MS})


def test_found_team_nonce_replay(world: World) -> None:
    ada = Person("ada", seed("team ada", 16), world.lena.role, (0, 1, 2, 3))
    body = world.founding(world.hub.issue_token(), genesis_of(ada, world.hub.hub_id).raw)
    headers = world.signed("POST", "/v1/teams", body, ada)
    assert world.call("POST", "/v1/teams", body, headers=headers).status == 200
    assert refused(world.call("POST", "/v1/teams", body, headers=headers))[:2] == (401, "nonce_replay")


def test_found_team_too_large(world: World) -> None:
    assert refused(world.call("POST", "/v1/teams", bytes(70_000), who=world.lena))[:2] == (413, "too_large")


def test_head_ok(world: World) -> None:
    world.push(*world.lena.envelopes(3), *world.will.envelopes(2, comp=3))
    world.will.inc, world.will.seq = 2, 0
    world.push(world.will.envelope(3))
    head = HeadAnswer.parse(world.call("GET", world.path("head"), who=world.pia).body, world.team)
    head.verify(world.hub.key.public)
    chains = {(chain.seat, chain.inc): (chain.seq, chain.n) for chain in head.chains}
    assert chains == {(world.lena.seat, 0): (3, 3), (world.will.seat, 0): (2, 5), (world.will.seat, 2): (1, 6)}
    assert (head.checkpoint.n, head.checkpoint.ctl_seq, head.grants_version, dict(head.keyrings)) == (6, 3, 0, {})
    assert not head.restoring
    assert head.snapshot is None


def test_head_is_served_to_a_retired_seat(world: World) -> None:
    world.retire(world.will, until_day=TODAY)
    assert world.call("GET", world.path("head"), who=world.will).status == 200
