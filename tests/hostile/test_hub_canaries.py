"""Fifty invented words go through the engine; the hub's database, its write-ahead log and its log hold none of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.engine.transport import RequestsTransport
from sync.hub.embedded import RunningHub
from sync.hub.logs import ValueFreeFormatter
from sync.hub.server import Listener
from sync.testing.fakes import LoopbackTransport
from sync.testing.fleet import Fleet, HubDatabase
from tests.common.canaries import canaries, found
from tests.common.fleets import memory_team
from tests.hostile.besieged import may_apply

WORDS = canaries(50)
COMPARTMENTS = {"card": 0, "contact": 1, "bbv_test": 2, "session": 3}


@pytest.fixture
def server_log(tmp_path: Path) -> Iterator[Path]:
    """Everything that anybody logs at any level while the test runs, in the server's format."""
    path = tmp_path / "server.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(ValueFreeFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


def test_the_hub_learns_no_word(tmp_path: Path, server_log: Path) -> None:
    image, _, databases = memory_team()
    folder = tmp_path / "hub"
    folder.mkdir()
    hub_database = HubDatabase(folder / "hub.db")
    fleet = Fleet(image, hub_database, databases, may_apply)
    lead, nurse = fleet.lead, fleet.laptops["nurse"]
    for at, word in enumerate(WORDS):
        name = list(COMPARTMENTS)[at % len(COMPARTMENTS)]
        with lead.replica.transaction() as tx:
            tx.create(
                name, at.to_bytes(16, "big"), COMPARTMENTS[name], {word: word, "list": [word], "map": {word: word}}
            )
    with RunningHub(fleet.hub, Listener("127.0.0.1", 0)) as running:
        for laptop in (lead, nurse):
            line = RequestsTransport(running.url)
            laptop.sync(line)
            line.close()
        lead.lead(LoopbackTransport(fleet)).rotate()
        lead.sync(LoopbackTransport(fleet))
        assert len(nurse.shown()) == 37
        assert {path.name for path in folder.iterdir()} == {"hub.db", "hub.db-wal", "hub.db-shm"}
        assert (folder / "hub.db-wal").stat().st_size > 50_000
        assert "POST /v1/teams" in server_log.read_text(encoding="utf-8")
        assert not found([folder, server_log], WORDS)


def test_the_scan_would_find_one(tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"\0" * 100 + WORDS[7].encode("utf-16-le").hex().encode() + b"\0")
    assert found([tmp_path], WORDS)
