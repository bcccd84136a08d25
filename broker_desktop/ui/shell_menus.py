"""Menus of the unlocked window and, through them, every shortcut that is not caught earlier (look.md section 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from broker_desktop.records import EVERYDAY
from broker_desktop.session import Session
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.help import LEARNT, NEEDLESTICK
from broker_desktop.ui.pages.page import Page, Place
from broker_desktop.ui.pages.raised import CONCERN
from broker_desktop.ui.theme import TEXT_SIZES, look

_TYPE_KEYS: Final = {
    "nx_visit": ("F2", "Ctrl+1"),
    "contact": ("Ctrl+2",),
    "referral": ("Ctrl+3",),
    "bbv_test": ("Ctrl+4",),
    "naloxone_supply": ("Ctrl+5",),
    "site_report": ("Ctrl+6",),
}
_THEMES: Final = ("light", "dark", "night", "contrast")


class Front(Protocol):
    """The unlocked state as menus use it."""

    session: Session

    def go(self, place: Place) -> None:
        """Open a place."""

    def undo(self) -> None:
        """Take back what the strip offers."""

    def next_pane(self, step: int) -> None:
        """Move the focus to another part of the window."""

    @property
    def page(self) -> Page:
        """Return the page in front."""


@dataclass(frozen=True, slots=True)
class WindowActions:
    """What menus and shortcuts do; all of them act on the page in front."""

    front: Front
    look_wanted: Callable[[str, int], None]
    lock: Callable[[], None]
    hand_over: Callable[[], None]
    quit: Callable[[], None]


class _Runner(QObject):
    """Keeps what an action does alive with its menu."""

    def __init__(self, parent: QObject, act: Callable[[], None]) -> None:
        super().__init__(parent)
        self._act = act

    @Slot()
    def run(self) -> None:
        """Do it."""
        self._act()


def build_menus(bar: QMenuBar, actions: WindowActions) -> None:
    """Fill the menu bar."""
    bar.clear()
    front, session = actions.front, actions.front.session
    file = bar.addMenu(translate("Menu", "&File"))
    _add(file, translate("Menu", "Lock"), ("Ctrl+L",), actions.lock)
    _add(file, translate("Menu", "Hand over to somebody else"), ("F9", "Ctrl+Shift+L"), actions.hand_over)
    _add(file, translate("Menu", "Quit"), ("Ctrl+Q",), actions.quit)
    edit = bar.addMenu(translate("Menu", "&Edit"))
    _add(edit, translate("Menu", "Undo what was saved"), ("Ctrl+Z",), front.undo)
    _add(edit, translate("Menu", "Find a person"), ("F3", "Ctrl+Shift+F"), lambda: front.go(Place("people")))
    _add(edit, translate("Menu", "Filter the list"), ("Ctrl+F",), lambda: _call(front.page, "focus_filter"))
    record = bar.addMenu(translate("Menu", "&Record"))
    more = QMenu(translate("Menu", "New of another kind"), record)
    for one in [kind for kind in session.types() if kind.name != CONCERN]:
        words = translate("Menu", "New {type}").format(type=one.title.lower())
        menu = record if one.name in EVERYDAY else more
        _add(menu, words, _TYPE_KEYS.get(one.name, ()), _opener(front, Place("new", type=one.name)))
    record.addMenu(more)
    concern = _opener(front, Place("new", type=CONCERN))
    _add(record, translate("Menu", "Raise with the lead"), ("F7", "Ctrl+Shift+R"), concern)
    record.addSeparator()
    _record_menu(record, front)
    _view_menu(bar.addMenu(translate("Menu", "&View")), front, actions)
    sync = bar.addMenu(translate("Menu", "&Sync"))
    _add(sync, translate("Menu", "Sync now"), ("F5", "Ctrl+R"), lambda: _sync_now(front, session))
    _add(sync, translate("Menu", "Show sync"), (), lambda: front.go(Place("sync")))
    _add(sync, translate("Menu", "Conflicts"), (), lambda: front.go(Place("conflicts")))
    _reports_menu(bar.addMenu(translate("Menu", "Re&ports")), front)
    _tools_menu(bar.addMenu(translate("Menu", "&Tools")), front)
    _help_menu(bar.addMenu(translate("Menu", "&Help")), front)


def _record_menu(record: QMenu, front: Front) -> None:
    _add(record, translate("Menu", "Sign-in sheet"), ("Ctrl+Shift+2",), _opener(front, Place("sheet")))
    _add(record, translate("Menu", "New of this kind"), ("Ctrl+N",), lambda: _call(front.page, "new"))
    _add(record, translate("Menu", "Change"), ("Ctrl+E",), lambda: _call(front.page, "change"))
    _add(record, translate("Menu", "Open the report"), ("Ctrl+O",), lambda: _call(front.page, "open_report"))
    _add(record, translate("Menu", "Save"), ("Ctrl+S",), lambda: _call(front.page, "save"))
    _add(
        record,
        translate("Menu", "Save and next"),
        ("Ctrl+Return", "Ctrl+Enter"),
        lambda: _call(front.page, "save_and_next"),
    )
    _add(record, translate("Menu", "Next section"), ("Ctrl+PgDown",), lambda: _call(front.page, "next_section", 1))
    _add(record, translate("Menu", "Section before"), ("Ctrl+PgUp",), lambda: _call(front.page, "next_section", -1))


def _tools_menu(menu: QMenu, front: Front) -> None:
    _add(menu, translate("Menu", "Commands"), ("Ctrl+K",), lambda: front.go(Place("commands")))
    _add(menu, translate("Menu", "The team’s laptops"), (), lambda: front.go(Place("team")))
    _add(menu, translate("Menu", "Who waits to join"), (), lambda: front.go(Place("joins")))
    _add(menu, translate("Menu", "Other teams"), (), lambda: front.go(Place("partners")))
    _add(menu, translate("Menu", "Area pack"), (), lambda: front.go(Place("packs")))
    _add(menu, translate("Menu", "Drafts"), (), lambda: front.go(Place("drafts")))
    _add(menu, translate("Menu", "Settings"), ("Ctrl+,",), lambda: front.go(Place("settings")))


def _help_menu(menu: QMenu, front: Front) -> None:
    _add(menu, translate("Menu", "Help for this"), ("F1",), lambda: front.go(_help_place(front)))
    needlestick = Place("help", type=NEEDLESTICK)
    _add(menu, translate("Menu", "Needlestick: what to do"), ("F11", "Ctrl+Shift+N"), lambda: front.go(needlestick))
    _add(menu, translate("Menu", "All keys"), ("Ctrl+/",), lambda: front.go(Place("keys")))
    _add(menu, translate("Menu", "What others could learn"), (), lambda: front.go(Place("help", type=LEARNT)))


def _reports_menu(reports: QMenu, front: Front) -> None:
    _add(reports, translate("Menu", "Month summary"), (), lambda: front.go(Place("summary")))
    _add(reports, translate("Menu", "Saved returns"), (), lambda: front.go(Place("returns")))
    _add(reports, translate("Menu", "Sheets of the month"), (), lambda: front.go(Place("sheets")))
    _add(reports, translate("Menu", "Stock"), (), lambda: front.go(Place("stock")))
    _add(reports, translate("Menu", "Month before"), ("Alt+Left",), lambda: _call(front.page, "month_before"))
    _add(reports, translate("Menu", "Month after"), ("Alt+Right",), lambda: _call(front.page, "month_after"))
    _add(reports, translate("Menu", "As a table"), ("Ctrl+T",), lambda: _call(front.page, "toggle_table"))
    _add(reports, translate("Menu", "Export"), ("Ctrl+Shift+E",), lambda: _call(front.page, "export"))


def _view_menu(menu: QMenu, front: Front, actions: WindowActions) -> None:
    names = {
        "light": translate("Look", "Light"),
        "dark": translate("Look", "Dark"),
        "night": translate("Look", "Night"),
        "contrast": translate("Look", "High contrast"),
    }
    _add(menu, translate("Menu", "Worklists"), ("Ctrl+W",), lambda: front.go(Place("worklists")))
    _add(menu, translate("Menu", "Today"), ("Alt+Home",), lambda: front.go(Place("today")))
    _add(menu, translate("Menu", "All records"), (), lambda: front.go(Place("records")))
    _add(menu, translate("Menu", "Next pane"), ("F6", "Ctrl+Tab"), lambda: front.next_pane(1))
    _add(menu, translate("Menu", "Pane before"), ("Shift+F6", "Ctrl+Shift+Tab"), lambda: front.next_pane(-1))
    menu.addSeparator()
    for name in _THEMES:
        _add(menu, names[name], (), _themer(actions, name))
    menu.addSeparator()
    _add(
        menu, translate("Menu", "Larger text"), ("Ctrl++", "Ctrl+="), lambda: actions.look_wanted(look().name, _size(1))
    )
    _add(menu, translate("Menu", "Smaller text"), ("Ctrl+-",), lambda: actions.look_wanted(look().name, _size(-1)))
    _add(menu, translate("Menu", "Usual text"), ("Ctrl+0",), lambda: actions.look_wanted(look().name, 100))


def _add(menu: QMenu, words: str, keys: tuple[str, ...], act: Callable[[], None]) -> QAction:
    action = QAction(words, menu)
    action.setShortcuts([QKeySequence(key) for key in keys])
    action.triggered.connect(_Runner(action, act).run)
    menu.addAction(action)
    return action


def _opener(front: Front, place: Place) -> Callable[[], None]:
    return lambda: front.go(place)


def _themer(actions: WindowActions, name: str) -> Callable[[], None]:
    return lambda: actions.look_wanted(name, look().percent)


def _call(page: Page, name: str, *values: int) -> None:
    """Call what the page in front offers under that name, if it does."""
    act = getattr(page, name, None)
    if act is not None:
        act(*values)


def _size(step: int) -> int:
    place = TEXT_SIZES.index(look().percent) if look().percent in TEXT_SIZES else 0
    return TEXT_SIZES[max(0, min(place + step, len(TEXT_SIZES) - 1))]


def _help_place(front: Front) -> Place:
    _, _, type_name = front.page.rail_place.partition(":")
    return Place("help", type=front.page.help_name or type_name)


def _sync_now(front: Front, session: Session) -> None:
    session.sync_now()
    front.go(Place("sync"))
