"""Pairing with another team: exchange texts, read sixty digits to each other, pair; and ending it. For leads."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.session.partner_views import PairingOffer, PartnerRow
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk
from broker_desktop.ui.partner_words import partner_words
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_GROUPS_A_LINE = 4
_LETTERS = 8


class PairingCards(QWidget):
    """The paired teams, and for a lead the way to pair one or to end it."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._lead = desk.session.seat.role == "lead"
        self._offered: PairingOffer | None = None
        self._ending = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(look().space(12))
        self._teams = Card(padding=20, gap=12)
        outer.addWidget(self._teams)
        self.own = Paragraph("", role="strong")
        self.box = LineBox()
        self._words = Paragraph("", role="small", tone="muted")
        self._digits = Paragraph("", role="code")
        self.same = Button(translate("Pairing", "The digits are the same: pair"), kind="primary", icon="check")
        if self._lead:
            outer.addWidget(self._pair_card())
            desk.read(self, desk.session.partners.own_text, self._show_own)

    def _show_own(self, text: str) -> None:
        """Show our text in groups, so that it wraps; spaces do not count when it is read."""
        self.own.setText(" ".join(text[at : at + _LETTERS] for at in range(0, len(text), _LETTERS)))

    def show_partners(self, partners: Sequence[PartnerRow]) -> None:
        """List the paired teams."""
        self._teams.empty()
        self._teams.add(Label(translate("Pairing", "Paired teams"), role="section"))
        if not partners:
            none = translate("Pairing", "None yet. A lead of each team pairs the other, once.")
            self._teams.add(Paragraph(none, tone="muted"))
        for one in partners:
            self._teams.add(Rule(), self._team_line(one))

    def _team_line(self, one: PartnerRow) -> QWidget:
        holder = QWidget()
        icon, token, words = partner_words(one)
        line = row(IconLabel("heart-handshake", size=20), Label(one.name or one.team, role="strong"), "stretch", gap=10)
        parts: list[QWidget] = []
        mark = QWidget()
        mark.setLayout(row(IconLabel(icon, token=token), Paragraph(words, role="small"), gap=8))
        mark.layout().setStretch(1, 1)  # type: ignore[union-attr]
        parts.append(mark)
        if one.refused:
            said = translate("Pairing", "{n} messages in their name were refused.").format(n=one.refused)
            parts.append(Paragraph(said, role="small", tone="danger"))
        if self._lead:
            asking = self._ending == one.team
            end = Button(
                translate("Pairing", "Yes, end it") if asking else translate("Pairing", "End the pairing"),
                kind="secondary" if asking else "quiet",
                icon="ban",
            )
            end.setAccessibleName(f"{end.text()}: {one.name}")
            end.setProperty("team", one.team)
            end.clicked.connect(self._end_pressed)
            line.addWidget(end)
            if asking:
                parts.append(
                    Paragraph(translate("Pairing", "Nothing more goes to them, and nothing they send is read."))
                )
        holder.setLayout(column(line, *parts, gap=4))
        return holder

    def _pair_card(self) -> QWidget:
        card = Card(padding=20, gap=12)
        self.own.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.own.setAccessibleName(translate("Pairing", "This team’s text"))
        self.box.setAccessibleName(translate("Pairing", "The other team’s text"))
        compare = Button(translate("Pairing", "Show the digits"), icon="eye")
        compare.clicked.connect(self.compare)
        self.box.returnPressed.connect(self.compare)
        self.same.clicked.connect(self.pair)
        self.same.hide()
        self._digits.hide()
        own = translate("Pairing", "Send them this text by any way. Nothing in it is secret.")
        theirs = translate("Pairing", "Put in the text that they sent you.")
        card.add(Label(translate("Pairing", "Pair a team"), role="section"))
        card.add(Paragraph(own), self.own, Paragraph(theirs), self.box, row(compare, "stretch"))
        card.add(self._words, self._digits, row(self.same, "stretch"))
        return card

    @Slot()
    def compare(self) -> None:
        """Read their text and show the digits."""
        text, session = self.box.text(), self.desk.session
        self._offered = None
        self.same.hide()
        self._digits.hide()
        if not text.strip():
            self._words.setText(translate("Pairing", "Put in their text first."))
            self.box.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.desk.tasks.run(self, lambda: session.partners.offer(text), self._show_digits, self._failed)

    def _show_digits(self, offer: PairingOffer) -> None:
        if offer.own:
            self._words.setText(translate("Pairing", "That is this team’s own text. They have to send you theirs."))
            return
        self._offered = offer
        groups = offer.digits.split(" ")
        lines = [" ".join(groups[at : at + _GROUPS_A_LINE]) for at in range(0, len(groups), _GROUPS_A_LINE)]
        self._digits.setText("\n".join(lines))
        self._digits.setAccessibleName(offer.digits)
        self._digits.show()
        ask = translate(
            "Pairing",
            "This says it is {name}. Ring their lead on a number you know, and read the digits to each other. Pair "
            "only if all of them are the same on both screens.",
        )
        self._words.setText(ask.format(name=offer.name))
        self.same.show()
        self.same.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def pair(self) -> None:
        """Pair the team whose digits were compared."""
        offer, text, session = self._offered, self.box.text(), self.desk.session
        if offer is not None:
            self.desk.network(self, lambda: session.partners.add(text, offer.digits), self._paired, self._failed)

    def _paired(self, offer: PairingOffer) -> None:
        self._offered = None
        self.box.clear()
        self.same.hide()
        self._digits.hide()
        self._words.setText("")
        said = translate("Pairing", "{name} is paired here. Their lead has to pair this team too.")
        self.desk.say(said.format(name=offer.name))
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._words.setText(sentence(error))

    @Slot()
    def _end_pressed(self) -> None:
        sender = self.sender()
        team, session = str(sender.property("team")), self.desk.session
        if self._ending != team:
            self._ending = team
            self.changed.emit()
            return
        self._ending = ""
        self.desk.network(self, lambda: session.partners.remove(team), self._ended, self._failed)

    def _ended(self, _none: object) -> None:
        self.desk.say(translate("Pairing", "The pairing has ended."))
        self.changed.emit()
