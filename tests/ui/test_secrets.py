"""A forgotten passphrase, the kit and another passphrase, worked by keyboard in the real window."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from broker_desktop.ui.pages.forgotten import ForgottenPage
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.secrets import SecretsPage
from broker_desktop.ui.pages.unlock import UnlockPage
from broker_desktop.ui.widgets.button import Button
from tests.common.locked import OTHER, PASSPHRASE, lock_with
from tests.common.vaults import Desk, Service
from tests.common.windows import CTRL, Hands
from tests.ui.test_window import clipped
from tests.unit.session.test_kit import founded, lines

VISIT = {
    "occurred_at": "2026-12-01T10:00:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
    "person": {"code": "WREN80M"}, "note": "by the lantern",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("look")


def at_home(desk: Desk) -> Desk:
    """Put a laptop's vault where the unlock page looks for it, under a passphrase."""
    lock_with(desk)
    place = desk.environment.data_dir / "vaults" / "vault-1"
    place.parent.mkdir()
    desk.folder.rename(place)
    return Desk(place, desk.environment, desk.transport, desk.keys)


def over(hands: Hands, box: QLineEdit | QPlainTextEdit, text: str) -> None:
    hands.tab_to(lambda focus: focus is box)
    hands.press(Qt.Key.Key_A, CTRL)
    hands.letters(text)


def push(hands: Hands, button: Button) -> None:
    hands.until(button.isEnabled)
    hands.tab_to(lambda focus: focus is button)
    hands.press(Qt.Key.Key_Return)


def settle(window: QWidget) -> None:
    """Let what was put away go, and the layouts take their new measures."""
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    window.update()


def looked_at(hands: Hands, name: str) -> None:
    """Look for cut words at both sizes; keep a picture where the environment names a folder."""
    folder = os.environ.get("BROKER_PICTURES")
    window = hands.program.window
    for percent in (100, 200):
        hands.program.set_look("light", percent)
        settle(window)
        workspace = window.workspace()
        assert clipped(window if workspace is None else workspace.page) == [], (name, percent)
        if folder:
            window.grab().save(str(Path(folder) / f"{name}-{percent}.png"))
    hands.program.set_look("light", 100)
    QApplication.processEvents()


def gate_of(hands: Hands, kind: type[QWidget]) -> QWidget:
    hands.until(lambda: isinstance(hands.program.window.centralWidget(), kind))
    return hands.program.window.centralWidget()


def forgotten(hands: Hands) -> ForgottenPage:
    unlock = gate_of(hands, UnlockPage)
    assert isinstance(unlock, UnlockPage)
    looked_at(hands, "unlock")
    push(hands, unlock.forgotten)
    page = gate_of(hands, ForgottenPage)
    assert isinstance(page, ForgottenPage)
    return page


def secrets(hands: Hands) -> SecretsPage:
    hands.workspace.go(Place("secrets"))
    hands.idle()
    page = hands.page
    assert isinstance(page, SecretsPage)
    return page


def said(hands: Hands, words: Callable[[], str]) -> str:
    hands.until(lambda: words() and not words().endswith("…"))
    return words()


def asks(hands: Hands, request: str) -> str:
    """Write a request on the locked laptop; return the five words on its screen."""
    hands.open_window()
    page = forgotten(hands)
    looked_at(hands, "forgotten-choice")
    push(hands, page.ask)
    over(hands, page.file.box, request)
    looked_at(hands, "forgotten-request")
    push(hands, page.act)
    hands.until(lambda: hasattr(page, "words"))
    looked_at(hands, "forgotten-words")
    return page.words.text()


def answers(hands: Hands, request: str, answer: str, asked: str, halves: list[str]) -> None:
    """Answer on the lead's laptop."""
    hands.open_window()
    hands.unlock(PASSPHRASE)
    desk = secrets(hands)
    looked_at(hands, "secrets")
    card = desk.answer
    assert card is not None
    over(hands, card.file.box, request)
    push(hands, card.look)
    hands.until(card.write.isVisible)
    assert card.words.text() == asked
    for box, words in zip(card.halves.boxes, halves, strict=True):
        over(hands, box, words)
    over(hands, card.out.box, answer)
    card.write.setFocus()
    looked_at(hands, "secrets-answer")
    push(hands, card.write)
    assert said(hands, card.said.text) == "The answer is written. It opens that laptop and no other one."


def opens_anew(hands: Hands, answer: str) -> None:
    """Set a new passphrase on the locked laptop and unlock with it."""
    hands.open_window()
    page = forgotten(hands)
    push(hands, page.have)
    over(hands, page.file.box, answer)
    over(hands, page.phrase.box, OTHER)
    over(hands, page.phrase.again, OTHER)
    looked_at(hands, "forgotten-new-passphrase")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: not isValid(page.phrase))
    looked_at(hands, "forgotten-done")
    hands.press(Qt.Key.Key_Return)
    gate_of(hands, UnlockPage)
    hands.unlock(OTHER)
    looked_at(hands, "today-after-recovery")


def test_a_forgotten_passphrase_is_mended_on_two_laptops_by_keyboard(tmp_path: Path, qtbot: QtBot) -> None:
    service = Service(tmp_path)
    lead, paper = founded(service)
    with lead.opened() as session:
        worker = service.join(session, "Will Oak", "worker")
    with worker.opened() as session:
        session.save("nx_visit", VISIT)
    lead, worker = at_home(lead), at_home(worker)
    request, answer = str(tmp_path / "request"), str(tmp_path / "answer")
    with Hands(worker.environment, qtbot) as hands:
        asked = asks(hands, request)
    with Hands(lead.environment, qtbot) as hands:
        answers(hands, request, answer, asked, lines(paper))
    with Hands(worker.environment, qtbot) as hands:
        opens_anew(hands, answer)
        session = hands.workspace.session
        assert [row.payload["note"] for row in session.records("nx_visit")] == ["by the lantern"]
        assert session.seat.person == "Will Oak"
        assert [item.kind for item in session.today().todo] == ["rejoin"]
        secrets(hands)
        looked_at(hands, "secrets-rejoin")


def test_the_kit_is_proved_and_the_passphrase_changed_by_keyboard(tmp_path: Path, qtbot: QtBot) -> None:
    desk, paper = founded(Service(tmp_path))
    desk = at_home(desk)
    with Hands(desk.environment, qtbot) as hands:
        hands.open_window()
        hands.unlock(PASSPHRASE)
        page = secrets(hands)
        first, second = lines(paper)
        for box, words in zip(page.kit.halves.boxes, (first, first), strict=True):
            over(hands, box, words)
        push(hands, page.kit.check_button)
        assert said(hands, page.kit.said.text).endswith("KIT-2")
        over(hands, page.kit.halves.boxes[1], second)
        push(hands, page.kit.check_button)
        assert said(hands, page.kit.said.text).startswith("Both halves are right.")
        looked_at(hands, "secrets-kit-checked")
        over(hands, page.passphrase.old, PASSPHRASE)
        over(hands, page.passphrase.new.box, "too short")
        over(hands, page.passphrase.new.again, "too short")
        push(hands, page.passphrase.seen_button)
        assert not page.passphrase.said.isVisible()
        over(hands, page.passphrase.new.box, OTHER)
        over(hands, page.passphrase.new.again, OTHER)
        looked_at(hands, "secrets-new-passphrase")
        push(hands, page.passphrase.seen_button)
        hands.until(lambda: hands.restarts)
    assert (desk.folder / "vault-2.db").exists()
    assert not (desk.folder / "vault-1.db").exists()
