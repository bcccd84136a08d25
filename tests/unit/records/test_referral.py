"""A referral: when it waits and when not, whom it counts to, who may hear of it, and what must still be asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop.records import record_type
from broker_desktop.records.access import Role, may_take_step
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.referral_source import EarlierContact, earlier_contacts, may_hear_outcome, rfls
from broker_desktop.records.rules import CheckContext, Severity
from broker_desktop.records.worklist import Waits

REFERRAL = record_type("referral")
WAITS = {one.key: one for one in REFERRAL.waits if isinstance(one, Waits)}
DAY = date(2026, 11, 2)
PERSON = {"id": "0191c3a0-0000-7000-8000-000000000001"}


def step(event: str, on: str = "2026-11-02", **more: str) -> dict[str, str]:
    return {"event": event, "on": on, **more}


def referral(*events: dict[str, str], direction: str = "out", **more: Any) -> dict[str, Any]:
    way = {"source": "gp"} if direction == "in" else {"destination": "housing"}
    return {
        "made_on": "2026-11-02", "person": PERSON, "direction": direction, **way, "events": list(events), **more,
    }  # fmt: skip


def waiting(payload: dict[str, Any]) -> dict[str, date]:
    found = {key: one.day(payload, DAY) for key, one in WAITS.items()}
    return {key: day for key, day in found.items() if day is not None and key != "nothing_heard"}


def issues(payload: dict[str, Any], context: CheckContext) -> list[tuple[str, Severity]]:
    return [(issue.path, issue.severity) for issue in REFERRAL.check(payload, context)]


def test_what_we_sent_waits_until_it_is_received() -> None:
    assert waiting(referral(step("made"), step("sent"))) == {"not_received": DAY}
    assert waiting(referral()) == {"not_received": DAY}, "made and never sent waits as well"
    for event in ("received", "accepted", "assessed", "booked", "withdrawn", "rejected"):
        assert "not_received" not in waiting(referral(step("made"), step("sent"), step(event)))
    assert "not_received" in waiting(referral(step("sent"), step("no_response", "2026-11-20")))


def test_what_came_to_us_waits_until_somebody_has_looked() -> None:
    assert waiting(referral(step("received"), direction="in")) == {"not_acknowledged": DAY}
    for event in ("acknowledged", "accepted", "triaged", "closed"):
        assert waiting(referral(step("received"), step(event), direction="in")) == {}


def test_a_missed_appointment_waits_from_its_own_day_until_something_follows() -> None:
    missed = referral(step("booked"), step("not_attended", "2026-11-09"))
    assert waiting(missed) == {"missed_first": date(2026, 11, 9)}
    assert waiting(referral(*missed["events"], step("acknowledged", "2026-11-10"))) == waiting(missed)
    for event in ("rebooked", "attended_first", "withdrawn"):
        assert waiting(referral(*missed["events"], step(event, "2026-11-10"))) == {}


def test_the_order_of_days_counts_and_not_that_of_the_list() -> None:
    late = referral(step("attended_first", "2026-11-12"), step("not_attended", "2026-11-09"))
    assert waiting(late) == {}


def test_whoever_dropped_out_waits_and_whoever_finished_does_not() -> None:
    left = step("unplanned_exit", "2026-12-28", evidence="service_confirmed")
    assert waiting(referral(step("attended_first", "2026-11-09"), left)) == {"dropped_out": date(2026, 12, 28)}
    done = referral(step("completed", "2026-12-28", evidence="service_confirmed"), aftercare="arranged")
    assert waiting(done) == {}
    undone = referral(step("completed", "2026-12-28", evidence="service_confirmed"), aftercare="not_available")
    assert waiting(undone) == {"aftercare": date(2026, 12, 28)}


def test_ninety_days_of_silence_wait_from_the_last_step_on() -> None:
    silent = WAITS["nothing_heard"]
    # 2 November and 90 days: 28 left in November, 31, 31, so 2 + 90 - 30 - 31 = 31 January
    assert silent.day(referral(step("received")), DAY) == date(2027, 1, 31)
    assert silent.day(referral(step("received", "2026-11-30")), DAY) == date(2027, 2, 28)
    assert silent.day(referral(), DAY) == date(2027, 1, 31), "without a step it counts from the day it was made"
    assert silent.day(referral(step("closed")), DAY) is None


def test_a_release_stands_on_today_the_day_before() -> None:
    leaving = referral(step("acknowledged"), direction="in", release_date="2026-12-01") | {"source": "prison"}
    assert waiting(leaving) == {"release": date(2026, 11, 30)}


@pytest.mark.parametrize(
    ("prompted_by", "waits"),
    [
        (None, True),
        ({"answer": "not_asked"}, True),
        ({"answer": "unknown"}, True),
        ({"answer": "not_applicable"}, False),
        ({"answer": "declined"}, False),
        ("hostel_worker", False),
    ],
)
def test_self_is_checked_until_somebody_asked(prompted_by: object, *, waits: bool) -> None:
    payload = referral(step("acknowledged"), direction="in", prompted_by=prompted_by) | {"source": "self"}
    assert ("source_self" in waiting(payload)) is waits
    assert "source_self" not in waiting(payload | {"source": "gp"})


def test_a_new_referral_has_no_source_until_somebody_chooses_one(form: CheckContext) -> None:
    blank = {"made_on": "2026-11-02", "person": PERSON, "direction": "in"}
    assert ("source", Severity.REFUSE) in issues(blank, form)
    assert ("prompted_by", Severity.REQUIRE) in issues({**blank, "source": "self"}, form)
    assert issues({**blank, "source": "self", "prompted_by": "hostel_worker"}, form) == [("made_on", Severity.WARN)]


def test_an_outcome_says_how_it_is_known(form: CheckContext) -> None:
    for event in ("completed", "transferred", "unplanned_exit", "returned"):
        payload = referral(step(event), aftercare="arranged", note="written up late")
        assert issues(payload, form) == [("events.0.evidence", Severity.REQUIRE)]
        assert issues(referral(step(event, evidence="person_said"), aftercare="arranged", note="late"), form) == []


def test_a_planned_end_asks_about_aftercare_and_an_import_is_not_asked(form: CheckContext) -> None:
    done = referral(step("completed", evidence="service_confirmed"), note="late")
    assert issues(done, form) == [("aftercare", Severity.REQUIRE)]
    assert issues(done, CheckContext(form.codes, form.now, importing=True)) == []


def test_nothing_goes_on_against_somebodys_word_but_with_reason_and_lead(form: CheckContext) -> None:
    no = referral(step("sent"), consent={"share": "no"}, note="late")
    assert issues(no, form) == [("consent.reason", Severity.REQUIRE), ("consent.lead", Severity.REQUIRE)]
    why = {"share": "no", "reason": "child_at_risk", "lead": "Asha Reed"}
    assert issues(referral(step("sent"), consent=why, note="late"), form) == []
    mash = referral(step("sent"), note="late") | {"destination": "mash"}
    assert issues(mash, form) == [("consent.reason", Severity.REQUIRE), ("consent.lead", Severity.REQUIRE)]
    assert issues(mash | {"consent": {"share": "yes"}}, form) == []


def test_detox_without_support_is_reminded_of_and_never_refused(form: CheckContext) -> None:
    detox = referral(step("sent"), note="late") | {"destination": "detox_inpatient"}
    assert issues(detox, form) == [("support_before", Severity.WARN), ("support_after", Severity.WARN)]
    without = detox | {"support_before": "preparation_group", "support_after": "none"}
    assert issues(without, form) == [("support_reason", Severity.WARN)]
    assert issues(without | {"support_reason": "moves away next week"}, form) == []


def test_the_hub_books_and_outreach_does_not() -> None:
    assert {role for role in Role if may_take_step(role, "booked")} == {Role.ASSESSOR, Role.NURSE, Role.LEAD}
    assert {role for role in Role if may_take_step(role, "appointment_offered")} == set(Role)


def test_the_police_hear_of_no_outcome() -> None:
    agreed = {"consent": {"feedback": "yes"}}
    assert may_hear_outcome(agreed | {"source": "hostel_worker"})
    assert not may_hear_outcome({"source": "hostel_worker"})
    for source in ("police", "pcso"):
        assert not may_hear_outcome(agreed | {"source": source})
    assert may_hear_outcome(agreed | {"source": {"answer": "not_asked"}}), "another team tells no source"


def test_every_source_has_a_national_code(portsmouth: CodeLists) -> None:
    found = {code: rfls(code, None, portsmouth) for code in portsmouth.known("referral_source")}
    assert None not in found.values()
    # domain.md 1.5 and 5.2 rule 5
    told = {"self": "4", "gp": "3", "nx_mobile": "10", "pharmacy": "10", "sex_worker_project": "21",
            "street_outreach": "2", "peer_broker": "2", "hostel_worker": "15", "pcso": "15"}  # fmt: skip
    assert {code: found[code] for code in told} == told


def test_after_linking_the_one_who_had_the_idea_counts(portsmouth: CodeLists) -> None:
    assert rfls("self", "nx_mobile", portsmouth) == "10"
    assert rfls("self", {"answer": "not_applicable"}, portsmouth) == "4"
    assert rfls("gp", "nx_mobile", portsmouth) == "3"
    assert rfls({"answer": "declined"}, None, portsmouth) is None


def test_what_we_did_with_somebody_before_is_offered_as_a_source() -> None:
    on = date(2026, 11, 30)  # ninety days before is 1 September
    records = [
        ("nx_visit", "2026-09-01", {"site_type": "mobile"}),
        ("nx_visit", "2026-08-31", {"site_type": "fixed"}),
        ("contact", "2026-11-30", {"outcome": ["seen"]}),
        ("contact", "2026-11-29", {"outcome": ["not_found"]}),
        ("contact", "2026-11-28", {"outcome": {"answer": "declined"}}),
        ("contact", "2026-12-01", {"outcome": ["seen"]}),
        ("broker_contact", "2026-10-05", {"state": "met"}),
        ("broker_contact", "2026-10-06", {"state": "planned"}),
        ("bbv_test", "2026-10-07", {}),
    ]
    assert earlier_contacts(records, on) == [
        EarlierContact("2026-11-30", "contact", "street_outreach"),
        EarlierContact("2026-10-05", "broker_contact", "peer_broker"),
        EarlierContact("2026-09-01", "nx_visit", "nx_mobile"),
    ]


CODES = st.sampled_from(["made", "sent", "received", "booked", "not_attended", "attended_first", "unplanned_exit",
                         "closed", "no_such_step"])  # fmt: skip
DAYS = st.integers(0, 400).map(lambda n: (DAY + timedelta(days=n)).isoformat())


@given(st.lists(st.tuples(CODES, DAYS), max_size=6), st.sampled_from(["in", "out", "internal"]))
def test_nothing_waits_after_an_end_and_no_day_lies_before_it_was_made(
    events: list[tuple[str, str]], direction: str
) -> None:
    payload = referral(*(step(event, on) for event, on in events), direction=direction)
    found = {key: one.day(payload, DAY) for key, one in WAITS.items()}
    assert all(day is None or day >= DAY for day in found.values())
    if any(event == "closed" for event, _ in events):
        assert {key for key, day in found.items() if day is not None} <= {"missed_first", "dropped_out"}
    last = sorted(events, key=lambda one: one[1])[-1:] if len({on for _, on in events}) == len(events) else []
    if last and last[0][0] == "closed":
        assert set(found.values()) == {None}
