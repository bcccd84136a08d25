"""A test for blood-borne viruses: its steps, what a form says beside them, and when it waits for somebody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.bbv_cards import Cards, count_cards
from broker_desktop.records.bbv_steps import PATH, STEPS, place_on_path
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.rules import CheckContext, day_at
from broker_desktop.records.worklist import Waits
from tests.common.examples import example

TEST = record_type("bbv_test")
STATES = tuple(STEPS.following)
BASE: dict[str, Any] = {
    "person": {"code": "TARA91F"},
    "offered_on": "2026-11-10",
    "setting": "day_centre",
    "method": "dried_blood_spot",
    "analytes": ["ANTI_HCV", "HCV_RNA"],
    "taken_at": "2026-11-10T18:12:00+00:00",
}
REPORTED = {
    "ANTI_HCV": {"result": "not_detected", "reported_on": "2026-11-17"},
    "HCV_RNA": {"result": "not_detected", "reported_on": "2026-11-18"},
}
POSITIVE = {**REPORTED, "HCV_RNA": {"result": "detected", "reported_on": "2026-11-18"}}


def said(payload: dict[str, Any], context: CheckContext) -> dict[str, str]:
    """Give the field and severity of everything a form would show."""
    return {issue.path: issue.severity.value for issue in TEST.check(payload, context)}


def waits(payload: dict[str, Any]) -> dict[str, date]:
    """Give from which day a test waits, by the key of the reason."""
    found = {}
    for one in TEST.waits:
        assert isinstance(one, Waits)
        day = one.day(payload, day_at(payload, "offered_on"))
        if day is not None:
            found[one.key] = day
    return found


# Steps


def test_every_state_of_the_list_has_its_steps_and_its_place_on_the_path(portsmouth: CodeLists) -> None:
    assert set(STATES) == set(portsmouth.known("bbv_state"))
    assert sorted(state for _, states in PATH for state in states) == sorted(STATES)
    assert PATH[place_on_path("packed")][0] == "Dried"
    assert place_on_path({"answer": "unknown"}) == 0


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("offered", "consented", True),
        ("offered", "sample_taken", True),  # written down at the end of the shift: steps may be left out
        ("declined", "consented", True),  # somebody who said no says yes
        ("declined", "delivered", True),
        ("packed", "packed", True),
        ("resulted", "packed", False),
        ("delivered", "dispatched", False),
        ("closed", "delivered", False),
        ("rejected", "resulted", False),  # a new sample is a new record
        ("unable_to_contact", "delivered", True),
        ("a_state_of_a_newer_program", "offered", True),
    ],
)
def test_a_step_may_be_left_out_and_none_is_gone_back(before: str, after: str, fits: bool) -> None:
    assert STEPS.may_follow(before, after) is fits
    issues = STEPS.check({"state": before}, {"state": after}, explained=False)
    assert [(one.path, one.severity.value) for one in issues] == ([] if fits else [("state", "require")])
    assert STEPS.check({"state": before}, {"state": after}, explained=True) == ()


def test_every_state_but_the_last_leads_to_the_end() -> None:
    assert [state for state in STATES if not STEPS.may_follow(state, "closed")] == []
    assert STEPS.following["closed"] == ()


# What the form says


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("declined", {"decline_reason"}),
        ("consented", {"consent", "result_route"}),
        ("sample_taken", {"consent", "result_route", "spots_filled", "lot"}),
        ("drying", {"consent", "result_route", "drying_from"}),
        ("packed", {"consent", "result_route", "packed_at"}),
        ("rejected", {"consent", "result_route", "reject_reason"}),
        ("reviewed", {"consent", "result_route", "checked_by", "plan"}),
        ("closed", {"consent", "result_route", "closing_reason"}),
    ],
)
def test_each_state_asks_for_its_own_and_never_insists(
    state: str, asked: set[str], form: CheckContext, importing: CheckContext
) -> None:
    payload = {**BASE, "state": state, "results": REPORTED}
    assert said(payload, form) == dict.fromkeys(asked, "warn")
    assert said(payload, importing) == {}


def test_a_test_they_said_no_to_is_not_taken(form: CheckContext, importing: CheckContext) -> None:
    consent = {"ANTI_HCV": {"agreed": "yes"}, "HCV_RNA": {"agreed": "no"}}
    payload = {**example("bbv_test"), "analytes": ["ANTI_HCV", "HCV_RNA"], "consent": consent}
    assert said(payload, form) == {"analytes.1": "require"}
    assert said(payload, importing) == {}


def test_a_result_is_one_that_its_test_can_have(form: CheckContext) -> None:
    odd = {**example("bbv_test")["results"], "HIV_AGAB": {"result": "detected"}, "SYPH": {"result": "detected"}}
    # HIV antigen and antibody reads reactive or not; nobody wrote down what syphilis reads like, so anything goes
    assert said({**example("bbv_test"), "results": odd}, form) == {"results.HIV_AGAB.result": "warn"}


@pytest.mark.parametrize(("checked_by", "told"), [("J. Moss", {}), (" p.nair ", {"checked_by": "warn"})])
def test_a_second_person_checks(checked_by: str, told: dict[str, str], form: CheckContext) -> None:
    assert said({**example("bbv_test"), "entered_by": "P. Nair", "checked_by": checked_by}, form) == told


@pytest.mark.parametrize(
    ("results", "how", "by", "told"),
    [
        (REPORTED, "phone", "peer", {}),
        (REPORTED, "text_get_in_touch", "nurse", {"result_given_how": "require"}),
        (POSITIVE, "in_person", "nurse", {}),
        (POSITIVE, "next_nx_visit", "trained_worker", {}),
        (POSITIVE, "phone", "nurse", {"result_given_how": "require"}),
        (POSITIVE, "post", "nurse", {"result_given_how": "require"}),
        (POSITIVE, "text_get_in_touch", "nurse", {"result_given_how": "require"}),
        (POSITIVE, "in_person", "peer", {"delivered_by": "warn"}),
    ],
)
def test_how_a_result_is_given(
    results: dict[str, Any], how: str, by: str, told: dict[str, str], form: CheckContext, importing: CheckContext
) -> None:
    given = {"result_given_on": "2026-11-20", "result_given_how": how, "delivered_by": by}
    payload = {**example("bbv_test"), "results": results, "taken_at": "2026-11-10", **given}
    payload = {name: value for name, value in payload.items() if name not in ("drying_from", "packed_at", "retest_on")}
    payload |= {"dispatched_on": "2026-11-11", "received_on": "2026-11-12", "reviewed_on": "2026-11-19"}
    assert said(payload, form) == told
    assert said(payload, importing) == {}


def test_a_reactive_rapid_test_is_no_diagnosis(form: CheckContext) -> None:
    rapid = {**BASE, "state": "resulted", "method": "point_of_care", "analytes": ["POCT_HCV_AB"]}
    rapid |= {"results": {"POCT_HCV_AB": {"result": "reactive"}}, "entered_by": "P. Nair", "checked_by": "J. Moss"}
    rapid |= {"consent": {"POCT_HCV_AB": {"agreed": "yes"}}, "result_route": "in_person"}
    assert said(rapid, form) == {"actions": "require"}
    assert said({**rapid, "actions": ["confirm_venous", "refer"]}, form) == {}
    assert said({**rapid, "results": {"POCT_HCV_AB": {"result": "non_reactive"}}}, form) == {}


@pytest.mark.parametrize(("packed", "told"), [("15:21", {"packed_at": "warn"}), ("15:22", {})])
def test_a_card_dries_for_half_an_hour(packed: str, told: dict[str, str], form: CheckContext) -> None:
    # the example's card dries from 14:52; half an hour later is 15:22
    assert said({**example("bbv_test"), "packed_at": f"2026-10-27T{packed}:00+00:00"}, form) == told


@pytest.mark.parametrize(
    ("tries", "enough"),
    [
        ([("2026-11-18", "phone"), ("2026-11-25", "phone"), ("2026-12-02", "in_person")], True),
        ([("2026-11-18", "phone"), ("2026-11-25", "phone"), ("2026-12-01", "in_person")], False),  # 13 days
        ([("2026-11-18", "phone"), ("2026-11-25", "phone"), ("2026-12-02", "phone")], False),  # one way
        ([("2026-11-18", "phone"), ("2026-12-02", "in_person")], False),  # two tries
    ],
)
def test_nobody_is_given_up_too_soon(tries: list[tuple[str, str]], enough: bool, form: CheckContext) -> None:
    attempts = [{"on": on, "way": way, "outcome": "not_found"} for on, way in tries]
    payload = {**example("bbv_test"), "state": "unable_to_contact", "attempts": attempts}
    assert said(payload, form) == ({} if enough else {"attempts": "warn"})


# What waits


@pytest.mark.parametrize(
    ("payload", "waiting"),
    [
        ({"state": "sample_taken"}, {"card_to_send": "2026-11-11"}),
        ({"state": "packed"}, {"card_to_send": "2026-11-11"}),
        ({"state": "sample_taken", "method": "venous"}, {}),
        # sent on the 11th: 14 days later is the 25th
        ({"state": "dispatched", "dispatched_on": "2026-11-11"}, {"chase_laboratory": "2026-11-25"}),
        ({"state": "partial", "dispatched_on": "2026-11-11"}, {"chase_laboratory": "2026-11-25"}),
        # nobody wrote down the day it was sent: fourteen days after the sample, which was taken on the 10th
        ({"state": "received"}, {"chase_laboratory": "2026-11-24"}),
        # the last report is of the 18th; a week later it is the lead's
        ({"state": "resulted", "results": REPORTED}, {"to_give": "2026-11-18", "lead_to_help": "2026-11-25"}),
        ({"state": "unable_to_contact", "results": REPORTED}, {"to_give": "2026-11-18", "lead_to_help": "2026-11-25"}),
        ({"state": "resulted"}, {"to_give": "2026-11-10", "lead_to_help": "2026-11-17"}),
        ({"state": "delivered", "results": REPORTED, "result_given_on": "2026-11-20"}, {"no_action_yet": "2026-11-20"}),
        (
            {"state": "delivered", "results": REPORTED, "result_given_on": "2026-11-20", "actions": ["none"]},
            {},
        ),
        ({"state": "rejected", "received_on": "2026-11-13"}, {"repeat_due": "2026-11-10"}),
        ({"state": "actioned", "actions": ["retest"], "retest_on": "2027-02-28"}, {"retest": "2027-02-28"}),
        ({"state": "declined", "offer_again_on": "2027-01-10"}, {"offer_again": "2027-01-10"}),
        ({"state": "declined"}, {}),
        ({"state": "closed", "results": REPORTED}, {}),
    ],
)  # fmt: skip
def test_a_test_waits_from_the_day_a_person_worked_out(payload: dict[str, Any], waiting: dict[str, str]) -> None:
    assert waits({**BASE, **payload}) == {key: date.fromisoformat(day) for key, day in waiting.items()}


def test_days_are_counted_over_month_ends_and_the_nights_the_clocks_change() -> None:
    # 20 October and 14 days is 3 November, whatever the clocks do on the 25th; 17 February 2028 leads over the 29th
    assert waits({**BASE, "state": "dispatched", "dispatched_on": "2026-10-20"}) == {
        "chase_laboratory": date(2026, 11, 3)
    }
    assert waits({**BASE, "state": "dispatched", "dispatched_on": "2028-02-17"}) == {
        "chase_laboratory": date(2028, 3, 2)
    }
    # taken at half past midnight of 30 March 2026 in London, which is 23:30 of the 29th in UTC
    assert waits({**BASE, "state": "drying", "taken_at": "2026-03-29T23:30:00+00:00"}) == {
        "card_to_send": date(2026, 3, 31)
    }


@pytest.mark.parametrize("state", STATES)
def test_nothing_that_waits_tells_one_result_from_another(state: str) -> None:
    """Same reason, same day, same clock, whatever the report says (look.md 6 and 8)."""
    payload = {**BASE, "state": state, "dispatched_on": "2026-11-11"}
    assert waits({**payload, "results": POSITIVE}) == waits({**payload, "results": REPORTED})


def test_a_report_is_marked_as_urgent_after_two_days_of_any_kind() -> None:
    (give,) = (one for one in TEST.waits if one.key == "to_give")
    assert give.red_after == 2


# Cards


def test_cards_out_are_cards_posted() -> None:
    run = {"session": {"id": "0192f3a0-0000-7000-8000-0000000000aa"}}
    tests = [
        {**BASE, **run, "state": "packed"},
        {**BASE, **run, "state": "dispatched", "dispatched_on": "2026-11-11"},
        {**BASE, "state": "drying"},
        {**BASE, "state": "sample_taken", "method": "venous"},
        {**BASE, "state": "resulted"},  # nobody wrote down that it was sent, and the result is here
        {**BASE, "state": "sample_taken", "taken_at": "2026-11-09"},
        {"state": "offered"},
    ]
    assert count_cards(tests) == Cards(taken=5, sent=2)
    assert count_cards(tests, day=date(2026, 11, 10)) == Cards(taken=4, sent=2)
    assert count_cards(tests, session="0192f3a0-0000-7000-8000-0000000000aa") == Cards(taken=2, sent=1)
    assert count_cards(tests).here == 3
