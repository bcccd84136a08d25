"""What single records are told: the rules of contract.md, one example each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.rules import CheckContext, Severity

VISIT: dict[str, Any] = {
    "occurred_at": "2026-11-30T18:02:00+00:00",
    "site_type": "mobile",
    "person": None,
    "items": {"SYR_FX_1_29": 10},
}
CONTACT: dict[str, Any] = {
    "occurred_at": "2026-11-30T18:02:00+00:00",
    "kind": "drop_in",
    "outcome": ["seen"],
    "setting": "day_centre",
}
REFERRAL: dict[str, Any] = {
    "made_on": "2026-11-30",
    "direction": "in",
    "source": "gp",
    "person": {"code": "JOHN80M"},
}
TEST: dict[str, Any] = {"offered_on": "2026-11-30", "state": "offered", "setting": "fixed_nx", "person": None}
PERSON: dict[str, Any] = {"identity_level": "code", "code": "JOHN80M"}
SESSION: dict[str, Any] = {"kind": "clinic", "started_at": "2026-11-30T10:00:00+00:00"}


def issues(name: str, payload: dict[str, Any], context: CheckContext) -> list[tuple[str, str]]:
    return [(issue.path, issue.severity.value) for issue in record_type(name).check(payload, context)]


@pytest.mark.parametrize(
    ("name", "payload"),
    [("nx_visit", VISIT), ("contact", CONTACT), ("referral", REFERRAL), ("bbv_test", TEST), ("person", PERSON),
     ("session", SESSION)],
)  # fmt: skip
def test_the_least_record_is_enough(name: str, payload: dict[str, Any], form: CheckContext) -> None:
    assert issues(name, payload, form) == []


@pytest.mark.parametrize(
    ("name", "base", "changed", "path"),
    [
        # moments and days
        ("nx_visit", VISIT, {"occurred_at": "2026-12-02T09:10:01+00:00"}, "occurred_at"),
        ("nx_visit", VISIT, {"occurred_at": "2026-12-03"}, "occurred_at"),
        ("nx_visit", VISIT, {"occurred_at": "2026-11-30T18:02:00"}, "occurred_at"),
        ("nx_visit", VISIT, {"occurred_at": "2026-11-30 18:02"}, "occurred_at"),
        ("nx_visit", VISIT, {"occurred_at": "2026-02-29"}, "occurred_at"),
        ("nx_visit", VISIT, {"occurred_at": 20261130}, "occurred_at"),
        ("nx_visit", VISIT, {"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ("bbv_test", TEST, {"offered_on": "2026-12-03"}, "offered_on"),
        ("bbv_test", TEST, {"offered_on": "2026-11-30T10:00:00+00:00"}, "offered_on"),
        ("person", PERSON, {"born_on": "1902-12-31"}, "born_on"),
        ("person", PERSON, {"year_of_birth": 2027}, "year_of_birth"),
        # quantities
        ("nx_visit", VISIT, {"items": {"SYR_FX_1_29": -1}}, "items.SYR_FX_1_29"),
        ("nx_visit", VISIT, {"items": {"SYR_FX_1_29": Decimal("1.5")}}, "items.SYR_FX_1_29"),
        ("nx_visit", VISIT, {"items": {"SYR_FX_1_29": True}}, "items.SYR_FX_1_29"),
        ("nx_visit", VISIT, {"items": {"SYR_FX_1_29": 2**63}}, "items.SYR_FX_1_29"),
        ("nx_visit", VISIT, {"items": {"SYRINGE": 1}}, "items.SYRINGE"),
        ("nx_visit", VISIT, {"packs": {"PK_1ML": 1}}, "packs.PK_1ML"),
        ("nx_visit", VISIT, {"items": ["SYR_FX_1_29"]}, "items"),
        ("nx_visit", VISIT, {"people_covered": "three"}, "people_covered"),
        # shapes
        ("nx_visit", VISIT, {"returns": {"bins": [{"bin": "BIN_1", "n": 1, "fill": 60}]}}, "returns.bins.0.fill"),
        ("nx_visit", VISIT, {"returns": {"bins": [{"bin": "BIN_1"}]}}, "returns.bins.0.n"),
        ("nx_visit", VISIT, {"returns": {"bins": {"BIN_1": 1}}}, "returns.bins"),
        ("nx_visit", VISIT, {"returns": {"weight_kg": 1.5}}, "returns.weight_kg"),
        ("nx_visit", VISIT, {"returns": {"weight_kg": Decimal("1.2345")}}, "returns.weight_kg"),
        ("nx_visit", VISIT, {"returns": {"weight_kg": Decimal("50.001")}}, "returns.weight_kg"),
        ("nx_visit", VISIT, {"returns": {"weight": Decimal(1)}}, "returns.weight"),
        ("nx_visit", VISIT, {"offers": {"bbv": "maybe"}}, "offers.bbv"),
        ("nx_visit", VISIT, {"offers": {"test": "accepted"}}, "offers.test"),
        ("nx_visit", VISIT, {"wound": {"site": ["arm"]}}, "wound.site.0"),
        ("nx_visit", VISIT, {"advice": ["overdose", "bbvs"]}, "advice.1"),
        ("nx_visit", VISIT, {"advice": "overdose"}, "advice"),
        ("bbv_test", TEST, {"results": {"HCV": {"result": "detected"}}}, "results.HCV"),
        ("bbv_test", TEST, {"results": {"HCV_RNA": {"reported_on": "2026-11-30"}}}, "results.HCV_RNA.result"),
        ("referral", REFERRAL, {"consent": {"feedback": True}}, "consent.feedback"),
        ("referral", REFERRAL, {"events": [{"event": "made"}]}, "events.0.on"),
        ("referral", REFERRAL, {"events": {"event": "made"}}, "events"),
        ("referral", REFERRAL, {"events": [{"event": "made", "on": "2026-11-29"}]}, "events.0.on"),
        # references and codes of people
        ("nx_visit", VISIT, {"person": {"code": "J"}}, "person.code"),
        ("nx_visit", VISIT, {"person": {"code": " - J - "}}, "person.code"),
        ("nx_visit", VISIT, {"person": {"code": "J" * 41}}, "person.code"),
        ("nx_visit", VISIT, {"person": {"id": "JOHN80M"}}, "person.id"),
        ("nx_visit", VISIT, {"person": "JOHN80M"}, "person"),
        ("nx_visit", VISIT, {"person": {"id": "x", "code": "y"}}, "person"),
        ("nx_visit", VISIT, {"session": {"code": "x"}}, "session"),
        ("person", PERSON, {"code": "J"}, "code"),
        # texts
        ("nx_visit", VISIT, {"note": "x" * 501}, "note"),
        ("nx_visit", VISIT, {"note": "bell\x07"}, "note"),
        ("nx_visit", VISIT, {"note": "nul\x00"}, "note"),
        ("nx_visit", VISIT, {"note": "half \ud800 of a pair"}, "note"),
        ("nx_visit", VISIT, {"note": 12}, "note"),
        ("bbv_test", TEST, {"card_id": "two\nlines"}, "card_id"),
        ("person", PERSON, {"aliases": ["Mick", 7]}, "aliases.1"),
        # what every line may carry
        ("nx_visit", VISIT, {"id": "7"}, "id"),
        ("nx_visit", VISIT, {"external_id": ""}, "external_id"),
        ("nx_visit", VISIT, {"type": "contact"}, "type"),
        ("nx_visit", VISIT, {"_made": {}}, "_made"),
        # answers
        ("nx_visit", VISIT, {"advice": {"answer": "no"}}, "advice"),
        ("nx_visit", VISIT, {"advice": {"answer": "declined", "by": "me"}}, "advice"),
        ("nx_visit", VISIT, {"occurred_at": {"answer": "unknown"}}, "occurred_at"),
        # what has to be there
        ("contact", CONTACT, {"outcome": []}, "outcome"),
        ("contact", CONTACT, {"setting": None}, "setting"),
        ("nx_visit", VISIT, {"items": {}}, "items"),
        ("referral", REFERRAL, {"source": None}, "source"),
        ("referral", REFERRAL, {"direction": "out"}, "destination"),
    ],
)
def test_it_is_refused_at_the_very_place(
    name: str, base: dict[str, Any], changed: dict[str, Any], path: str, importing: CheckContext
) -> None:
    assert issues(name, {**base, **changed}, importing) == [(path, "refuse")]


@pytest.mark.parametrize(
    ("name", "base", "changed"),
    [
        ("nx_visit", VISIT, {"occurred_at": "2026-12-02T09:10:00+00:00"}),
        ("nx_visit", VISIT, {"occurred_at": "2026-12-02T10:05:00+01:00"}),
        ("nx_visit", VISIT, {"occurred_at": "2026-12-02"}),
        ("nx_visit", VISIT, {"occurred_at": "2026-11-30T18:02:00Z"}),
        ("nx_visit", VISIT, {"items": {"SYR_FX_1_29": 100_000}}),
        ("nx_visit", VISIT, {"items": {}, "packs": {"PK_1ML_10": 1}}),
        ("nx_visit", VISIT, {"items": {}, "returns": {"method": "stated", "stated": 5}}),
        ("nx_visit", VISIT, {"items": {"answer": "not_asked"}}),
        ("nx_visit", VISIT, {"returns": {"stated": {"answer": "unknown"}}}),
        ("nx_visit", VISIT, {"offers": {"bbv": {"answer": "declined"}}}),
        ("nx_visit", VISIT, {"returns": {"weight_kg": 2}}),
        ("nx_visit", VISIT, {"advice": ["bbv", "bbv"]}),
        ("nx_visit", VISIT, {"note": "two\nlines, a tab\tand a café"}),
        ("nx_visit", VISIT, {"note": "x" * 500}),
        ("nx_visit", VISIT, {"person": {"code": "ｊｏｈｎ 80-m"}}),
        ("nx_visit", VISIT, {"session": {"external_id": "run-7"}, "external_id": "v-1", "type": "nx_visit"}),
        ("contact", CONTACT, {"outcome": {"answer": "not_asked"}}),
        ("contact", CONTACT, {"next_step": {"type": "call_back", "due_on": "2026-12-24"}}),
        ("referral", REFERRAL, {"source": {"answer": "declined"}}),
        ("referral", REFERRAL, {"person": None}),
        ("person", PERSON, {"year_of_birth": 2026}),
    ],
)
def test_it_is_taken(name: str, base: dict[str, Any], changed: dict[str, Any], importing: CheckContext) -> None:
    assert issues(name, {**base, **changed}, importing) == []


@pytest.mark.parametrize(
    ("name", "payload", "path"),
    [
        ("referral", {**REFERRAL, "source": "self"}, "prompted_by"),
        ("session", {**SESSION, "status": "closed"}, "ended_at"),
        ("person", {"identity_level": "code"}, "code"),
        ("bbv_test", {**TEST, "state": "offered", "result_given_on": "2026-11-29", "taken_at": "2026-11-30"},
         "result_given_on"),
        ("contact", {**CONTACT, "next_step": {"due_on": "2026-11-29"}}, "next_step.due_on"),
        ("session", {**SESSION, "ended_at": "2026-11-30T09:59:00+00:00"}, "ended_at"),
        ("nx_visit", {**VISIT, "wound": {"red_flags": ["fever"]}}, "wound.action"),
    ],
)  # fmt: skip
def test_a_form_has_it_mended_and_an_import_takes_it(
    name: str, payload: dict[str, Any], path: str, form: CheckContext, importing: CheckContext
) -> None:
    assert issues(name, payload, form) == [(path, "require")]
    assert issues(name, payload, importing) == []


def test_an_import_keeps_what_a_form_would_have_asked_as_not_asked() -> None:
    kind = record_type("referral")
    assert kind.completed({**REFERRAL, "source": "self"})["prompted_by"] == {"answer": "not_asked"}
    assert "prompted_by" not in kind.completed(REFERRAL)
    assert kind.completed({**REFERRAL, "source": "self", "prompted_by": "gp"})["prompted_by"] == "gp"


def test_a_late_entry_is_asked_why_in_a_form_only(form: CheckContext, importing: CheckContext) -> None:
    late = {**CONTACT, "occurred_at": "2026-11-23T18:00:00+00:00"}
    found = record_type("contact").check(late, form)
    assert [(issue.path, issue.severity) for issue in found] == [("occurred_at", Severity.WARN)]
    assert found[0].message == "This was 9 days ago. That is fine: say in a word why it is late."
    assert issues("contact", {**late, "note": "laptop was away"}, form) == []
    assert issues("contact", {**late, "occurred_at": "2026-11-25"}, form) == []
    assert issues("contact", late, importing) == []


def test_an_unknown_name_comes_with_the_nearest_valid_one(importing: CheckContext) -> None:
    found = record_type("contact").check({**CONTACT, "outcom": ["seen"]}, importing)
    assert [(issue.path, issue.nearest) for issue in found] == [("outcom", "outcome")]
    found = record_type("nx_visit").check({**VISIT, "returns": {"bin": []}}, importing)
    assert [(issue.path, issue.nearest) for issue in found] == [("returns.bin", "bins")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-11-31", "November has 30 days."),
        ("2026-02-29T10:00:00+00:00", "February 2026 has 28 days."),
        ("2026-13-01", "There are 12 months in a year."),
        ("31/11/2026", "Write the day as year-month-day, such as 2026-11-05."),
        ("0000-01-01", "There is no year 0."),
    ],
)
def test_an_impossible_date_is_told_why(text: str, sentence: str, importing: CheckContext) -> None:
    found = record_type("nx_visit").check({**VISIT, "occurred_at": text}, importing)
    assert [issue.message for issue in found] == [sentence]


def test_no_message_holds_what_somebody_recorded(importing: CheckContext) -> None:
    secret = "Zaphod"
    payload = dict.fromkeys((*record_type("contact").by_name, "id", "external_id ", "type"), secret)
    for issue in record_type("contact").check(payload, importing):
        assert secret not in issue.message
