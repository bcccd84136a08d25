"""Letting somebody in: a lead makes an invitation, sees who asks, compares five words, lets them in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session import code_squares
from broker_desktop.session.views import InviteCode, PendingJoin
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import long_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.unlock import role_words
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Segments
from broker_desktop.ui.widgets.invitation import CheckWords, CodePicture
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import Label, Paragraph

ROLES: Final = ("worker", "peer", "nurse", "lead", "data", "assessor")

_LARGE: Final = 150
_GROUP: Final = 5


class JoinsPage(Page):
    """Invitations and who waits."""

    rail_place = "sync"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._again = Button(translate("Joins", "Ask the server"), icon="refresh-cw")
        self._again.clicked.connect(self.refresh)
        self._waiting = Card(padding=20, gap=12)
        self._made = Card(padding=20, gap=12)
        self._made.setMaximumWidth(look().letters(900))
        self._made.hide()
        self._invite = self._invite_card()
        self._notice = column(gap=0)
        self.column.addLayout(self._notice)
        self.column.addWidget(self._waiting)
        self.column.addWidget(self._made)
        self.column.addWidget(self._invite)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Joins", "Who waits to join")

    def subtitle(self) -> str:
        """Say what this is for."""
        return translate("Joins", "Only a team lead can let somebody in")

    def header_parts(self) -> list[QWidget]:
        """Return the button that asks the server."""
        return [self._again]

    def arrive(self, place: Place) -> None:
        """Ask who waits."""
        self.desk.read(self, self.desk.session.team.has_one_lead, self._show_lone_lead)
        self.refresh()

    def _show_lone_lead(self, one_lead: bool) -> None:
        """Warn before the second laptop is invited, and until there is a second lead."""
        clear_layout(self._notice)
        if one_lead:
            title = translate("Joins", "The team has one lead")
            text = translate(
                "Joins",
                "Invite a second lead before anybody else: if this laptop is lost, nobody can let people in.",
            )
            self._notice.addWidget(Banner("warn", title, text))

    @Slot()
    def refresh(self) -> None:
        """Ask the server who waits."""
        self._say(translate("Joins", "Asking the server…"))
        self.desk.network(self, self.desk.session.team.pending_joins, self._show, self._failed)

    def _say(self, words: str) -> None:
        self._waiting.empty()
        self._waiting.add(Paragraph(words, tone="muted"))

    def _failed(self, error: Exception) -> None:
        self._say(sentence(error))

    def _show(self, joins: Sequence[PendingJoin]) -> None:
        self._waiting.empty()
        if not joins:
            self._waiting.add(Paragraph(translate("Joins", "Nobody waits.")))
            return
        for place, join in enumerate(joins):
            if place:
                self._waiting.add(Rule())
            self._waiting.add(self._join_part(join))

    def _join_part(self, join: PendingJoin) -> QWidget:
        holder, words = QWidget(), " ".join(join.check_words)
        role = role_words(join.role, self.desk.session.role_labels)
        ask = translate(
            "Joins", "Ask them to read the five words on their screen. Let them in only if these are the same:"
        )
        same = Button(translate("Joins", "The words are the same: let them in"), kind="primary", icon="check")
        same.setProperty("seat", join.seat)
        same.setProperty("words", words)
        same.clicked.connect(self._approve)
        holder.setLayout(
            column(
                row(Label(join.person, role="section"), Label(role, tone="muted"), "stretch", gap=10),
                Paragraph(ask),
                CheckWords(join.check_words),
                row(same, "stretch"),
                gap=10,
            )
        )
        return holder

    @Slot()
    def _approve(self) -> None:
        sender = self.sender()
        seat, words, session = str(sender.property("seat")), str(sender.property("words")), self.desk.session
        self.desk.network(self, lambda: session.team.approve(seat, words), self._approved, self._failed)

    def _approved(self, _seat: str) -> None:
        self.refresh()
        self.desk.say(translate("Joins", "They are in. Their laptop takes part from its next sync."))

    def _invite_card(self) -> QWidget:
        card = Card(padding=20, gap=12)
        self.person = LineBox()
        self.person.setAccessibleName(translate("Joins", "Their name in the team"))
        self.role, self.clinical = role_boxes(self.desk.session.role_labels, translate("Joins", "Role"))
        make = Button(translate("Joins", "Make an invitation"), icon="user-plus")
        make.clicked.connect(self.invite)
        self._code_words = Paragraph("", role="small", tone="muted")
        name = column(Label(translate("Joins", "Their name in the team"), role="strong"), self.person, gap=5)
        role = column(Label(translate("Joins", "Role"), role="strong"), self.role, gap=5)
        clinical = column(Label(translate("Joins", "May read clinical records"), role="strong"), self.clinical, gap=5)
        line = row(gap=16)
        line.addLayout(name, 2)
        line.addLayout(role, 2)
        line.addLayout(clinical, 1)
        card.add(Label(translate("Joins", "Invite somebody"), role="section"), line, row(make, "stretch"))
        card.add(self._code_words)
        if self.desk.session.keys.kit_unchecked:
            title = translate("Joins", "Nobody has typed the recovery kit back yet")
            words = translate("Joins", "A wrong word on paper would be found too late. Do it before you invite.")
            act = (translate("Joins", "Type it back"), self._kit)
            card.body.insertWidget(1, Banner("warn", title, words, actions=(act,)))
        card.setMaximumWidth(look().letters(900))
        return card

    @Slot()
    def invite(self) -> None:
        """Make an invitation."""
        person, role = self.person.text().strip(), self.role.code() or ROLES[0]
        if not person:
            self.person.setFocus(Qt.FocusReason.OtherFocusReason)
            self._code_words.setText(
                translate("Joins", "Write their name first: colleagues see it beside their records.")
            )
            return
        clinical, session = self.clinical.value() == "yes", self.desk.session
        self.desk.network(self, lambda: session.team.invite(person, role, clinical), self._invited, self._not_invited)

    @Slot()
    def _kit(self) -> None:
        self.desk.go(Place("secrets", focus="kit"))

    def _invited(self, code: InviteCode) -> None:
        self._code_words.setText("")
        self._made.empty()
        title = translate("Joins", "Give {person} this code in person")
        last = translate("Joins", "It works once, and the last day is {day}. Nobody else may see it.")
        typed = translate("Joins", "Or read these twelve words to them, and the address:")
        picture = CodePicture(code_squares(code.code), translate("Joins", "Picture of the code, for a camera"))
        text, words = Paragraph(_in_groups(code.code), role="strong"), Paragraph(" ".join(code.words), role="lead")
        for one in (text, words):
            one.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        beside = column(
            text,
            Paragraph(last.format(day=long_day(date.fromisoformat(code.expires))), role="small", tone="muted"),
            Paragraph(typed),
            words,
            Paragraph(code.address, role="strong"),
            "stretch",
            gap=10,
        )
        line = row(gap=20) if look().percent < _LARGE else column(gap=20)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        line.addLayout(beside, 1)
        self._made.add(Label(title.format(person=self.person.text().strip()), role="section"))
        self._made.body.addLayout(line)
        self._made.show()
        self.person.clear()

    def _not_invited(self, error: Exception) -> None:
        self._code_words.setText(sentence(error))


def _in_groups(code: str) -> str:
    """Write a code so that eyes keep their place and lines can break; typed back, spaces do not matter."""
    start, _, rest = code.partition("-")
    return " ".join([f"{start}-", *(rest[at : at + _GROUP] for at in range(0, len(rest), _GROUP))])


def role_boxes(labels: Mapping[str, str], words: str) -> tuple[ListBox, Segments]:
    """Ask for a role, by the pack's words for it, and whether it may read clinical records: not unless chosen."""
    role = ListBox([(one, role_words(one, labels)) for one in ROLES], empty=None)
    role.setAccessibleName(words)
    choices = (("yes", translate("Joins", "Yes")), ("no", translate("Joins", "No")))
    clinical = Segments(choices, name=translate("Joins", "May read clinical records"), clearable=False)
    clinical.set_value("no")
    return role, clinical
