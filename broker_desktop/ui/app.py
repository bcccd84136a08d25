"""The program with a window: look, gate, unlocking, the lock, and the way back to the gate in a fresh process.

The one place that knows both the window and how vaults are opened. What has to happen around a lock is here: shield,
draft, close, replace the process.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from broker_desktop.errors import AppError
from broker_desktop.platform.process import replace_process
from broker_desktop.session import Environment, Session, list_vaults, open_vault, real_environment
from broker_desktop.session.cards import VaultCard
from broker_desktop.session.views import Draft
from broker_desktop.settings import DeviceSettings
from broker_desktop.ui import theme
from broker_desktop.ui.garbage import collect_on_window_thread
from broker_desktop.ui.i18n import LONDON, long_day, moment_text, translate
from broker_desktop.ui.pages.first_start import FirstStart
from broker_desktop.ui.pages.page import Place, read_locked_focus
from broker_desktop.ui.pages.unlock import UnlockPage
from broker_desktop.ui.shell import LOCK_MINUTES, Window, Workspace
from broker_desktop.ui.shell_menus import WindowActions
from broker_desktop.ui.shortcuts import KeyActions, Keys
from broker_desktop.ui.tasks import WRITE, Tasks
from broker_desktop.ui.widgets.frame import Shield
from broker_desktop.ui.widgets.ring import FocusRing

LOCKED: Final = "--locked"
VAULTS: Final = "--vaults"
MINUTE_MS: Final = 60_000


class Program(QObject):
    """One window over one data folder."""

    def __init__(self, environment: Environment, *, restart: Callable[[Sequence[str]], None] = replace_process) -> None:
        """`restart` replaces the process after a lock; tests hand in their own."""
        super().__init__()
        self.environment = environment
        self._restart = restart
        self._settings = DeviceSettings(environment.data_dir)
        self._session: Session | None = None
        theme.apply(str(self._settings.get("theme")), int(self._settings.get("text_percent")))
        self.window = Window()
        self.window.closing = self._close
        self.shield = Shield(self.window)
        self.shield.left.connect(self._shield_left)
        self.window.resized.connect(self._cover_all)
        self._ring = FocusRing(self.window)
        self._tasks = Tasks(self, problem=self._failed)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(LOCK_MINUTES * MINUTE_MS)
        self._idle.timeout.connect(self.lock)
        self._minute = QTimer(self)
        self._minute.setInterval(1000)
        self._minute.timeout.connect(self._move_clock)
        self._keys = Keys(KeyActions(self._refuse, self._refuse_rest, self.lock, self._escape, self._touched), self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.installEventFilter(self._keys)
            collect_on_window_thread(application)

    @property
    def workspace(self) -> Workspace:
        """Return the unlocked state; LookupError while locked."""
        found = self.window.workspace()
        if found is None:
            raise LookupError("locked")
        return found

    # The gate

    def show_gate(self, *, notice: str = "") -> None:
        """Show who may unlock, or the first start when nobody can."""
        cards = list_vaults(self.environment)
        if not cards:
            self.show_first_start()
            return
        page = UnlockPage(cards, notice=notice)
        page.unlock_wanted.connect(self._unlock)
        page.join_wanted.connect(self.show_first_start)
        page.look_chosen.connect(self.set_look)
        self.window.show_gate(page)
        page.first().setFocus()

    @Slot()
    def show_first_start(self) -> None:
        """Show how to join or start a team."""
        page = FirstStart(self.environment, self._tasks, may_go_back=bool(list_vaults(self.environment)))
        page.look_chosen.connect(self.set_look)
        page.finished.connect(self._first_start_done)
        page.demo_wanted.connect(self._demo)
        self.window.show_gate(page)
        page.first().setFocus()

    @Slot()
    def _first_start_done(self) -> None:
        self.show_gate()

    @Slot()
    def _demo(self) -> None:
        self._restart(["demo"])

    @Slot(object, str)
    def _unlock(self, card: object, passphrase: str) -> None:
        page = self.window.centralWidget()
        if not isinstance(card, VaultCard) or not isinstance(page, UnlockPage):
            return
        page.busy(True)
        environment = self.environment

        def work() -> Session:
            return open_vault(Path(card.path), passphrase, environment)

        self._tasks.run(page, work, self._unlocked, page.fail, lane=WRITE)

    def _unlocked(self, session: Session) -> None:
        session.start_sync()
        self.show_session(session)

    def show_session(self, session: Session) -> None:
        """Show an open vault; a draft that waits is said, and one that the lock kept comes back."""
        self._session = session
        workspace = Workspace(session, self.environment.now, self.window)
        workspace.lock_wanted.connect(self.lock)
        workspace.desk.went.connect(self._maybe_look)
        actions = WindowActions(workspace, self.set_look, self.lock, self.window_close)
        self.window.show_workspace(workspace, actions)
        workspace.go(Place("today"))
        self._touched()
        workspace.desk.read(workspace, session.drafts, self._say_drafts)

    def _say_drafts(self, drafts: list[Draft]) -> None:
        if not drafts:
            return
        newest = drafts[0]
        workspace = self.workspace
        kept = read_locked_focus(newest.focus)
        if kept is not None:
            workspace.go(Place("edit" if kept[0] else "new", type=newest.type, id=kept[0], draft=newest.id))
            return
        today = self.environment.now().astimezone(LONDON).date()
        words = translate("App", "A form from {when} was not finished. It is kept; Today shows it.")
        workspace.desk.say(words.format(when=moment_text(newest.saved_at, today)), tone="info")

    # Look

    @Slot(str, int)
    def set_look(self, name: str, percent: int) -> None:
        """Switch theme and text size, and remember them on this laptop."""
        theme.apply(name, percent)
        self._settings.set("theme", name)
        self._settings.set("text_percent", percent)
        self.window.fit()

    @Slot(object)
    def _maybe_look(self, place: object) -> None:
        if isinstance(place, Place) and place.page == "look":
            self.set_look(place.type, int(place.id))

    # Locking

    @Slot()
    def lock(self) -> None:
        """Shield first, then keep the form, close the vault, and become a fresh process."""
        if self._session is None or self.shield.isVisible():
            return
        now = self.environment.now().astimezone(LONDON)
        self.shield.cover(f"{now:%H:%M}", shield_date(now))
        self._minute.start()
        session, self._session = self._session, None
        with suppress(AppError):  # without room for the draft the vault is locked all the same
            self.workspace.keep()
        self.workspace.close_session()
        self.window.show_gate(Shield(self.window))
        session.lock()
        self._restart([VAULTS, str(self.environment.data_dir), LOCKED])

    @Slot()
    def _shield_left(self) -> None:
        self._minute.stop()
        self.shield.hide()
        self.show_gate(notice=translate("App", "Locked. Your form is kept and comes back where you left it."))

    @Slot()
    def _move_clock(self) -> None:
        now = self.environment.now().astimezone(LONDON)
        self.shield.show_time(f"{now:%H:%M}", shield_date(now))

    @Slot()
    def _cover_all(self) -> None:
        if self.shield.isVisible():
            self.shield.setGeometry(self.window.rect())

    def start_shielded(self) -> None:
        """Start behind the shield: the process that a lock left behind."""
        now = self.environment.now().astimezone(LONDON)
        self.shield.cover(f"{now:%H:%M}", shield_date(now))
        self._minute.start()

    # Keys

    def _touched(self) -> None:
        if self._session is not None:
            self._idle.start()

    def _refuse(self) -> None:
        workspace, central = self.window.workspace(), self.window.centralWidget()
        if workspace is not None:
            workspace.refuse()
        elif isinstance(central, FirstStart):
            central.f8_arrived()

    def _refuse_rest(self) -> None:
        workspace = self.window.workspace()
        if workspace is not None:
            workspace.refuse_rest()

    def _escape(self) -> None:
        workspace, central = self.window.workspace(), self.window.centralWidget()
        if self.shield.isVisible():
            return
        if workspace is not None:
            workspace.escape()
        elif isinstance(central, FirstStart):
            central.back()

    # The end

    def window_close(self) -> None:
        """Close the window."""
        self.window.close()

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(AppError):
                self.workspace.keep()
            self.workspace.close_session()
            session.close()
        self._idle.stop()
        self._minute.stop()
        self._tasks.close()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self._keys)

    def _failed(self, error: Exception) -> None:
        page = self.window.centralWidget()
        if isinstance(page, FirstStart | UnlockPage):
            page.fail(error)
        else:
            raise error


def shield_date(now: datetime) -> str:
    """Write the date as the shield shows it: without the year."""
    return long_day(now.date()).rsplit(" ", 1)[0]


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """Make the Qt application with the one style the look is built on."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["broker-desktop", *arguments])
    application.setStyle("Fusion")
    application.setApplicationName("Broker Desktop")
    application.setDesktopFileName("broker-desktop")
    application.setQuitOnLastWindowClosed(True)
    return application


def run_window(arguments: Sequence[str] = (), environment: Environment | None = None) -> int:
    """Open the window and run until it is closed; returns the exit code."""
    application = make_application()
    folder = Path(arguments[arguments.index(VAULTS) + 1]) if VAULTS in arguments else None
    program = Program(environment or real_environment(folder))
    if LOCKED in arguments:
        program.window.show()
        program.start_shielded()
    else:
        program.show_gate()
        program.window.show()
    return application.exec()
