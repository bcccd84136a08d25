"""Today: what runs, what to record, what waits, where the records are. It never shows a code or a name."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from broker_desktop.session.views import RecordRow, TodayView, TodoItem
from broker_desktop.session.worklist_views import WorklistCount
from broker_desktop.ui.i18n import LONDON, ago, long_day, short_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.raised import CONCERN, RaiseButton
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import CUSTODY_ICONS, Badge, custody_words
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label, Paragraph

_KEYS: Final = {"nx_visit": "F2", "contact": "Ctrl+2", "referral": "Ctrl+3", "bbv_test": "Ctrl+4"}
_OPENS: Final = {
    "worklists": "worklists",
    "conflicts": "conflicts",
    "joins": "joins",
    "set_aside": "sync",
    "drafts": "drafts",
    "overdue": "partners",
    "rejoin": "secrets",
    "kit_used": "sync",
}
_LISTS: Final = {
    "concerns": CONCERN,
    "to_meet": "broker_contact",
    "cards": "bbv_test",
    "lone_working": "lone_working",
}
_ICONS: Final = {
    "concerns": "shield",
    "to_meet": "heart-handshake",
    "lone_working": "clock",
    "worklists": "clipboard-list",
    "conflicts": "split",
    "joins": "user-plus",
    "drafts": "pencil-line",
    "overdue": "hourglass",
    "set_aside": "inbox",
    "kit_file": "file-text",
    "rejoin": "key-round",
    "kit_used": "triangle-alert",
    "cards": "mailbox",
}
_WORKLISTS: Final = "worklists"
TILES: Final = 6


class TodayPage(Page):
    """The first page after unlocking."""

    rail_place = "today"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._find = Button(translate("Today", "Find a person"), icon="search", key="F3")
        self._find.clicked.connect(self._find_person)
        self._raise = RaiseButton(desk)
        self._commands = Button(translate("Today", "Commands"), icon="command", key="Ctrl+K")
        self._commands.clicked.connect(self._open_commands)
        self._now = Card(padding=18)
        self._tiles = QGridLayout()
        self._first_tile: QWidget = self._find
        self._all_tiles: list[Button] = []
        self._few_words = False
        self._view: TodayView | None = None
        self._lists_total = (0, 0)
        self._lower = QGridLayout()
        self._todo = Card(padding=0, gap=0)
        self._where = Card(gap=10)
        self._fresh = Card(gap=10)
        self._build_tiles()
        side = column(self._where, self._fresh, gap=12)
        side.addStretch(1)
        self._side = QWidget()
        self._side.setLayout(side)
        self._lower.addWidget(self._todo, 0, 0)
        self._lower.addWidget(self._side, 0, 1)
        self._lower.setColumnStretch(0, 2)
        self._lower.setColumnStretch(1, 1)
        self._lower.setSpacing(look().space(12))
        self.column.addWidget(self._now)
        self.column.addLayout(self._tiles)
        self.column.addLayout(self._lower)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Today", "Today")

    def subtitle(self) -> str:
        """Return the day."""
        return long_day(self.desk.now().astimezone(LONDON).date())

    def header_parts(self) -> list[QWidget]:
        """Return the way to a lead, Find a person and, where there is room, Commands."""
        self._raise.shorten(look().percent >= 150)
        parts: list[QWidget] = [self._find, self._raise]
        return parts if look().percent >= 125 else [*parts, self._commands]

    def arrive(self, place: Place) -> None:
        """Read the day."""
        self._read()
        focus_soon(self._first_tile)

    def records_changed(self, types: frozenset[str]) -> None:
        """Read the day again."""
        self._read()

    def status_changed(self, status: object) -> None:
        """Read the day again: custody may have moved."""
        self.desk.read(self, self.desk.session.today, self._show)

    def set_compact(self, compact: bool) -> None:
        """Use fewer columns with large text, fewer words in small windows."""
        super().set_compact(compact)
        large = look().percent >= 150
        self._few_words = large or compact
        columns = 3 if not large else 2 if look().percent < 200 else 1
        for place, tile in enumerate(self._all_tiles):
            self._tiles.addWidget(tile, place // columns, place % columns)
        for number in range(3):
            self._tiles.setColumnStretch(number, 1 if number < columns else 0)
        self._lower.addWidget(self._side, 1 if large else 0, 0 if large else 1)
        self._lower.setColumnStretch(1, 0 if large else 1)
        if self._view is not None:
            self._show_now(self._view)

    def _read(self) -> None:
        self.desk.read(self, self.desk.session.today, self._show)
        self.desk.read(self, self.desk.session.worklists, self._show_lists)

    def _show_lists(self, counts: Sequence[WorklistCount]) -> None:
        """Show what waits on the worklists: totals only, for this page may be open at the counter."""
        waiting = [one for one in counts if one.count]
        self._lists_total = (sum(one.count for one in waiting), sum(one.red for one in waiting))
        if self._view is not None:
            self._show_todo(self._view.todo)

    def _worklist_items(self) -> tuple[TodoItem, ...]:
        number, red = self._lists_total
        if not number:
            return ()
        words = (
            translate("Today", "On the worklists: {n} wait, {red} of them urgent")
            if red
            else translate("Today", "On the worklists: {n} wait")
        )
        return (TodoItem(kind=_WORKLISTS, text=words.format(n=f"{number:,}", red=f"{red:,}"), count=number),)

    def _build_tiles(self) -> None:
        self._tiles.setSpacing(look().space(12))
        types = [one for one in self.desk.session.types() if one.event_field is not None]
        types.sort(key=lambda one: list(_KEYS).index(one.name) if one.name in _KEYS else len(_KEYS))
        for place, record_type in enumerate(types[:TILES]):
            first = place == 0
            key = _KEYS.get(record_type.name, "")
            tile = Button(
                translate("Today", "Needle exchange") if key == "F2" else record_type.title,
                kind="tile_primary" if first else "tile",
                icon=record_type.icon,
                sub=_first_clause(record_type.help),
                key=key,
            )
            tile.setProperty("type", record_type.name)
            self._first_tile = tile if first else self._first_tile
            self._all_tiles.append(tile)
            tile.clicked.connect(self._tile_pressed)

    def _show(self, view: TodayView) -> None:
        self._view = view
        self._show_now(view)
        self._show_todo(view.todo)
        self._show_where(view)
        self._show_fresh(view)

    def _show_now(self, view: TodayView) -> None:
        self._now.empty()
        running = view.running
        badge = (
            Badge(translate("Today", "No session"), icon="circle-dashed")
            if running is None
            else Badge(translate("Today", "Running"), icon="play", tone="ok")
        )
        words = translate("Today", "Nothing runs at the moment") if running is None else _session_words(running)
        under = (
            translate("Today", "You can record without one.")
            if running is None
            else translate("Today", "New records take this place.")
        )
        left = column(row(badge, Elided(words, role="section"), gap=10), Elided(under, tone="muted"), gap=6)
        line = row(gap=20)
        line.addLayout(left, 1)
        for count in [one for one in view.counts if one.type != "session"][: 0 if self._few_words else 3]:
            line.addLayout(_figure(count.count, count.label))
        start = Button(
            translate("Today", "Start a session") if running is None else translate("Today", "Open session"),
            icon="map-pin" if running is None else "door-open",
        )
        start.setProperty("session", "" if running is None else running.id)
        start.clicked.connect(self._session)
        line.addWidget(start)
        self._now.body.addLayout(line)

    def _show_todo(self, items: tuple[TodoItem, ...]) -> None:
        self._todo.empty()
        items = (*self._worklist_items(), *items)
        total = sum(item.count for item in items if item.kind != _WORKLISTS)  # they hold much of the rest again
        counted = translate("Today", "{n} for you").format(n=total) if total or not items else ""
        head = row(Label(translate("Today", "To do"), role="section"), _muted(counted), "stretch", gap=12)
        head.setContentsMargins(16, 16, 16, 14)
        self._todo.body.addLayout(head)
        if not items:
            nothing = row(IconLabel("circle-check", token="ok"), Label(translate("Today", "Nothing waits for you.")))
            nothing.addStretch(1)
            nothing.setContentsMargins(16, 14, 16, 18)
            self._todo.add(Rule())
            self._todo.body.addLayout(nothing)
        for item in items:
            self._todo.add(Rule())
            line = row(gap=12)
            line.setContentsMargins(16, 10, 12, 10)
            line.addWidget(IconLabel(_ICONS.get(item.kind, "clipboard-list"), size=20))
            line.addWidget(Paragraph(item.text, role="strong"), 1)
            if item.kind in _OPENS or item.kind in _LISTS:
                button = Button(translate("Today", "Open"))
                button.setAccessibleName(f"{button.text()}: {item.text}")
                button.setProperty("page", _OPENS.get(item.kind, "list"))
                button.setProperty("type", _LISTS.get(item.kind, ""))
                button.clicked.connect(self._todo_pressed)
                line.addWidget(button)
            self._todo.body.addLayout(line)
        self._todo.body.addStretch(1)

    def _show_where(self, view: TodayView) -> None:
        self._where.empty()
        self._where.add(Label(translate("Today", "Where the records are"), role="section"))
        counts = (("laptop", view.custody.laptop), ("hub", view.custody.hub), ("seen", view.custody.seen))
        for custody, count in counts:
            icon, token = CUSTODY_ICONS[custody]
            line = row(IconLabel(icon, token=token), gap=10)
            line.addWidget(Elided(custody_words(custody)), 1)
            line.addWidget(Label(f"{count:,}", role="lead"))
            self._where.body.addLayout(line)
        if view.custody.laptop:
            goes = translate("Today", "What is on this laptop only goes by itself when there is signal.")
            self._where.add(Rule(), Paragraph(goes, role="small", tone="muted"))

    def _show_fresh(self, view: TodayView) -> None:
        self._fresh.empty()
        self._fresh.add(Label(translate("Today", "How fresh is this laptop"), role="section"))
        if view.last_sync_ms is None:
            first, second = translate("Today", "Never complete yet"), translate("Today", "Press F5 to sync now")
        else:
            then = datetime.fromtimestamp(view.last_sync_ms / 1000, tz=UTC)
            today = self.desk.now().astimezone(LONDON).date()
            local = then.astimezone(LONDON)
            first = translate("Today", "Last complete sync {when}").format(when=ago(then, self.desk.now()))
            second = f"{short_day(local.date(), today)}, {local:%H:%M}"
        old = view.last_sync_ms is None or self._age(view.last_sync_ms) > timedelta(days=2)
        icon = IconLabel("triangle-alert" if old else "clock", token="warn" if old else "text")
        line = row(icon, gap=10)
        line.addLayout(column(Elided(first, role="strong"), Elided(second, role="small", tone="muted"), gap=0), 1)
        self._fresh.body.addLayout(line)

    def _age(self, ms: int) -> timedelta:
        return self.desk.now() - datetime.fromtimestamp(ms / 1000, tz=UTC)

    @Slot()
    def _tile_pressed(self) -> None:
        sender = self.sender()
        self.desk.go(Place("new", type=str(sender.property("type"))))

    @Slot()
    def _todo_pressed(self) -> None:
        sender = self.sender()
        self.desk.go(Place(str(sender.property("page")), type=str(sender.property("type"))))

    @Slot()
    def _session(self) -> None:
        sender = self.sender()
        record = str(sender.property("session") or "")
        self.desk.go(Place("edit", type="session", id=record) if record else Place("new", type="session"))

    @Slot()
    def _find_person(self) -> None:
        self.desk.go(Place("people"))

    @Slot()
    def _open_commands(self) -> None:
        self.desk.go(Place("commands"))


def _figure(count: int, label: str) -> QVBoxLayout:
    figure, words = Label(f"{count:,}", role="number"), Label(label, role="small", tone="muted")
    both = column(figure, words, gap=0)
    both.setAlignment(figure, Qt.AlignmentFlag.AlignHCenter)
    both.setAlignment(words, Qt.AlignmentFlag.AlignHCenter)
    return both


def _session_words(running: RecordRow) -> str:
    told = dict.fromkeys(running.cells.get(name, "") for name in ("kind", "venue"))
    return ", ".join(words for words in told if words)


def _muted(text: str) -> Label:
    return Label(text, role="small", tone="muted")


def _first_clause(help_text: str) -> str:
    """Return the words of a help sentence up to its first stop, for the second line of a tile."""
    for sign in (";", ":", "."):
        help_text = help_text.partition(sign)[0]
    return help_text
