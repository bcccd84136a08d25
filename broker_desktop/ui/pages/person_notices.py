"""What staff have to know before they go on: about the person of a form or page, and about a form that needs a course.

For private pages and forms. The page of the counter never shows any of it (look.md section 5).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.session import Notice
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import clear_layout
from broker_desktop.ui.widgets.notices import Banner

_TONES: Final = {"died": "info", "risk": "danger", "do_not_contact": "warn", "messages": "info"}
_ICONS: Final = {"died": "info", "risk": "triangle-alert", "do_not_contact": "ban", "messages": "phone"}


class PersonNotices(QWidget):
    """Banners about one person; hidden while there is nothing to say."""

    def __init__(self, desk: Desk, *, brief: bool = False) -> None:
        """`brief`: all in one banner with room around it, for a strip that never scrolls away."""
        super().__init__()
        self._desk = desk
        self._brief = brief
        self._about: tuple[str, str] = ("", "")
        self._kinds: list[str] = []
        self.silent = False  # for a page in front of the person: nobody is followed
        self._stack = QVBoxLayout(self)
        across, down = (look().space(24), look().space(8)) if brief else (0, 0)
        self._stack.setContentsMargins(across, down, across, 0)
        self._stack.setSpacing(look().space(8))
        self.hide()

    def follow(self, person: object) -> None:
        """Show what is to know of the person a form names: `{"id"}`, `{"code"}` or nobody."""
        named = person if isinstance(person, Mapping) else {}
        wanted = (str(named.get("id") or ""), str(named.get("code") or ""))
        if wanted == self._about or self.silent:
            return
        self._about = wanted
        if not any(wanted):
            self.show_notices(())
            return
        self._desk.read(self, lambda: (wanted, self._of(*wanted)), self._came)

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Put up the banners of these notices, in place of what stood there."""
        clear_layout(self._stack)
        self._kinds = [one.kind for one in notices]
        if self._brief and len(notices) > 1:
            title = ". ".join(one.title for one in notices)
            text = " ".join(one.text for one in notices if one.kind != "died")
            grave = "risk" if "risk" in self._kinds else self._kinds[0]
            self._stack.addWidget(Banner(_TONES[grave], title, text, icon=_ICONS[grave]))
        else:
            for one in notices:
                self._stack.addWidget(Banner(_TONES[one.kind], one.title, one.text, icon=_ICONS[one.kind]))
        self.setVisible(bool(notices))

    def kinds(self) -> list[str]:
        """Return the kinds of what is said here, in order."""
        return list(self._kinds)

    def _of(self, person: str, code: str) -> Sequence[Notice]:
        session = self._desk.session
        if not person:
            found = session.candidates(code).exact
            person = found.id if found is not None else ""
        return session.people.notices(person) if person else ()

    def _came(self, found: tuple[tuple[str, str], Sequence[Notice]]) -> None:
        person, notices = found
        if person == self._about:
            self.show_notices(notices)


class CourseGate(QWidget):
    """Says that a new form needs a course, and who has it; hidden where the form opens."""

    def __init__(self, desk: Desk, type_name: str, closes: Sequence[QWidget]) -> None:
        """`closes`: the parts of the form that stay shut."""
        super().__init__()
        self._desk, self._type, self._closes = desk, type_name, closes
        self._line = QVBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def ask(self) -> None:
        """Ask whether whoever works here may fill a new form of this type."""
        self._desk.read(self, lambda: self._desk.session.people.not_trained(self._type), self._told)

    def _told(self, sentence: str) -> None:
        clear_layout(self._line)
        if sentence:
            self._line.addWidget(Banner("warn", translate("Gate", "This form needs a course"), sentence))
        for part in self._closes:
            part.setEnabled(not sentence)
        self.setVisible(bool(sentence))


def person_in(payload: Mapping[str, Any], field: str | None) -> object:
    """Give the person that a payload names, None without one."""
    return payload.get(field) if field is not None else None
