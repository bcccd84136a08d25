"""Lists, search, candidates, history, Today: local data only, nobody's code where it may not stand."""

from typing import Any

import pytest

from broker_desktop.errors import BadInput, NotFound
from broker_desktop.session import Session


def visit(day: str = "2026-12-01", **changes: Any) -> dict[str, Any]:
    usual = {
        "occurred_at": f"{day}T18:02:00+00:00",
        "site_type": "mobile",
        "items": {"SYR_FX_1_29": 10},
        "collecting_for": "self",
    }
    return {**usual, **changes}


def test_lists_give_the_newest_event_first_a_page_at_a_time(lead: Session) -> None:
    for day in ("2026-11-28", "2026-11-30", "2026-11-29"):
        lead.save("nx_visit", visit(day))
    assert [row.day for row in lead.records("nx_visit")] == ["2026-11-30", "2026-11-29", "2026-11-28"]
    assert [row.day for row in lead.records("nx_visit", limit=1, offset=1)] == ["2026-11-29"]
    assert [row.day for row in lead.records("nx_visit", since="2026-11-29", until="2026-11-29")] == ["2026-11-29"]
    assert lead.count("nx_visit", since="2026-11-29") == 2


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("site_type", "mobile", 2),
        ("site_type", "fixed", 1),
        ("collecting_for", "declined", 1),
        ("drug_injected", "crack", 1),
        ("items.SYR_FX_1_29", "10", 2),
        ("offers.naloxone", "accepted", 1),
        ("person.code", "john 80 m", 1),
    ],
)
def test_where_matches_values_elements_and_refusals(lead: Session, field: str, value: str, found: int) -> None:
    lead.save("nx_visit", visit(person={"code": "JOHN80M"}, drug_injected=["heroin", "crack"]))
    lead.save("nx_visit", visit(site_type="fixed", collecting_for={"answer": "declined"}, items={"SYR_FX_1_29": 20}))
    lead.save("nx_visit", visit(offers={"naloxone": "accepted"}))
    assert len(lead.records("nx_visit", where=[(field, value)])) == found


def test_where_names_the_nearest_field(lead: Session) -> None:
    with pytest.raises(BadInput) as caught:
        lead.records("nx_visit", where=[("sitetype", "mobile")])
    assert "site_type" in caught.value.detail
    with pytest.raises(BadInput):
        lead.records("nx_visit", where=[('site_type"]', "mobile")])


def test_search_finds_words_codes_and_names_in_any_case(lead: Session) -> None:
    lead.save("contact", {
        "occurred_at": "2026-12-01T10:00:00+00:00", "kind": "drop_in", "outcome": ["seen"], "setting": "street",
        "note": "met at the café near the shelter",
    })  # fmt: skip
    lead.save("person", {"identity_level": "code", "code": "LYNX76M", "aliases": ["Red"]})
    assert [row.type for row in lead.search("CAFE shelt")] == ["contact"]
    assert [row.type for row in lead.search("lynx 76 m")] == ["person"]
    assert [row.type for row in lead.search("red")] == ["person"]
    assert lead.search("nothing of the kind") == []
    assert lead.search('"*') == []


def test_what_was_amended_is_found_by_its_new_words_only(lead: Session) -> None:
    saved = lead.save("nx_visit", visit(note="lantern"))
    lead.amend("nx_visit", saved.id, {"note": "harbour"}, "wrong word")
    assert lead.search("lantern") == []
    assert [row.id for row in lead.search("harbour")] == [saved.id]


def test_candidates_are_masked_until_one_code_fits(lead: Session) -> None:
    for code in ("GORD82M", "GOLD82F", "GOAT75M", "JOHN80M"):
        lead.save("person", {"identity_level": "code", "code": code, "age_band": "35_44", "sex": "male"})
    none = lead.candidates("")
    many = lead.candidates("go")
    one = lead.candidates("j o 8")
    digits = lead.candidates("g8")
    assert (none.count, none.exact, none.matches) == (0, None, ())
    assert (many.count, many.exact) == (3, None)
    first = many.matches[0]
    assert (first.label, first.detail, first.masked) == ("GO·· 75 M", "35 to 44, Male", True)
    assert one.exact is not None
    assert (one.exact.label, one.exact.masked) == ("JOHN 80 M", False)
    assert digits.count == 2


def test_a_persons_history_is_theirs_alone_newest_first(lead: Session) -> None:
    first = lead.save("nx_visit", visit("2026-11-28", person={"code": "JOHN80M"}))
    lead.save("nx_visit", visit("2026-11-29", person={"code": "LUCY75F"}))
    contact = lead.save("contact", {
        "occurred_at": "2026-12-01T10:00:00+00:00", "kind": "drop_in", "outcome": ["seen"], "setting": "street",
        "person": {"code": "JOHN80M"}, "next_step": {"type": "none"},
    })  # fmt: skip
    person = lead.record("nx_visit", first.id).payload["person"]["id"]
    assert [row.id for row in lead.history(person)] == [contact.id, first.id]


def test_only_packs_and_items_of_the_last_visit_are_offered_again(lead: Session) -> None:
    lead.save("nx_visit", visit("2026-11-28", person={"code": "JOHN80M"}, items={"CITRIC": 5}))
    saved = lead.save("nx_visit", visit("2026-11-29", person={"code": "JOHN80M"}, packs={"PK_1ML_10": 2}, note="x"))
    person = lead.record("nx_visit", saved.id).payload["person"]["id"]
    supplies = lead.last_visit_supplies(person)
    assert (dict(supplies.items), dict(supplies.packs)) == ({"SYR_FX_1_29": 10}, {"PK_1ML_10": 2})


def test_today_counts_and_never_shows_a_code(lead: Session) -> None:
    lead.save("session", {"kind": "mobile_run", "started_at": "2026-12-02T08:00:00+00:00", "status": "open"})
    lead.save("nx_visit", visit("2026-12-02", occurred_at="2026-12-02T08:30:00+00:00", person={"code": "JOHN80M"}))
    lead.keep_draft("nx_visit", {}, "site")
    today = lead.today()
    assert today.day == "2026-12-02"
    assert {one.type: one.count for one in today.counts if one.count} == {"session": 1, "nx_visit": 1}
    assert today.running is not None
    assert today.custody.laptop == 3
    assert [item.kind for item in today.todo] == ["drafts"]
    assert "JOHN" not in repr(today)


def test_a_record_that_is_not_here_is_said_so(lead: Session) -> None:
    with pytest.raises(NotFound):
        lead.record("nx_visit", "0197ffff-0000-7000-8000-000000000000")
    assert lead.person_label("0197ffff-0000-7000-8000-000000000000") == "Not received yet"
