"""Everything that locks, what it leaves behind, and the gate that a lock or a hand-over leads to."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from broker_desktop.errors import UsageError
from broker_desktop.platform.lock_events import LockEvent
from broker_desktop.session.cards import VaultCard
from broker_desktop.ui import theme
from broker_desktop.ui.app import Program
from broker_desktop.ui.clipboard import CLEARED_AFTER_MS, MARKS
from broker_desktop.ui.pages.exchange import ExchangePage
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.unlock import UnlockPage
from broker_desktop.ui.start import Behind, Left, Start
from tests.common.vaults import Desk, Service
from tests.ui.conftest import CTRL, Seen, focused

KEY = Qt.Key
PEOPLE = [
    VaultCard(path="a", initials="AR", label="Asha", role="lead", number=1),
    VaultCard(path="b", initials="SO", label="Sam", role="worker", number=2),
    VaultCard(path="c", initials="KM", label="Kim", role="nurse", number=3),
]


def start_of(seen: Seen) -> Start:
    """Read the one start that the lock asked for."""
    assert len(seen.restarts) == 1
    return Start.read(seen.restarts[0])


def busy(seen: Seen) -> None:
    """Give the writer something to do first, until the window has long begun to wait for it."""
    free = threading.Event()
    seen.workspace.desk.write(seen.workspace.desk, lambda: free.wait(5), lambda _: None)
    threading.Timer(0.3, free.set).start()


def test_what_the_system_tells_locks_once(seen: Seen) -> None:
    event = LockEvent.LID_CLOSED
    assert seen.system.watched
    threading.Thread(target=seen.system.tell, args=(event,)).start()
    seen.qtbot.waitUntil(seen.program.shield.isVisible)
    assert start_of(seen).behind is Behind.SHIELD
    assert not seen.system.watched, "a sleep that was held back goes on once the vault is closed"
    assert seen.program.window.workspace() is None
    seen.system.tell(event)
    QApplication.processEvents()
    assert len(seen.restarts) == 1


def test_a_lock_without_an_open_form_says_no_form_was_kept(seen: Seen) -> None:
    seen.go("today")
    seen.press(KEY.Key_F12)
    assert start_of(seen).left is Left.NOTHING


def test_a_form_that_could_not_be_saved_is_kept_all_the_same(seen: Seen) -> None:
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    page.form.focus_on("note")
    seen.type("by the bridge")
    seen.press(KEY.Key_S, CTRL)
    assert page._blocked, "it lacks what a contact must have"
    seen.press(KEY.Key_F12)
    assert start_of(seen).left is Left.FORM


def test_a_lock_right_after_save_keeps_no_second_copy(seen: Seen, lead_desk: Desk) -> None:
    page = seen.go("new", "person")
    assert isinstance(page, FormPage)
    page.form.set_value({"identity_level": "code", "code": "WREN84M", "age_band": "35_44", "sex": "male"})
    busy(seen)
    page._keep_draft()
    page.save()
    seen.press(KEY.Key_F12)
    assert start_of(seen).left is Left.NOTHING
    with lead_desk.opened() as again:
        assert [one.payload["code"] for one in again.records("person")] == ["WREN84M"]
        assert again.drafts() == []


def test_a_window_that_is_closed_right_after_save_keeps_no_second_copy(seen: Seen, lead_desk: Desk) -> None:
    page = seen.go("new", "person")
    assert isinstance(page, FormPage)
    page.form.set_value({"identity_level": "code", "code": "WREN84M", "age_band": "35_44", "sex": "male"})
    busy(seen)
    page.save()
    seen.program.window.close()
    with lead_desk.opened() as again:
        assert [one.payload["code"] for one in again.records("person")] == ["WREN84M"]
        assert again.drafts() == []


def test_a_form_that_is_left_right_before_the_lock_is_kept(seen: Seen, lead_desk: Desk) -> None:
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    page.form.focus_on("note")
    seen.type("by the bridge")
    busy(seen)
    seen.press(KEY.Key_Escape)
    seen.press(KEY.Key_F12)
    with lead_desk.opened() as again:
        assert [one.payload["note"] for one in again.drafts()] == ["by the bridge"]


@pytest.mark.parametrize("named", [True, False])
def test_a_visit_comes_back_with_its_person_its_packs_and_the_cursor(
    seen: Seen, lead_desk: Desk, *, named: bool
) -> None:
    page = seen.go("new", "nx_visit")
    assert isinstance(page, ExchangePage)
    if named:
        seen.type("zzyx88f")
        seen.press(KEY.Key_N, CTRL)
    else:
        seen.press(KEY.Key_F8)
    page.supplies.tiles[1].setFocus()
    seen.press(KEY.Key_2)
    seen.press(KEY.Key_F12)
    assert start_of(seen).left is Left.FORM
    seen.program.shield.hide()
    seen.program.show_session(lead_desk.open())
    seen.qtbot.waitUntil(lambda: isinstance(seen.page, ExchangePage))
    seen.idle()
    again = seen.page
    assert isinstance(again, ExchangePage)
    assert (again.who.known, again.who.person) == (True, {"code": "zzyx88f"} if named else None)
    assert again.supplies.packs() == {again.supplies.tiles[1].code: 1}
    seen.qtbot.waitUntil(again.supplies.tiles[1].hasFocus)


def test_a_laptop_that_slept_longer_than_the_idle_time_locks_when_it_wakes(seen: Seen, service: Service) -> None:
    service.clock.advance(4 * 60_000)
    seen.program.idle.look()
    assert seen.restarts == []
    seen.press(KEY.Key_Tab)
    service.clock.advance(4 * 60_000)
    seen.program.idle.look()
    assert seen.restarts == [], "a key counts anew"
    service.clock.advance(60_000)
    seen.program.idle.look()
    assert start_of(seen).behind is Behind.SHIELD


def test_handing_over_locks_and_leads_to_the_picker(seen: Seen) -> None:
    handing = [one for one in seen.program.window.menuBar().findChildren(QAction) if "Hand over" in one.text()]
    assert [key.toString() for one in handing for key in one.shortcuts()] == ["F9", "Ctrl+Shift+L"]
    seen.press(KEY.Key_F9)
    assert seen.program.shield.isVisible()
    assert seen.program.window.workspace() is None
    assert start_of(seen).behind is Behind.PICKER


def picker(qtbot: QtBot, start: Start) -> UnlockPage:
    """Show the unlock page of a laptop with three people, with its focus where the program puts it."""
    page = UnlockPage(PEOPLE, start)
    theme.dress(page)
    qtbot.addWidget(page)
    page.resize(1200, 720)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.first().setFocus()
    return page


def test_after_handing_over_one_press_picks_and_the_passphrase_follows(look: None, qtbot: QtBot) -> None:
    page = picker(qtbot, Start(behind=Behind.PICKER, vault=1))
    wanted: list[tuple[object, str]] = []
    page.unlock_wanted.connect(lambda card, words: wanted.append((card, words)))
    QTest.keyClick(focused(page), KEY.Key_3)
    QTest.keyClicks(focused(page), "otter")
    QTest.keyClick(focused(page), KEY.Key_Return)
    assert wanted == [(PEOPLE[2], "otter")]


def test_enter_picks_whoever_comes_next(look: None, qtbot: QtBot) -> None:
    page = picker(qtbot, Start(behind=Behind.PICKER, vault=3))
    assert focused(page) is page._people[0], "after the last comes the first"
    QTest.keyClick(focused(page), KEY.Key_Return)
    assert page._chosen == PEOPLE[0]
    assert focused(page) is page.box


def test_after_a_lock_whoever_worked_here_only_types_the_passphrase(look: None, qtbot: QtBot) -> None:
    page = picker(qtbot, Start(behind=Behind.SHIELD, vault=2, left=Left.FORM))
    assert page._chosen == PEOPLE[1]
    assert focused(page) is page.box
    assert page._notice.text() == "Locked. Your form is kept and comes back where you left it."


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (Left.NOTHING, ""),
        (Left.NO_ROOM, "the last changes to your open form are not kept: this laptop's disk is full."),
        (Left.FAULT, "the last changes to your open form are not kept."),
    ],
)
def test_the_gate_says_truly_what_became_of_the_form(look: None, qtbot: QtBot, left: Left, said: str) -> None:
    page = picker(qtbot, Start(behind=Behind.SHIELD, left=left))
    assert said in page._notice.text()
    assert page._notice.isVisible() is bool(said)


def test_the_panic_key_at_the_gate_takes_a_typed_passphrase_out_of_memory(seen: Seen, lead_desk: Desk) -> None:
    vaults = lead_desk.environment.data_dir / "vaults"
    vaults.mkdir()
    (vaults / "vault-1").symlink_to(lead_desk.folder)
    seen.press(KEY.Key_F12)
    seen.press(KEY.Key_Return)
    gate = seen.program.window.centralWidget()
    assert isinstance(gate, UnlockPage)
    seen.type("otter")
    assert gate.box.text() == "otter"
    seen.press(KEY.Key_F12)
    assert seen.program.shield.isVisible()
    assert len(seen.restarts) == 2


def test_the_panic_key_hides_a_first_start_and_loses_nothing_of_it(
    look: None, qtbot: QtBot, lead_desk: Desk, tmp_path: Path
) -> None:
    restarts: list[object] = []
    program = Program(replace(lead_desk.environment, data_dir=tmp_path / "nobody"), restart=restarts.append)
    qtbot.addWidget(program.window)
    program.open()
    qtbot.waitExposed(program.window)
    QTest.keyClick(program.window, KEY.Key_F12)
    assert program.shield.isVisible()
    before = program.window.centralWidget()
    QTest.keyClick(program.shield, KEY.Key_Return)
    assert not program.shield.isVisible()
    assert program.window.centralWidget() is before
    assert restarts == []
    program.window.close()


def test_the_words_of_a_start_come_back_as_they_were(tmp_path: Path) -> None:
    start = Start(folder=tmp_path, behind=Behind.PICKER, left=Left.NO_ROOM, vault=3, window=b"\x01\xd9\xd0")
    assert Start.read(start.words()) == start
    assert Start.read([]) == Start()
    for words in (["--vaults"], ["--locked", "maybe"], ["--vault", "x"], ["--other", "1"]):
        with pytest.raises(UsageError):
            Start.read(words)


# The clipboard


def test_what_is_copied_is_marked_and_goes_after_ten_seconds(seen: Seen) -> None:
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    page.form.focus_on("note")
    seen.type("JOHN80M")
    seen.press(KEY.Key_A, CTRL)
    seen.press(KEY.Key_C, CTRL)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == "JOHN80M"
    assert clipboard.mimeData().data("x-kde-passwordManagerHint") == b"secret"
    assert set(MARKS) <= set(clipboard.mimeData().formats())
    assert CLEARED_AFTER_MS == 10_000
    assert seen.program.clipboard.timer.interval() == CLEARED_AFTER_MS
    seen.program.clipboard.timer.setInterval(1)
    seen.program.clipboard.timer.start()
    seen.qtbot.waitUntil(lambda: clipboard.text() == "")


def test_the_lock_empties_the_clipboard(seen: Seen) -> None:
    QGuiApplication.clipboard().setText("JOHN80M")
    seen.press(KEY.Key_F12)
    assert QGuiApplication.clipboard().text() == ""


def test_what_another_program_copied_since_stays(seen: Seen) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("JOHN80M")
    with subprocess.Popen([sys.executable, "-c", ANOTHER_PROGRAM], stdin=subprocess.PIPE) as other:
        seen.qtbot.waitUntil(lambda: clipboard.text() == "a shopping list", timeout=30_000)
        seen.press(KEY.Key_F12)
        assert clipboard.text() == "a shopping list"
        other.kill()


ANOTHER_PROGRAM = """
from PySide6.QtGui import QAction, QGuiApplication
application = QGuiApplication([])
application.clipboard().setText("a shopping list")
application.exec()
"""
