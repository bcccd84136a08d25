"""A forgotten passphrase: a request, an answer, a new passphrase; everything is there at once, with no network."""

from pathlib import Path

import pytest

from broker_desktop.errors import WrongPassphrase
from broker_desktop.session import Session
from broker_desktop.session.recovering import finish, make_request, read_request, words_of
from sync.testing import LoopbackTransport
from tests.common.locked import OTHER, PASSPHRASE, cheaply, lock_with, power_cuts, unlocked
from tests.common.vaults import Desk, Service, in_step
from tests.unit.session.test_kit import founded, lines

RECORDS = 500


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


class Harbour:
    """A lead with the kit in hand, and a worker who has been out for weeks and forgot the passphrase."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.lead, paper = founded(service)
        self.halves = lines(paper)
        with self.lead.opened() as lead:
            self.worker = service.join(lead, "Will Oak", "worker")
        lock_with(self.worker)

    @property
    def file(self) -> Path:
        return self.service.folder / "request"

    def recover(self, phrase: str = OTHER) -> None:
        """Go through all of it, with no network on either laptop."""
        worker, environment = self.worker, self.worker.environment
        made = make_request(environment, worker.folder, self.file)
        with self.lead.opened() as lead:
            request = read_request(self.file)
            assert words_of(request) == made.words
            lead.keys.answer(request, self.halves, self.file)
        finish(environment, worker.folder, phrase, self.file, cheaply(environment, phrase))

    def rejoin(self) -> None:
        """Let the new seat in and sync both."""
        with self.lead.opened() as lead, unlocked(self.worker.folder, self.worker.environment, OTHER) as worker:
            code = lead.team.invite("Will Oak", "worker").code
            asked = worker.keys.ask_again(code)
            lead.team.approve(asked.seat, " ".join(asked.check_words))
            in_step(worker, lead)


def visit(number: int) -> dict[str, object]:
    return {
        "occurred_at": "2026-12-01T10:00:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
        "person": {"code": f"WREN{number}M"}, "note": f"visit {number}",
    }  # fmt: skip


def notes(session: Session) -> set[str]:
    return {row.payload["note"] for row in session.records("nx_visit")}


@pytest.fixture
def harbour(service: Service) -> Harbour:
    return Harbour(service)


def offline(desk: Desk) -> None:
    transport = desk.transport
    assert isinstance(transport, LoopbackTransport)
    transport.online = False


def test_five_hundred_unsent_records_are_all_there_with_no_network(harbour: Harbour) -> None:
    worker = harbour.worker
    with worker.opened() as session:
        first = session.save("nx_visit", visit(0))
        session.sync_once()
        session.amend("nx_visit", first.id, {"note": "visit 0, mended"}, "typed wrongly")
        session._context.vault.replica.hub_side.seal(session._context.vault.identity.signing_key())  # and not pushed
        for number in range(1, RECORDS):
            session.save("nx_visit", visit(number))
        session.amend("nx_visit", first.id, {"note": "visit 0, mended twice"}, "typed wrongly")
        before = session._context.vault.replica.unsent()
    offline(worker)
    offline(harbour.lead)
    harbour.recover()
    expected = {"visit 0, mended twice", *(f"visit {number}" for number in range(1, RECORDS))}
    with unlocked(worker.folder, worker.environment, OTHER) as session:
        assert notes(session) == expected
        assert session._context.vault.replica.unsent() == before
        assert [row.summary for row in session.search("WREN499M")] != []
        assert session.keys.recovered
        assert session.sync_once().awaiting_approval  # nobody is asked: the new seat is a stranger yet
        session.save("nx_visit", visit(RECORDS))
        assert session.custody_counts().laptop > RECORDS
    with pytest.raises(WrongPassphrase), unlocked(worker.folder, worker.environment, PASSPHRASE):
        pass
    for desk in (worker, harbour.lead):
        desk.transport.online = True
    harbour.rejoin()
    with harbour.lead.opened() as lead, unlocked(worker.folder, worker.environment, OTHER) as session:
        assert notes(lead) == notes(session) == {*expected, f"visit {RECORDS}"}
        assert session._context.vault.replica.unsent() == 0
        assert not session.keys.recovered
        assert session.custody_counts().laptop == 0
        assert lead._context.vault.replica.quarantined() == []
        for name in ("general", "common"):
            assert lead.check_vault().state_hash[name] == session.check_vault().state_hash[name]


def test_the_old_passphrase_or_the_new_one_opens_it_at_every_moment(harbour: Harbour, tmp_path: Path) -> None:
    worker = harbour.worker
    with worker.opened() as session:
        session.save("nx_visit", visit(1))
    with power_cuts(worker.folder, tmp_path / "cuts") as cuts:
        harbour.recover()
    opened = []
    for cut in cuts:
        for phrase in (PASSPHRASE, OTHER):
            try:
                with unlocked(cut, worker.environment, phrase) as session:
                    assert notes(session) == {"visit 1"}
                    opened.append(phrase)
            except WrongPassphrase:
                continue
    assert opened == [PASSPHRASE] * opened.count(PASSPHRASE) + [OTHER] * opened.count(OTHER)
    assert len(opened) == len(cuts)
    assert {path.name for path in worker.folder.glob("recovery*")} == set()
