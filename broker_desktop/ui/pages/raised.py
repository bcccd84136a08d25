"""After a concern was raised: whom to call, and what became of the line. Nothing of the concern stands here."""

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.raising import WhomToCall
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

CONCERN: Final = "safeguarding_concern"
"""The record type that a person raises with the lead by one key."""


class RaiseButton(Button):
    """Stands wherever somebody may hear something that a lead must know."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(translate("Raised", "Raise with the lead"), icon="shield", key="F7")
        self._desk = desk
        self.clicked.connect(self._pressed_it)

    def shorten(self, short: bool) -> None:
        """Say it in one word where the header has no room for more."""
        whole = translate("Raised", "Raise with the lead")
        self.set_words(translate("Raised", "Raise") if short else whole)
        self.setAccessibleName(whole)

    @Slot()
    def _pressed_it(self) -> None:
        self._desk.go(Place("new", type=CONCERN))


class RaisedPage(Page):
    """The number to call, in large letters, or whom to ask for it."""

    rail_place = "today"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._call = Card(padding=20, gap=12)
        self._after = Card(padding=20, gap=12)
        self._home = Button(translate("Raised", "Back to Today"), icon="house", kind="primary")
        self._home.clicked.connect(self._go_home)
        self.column.addWidget(self._call)
        self.column.addWidget(self._after)
        self.column.addLayout(row(self._home, "stretch"))
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Raised", "Now call")

    def subtitle(self) -> str:
        """Say that it is not done with writing."""
        return translate("Raised", "The line is kept. Somebody has to hear it today")

    def first(self) -> QWidget:
        """Return the way back."""
        return self._home

    def arrive(self, place: Place) -> None:
        """Read whom to call."""
        self.desk.read(self, self.desk.session.whom_to_call, self._show)
        focus_soon(self._home)

    def escape(self) -> bool:
        """Go back to Today."""
        self._go_home()
        return True

    def _show(self, call: WhomToCall) -> None:
        self._call.empty()
        self._call.add(Paragraph(translate("Raised", "Is somebody in danger now? Call 999 first."), role="strong"))
        if call.phone is not None:
            line = row(IconLabel("phone", size=28), Label(call.phone, role="figure"), "stretch", gap=14)
            self._call.body.addLayout(line)
        else:
            self._call.body.addLayout(row(IconLabel("phone", size=24), self._without(call), gap=14))
        self._after.empty()
        for words in self._what_became_of_it():
            self._after.add(Paragraph(words))

    def _without(self, call: WhomToCall) -> QWidget:
        gap = translate("Raised", "The area pack has no safeguarding number yet: a lead can have it put there.")
        holder = QWidget()
        lines = column(Paragraph(_whom(call), role="section"), Paragraph(gap, tone="muted"), gap=4)
        lines.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(lines)
        return holder

    def _what_became_of_it(self) -> tuple[str, ...]:
        if not self.desk.session.leaves_no_copy(CONCERN):
            return (
                translate("Raised", "It stands in the list of concerns until somebody takes it up."),
                translate("Raised", "Other leads and nurses get it after the next sync of this laptop and of theirs."),
            )
        return (
            translate(
                "Raised", "What you wrote was sealed. No copy stays here, and nobody can open it on this laptop."
            ),
            translate("Raised", "It reaches the leads after the next sync of both laptops. Do not wait: call."),
            translate("Raised", "Did you leave something out? Say it on the phone."),
        )

    @Slot()
    def _go_home(self) -> None:
        self.desk.go(Place("today"))


def _whom(call: WhomToCall) -> str:
    names = translate("Raised", " or ").join(call.leads)
    if call.is_lead and names:
        return translate("Raised", "You lead this team: see to it today, or call {names}.").format(names=names)
    if call.is_lead:
        return translate("Raised", "You lead this team: see to it today.")
    if len(call.leads) == 1:
        return translate("Raised", "Call {names}, who leads this team.").format(names=names)
    if names:
        return translate("Raised", "Call {names}, who lead this team.").format(names=names)
    return translate("Raised", "Call your team lead.")
