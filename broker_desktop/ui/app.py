"""The program with a window: look, gate, unlocking, the lock, and the way back to the gate in a fresh process.

The one place that knows both the window and how vaults are opened. What has to happen around a lock is here: shield,
draft, close, replace the process. Whatever only an open vault needs is loaded when somebody unlocks (`inside`).
"""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from broker_desktop import session as sessions
from broker_desktop.errors import AppError, DiskFull, UsageError
from broker_desktop.platform.lock_events import LockEvent, LockEvents, Nothing, watch_lock_events
from broker_desktop.platform.process import Deadline, replace_process
from broker_desktop.session.cards import VaultCard, list_vaults
from broker_desktop.session.environment import Environment, real_environment
from broker_desktop.settings import DeviceSettings
from broker_desktop.ui import theme
from broker_desktop.ui.bridge import Bridge
from broker_desktop.ui.clipboard import ClipboardGuard
from broker_desktop.ui.garbage import collect_on_window_thread
from broker_desktop.ui.i18n import LONDON, long_day
from broker_desktop.ui.idle import IdleWatch
from broker_desktop.ui.pages.unlock import Gate, UnlockPage
from broker_desktop.ui.shortcuts import KeyActions, Keys
from broker_desktop.ui.start import Behind, Left, Start
from broker_desktop.ui.tasks import WRITE, Tasks
from broker_desktop.ui.widgets.frame import Shield
from broker_desktop.ui.widgets.ring import FocusRing
from broker_desktop.ui.window import Window

if TYPE_CHECKING:
    from broker_desktop.session import Session
    from broker_desktop.ui.shell import Workspace

MOST_FOR_A_LOCK_S: Final = 4.0
"""After this the process is replaced whatever still hangs; a login manager holds a sleep back for five seconds."""
_LOAD_AFTER_MS: Final = 150
_GATE_MINUTES: Final = 5


class Program(QObject):
    """One window over one data folder."""

    def __init__(
        self,
        environment: Environment,
        start: Start | None = None,
        *,
        restart: Callable[[Sequence[str]], None] = replace_process,
        watch: Callable[[Callable[[LockEvent], None]], LockEvents] = watch_lock_events,
    ) -> None:
        """`restart` replaces the process after a lock, `watch` listens to the system; tests hand in their own."""
        super().__init__()
        self.environment = environment
        self._start = start or Start(folder=environment.data_dir)
        self._restart, self._watch = restart, watch
        self._events: LockEvents = Nothing()
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
        self._told = Bridge(self)
        self._told.listen(self._system_told)
        self.clipboard = ClipboardGuard(self)
        self.idle = IdleWatch(environment.now, self)
        self.idle.ran_out.connect(self._nobody_there)
        self._minute = QTimer(self)
        self._minute.setInterval(1000)
        self._minute.timeout.connect(self._move_clock)
        self._loading = threading.Thread(target=_load, name="load", daemon=True)
        self._keys = Keys(KeyActions(self._refuse, self._refuse_rest, self.lock, self._escape, self._touched), self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.installEventFilter(self._keys)
            collect_on_window_thread(application)

    @property
    def workspace(self) -> "Workspace":
        """Return the unlocked state; LookupError while locked."""
        found = self.window.workspace()
        if found is None:
            raise LookupError("locked")
        return found

    # The gate

    def open(self) -> None:
        """Show the window as it was started: at the gate, or as the lock of the process before left it."""
        if self._start.window:
            self.window.restoreGeometry(QByteArray(self._start.window))
        if self._start.behind is Behind.SHIELD:
            self.window.show()
            self.start_shielded()
        else:
            self.show_gate()
            self.window.show()
        QTimer.singleShot(_LOAD_AFTER_MS, self._load_ahead)

    def show_gate(self) -> None:
        """Show who may unlock, or the first start when nobody can."""
        cards = list_vaults(self.environment)
        if not cards:
            self.show_first_start()
            return
        page = UnlockPage(cards, self._start)
        page.unlock_wanted.connect(self._unlock)
        page.join_wanted.connect(self.show_first_start)
        page.forgotten_wanted.connect(self.show_forgotten)
        page.look_chosen.connect(self.set_look)
        self.window.show_gate(page)
        page.first().setFocus()

    @Slot()
    def show_first_start(self) -> None:
        """Show how to join or start a team."""
        self._loaded()
        from broker_desktop.ui.pages.first_start import FirstStart  # noqa: PLC0415  brings all that makes a team

        page = FirstStart(self.environment, self._tasks, may_go_back=bool(list_vaults(self.environment)))
        page.look_chosen.connect(self.set_look)
        page.finished.connect(self._first_start_done)
        page.demo_wanted.connect(self._demo)
        self.window.show_gate(page)
        page.first().setFocus()

    @Slot(object)
    def show_forgotten(self, card: object) -> None:
        """Show the way back to a vault whose passphrase is forgotten."""
        if not isinstance(card, VaultCard):
            return
        self._loaded()
        from broker_desktop.ui.pages.forgotten import ForgottenPage  # noqa: PLC0415  brings all that opens a vault

        page = ForgottenPage(card, self.environment, self._tasks)
        page.look_chosen.connect(self.set_look)
        page.finished.connect(self._first_start_done)
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
        page.unlock.repaint()
        self._loaded()
        environment = self.environment
        self._start = replace(self._start, vault=card.number)

        def work() -> "Session":
            return sessions.open_vault(Path(card.path), passphrase, environment)

        self._tasks.run(page, work, self._unlocked, page.fail, lane=WRITE)
        QTimer.singleShot(0, _load_inside)  # while the passphrase is being worked on

    def _unlocked(self, session: "Session") -> None:
        session.start_sync()
        self.show_session(session)

    def show_session(self, session: "Session") -> None:
        """Show an open vault; a draft that waits is said, and one that the lock kept comes back."""
        from broker_desktop.ui import inside  # noqa: PLC0415  brings every page; see there

        self._session = session
        acts = inside.Acts(self.lock, self.hand_over, self.set_look, self.window_close)
        inside.furnish(self.window, session, self.environment.now, acts)
        self._events = self._watch(self._told.post)
        self._touched()

    # Loading ahead

    @Slot()
    def _load_ahead(self) -> None:
        if not self._loading.is_alive() and self._loading.ident is None:
            self._loading.start()

    def _loaded(self) -> None:
        """Wait until what is loaded ahead is there: two threads must not load the same modules."""
        self._load_ahead()
        self._loading.join()

    # Look

    @Slot(str, int)
    def set_look(self, name: str, percent: int) -> None:
        """Switch theme and text size, and remember them on this laptop."""
        theme.apply(name, percent)
        self._settings.set("theme", name)
        self._settings.set("text_percent", percent)
        self.window.fit()

    # Locking

    @Slot()
    def lock(self) -> None:
        """Shield first, then keep the form, close the vault, and become a fresh process. Nothing asks."""
        self._lock(Behind.SHIELD)

    @Slot()
    def hand_over(self) -> None:
        """Lock, and let the fresh process show who can take over."""
        self._lock(Behind.PICKER)

    def _lock(self, behind: Behind) -> None:
        if self.shield.isVisible():
            return
        self.start_shielded()
        session, self._session = self._session, None
        if session is None and not isinstance(self.window.centralWidget(), UnlockPage):
            return  # a first start holds no vault yet, and its words may be on screen for the only time
        self._start = replace(
            self._start, behind=behind, left=Left.FAULT, window=bytes(self.window.saveGeometry().data())
        )
        deadline = Deadline(MOST_FOR_A_LOCK_S, lambda: self._restart(self._start.words()))
        try:
            self.clipboard.clear()
            if session is not None:
                self._put_away(session)
            else:
                self._start = replace(self._start, left=Left.NOTHING)
        finally:
            deadline.call_off()
            self._restart(self._start.words())

    def _put_away(self, session: "Session") -> None:
        """Keep the form and close the vault; what became of the form stands in the words of the next start."""
        workspace = self.workspace
        try:
            workspace.stop_writing()
            self._start = replace(self._start, left=_keep(workspace))
            workspace.stop_files()
        finally:
            self.window.show_gate(Shield(self.window))
            session.lock()
            self.idle.stop()
            self._events.close()

    @Slot()
    def _nobody_there(self) -> None:
        gate = self.window.centralWidget()
        if self._session is not None or (isinstance(gate, UnlockPage) and gate.box.text()):
            self.lock()

    def _system_told(self, event: object) -> None:
        if isinstance(event, LockEvent) and self._session is not None:
            self.lock()

    @Slot()
    def _shield_left(self) -> None:
        self._minute.stop()
        self.shield.hide()
        gate = self.window.centralWidget()
        if isinstance(gate, Gate) and not isinstance(gate, UnlockPage):
            gate.first().setFocus()
        else:
            self.show_gate()

    @Slot()
    def _move_clock(self) -> None:
        now = self.environment.now().astimezone(LONDON)
        self.shield.show_time(f"{now:%H:%M}", shield_date(now))

    @Slot()
    def _cover_all(self) -> None:
        if self.shield.isVisible():
            self.shield.setGeometry(self.window.rect())

    def start_shielded(self) -> None:
        """Put the shield over everything, painted at once."""
        now = self.environment.now().astimezone(LONDON)
        self.shield.cover(f"{now:%H:%M}", shield_date(now))
        self._minute.start()

    # Keys

    def _touched(self) -> None:
        self.idle.touch(_GATE_MINUTES if self._session is None else self._session.lock_minutes)

    def _refuse(self) -> None:
        workspace, central = self.window.workspace(), self.window.centralWidget()
        if workspace is not None:
            workspace.refuse()
        elif isinstance(central, Gate):
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
        elif isinstance(central, Gate):
            central.back()

    # The end

    def window_close(self) -> None:
        """Close the window."""
        self.window.close()

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self.workspace.stop_writing()  # first, or a form is kept beside the record that it is becoming
            _keep(self.workspace)
            self.workspace.close_session()
            session.close()
        self.clipboard.clear()
        self._events.close()
        self.idle.stop()
        self._minute.stop()
        self._tasks.close()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self._keys)

    def _failed(self, error: Exception) -> None:
        page = self.window.centralWidget()
        if isinstance(page, Gate):
            page.fail(error)
        else:
            raise error


def _keep(workspace: "Workspace") -> Left:
    """Keep the open form, and tell what became of it."""
    try:
        return Left.FORM if workspace.keep() else Left.NOTHING
    except DiskFull:
        return Left.NO_ROOM
    except AppError:
        return Left.FAULT


def _load() -> None:
    """Load what opening a vault needs, apart from the window."""
    import_module("broker_desktop.session.opening")


def _load_inside() -> None:
    import_module("broker_desktop.ui.inside")


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
    try:
        start = Start.read(arguments)
    except UsageError as error:
        sys.stderr.write(f"{error.sentence()}\n")
        return error.exit_code
    application = make_application()
    environment = environment or real_environment(start.folder)
    program = Program(environment, replace(start, folder=environment.data_dir))
    program.open()
    return application.exec()
