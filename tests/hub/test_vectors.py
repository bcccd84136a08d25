"""The hub's own statements over the known-answer vectors: head, checkpoint and info, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.crypto.signing import SigningKey
from sync.hub.core import Hub
from sync.hub.store import Store, access
from sync.protocol.enrolment import Role
from sync.protocol.messages import HeadAnswer, Info, PushAnswer
from sync.testing import ManualClock, SeededRandom
from tests.hub.world import DAY, Person, World

VECTORS = Path(__file__).parents[1] / "vectors"


def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}_v1.json").read_text(encoding="utf-8"))


HEAD, CONTROL = vector("head"), vector("control")
ENVELOPES = [bytes.fromhex(one["envelope"]) for one in vector("envelope")["vectors"]]
DROP = bytes.fromhex(vector("drop")["envelope"])


@pytest.fixture
def vector_world(hub_store: Store) -> World:
    """The hub of the vectors, on their day, with their team and its four control entries."""
    seed = bytes.fromhex(HEAD["hub_seed"])
    hub_store.write(lambda db: access.keep_hub_key(db, seed=seed, public=SigningKey.from_seed(seed).public))
    clock = ManualClock(HEAD["checkpoint"]["day"] * DAY)
    world = World(Hub(hub_store, clock, SeededRandom()), clock, team=bytes.fromhex(CONTROL["team"]))
    lead = Person("lead", world.team, Role.LEAD, (0, 1, 2, 3))
    lead.seat = bytes.fromhex(CONTROL["lead"]["seat"])
    lead.key = SigningKey.from_seed(bytes.fromhex(CONTROL["lead"]["sign_seed"]))
    world.lena = lead
    genesis, *others = [bytes.fromhex(entry["bytes"]) for entry in CONTROL["entries"]]
    body = world.founding(world.hub.issue_token(), genesis)
    assert world.call("POST", "/v1/teams", body, who=lead).status == 200
    for entry in others:
        assert world.call("POST", world.path("control"), entry, who=lead).status == 200
    return world


def test_the_head_after_the_four_envelopes(vector_world: World) -> None:
    world = vector_world
    assert PushAnswer.parse(world.push(*ENVELOPES).body).places == (1, 2, 3, 4)
    head = HeadAnswer.parse(world.call("GET", world.path("head"), who=world.lena).body, world.team)
    assert head.checkpoint.h_n.hex() == HEAD["heads"][3] == HEAD["checkpoint"]["h_n"]
    assert (head.checkpoint.ctl_seq, head.checkpoint.ctl_hash.hex()) == (4, HEAD["checkpoint"]["ctl_hash"])
    assert head.sig.hex() == HEAD["checkpoint"]["sig"]


def test_the_drop_that_follows_them_is_taken(vector_world: World) -> None:
    world = vector_world
    world.push(*ENVELOPES)
    assert PushAnswer.parse(world.push(DROP, ENVELOPES[1]).body).places == (5, 2)


def test_the_answer_to_info(vector_world: World) -> None:
    world, told = vector_world, HEAD["info"]
    world.clock = ManualClock(told["t"])
    hub = Hub(world.hub.store, world.clock, SeededRandom())
    info = Info.parse(hub.handle("GET", f"/v1/info?nonce={told['nonce']}", {}).body)
    assert (info.hub_pk.hex(), info.time_ms, info.sig.hex()) == (HEAD["hub_pk"], told["t"], told["sig"])


def test_the_signed_requests(hub_store: Store) -> None:
    # The header of the vectors, sent to a hub that knows the seat, passes; one bit off, it does not.
    seed = bytes.fromhex(HEAD["hub_seed"])
    hub_store.write(lambda db: access.keep_hub_key(db, seed=seed, public=SigningKey.from_seed(seed).public))
    request = vector("request")["requests"][0]
    clock = ManualClock(request["t"])
    world = World(Hub(hub_store, clock, SeededRandom()), clock, team=bytes.fromhex(CONTROL["team"]))
    world.lena.seat = bytes.fromhex(CONTROL["lead"]["seat"])
    world.lena.key = SigningKey.from_seed(bytes.fromhex(CONTROL["lead"]["sign_seed"]))
    body = world.founding(world.hub.issue_token(), bytes.fromhex(CONTROL["entries"][0]["bytes"]))
    assert world.call("POST", "/v1/teams", body, who=world.lena).status == 200
    header, target = request["header"], request["target"]
    assert world.call(request["method"], target, headers={"Authorization": header}).status == 200
    assert world.call(request["method"], target + "0", headers={"Authorization": header}).status == 401
