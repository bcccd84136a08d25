"""Rules of sheets, naloxone, site reports and free text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.rules import CheckContext, Severity
from broker_desktop.records.tally_rules import doubled_sheets, sites_without_tally
from tests.common.examples import example

SHEET: dict[str, Any] = {
    "month": "2026-05", "site": "static_clinic", "transactions": 64, "status": "final", "check_kind": "second_look",
    "checked_by": "AB",
}  # fmt: skip


def beside(form: CheckContext, **others: Sequence[dict[str, Any]]) -> CheckContext:
    """A vault with these records, by type; answers as a query would."""

    def look(
        type_name: str, where: Sequence[tuple[str, str]] = (), since: str | None = None, until: str | None = None
    ) -> list[dict[str, Any]]:
        kind = record_type(type_name)
        return [
            one
            for one in others.get(type_name, ())
            if all(str(one.get(name)) == value for name, value in where)
            and (since is None or since <= str(kind.day(one)) <= str(until))
        ]

    return replace(form, neighbours=look)


def told(type_name: str, payload: dict[str, Any], context: CheckContext) -> dict[str, Severity]:
    return {issue.path: issue.severity for issue in record_type(type_name).check(payload, context)}


def test_ten_times_last_month_is_asked_about_and_saved(form: CheckContext) -> None:
    april = {**SHEET, "id": "a", "month": "2026-04", "transactions": 60}
    assert told("nx_tally", SHEET, beside(form, nx_tally=[april])) == {}
    # 640 typed for 64: 5 x 60 = 300 < 640
    assert told("nx_tally", {**SHEET, "transactions": 640}, beside(form, nx_tally=[april])) == {
        "transactions": Severity.WARN
    }
    assert told("nx_tally", {**SHEET, "transactions": 300}, beside(form, nx_tally=[april])) == {}
    assert told("nx_tally", {**SHEET, "transactions": 640}, form) == {}, (
        "without a month before there is nothing to say"
    )


def test_more_back_than_out_is_a_soft_warning(form: CheckContext) -> None:
    sheet = {**SHEET, "items": {"SYR_FX_1_29": 10, "NDL_30Y": 500}, "returns": {"method": "stated", "stated": 11}}
    assert told("nx_tally", sheet, form) == {"returns": Severity.WARN}
    assert told("nx_tally", {**sheet, "packs": {"PK_1ML_10": 1}}, form) == {}  # 20 out, 11 back
    by_bins = {**sheet, "returns": {"method": "bins", "bins": [{"bin": "BIN_1", "n": 1, "fill": 100}]}}
    assert told("nx_tally", by_bins, form) == {}, "nobody has measured a bin here"
    measured = {**example("sharps_calibration"), "id": "c", "occurred_at": "2026-05-31"}
    assert told("nx_tally", by_bins, beside(form, sharps_calibration=[measured])) == {"returns": Severity.WARN}


def test_a_final_sheet_beside_live_visits_needs_a_word(form: CheckContext) -> None:
    visit = {"id": "v", "site": "static_clinic", "occurred_at": "2026-05-31T22:30:00+00:00"}  # 23:30 in London
    live = beside(form, nx_visit=[visit])
    assert told("nx_tally", SHEET, live) == {"excludes_live": Severity.REQUIRE}
    assert told("nx_tally", {**SHEET, "excludes_live": "no"}, live) == {"excludes_live": Severity.REQUIRE}
    assert told("nx_tally", {**SHEET, "excludes_live": "yes"}, live) == {}
    assert told("nx_tally", {**SHEET, "status": "draft"}, live) == {}
    june = beside(form, nx_visit=[{**visit, "occurred_at": "2026-05-31T23:30:00+00:00"}])  # 00:30 on 1 June
    assert told("nx_tally", SHEET, june) == {}


def test_a_site_and_month_has_one_final_sheet(form: CheckContext) -> None:
    first = {**SHEET, "id": "first"}
    there = beside(form, nx_tally=[first])
    assert told("nx_tally", SHEET, there) == {"replaces": Severity.REQUIRE}
    uuid = "0192f3a0-0000-7000-8000-000000000009"
    there = beside(form, nx_tally=[{**SHEET, "id": uuid}])
    assert told("nx_tally", {**SHEET, "replaces": {"id": uuid}}, there) == {}
    assert told("nx_tally", SHEET, replace(there, own=uuid)) == {}, "a sheet does not stand in its own way"


def test_final_needs_a_second_look_and_an_import_does_not(form: CheckContext, importing: CheckContext) -> None:
    bare = {name: SHEET[name] for name in ("month", "site", "transactions", "status")}
    assert told("nx_tally", bare, form) == {"check_kind": Severity.REQUIRE, "checked_by": Severity.REQUIRE}
    assert told("nx_tally", {**bare, "status": "draft"}, form) == {}
    assert told("nx_tally", bare, importing) == {}


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "05/2026", "2026-05-01", 202605, "2027-01"])
def test_what_is_no_month_is_refused(form: CheckContext, month: object) -> None:
    assert told("nx_tally", {**SHEET, "month": month}, form) == {"month": Severity.REFUSE}


def test_a_sheet_counts_in_its_month(form: CheckContext) -> None:
    kind = record_type("nx_tally")
    assert kind.day(SHEET) == "2026-05-01"
    assert kind.summary_line(SHEET, form.codes) == "Needle-exchange sheet, May 2026, Static clinic, 64, Final"


def test_sites_without_a_sheet() -> None:
    sheets = [
        {"site": "a", "month": "2026-05", "status": "final"},
        {"site": "b", "month": "2026-05", "status": "draft"},
        {"site": "c", "month": "2026-05", "status": "replaced"},
        {"site": "d", "month": "2026-04", "status": "final"},
    ]
    # a and b have come; of c only a replaced sheet is left; d came for April
    assert sites_without_tally(["e", "d", "c", "b", "a"], sheets, "2026-05") == ["e", "d", "c"]
    assert doubled_sheets([sheets[0], {**sheets[0]}, sheets[1]]) == [("2026-05", "a")]


@pytest.mark.parametrize(
    ("expiry", "severity"),
    [
        ("2026-11-19", Severity.REQUIRE),  # the day before the supply on 20 November
        ("2026-11-20", Severity.WARN),
        ("2027-02-17", Severity.WARN),  # 89 days
        ("2027-02-18", None),  # 90 days
    ],
)
def test_an_expired_kit_is_not_handed_over(form: CheckContext, expiry: str, severity: Severity | None) -> None:
    supply = {**example("naloxone_supply"), "expiry": expiry}
    assert told("naloxone_supply", supply, form).get("expiry") is severity


def test_a_kit_that_was_used_opens_the_report_of_it() -> None:
    (opens,) = record_type("naloxone_supply").opens
    assert opens.type == "naloxone_reversal"
    for reason, expected in (("used_on_self", True), ("used_on_other", True), ("lost", False), (None, False)):
        assert opens.when.holds({"repeat_reason": reason}) is expected


def test_a_report_says_how_sure_it_is(form: CheckContext, importing: CheckContext) -> None:
    rumour = {"kind": "drug_trend", "occurred_at": "2026-11-20", "as_described": "blue ones, very strong"}
    assert told("site_report", rumour, form) == {"confidence": Severity.REQUIRE, "occurred_at": Severity.WARN}
    assert told("site_report", rumour, importing) == {}
    nothing = {**rumour, "direction": "none", "confidence": "anecdotal", "note": "asked everybody"}
    assert told("site_report", nothing, form) == {}


@pytest.mark.parametrize(
    ("note", "warned"),
    [
        ("ring 07700 900123 after six", True),
        ("+44 7700 900 123", True),
        ("lives at PO1 2AB", True),
        ("near SO23 9", False),
        ("24 bins, 1200 needles, 12/05/2026", False),
        ("ask for Dave Smith", True),
        ("Mr Jones sells them", True),
        ("behind Drop-in day service", False),
        ("Near Mobile Exchange", False),
        ("Blue ones. Very strong", False),
    ],
)
def test_free_text_that_names_somebody_is_warned_of(form: CheckContext, note: str, warned: bool) -> None:
    report = {**example("site_report"), "note": note}
    assert told("site_report", report, form) == ({"note": Severity.WARN} if warned else {})
