"""Referrals to a service that closes: a lead sees those that are open, and sends them elsewhere with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.session import Session, grouped
from tests.common.vaults import Service

MADE = {"made_on": "2026-11-03", "direction": "out", "destination": "housing", "person": {"code": "JOHN80M"},
        "consent": {"feedback": "yes", "recorded_on": "2026-11-03", "share": "yes"}}  # fmt: skip


def entry(session: Session, name: str, **more: object) -> str:
    return session.save("directory_entry", {"kind": "agency", "name": name, **more}).id


def referral(session: Session, agency: str, *events: str, **more: object) -> str:
    steps = [
        {"event": event, "on": f"2026-11-{day:02}", "evidence": "service_confirmed"}
        for day, event in enumerate(events, start=4)
    ]
    return session.save("referral", {**MADE, "agency": {"id": agency}, "events": steps, **more}).id


def test_open_referrals_to_a_service_that_ends_are_listed_and_sent_elsewhere(lead: Session) -> None:
    """Of four that name the hostel two are open, one made and one booked; one ended, one came in.."""
    hostel, tower = entry(lead, "Old Hostel", valid_to="2026-11-30"), entry(lead, "Tower House")
    closed = entry(lead, "Closed long ago", valid_to="2026-01-31")
    made, booked = referral(lead, hostel, "made"), referral(lead, hostel, "made", "booked")
    ended = referral(lead, hostel, "made", "completed", aftercare="offered_declined")
    came_in = referral(lead, hostel, direction="in", source="housing_provider")
    other = referral(lead, tower, "made")
    waiting = lead.rerouting.waiting(hostel)
    assert {one.id for one in waiting.referrals} == {made, booked}
    assert {(one.who, one.made_on) for one in waiting.referrals} == {(grouped("JOHN80M"), "Tue 3 Nov 2026")}
    assert (tower, "Tower House") in waiting.elsewhere
    assert {closed, hostel}.isdisjoint(row for row, _ in waiting.elsewhere)

    for to, reason, said in (
        (tower, "  ", "needs a reason"), (hostel, "It closes.", "go there already"),
        (closed, "It closes.", "is closed"),
        ("0191c3a0-0000-7000-8000-000000000009", "It closes.", "no such entry"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            lead.rerouting.send_elsewhere(hostel, to, reason)
        assert said in refused.value.detail
    assert {one.id for one in lead.rerouting.waiting(hostel).referrals} == {made, booked}

    assert lead.rerouting.send_elsewhere(hostel, tower, "The hostel closes.") == 2
    assert lead.rerouting.waiting(hostel).referrals == ()
    with pytest.raises(NotFound):
        lead.rerouting.send_elsewhere(hostel, tower, "Again.")
    goes = {one.id: one.payload["agency"]["id"] for one in lead.records("referral")}
    assert goes == {made: tower, booked: tower, ended: hostel, came_in: hostel, other: tower}
    view = lead.record("referral", booked)
    assert [step["event"] for step in view.payload["events"]] == ["made", "booked"]
    (kept,) = view.corrections
    assert (kept.field, kept.old, kept.new, kept.reason) == (
        "agency", {"id": hostel}, {"id": tower}, "The hostel closes.",
    )  # fmt: skip
    assert ("send_elsewhere", "referral", 2) in [(one.action, one.type, one.many) for one in lead.oversight.audit()]


def test_a_person_and_an_entry_without_a_name_are_listed_in_the_words_of_the_answer(lead: Session) -> None:
    hostel, declined = entry(lead, "Old Hostel", valid_to="2026-11-30"), {"answer": "declined"}
    entry(lead, "Tower House")
    nameless = lead.save("directory_entry", {"kind": "agency", "name": declined}).id
    referral(lead, hostel, "made", person=declined)
    waiting = lead.rerouting.waiting(hostel)
    assert (nameless, "Didn't want to say") in waiting.elsewhere
    assert [one.who for one in waiting.referrals] == ["Didn't want to say"]
    assert lead.rerouting.send_elsewhere(hostel, nameless, "The hostel closes.") == 1


def test_only_a_lead_sends_referrals_elsewhere(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Wim Worker", "worker").opened() as worker:
        hostel = entry(worker, "Old Hostel")
        for act in (
            lambda: worker.rerouting.waiting(hostel),
            lambda: worker.rerouting.send_elsewhere(hostel, hostel, "It closes."),
        ):
            with pytest.raises(NotPermitted):
                act()
