"""T-KILL for the hub: a real server dies in the middle of pushes; what it acknowledged is still there."""

from __future__ import annotations

import http.client
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sync.hub import check
from sync.hub.config import database_url
from sync.hub.core import Hub
from sync.hub.store import Store
from sync.protocol.enrolment import Role
from sync.protocol.envelope import parse_envelope
from sync.protocol.frames import read_pulled, write_frames
from sync.protocol.messages import PushAnswer
from sync.system import SystemClock
from sync.testing import SeededRandom
from tests.hub.processes import ServedHub
from tests.hub.world import Person, World

LAPTOPS = 4
# Killed after so many acknowledged pushes: at the first, in the rush, and in between.
MOMENTS = (1, 7, 16)


class Laptop(threading.Thread):
    """Pushes until the line goes dead; remembers what was acknowledged."""

    def __init__(self, world: World, person: Person, url: str, acknowledged: Acknowledged) -> None:
        super().__init__()
        self.world, self.person, self.address, self.acknowledged = world, person, urlsplit(url), acknowledged

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=20)
        target = self.world.path("log")
        try:
            while True:
                envelopes = self.person.envelopes(3)
                body = write_frames(envelopes)
                connection.request("POST", target, body, self.world.signed("POST", target, body, self.person))
                response = connection.getresponse()
                answer = response.read()
                assert response.status == 200
                self.acknowledged.add(PushAnswer.parse(answer).places, envelopes)
        except (OSError, http.client.HTTPException):
            connection.close()


class Acknowledged:
    """Every envelope that a 200 answered for, with its place."""

    def __init__(self, wanted: int) -> None:
        self.envelopes: dict[int, bytes] = {}
        self.enough = threading.Event()
        self._wanted, self._pushes, self._turn = wanted, 0, threading.Lock()

    def add(self, places: tuple[int, ...], envelopes: list[bytes]) -> None:
        """Note one answered push."""
        with self._turn:
            self.envelopes.update(zip(places, envelopes, strict=True))
            self._pushes += 1
            if self._pushes >= self._wanted:
                self.enough.set()


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_acknowledged_envelope_survives_a_killed_server(hub_url: str, tmp_path: Path, moment: int) -> None:
    store = Store(database_url(hub_url))
    world = World(Hub(store, SystemClock(), SeededRandom()), SystemClock())
    assert world.found().status == 200
    people = [Person(f"p{i}", world.team, Role.WORKER, (1, 3)) for i in range(LAPTOPS)]
    world.join(*people)
    acknowledged = Acknowledged(moment)
    server = ServedHub(hub_url, tmp_path / "ready")
    laptops = [Laptop(world, person, server.url, acknowledged) for person in people]
    for laptop in laptops:
        laptop.start()
    assert acknowledged.enough.wait(60)
    server.kill()
    for laptop in laptops:
        laptop.join(60)

    page = world.call("GET", world.path("log?after=0"), who=world.lena)
    held = {one.n: one.item for one in read_pulled(page.body)}
    assert len(acknowledged.envelopes) >= 3 * moment
    assert {n: parse_envelope(raw).env_hash for n, raw in acknowledged.envelopes.items()} == {
        n: parse_envelope(held[n]).env_hash for n in acknowledged.envelopes
    }
    assert check.findings(store) == []
    store.close()
