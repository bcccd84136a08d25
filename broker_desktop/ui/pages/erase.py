"""What only a lead does about one record: erase it for ever, keep a person closed to a colleague, or hold them.

Erasing takes two steps and a reason; the first says what will go. Never reached from a page that a client may see.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.records.erasing import REASON_WORDS, EraseReason
from broker_desktop.session.oversight_views import Erasing
from broker_desktop.session.views import SeatRow
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

PERSON = "person"
_OFFERED = (EraseReason.ASKED, EraseReason.MISTAKE, EraseReason.NO_BASIS, EraseReason.ORDER)


class ErasePage(Page):
    """One record or person, and what a lead may do about it."""

    rail_place = "people"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._type, self._id = PERSON, ""
        self._card = Card(padding=20, gap=12)
        self._close = self._close_card()
        self._hold = self._hold_card()
        for card in (self._card, self._close, self._hold):
            card.setMaximumWidth(look().letters(860))
            self.column.addWidget(card)
        self.column.addStretch(1)
        self._back = Button(translate("Erase", "Back, change nothing"), icon="arrow-left", key="Esc")
        self._back.clicked.connect(self._leave)

    def title(self) -> str:
        """Return the page's title: never a name or code."""
        return translate("Erase", "For a team lead")

    def subtitle(self) -> str:
        """Say that it is private."""
        return translate("Erase", "Private page. Not for the counter")

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def arrive(self, place: Place) -> None:
        """Begin with the first step."""
        self._type, self._id = place.type or PERSON, place.id
        person = self._type == PERSON
        self._close.setVisible(person)
        self._hold.setVisible(person)
        self._ask()
        if person:
            self.desk.read(self, self.desk.session.team.seats, self._show_seats)

    def escape(self) -> bool:
        """Go back to the record."""
        self._leave()
        return True

    # Erasing

    def _ask(self) -> None:
        """Show the first step: what goes, and why."""
        self._card.empty()
        self.reason = ListBox([(one.code, REASON_WORDS[one]) for one in _OFFERED])
        self.reason.setAccessibleName(translate("Erase", "Why is it erased?"))
        go_on = Button(translate("Erase", "Go on"), icon="arrow-right")
        go_on.clicked.connect(self._go_on)
        self._told = Paragraph("", role="small", tone="danger")
        self._card.add(
            Label(translate("Erase", "Erase for ever"), role="section"),
            Paragraph(self._what_goes()),
            Label(translate("Erase", "Why is it erased?"), role="strong"),
            self.reason,
            self._told,
            row(go_on, "stretch"),
        )
        focus_soon(self.reason)

    def _what_goes(self) -> str:
        if self._type == PERSON:
            return translate(
                "Erase",
                "Everything that says who this is goes, from every laptop at its next sync: the person’s own page, and"
                " of every visit, test and referral the notes and the name. The visits still count; the person does"
                " not. If they come back they start clean.",
            )
        return translate(
            "Erase",
            "This record goes with its changes, from every laptop at its next sync. It no longer counts. To keep it on"
            " record as a mistake, take it back instead.",
        )

    @Slot()
    def _go_on(self) -> None:
        if self.reason.code() is None:
            self._told.setText(translate("Erase", "Choose why. The reason is kept, nothing else is."))
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._confirm(self.reason.currentText())

    def _confirm(self, reason: str) -> None:
        """Show the second step."""
        chosen = self.reason.code()
        self._card.empty()
        head = row(IconLabel("triangle-alert", token="danger", size=24), gap=10)
        head.addWidget(Paragraph(translate("Erase", "Nobody can bring it back."), role="section"), 1)
        words = translate(
            "Erase",
            "{reason}. What was sent before stays on the server and in the laptops’ archives, encrypted, until those"
            " are cleared; no page and no search shows it.",
        )
        sure = Button(translate("Erase", "Erase for ever"), kind="primary", icon="x")
        sure.setProperty("reason", chosen)
        sure.clicked.connect(self._erase)
        no = Button(translate("Erase", "No, keep it"), icon="arrow-left")
        no.clicked.connect(self._keep)
        self._card.body.addLayout(head)
        self._card.add(Paragraph(words.format(reason=reason)), row(no, sure, "stretch", gap=12))
        focus_soon(no)

    @Slot()
    def _keep(self) -> None:
        self._ask()

    @Slot()
    def _erase(self) -> None:
        sender, session, kind, record = self.sender(), self.desk.session, self._type, self._id
        reason = str(sender.property("reason"))
        self.desk.write(self, lambda: session.oversight.erase(kind, record, reason), self._erased)

    def _erased(self, _made: Erasing) -> None:
        self.desk.go(Place("people") if self._type == PERSON else Place("list", type=self._type))
        self.desk.say(translate("Erase", "Erased here. Other laptops erase at their next sync."))

    @Slot()
    def _leave(self) -> None:
        place = "person" if self._type == PERSON else "edit"
        self.desk.go(Place(place, type=self._type if place == "edit" else "", id=self._id))

    # A person only

    def _close_card(self) -> Card:
        card = Card(padding=20, gap=12)
        about = translate(
            "Erase",
            "For a colleague’s own record, a friend’s or a relative’s. They cannot open it; nobody else can see that it"
            " is closed to them.",
        )
        self.colleague = ListBox([])
        self.colleague.setAccessibleName(translate("Erase", "Colleague"))
        close = Button(translate("Erase", "Close it to them"), icon="eye-off")
        close.clicked.connect(self._close_to)
        line = row(gap=12)
        line.addWidget(self.colleague, 1)
        line.addWidget(close)
        card.add(Label(translate("Erase", "Close this person to a colleague"), role="section"), Paragraph(about))
        card.body.addLayout(line)
        return card

    def _hold_card(self) -> Card:
        card = Card(padding=20, gap=12)
        about = translate("Erase", "An inquest or a complaint: the records are kept whatever their age.")
        self.why = LineBox()
        self.why.setAccessibleName(translate("Erase", "Why they are kept"))
        self.why.setPlaceholderText(translate("Erase", "Why they are kept"))
        hold = Button(translate("Erase", "Hold the records"), icon="archive")
        hold.clicked.connect(self._hold_it)
        line = row(gap=12)
        line.addWidget(self.why, 1)
        line.addWidget(hold)
        card.add(Label(translate("Erase", "Keep whatever their age"), role="section"), Paragraph(about))
        card.body.addLayout(line)
        return card

    def _show_seats(self, seats: Sequence[SeatRow]) -> None:
        self.colleague.clear()
        self.colleague.addItem("", None)
        for seat in seats:
            if not seat.me:
                self.colleague.addItem(seat.person, seat.seat)

    @Slot()
    def _close_to(self) -> None:
        seat, session, person = self.colleague.code(), self.desk.session, self._id
        if seat is None:
            self.colleague.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.desk.write(self, lambda: session.oversight.close_to(person, seat), self._closed)

    def _closed(self, _made: str) -> None:
        self.desk.say(translate("Erase", "Closed to them from their next sync on."))

    @Slot()
    def _hold_it(self) -> None:
        reason, session, person = self.why.text().strip(), self.desk.session, self._id
        if not reason:
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.desk.write(self, lambda: session.oversight.hold(person, reason), self._held)

    def _held(self, _none: object) -> None:
        self.desk.say(translate("Erase", "Held. The hold ends under Oversight."))
