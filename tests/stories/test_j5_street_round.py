"""J5: an assertive-outreach round at dawn, offline throughout, on the pack portsmouth-2009-10 (requirements.md 5).

A person worked the figures out: of the round 7 contacts are recorded, 3 of them met (Mick, the woman, a man at the car
park) and 4 attempts (a doorway and three more at the end); 2 referrals made, 1 taken in from a community warden.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broker_desktop.session import Session, month_period
from tests.common.vaults import Service, in_step

DAY, TOMORROW = "2026-12-02", "2026-12-03"
LINES = ("MS-01.met", "MS-01.attempts", "MS-21.street_homeless", "MS-13.made")


def at(clock: str) -> str:
    return f"{DAY}T{clock}:00+00:00"


def figures(session: Session) -> dict[str, Any]:
    summary = session.summary(month_period("2026-12"))
    return {line.id: line.value for line in summary.lines if line.id in LINES}


def from_wardens(session: Session) -> int:
    (line,) = [one for one in session.summary(month_period("2026-12")).lines if one.id == "MS-14.sources"]
    return sum(cell.value or 0 for cell in line.cells if cell.by == {"source": "community_warden"})


def attempt(session: Session, round_id: str, clock: str, landmark: str) -> None:
    session.save(
        "contact",
        {"occurred_at": at(clock), "kind": "attempt", "outcome": ["not_found"], "setting": "street",
         "landmark": landmark, "team": "assertive-outreach", "session": {"id": round_id}},
    )  # fmt: skip


def waiting(session: Session, name: str) -> list[str]:
    return [row.key for row in session.worklist(name).rows]


def test_a_street_round_from_the_first_doorway_to_the_close(tmp_path: Path) -> None:
    service = Service(tmp_path, at=datetime(2026, 12, 2, 8, 45, tzinfo=UTC))
    lead_desk = service.found("Asha Reed")
    with lead_desk.opened() as lead:
        desk = service.join(lead, "Wren Worker", "worker")
        # Two who were met in another month and might be meant by "Mick" as well.
        for code, band in (("MICK79M", "45_54"), ("MICK88M", "35_44")):
            lead.save("person", {"identity_level": "code", "code": code, "age_band": band, "locality": "portsmouth"})
        with desk.opened() as worker:
            in_step(lead, worker)
            assert figures(lead) == dict.fromkeys(LINES, 0)
            walk_the_round(worker)
            here = {"MS-01.met": 3, "MS-01.attempts": 4, "MS-21.street_homeless": 1}
            # Referrals can be clinical, so that a worker's laptop cannot say how many there are.
            assert figures(worker) == {**here, "MS-13.made": None}
            in_step(worker, lead)
            assert figures(lead) == {**here, "MS-13.made": 2}
            assert from_wardens(lead) == 1
            # What she said went to the lead alone; nothing of it stayed with the worker.
            assert lead.count("safeguarding_concern") == 1
            assert "W7" in {one.id for one in lead.worklists() if one.count}


def walk_the_round(worker: Session) -> None:
    """06:10 to 08:30, as the journey tells it; the network is off."""
    opened, buddy = set_out(worker)
    mick = meet_mick(worker, opened)
    help_with_housing_and_health(worker, mick, opened)
    hear_of_two_more(worker, opened)
    come_back(worker, opened, buddy)


def set_out(worker: Session) -> tuple[str, str]:
    opened = worker.save(
        "session",
        {"kind": "street_round", "started_at": at("06:10"), "team": "assertive-outreach", "staff": 2,
         "staff_planned": 2, "status": "open", "opening_checks": ["phone_charged", "buddy_told", "naloxone"]},
    )  # fmt: skip
    out = {"out_at": at("06:10"), "worker": "Wren Worker", "buddy": "Asha Reed", "due_back": at("08:30")}
    buddy = worker.save("lone_working", out)
    attempt(worker, opened.id, "06:20", "behind the library")
    return opened.id, buddy.id


def meet_mick(worker: Session, opened: str) -> str:
    """Two others might be meant by the name; the worker says that he is somebody new."""
    found = worker.candidates("mick")
    assert (found.exact, found.count) == (None, 2)
    assert {one.detail for one in found.matches} == {"45 to 54, Portsmouth", "35 to 44, Portsmouth"}
    mick = worker.save(
        "person",
        {"identity_level": "code", "code": "MICK66M", "aliases": ["Mick"], "age_band": "55_64",
         "accommodation_status": "rough_sleeping", "accommodation_need": "urgent_problem",
         "parental_status": "no_children_live_with", "children_contact": "no", "treatment_ring": "never"},
    )  # fmt: skip
    return mick.id


def help_with_housing_and_health(worker: Session, mick: str, opened: str) -> None:
    """The contact, what he takes along, a housing need that somebody answers, and two referrals."""
    met = worker.save(
        "contact",
        {"occurred_at": at("06:40"), "kind": "found_on_shift", "outcome": ["engaged"], "setting": "street",
         "session": {"id": opened}, "team": "assertive-outreach", "second_worker": "yes", "person": {"id": mick},
         "subject": "service_user", "purpose": "proactive_engagement", "substances": ["alcohol", "heroin"],
         "primary_substance": "heroin", "routes": [{"substance": "heroin", "route": "inject"}],
         "needs": ["housing", "physical_health"], "housing_need": "urgent_problem",
         "activities": ["brief_intervention"], "offers": {"needle_exchange": "accepted", "bbv": "accepted"},
         "next_step": {"type": "book_test", "owner": "Wren", "due_on": TOMORROW, "note": "Thursday clinic"}},
    )  # fmt: skip
    worker.save(
        "nx_visit",
        {"occurred_at": at("06:45"), "site_type": "outreach", "items": {"SYR_FX_1_29": 10}, "person": {"id": mick},
         "returns": {"method": "none"}, "collecting_for": "self"},
    )  # fmt: skip

    assert waiting(worker, "W13") == ["need_housing"]
    worker.save(
        "support_intervention",
        {"started_on": DAY, "person": {"id": mick}, "domain": "housing", "support_type": "referral",
         "contact": {"id": met.id}},
    )  # fmt: skip
    assert waiting(worker, "W13") == []
    for destination in ("housing", "gp"):
        worker.save(
            "referral",
            {"made_on": DAY, "direction": "out", "destination": destination, "person": {"id": mick},
             "contact": {"id": met.id}, "events": [{"event": "made", "on": DAY, "evidence": "with_broker"}]},
        )  # fmt: skip


def hear_of_two_more(worker: Session, opened: str) -> None:
    """A warden tells of somebody new; a woman says that he hit her, which goes to the lead alone."""
    worker.save(
        "referral",
        {"made_on": DAY, "direction": "in", "source": "community_warden", "person": None,
         "note": "Somebody new at the car park; look tomorrow at six"},
    )  # fmt: skip
    worker.save(
        "contact",
        {"occurred_at": at("07:30"), "kind": "found_on_shift", "outcome": ["seen"], "setting": "street",
         "session": {"id": opened}, "risk_flags": ["exploitation"]},
    )  # fmt: skip
    concern = {"kind": "adult", "urgency": "now", "line": "She says he hit her", "occurred_at": at("07:35")}
    worker.save("safeguarding_concern", concern)
    worker.save(
        "contact",
        {"occurred_at": at("07:50"), "kind": "found_on_shift", "outcome": ["seen"], "setting": "squat_tent_car_park",
         "session": {"id": opened}, "next_step": {"type": "see_again", "due_on": TOMORROW}},
    )  # fmt: skip


def come_back(worker: Session, opened: str, buddy: str) -> None:
    """Three more attempts, checked in, and the round is closed."""
    for clock, landmark in (("08:00", "car park"), ("08:10", "station"), ("08:20", "church steps")):
        attempt(worker, opened, clock, landmark)
    # It is 08:45 by the program's clock and nobody has heard of them since 08:30.
    assert [one.count for one in worker.today().todo if one.kind == "lone_working"] == [1]
    worker.amend("lone_working", buddy, {"checked_in_at": at("08:28")}, "back")
    assert "lone_working" not in [one.kind for one in worker.today().todo]
    worker.amend("session", opened, {"status": "closed", "ended_at": at("08:30"), "turned_away": 0}, "closed")
