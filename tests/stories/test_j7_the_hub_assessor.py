"""J7: a hub assessor receives referrals, on the pack portsmouth-rois-2013.

Fourteen came overnight; four of them say "self". What section 5 of requirements.md states for W2, W3, W8, W9, MS-13
and MS-14 is asserted figure by figure.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NotPermitted
from broker_desktop.session import Session
from broker_desktop.session.disclosure import ShownLine
from broker_desktop.session.period import month_period
from tests.common.vaults import Desk, Service

NOVEMBER = month_period("2026-11")
CAME = "2026-11-02"
OTHERS = ("hospital", "gp", "probation", "street_outreach", "nx_mobile", "hostel_worker", "community_warden",
          "relative", "police", "prison")  # fmt: skip


def line(session: Session, line_id: str) -> ShownLine:
    return next(one for one in session.summary(NOVEMBER).lines if one.id == line_id)


def stages(session: Session) -> dict[str, Any]:
    return {cell.by["stage"]: cell.value for cell in line(session, "MS-13.stages").cells}


def received(code: str, source: str, **more: Any) -> dict[str, Any]:
    asked = {"prompted_by": {"answer": "not_asked"}} if source == "self" else {}
    return {
        "made_on": CAME, "direction": "in", "source": source, "person": {"code": code},
        "events": [{"event": "received", "on": CAME}], "consent": {"feedback": "yes", "recorded_on": CAME},
        **asked, **more,
    }  # fmt: skip


def steps(session: Session, referral: str, *new: tuple[str, str], **more: Any) -> None:
    """Add steps to a referral, as a form would."""
    known = session.record("referral", referral).payload.get("events", [])
    added = [{"event": event, "on": on, "evidence": "service_confirmed"} for event, on in new]
    session.amend("referral", referral, {"events": [*known, *added], **more}, "next step")


def keys(session: Session, name: str) -> list[str]:
    return [row.key for row in session.worklist(name).rows]


@pytest.fixture
def hub(tmp_path: Path) -> tuple[Desk, Desk, Desk]:
    """A lead, an outreach worker and an assessor; fourteen referrals came to the team overnight."""
    service = Service(tmp_path, pack="portsmouth-rois-2013")
    lead = service.found()
    with lead.opened() as session:
        worker = service.join(session, "Will Worker", "worker")
        assessor = service.join(session, "Ada Assessor", "assessor")
    with worker.opened() as session:
        for number, source in enumerate((*OTHERS, "self", "self", "self", "self")):
            session.save("referral", received(f"PQ{number:02d}XT", source))
        session.sync_once()
    with assessor.opened() as session:
        session.sync_once()
    return lead, worker, assessor


def look_at_all(session: Session) -> dict[str, list[str]]:
    """Step 1: all fourteen wait until somebody has looked; gives them by source."""
    assert keys(session, "W2") == ["not_acknowledged"] * 14
    by_source: dict[str, list[str]] = {}
    for row in session.records("referral"):
        by_source.setdefault(row.payload["source"], []).append(row.id)
        steps(session, row.id, ("acknowledged", "2026-11-03"))
    assert session.worklist("W2").count == 0
    return by_source


def ask_who_had_the_idea(session: Session, four: list[str]) -> None:
    """Step 3: four say self; a hostel twice, a pharmacy once, and one whose own idea it was."""
    assert session.worklist("W9").count == 4
    assert line(session, "MS-14.self_raw").value == Decimal("28.6")  # 4 of 14
    answers = ("hostel_worker", "hostel_worker", "pharmacy", {"answer": "not_applicable"})
    for referral, prompted_by in zip(four, answers, strict=True):
        session.amend("referral", referral, {"prompted_by": prompted_by}, "asked")
    assert session.worklist("W9").count == 0
    raw, corrected = line(session, "MS-14.self_raw"), line(session, "MS-14.self_corrected")
    assert (raw.numerator, raw.denominator) == (4, 14)
    assert (corrected.numerator, corrected.denominator) == (1, 14)


def see_one_through(session: Session, gp: str, prison: str) -> None:
    """Steps 4 to 9: triaged, booked, missed, met again, attended; and somebody about to be released."""
    place = {"at": "2026-11-09T10:00:00+00:00", "place": "hub_access_point", "needs": "interpreter"}
    steps(session, gp, ("triaged", "2026-11-03"), ("booked", "2026-11-04"), complexity="medium", appointment=place)
    # From prison, with a day of release that stands on Today from the day before.
    session.amend("referral", prison, {"release_date": "2026-12-03"}, "told by the prison")
    assert "release" in keys(session, "W1")
    plan = {"state": "planned", "code": "PQ01XT", "venue": "hub_access_point"}
    session.save("broker_contact", {**plan, "planned_for": "2026-12-04T18:30:00+00:00"})
    steps(session, gp, ("not_attended", "2026-11-09"))
    assert keys(session, "W3") == ["missed_first"]
    again = {"occurred_at": "2026-11-10", "kind": "phone", "outcome": ["seen"], "setting": "online_or_phone"}
    session.save("contact", {**again, "person": {"code": "PQ01XT"}, "next_step": {"type": "none"}})
    assert keys(session, "W3") == []
    steps(session, gp, ("attended_first", "2026-11-16"))


def test_an_assessors_morning(hub: tuple[Desk, Desk, Desk]) -> None:
    _lead, worker, assessor = hub
    with assessor.opened() as session:
        by_source = look_at_all(session)
        ask_who_had_the_idea(session, by_source["self"])
        (gp,), (hospital,), (probation,) = (by_source[source] for source in ("gp", "hospital", "probation"))
        see_one_through(session, gp, by_source["prison"][0])
        # Step 10: another came after 7 days and left 22 days later, and one was triaged and closed.
        steps(session, hospital, ("attended_first", "2026-11-09"), ("unplanned_exit", "2026-12-01"))
        assert keys(session, "W3") == ["dropped_out"]
        steps(session, probation, ("triaged", "2026-11-04"), ("closed", "2026-11-05"))
        assert line(session, "MS-13.left_early").value == 1
        assert line(session, "MS-13.only_triaged").value == 1
        assert line(session, "MS-13.wait_median").value == Decimal("10.5")  # 7 days, and 14 from the 2nd to the 16th
        assert line(session, "MS-13.wait_longest").value == 14
        counted = stages(session)
        assert (counted["received"], counted["booked"], counted["attended_first"]) == (14, 1, 2)
        session.sync_once()
    with worker.opened() as session:
        session.sync_once()
        seen = [one["event"] for one in session.record("referral", gp).payload["events"]]
        assert seen[-1] == "attended_first", "the one who sent them sees it after the next sync"
        with pytest.raises(NotPermitted):
            steps(session, by_source["nx_mobile"][0], ("booked", "2026-11-12"))


def test_the_same_person_from_the_van_and_from_the_hospital(hub: tuple[Desk, Desk, Desk]) -> None:
    lead, _worker, assessor = hub
    with assessor.opened() as session:
        who = {
            "given_name": "Joanna",
            "family_name": "Hartley",
            "born_on": "1981-04-03",
            "identity_level": "named",
            "parental_status": "not_a_parent",
            "accommodation_need": "no_problem",
        }
        session.save("person", {**who, "code": "JH81F"})
        session.save("person", {**who, "code": "JHA0304"})
        session.sync_once()
    # Step 2: the pair is looked at with whoever keeps the data; on an assessor's laptop there is no such list.
    with lead.opened() as session:
        before = session.worklist("W8").count
        session.sync_once()
        pairs = [row.who for row in session.worklist("W8").rows]
        assert [who for who in pairs if "Joanna" in who] == ["Joanna Hartley, Joanna Hartley"]
        assert session.worklist("W8").count > before
        assert session.count("person") == 16, "a suggestion joins nobody"
