"""Joining by files with no network at all, and invitations of another lead (protocol.md 2.8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.session import JoinAsked, Session, offline
from broker_desktop.session.enrolment import join_team_sealed
from tests.common.vaults import Desk, Service, in_step
from tests.unit.session.test_shared_laptop import VISIT

MEETING = {"kind": "drop_in", "started_at": "2026-12-01T10:00:00+00:00"}


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def asked_by_file(service: Service, code: str, stick: Path, name: str) -> tuple[Desk, JoinAsked]:
    environment, transport, keeper = service._laptop(name)
    transport.online = False
    asked = offline.join(environment, environment.data_dir / "vault", keeper.seal, code, stick)
    return service._desk(environment, transport, keeper), asked


def same_state(one: Session, other: Session) -> bool:
    """Tell whether two laptops show the same for each compartment both hold."""
    hashes = one.check_vault().state_hash, other.check_vault().state_hash
    both = hashes[0].keys() & hashes[1].keys()
    return bool(both) and all(hashes[0][name] == hashes[1][name] for name in both)


def test_somebody_joins_by_three_files_works_at_once_and_the_first_sync_is_smooth(tmp_path: Path, stick: Path) -> None:
    service = Service(tmp_path)
    desk = service.found()
    with desk.opened() as lead:
        desk.transport.online = False
        lead.save("nx_visit", VISIT)
        code = lead.team.invite("Wim Worker", "worker", folder=stick).code
        wim, asked = asked_by_file(service, code, stick, "wim")
        (waiting,) = lead.team.pending_joins(stick)
        assert (waiting.seat, waiting.person, waiting.check_words) == (asked.seat, "Wim Worker", asked.check_words)
        with pytest.raises(BadInput):
            lead.team.approve(asked.seat, "these are other words entirely", stick)
        with wim.opened() as worker:
            assert not worker.seat.joined
        assert lead.team.approve(asked.seat, " ".join(asked.check_words), stick) == asked.seat
        assert not any(code[4:] in path.read_text("latin-1") for path in stick.iterdir())

        with wim.opened() as worker:
            assert (worker.seat.joined, worker.seat.person, worker.count("nx_visit")) == (True, "Wim Worker", 1)
            mine = worker.save("nx_visit", VISIT).id
            wim.transport.online = True
            assert worker.sync_once().awaiting_approval, "the lead's laptop has not told the server"
            assert worker.custody_counts().laptop == 1

            desk.transport.online = True
            lead.sync_once()
            report = worker.sync_once()
            assert (report.awaiting_approval, report.unsent, report.quarantined, report.attention) == (False, 0, 0, ())
            lead.sync_once()
            assert mine in {row.id for row in lead.records("nx_visit")}
            assert same_state(worker, lead)
        assert len(lead.team.seats()) == 2
        assert lead.team.pending_joins(stick) == []


def test_another_lead_who_was_first_on_the_server_makes_no_fork(tmp_path: Path, stick: Path) -> None:
    service = Service(tmp_path)
    desk = service.found()
    with desk.opened() as lead:
        second = service.join(lead, "Sam Second", "lead")
        with second.opened() as other:
            in_step(lead, other)
            desk.transport.online = False
            code = lead.team.invite("Wim Worker", "worker", folder=stick).code
            wim, asked = asked_by_file(service, code, stick, "wim")
            lead.team.approve(asked.seat, None, stick)
            with wim.opened() as worker:
                service.join(other, "Pia Peer", "peer")
                mine = worker.save("session", MEETING).id
                desk.transport.online = wim.transport.online = True
                lead.sync_once()
                report = worker.sync_once()
                assert (report.unsent, report.quarantined, report.attention) == (0, 0, ())
                in_step(lead, other)
                assert [row.id for row in other.records("session")] == [mine]
                assert same_state(worker, other)
                assert not other.check_vault().findings


def test_files_of_others_old_and_broken_ones_let_nobody_in(tmp_path: Path, stick: Path) -> None:
    service = Service(tmp_path)
    desk = service.found()
    with desk.opened() as lead:
        code = lead.team.invite("Wim Worker", "worker", folder=stick).code
        (stick / "notes.nx1").write_text("shopping")
        with pytest.raises(NotFound):
            asked_by_file(service, lead.team.invite("Pia Peer", "peer").code, stick, "pia")
        with pytest.raises(BadInput):
            asked_by_file(service, code[:-9], stick, "typo")
        _, first = asked_by_file(service, code, stick, "wim")
        _, again = asked_by_file(service, code, stick, "thief")
        lead.team.approve(first.seat, " ".join(first.check_words), stick)
        with pytest.raises(NotPermitted):
            lead.team.approve(again.seat, " ".join(again.check_words), stick)
        service.clock.advance(8 * 24 * 3600 * 1000)
        with pytest.raises(BadInput):
            asked_by_file(service, code, stick, "late")


def test_any_lead_lets_in_whom_another_lead_invited(tmp_path: Path) -> None:
    service = Service(tmp_path)
    desk = service.found()
    with desk.opened() as lead:
        second = service.join(lead, "Sam Second", "lead")
        with second.opened() as other:
            in_step(lead, other)
            wim, asked = service.ask_in(lead, "Wim Worker", "worker", clinical=True)
            with pytest.raises(NotPermitted):
                other.team.approve(asked.seat, " ".join(asked.check_words))
            in_step(lead, other)
            (waiting,) = other.team.pending_joins()
            assert (waiting.person, waiting.compartments) == ("Wim Worker", ("general", "clinical", "common"))
            other.team.approve(asked.seat, " ".join(asked.check_words))
            with wim.opened() as worker:
                worker.sync_once()
                assert worker.seat.compartments == ("general", "clinical", "common")
                assert worker.seat.person == "Wim Worker"


def test_a_request_that_was_lost_on_its_way_is_sent_again_by_the_next_sync(tmp_path: Path) -> None:
    service = Service(tmp_path)
    desk = service.found()
    with desk.opened() as lead:
        environment, transport, keeper = service._laptop("wim")
        code = lead.team.invite("Wim Worker", "worker").code
        sent = transport.send

        def lost(request: object) -> object:
            if getattr(request, "target", "").endswith("/request"):
                transport.online = False
            return sent(request)  # type: ignore[arg-type]

        transport.send = lost  # type: ignore[method-assign, assignment]
        asked = join_team_sealed(environment, environment.data_dir / "vault", keeper.seal, code)
        transport.send = sent  # type: ignore[method-assign]
        assert lead.team.pending_joins() == []
        wim = service._desk(environment, transport, keeper)
        with wim.opened() as worker:
            transport.online = True
            assert worker.sync_once().awaiting_approval
            lead.team.approve(asked.seat, " ".join(asked.check_words))
            assert not worker.sync_once().awaiting_approval


def test_a_log_that_the_server_has_not_confirmed_reaches_nobody_else(tmp_path: Path, stick: Path) -> None:
    service = Service(tmp_path)
    desk = service.found()
    with desk.opened() as lead:
        code = lead.team.invite("Wim Worker", "worker", folder=stick).code
        environment, transport, keeper = service._laptop("lead")
        vault = environment.data_dir / "vaults" / "wim"
        asked = offline.join(environment, vault, keeper.seal, code, stick)
        lead.team.approve(asked.seat, " ".join(asked.check_words), stick)
    wim = service._desk(environment, transport, keeper, vault)
    with wim.opened() as worker:
        mine = worker.save("session", MEETING).id
        with pytest.raises(NotPermitted):
            worker.courier_export(tmp_path / "provisional.nx1")
    with desk.opened() as lead:
        assert lead.sync_once().attention == ()
    with wim.opened() as worker:
        assert worker.sync_once().unsent == 0
    with desk.opened() as lead:
        assert lead.sync_once().attention == ()
        assert [row.id for row in lead.records("session")] == [mine]
