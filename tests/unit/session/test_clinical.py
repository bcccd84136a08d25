"""The clinical questions of an open vault: steps back, cards not sent, a course of doses, who signed the rules off."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NotPermitted
from broker_desktop.records.bbv_cards import Cards
from broker_desktop.session import Refused, Session
from tests.common.vaults import Service

CARD: dict[str, Any] = {
    "person": {"code": "TARA91F"},
    "offered_on": "2026-11-30",
    "setting": "day_centre",
    "state": "packed",
    "method": "dried_blood_spot",
    "analytes": ["HCV_RNA"],
    "taken_at": "2026-11-30T14:00:00+00:00",
}


def dose(on: str, **more: Any) -> dict[str, Any]:
    given = {"source": "by_us", "dose": 1, "pgd_ref": "PGD 12 v3", "signed_off": "yes"}
    return {"person": {"code": "TARA91F"}, "given_on": on, **given, **more}


def test_a_step_back_needs_a_reason_of_its_own(lead: Session) -> None:
    made = lead.save("bbv_test", {**CARD, "state": "dispatched", "dispatched_on": "2026-12-01"})
    with pytest.raises(Refused) as refused:
        lead.save("bbv_test", CARD, record_id=made.id)
    assert refused.value.issues[0].path == "state"
    assert lead.record("bbv_test", made.id).payload["state"] == "dispatched"
    lead.save("bbv_test", CARD, record_id=made.id, reason="it is still in the van")
    assert lead.record("bbv_test", made.id).payload["state"] == "packed"
    lead.save("bbv_test", {**CARD, "state": "dispatched", "dispatched_on": "2026-12-02"}, record_id=made.id)


def test_cards_not_sent_stand_on_today_until_they_are(lead: Session) -> None:
    first = lead.save("bbv_test", CARD)
    lead.save("bbv_test", {**CARD, "person": {"code": "MILO85M"}})
    assert lead.clinical.cards_out(day=date(2026, 11, 30)) == Cards(taken=2, sent=0)
    assert [(one.kind, one.count) for one in lead.today().todo if one.kind == "cards"] == [("cards", 2)]
    lead.amend("bbv_test", first.id, {"state": "dispatched", "dispatched_on": "2026-12-01"}, "posted")
    assert lead.clinical.cards_out(day=date(2026, 11, 30)) == Cards(taken=2, sent=1)
    assert lead.clinical.cards_out(day=date(2026, 12, 1)) == Cards(taken=0, sent=0)
    lead.void("bbv_test", lead.records("bbv_test", where=[("state", "packed")])[0].id, "twice")
    assert [one for one in lead.today().todo if one.kind == "cards"] == []


def test_how_far_a_course_is_comes_from_all_records_of_the_person(lead: Session) -> None:
    first = lead.save("bbv_vaccination", dose("2026-11-10"))
    person = lead.record("bbv_vaccination", first.id).payload["person"]["id"]
    lead.save("bbv_vaccination", dose("2026-11-17", dose=2))
    wrong = lead.save("bbv_vaccination", dose("2026-11-18", dose=3))
    found = lead.clinical.hepatitis_b(person)
    # the third came after one day instead of 14: flagged, and dose 3 stays due 21 days after the first
    assert (found.counted, found.next_dose, found.due) == (2, 3, date(2026, 12, 1))
    assert [one.early for one in found.given] == [False, False, True]
    lead.void("bbv_vaccination", wrong.id, "written twice")
    assert [one.early for one in lead.clinical.hepatitis_b(person).given] == [False, False]


def test_a_dose_too_soon_is_pointed_out_and_kept(lead: Session) -> None:
    first = lead.save("bbv_vaccination", dose("2026-11-10"))
    person = lead.record("bbv_vaccination", first.id).payload["person"]
    # six days after the first; the schedule asks for seven
    for who in (person, {"code": "tara 91 f"}):
        issues = lead.check("bbv_vaccination", {**dose("2026-11-16", dose=2), "person": who})
        assert ("given_on", "warn") in {(one.path, one.severity.value) for one in issues}
    issues = lead.check("bbv_vaccination", dose("2026-11-17", dose=2))
    assert "given_on" not in {one.path for one in issues}
    assert lead.save("bbv_vaccination", dose("2026-11-16", dose=2)).created


def test_a_card_number_stands_for_one_sample(lead: Session) -> None:
    first = lead.save("bbv_test", {**CARD, "card_id": "DBS261101"})
    with pytest.raises(Refused) as refused:
        lead.save("bbv_test", {**CARD, "person": {"code": "MILO85M"}, "card_id": "DBS261101"})
    assert [one.path for one in refused.value.issues if one.severity.value == "require"] == ["card_id"]
    lead.amend("bbv_test", first.id, {"spots_filled": 5}, "counted")
    lead.void("bbv_test", first.id, "wrong person")
    lead.save("bbv_test", {**CARD, "person": {"code": "MILO85M"}, "card_id": "DBS261101"})


def test_check_says_that_nobody_signed_the_rules_off_once_records_rest_on_them(lead: Session) -> None:
    assert "clinical_unsigned" not in {one.code for one in lead.check_vault().findings}
    lead.save("bbv_test", CARD)
    assert "clinical_unsigned" in {one.code for one in lead.check_vault().findings}
    assert lead.check_vault().ok
    assert lead.clinical.unsigned() == ("hepatitis_b", "results", "testing", "timers")


def test_a_worker_without_clinical_records_gets_none_of_it(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Wes Dale", "worker").opened() as worker:
        with pytest.raises(NotPermitted):
            worker.clinical.cards_out()
        with pytest.raises(NotPermitted):
            worker.clinical.hepatitis_b("0192f3a0-0000-7000-8000-000000000001")
        assert worker.clinical.todo() == []
        assert "clinical_unsigned" not in {one.code for one in worker.check_vault().findings}
        for name in ("bbv_test", "bbv_vaccination", "hcv_cascade", "uam_tally"):
            with pytest.raises(NotPermitted):
                worker.records(name)
