"""A real window on a real session: vault opened by key, a hub in this process, the process replacement handed in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from broker_desktop.platform.lock_events import LockEvent
from broker_desktop.session import Session
from broker_desktop.ui import theme
from broker_desktop.ui.app import Program
from broker_desktop.ui.pages.page import Page, Place
from broker_desktop.ui.shell import Workspace
from tests.common.vaults import Desk, Service

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="session")
def fusion(qapp: QApplication) -> None:
    """The style that the program sets, once: to set it costs every widget that there is a new look."""
    qapp.setStyle("Fusion")


@pytest.fixture
def look(fusion: None) -> Iterator[None]:
    """The light theme at 100 %, whatever the test before chose."""
    theme.apply("light", 100)
    yield
    theme.apply("light", 100)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found("Asha Reed")


@pytest.fixture
def open_session(lead_desk: Desk) -> Session:
    """An open vault; the window closes it."""
    return lead_desk.open()


@dataclass
class System:
    """What the operating system would tell, told by the test."""

    tell: Callable[[LockEvent], None] = lambda _event: None
    watched: bool = False

    def watch(self, told: Callable[[LockEvent], None]) -> "System":
        self.tell, self.watched = told, True
        return self

    def close(self) -> None:
        self.watched = False


@dataclass
class Seen:
    """A program with its window, and what hands would do to it."""

    program: Program
    qtbot: QtBot
    restarts: list[Sequence[str]] = field(default_factory=list)
    system: System = field(default_factory=System)
    presses: int = 0

    @property
    def workspace(self) -> Workspace:
        return self.program.workspace

    @property
    def page(self) -> Page:
        return self.workspace.page

    def idle(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: self.workspace.tasks.idle, timeout=10_000)
        QApplication.processEvents()

    def go(self, page: str, type_name: str = "", **more: str) -> Page:
        self.workspace.go(Place(page, type=type_name, **more))  # type: ignore[arg-type]
        self.idle()
        return self.page

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        self.presses += 1
        QTest.keyClick(focused(self.program.window), key, modifier)

    def type(self, text: str) -> None:
        for letter in text:
            self.presses += 1
            where = focused(self.program.window)
            if letter.isascii():
                QTest.keyClicks(where, letter)
            else:  # Qt's helper knows no key for it and aborts
                plain = Qt.KeyboardModifier.NoModifier
                QTest.sendKeyEvent(QTest.KeyAction.Click, where, Qt.Key.Key_unknown, letter, plain)


def focused(window: QWidget) -> QWidget:
    return QApplication.focusWidget() or window


@pytest.fixture
def seen(look: None, qtbot: QtBot, lead_desk: Desk, open_session: Session) -> Iterator[Seen]:
    restarts: list[Sequence[str]] = []
    system = System()
    program = Program(lead_desk.environment, restart=restarts.append, watch=system.watch)
    result = Seen(program, qtbot, restarts, system)
    program.window.resize(1280, 720)
    program.show_session(open_session)
    program.window.show()
    qtbot.waitExposed(program.window)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    result.idle()
    yield result
    program.window.close()
    program.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else every window of a run stays and is restyled
    QApplication.processEvents()
