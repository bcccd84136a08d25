"""What is seen while a vault is open: rail, header, page, strip, status bar. It knows which page serves which place."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from broker_desktop.records import EVERYDAY
from broker_desktop.session import Session
from broker_desktop.session.events import PackChanged, RecordsChanged, SyncStatusChanged
from broker_desktop.session.views import TodayView
from broker_desktop.ui import accessibility
from broker_desktop.ui.bridge import Bridge
from broker_desktop.ui.i18n import LONDON, ago, short_day, translate
from broker_desktop.ui.pages.commands import CommandBox
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.places import make_page
from broker_desktop.ui.pages.unlock import role_words
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.sync_words import words_of
from broker_desktop.ui.tasks import Tasks
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.frame import Header, Rail, RailItem, StatusBar
from broker_desktop.ui.widgets.notices import MessageStrip

_KEPT: Final = ("today", "sync", "summary", "sign", "people")
_ALL: Final = "records"
"""The rail's place for everything that has none of its own."""

_FEW_PARTS: Final = 2
"""Parts of a page beside which the header has room for the team's state."""


class Workspace(QWidget):
    """Everything that is seen while a vault is open."""

    lock_wanted = Signal()
    hand_over_wanted = Signal()
    look_wanted = Signal(str, int)
    pictures_wanted = Signal(bool)
    pack_changed = Signal()

    def __init__(self, session: Session, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("window")
        self.session = session
        self.tasks = Tasks(self, problem=self.show_problem, lost=self.show_problem)
        self.desk = Desk(session, self.tasks, now, self)
        self.desk.went.connect(self._go)
        self.desk.said.connect(self._say)
        self.desk.header_changed.connect(self._dress_header)
        self.desk.lock_wanted.connect(self._lock)
        self._bridge = Bridge(self, latest_only=(SyncStatusChanged,))
        self._bridge.listen(self._heard)
        self._unsubscribe = session.subscribe(self._bridge.post)
        self._pages: dict[str, Page] = {}
        self._page: Page | None = None
        self.place = Place("")
        self._compact = False
        self._status = session.sync_status()
        self._last_visit = ""
        self._today: TodayView | None = None
        self.rail = self._make_rail()
        self.header = Header()
        self.header.hide_wanted.connect(self._lock)
        self.stack = QStackedWidget()
        self.strip = MessageStrip()
        self.status_bar = StatusBar()
        self.commands = CommandBox(self)
        self.commands.chosen.connect(self._go)
        self._lay_out()
        self._clock = QTimer(self)
        self._clock.setInterval(30_000)
        self._clock.timeout.connect(self._read_status)
        self._clock.start()
        self._read_status()

    @property
    def page(self) -> Page:
        """Return the page in front."""
        if self._page is None:
            raise LookupError("no page yet")
        return self._page

    def go(self, place: Place) -> None:
        """Open a place."""
        self._go(place)

    def close_session(self) -> None:
        """Let workers finish and stop listening; the session itself is closed by whoever opened it."""
        self._clock.stop()
        self._unsubscribe()
        self.tasks.close()

    def stop_writing(self) -> None:
        """Finish the writes that were asked for and begin nothing more; readers and the network are not waited for.

        A file for people is only told to stop: see `stop_files`.
        """
        self.desk.files.stop()
        self._clock.stop()
        self._unsubscribe()
        self.tasks.stop_writing()

    def stop_files(self) -> None:
        """Wait until a file that is being written has stopped; first keep what must not be lost meanwhile."""
        self.tasks.stop_files()

    # Keys

    def refuse(self) -> None:
        """Refuse what is in focus."""
        words = self.page.refuse()
        if words:
            self.desk.say(words, tone="info")

    def refuse_rest(self) -> None:
        """Refuse all that is left."""
        self.page.refuse_rest()

    def escape(self) -> None:
        """Close the innermost thing."""
        if self.commands.isVisible():
            self.commands.dismiss()
        else:
            self.page.escape()

    def keep(self) -> bool:
        """Keep the open form; tell whether there was one. Raises AppError when it cannot be kept."""
        return self._page is not None and self._page.keep()

    def next_pane(self, step: int) -> None:
        """Move the focus to the next part of the window: rail, header, page."""
        panes = (self.rail, self.header, self.page)
        focus = QApplication.focusWidget()
        now = next((at for at, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), 0)
        for at in (now + step, now + 2 * step):
            first = _first_stop(panes[at % len(panes)])
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # Places

    @Slot(object)
    def _go(self, place: object) -> None:
        if not isinstance(place, Place):
            return
        if place.page == "commands":
            self.commands.open(self.session.types())
            return
        if place.page == "look":
            self.look_wanted.emit(place.type, int(place.id))
            return
        if place.page == "pictures":
            self.pictures_wanted.emit(place.id == "yes")
            return
        self.commands.dismiss()
        if self._page is not None:
            self._page.leave()
        key = place.page if place.page in _KEPT else ""
        page = self._pages.get(key) if key else None
        if page is None:
            page = make_page(self.desk, place)
            self.stack.addWidget(page)
            if key:
                self._pages[key] = page
        self._bring(page, place)

    def _bring(self, page: Page, place: Place) -> None:
        before, self._page, self.place = self._page, page, place
        self.strip.clear()
        page.set_compact(self._compact)
        self.stack.setCurrentWidget(page)
        self._dress_frame()
        self._dress_header()
        self._show_status()
        page.arrive(place)
        first = page.first()
        if first is not None and QApplication.focusWidget() in (None, page, page.body):
            focus_soon(first)
        if before is not None and before is not page and before not in self._pages.values():
            self.tasks.drop(before)
            self.stack.removeWidget(before)
            before.deleteLater()

    @Slot()
    def _dress_header(self) -> None:
        page = self.page
        self.header.show_page(page.title(), page.subtitle(), page.header_parts())
        crowded = page.counter_view or len(page.header_parts()) > _FEW_PARTS
        self.header.show_state("" if crowded else self._trial_words())

    def _trial_words(self) -> str:
        """Say that the team only tries the program, until it is live."""
        seat = self.session.seat
        if not seat.joined or seat.live:
            return ""
        if self.session.pack is not None and self.session.pack.demo:
            return translate("Header", "Demo")
        return translate("Header", "On trial")

    def _dress_frame(self) -> None:
        page = self.page
        large = look().percent >= 150
        in_rail = self.rail.has(page.rail_place)
        self.rail.set_narrow(self._compact or large or page.counter_view)
        self.rail.show_place(_ALL if page.rail_place.startswith("list:") and not in_rail else page.rail_place)
        self.header.set_compact(self._compact)

    def _make_rail(self) -> Rail:
        items = [RailItem("today", "house", translate("Rail", "Today"))]
        items.append(RailItem("worklists", "clipboard-list", translate("Rail", "Worklists"), "Ctrl+W"))
        everyday = [one for one in self.session.types() if one.name in EVERYDAY]
        types = sorted(everyday, key=lambda one: (one.name != "nx_visit", one.private))
        for place, one in enumerate(types):
            key = "F2" if one.name == "nx_visit" else ""
            name = "people" if one.name == "person" else f"list:{one.name}"
            words = translate("Rail", "Needle exchange") if key else one.plural
            items.append(RailItem(name, one.icon, words, key, gap=place == 0))
        items.append(RailItem(_ALL, "list", translate("Rail", "All records")))
        items.append(RailItem("summary", "chart-column", translate("Rail", "Month summary"), gap=True))
        items.append(RailItem("sync", "refresh-cw", translate("Rail", "Sync")))
        items.append(RailItem("settings", "settings", translate("Rail", "Settings")))
        seat = self.session.seat
        role = role_words(seat.role, self.session.role_labels)
        detail = f"{role}, {seat.laptop}" if seat.laptop else role
        rail = Rail(items, seat.initials, seat.person, detail)
        rail.chosen.connect(self._rail_chosen)
        rail.lock_wanted.connect(self._lock)
        return rail

    @Slot(str)
    def _rail_chosen(self, place: str) -> None:
        name, _, type_name = place.partition(":")
        self._go(Place(name, type=type_name))

    @Slot()
    def _lock(self) -> None:
        self.lock_wanted.emit()

    # What is said

    @Slot(object)
    def _say(self, message: object) -> None:
        if isinstance(message, tuple):
            text, tone, undo = message
            self.strip.say(text, tone=tone, undo=undo)
            accessibility.announce(self.strip, text)
            if self.page.counter_view and undo is not None:
                self._last_visit = f"{self.desk.now().astimezone(LONDON):%H:%M}"
                self._show_status()

    def show_problem(self, error: Exception) -> None:
        """Say what went wrong in one line."""
        self.desk.say(sentence(error), tone="warn")

    @Slot()
    def undo(self) -> None:
        """Take back what the strip offers."""
        self.strip.undo.click()

    # What happens elsewhere

    def _heard(self, event: object) -> None:
        if isinstance(event, PackChanged):
            self._take_up_pack()
        elif isinstance(event, RecordsChanged):
            self.page.records_changed(event.types)
            self._read_status()
        elif isinstance(event, SyncStatusChanged):
            self._status = event.status
            self.page.status_changed(event.status)
            self._read_status()

    def _take_up_pack(self) -> None:
        """Make rail, menus and pages anew: their words and lists changed. A page that `stays` is left as it is.""" ""
        before, self.rail = self.rail, self._make_rail()
        self._across.replaceWidget(before, self.rail)
        before.hide()
        before.deleteLater()
        for key, page in list(self._pages.items()):
            if not page.stays:
                del self._pages[key]
                if page is not self._page:
                    self.stack.removeWidget(page)
                    page.deleteLater()
        self.pack_changed.emit()
        if self._page is not None and not self._page.stays:
            self._go(self.place)
        elif self._page is not None:
            self._dress_frame()
        self._read_status()

    @Slot()
    def _read_status(self) -> None:
        self.desk.read(self, self.session.today, self._take_status)

    def _take_status(self, view: TodayView) -> None:
        self._today = view
        self._show_status()

    def _show_status(self) -> None:
        words = words_of(self._status)
        parts = [(words.icon, words.short)]
        large = look().percent >= 150
        if self._page is not None and self._page.counter_view:
            if self._last_visit:
                saved = translate("StatusBar", "Last visit saved {clock}").format(clock=self._last_visit)
                parts.append(("check", saved))
        else:
            parts += self._custody_parts()[: 1 if large else 2]
        self.status_bar.show_parts(parts)
        lock = translate("StatusBar", "{n} min") if large else translate("StatusBar", "Locks in {n} min")
        self.status_bar.show_lock(lock.format(n=self.session.lock_minutes))

    def _custody_parts(self) -> list[tuple[str, str]]:
        view = self._today
        if view is None:
            return []
        only = translate("StatusBar", "{n} on this laptop only").format(n=f"{view.custody.laptop:,}")
        if view.last_sync_ms is None:
            return [("laptop", only), ("clock", translate("StatusBar", "No complete sync yet"))]
        now = self.desk.now()
        then = datetime.fromtimestamp(view.last_sync_ms / 1000, tz=UTC)
        local = then.astimezone(LONDON)
        day = short_day(local.date(), now.astimezone(LONDON).date())
        last = translate("StatusBar", "Last complete sync {day}, {clock} ({ago})").format(
            day=day, clock=f"{local:%H:%M}", ago=ago(then, now)
        )
        return [("laptop", only), ("triangle-alert" if (now - then).days >= 2 else "clock", last)]

    # Layout

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.header)
        right.addWidget(self.stack, 1)
        right.addWidget(self.strip)
        self._across = across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addLayout(right, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(across, 1)
        outer.addWidget(self.status_bar)

    def set_compact(self, compact: bool) -> None:
        """Use the measures of small windows, or of large ones."""
        self._compact = compact
        if self._page is not None:
            self._page.set_compact(compact)
            self._dress_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the command box in the middle."""
        super().resizeEvent(event)
        self.commands.place()


def _first_stop(pane: QWidget) -> QWidget | None:
    """Return the first part of a pane that takes the focus by Tab."""
    stops = (one for one in pane.findChildren(QWidget) if one.isVisible() and one.isEnabled())
    return next((one for one in stops if one.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
