"""Several laptops of one team: who may read what, how records travel, how two values are settled."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NoServer, NotFound, NotPermitted
from broker_desktop.session import Event, RecordsChanged, Session, SyncStatusChanged, UpToDate, month_period
from tests.common.examples import example
from tests.common.vaults import Desk, Service, in_step

VISIT = {
    "occurred_at": "2026-12-01T18:02:00+00:00",
    "site_type": "mobile",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found()


@pytest.fixture
def worker(service: Service, lead: Session) -> Iterator[Session]:
    with service.join(lead, "Wim Worker", "worker").opened() as session:
        yield session


@pytest.fixture
def peer(service: Service, lead: Session) -> Iterator[Session]:
    with service.join(lead, "Pat Peer", "peer").opened() as session:
        yield session


def names(session: Session) -> set[str]:
    return {kind.name for kind in session.types()}


def test_a_new_laptop_knows_its_team_and_role(worker: Session) -> None:
    seat = worker.seat
    assert (seat.person, seat.initials, seat.role, seat.team_name) == ("Wim Worker", "WW", "worker", "Harbour")
    assert (seat.compartments, seat.pack_id, seat.joined) == (("general", "common"), "portsmouth-2009-10", True)
    assert {(one.person, one.role, one.me) for one in worker.team.seats()} == {
        ("Lee Lead", "lead", False),
        ("Wim Worker", "worker", True),
    }


def test_what_one_records_the_other_reads_and_custody_follows_receipts(lead: Session, worker: Session) -> None:
    saved = lead.save("nx_visit", {**VISIT, "person": {"code": "JOHN80M"}})
    assert lead.record("nx_visit", saved.id).custody == "laptop"
    lead.sync_once()
    assert lead.record("nx_visit", saved.id).custody == "hub"
    worker.sync_once()
    assert worker.record("nx_visit", saved.id).recorded_by_name == "Lee Lead"
    worker.save("nx_visit", VISIT)
    in_step(worker, lead)
    assert lead.record("nx_visit", saved.id).custody == "seen"


def test_a_worker_without_clinical_has_no_test_type_and_unreadable_lines(lead: Session, worker: Session) -> None:
    lead.save("bbv_test", example("bbv_test"))
    in_step(lead, worker)
    assert "bbv_test" not in names(worker)
    with pytest.raises(NotPermitted) as caught:
        worker.records("bbv_test")
    assert caught.value.exit_code == 5
    line = worker.summary(month_period("2026-11")).line("MS-11.offered")
    assert (line.value, line.unreadable) == (None, True)


def test_a_peer_records_people_and_reads_nobody_elses(lead: Session, peer: Session) -> None:
    lead.save("nx_visit", {**VISIT, "person": {"code": "JOHN80M"}})
    lead.save("session", example("session"))
    mine = peer.save("nx_visit", {**VISIT, "person": {"code": "LUCY75F"}})
    in_step(lead, peer)
    assert [row.id for row in peer.records("nx_visit")] == [mine.id]
    assert [row.payload["code"] for row in peer.records("person")] == ["LUCY75F"]
    assert peer.record("nx_visit", mine.id).custody == "hub"
    assert peer.count("session") == 1
    assert lead.count("nx_visit") == 2
    assert "bbv_test" not in names(peer)


def test_only_a_lead_invites_and_lets_in(worker: Session) -> None:
    for attempt in (
        lambda: worker.team.invite("Kim", "worker"),
        worker.team.pending_joins,
        lambda: worker.team.approve("00", None),
    ):
        with pytest.raises(NotPermitted):
            attempt()


def test_nobody_is_let_in_on_other_words(service: Service, lead: Session) -> None:
    with pytest.raises(NotFound):
        lead.team.approve("0" * 32, None)
    desk = service.join(lead, "Kim", "data")
    with desk.opened() as kim:
        assert kim.seat.role == "data"


def test_before_it_is_let_in_a_laptop_cannot_name_people(service: Service, lead: Session) -> None:
    desk, asked = service.ask_in(lead, "Kim", "worker")
    (pending,) = lead.team.pending_joins()
    assert (pending.person, pending.role, pending.check_words) == ("Kim", "worker", asked.check_words)
    with pytest.raises(BadInput):
        lead.team.approve(asked.seat, "five words that are other")
    with desk.opened() as kim:
        assert kim.sync_once().awaiting_approval
        assert not kim.seat.joined
        with pytest.raises(NotPermitted):
            kim.save("nx_visit", {**VISIT, "person": {"code": "JOHN80M"}})
        lead.team.approve(asked.seat, " ".join(asked.check_words))
        kim.sync_once()
        assert kim.save("nx_visit", {**VISIT, "person": {"code": "JOHN80M"}}).created
        assert kim.today().todo == ()


def test_two_values_are_listed_and_settled_everywhere(lead: Session, worker: Session) -> None:
    for session, band in ((lead, "25_34"), (worker, "35_44")):
        session.save("person", {"identity_level": "code", "code": "JOHN80M", "age_band": band})
    in_step(lead, worker)
    (conflict,) = lead.conflicts()
    assert (conflict.field, conflict.label) == ("age_band", "Age band")
    assert {one.value for one in conflict.values} == {"25_34", "35_44"}
    assert {one.by for one in conflict.values} == {"Lee Lead", "Wim Worker"}
    number = next(n for n, one in enumerate(conflict.values, start=1) if one.value == "25_34")
    lead.resolve(conflict.id, number)
    in_step(lead, worker)
    for session in (lead, worker):
        assert session.conflicts() == []
        (person,) = session.records("person")
        assert person.payload["age_band"] == "25_34"
        assert session.record("person", person.id).corrections[-1].reason == "decision"


def test_a_conflict_can_be_settled_with_something_else(lead: Session, worker: Session) -> None:
    for session, band in ((lead, "25_34"), (worker, "35_44")):
        session.save("person", {"identity_level": "code", "code": "JOHN80M", "age_band": band})
    in_step(lead, worker)
    (conflict,) = worker.conflicts()
    worker.resolve_with(conflict.id, {"answer": "declined"})
    in_step(lead, worker)
    assert lead.conflicts() == []
    assert lead.records("person")[0].payload["age_band"] == {"answer": "declined"}
    with pytest.raises(NotFound):
        lead.resolve(conflict.id, 1)


def test_the_same_code_offline_on_two_laptops_is_one_person(lead: Session, worker: Session) -> None:
    lead.save("nx_visit", {**VISIT, "person": {"code": "JOHN80M"}})
    worker.save("nx_visit", {**VISIT, "person": {"code": "john 80 m"}})
    in_step(lead, worker)
    assert lead.count("person") == 1
    assert lead.summary(month_period("2026-12")).line("MS-05").value == 1
    assert lead.conflicts() == []


def test_equal_laptops_have_equal_hashes(lead: Session, worker: Session) -> None:
    lead.save("nx_visit", VISIT)
    in_step(lead, worker)
    ours, theirs = lead.check_vault(), worker.check_vault()
    assert ours.ok
    assert set(theirs.state_hash) == {"general", "common"}
    assert {comp: ours.state_hash[comp] for comp in theirs.state_hash} == dict(theirs.state_hash)


def test_offline_nothing_is_lost_and_the_error_says_so(lead_desk: Desk, lead: Session) -> None:
    lead.save("nx_visit", VISIT)
    lead_desk.transport.online = False
    with pytest.raises(NoServer) as caught:
        lead.sync_once()
    assert (caught.value.exit_code, caught.value.your_data) == (6, "safe")
    lead_desk.transport.online = True
    assert lead.sync_once().pushed > 0


def test_listeners_hear_what_arrives_and_how_sync_stands(lead: Session, worker: Session) -> None:
    heard: list[Event] = []
    stop = worker.subscribe(heard.append)
    saved = lead.save("nx_visit", VISIT)
    lead.sync_once()
    worker.sync_once()
    assert RecordsChanged(frozenset({"nx_visit"}), frozenset({saved.id}), "sync") in heard
    assert isinstance(next(e for e in reversed(heard) if isinstance(e, SyncStatusChanged)).status, UpToDate)
    stop()
    count = len(heard)
    worker.sync_once()
    assert len(heard) == count


def test_check_names_what_a_team_should_mend(lead: Session) -> None:
    lead.save("nx_visit", VISIT)
    assert {one.code for one in lead.check_vault().findings} == {"kit_unchecked", "single_lead", "unsent"}


def test_who_was_not_heard_from_stands_in_the_summary(lead: Session, worker: Session) -> None:
    missing = lead.summary(month_period("2026-11")).completeness
    assert missing.seats == 2
    assert [one.last for one in missing.not_heard_from] == [None]
    worker.save("nx_visit", VISIT)
    in_step(worker, lead)
    assert lead.summary(month_period("2026-11")).completeness.not_heard_from == ()


def test_importing_a_file_again_decides_no_conflict(lead: Session, worker: Session, tmp_path: Path) -> None:
    files = {}
    for session, band in ((lead, "35_44"), (worker, "25_34")):
        files[band] = tmp_path / f"{band}.ndjson"
        line = {"type": "person", "identity_level": "code", "code": "KELP90F", "age_band": band}
        files[band].write_text(json.dumps(line), encoding="utf-8")
        session.import_file("mixed", files[band])
    in_step(lead, worker)
    assert [one.field for one in lead.conflicts()] == ["age_band"]
    for path in files.values():
        assert lead.import_file("mixed", path).to_json() == {
            "read": 1,
            "added": 0,
            "unchanged": 1,
            "amended": 0,
            "refused": 0,
        }
    assert [one.field for one in lead.conflicts()] == ["age_band"]
