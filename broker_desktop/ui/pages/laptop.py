"""One laptop of the team: change its role, wait for its records, block it; and what to do when it is lost."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.views import LostLaptop
from broker_desktop.ui.i18n import LONDON, long_day, moment_text, parse_day, parse_moment, translate
from broker_desktop.ui.pages.incident import compartment_words, incident_text
from broker_desktop.ui.pages.joins import ROLES, role_boxes
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import Label, Paragraph


class LaptopPage(Page):
    """What a lead does about one laptop."""

    rail_place = "sync"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._id = ""
        self._known: LostLaptop | None = None
        self._sure = False
        self._back = Button(translate("Team", "All laptops"), icon="laptop")
        self._back.clicked.connect(self._show_team)
        self._about, self._ends = Card(padding=20, gap=10), Card(padding=20, gap=10)
        self._role, self._lost = self._role_card(), Card(padding=20, gap=10)
        for card in (self._about, self._ends, self._lost, self._role):
            card.setMaximumWidth(look().letters(900))
            self.column.addWidget(card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        if self._known is None or not self._known.person:
            return translate("Team", "A laptop")
        return translate("Team", "The laptop of {person}").format(person=self._known.person)

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def arrive(self, place: Place) -> None:
        """Read what is known."""
        self._id, self._sure = place.id, False
        self._read()

    def status_changed(self, status: object) -> None:
        """Read again."""
        self._read()

    def escape(self) -> bool:
        """Go back to all laptops."""
        self._show_team()
        return True

    @Slot()
    def _show_team(self) -> None:
        self.desk.go(Place("team"))

    def _read(self) -> None:
        team, seat = self.desk.session.team, self._id
        if seat:
            self.desk.read(self, lambda: team.lost_laptop(seat), self._show)

    def _show(self, known: LostLaptop) -> None:
        if known == self._known and self._about.body.count():
            return
        self._known = known
        self.desk.header_changed.emit()
        self._show_about(known)
        self._show_ends(known)
        self._show_lost(known)
        self._role.setVisible(known.state == "active")

    def _show_about(self, known: LostLaptop) -> None:
        card = self._about
        card.empty()
        card.add(Label(translate("Team", "What is on it"), role="section"))
        held = translate("Team", "{records} records: {what}.").format(
            records=f"{known.records:,}", what=", ".join(compartment_words(name) for name in known.compartments)
        )
        card.add(Paragraph(held), Paragraph(self._heard(known)))
        unknown = translate("Team", "Whether more was recorded on it and not sent yet is not known here.")
        card.add(Paragraph(unknown, tone="muted"))
        if known.handed_in:
            words = translate("Team", "After it was retired it handed in {n} changes. They count.")
            card.add(Paragraph(words.format(n=f"{known.handed_in:,}")))

    def _heard(self, known: LostLaptop) -> str:
        day = parse_day(known.last_heard) if known.last_heard else None
        if day is None:
            return translate("Team", "No record of its own has arrived yet.")
        days = (self.desk.now().astimezone(LONDON).date() - day).days
        if days < 1:
            return translate("Team", "Its last record was made today.")
        words = translate("Team", "The last record of its own that arrived was made {n} days ago, on {day}.")
        return words.format(n=days, day=long_day(day))

    def _show_ends(self, known: LostLaptop) -> None:
        card = self._ends
        card.empty()
        if known.late:
            self._show_late(card)
        if known.state == "revoked":
            card.add(Label(translate("Team", "It has left the team"), role="section"))
            card.add(
                Paragraph(translate("Team", "Nothing that it sends counts any more. Everybody else has new keys."))
            )
            return
        if known.state == "retired":
            day = parse_day(known.until)
            words = translate("Team", "It may hand in what is still on it until {day}, and reads nothing new.")
            card.add(Label(translate("Team", "It waits to hand in"), role="section"))
            card.add(Paragraph(words.format(day=long_day(day) if day else known.until)))
        else:
            card.add(Label(translate("Team", "It leaves the team, or it is lost"), role="section"))
            question = translate("Team", "{heard} Wait for its records, or block it now?")
            card.add(Paragraph(question.format(heard=self._heard(known))))
        self._add_choices(card, known)

    def _add_choices(self, card: Card, known: LostLaptop) -> None:
        block = Button(translate("Team", "Block it now"), icon="lock")
        block.clicked.connect(self._ask_to_block)
        if known.state == "active" and not self._sure:
            wait = Button(translate("Team", "Wait for its records"), kind="primary", icon="clock")
            wait.clicked.connect(self._retire)
            card.add(row(wait, block, "stretch", gap=10))
            words = translate(
                "Team", "Waiting: for 30 days it may hand in new records. It reads nothing new and changes nothing old."
            )
            card.add(Paragraph(words, role="small", tone="muted"))
            return
        if not self._sure:
            card.add(row(block, "stretch"))
            return
        words = translate(
            "Team", "What is on it and was not sent is lost to the team. What it has sent stays. This cannot be undone."
        )
        yes = Button(translate("Team", "Yes, block it"), kind="primary", icon="lock")
        yes.clicked.connect(self._revoke)
        no = Button(translate("Team", "Do not block it"))
        no.clicked.connect(self._not_sure)
        card.add(Banner("danger", translate("Team", "Block it?"), words), row(yes, no, "stretch", gap=10))
        yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_late(self, card: Card) -> None:
        words = translate(
            "Team",
            "This laptop sent something after its end, maybe at the same moment. Look at who has it now, then decide.",
        )
        card.add(Banner("warn", translate("Team", "Something came too late"), words))
        accept = Button(translate("Team", "Let it count"))
        accept.clicked.connect(self._accept)
        discard = Button(translate("Team", "Put it aside"))
        discard.clicked.connect(self._discard)
        card.add(row(accept, discard, "stretch", gap=10))

    def _show_lost(self, known: LostLaptop) -> None:
        card = self._lost
        card.empty()
        card.add(Label(translate("Team", "It is lost or was stolen"), role="section"))
        deadline = parse_moment(known.deadline) if known.deadline else None
        if deadline is None:
            words = translate(
                "Team",
                "If people could be harmed, the data protection regulator has to be told within 72 hours of the "
                "moment when somebody knew. Start the clock now; it is kept on this laptop.",
            )
            start = Button(translate("Team", "It is lost: start the 72 hours"), icon="clock")
            start.clicked.connect(self._report)
            card.add(Paragraph(words), row(start, "stretch"))
            return
        card.add(Banner(*self._clock_words(known, deadline)))
        text = Paragraph(incident_text(known, self.desk.session.role_labels))
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        text.setAccessibleName(translate("Team", "Text for the incident form"))
        card.add(Label(translate("Team", "Text for the incident form"), role="strong"), text)

    def _clock_words(self, known: LostLaptop, deadline: datetime) -> tuple[str, str, str]:
        left = deadline - self.desk.now()
        hours = max(0, int(left.total_seconds() // 3600))
        title = translate("Team", "{n} hours left to tell the regulator").format(n=hours)
        if left.total_seconds() <= 0:
            title = translate("Team", "The 72 hours are over")
        text = translate("Team", "Known to be lost since {since}. The 72 hours end {deadline}.").format(
            since=moment_text(known.reported), deadline=moment_text(known.deadline)
        )
        return ("warn" if hours else "danger"), title, text

    def _role_card(self) -> Card:
        card = Card(padding=20, gap=10)
        self.role, self.clinical = role_boxes(self.desk.session.role_labels, translate("Team", "New role"))
        change = Button(translate("Team", "Change the role"), icon="check")
        change.clicked.connect(self._change_role)
        role = column(Label(translate("Team", "New role"), role="strong"), self.role, gap=5)
        clinical = column(Label(translate("Joins", "May read clinical records"), role="strong"), self.clinical, gap=5)
        line = row(gap=16)
        line.addLayout(role, 2)
        line.addLayout(clinical, 2)
        words = translate(
            "Team", "What the new role may not read leaves that laptop at its next sync, and the others get new keys."
        )
        card.add(Label(translate("Team", "It gets another role"), role="section"), line)
        card.add(Paragraph(words, role="small", tone="muted"), row(change, "stretch"))
        return card

    @Slot()
    def _change_role(self) -> None:
        team, seat, clinical = self.desk.session.team, self._id, self.clinical.value() == "yes"
        role = self.role.code() or ROLES[0]
        self._do(lambda: team.role(seat, role, clinical), translate("Team", "The role is changed."))

    @Slot()
    def _retire(self) -> None:
        team, seat = self.desk.session.team, self._id
        self._do(lambda: team.retire(seat), translate("Team", "It may hand in for 30 days, and reads nothing new."))

    @Slot()
    def _ask_to_block(self) -> None:
        self._sure = True
        if self._known is not None:
            self._show_ends(self._known)

    @Slot()
    def _not_sure(self) -> None:
        self._sure = False
        if self._known is not None:
            self._show_ends(self._known)

    @Slot()
    def _revoke(self) -> None:
        team, seat = self.desk.session.team, self._id
        self._sure = False
        self._do(lambda: team.revoke(seat), translate("Team", "It is blocked. Everybody else has new keys."))

    @Slot()
    def _accept(self) -> None:
        team, seat = self.desk.session.team, self._id
        self._do(lambda: team.accept_late(seat), translate("Team", "It counts now."))

    @Slot()
    def _discard(self) -> None:
        team, seat = self.desk.session.team, self._id
        self._do(lambda: team.discard_late(seat), translate("Team", "It is put aside."))

    @Slot()
    def _report(self) -> None:
        team, seat = self.desk.session.team, self._id
        self.desk.write(self, lambda: team.report_lost(seat), self._show)

    def _do(self, work: Callable[[], object], said: str) -> None:
        def done(_result: object) -> None:
            self.desk.say(said)
            self._read()

        def failed(error: Exception) -> None:
            self.desk.say(sentence(error), tone="danger")
            self._read()

        self.desk.say(translate("Team", "Asking the server…"), tone="info")
        self.desk.network(self, work, done, failed)
