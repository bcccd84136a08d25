"""What every page is given and what every page answers: the desk, a place, the base class.

The desk is all a page knows of the world: a session, lanes for work, ways to go somewhere and to say something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from broker_desktop.session import Session
from broker_desktop.session.views import Draft, Saved
from broker_desktop.ui.file_writing import FileWriting
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.tasks import NETWORK, READ, WRITE, Tasks
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Body

T = TypeVar("T")

LOCKED_FOCUS: Final = "locked"
"""First part of a draft's focus when a lock kept it: `locked:<record id or nothing>:<field>`."""

SHEET_LINES: Final = "sheet_lines"
"""In the draft of a sign-in sheet: the lines as typed, beside the answers that all of them share."""


def locked_focus(record_id: str, field: str) -> str:
    """Write where the cursor was when a lock kept the form."""
    return f"{LOCKED_FOCUS}:{record_id}:{field}"


def read_locked_focus(focus: str) -> tuple[str, str] | None:
    """Read the record id and the field of a form that a lock kept; None for any other draft."""
    mark, _, rest = focus.partition(":")
    record_id, _, field = rest.partition(":")
    return (record_id, field) if mark == LOCKED_FOCUS else None


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the program: a page's name, and for records their type, id, first answers or draft.

    `counter`: it opens in front of whoever is being served.
    """

    page: str
    type: str = ""
    id: str = ""
    payload: dict[str, Any] | None = None
    draft: str = ""
    focus: str = ""
    counter: bool = False


@dataclass(slots=True)
class DraftSlot:
    """The draft of one form. The writer alone sets it, so that each write finds what the one before it did."""

    id: str | None = None
    stored: bool = False
    """The form has been saved, though nobody may have been told yet."""


def draft_place(draft: Draft) -> Place:
    """Say where an unfinished form goes on: a sheet of many on its page, a change at its record, else as a new one."""
    kept = read_locked_focus(draft.focus)
    if SHEET_LINES in draft.payload:
        return Place("sheet", draft=draft.id)
    if kept is not None and kept[0]:
        return Place("edit", type=draft.type, id=kept[0], draft=draft.id)
    return Place("new", type=draft.type, draft=draft.id)


class Desk(QObject):
    """The unlocked session and the window's services, as pages see them."""

    went = Signal(object)
    said = Signal(object)
    header_changed = Signal()
    lock_wanted = Signal()

    def __init__(self, session: Session, tasks: Tasks, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.tasks = tasks
        self.now = now
        self.files = FileWriting(tasks, self.say, self)

    def go(self, place: Place) -> None:
        """Open a page."""
        self.went.emit(place)

    def lock(self) -> None:
        """Lock the program."""
        self.lock_wanted.emit()

    def say(self, text: str, *, tone: str = "ok", undo: Callable[[], None] | None = None) -> None:
        """Show a sentence in the message strip."""
        self.said.emit((text, tone, undo))

    def say_saved(self, text: str, saved: Saved) -> None:
        """Say that something was saved, with Undo."""
        session = self.session

        def undone(_none: object) -> None:
            self.say(translate("Desk", "Undone. Nothing of it counts."))

        def undo() -> None:
            self.write(self, lambda: session.undo(saved), undone)

        self.say(text, undo=undo)

    def read(self, owner: QObject, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the session for something off the window's thread."""
        self.tasks.run(owner, work, done, lane=READ)

    def write(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Let the one writer do something."""
        self.tasks.run(owner, work, done, failed, lane=WRITE)

    def park(self, type_name: str, payload: dict[str, Any], focus: str, slot: DraftSlot) -> None:
        """Keep a form that is left as a draft, once the writes before are done; none of one that they stored."""
        session = self.session

        def work() -> None:
            if not slot.stored:
                slot.id = session.keep_draft(type_name, payload, focus, draft=slot.id)

        self.write(self, work, _nothing)

    def network(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do something that talks to the server."""
        self.tasks.run(owner, work, done, failed, lane=NETWORK)


class Page(QWidget):
    """A page: a body that scrolls, an optional footer that never does, words and parts for the header."""

    counter_view = False
    rail_place = ""
    stays = False
    """It is not made anew when the pack changes: what is typed or chosen on it would be lost."""
    help_name = ""
    """The topic that F1 opens here; without one the record type that stands in `rail_place`, or all keys."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setProperty("noRing", True)
        self.desk = desk
        self.body = Body()
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(self.body, 1)

    @property
    def column(self) -> QVBoxLayout:
        """Return the body's column."""
        return self.body.column

    def set_footer(self, footer: QWidget) -> None:
        """Put a footer under the body."""
        self._outer.addWidget(footer)

    def title(self) -> str:
        """Return the page's title."""
        return ""

    def subtitle(self) -> str:
        """Return the small line under the title: what and when."""
        return ""

    def header_parts(self) -> list[QWidget]:
        """Return buttons and badges for the right end of the header, made once."""
        return []

    def first(self) -> QWidget | None:
        """Return what takes the focus when nothing on the page does: by default the header's first part."""
        return next(iter(self.header_parts()), None)

    def arrive(self, place: Place) -> None:
        """Show what the place says; called every time the page comes to the front."""

    def leave(self) -> None:
        """Put away what is unfinished; called before another page comes to the front."""

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again when records of these types changed."""

    def status_changed(self, status: object) -> None:
        """Show another sync state."""

    def refuse(self) -> str:
        """Refuse the question in focus; returns words for the strip when there is none."""
        return ""

    def refuse_rest(self) -> None:
        """Refuse every open question that is left."""

    def escape(self) -> bool:
        """Close the innermost thing; True when something was closed."""
        return False

    def keep(self) -> bool:
        """Keep the open form as a draft before the vault is locked; tell whether there was one.

        Raises:
            AppError: it cannot be kept.
        """
        return False

    def set_compact(self, compact: bool) -> None:
        """Use the measures of small windows."""
        self.body.set_margin(16 if compact else 24)


class Footer(QFrame):
    """The bar under a page that never scrolls away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("footer")
        self.line = QHBoxLayout(self)
        side = look().space(20)
        self.line.setContentsMargins(side, look().space(10), side, look().space(10))
        self.line.setSpacing(look().space(10))


def _nothing(_result: object) -> None:
    """Take a result nobody waits for."""
