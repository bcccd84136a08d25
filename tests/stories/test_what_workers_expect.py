"""Twenty-five things that workers expect and engineers forget (domain.md section 9): a test for each of them.

What another file shows already is named in SHOWN_BY, and the name is checked to be there; the rest is shown here.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.record_type import COMMON
from broker_desktop.records.reference import PersonRef
from broker_desktop.session import Session, month_period
from tests.common.vaults import Desk, Service, in_step, moved_clock

ROOT = Path(__file__).parents[2]
HERE = "tests/stories/test_what_workers_expect.py"

SHOWN_BY: dict[int, tuple[str, ...]] = {
    1: ("tests/unit/session/test_wishes.py::test_a_slip_a_sound_or_a_nickname_finds_them_masked",),
    2: (
        "tests/ui/test_every_form.py::test_the_refusal_key_works_in_every_editor",
        "tests/ui/test_forms.py::test_the_rest_key_refuses_all_that_is_left_and_goes_to_save",
        f"{HERE}::test_supplies_are_given_whatever_is_refused",
    ),
    3: ("tests/ui/test_exchange.py::test_a_repeat_visit_takes_six_presses_and_the_next_one_five",),
    4: (
        "tests/ui/test_window.py::test_the_night_theme_shows_no_blue",
        "tests/ui/test_every_form.py::test_a_form_is_filled_and_saved_by_keys_alone",
    ),
    5: (
        "tests/ui/test_exchange.py::test_counter_view_shows_no_counts_and_no_past",
        "tests/ui/test_window.py::test_the_shield_says_nothing_and_only_enter_leaves_it",
    ),
    6: (
        "tests/ui/test_exchange.py::test_digits_and_signs_count_packs_without_a_cap",
        "tests/unit/records/test_measure.py::test_supply_for_others",
    ),
    7: (
        f"{HERE}::test_two_who_wrote_down_one_handover_are_told",
        "tests/unit/records/test_measure.py::test_one_person_at_two_sites_is_one_person_and_one_in_each",
    ),
    8: (f"{HERE}::test_yesterdays_entry_is_mended_today_and_the_month_follows",),
    9: (
        "tests/unit/session/test_wishes.py::test_a_sheet_is_saved_whole_or_not_at_all",
        "tests/ui/test_people_pages.py::test_a_sign_in_sheet_makes_a_contact_of_every_line",
    ),
    10: (
        "tests/unit/records/test_checks.py::test_a_late_entry_is_asked_why_in_a_form_only",
        f"{HERE}::test_back_dating_keeps_both_the_day_it_was_and_the_moment_it_was_typed",
    ),
    11: (f"{HERE}::test_another_birthday_another_name_all_are_kept",),
    12: ("tests/unit/session/test_oversight.py::test_two_codes_of_one_person_count_once_until_it_is_undone",),
    13: (
        "tests/unit/session/test_erasing.py::test_a_person_is_gone_everywhere_and_the_visit_still_counts",
        "tests/ui/test_people_pages.py::test_not_to_be_contacted_is_one_press_and_undone_by_one",
        f"{HERE}::test_not_to_be_contacted_reaches_every_laptop",
    ),
    14: ("tests/unit/session/test_wishes.py::test_a_message_is_left_only_where_they_said_so",),
    15: (
        "tests/stories/test_who_may_read_what.py::test_a_concern_leaves_its_author_nothing_and_reaches_the_lead",
        "tests/stories/test_who_may_read_what.py::test_a_peers_laptop_holds_no_key_of_general_or_clinical",
    ),
    16: (
        "tests/unit/session/test_oversight.py::test_a_colleague_cannot_open_what_is_closed_to_him",
        "tests/stories/test_who_may_read_what.py::test_a_peers_laptop_holds_nobody_whom_others_recorded",
    ),
    17: (f"{HERE}::test_nobody_can_write_down_who_was_at_a_meeting",),
    18: (f"{HERE}::test_vouchers_stand_apart_from_anybodys_record",),
    19: (
        "tests/unit/session/test_stock.py::test_a_count_shows_the_difference_and_changes_nothing",
        "tests/unit/session/test_stock.py::test_a_recall_finds_kits_handed_over_and_kits_on_shelves",
    ),
    20: (
        "tests/unit/records/test_texts.py::test_a_row_of_a_test_says_nothing_of_a_result",
        "tests/unit/records/test_bbv_test.py::test_a_reactive_rapid_test_is_no_diagnosis",
        "tests/unit/records/test_bbv_test.py::test_how_a_result_is_given",
    ),
    21: (
        "tests/unit/session/test_clinical.py::test_cards_not_sent_stand_on_today_until_they_are",
        "tests/unit/records/test_bbv_test.py::test_a_card_dries_for_half_an_hour",
        "tests/unit/records/test_bbv_test.py::test_cards_out_are_cards_posted",
    ),
    22: (
        "tests/unit/session/test_partners.py::test_what_is_overdue_is_listed_by_day",
        "tests/unit/session/test_partners.py::test_attended_stays_where_the_person_did_not_agree",
    ),
    23: (f"{HERE}::test_when_somebody_has_died_nothing_reminds_of_them_and_the_record_is_kept",),
    24: (
        "tests/ui/test_people_pages.py::test_a_contact_form_warns_once_the_person_is_named_and_the_counter_never_does",
        "tests/ui/test_people_pages.py::test_the_steps_after_a_needlestick_are_one_key_away",
        f"{HERE}::test_somebody_out_alone_is_missed_on_every_laptop",
    ),
    25: (
        "tests/unit/session/test_figures.py::test_another_meaning_of_a_line_needs_another_version",
        "tests/unit/session/test_figures.py::test_small_counts_are_hidden_for_the_commissioner_and_nothing_else_changes",
    ),
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Service(tmp_path, at=datetime(2026, 12, 2, 9, 0, tzinfo=UTC)).found("Lee Lead")


@pytest.fixture
def lead(desk: Desk) -> Iterator[Session]:
    with desk.opened() as session:
        yield session


MET: dict[str, Any] = {
    "occurred_at": "2026-12-01T18:02:00+00:00",
    "kind": "drop_in",
    "outcome": ["seen"],
    "setting": "day_centre",
    "person": {"code": "WREN84M"},
    "next_step": {"type": "none"},
}


def value(session: Session, month: str, line_id: str) -> Any:
    return next(line.value for line in session.summary(month_period(month)).lines if line.id == line_id)


@pytest.mark.parametrize("number", range(1, 26))
def test_each_of_the_twenty_five_is_shown_by_tests_that_are_there(number: int) -> None:
    for named in SHOWN_BY[number]:
        path, _, name = named.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, named


def test_supplies_are_given_whatever_is_refused(lead: Session) -> None:
    kind = record_type("nx_visit")
    supplied = {"occurred_at": "2026-12-01T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 200}}
    refused = {one.name: {"answer": "declined"} for one in kind.fields if one.refusable and one.name not in supplied}
    del refused["person"]
    lead.save("nx_visit", {**refused, **supplied, "person": None})
    assert value(lead, "2026-12", "MS-07.syringes_out") == 200


def test_two_who_wrote_down_one_handover_are_told(lead: Session) -> None:
    visit = {"occurred_at": "2026-12-01T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10}}
    first = lead.save("nx_visit", {**visit, "person": {"code": "WREN84M"}})
    assert first.issues == ()
    again = {**visit, "occurred_at": "2026-12-01T18:05:00+00:00", "person": {"code": "wren 84 m"}}
    assert [one.path for one in lead.check("nx_visit", again)] == ["occurred_at"]
    # five hours later it is another visit, and somebody anonymous is never taken for anybody
    assert lead.check("nx_visit", {**again, "occurred_at": "2026-12-01T23:05:00+00:00"}) == []
    assert lead.check("nx_visit", {**again, "person": None}) == []


def test_yesterdays_entry_is_mended_today_and_the_month_follows(lead: Session) -> None:
    saved = lead.save("contact", {**MET, "outcome": ["not_found"]})
    assert (value(lead, "2026-12", "MS-01.met"), value(lead, "2026-12", "MS-01.attempts")) == (0, 1)
    lead.amend("contact", saved.id, {"outcome": ["seen"]}, "pressed the wrong one")
    assert (value(lead, "2026-12", "MS-01.met"), value(lead, "2026-12", "MS-01.attempts")) == (1, 0)
    (change,) = lead.record("contact", saved.id).corrections
    assert (change.old, change.new, change.reason, change.by) == (
        ["not_found"],
        ["seen"],
        "pressed the wrong one",
        "Lee Lead",
    )


def test_back_dating_keeps_both_the_day_it_was_and_the_moment_it_was_typed(lead: Session) -> None:
    saved = lead.save("contact", {**MET, "occurred_at": "2026-11-12", "note": "the battery had died"})
    view = lead.record("contact", saved.id)
    assert view.payload["occurred_at"] == "2026-11-12"
    assert view.recorded_at.startswith("2026-12-02")
    assert (value(lead, "2026-11", "MS-01.met"), value(lead, "2026-12", "MS-01.met")) == (1, 0)


def test_another_birthday_another_name_all_are_kept(lead: Session) -> None:
    said = [
        {"born_on": "1984-02-01", "name_given": "Wren", "said_on": "2026-10-02"},
        {"born_on": "1985-02-01", "sex": "male", "said_on": "2026-12-01"},
    ]
    person = lead.save("person", {"identity_level": "code", "code": "WREN84M", "claims": said[:1]})
    lead.save("person", {"identity_level": "code", "code": "WREN84M", "claims": said[1:]})
    assert lead.record("person", person.id).payload["claims"] == said


def test_not_to_be_contacted_reaches_every_laptop(tmp_path: Path) -> None:
    service = Service(tmp_path, at=datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
    with service.found("Lee Lead").opened() as lead, service.join(lead, "Wren Worker", "worker").opened() as worker:
        worker.save("contact", {**MET, "outcome": ["asked_not_to_be_contacted"]})
        in_step(worker, lead)
        (person,) = lead.records("person")
        assert [one.kind for one in lead.people.notices(person.id)] == ["do_not_contact"]


def test_nobody_can_write_down_who_was_at_a_meeting() -> None:
    for name in ("session", "group_session"):
        kind = record_type(name)
        assert kind.person_field is None
        assert kind.compartment == COMMON
        assert [one.name for one in kind.fields if isinstance(one, PersonRef)] == []
    assert {one.name for one in record_type("group_session").fields} >= {"headcount"}


def test_vouchers_stand_apart_from_anybodys_record() -> None:
    voucher = record_type("incentive")
    assert {"serials", "signed"} <= {one.name for one in voucher.fields}
    assert voucher.person_field is None
    clinical = [kind for kind in CATALOGUE if kind.name in {"contact", "nx_visit", "bbv_test"}]
    assert [one.name for kind in clinical for one in kind.fields if "incentive" in one.name] == []


def test_when_somebody_has_died_nothing_reminds_of_them_and_the_record_is_kept(lead: Session) -> None:
    lead.save("contact", {**MET, "needs": ["housing"], "housing_need": "problem",
                          "next_step": {"type": "call_back", "due_on": "2026-12-02"}})  # fmt: skip
    (person,) = lead.records("person")
    assert [len(lead.worklist(name).rows) for name in ("W1", "W13")] == [1, 1]
    lead.amend("person", person.id, {"died_on": "2026-12-01"}, "the hostel rang")
    assert [len(lead.worklist(name).rows) for name in ("W1", "W13")] == [0, 0]
    assert lead.count("contact") == 1
    assert [one.kind for one in lead.people.notices(person.id)] == ["died"]


def test_somebody_out_alone_is_missed_on_every_laptop(tmp_path: Path) -> None:
    service = Service(tmp_path, at=datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
    lead_desk = service.found("Lee Lead")
    with lead_desk.opened() as lead:
        desk = service.join(lead, "Wren Worker", "worker")
        with desk.opened() as worker:
            out = {"out_at": "2026-12-02T08:00:00+00:00", "worker": "Wren", "buddy": "Lee"}
            saved = worker.save("lone_working", {**out, "due_back": "2026-12-02T11:30:00+00:00"})
            in_step(worker, lead)
            assert missing(lead) == []
            worker.amend("lone_working", saved.id, {"note": "by the pier"}, "moved")
    with moved_clock(lead_desk, datetime(2026, 12, 2, 11, 31, tzinfo=UTC)).opened() as later:
        assert missing(later) == [1]


def missing(session: Session) -> list[int]:
    return [one.count for one in session.today().todo if one.kind == "lone_working"]
