"""The clinical rules are files: what they must hold, what they say of who signed them off, and that code obeys them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from broker_desktop import assets
from broker_desktop.records.bbv_steps import GIVE_RESULT_RED_DAYS
from broker_desktop.records.bbv_vaccination import OVERDUE_AFTER_DAYS
from broker_desktop.records.clinical_rules import FILES, ClinicalRules, ClinicalRulesInvalid, Span, in_force
from broker_desktop.records.codelist import CodeLists

TEXTS = {name: assets.clinical_text(name) for name in FILES}


def changed(name: str, old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[name]
    return {**TEXTS, name: TEXTS[name].replace(old, new, 1)}


def test_every_file_that_ships_is_read_and_nobody_has_signed_it_off() -> None:
    shipped = {path.stem for path in Path(assets.asset_path("clinical")).glob("*.yaml")}
    assert shipped == set(FILES)
    rules = in_force()
    assert rules.unsigned == FILES
    assert {one.version for one in rules.sign_offs} == {"2026.1"}
    assert all(one.source for one in rules.sign_offs)


def test_a_name_and_a_day_sign_a_file_off_and_a_name_alone_does_not() -> None:
    named = changed("timers", "signed_off_by: null", "signed_off_by: Dr A. Example")
    assert "timers" in ClinicalRules.parse(named).unsigned
    both = {**named, "timers": named["timers"].replace("signed_off_on: null", "signed_off_on: 2026-12-01")}
    assert ClinicalRules.parse(both).unsigned == ("hepatitis_b", "results", "testing")


def test_the_timers_are_those_of_the_domain() -> None:
    # domain.md 3.1: 30 minutes, 14 days, 7 days, 48 hours; 3.6: 3 attempts, 2 weeks, 2 ways; 3.7: 12 weeks
    assert dict(in_force().timers) == {
        "drying_minutes": 30,
        "chase_laboratory_days": 14,
        "give_result_hours": 48,
        "lead_days": 7,
        "attempts": 3,
        "attempts_over_days": 14,
        "attempts_ways": 2,
        "cure_test_weeks": 12,
    }


def test_what_a_worklist_marks_as_urgent_is_what_the_files_say() -> None:
    assert in_force().timers["give_result_hours"] == GIVE_RESULT_RED_DAYS * 24
    assert in_force().overdue_days == OVERDUE_AFTER_DAYS


def test_schedules_analytes_results_risks_and_sources_are_codes(portsmouth: CodeLists) -> None:
    rules = in_force()
    assert set(rules.schedules) == set(portsmouth.known("hbv_schedule"))
    for name, doses in rules.schedules.items():
        assert len(doses) == int(portsmouth.group("hbv_schedule", name))
    assert {*rules.windows, *rules.results, *rules.rapid} <= set(portsmouth.known("analyte"))
    assert frozenset().union(*rules.results.values()) == set(portsmouth.known("bbv_result"))
    assert set(rules.intervals) == set(portsmouth.known("bbv_risk"))
    assert rules.evidence == portsmouth.in_group("vaccination_source", "1")


def test_a_window_goes_by_the_kind_of_sample() -> None:
    rules = in_force()
    assert rules.window("HIV_AGAB", "venous") == Span(days=45)
    assert rules.window("HIV_AGAB", "dried_blood_spot") == Span(days=90)  # until the laboratory states its own
    assert rules.window("SYPH", "venous") is None


def test_an_interval_goes_by_the_risk_and_the_infection() -> None:
    rules = in_force()
    assert rules.interval("injecting_now", "hepatitis_c") == Span(months=6)
    assert rules.interval("injecting_now", "hiv") == Span(months=12)
    assert rules.interval("no_such_risk", "hiv") is None


def test_a_span_of_months_ends_with_the_month() -> None:
    assert Span(months=1).after(date(2028, 1, 31)) == date(2028, 2, 29)  # 2028 is a leap year
    assert Span(months=12).after(date(2028, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("timers", "drying_minutes: 30", "drying_minutes: half an hour", "timers.yaml: drying_minutes"),
        ("timers", "drying_minutes: 30", "drying_minutes: 0", "timers.yaml: drying_minutes"),
        ("timers", "version:", "edition:", "timers.yaml: version is missing"),
        ("timers", "signed_off_by: null\n", "", "timers.yaml: signed_off_by is missing"),
        ("hepatitis_b", "usual_schedule: HBV_0_7_21_12M", "usual_schedule: HBV", "usual_schedule"),
        ("hepatitis_b", "after_first: {days: 7}, least", "least", "a dose of HBV_0_7_21_12M"),
        ("hepatitis_b", "least_gap_days: 14", "least_gap_days: -1", "a dose of HBV_0_7_21_12M"),
        ("hepatitis_b", "evidence: [by_us, gp_record]", "evidence: by_us", "evidence has to be a list"),
        ("testing", "venous: {days: 45}", "venous: {weeks: 6}", "testing.yaml: windows.HIV_AGAB.venous"),
        ("testing", "\nintervals:", "\ninterval:", "testing.yaml: intervals"),
        ("results", "results:\n", "results: [\n", "results.yaml is not valid YAML"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_where(name: str, old: str, new: str, says: str) -> None:
    with pytest.raises(ClinicalRulesInvalid, match=says):
        ClinicalRules.parse(changed(name, old, new))


def test_a_file_that_is_missing_is_named() -> None:
    with pytest.raises(ClinicalRulesInvalid, match=r"timers\.yaml is missing"):
        ClinicalRules.parse({name: text for name, text in TEXTS.items() if name != "timers"})
