"""Roles that change and laptops that leave, as the team's desk of a session does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.session import Session
from tests.common.examples import example
from tests.common.vaults import Desk, Service, in_step

DAY_MS = 86_400_000
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
def wim(service: Service, lead: Session) -> Iterator[Session]:
    with service.join(lead, "Wim Worker", "worker").opened() as session:
        yield session


def rows(session: Session) -> dict[str, tuple[str, str, str, int, int]]:
    return {
        one.person: (one.role, one.state, one.until, one.late, one.handed_in) for one in session.team.seats()
    }  # fmt: skip


def test_a_nurse_who_becomes_a_worker_has_no_clinical_record_left(service: Service, lead: Session) -> None:
    with service.join(lead, "Nia Nurse", "nurse").opened() as nia:
        lead.save("bbv_test", example("bbv_test"))
        nia.save("nx_visit", VISIT)
        in_step(lead, nia)
        assert nia.count("bbv_test") == 1
        lead.team.role(nia.seat.seat_id, "worker")
        nia.sync_once()
        assert nia.seat.compartments == ("general", "common")
        with pytest.raises(NotPermitted):
            nia.records("bbv_test")
        with nia._context.vault.reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM r_bbv_test").scalar() == 0
            assert connection.exec_driver_sql("SELECT count(*) FROM record WHERE comp = 2").scalar() == 0
            assert connection.exec_driver_sql("SELECT count(*) FROM epoch_key WHERE comp = 2").scalar() == 0
        assert nia.count("nx_visit") == 1
        lead.team.role(nia.seat.seat_id, "nurse")
        nia.sync_once()
        assert nia.count("bbv_test") == 1


def test_a_retired_laptop_hands_in_and_an_ended_one_can_still_be_read(
    service: Service, lead: Session, wim: Session
) -> None:
    seat = wim.seat.seat_id
    wim.save("nx_visit", VISIT)
    assert lead.team.retire(seat) == "2027-01-01"
    assert wim.sync_once().attention == ("seat_retired",)
    lead.sync_once()
    assert lead.count("nx_visit") == 1
    role, state, until, late, handed_in = rows(lead)["Wim Worker"]
    assert (role, state, until, late) == ("worker", "retired", "2027-01-01", 0)
    assert handed_in >= 1
    (visit,) = wim.records("nx_visit")
    with pytest.raises(NotPermitted) as refused:
        wim.amend("nx_visit", visit.id, {"note": "later"}, "forgotten")
    assert refused.value.code == "TEAM-RETIRED"
    lead.team.revoke(seat)
    assert rows(lead)["Wim Worker"][:3] == ("worker", "revoked", "")
    with pytest.raises(NotPermitted) as caught:
        wim.sync_once()
    assert caught.value.code == "SEAT-ENDED"
    assert wim.count("nx_visit") == 1
    assert lead.count("nx_visit") == 1


def test_what_a_lead_is_refused(service: Service, lead: Session, wim: Session) -> None:
    own = lead.seat.seat_id
    for attempt in (lambda: lead.team.revoke(own), lambda: lead.team.role(own, "worker")):
        with pytest.raises(NotPermitted) as caught:
            attempt()
        assert caught.value.code == "TEAM-OWN"
    with pytest.raises(NotFound):
        lead.team.revoke("0" * 32)
    for until in ("2026-11-30", "soon"):
        with pytest.raises(BadInput):
            lead.team.retire(wim.seat.seat_id, until)
    for refused in (lambda: wim.team.revoke(own), wim.team.rotate, lambda: wim.team.lost_laptop(own)):
        with pytest.raises(NotPermitted):
            refused()
    assert rows(lead)["Wim Worker"][:2] == ("worker", "active")


def test_a_lone_lead_is_told_until_there_is_a_second(service: Service, lead: Session) -> None:
    assert lead.team.has_one_lead()
    service.join(lead, "Lou Lead", "lead")
    assert not lead.team.has_one_lead()
    assert "single_lead" not in {one.code for one in lead.check_vault().findings}


def test_the_page_of_a_lost_laptop(service: Service, lead: Session, wim: Session) -> None:
    seat = wim.seat.seat_id
    lead.save("nx_visit", VISIT)
    lead.save("bbv_test", example("bbv_test"))
    wim.save("nx_visit", VISIT)
    in_step(lead, wim)
    lost = lead.team.lost_laptop(seat)
    assert (lost.person, lost.role, lost.state, lost.compartments) == (
        "Wim Worker", "worker", "active", ("general", "common"),
    )  # fmt: skip
    assert (lost.last_heard, lost.reported, lost.deadline) == ("2026-12-02", "", "")
    assert lost.records == 2
    reported = lead.team.report_lost(seat)
    assert (reported.reported, reported.deadline) == ("2026-12-02T09:00:00+00:00", "2026-12-05T09:00:00+00:00")
    service.clock.advance(DAY_MS)
    assert lead.team.report_lost(seat).reported == "2026-12-02T09:00:00+00:00"
    lead.team.revoke(seat)
    assert (lead.team.lost_laptop(seat).state, lead.team.lost_laptop(seat).compartments) == (
        "revoked", ("general", "common"),
    )  # fmt: skip
