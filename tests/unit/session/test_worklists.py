"""Worklists over real records: who is who, who has died, what a later record ends, what is private, what is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import UsageError
from broker_desktop.session import Session
from tests.common.vaults import Desk, Service, in_step, moved_clock

TODAY = "2026-12-02"
"""The day by the program's clock in these tests."""


def visit(session: Session, code: str, day: str = "2026-11-20", due: str | None = "2026-11-27") -> str:
    step = {} if due is None else {"next_step": {"type": "bring_supplies", "due_on": due}}
    payload = {
        "occurred_at": f"{day}T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
        "collecting_for": "self", "person": {"code": code}, **step,
    }  # fmt: skip
    return session.save("nx_visit", payload).id


def contact(session: Session, code: str, day: str, **more: Any) -> str:
    payload = {
        "occurred_at": f"{day}T10:00:00+00:00", "kind": "found_on_shift", "setting": "squat_tent_car_park",
        "person": {"code": code}, "outcome": ["seen"], "next_step": {"type": "none"}, **more,
    }  # fmt: skip
    return session.save("contact", payload).id


def person(session: Session, code: str) -> str:
    (row,) = session.records("person", where=[("code", code)])
    return row.id


def rows(session: Session, name: str = "W1", **more: Any) -> list[tuple[str, str, int, bool]]:
    return [(row.who, row.due, row.age_days, row.red) for row in session.worklist(name, **more).rows]


def count(session: Session, name: str = "W1") -> int:
    return next(one.count for one in session.worklists() if one.id == name)


def test_a_step_waits_from_its_day_and_turns_red(lead: Session) -> None:
    # Due on 27 November, five days before 2 December, urgent after one. Due on the 3rd: not before tomorrow.
    visit(lead, "GORDON82M")
    visit(lead, "MARY77F", due="2026-12-03")
    visit(lead, "PAUL68M", due=TODAY)
    assert rows(lead) == [("GO···· 82 M", "2026-11-27", 5, True), ("PA·· 68 M", TODAY, 0, False)]
    assert [who for who, *_ in rows(lead, coming=True)] == ["GO···· 82 M", "PA·· 68 M", "MA·· 77 F"]
    assert [who for who, *_ in rows(lead, overdue=True)] == ["GO···· 82 M"]
    assert (count(lead), next(one.red for one in lead.worklists() if one.id == "W1")) == (2, 1)


def test_a_later_contact_ends_it_under_another_id_of_the_person_too(lead: Session) -> None:
    visit(lead, "JOHN80M")
    contact(lead, "JON80M", "2026-11-25")
    assert count(lead) == 1
    lead.pairs.same(person(lead, "JON80M"), person(lead, "JOHN80M"), "same man, says he")
    assert (count(lead), rows(lead)) == (0, [])
    (line,) = lead.pairs.decided()
    lead.pairs.undo(line)
    assert (count(lead), len(rows(lead))) == (1, 1)


def test_reminders_stop_for_who_has_died_and_for_who_asked_not_to_be_contacted(lead: Session) -> None:
    visit(lead, "GORDON82M")
    visit(lead, "MARY77F")
    visit(lead, "PAUL68M")
    lead.amend("person", person(lead, "GORDON82M"), {"died_on": "2026-11-29"}, "his sister rang")
    lead.amend("person", person(lead, "MARY77F"), {"do_not_contact": "yes"}, "she said so")
    assert [who for who, *_ in rows(lead)] == ["PA·· 68 M"]
    assert count(lead) == 1
    lead.amend("person", person(lead, "MARY77F"), {"do_not_contact": "no"}, "she came back")
    assert count(lead) == 2


def test_what_is_taken_out_or_erased_waits_no_longer(lead: Session) -> None:
    first, _ = visit(lead, "GORDON82M"), visit(lead, "MARY77F")
    lead.void("nx_visit", first, "entered twice")
    assert [who for who, *_ in rows(lead)] == ["MA·· 77 F"]
    lead.oversight.erase("person", person(lead, "MARY77F"), "asked")
    assert (count(lead), rows(lead)) == (0, [])


def test_the_filter_takes_a_code_a_name_or_words(lead: Session) -> None:
    visit(lead, "GORDON82M")
    visit(lead, "MARY77F")
    assert [who for who, *_ in rows(lead, text="gor")] == ["GO···· 82 M"]
    assert len(rows(lead, text="next STEP")) == 2
    assert rows(lead, text="nobody") == []


def test_a_private_list_shows_codes_in_full_and_never_a_name(lead: Session) -> None:
    # BIRM15-053: the safeguarding list is read out at team meetings, by codes only.
    known = {"identity_level": "named", "given_name": "Dawn", "family_name": "Price", "parental_status": "not_a_parent",
             "accommodation_need": "no_problem"}  # fmt: skip
    for one in ({**known, "code": "DAWN84F"}, known):
        saved = lead.save("person", one)
        lead.save("home_assessment", {"person": {"id": saved.id}, "state": "requested", "requested_on": "2026-11-30"})
    found = lead.worklist("W7")
    assert found.private
    assert sorted(row.who for row in found.rows) == ["D. P.", "DAWN 84 F"]


def test_an_action_leads_to_a_new_record_for_the_same_person(lead: Session) -> None:
    contact(lead, "GORDON82M", "2026-11-20", next_step={"type": "call_back", "due_on": "2026-11-27"})
    (row,) = lead.worklist("W1").rows
    assert (row.action.page, row.action.type) == ("new", "contact")
    assert row.action.payload == {"person": {"id": person(lead, "GORDON82M")}}


def test_what_an_import_did_not_ask_is_listed_until_somebody_asks(lead: Session, tmp_path: Path) -> None:
    saved = lead.save("person", {"identity_level": "code", "code": "KEIT71M", "sex": {"answer": "not_asked"}})
    assert [(row.type, row.reason) for row in lead.worklist("W10").rows] == [
        ("person", "Person: a question was not asked")
    ]
    lead.amend("person", saved.id, {"sex": {"answer": "declined"}}, "asked today")
    assert lead.worklist("W10").rows == (), "a refusal is an answer"


def test_a_housing_need_that_nobody_asked_about_is_listed_for_who_gave_a_name(lead: Session) -> None:
    # P26: a name asks for housing and children; "not asked" is an answer that a form takes, and that is listed.
    given = {
        "identity_level": "named", "given_name": "Dawn", "family_name": "Price", "parental_status": "not_a_parent",
        "accommodation_need": {"answer": "not_asked"},
    }  # fmt: skip
    saved = lead.save("person", given)
    visit(lead, "GORDON82M", due=None)
    assert [(row.who, row.key) for row in lead.worklist("W10").rows] == [("D. P.", "not_asked")]
    lead.amend("person", saved.id, {"accommodation_need": "no_problem"}, "asked")
    assert lead.worklist("W10").rows == ()


def test_sites_without_a_sheet_are_named_until_it_comes(tmp_path: Path) -> None:
    # Hampshire has 46 pharmacies and 3 devolved ones (HAMP10-244): on 2 December none has sent its November sheet.
    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as lead:
        found = lead.worklist("W11")
        assert (found.count, found.rows[0].key, found.rows[0].due) == (49, "no_sheet", "2026-12-01")
        action = found.rows[0].action
        assert (action.page, action.type, action.payload["month"]) == ("new", "nx_tally", "2026-11")
        sheet = {
            **action.payload,
            "status": "draft",
            "source": "phone",
            "transactions": 12,
            "items": {"SYR_FX_1_29": 60},
        }
        lead.save("nx_tally", sheet)
        assert [row.key for row in lead.worklist("W11").rows].count("no_sheet") == 48


def test_an_unknown_list_names_the_nearest(lead: Session) -> None:
    with pytest.raises(UsageError) as refused:
        lead.worklist("w1x")
    assert "W1" in refused.value.detail


@pytest.mark.parametrize(
    ("now", "waits"),
    [
        # The clocks go back at 01:00 UTC on 25 October 2026. 23:30 UTC on the 24th is 00:30 on the 25th in London.
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
    ],
)
def test_a_day_begins_at_midnight_in_london_on_the_night_the_clocks_change(
    lead_desk: Desk, now: datetime, waits: bool
) -> None:
    with moved_clock(lead_desk, datetime(2026, 10, 20, 21, tzinfo=UTC)).opened() as session:
        visit(session, "GORDON82M", day="2026-10-20", due="2026-10-25")
    with moved_clock(lead_desk, now).opened() as session:
        assert (count(session) == 1) is waits


def test_mine_is_what_this_person_recorded(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Wim Worker", "worker").opened() as worker:
        visit(lead, "GORDON82M")
        visit(worker, "MARY77F")
        in_step(lead, worker)
        assert [who for who, *_ in rows(worker)] == ["GO···· 82 M", "MA·· 77 F"]
        assert [who for who, *_ in rows(worker, mine=True)] == ["MA·· 77 F"]
        assert "W4" not in [one.id for one in worker.worklists()], "no health records, no such list"


def test_somebody_looked_for_and_not_found_still_has_the_next_step_waiting(lead: Session) -> None:
    visit(lead, "GORDON82M")
    contact(lead, "GORDON82M", "2026-11-28", outcome=["not_found"])
    assert count(lead) == 1
    contact(lead, "GORDON82M", "2026-11-29", outcome=["supplies_given"])  # any outcome of having met them will do
    assert count(lead) == 0


def test_what_came_before_the_release_does_not_end_waiting_for_it_in_whatever_order(lead: Session) -> None:
    # Out on 4 December, so it waits from the 3rd. A meeting inside on the 1st ends nothing, rebuilt or not.
    contact(lead, "GORDON82M", "2026-12-01")
    lead.amend("person", person(lead, "GORDON82M"), {"release_on": "2026-12-04"}, "told inside")
    assert [row.key for row in lead.worklist("W1", coming=True).rows] == ["release"]
    lead.rebuild()
    assert [row.key for row in lead.worklist("W1", coming=True).rows] == ["release"]


def test_what_comes_late_about_an_erased_person_waits_for_nobody(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Sam Second", "worker").opened() as other:
        visit(lead, "GORDON82M")
        in_step(lead, other)
        lead.oversight.erase("person", person(lead, "GORDON82M"), "asked")
        sent = {"made_on": "2026-11-01", "direction": "out", "destination": "housing", "person": {"code": "GORDON82M"}}
        other.save("referral", sent)  # before the erasure reaches this laptop
        in_step(other, lead)
        assert (len(list(lead.records("referral"))), count(lead, "W2")) == (1, 0)
        lead.rebuild()
        assert (count(lead, "W2"), rows(lead, "W2")) == (0, [])


def test_what_is_urgent_comes_first_however_long_the_others_have_waited(
    lead: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # "Details to be gone through again" never turns red; only two rows are shown, and the red one is among them.
    monkeypatch.setattr("broker_desktop.session.worklists.MOST", 2)
    for code in ("GORDON82M", "MARY77F", "PAUL68M"):
        contact(lead, code, "2026-11-01")
        lead.amend("person", person(lead, code), {"review_due": "2026-11-10"}, "agreed")
    visit(lead, "JOHN80M")
    shown = lead.worklist("W1")
    assert (shown.count, [row.red for row in shown.rows]) == (4, [True, False])


def test_two_final_sheets_of_one_site_are_named(tmp_path: Path) -> None:
    service = Service(tmp_path, pack="hampshire-homer-2010")
    sheet = {"month": "2026-11", "site": "pharmacy_daat_17", "transactions": 64, "status": "final", "source": "paper"}
    with service.found().opened() as lead, service.join(lead, "Sam Second", "data").opened() as other:
        for session in (lead, other):  # apart, so that neither knows of the other's sheet
            session.save("nx_tally", {**sheet, "check_kind": "second_look", "checked_by": "Kit"})
        in_step(lead, other)
        assert [(row.key, row.red) for row in lead.worklist("W11").rows if row.key == "two_sheets"] == [
            ("two_sheets", True)
        ]


def test_words_without_a_letter_find_nobody(lead: Session) -> None:
    visit(lead, "GORDON82M")
    assert rows(lead, text="#") == []
