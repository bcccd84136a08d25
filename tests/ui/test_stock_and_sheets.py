"""Stock, a recall, and a sitting of sheets, by keys."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop.ui.pages.month_sheets import SheetsPage
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.stock import StockPage
from broker_desktop.ui.widgets.text import Label
from tests.common.trained import train
from tests.common.vaults import Desk, Service
from tests.ui.conftest import CTRL, Seen

KIT: dict[str, Any] = {
    "occurred_at": "2026-11-20T20:00:00+00:00", "site": "mobile_exchange", "product": "PRENOXAD", "qty_kits": 2,
    "batch": "PX-4471", "expiry": "2027-01-31", "supplied_to": "at_risk_person", "supply_type": "first",
    "training": "full", "supplier_route": "route1_treatment", "person": None,
}  # fmt: skip


def words(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(Label) if label.isVisible())


def test_the_stock_page_says_what_must_be_there_and_finds_a_batch(seen: Seen) -> None:
    session = seen.workspace.session
    kits = [{"item": "NALOX_IM", "n": 10, "batch": "PX4471", "expiry": "2027-01-31"}]
    came = {"kind": "received", "occurred_at": "2026-11-01", "place": "mobile_exchange", "lines": kits}
    session.save("stock_movement", came)
    train(session)
    session.save("naloxone_supply", KIT)
    count = {"kind": "closing", "occurred_at": "2026-11-20T21:30:00+00:00", "place": "mobile_exchange"}
    session.save("stock_count", {**count, "counted": {"NALOX_IM": 7}})
    page = seen.go("stock")
    assert isinstance(page, StockPage)
    told = words(page)
    assert "Take-home naloxone, injection kit" in told
    assert "8, batch PX4471, expires 31/01/2027" in told
    assert "Nobody has measured a bin here yet" in told
    page.batch.setFocus()
    seen.type("px 4471")
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert "Mobile exchange: 8 Take-home naloxone, injection kit. Handed over: 1" in words(page)


def test_a_lead_measures_a_bin_by_keys(seen: Seen) -> None:
    page = seen.go("new", "sharps_calibration")
    assert isinstance(page, FormPage)
    to(seen, page.form.questions["method"])
    seen.press(Qt.Key.Key_Space)
    QApplication.processEvents()
    to(seen, page.form.questions["bin"])
    for _ in range(2):
        seen.press(Qt.Key.Key_Right)
    seen.press(Qt.Key.Key_Space)
    to(seen, page.form.questions["counted"])
    seen.type("70")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    (saved,) = seen.workspace.session.records("sharps_calibration")
    assert {name: saved.payload[name] for name in ("method", "bin", "counted")} == {
        "method": "fill_bin", "bin": "BIN_1", "counted": 70,
    }  # fmt: skip


def to(seen: Seen, wanted: QWidget) -> None:
    for _ in range(150):
        focus = QApplication.focusWidget()
        if focus is wanted or (focus is not None and wanted.isAncestorOf(focus)):
            return
        seen.press(Qt.Key.Key_Tab)
    raise AssertionError("Tab does not lead there")


class TestHampshire:
    """The window of a team with 49 pharmacies."""

    @pytest.fixture
    def lead_desk(self, tmp_path: Path) -> Desk:
        return Service(tmp_path, pack="hampshire-homer-2010").found("Asha Reed")

    def test_a_sitting_of_sheets_needs_the_keyboard_alone(self, seen: Seen, tmp_path: Path) -> None:
        session = seen.workspace.session
        page = seen.go("sheets")
        assert isinstance(page, SheetsPage)
        assert page.subtitle() == "November 2026"
        assert "0 of 49 sites final, 0 to look at again, 49 missing" in words(page)
        assert page.buttons["pharmacy_daat_01"].hasFocus()
        seen.press(Qt.Key.Key_Return)
        seen.idle()
        form = seen.page
        assert isinstance(form, FormPage)
        asked = form.form.questions
        assert (asked["month"].value(), asked["site"].value()) == ("2026-11", "pharmacy_daat_01")
        seen.qtbot.waitUntil(lambda: asked["transactions"].isAncestorOf(QApplication.focusWidget()))
        seen.type("64")
        to(seen, asked["status"])
        seen.press(Qt.Key.Key_Space)
        seen.press(Qt.Key.Key_Return, CTRL)
        seen.idle()
        assert (asked["month"].value(), asked["status"].value()) == ("2026-11", "draft"), "these stay"
        assert (asked["site"].value(), asked["transactions"].value()) == (None, None)
        seen.qtbot.waitUntil(lambda: asked["site"].isAncestorOf(QApplication.focusWidget()))
        seen.type("ph17")
        assert asked["site"].value() == "pharmacy_daat_17"
        to(seen, asked["transactions"])
        seen.type("32")
        seen.press(Qt.Key.Key_Return, CTRL)
        seen.idle()
        sheets = {row.payload["site"]: row.payload for row in session.records("nx_tally")}
        assert {site: one["transactions"] for site, one in sheets.items()} == {
            "pharmacy_daat_01": 64, "pharmacy_daat_17": 32,
        }  # fmt: skip
        page = seen.go("sheets")
        assert isinstance(page, SheetsPage)
        assert "0 of 49 sites final, 2 to look at again, 47 missing" in words(page)
        page.write_missing(str(tmp_path / "missing.csv"))
        seen.idle()
        assert len((tmp_path / "missing.csv").read_text().splitlines()) == 48

    def test_another_month_and_a_sheet_that_came_do_not_get_in_the_way(self, seen: Seen) -> None:
        page = seen.go("sheets")
        assert isinstance(page, SheetsPage)
        page._show(("2026-10", []))
        assert len(page.buttons) == 49, "an answer for another month came too late"
        page.month_before()
        seen.idle()
        assert page.subtitle() == "October 2026"
        page.buttons["pharmacy_daat_17"].setFocus()
        page.records_changed(frozenset({"nx_tally"}))
        seen.idle()
        assert page.buttons["pharmacy_daat_17"].hasFocus()
