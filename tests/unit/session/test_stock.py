"""Stock, recalls and sheets, asked of a real vault without a network."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NotPermitted
from broker_desktop.records.rules import Severity
from broker_desktop.session import Refused, Session
from broker_desktop.session.stock import StockLine
from tests.common.trained import train
from tests.common.vaults import Service, in_step

VAN, STORE = "mobile_exchange", "static_clinic"
DAY = "2026-11-20"
KIT: dict[str, Any] = {
    "occurred_at": f"{DAY}T20:00:00+00:00", "site": VAN, "product": "PRENOXAD", "qty_kits": 2, "batch": "PX-4471",
    "expiry": "2027-01-31", "supplied_to": "at_risk_person", "supply_type": "first", "training": "full",
    "supplier_route": "route1_treatment", "person": {"code": "JOHN80M"},
}  # fmt: skip


def moved(
    session: Session, kind: str, lines: list[dict[str, Any]], at: str = f"{DAY}T10:00:00+00:00", **more: Any
) -> str:
    answers = {"kind": kind, "occurred_at": at, "place": STORE, "lines": lines, **more}
    return session.save("stock_movement", answers).id


def refused(session: Session, type_name: str, payload: dict[str, Any]) -> set[str]:
    """Try to save, and give the questions that stand against it; warnings do not."""
    with pytest.raises(Refused) as told:
        session.save(type_name, payload)
    return {issue.path for issue in told.value.issues if issue.severity is not Severity.WARN}


def shelf(session: Session) -> dict[tuple[str, str], StockLine]:
    return {(one.place, one.item): one for one in session.stock.on_hand()}


def stocked(session: Session) -> None:
    """500 citric and 10 kits come in; 200 and 5 go to the van, which gives out 30 and 2 kits."""
    train(session)
    kits = {"item": "NALOX_IM", "batch": "PX4471", "expiry": "2027-01-31"}
    moved(session, "received", [{"item": "CITRIC", "n": 500}, {**kits, "n": 10}])
    moved(session, "transfer", [{"item": "CITRIC", "n": 200}, {**kits, "n": 5}], to_place=VAN)
    visit = {"occurred_at": f"{DAY}T19:00:00+00:00", "site_type": "mobile", "site": VAN, "person": None}
    session.save("nx_visit", {**visit, "packs": {"PK_1ML_10": 2}, "items": {"CITRIC": 10}})
    session.save("naloxone_supply", KIT)


def test_stock_on_hand_is_what_came_less_what_went(lead: Session) -> None:
    stocked(lead)
    found = shelf(lead)
    assert found[STORE, "CITRIC"].n == 300
    assert found[VAN, "CITRIC"].n == 170  # 200 - 10 loose - 2 packs of 10
    assert found[VAN, "SYR_FX_1_29"].n == -20, "what was never booked in shows as owed, never as nothing"
    kits = found[VAN, "NALOX_IM"]
    assert (kits.n, kits.place_label, kits.expires) == (3, "Mobile exchange", "soon")  # 60 days from 2 December
    assert [(lot.batch, lot.expiry, lot.n) for lot in kits.lots] == [("PX4471", "2027-01-31", 3)]


def test_a_voided_visit_is_back_on_the_shelf(lead: Session) -> None:
    stocked(lead)
    lead.void("nx_visit", lead.records("nx_visit")[0].id, "typed twice")
    assert shelf(lead)[VAN, "CITRIC"].n == 200


def test_a_count_shows_the_difference_and_changes_nothing(lead: Session) -> None:
    stocked(lead)
    count = {"kind": "closing", "occurred_at": f"{DAY}T21:30:00+00:00", "place": VAN, "counted": {"CITRIC": 165}}
    lead.save("stock_count", count)
    moved(lead, "received", [{"item": "CITRIC", "n": 40}], at="2026-11-21T09:00:00+00:00", place=VAN)
    (line,) = lead.stock.latest_counts()
    assert (line.item, line.counted, line.difference) == ("CITRIC", 165, -5)  # 170 were expected that evening
    assert shelf(lead)[VAN, "CITRIC"].n == 210
    moved(
        lead, "write_off", [{"item": "CITRIC", "n": 5}], place=VAN, reason="counted_short", at=f"{DAY}T21:35:00+00:00"
    )
    assert shelf(lead)[VAN, "CITRIC"].n == 205


def test_a_recall_finds_kits_handed_over_and_kits_on_shelves(lead: Session) -> None:
    stocked(lead)
    lead.save("naloxone_supply", {**KIT, "batch": "OTHER 1"})
    recall = lead.stock.recall(" px 4471")
    assert [row.payload["batch"] for row in recall.supplies] == ["PX-4471"]
    assert {(one.place, one.n) for one in recall.on_shelves} == {(STORE, 5), (VAN, 3)}
    assert lead.stock.recall(" - ").supplies == ()
    assert [row.payload["batch"] for row in lead.records("naloxone_supply", text="PX-4471")] == ["PX-4471"]


def test_an_expired_kit_is_refused(lead: Session) -> None:
    assert refused(lead, "naloxone_supply", {**KIT, "expiry": "2026-10-31"}) == {"expiry"}
    assert lead.count("naloxone_supply") == 0


def test_questions_of_the_last_28_days_are_not_asked_again(lead: Session) -> None:
    visit = {"site_type": "mobile", "items": {"CITRIC": 1}, "person": {"code": "JOHN80M"}}
    # the clock is 2 December: 4 November is 28 days back, 3 November is 29
    lead.save("nx_visit", {**visit, "occurred_at": "2026-11-03T18:00:00+00:00", "reused_own": "yes"})
    person = lead.records("nx_visit")[0].payload["person"]["id"]
    assert lead.last_visit_supplies(person).asked_lately == frozenset()
    declined = {"answer": "declined"}
    lead.save("nx_visit", {**visit, "occurred_at": "2026-11-04T18:00:00+00:00", "shared_syringe": declined})
    assert lead.last_visit_supplies(person).asked_lately == {"shared_syringe"}


def test_only_a_lead_measures(tmp_path: Path) -> None:
    service = Service(tmp_path)
    bin_filled = {"occurred_at": DAY, "method": "fill_bin", "bin": "BIN_1", "counted": 70, "fill": 100}
    with service.found().opened() as lead, service.join(lead, "Wes Worker", "worker").opened() as worker:
        with pytest.raises(NotPermitted):
            worker.save("sharps_calibration", bin_filled)
        lead.save("sharps_calibration", bin_filled)
        in_step(lead, worker)
        assert worker.count("sharps_calibration") == 1
        assert worker.check_vault().state_hash["common"] == lead.check_vault().state_hash["common"]


@pytest.fixture(scope="module")
def hampshire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    service = Service(tmp_path_factory.mktemp("hampshire"), pack="hampshire-homer-2010")
    with service.found().opened() as session:
        yield session


SHEET: dict[str, Any] = {
    "month": "2026-05", "site": "pharmacy_daat_17", "transactions": 64, "items": {"SYR_FX_1_29": 600},
    "source": "paper", "status": "draft", "commissioned_by": "daat",
}  # fmt: skip
LOOKED = {"status": "final", "check_kind": "second_look", "checked_by": "AB"}


def test_a_corrected_sheet_stands_and_the_old_one_is_kept(hampshire: Session, tmp_path: Path) -> None:
    assert len(hampshire.sheets.missing("2026-05")) == 49
    first = hampshire.save("nx_tally", SHEET)
    assert len(hampshire.sheets.missing("2026-05")) == 48, "a draft has come"
    hampshire.amend("nx_tally", first.id, LOOKED, "looked at again")
    assert refused(hampshire, "nx_tally", {**SHEET, **LOOKED, "transactions": 46}) == {"replaces"}
    second = hampshire.save("nx_tally", {**SHEET, **LOOKED, "transactions": 46, "replaces": {"id": first.id}})
    old = hampshire.record("nx_tally", first.id)
    assert (old.payload["status"], old.payload["transactions"]) == ("replaced", 64)
    assert {one.reason for one in old.corrections if one.field == "status"} == {
        "looked at again", "a corrected one came",
    }  # fmt: skip
    line = next(one for one in hampshire.sheets.month("2026-05") if one.site == "pharmacy_daat_17")
    assert line.sheet is not None
    assert (line.status, line.sheet.id, line.label) == ("final", second.id, "Pharmacy 17")
    hampshire.undo(second)
    assert hampshire.record("nx_tally", first.id).payload["status"] == "final", "taken back, the earlier one stands"

    listed = tmp_path / "missing.csv"
    assert hampshire.sheets.write_missing("2026-05", listed) == 48
    lines = list(csv.reader(listed.read_text().splitlines()))
    assert lines[0] == ["month", "site", "name"]
    assert lines[1] == ["2026-05", "pharmacy_daat_01", "Pharmacy 1"]
    assert len(lines) == 49


def test_a_live_pharmacy_is_not_counted_twice(hampshire: Session) -> None:
    live = {"occurred_at": "2026-06-30T18:00:00+01:00", "site_type": "pharmacy", "site": "pharmacy_daat_20"}
    hampshire.save("nx_visit", {**live, "items": {"SYR_FX_1_29": 10}, "person": None})
    sheet = {**SHEET, **LOOKED, "month": "2026-06", "site": "pharmacy_daat_20"}
    assert refused(hampshire, "nx_tally", sheet) == {"excludes_live"}
    draft = hampshire.save("nx_tally", {**sheet, "status": "draft"})
    with pytest.raises(Refused):
        hampshire.amend("nx_tally", draft.id, {"status": "final"}, "looked at again")
    hampshire.amend("nx_tally", draft.id, {"status": "final", "excludes_live": "yes"}, "asked the pharmacist")
    assert hampshire.record("nx_tally", draft.id).payload["status"] == "final"
