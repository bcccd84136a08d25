"""A new kit: the old one opens and signs nothing any more, and check counts the laptops that have to follow."""

from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NoServer, NotPermitted
from broker_desktop.session import Session
from sync.crypto import kit, passphrase
from sync.errors import WrongPassphrase
from tests.common.vaults import Desk, Service, in_step
from tests.unit.session.test_kit import founded, lines


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


def opens(desk: Desk, halves: list[str]) -> bool:
    seed = kit.join(*(kit.half_of(words) for words in halves))
    try:
        return passphrase.open_with_kit((desk.folder / "slots").read_bytes(), seed)[0] == desk.keys.keys.dek
    except WrongPassphrase:
        return False


def old_kits(session: Session) -> list[str]:
    return [one.text for one in session.check_vault().findings if one.code == "old_kit"]


def test_a_replaced_kit_opens_nothing_and_replaces_nothing(service: Service, tmp_path: Path) -> None:
    desk, paper = founded(service)
    old = lines(paper)
    with desk.opened() as lead:
        worker = service.join(lead, "Will Oak", "worker")
        assert opens(desk, old)
        assert opens(worker, old)
        drawn = lead.keys.draw_kit()
        new = lines(drawn)
        with pytest.raises(BadInput) as half:
            lead.keys.replace_kit([old[0], new[1]], drawn)
        assert half.value.code == "KIT-5"
        lead.keys.replace_kit(old, drawn, file=tmp_path / "new.txt")
        assert lead.keys.kit_unchecked
        assert (tmp_path / "new.txt").read_text().count("\n" + new[0] + "\n") == 1
        assert (opens(desk, old), opens(desk, new)) == (False, True)
        lead.keys.check_kit(new)
        for halves in (old, [old[0], new[1]]):
            with pytest.raises(BadInput):
                lead.keys.check_kit(halves)
            with pytest.raises(BadInput):
                lead.keys.replace_kit(halves, lead.keys.draw_kit())
        lead.sync_once()
        assert opens(worker, old)
        assert old_kits(lead) != []
    with worker.opened() as session, desk.opened() as lead:
        session.sync_once()
        assert (opens(worker, old), opens(worker, new)) == (False, True)
        with pytest.raises(NotPermitted):
            session.keys.draw_kit()
    with worker.opened() as session, desk.opened() as lead:
        in_step(session, lead)
        assert old_kits(lead) == []


def test_without_the_server_the_old_kit_counts_and_the_new_paper_stays(service: Service, tmp_path: Path) -> None:
    desk, paper = founded(service)
    with desk.opened() as lead:
        desk.transport.online = False
        with pytest.raises(NoServer):
            lead.keys.replace_kit(lines(paper), lead.keys.draw_kit(), file=tmp_path / "new.txt")
        assert (tmp_path / "new.txt").exists()
        assert opens(desk, lines(paper))
        assert "kit_file" in {one.code for one in lead.check_vault().findings}
