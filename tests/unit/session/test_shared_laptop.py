"""Several people with a vault each on one laptop, without a network (protocol.md 2.18, T-MULTI)."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from unittest import mock

import pytest

from broker_desktop.session import Session
from tests.common.vaults import Desk, Service, in_step

VISIT = {
    "occurred_at": "2026-12-01T18:02:00+00:00",
    "site_type": "mobile",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
}
DEVICE = "lead"


@pytest.fixture
def van(tmp_path: Path) -> dict[str, Desk]:
    """A laptop in the van with the vaults of a lead, a worker and a peer, all in step; the signal is gone."""
    service = Service(tmp_path)
    people = {"lead": service.found()}
    with people["lead"].opened() as lead:
        people["worker"] = service.join(lead, "Wim Worker", "worker", device=DEVICE)
        people["peer"] = service.join(lead, "Pia Peer", "peer", device=DEVICE)
        for name in ("worker", "peer"):
            with people[name].opened() as session:
                in_step(lead, session)
    for desk in people.values():
        desk.transport.online = False
    return people


def visits(session: Session) -> list[str]:
    return sorted(str(row.id) for row in session.records("nx_visit"))


def test_what_one_person_records_the_next_finds_after_unlocking(van: dict[str, Desk]) -> None:
    with van["worker"].opened() as session:
        saved = session.save("nx_visit", VISIT).id
    with van["lead"].opened() as session:
        assert visits(session) == [saved]
        report = session.save("session", {"kind": "drop_in", "started_at": "2026-12-01T10:00:00+00:00"})
    with van["peer"].opened() as session:
        assert visits(session) == []
        assert [row.id for row in session.records("session")] == [report.id]

    van["peer"].transport.online = van["lead"].transport.online = True
    with van["peer"].opened() as session:
        session.sync_once()
    with van["worker"].opened() as session:
        session.void("nx_visit", saved, "entered twice")
    with van["lead"].opened() as session:
        report = session.sync_once()
        assert (report.unsent, report.pulled) == (0, 2), "a sync counts what came over the shared laptop"
        assert session.custody_counts().laptop == 0
        assert visits(session) == []


def test_a_program_killed_while_it_locks_loses_nothing(van: dict[str, Desk]) -> None:
    for at in (1, 2, 3):
        child = os.fork()
        if child == 0:
            try:
                _save_and_die(van["worker"], at)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL

        with van["worker"].opened() as session:
            saved = visits(session)
        assert len(saved) == at
        with van["lead"].opened() as session:
            assert visits(session) == saved

    van["lead"].transport.online = True
    with van["lead"].opened() as session:
        report = session.sync_once()
        assert (report.unsent, report.quarantined, report.attention) == (0, 0, ())


def _save_and_die(desk: Desk, at: int) -> None:
    """Save a visit, lock, and be killed at the n-th time that something is forced to the disk on the way out."""
    for _ in range(100 * at):  # the parent's own draws do not go on where an earlier child's ended
        desk.environment.random.bytes(1)
    session = desk.open()
    session.save("nx_visit", VISIT)
    calls = iter(range(1, 100))
    real = os.fsync

    def fsync(handle: int) -> None:
        if next(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        real(handle)

    with mock.patch("os.fsync", fsync):
        session.close()


def test_a_spool_that_cannot_be_used_is_in_nobodys_way(tmp_path: Path, expected_log: set[str]) -> None:
    expected_log.add("the spool of this laptop could not be used: %s")
    desk = Service(tmp_path).found()
    folder = desk.environment.data_dir / "spool"
    shutil.rmtree(folder)
    folder.write_text("not a folder")
    with desk.opened() as session:
        saved = session.save("nx_visit", VISIT).id
        assert session.sync_once().unsent == 0
    with desk.opened() as session:
        assert visits(session) == [saved]
