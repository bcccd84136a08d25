"""Hepatitis B doses, care for hepatitis C, and the survey count: their own rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.record_type import CLINICAL
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import CheckContext
from broker_desktop.records.worklist import Waits, WaitsForPerson
from tests.common.examples import example

DOSE = record_type("bbv_vaccination")
CARE = record_type("hcv_cascade")


def said(payload: dict[str, Any], context: CheckContext) -> dict[str, str]:
    return {issue.path: issue.severity.value for issue in DOSE.check(payload, context)}


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {**{name: value for name, value in example("bbv_vaccination").items() if name not in names}, **more}


@pytest.mark.parametrize("sign_off", [None, "no", {"answer": "declined"}])
def test_a_dose_of_ours_is_refused_without_the_sign_off(
    sign_off: Any, form: CheckContext, importing: CheckContext
) -> None:
    payload = without("signed_off", signed_off=sign_off)
    assert said(payload, form) == {"signed_off": "require"}
    assert said(payload, importing) == {}


def test_a_dose_of_ours_names_what_allowed_it(form: CheckContext) -> None:
    assert said(without("pgd_ref"), form) == {"pgd_ref": "require"}


def test_a_dose_from_elsewhere_needs_no_sign_off(form: CheckContext) -> None:
    heard = {name: example("bbv_vaccination")[name] for name in ("person", "given_on", "dose")}
    for source in ("gp_record", "card_seen", "self_reported"):
        assert said({**heard, "source": source}, form) == {}


def test_a_refusal_is_a_record_and_not_a_dose_as_well(form: CheckContext) -> None:
    no = {name: example("bbv_vaccination")[name] for name in ("person", "given_on", "source")}
    assert said({**no, "decline_reason": "not_today"}, form) == {}
    assert said({**no, "decline_reason": "not_today", "dose": 2}, form) == {"dose": "require"}
    assert said({**no, "source": "gp_record"}, form) == {"dose": "require"}


def test_a_vaccine_past_its_day_is_pointed_out(form: CheckContext) -> None:
    assert said(without(expires_on="2026-11-09"), form) == {"expires_on": "warn"}
    assert said(without(expires_on="2026-11-10"), form) == {}


def test_the_next_dose_waits_on_w5() -> None:
    (waits,) = DOSE.waits
    assert isinstance(waits, WaitsForPerson)
    assert (waits.worklist, waits.action) == ("W5", "new:bbv_vaccination")
    first = {"given_on": "2026-11-10", "source": "by_us", "dose": 1, "schedule": "HBV_0_7_21_12M"}
    assert waits.next_day([first]) == date(2026, 11, 17)


def care(*stages: tuple[str, str], **more: Any) -> dict[str, date]:
    told = [{"stage": stage, "on": on, "source": "clinic_letter"} for stage, on in stages]
    payload = {"opened_on": "2026-01-05", "stages": told, **more}
    found = {}
    for one in CARE.waits:
        assert isinstance(one, Waits)
        day = one.day(payload, None)
        if day is not None:
            found[one.key] = day
    return found


def test_the_test_of_cure_is_due_twelve_weeks_after_the_end_of_treatment() -> None:
    # 84 days after 8 December 2025: 23 of December, 31 of January, 28 of February, 2 of March
    done = ("treatment_started", "2025-10-13"), ("treatment_completed", "2025-12-08")
    assert care(*done) == {"cure_test": date(2026, 3, 2)}
    # over a leap day and the night of 26 March 2028: 84 days after 10 January is 3 April
    assert care(("treatment_completed", "2028-01-10")) == {"cure_test": date(2028, 4, 3)}
    assert care(*done, exit="moved") == {}
    assert care(*done, ("svr12_cured", "2026-03-04")) == {"test_again": date(2026, 9, 4)}
    assert care(*done, ("not_cured", "2026-03-04")) == {}
    assert care(*done, ("svr12_cured", "2026-03-04"), ("reinfected", "2026-10-01")) == {}


def test_stages_of_two_laptops_read_in_the_order_of_their_days(portsmouth: CodeLists) -> None:
    stages = [
        {"stage": "attended", "on": "2026-04-14", "source": "odn_list"},
        {"stage": "rna_pos", "on": "2026-03-02", "source": "our_test"},
        {"stage": "informed", "on": "2026-03-02", "source": "client"},
    ]
    back = CARE.from_wire(CARE.to_wire({"opened_on": "2026-03-02", "stages": stages}), portsmouth)
    assert [one["stage"] for one in back["stages"]] == ["rna_pos", "informed", "attended"]


def test_the_stage_stands_in_no_list() -> None:
    assert {field.name for field in CARE.columns} == {"person", "opened_on"}


def test_a_survey_count_has_no_place_for_a_person() -> None:
    survey = record_type("uam_tally")
    assert survey.person_field is None
    assert not any(isinstance(field, PersonRef | RecordRef) for field in survey.fields)
    assert survey.personal == frozenset()
    assert survey.code_fields == ()


@pytest.mark.parametrize("name", ["bbv_test", "bbv_vaccination", "hcv_cascade", "uam_tally"])
def test_all_of_it_is_clinical(name: str) -> None:
    assert record_type(name).compartments == {CLINICAL}
