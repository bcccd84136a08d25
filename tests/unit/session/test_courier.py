"""Records on a stick: whole or not at all, and the same as over the server (protocol.md 2.9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker_desktop.errors import AppError, BadInput, Untrusted
from broker_desktop.session import Session
from sync.protocol.carried import MAX_CARRIED
from tests.common.vaults import Service, in_step
from tests.unit.session.test_shared_laptop import VISIT


def refused(session: Session, path: Path) -> AppError:
    before = session.check_vault()
    with pytest.raises((BadInput, Untrusted)) as caught:
        session.courier_import(path)
    assert session.check_vault() == before
    return caught.value


def test_a_file_carries_records_both_ways_and_on_to_the_server(tmp_path: Path) -> None:
    service, stick = Service(tmp_path), tmp_path / "stick.nx1"
    desk = service.found()
    with desk.opened() as lead:
        wim, pia = service.join(lead, "Wim Worker", "worker"), service.join(lead, "Pia Peer", "peer")
        with wim.opened() as worker, pia.opened() as peer:
            in_step(lead, worker, peer)
            for one in (desk, wim, pia):
                one.transport.online = False
            saved = worker.save("nx_visit", VISIT).id
            met = worker.save("session", {"kind": "drop_in", "started_at": "2026-12-01T10:00:00+00:00"}).id

            size = worker.courier_export(stick)
            assert stick.stat().st_size == size
            counts = lead.courier_import(stick)
            assert (counts.new, counts.waiting) == (2, 0)
            assert [row.id for row in lead.records("nx_visit")] == [saved]
            assert lead.courier_import(stick).new == 0
            assert [peer.courier_import(stick).new, peer.count("nx_visit")] == [1, 0]
            assert [row.id for row in peer.records("session")] == [met]

            desk.transport.online = wim.transport.online = True
            assert lead.sync_once().unsent == 0
            worker.sync_once()
            assert worker.custody_counts().laptop == 0
            assert worker.check_vault().state_hash == {
                name: lead.check_vault().state_hash[name] for name in worker.check_vault().state_hash
            }


def test_a_file_that_is_cut_flipped_foreign_or_huge_changes_nothing(tmp_path: Path) -> None:
    service, stick = Service(tmp_path), tmp_path / "stick.nx1"
    desk = service.found()
    with desk.opened() as lead:
        wim = service.join(lead, "Wim Worker", "worker")
        with wim.opened() as worker:
            in_step(lead, worker)
            worker.save("nx_visit", VISIT)
            worker.courier_export(stick)
        good = stick.read_bytes()
        for length, code in ((0, "FILE-1"), (3, "FILE-1"), (40, "FILE-2"), (len(good) - 1, "FILE-2")):
            stick.write_bytes(good[:length])
            assert refused(lead, stick).code == code
        for at in (70, len(good) // 2, len(good) - 1):
            stick.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            assert refused(lead, stick).code == "FILE-3"
        stick.write_bytes(good + b"\0")
        assert refused(lead, stick).code == "FILE-2"
        stick.write_bytes(good[:5] + bytes([good[5] ^ 1]) + good[6:])
        assert refused(lead, stick).code == "FILE-5"
        with stick.open("wb") as file:
            file.truncate(MAX_CARRIED + 1)
        assert refused(lead, stick).code == "FILE-4"
        assert refused(lead, tmp_path / "nowhere").code == "FILE-6"
        stick.write_bytes(good)
        assert lead.courier_import(stick).new == 1
