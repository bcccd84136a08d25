"""The battery dies at any moment of saving and syncing: what was said to be saved is there, and only once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from broker_desktop.session import Session
from sync.hub import check
from sync.hub.config import database_url
from sync.hub.store import Store
from sync.replica.tables import table
from sync.testing import SeededRandom
from tests.common.programs import Laptop, Server, Team
from tests.common.saving import Diary, Nursery

KILLS = 50
MOST_LINES = 16
MOST_SECONDS = 0.05


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead whose battery is bad, and a worker."""
    folder = tmp_path_factory.mktemp("plug")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server)
        team.join("Will Oak", "worker")
        yield team


def moments(random: SeededRandom) -> Iterator[tuple[int, float]]:
    """Give random moments: after so many told steps, and so many seconds more."""
    while True:
        lines, parts = random.bytes(1)[0] % (MOST_LINES + 1), int.from_bytes(random.bytes(2), "big")
        yield lines, MOST_SECONDS * parts / 65535


def test_fifty_killed_lives_lose_nothing_and_send_nothing_twice(team: Team) -> None:
    lead, worker = team.laptops
    nursery = Nursery(lead)
    lives: list[Diary] = []
    for (lines, seconds), number in zip(moments(SeededRandom("plug")), range(KILLS), strict=False):
        lives.append(nursery.killed_after(lines, seconds))
        if number % 20 == 19:
            worker_meets_people(worker, number)
    nursery.close()
    assert_all_acknowledged_is_there(lead, lives)
    assert_nothing_arrives_twice(lead, worker)
    assert_the_server_has_no_gap(team.server)


def worker_meets_people(worker: Laptop, number: int) -> None:
    """Save and sync on the second laptop, so that the first has something to receive."""
    with worker.opened() as session:
        contact = {"occurred_at": session.today().day, "kind": "phone", "outcome": ["seen"], "setting": "street"}
        session.save("contact", {**contact, "person": {"code": f"WREN8{number % 7}M"}, "next_step": {"type": "none"}})
        session.sync_once()


def assert_all_acknowledged_is_there(lead: Laptop, lives: list[Diary]) -> None:
    saved = [record for life in lives for record in life.saved]
    amended = {record: note for life in lives for record, note in life.amended.items()}
    steps = [step for life in lives for step in life.steps]
    assert len(saved) > 100, "the lives were too short to say anything"
    assert steps.count("syncing") > steps.count("synced") > 0, "no life ended during a sync"
    with lead.opened() as session:
        session.check_vault()  # raises when the quick check of the file finds anything
        held = {row.id: row for kind in ("contact", "nx_visit") for row in session.records(kind)}
        assert set(saved) <= set(held)
        assert len(set(saved)) == len(saved)
        assert {record: held[record].payload.get("note") for record in amended} == amended


def assert_nothing_arrives_twice(lead: Laptop, worker: Laptop) -> None:
    with lead.opened() as here, worker.opened() as there:
        for session in (here, there, here, there):
            report = session.sync_once()
        assert (report.unsent, report.quarantined, report.conflicts) == (0, 0, 0)
        assert shared(here) == shared(there)
        for kind in ("contact", "nx_visit", "person"):
            ids = [row.id for row in there.records(kind)]
            assert len(ids) == len(set(ids))
            assert set(ids) == {row.id for row in here.records(kind)}
        assert sent_operations(there, lead.keys.seat) == own_operations(here) - hidden_operations(here)


def shared(session: Session) -> dict[str, str]:
    """Give the state hashes of the compartments that both hold."""
    return {name: value for name, value in session.check_vault().state_hash.items() if name in ("common", "general")}


def own_operations(session: Session) -> int:
    """Count the operations that a laptop ever made."""
    with session._context.vault.reader.connect() as db:
        return int(db.execute(select(func.count()).select_from(table("op"))).scalar_one())


def hidden_operations(session: Session) -> int:
    """Count the lead's own operations in compartments that a worker does not get (admin, clinical)."""
    op = table("op")
    with session._context.vault.reader.connect() as db:
        hidden = select(func.count()).select_from(op).where(op.c.comp.not_in((1, 3)))
        return int(db.execute(hidden).scalar_one())


def sent_operations(session: Session, author: bytes) -> int:
    """Count the operations in all envelopes of an author that this laptop received and could open."""
    envelope = table("envelope")
    with session._context.vault.reader.connect() as db:
        total = select(func.coalesce(func.sum(envelope.c.ops), 0)).where(envelope.c.seat == author)
        return int(db.execute(total).scalar_one())


def assert_the_server_has_no_gap(server: Server) -> None:
    with Store(database_url(server.db_url)) as store:
        assert check.findings(store) == []
