"""A sign-in sheet or a paper sheet: what all lines share is answered once, then one line for each person.

An unfinished sheet is kept as a draft: a contact with the typed lines beside it, which no record ever holds.
What is saved and what a line means is the session's; this page asks and says how many there were.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import Issue
from broker_desktop.session import Refused
from broker_desktop.session.views import Draft
from broker_desktop.ui.forms.form import Form, Payload
from broker_desktop.ui.i18n import LONDON, translate
from broker_desktop.ui.pages.form_start import form_context
from broker_desktop.ui.pages.page import (
    SHEET_LINES,
    Desk,
    DraftSlot,
    Footer,
    Page,
    Place,
    locked_focus,
    read_locked_focus,
)
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label, Paragraph

_CONTACT: Final = "contact"
_SHARED: Final = ("occurred_at", "kind", "setting", "venue", "team", "session", "activities", "outcome")
_WHOLE_DAY: Final = {"kind": "drop_in", "outcome": ["seen"]}
LINES_HEIGHT: Final = 220


def _shared_part(whole: RecordType) -> RecordType:
    """Give the contact with the questions that all lines of a sheet share, for the form alone."""
    fields = tuple(whole.by_name[name] for name in _SHARED)
    return RecordType(
        name=whole.name,
        version=whole.version,
        title=whole.title,
        plural=whole.plural,
        icon=whole.icon,
        help=whole.help,
        compartment=whole.compartment,
        fields=fields,
        event_field=whole.event_field,
    )


class SheetPage(Page):
    """Twenty-five people of one evening without opening twenty-five forms."""

    rail_place = "list:contact"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._draft = DraftSlot()
        self._saving = False
        self._opened_with: Payload = {}
        self.form = Form(_shared_part(desk.session.worded(_CONTACT)), form_context(desk), self._check)
        self.lines = QPlainTextEdit()
        self.lines.setTabChangesFocus(True)
        self.lines.setMinimumHeight(look().letters(LINES_HEIGHT))
        self.lines.setAccessibleName(translate("Sheet", "Who was there: one code a line"))
        self.lines.textChanged.connect(self._count)
        card = Card(padding=20, gap=10)
        words = translate(
            "Sheet", "One line for each person: the code, or a dash for somebody anonymous. +5 stands for five of them."
        )
        self.problem = Label("", role="smallstrong", tone="danger")
        self.problem.hide()
        card.add(
            Label(translate("Sheet", "Who was there"), role="section"), Paragraph(words, role="small", tone="muted")
        )
        card.add(self.lines, self.problem)
        self.column.addWidget(self.form)
        self.column.addWidget(card)
        self.column.addStretch(1)
        self.footer = Footer()
        self.counted = Label("", role="smallstrong", tone="muted")
        self._save = Button(translate("Sheet", "Save them all"), kind="primary", icon="check", key="Ctrl+S")
        self._save.clicked.connect(self.save)
        self.footer.line.addWidget(self.counted)
        self.footer.line.addStretch(1)
        self.footer.line.addWidget(self._save)
        self.set_footer(self.footer)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Sheet", "Sign-in sheet")

    def subtitle(self) -> str:
        """Say what it makes."""
        return translate("Sheet", "Every line becomes a contact of its own, all of them or none")

    def arrive(self, place: Place) -> None:
        """Begin with today and what a sheet usually says, or take a draft up again."""
        day = self.desk.now().astimezone(LONDON).date().isoformat()
        self.form.set_value({"occurred_at": day, **_WHOLE_DAY, **(place.payload or {})})
        self._opened_with = self.form.value()
        self.lines.clear()
        self._count()
        self.form.focus_on("")
        if place.draft:
            self._draft = DraftSlot(place.draft)
            self.desk.read(self, self.desk.session.drafts, self._take_draft)

    def _take_draft(self, drafts: Sequence[Draft]) -> None:
        found = next((draft for draft in drafts if draft.id == self._draft.id), None)
        if found is None:
            return
        kept = (read_locked_focus(found.focus) or ("", found.focus))[1]
        self.form.set_value({name: value for name, value in found.payload.items() if name != SHEET_LINES})
        self._opened_with = {}
        self.lines.setPlainText(str(found.payload.get(SHEET_LINES) or ""))
        self.lines.moveCursor(QTextCursor.MoveOperation.End)
        if kept == SHEET_LINES:
            focus_soon(self.lines)
        else:
            self.form.focus_on(kept)

    def leave(self) -> None:
        """Park an unfinished sheet, unless the save under way stores it."""
        if self._begun():
            self.desk.park(_CONTACT, self._payload(), self._focus_name(), self._draft)

    def keep(self) -> bool:
        """Keep the sheet before the vault is locked."""
        begun = self._begun()
        if begun:
            focus = locked_focus("", self._focus_name())
            self.desk.session.keep_draft(_CONTACT, self._payload(), focus, draft=self._draft.id)
        return begun

    def escape(self) -> bool:
        """Park the sheet as a draft and go back to the list."""
        begun = self._begun() and not self._saving
        self.desk.go(Place("list", type=_CONTACT))
        if begun:
            self.desk.say(translate("Sheet", "Kept as a draft. It waits on Today."))
        return True

    def _begun(self) -> bool:
        changed = bool(self.lines.toPlainText().strip()) or self.form.value() != self._opened_with
        return changed and not self._draft.stored

    def _payload(self) -> Payload:
        return {**self.form.value(), SHEET_LINES: self.lines.toPlainText()}

    def _focus_name(self) -> str:
        return SHEET_LINES if self.focusWidget() is self.lines else self.form.focus_name()

    @Slot()
    def save(self) -> None:
        """Save every line as a contact."""
        if self._saving or self.form.show_issues(self.form.issues()):
            return
        self._saving = True
        shared, who, session, draft = self.form.value(), self.lines.toPlainText(), self.desk.session, self._draft

        def work() -> int:
            count = session.people.save_sheet(shared, who, draft=draft.id)
            draft.stored = True
            return count

        self.desk.write(self, work, self._saved, self._failed)

    def _saved(self, count: int) -> None:
        self.desk.go(Place("list", type=_CONTACT))
        self.desk.say(translate("Sheet", "{n} contacts saved on this laptop").format(n=count))

    def _failed(self, error: Exception) -> None:
        self._saving = False
        if isinstance(error, Refused) and error.place.line is None:
            self.form.show_issues(error.issues)
            return
        detail = getattr(error, "detail", "")
        if not detail:
            self.desk.tasks.problem(error)
            return
        line = getattr(getattr(error, "place", None), "line", None)
        told = translate("Sheet", "Line {n}: {words}").format(n=line, words=detail) if line else str(detail)
        self.problem.setText(told)
        self.problem.show()
        focus_soon(self.lines)

    def _check(self, payload: Payload) -> Sequence[Issue]:
        return self.desk.session.check(_CONTACT, {**payload, "person": None})

    @Slot()
    def _count(self) -> None:
        self.problem.hide()
        filled = sum(1 for line in self.lines.toPlainText().splitlines() if line.strip())
        self.counted.setText(translate("Sheet", "{n} lines").format(n=filled))
