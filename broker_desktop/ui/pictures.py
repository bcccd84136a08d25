"""Pictures of the main pages, taken from the real window on an open vault: for the demo.

Without a screen Qt draws offscreen; the window is the same. Pictures show invented people only, and their names say
the page, never a record.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler

from broker_desktop.session import Environment, Session
from broker_desktop.ui.app import Program, make_application
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.tasks import Tasks

_SIZE: Final = (1280, 800)
_LOOK_MS: Final = 60
_QUIET_LOOKS: Final = 3
_NO_FRAME: Final = "This plugin does not support propagateSizeHints()"
"""What Qt says of every window that has no window manager around it."""


def take_pictures(session: Session, environment: Environment, folder: Path) -> list[str]:
    """Open the window on an open vault, go through its pages in light and night, and return the names of the files."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with _without_noise():
        return _taken(session, environment, folder)


def _taken(session: Session, environment: Environment, folder: Path) -> list[str]:
    application = make_application()
    program = Program(environment, restart=_stays)
    program.window.resize(*_SIZE)
    program.show_session(session)
    program.window.show()
    names = []
    shown = ""
    for name, place, theme in sorted(_views(session), key=lambda view: view[2]):
        if theme != shown:
            program.set_look(theme, 100)
            shown = theme
        program.workspace.go(place)
        _settle(program.workspace.tasks)
        file = f"{name}.png"
        program.window.grab().save(str(folder / file))
        names.append(file)
    program.set_look("light", 100)
    program.window.close()
    application.processEvents()
    return sorted(names)


@contextmanager
def _without_noise() -> Iterator[None]:
    """Drop the one sentence of Qt that is no news where there is no screen; every other one is still said."""

    def say(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if message != _NO_FRAME:
            sys.stderr.write(message + "\n")

    before = qInstallMessageHandler(say)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _views(session: Session) -> Iterator[tuple[str, Place, str]]:
    yield "01-today", Place("today"), "light"
    yield "02-today-night", Place("today"), "night"
    for number, kind in enumerate(session.types()):
        yield f"{number + 10}-{kind.name}-list", Place("list", type=kind.name), "light"
        yield f"{number + 20}-{kind.name}-form", Place("new", type=kind.name), "light"
    people = session.records("person", limit=1)
    if people:
        yield "30-person", Place("person", id=people[0].id), "light"
    yield "31-month-summary", Place("summary"), "light"
    yield "32-month-summary-night", Place("summary"), "night"
    yield "33-sync", Place("sync"), "light"
    yield "34-decisions", Place("conflicts"), "light"


def _settle(tasks: Tasks) -> None:
    """Let readers answer and the page paint: until nothing was under way at several looks in a row."""
    quiet = 0
    while quiet < _QUIET_LOOKS:
        loop = QEventLoop()
        QTimer.singleShot(_LOOK_MS, loop.quit)
        loop.exec()
        quiet = quiet + 1 if tasks.idle else 0


def _stays(_arguments: Sequence[str]) -> None:
    """Nothing replaces the process while pictures are taken."""
