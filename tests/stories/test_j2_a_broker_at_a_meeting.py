"""J2: a peer broker at a mutual-aid venue, on the pack portsmouth-rois-2013, offline until home.

Each step is one of requirements.md section 5, J2, and what it changes is asserted where the paper states it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broker_desktop.session import Session
from broker_desktop.session.disclosure import ShownLine
from broker_desktop.session.period import month_period
from tests.common.vaults import Desk, Service

J = {"code": "JOHN80M"}
FIRST_SEEN = "2026-11-28"
EVENING = "2026-12-01T18:30:00+00:00"
DECEMBER = month_period("2026-12")


def line(session: Session, line_id: str) -> ShownLine:
    return next(one for one in session.summary(DECEMBER).lines if one.id == line_id)


def cells(session: Session, line_id: str) -> dict[tuple[str, ...], Any]:
    return {tuple(cell.by.values()): cell.value for cell in line(session, line_id).cells if cell.value}


@pytest.fixture
def team(tmp_path: Path) -> tuple[Desk, Desk, Desk]:
    """A lead, a hub assessor and a peer, everybody in step; J. is known and is to be met."""
    service = Service(tmp_path, pack="portsmouth-rois-2013")
    lead = service.found()
    with lead.opened() as session:
        assessor = service.join(session, "Ada Assessor", "assessor")
        peer = service.join(session, "Pia Peer", "peer")
    with assessor.opened() as session:
        session.save(
            "contact",
            {"occurred_at": FIRST_SEEN, "kind": "planned", "outcome": ["seen"], "setting": "treatment_service",
             "person": J, "next_step": {"type": "none"}},
        )  # fmt: skip
        # Step 2: introduced yesterday, so that the peer finds code, place and time.
        session.save("broker_contact", {"state": "planned", "code": "JOHN80M", "planned_for": EVENING,
                                        "venue": "recovery_community_group"})  # fmt: skip
    for desk in (assessor, lead, peer):
        with desk.opened() as session:
            session.sync_once()
    return lead, assessor, peer


def work_of_the_evening(session: Session) -> None:
    """Steps 3 to 7."""
    (plan,) = session.records("broker_contact")
    assert plan.payload == {
        "state": "planned", "code": "JOHN80M", "planned_for": EVENING, "venue": "recovery_community_group"
    }  # fmt: skip
    session.save(
        "broker_contact",
        {"state": "met", "plan": {"id": plan.id}, "person": J, "occurred_at": EVENING, "setting": "mutual_aid_venue",
         "purpose": "accompany", "introduced_to": "fellowship_12step", "accompanied": "yes", "attended": "yes",
         "evidence": "with_broker", "next_step": {"type": "call_back", "due_on": "2026-12-04"}},
    )  # fmt: skip
    session.save(
        "consent",
        {"person": J, "purpose": "volunteer_contact", "agency_note": "a sober mate", "decision": "given",
         "decided_on": "2026-12-01", "how": "spoken"},
    )  # fmt: skip
    concern = session.save(
        "safeguarding_concern",
        {"kind": "child", "urgency": "today", "line": "says things are bad at home with the children", "person": J,
         "occurred_at": EVENING},
    )  # fmt: skip
    assert concern.created
    assert session.whom_to_call().words(), "a number to call or whom to ask, and no form to fill"
    session.save(
        "contact",
        {"occurred_at": EVENING, "kind": "drop_in", "outcome": ["information_given"], "setting": "mutual_aid_venue",
         "activities": ["information"], "person": None},
    )  # fmt: skip
    session.save(
        "group_session",
        {"status": "planned", "planned_for": "2026-12-08T14:00:00+00:00", "topic": "overdose_prevention",
         "leader_role": "peer", "venue": "recovery_community_group"},
    )  # fmt: skip


def test_an_evening_of_a_recovery_broker(team: tuple[Desk, Desk, Desk]) -> None:
    lead, assessor, peer = team
    with lead.opened() as session:
        before = session.worklist("W7").count
        contacts = line(session, "MS-01.met").value
    with peer.opened() as session:
        # Step 1: this laptop has no key to tests or concerns, so it holds none.
        assert {"bbv_test", "safeguarding_concern"}.isdisjoint(kind.name for kind in session.types())
        assert session.seat.compartments == ("common",)
        work_of_the_evening(session)
        session.sync_once()
    with assessor.opened() as session:
        session.sync_once()
    with lead.opened() as session:
        session.sync_once()
        # Step 8 and "Expected" of J2.
        assert session.worklist("W7").count == before + 1
        assert line(session, "MS-16").value == 1
        assert cells(session, "MS-16.introductions") == {("fellowship_12step",): 1}
        assert line(session, "MS-16.accompanied").value == 1
        assert cells(session, "MS-16.attended") == {("with_broker",): 1}
        assert line(session, "MS-01.met").value == contacts + 1
        # First met on 28 November, by a broker on 1 December: 30 - 28 + 1 = 3 days.
        assert line(session, "MS-16.days_to_first").value == 3
        assert line(session, "MS-17").value == 0, "a workshop that is planned is no workshop held"
        met = [row.payload for row in session.records("broker_contact") if row.payload["state"] == "met"]
        assert {"attendees", "people", "note"}.isdisjoint(met[0]), "nothing about other people present"


def test_in_birmingham_every_label_says_peer_mentor(tmp_path: Path) -> None:
    with Service(tmp_path, pack="birmingham-cri-2015").found().opened() as session:
        assert session.role_labels["peer"].lower() == "peer mentor"
