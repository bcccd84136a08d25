"""Erasing a person: gone from every laptop at its next sync, counted as a visit still, and clean on return."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.errors import NotFound, NotPermitted, UsageError
from broker_desktop.session import Session, month_period
from tests.common.pages import decrypted
from tests.common.vaults import Desk, Service, in_step

CODE = "JOHN80M"
CANARIES = ("zq41gorseq", "zq42kestrelq", "zq43umberq")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found()


@pytest.fixture
def lead(lead_desk: Desk) -> Iterator[Session]:
    with lead_desk.opened() as session:
        yield session


@pytest.fixture
def worker_desk(service: Service, lead: Session) -> Desk:
    return service.join(lead, "Wim Worker", "worker")


@pytest.fixture
def worker(worker_desk: Desk) -> Iterator[Session]:
    with worker_desk.opened() as session:
        yield session


def visit(code: str = CODE, note: str = CANARIES[1]) -> dict[str, object]:
    return {
        "occurred_at": "2026-11-20T18:02:00+00:00",
        "site_type": "mobile",
        "items": {"SYR_FX_1_29": 10},
        "collecting_for": "self",
        "person": {"code": code},
        "note": note,
    }


def person_of(session: Session) -> str:
    (row,) = session.records("person")
    return row.id


def known(session: Session) -> str:
    """Record a person with an alias, a visit with a note, and change both once; give the person's id."""
    saved = session.save("nx_visit", visit())
    person = person_of(session)
    session.amend("person", person, {"aliases": [CANARIES[0]]}, "said so")
    session.amend("nx_visit", saved.id, {"note": CANARIES[2]}, "mistyped")
    return person


def test_a_person_is_gone_everywhere_and_the_visit_still_counts(lead: Session, worker: Session) -> None:
    person = known(worker)
    in_step(worker, lead)
    worker.keep_draft("nx_visit", {"person": {"code": CODE}, "note": "half"}, "note")
    before = lead.summary(month_period("2026-11"))
    assert (before.line("MS-04").value, before.line("MS-05").value) == (1, 1)
    erased = lead.oversight.erase("person", person, "asked")
    assert (erased.people, erased.anonymous) == (1, 1)
    in_step(lead, worker)
    for session in (lead, worker):
        after = session.summary(month_period("2026-11"))
        assert (after.line("MS-04").value, after.line("MS-05").value) == (1, 0)
        assert after.line("MS-04.not_attributable").value == 1
        assert session.records("person") == []
        (row,) = session.records("nx_visit")
        assert (row.payload["person"], row.payload.get("note")) == (None, None)
        assert session.record("nx_visit", row.id).corrections == ()
        for word in (CODE, *CANARIES):
            assert session.search(word) == []
        assert session.candidates(CODE).count == 0
        assert session.drafts() == []
    assert lead.check_vault().state_hash["general"] == worker.check_vault().state_hash["general"]


def test_no_page_of_any_laptop_holds_a_word_of_the_person(
    lead_desk: Desk, worker_desk: Desk, lead: Session, worker: Session
) -> None:
    person = known(worker)
    in_step(worker, lead)
    for desk in (lead_desk, worker_desk):
        assert all(hits(desk).values()), "the scan finds what is there"
    lead.oversight.erase("person", person, "asked")
    in_step(lead, worker)
    for desk in (lead_desk, worker_desk):
        assert not any(hits(desk).values())


def hits(desk: Desk) -> dict[str, int]:
    pages = decrypted(desk.folder / "vault-1.db", bytes(desk.keys.keys.dek)).lower()
    return {word: pages.count(word.lower().encode()) for word in (CODE, *CANARIES)}


def test_who_returns_starts_clean_and_two_laptops_offline_agree(lead: Session, worker: Session) -> None:
    person = known(worker)
    in_step(worker, lead)
    lead.oversight.erase("person", person, "asked")
    in_step(lead, worker)
    for session in (lead, worker):
        session.save("nx_visit", visit(note="back again"))
    assert person_of(lead) == person_of(worker) != person
    assert len(lead.history(person_of(lead))) == 1
    in_step(lead, worker)
    assert len(lead.history(person_of(lead))) == 2
    assert lead.count("nx_visit", where=[("person.code", CODE)]) == 2


def test_what_comes_late_is_anonymous_listed_and_settled_by_the_lead(lead: Session, worker: Session) -> None:
    person = known(worker)
    in_step(worker, lead)
    late = worker.save("nx_visit", visit(note="written offline"))
    worker.amend("person", person, {"aliases": ["late alias"]}, "offline")
    lead.oversight.erase("person", person, "asked")
    in_step(lead, worker, lead)
    for session in (lead, worker):
        assert session.record("nx_visit", late.id).payload["person"] is None
        assert session.summary(month_period("2026-11")).line("MS-05").value == 0
        codes = {one.code for one in session.check_vault().findings}
        assert session.check_vault().ok
        assert "set_aside" not in codes
    assert "erased_late" in {one.code for one in lead.check_vault().findings}
    assert lead.oversight.late_count() == 2  # the visit, and the correction of the person
    settled = lead.oversight.settle_late()
    assert (settled.anonymous, settled.records) == (1, 1)
    in_step(lead, worker)
    assert lead.oversight.late_count() == 0
    assert lead.record("nx_visit", late.id).payload.get("note") is None
    assert lead.summary(month_period("2026-11")).line("MS-04").value == 2


def test_what_was_set_aside_goes_after_thirty_days(service: Service, lead: Session, worker: Session) -> None:
    person = known(worker)
    in_step(worker, lead)
    worker.amend("person", person, {"aliases": ["late alias"]}, "offline")
    lead.oversight.erase("person", person, "asked")
    in_step(lead, worker, lead)
    service.clock.advance(29 * 86_400_000)
    lead.sync_once()
    assert "erased_late" in {one.code for one in lead.check_vault().findings}
    service.clock.advance(2 * 86_400_000)
    lead.sync_once()
    assert "erased_late" not in {one.code for one in lead.check_vault().findings}


def test_laptops_that_have_not_confirmed_are_listed(lead: Session, worker: Session) -> None:
    person = known(worker)
    in_step(worker, lead)
    lead.oversight.erase("person", person, "asked")
    (erasure,) = lead.oversight.erasures()
    assert [one.person for one in erasure.waiting] == ["Wim Worker"]
    in_step(lead, worker)
    (waiting,) = lead.oversight.unconfirmed()
    assert waiting.laptop.person == "Wim Worker"
    worker.save("nx_visit", visit("LUCY75F", "another"))  # its next words tell what it has taken in
    in_step(worker, lead)
    assert lead.oversight.unconfirmed() == []
    (erasure,) = lead.oversight.erasures()
    assert (erasure.waiting, erasure.reason, erasure.by, erasure.record_id) == ((), "asked", "Lee Lead", person)


def test_one_record_is_erased_whole(lead: Session, worker: Session) -> None:
    saved = worker.save("nx_visit", visit())
    in_step(worker, lead)
    assert lead.oversight.erase("nx_visit", saved.id, "mistake").records == 1
    in_step(lead, worker)
    for session in (lead, worker):
        assert session.count("nx_visit") == 0
        assert session.count("person") == 1
        with pytest.raises(NotFound):
            session.record("nx_visit", saved.id)


def test_a_peers_own_copy_goes_too(service: Service, lead: Session) -> None:
    with service.join(lead, "Pat Peer", "peer").opened() as peer:
        peer.save("nx_visit", visit())
        in_step(peer, lead)
        assert peer.count("nx_visit") == 1
        lead.oversight.erase("person", person_of(lead), "asked")
        in_step(lead, peer)
        assert (peer.count("person"), peer.count("nx_visit")) == (0, 0)
        assert (lead.count("person"), lead.count("nx_visit")) == (0, 1)


def test_only_a_lead_erases_and_only_for_a_reason(lead: Session, worker: Session) -> None:
    person = known(worker)
    with pytest.raises(NotPermitted) as caught:
        worker.oversight.erase("person", person, "asked")
    assert caught.value.exit_code == 5
    in_step(worker, lead)
    with pytest.raises(UsageError):
        lead.oversight.erase("person", person, "because")
    with pytest.raises(NotFound):
        lead.oversight.erase("person", "00000000-0000-7000-8000-000000000000", "asked")
    assert person_of(lead) == person


def test_what_a_workers_own_program_erases_stands_everywhere_else(lead: Session, worker: Session) -> None:
    person = known(worker)
    in_step(worker, lead)
    row = bytes.fromhex(person.replace("-", ""))
    with worker._context.vault.replica.transaction() as tx:
        tx.erase("person", row, 1)
    in_step(worker, lead)
    assert person_of(lead) == person
    assert {one.reason.value for one in lead._context.vault.replica.quarantined()} == {"not_permitted"}
    assert "set_aside" in {one.code for one in lead.check_vault().findings}
