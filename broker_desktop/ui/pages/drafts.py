"""Unfinished forms: carry on, or put aside. They are kept until somebody chooses."""

from collections.abc import Sequence

from PySide6.QtCore import Slot

from broker_desktop.session.views import Draft
from broker_desktop.ui.i18n import LONDON, moment_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place, draft_place
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph


class DraftsPage(Page):
    """A line for each unfinished form; no codes, no names."""

    rail_place = "today"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._places: dict[str, Place] = {}
        self._card = Card(padding=16, gap=10)
        self.column.addWidget(self._card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Drafts", "Not finished")

    def subtitle(self) -> str:
        """Say that they are kept."""
        return translate("Drafts", "Kept until you choose")

    def arrive(self, place: Place) -> None:
        """Read the drafts."""
        self._read()

    def escape(self) -> bool:
        """Go back to Today."""
        self.desk.go(Place("today"))
        return True

    def _read(self) -> None:
        self.desk.read(self, self.desk.session.drafts, self._show)

    def _show(self, drafts: Sequence[Draft]) -> None:
        self._card.empty()
        if not drafts:
            self._card.add(Paragraph(translate("Drafts", "No form waits to be finished.")))
        today = self.desk.now().astimezone(LONDON).date()
        self._places = {draft.id: draft_place(draft) for draft in drafts}
        for place, draft in enumerate(drafts):
            if place:
                self._card.add(Rule())
            declared = self.desk.session.worded(draft.type)
            sheet = self._places[draft.id].page == "sheet"
            title = translate("Sheet", "Sign-in sheet") if sheet else declared.title
            words = translate("Drafts", "Kept {when}").format(when=moment_text(draft.saved_at, today))
            line = row(IconLabel(declared.icon, size=20), gap=12)
            line.addLayout(column(Label(title, role="strong"), Label(words, role="small", tone="muted"), gap=0), 1)
            carry_on = Button(translate("Drafts", "Carry on"))
            aside = Button(translate("Drafts", "Put aside"), kind="quiet")
            for button in (carry_on, aside):
                button.setAccessibleName(f"{button.text()}: {title}, {words}")
                button.setProperty("draft", draft.id)
                line.addWidget(button)
            carry_on.clicked.connect(self._carry_on)
            if not place:
                focus_soon(carry_on)
            aside.clicked.connect(self._aside)
            self._card.body.addLayout(line)

    @Slot()
    def _carry_on(self) -> None:
        self.desk.go(self._places[str(self.sender().property("draft"))])

    @Slot()
    def _aside(self) -> None:
        sender = self.sender()
        session, draft = self.desk.session, str(sender.property("draft"))
        self.desk.write(self, lambda: session.drop_draft(draft), self._dropped)

    def _dropped(self, _none: object) -> None:
        self._read()
