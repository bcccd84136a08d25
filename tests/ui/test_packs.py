"""Packs in the window, by keyboard: a lead makes one from another, goes live, and the words of the window follow."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop import assets
from broker_desktop.ui.pages.new_pack import NewPackPage
from broker_desktop.ui.pages.packs import PacksPage
from broker_desktop.ui.widgets.text import Label
from tests.common.vaults import Desk, Service
from tests.ui.conftest import Seen
from tests.ui.test_window import clipped, overflow

PORTSMOUTH = "portsmouth-2009-10"


def tab_to(seen: Seen, wanted: QWidget) -> None:
    """Press Tab until a widget has the focus."""
    for _ in range(120):
        if QApplication.focusWidget() is wanted:
            return
        seen.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
    raise AssertionError("Tab never arrives")


def words(where: QWidget) -> str:
    return "\n".join(one.text() for one in where.findChildren(Label) if one.isVisible())


def menu_words(seen: Seen) -> list[str]:
    bar = seen.program.window.menuBar()
    return [action.text() for menu in bar.actions() for action in menu.menu().actions()]  # type: ignore[attr-defined]


def rail_words(seen: Seen) -> list[str]:
    return [one.accessibleName() for one in seen.workspace.rail.findChildren(QWidget) if one.accessibleName()]


def load(seen: Seen, tmp_path: Path, added: str, pack_id: str = PORTSMOUTH) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(assets.pack_text(pack_id) + added, encoding="utf-8")
    page = seen.go("packs")
    assert isinstance(page, PacksPage)
    page.load_from(file)
    seen.idle()


def test_a_lead_makes_a_pack_answers_its_gaps_and_goes_live_with_the_keyboard_alone(seen: Seen) -> None:
    """Portsmouth 2009/10 asks three things: from which day, whom to call, who signed (test_broken_packs.NEEDED)."""
    page = seen.go("packs")
    assert seen.workspace.header.state.text() == "On trial"
    assert isinstance(page, PacksPage)
    for question in ("From which day does this pack hold?", "Which number is called", "Who signed the clinical rules"):
        assert question in words(page)
    tab_to(seen, page.live_button)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert "safeguarding.phone" in seen.workspace.strip.text()
    tab_to(seen, page.new_button)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    wizard = seen.page
    assert isinstance(wizard, NewPackPage)
    assert QApplication.focusWidget() is wizard.source
    for box, typed in (
        (wizard.id_box, "Harbour 2026"),
        (wizard.answers["valid_from"], "01/04/2026"),
        (wizard.answers["safeguarding.phone"], "01632 960 001"),
        (wizard.answers["clinical_sign_off"], "Dr A. Example, clinical lead, 2026-04-01"),
    ):
        tab_to(seen, box)
        seen.type(typed)
    tab_to(seen, wizard.load_button)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert "Line 1, pack: This is not written as it has to be." in words(wizard.findings)
    wizard.id_box.setFocus()
    wizard.id_box.selectAll()
    seen.type("harbour-2026")
    tab_to(seen, wizard.load_button)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    page = seen.page
    assert isinstance(page, PacksPage)
    assert "harbour-2026, version" in words(page)
    assert "The pack says everything that the team needs." in words(page)
    tab_to(seen, page.live_button)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert "The team is live since Today" in words(page)
    seen.go("settings")
    assert seen.workspace.header.state.text() == ""


def test_a_file_with_faults_changes_nothing_and_the_page_says_each_line(seen: Seen, tmp_path: Path) -> None:
    load(seen, tmp_path, "modules: {nx_vist: false}\nretention: {years: none}\n")
    assert "Line 54, modules.nx_vist: There is no record type nx_vist. Did you mean nx_visit?" in words(seen.page)
    assert "Line 55, retention.years: This takes a whole number." in words(seen.page)
    assert "Nothing was changed." in words(seen.page)
    assert seen.workspace.session.packs.state().packs[0].loaded_at == ""


def test_words_and_modules_follow_a_loaded_pack_without_a_restart(seen: Seen, tmp_path: Path) -> None:
    """BIRM15-106: in a pack that says peer mentor every broker screen does; what is off leaves rail and menus."""
    assert "New broker contact" in menu_words(seen)
    load(seen, tmp_path, "peer_role: {label: peer mentor}\nmodules: {nx_visit: false}\n")
    assert "New peer mentor contact" in menu_words(seen)
    assert "New broker contact" not in menu_words(seen)
    assert "New needle exchange visit" not in [one.lower() for one in menu_words(seen)]
    assert any("Peer mentor contacts" in one for one in rail_words(seen))
    assert not any("Needle exchange" in one for one in rail_words(seen))
    page = seen.go("new", "broker_contact")
    assert page.title() == "Peer mentor contact"
    assert seen.go("list", "broker_contact").title() == "Peer mentor contacts"


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640)])
def test_nothing_of_the_pages_is_cut(seen: Seen, tmp_path: Path, size: tuple[int, int]) -> None:
    seen.program.window.resize(*size)
    load(seen, tmp_path, "modules: {nx_vist: false}\n")
    for name in ("", "new_pack", "settings"):
        page = seen.go(name) if name else seen.page
        seen.idle()
        assert clipped(page) == []
        assert overflow(page) <= 0


def test_somebody_else_reads_what_the_pack_leaves_open_and_changes_nothing(service: Service, lead_desk: Desk) -> None:
    with lead_desk.opened() as lead:
        worker = service.join(lead, "Wim Worker", "worker")
    with worker.opened() as session:
        assert session.packs.state().needs[0].path == "valid_from"
        assert session.seat.live is False


def test_a_pack_is_saved_as_a_file_and_nothing_is_in_use_yet(seen: Seen, tmp_path: Path) -> None:
    wizard = seen.go("new_pack")
    assert isinstance(wizard, NewPackPage)
    tab_to(seen, wizard.id_box)
    seen.type("harbour-2026")
    wizard.save_to(tmp_path / "new.yaml")
    seen.idle()
    text = (tmp_path / "new.yaml").read_text(encoding="utf-8")
    assert text.startswith("pack: harbour-2026            # PORT09\n")
    assert text.splitlines()[2] == assets.pack_text(PORTSMOUTH).splitlines()[2], "an open gap stays as it was printed"
    assert seen.workspace.session.packs.state().id == PORTSMOUTH
