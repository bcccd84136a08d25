"""From one service to the next, in a real vault: what waits and what ends it, who may do what, and what is found."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text

from broker_desktop import assets
from broker_desktop.errors import NotPermitted
from broker_desktop.session import Refused, Session, as_json
from broker_desktop.session.catalogue import schemas_json
from tests.common.vaults import Desk, Service

WHO = {"code": "WREN84M"}


def waits(session: Session) -> list[tuple[str, str, str]]:
    """Worklist, key and day of everything that is open."""
    with session._context.vault.reader.connect() as db:
        rows = db.execute(text("SELECT worklist, key, due FROM waiting WHERE cleared_by IS NULL ORDER BY 1, 2"))
        return [(row.worklist, row.key, row.due) for row in rows]


def referral(*events: tuple[str, str], **more: Any) -> dict[str, Any]:
    made = {"made_on": "2026-11-10", "direction": "out", "destination": "community_prescribing", "person": WHO}
    return {**made, "events": [{"event": event, "on": on} for event, on in events], **more}


def met(on: str, outcome: str = "seen") -> dict[str, Any]:
    what = {"kind": "phone", "outcome": [outcome], "setting": "street", "next_step": {"type": "none"}}
    return {"occurred_at": on, "person": WHO, **what}


def test_a_missed_appointment_leaves_the_list_when_they_are_met_again_and_not_before(lead: Session) -> None:
    lead.save("contact", met("2026-11-12"))
    lead.save("referral", referral(("received", "2026-11-10"), ("not_attended", "2026-11-20")))
    missed = ("W3", "missed_first", "2026-11-20")
    assert missed in waits(lead), "the meeting of the 12th lies before the appointment they missed"
    lead.save("contact", met("2026-11-21", "not_found"))
    assert missed in waits(lead), "an attempt is no meeting"
    again = lead.save("contact", met("2026-11-21"))
    assert missed not in waits(lead)
    lead.void("contact", again.id, "wrong person")
    assert missed in waits(lead)


def test_a_referral_is_off_the_list_once_it_was_received(lead: Session) -> None:
    saved = lead.save("referral", referral(("made", "2026-11-10")))
    assert ("W2", "not_received", "2026-11-10") in waits(lead)
    steps = [{"event": "made", "on": "2026-11-10"}, {"event": "received", "on": "2026-11-11"}]
    lead.amend("referral", saved.id, {"events": steps}, "they rang")
    assert [one for one in waits(lead) if one[0] == "W2"] == []


def test_a_referral_is_listed_as_the_published_schema_says(lead: Session) -> None:
    """PORT12-64: the line that `record list --json` prints, against what `record types --schema` prints."""
    lead.save("referral", referral(("made", "2026-11-10"), consent={"feedback": "yes", "recorded_on": "2026-11-10"}))
    (row,) = lead.records("referral")
    line = json.loads(as_json.line(as_json.row_json(row)))
    assert (line["type"], line["destination"]) == ("referral", "community_prescribing")
    check = Draft202012Validator(schemas_json("referral"))
    assert [error.message for error in check.iter_errors(line)] == []
    assert not check.is_valid({**line, "made_on": "10/11/2026"})


def test_top_forms_follow_each_other(lead: Session) -> None:
    start = {"person": WHO, "stage": "start", "counts_from": "2026-06-01"}
    saved = lead.save("top_marker", start)
    assert [one for one in waits(lead) if one[0] == "W6"] == [
        ("W6", "review", "2026-07-06"),  # five weeks after 1 June: 29 days left of June and 6
        ("W6", "start", "2026-05-18"),
    ]
    lead.amend("top_marker", saved.id, {"done_on": "2026-06-03"}, "done")
    assert [one for one in waits(lead) if one[0] == "W6"] == [("W6", "review", "2026-07-08")]
    lead.save("top_marker", {"person": WHO, "stage": "exit", "counts_from": "2026-09-01", "done_on": "2026-09-01"})
    assert [one for one in waits(lead) if one[0] == "W6"] == []


def test_a_concern_waits_until_it_is_taken_up_and_then_until_it_is_closed(lead: Session) -> None:
    concern = {"kind": "adult", "urgency": "today", "line": "x", "occurred_at": "2026-11-20T18:40:00+00:00"}
    saved = lead.save("safeguarding_concern", {**concern, "person": None})
    assert waits(lead) == [("W7", "to_take_up", "2026-11-20")]
    lead.amend("safeguarding_concern", saved.id, {"taken_up_on": "2026-11-21"}, "taken up")
    assert waits(lead) == [("W7", "open", "2026-11-21")]
    lead.amend("safeguarding_concern", saved.id, {"closed_on": "2026-11-28"}, "closed")
    assert waits(lead) == []


def test_a_meeting_that_nobody_checked_for_ninety_days_waits(lead: Session) -> None:
    lead.save("directory_entry", {"kind": "meeting", "name": "Hall", "last_checked": "2026-08-01"})
    lead.save("directory_entry", {"kind": "agency", "name": "Office", "last_checked": "2026-08-01"})
    # 30 days left of August, 30 of September, so the 90th day after 1 August is 30 October
    assert waits(lead) == [("W1", "to_check", "2026-10-30")]


def test_a_meeting_is_found_offline_by_its_kind_and_its_day(lead: Session) -> None:
    entry = {"kind": "meeting", "name": "Church hall", "fellowship": "fellowship_12step", "weekdays": ["tuesday"]}
    saved = lead.save("directory_entry", entry)
    lead.save("directory_entry", {**entry, "name": "Library", "fellowship": "smart_recovery", "weekdays": ["friday"]})
    for words in ("12-step", "12-step tuesday", "church"):
        assert [row.id for row in lead.records("directory_entry", text=words)] == [saved.id]
    assert lead.records("directory_entry", text="12-step friday") == []


def test_feedback_and_a_complaint_need_no_name(lead: Session) -> None:
    base = {"occurred_at": "2026-11-04", "channel": "forum", "topic": "opening_times"}
    for level in ("individual", "service", "system"):
        lead.save("feedback", {**base, "kind": "comment", "level": level})
        assert lead.count("feedback", where=[("level", level)]) == 1
    with pytest.raises(Refused):
        lead.save("feedback", {**base, "kind": "comment", "level": "galaxy"})
    complaint = lead.save("feedback", {**base, "kind": "complaint"})
    assert waits(lead) == [("W1", "complaint", "2026-11-04")]
    lead.amend("feedback", complaint.id, {"responded_on": "2026-11-11"}, "answered")
    assert waits(lead) == []


def test_a_planned_workshop_counts_in_no_month_until_it_was_held(lead: Session) -> None:
    plan = {"status": "planned", "planned_for": "2027-01-05T14:00:00+00:00", "topic": "overdose_prevention",
            "leader_role": "peer", "venue": "hostel"}  # fmt: skip
    saved = lead.save("group_session", plan)
    assert lead.records("group_session")[0].day == ""
    with pytest.raises(Refused):
        lead.save("group_session", {"topic": "bbv"})
    lead.amend("group_session", saved.id, {"status": "held", "occurred_at": "2026-11-30"}, "held early")
    assert lead.records("group_session")[0].day == "2026-11-30"


def test_what_we_did_with_somebody_before_is_shown_beside_self(lead: Session) -> None:
    lead.save("nx_visit", {"occurred_at": "2026-11-03", "site_type": "mobile", "items": {"CITRIC": 1}, "person": WHO})
    lead.save("contact", met("2026-07-01"))
    saved = lead.save("referral", {"made_on": "2026-11-10", "direction": "in", "source": "self", "person": WHO,
                                   "prompted_by": {"answer": "unknown"}})  # fmt: skip
    person = lead.record("referral", saved.id).payload["person"]["id"]
    found = lead.before_referral(person, "2026-11-10", saved.id)
    assert [(one.day, one.type, one.source) for one in found] == [("2026-11-03", "nx_visit", "nx_mobile")]
    assert [one for one in waits(lead) if one[0] == "W9"] == [("W9", "source_self", "2026-11-10")]


def test_a_referral_that_consent_does_not_cover_is_stopped_and_an_old_one_still_hears_what_became_of_it(
    lead: Session,
) -> None:
    saved = lead.save("referral", referral(("sent", "2026-11-10")))
    said = {"person": WHO, "purpose": "treatment_service", "decided_on": "2026-11-12"}
    lead.save("consent", {**said, "agencies": ["gp"], "decision": "given"})
    with pytest.raises(Refused) as told:
        lead.save("referral", referral(("made", "2026-11-13")))
    assert [issue.path for issue in told.value.issues] == ["destination"]
    lead.save("referral", referral(("made", "2026-11-13"), destination="gp"))
    lead.amend("referral", saved.id, {"events": [{"event": "accepted", "on": "2026-11-14"}]}, "they rang")


@pytest.fixture
def hub(tmp_path: Any) -> tuple[Desk, Desk, Desk]:
    """A lead, an outreach worker and an assessor of one team."""
    service = Service(tmp_path)
    lead = service.found()
    with lead.opened() as session:
        worker = service.join(session, "Will Worker", "worker")
        assessor = service.join(session, "Ada Assessor", "assessor")
    return lead, worker, assessor


def test_an_assessor_books_and_an_outreach_worker_does_not(hub: tuple[Desk, Desk, Desk]) -> None:
    _lead, worker, assessor = hub
    booked = {"events": [{"event": "booked", "on": "2026-11-12"}]}
    with worker.opened() as session:
        saved = session.save("referral", referral(("sent", "2026-11-10")))
        with pytest.raises(NotPermitted) as told:
            session.amend("referral", saved.id, booked, "rang")
        assert "does not book" in told.value.detail
        offered = {"events": [{"event": "appointment_offered", "on": "2026-11-12"}]}
        session.amend("referral", saved.id, offered, "rang")
        session.sync_once()
    with assessor.opened() as session:
        session.sync_once()
        session.amend("referral", saved.id, booked, "booked")
        session.sync_once()
    with worker.opened() as session:
        session.sync_once()
        events = session.record("referral", saved.id).payload["events"]
        assert "booked" in [one["event"] for one in events]


def test_the_pack_says_how_long_before_a_referral_we_look_back(lead: Session) -> None:
    """From 1 July to 10 November 2026 it is 132 days: 30 (July) + 31 + 30 + 31 + 10."""
    lead.save("contact", met("2026-07-01"))
    saved = lead.save("referral", {"made_on": "2026-11-10", "direction": "in", "source": "self", "person": WHO,
                                   "prompted_by": {"answer": "unknown"}})  # fmt: skip
    person = lead.record("referral", saved.id).payload["person"]["id"]
    text = assets.pack_text("portsmouth-2009-10")
    for days, found in ((131, []), (132, ["2026-07-01"])):
        lead.packs.load(f"{text}settings: {{self_referral_days: {days}}}\n")
        assert [one.day for one in lead.before_referral(person, "2026-11-10", saved.id)] == found
