"""What a person said no to, what they need to be told of, and the course that a form needs."""

from dataclasses import replace
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.errors import NotPermitted
from broker_desktop.records import record_type
from broker_desktop.session import Refused, Session, people_rules
from tests.common.examples import example
from tests.common.trained import train

WREN = {"code": "WREN84M"}
MET: dict[str, Any] = {
    "occurred_at": "2026-12-01T10:00:00+00:00",
    "kind": "found_on_shift",
    "outcome": ["seen"],
    "setting": "street",
    "person": WREN,
    "next_step": {"type": "none"},
}
OUT: dict[str, Any] = {"made_on": "2026-12-01", "direction": "out", "person": WREN}


def consent(session: Session, decision: str, on: str, **more: Any) -> None:
    said = {"person": WREN, "purpose": "treatment_service", "decision": decision, "decided_on": on, "how": "spoken"}
    session.save("consent", {**said, **more})


def wren(session: Session) -> str:
    return next(one.id for one in session.records("person") if one.payload.get("code") == "WREN84M")


def send(session: Session, destination: str) -> None:
    session.save("referral", {**OUT, "destination": destination})


def test_consent_taken_back_stops_the_next_referral_and_a_new_yes_opens_the_way(lead: Session) -> None:
    consent(lead, "given", "2026-11-01", agencies=["gp", "housing"])
    send(lead, "gp")
    consent(lead, "withdrawn", "2026-11-20", agencies=["gp"])
    with pytest.raises(Refused) as caught:
        send(lead, "gp")
    assert caught.value.place.field == "destination"
    assert "consent" in caught.value.detail
    send(lead, "housing")  # of this one nothing was taken back
    consent(lead, "given", "2026-11-30", agencies=["gp"])
    send(lead, "gp")
    assert lead.count("referral") == 3


def test_an_agency_that_no_consent_names_is_not_covered(lead: Session) -> None:
    consent(lead, "given", "2026-11-01", agencies=["gp"])
    with pytest.raises(Refused):
        send(lead, "housing")
    assert lead.count("referral") == 0


def test_where_nobody_asked_yet_a_referral_goes_with_the_words_it_carries_itself(lead: Session) -> None:
    send(lead, "housing")
    assert lead.count("referral") == 1


def test_consent_that_has_run_out_covers_nothing(lead: Session) -> None:
    consent(lead, "given", "2025-11-01", agencies=["gp"], valid_until="2026-11-01")
    with pytest.raises(Refused):
        send(lead, "gp")


def test_without_consent_a_disclosure_with_its_approver_comes_first(lead: Session) -> None:
    consent(lead, "refused", "2026-11-01", agencies=["social_care_adult"])
    with pytest.raises(Refused):
        send(lead, "social_care_adult")
    told = {"disclosed_on": "2026-12-01", "person": WREN, "agency": "social_care_adult", "organisation": "Duty desk",
            "what": "That we worry", "legal_basis": "safeguarding"}  # fmt: skip
    with pytest.raises(Refused) as caught:
        lead.save("disclosure", told)
    assert {issue.path for issue in caught.value.issues} == {"reason", "approver"}
    lead.save("disclosure", {**told, "reason": "Her card is with somebody else", "approver": "Lee Lead"})
    send(lead, "social_care_adult")
    assert lead.count("referral") == 1


def test_what_was_agreed_before_it_was_taken_back_can_still_be_followed_up(lead: Session) -> None:
    consent(lead, "given", "2026-11-01", agencies=["gp"])
    saved = lead.save("referral", {**OUT, "destination": "gp"})
    consent(lead, "withdrawn", "2026-11-20", agencies=["gp"])
    lead.amend("referral", saved.id, {"note": "they rang back"}, "heard")
    assert lead.record("referral", saved.id).payload["note"] == "they rang back"


def test_a_message_is_left_only_where_they_said_so(lead: Session) -> None:
    left = {**MET, "outcome": ["not_found"], "attempt": {"method": "phone", "message_left": "yes"}}
    with pytest.raises(Refused) as caught:
        lead.save("contact", left)
    assert caught.value.place.field == "attempt.message_left"
    lead.save("contact", MET)
    lead.amend("person", wren(lead), {"phones": [{"number": "07700 900123", "leave_message": "yes"}]}, "said so")
    lead.save("contact", left)
    assert lead.count("contact") == 2


def test_who_asks_not_to_be_contacted_is_marked_at_once(lead: Session) -> None:
    lead.save("contact", {**MET, "outcome": ["asked_not_to_be_contacted"]})
    view = lead.record("person", wren(lead))
    assert view.payload["do_not_contact"] == "yes"
    assert [(one.field, one.reason) for one in view.corrections] == [("do_not_contact", "asked at a contact")]
    assert [one.kind for one in lead.people.notices(view.id)] == ["do_not_contact"]


def test_what_staff_have_to_know_comes_gravest_first(lead: Session) -> None:
    lead.save("contact", MET)
    assert lead.people.notices(wren(lead)) == ()
    lead.save("contact", {**MET, "risk_flags": ["violence_to_staff"]})
    phone = {"number": "07700 900123", "leave_message": "no", "say_who_we_are": "no", "not_with_partner": "yes"}
    lead.amend("person", wren(lead), {"died_on": "2026-11-30", "phones": [phone]}, "heard")
    found = lead.people.notices(wren(lead))
    assert [one.kind for one in found] == ["died", "risk", "messages"]
    assert found[0].text.startswith("On Mon 30 Nov 2026.")
    assert found[2].text == "07700 900123: leave no message, do not say who we are. Not when a partner is there."


def test_a_refused_question_about_death_is_no_death(lead: Session) -> None:
    lead.save("person", {"identity_level": "code", "code": "WREN84M", "died_on": {"answer": "declined"}})
    assert lead.people.notices(wren(lead)) == ()


def test_a_form_that_needs_a_course_opens_to_those_who_have_done_it(lead: Session) -> None:
    kind = replace(record_type("contact"), needs_training="naloxone")
    context = lead._context
    assert people_rules.not_trained(context, kind).startswith("This form needs the course Naloxone. Nobody here has it")
    done = {"worker": "lee  LEAD", "course": "naloxone", "done_on": "2024-11-01"}
    lead.save("training", {**done, "valid_until": "2026-11-01"})
    with pytest.raises(NotPermitted):
        people_rules.check_trained(context, kind)  # it has run out: today is after 1 November 2026
    lead.save("training", {**done, "done_on": "2026-11-01"})
    assert people_rules.not_trained(context, kind) == ""
    people_rules.check_trained(context, kind)


def test_a_sheet_is_saved_whole_or_not_at_all(lead: Session) -> None:
    shared = {"occurred_at": "2026-12-01", "kind": "drop_in", "setting": "day_centre", "outcome": ["seen"]}
    # 2 codes + a dash + five anonymous people = 8 contacts, 2 of them of somebody.
    assert lead.people.save_sheet(shared, "wren 84 m\n\n-\n+5\nROOK81F\n") == 8
    rows = lead.records("contact")
    assert len(rows) == 8
    assert sum(row.payload["person"] is not None for row in rows) == 2
    assert {row.payload["occurred_at"] for row in rows} == {"2026-12-01"}
    draft = lead.keep_draft("contact", shared, "")
    with pytest.raises(Refused) as caught:
        lead.people.save_sheet(shared, "WREN84M\nX\n", draft=draft)
    assert (caught.value.place.line, lead.count("contact")) == (2, 8)
    assert [one.id for one in lead.drafts()] == [draft]
    lead.people.save_sheet(shared, "WREN84M\n", draft=draft)
    assert (lead.count("contact"), lead.drafts()) == (9, [])


@pytest.mark.parametrize("typed", ["WERN84M", "REN84M", "WREN85M", "wrenne 84", "Mickey"])
def test_a_slip_a_sound_or_a_nickname_finds_them_masked(lead: Session, typed: str) -> None:
    lead.save("person", {"identity_level": "code", "code": "WREN84M", "aliases": ["Mickey"], "age_band": "35_44"})
    lead.save("person", {"identity_level": "code", "code": "OTTER70F"})
    found = lead.candidates(typed)
    assert (found.exact, found.count) == (None, 0), "no code fits"
    assert [(one.label, one.detail, one.masked) for one in found.matches] == [("WR·· 84 M", "35 to 44", True)]


def test_somebody_quite_different_is_not_offered(lead: Session) -> None:
    lead.save("person", {"identity_level": "code", "code": "WREN84M"})
    for typed in ("HAWK84M", "WREN61M", "H", "61"):
        assert [one.label for one in lead.candidates(typed).matches] == []


def test_naloxone_is_handed_on_by_those_who_have_done_the_course(lead: Session) -> None:
    with pytest.raises(NotPermitted) as caught:
        lead.save("naloxone_supply", example("naloxone_supply"))
    assert "Naloxone" in caught.value.detail
    assert lead.count("naloxone_supply") == 0
    assert lead.people.not_trained("naloxone_supply").startswith("This form needs the course Naloxone.")
    train(lead)
    assert lead.people.not_trained("naloxone_supply") == ""
    assert lead.save("naloxone_supply", example("naloxone_supply")).created


def test_a_no_to_hearing_back_or_to_the_gp_stops_no_other_help(lead: Session) -> None:
    consent(lead, "refused", "2026-11-01", purpose="feedback")
    consent(lead, "refused", "2026-11-02", purpose="gp")
    send(lead, "housing")
    with pytest.raises(Refused):
        send(lead, "gp")


def test_a_yes_to_the_gp_is_a_yes_to_nobody_else(lead: Session) -> None:
    consent(lead, "refused", "2026-11-01")
    consent(lead, "given", "2026-11-20", purpose="gp")
    send(lead, "gp")
    with pytest.raises(Refused):
        send(lead, "housing")


def test_a_change_of_the_destination_alone_is_asked_for_consent_too(lead: Session) -> None:
    consent(lead, "given", "2026-11-01", agencies=["gp"])
    saved = lead.save("referral", {**OUT, "destination": "gp"})
    with pytest.raises(Refused):
        lead.amend("referral", saved.id, {"destination": "housing"}, "another place")
    assert lead.record("referral", saved.id).payload["destination"] == "gp"


def test_asking_not_to_be_contacted_counts_when_it_is_added_later(lead: Session) -> None:
    saved = lead.save("contact", MET)
    lead.amend("contact", saved.id, {"outcome": ["seen", "asked_not_to_be_contacted"]}, "left out")
    assert lead.record("person", wren(lead)).payload["do_not_contact"] == "yes"


def test_a_pack_asks_for_a_course_of_its_own_before_a_form(lead: Session) -> None:
    text = assets.pack_text("portsmouth-2009-10")
    lead.packs.load(f"{text}trainings: {{feedback: Needle exchange}}\n")
    assert lead.people.not_trained("feedback").startswith("This form needs the course Needle exchange.")
    lead.save("training", {"worker": "Lee Lead", "course": "needle_exchange", "done_on": "2026-11-01"})
    assert lead.people.not_trained("feedback") == ""
