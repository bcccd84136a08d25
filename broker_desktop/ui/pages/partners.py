"""Other teams: referrals that went to them or came from them, what is overdue, and sending one on."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.partner_views import PartnerRow, SentReferral
from broker_desktop.session.views import RecordView
from broker_desktop.ui.i18n import LONDON, parse_day, short_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.pairing import PairingCards
from broker_desktop.ui.partner_words import state_words, way_words
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph


class PartnersPage(Page):
    """The referrals between teams; with a referral in the place also the way to send it."""

    rail_place = "list:referral"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._referral = ""
        self._back = Button(translate("Partners", "Back to referrals"), icon="arrow-left")
        self._back.clicked.connect(self._to_list)
        self._send = Card(padding=20, gap=12)
        self._send.hide()
        self._between = Card(padding=20, gap=12)
        self.pairing = PairingCards(desk)
        self.pairing.changed.connect(self._read)
        self.column.addWidget(self._send)
        self.column.addWidget(self._between)
        self.column.addWidget(self.pairing)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Partners", "Other teams")

    def subtitle(self) -> str:
        """Say that it is not for the counter."""
        return translate("Partners", "Private page. Not for the counter")

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def arrive(self, place: Place) -> None:
        """Read everything; a referral named in the place can be sent."""
        self._referral = place.id
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read()

    def escape(self) -> bool:
        """Go back to the referrals."""
        self._to_list()
        return True

    @Slot()
    def _read(self) -> None:
        desk, referral = self.desk.session.partners, self._referral
        self.desk.read(self, lambda: (desk.partners(), desk.referrals()), self._show)
        if referral:
            self.desk.read(self, lambda: self.desk.session.record("referral", referral), self._show_send)

    def _show(self, found: tuple[Sequence[PartnerRow], Sequence[SentReferral]]) -> None:
        partners, referrals = found
        self.pairing.show_partners(partners)
        self._between.empty()
        title = Label(translate("Partners", "Referrals between teams"), role="section")
        late = sum(one.overdue for one in referrals)
        head = row(title, "stretch", gap=12)
        if late:
            head.addWidget(Badge(translate("Partners", "{n} overdue").format(n=late), icon="hourglass", tone="warn"))
        self._between.body.addLayout(head)
        if not referrals:
            self._between.add(
                Paragraph(translate("Partners", "Nobody was referred to or by another team yet."), tone="muted")
            )
        for one in referrals:
            self._between.add(Rule(), self._line(one))

    def _line(self, one: SentReferral) -> QWidget:
        holder = QWidget()
        today = self.desk.now().astimezone(LONDON).date()
        due = parse_day(one.due_on)
        icon = "log-in" if one.incoming else "send"
        head = row(IconLabel(icon, size=20), Label(way_words(one), role="strong"), "stretch", gap=10)
        if one.overdue and due is not None:
            words = translate("Partners", "Overdue since {day}").format(day=short_day(due, today))
            head.addWidget(Badge(words, icon="hourglass", tone="warn"))
        head.addWidget(Badge(state_words(one, self.desk.session.codes), tone="ok" if one.closed else "info"))
        show = Button(translate("Partners", "Open"))
        show.setAccessibleName(f"{show.text()}: {way_words(one)}, {one.summary}")
        show.setProperty("referral", one.referral)
        show.clicked.connect(self._open)
        head.addWidget(show)
        parts: list[QWidget] = [Paragraph(one.summary, role="small", tone="muted")]
        if not one.feedback:
            silent = (
                translate(
                    "Partners", "They did not agree that the other team hears how it went: nothing of it is sent."
                )
                if one.incoming
                else translate("Partners", "They did not agree to feedback: only whether it was accepted comes back.")
            )
            parts.append(Paragraph(silent, role="small", tone="muted"))
        holder.setLayout(column(head, *parts, gap=4))
        return holder

    def _show_send(self, view: RecordView) -> None:
        desk, referral = self.desk.session.partners, view.id
        self.desk.read(
            self, lambda: (desk.partners(), desk.of_referral(referral)), lambda found: self._offer(view, *found)
        )

    def _offer(self, view: RecordView, partners: Sequence[PartnerRow], stands: Sequence[SentReferral]) -> None:
        self._send.empty()
        self._send.show()
        self._send.add(Label(translate("Partners", "Send this referral"), role="section"), Paragraph(view.summary))
        referral = self.desk.session.worded("referral")
        told = [one.label for one in referral.fields if one.name in referral.travels]
        words = translate("Partners", "The other team is told: {fields}. Of the person, the code. Never a note.")
        self._send.add(Paragraph(words.format(fields=", ".join(told)), role="small", tone="muted"))
        gone = {one.team for one in stands if one.state != "withdrawn"}
        if view.payload.get("direction") == "in":
            self._send.add(Paragraph(translate("Partners", "It came in: add a step to answer it."), tone="muted"))
            return
        if not partners:
            self._send.add(Paragraph(translate("Partners", "No team is paired yet. A lead pairs teams."), tone="muted"))
        for one in partners:
            if one.team in gone:
                self._send.add(Paragraph(translate("Partners", "Went to {team}.").format(team=one.name), tone="muted"))
                continue
            button = Button(
                translate("Partners", "Send to {team}").format(team=one.name or one.team), kind="primary", icon="send"
            )
            button.setProperty("team", one.team)
            button.clicked.connect(self._send_pressed)
            self._send.add(row(button, "stretch"))

    @Slot()
    def _send_pressed(self) -> None:
        sender = self.sender()
        team, referral, session = str(sender.property("team")), self._referral, self.desk.session
        self.desk.write(self, lambda: session.partners.send(referral, team), self._sent, self._not_sent)

    def _sent(self, one: SentReferral) -> None:
        words = translate("Partners", "Ready for {team}. It leaves with the next sync.")
        self.desk.say(words.format(team=one.team_name))
        self._read()

    def _not_sent(self, error: Exception) -> None:
        self.desk.say(sentence(error), tone="warn")

    @Slot()
    def _open(self) -> None:
        sender = self.sender()
        self.desk.go(Place("edit", type="referral", id=str(sender.property("referral"))))

    @Slot()
    def _to_list(self) -> None:
        self.desk.go(Place("list", type="referral"))
