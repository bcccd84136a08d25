"""People: an empty search box, never a list; and one person with that person's history and new records for them."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from broker_desktop.records import record_type
from broker_desktop.session import Notice
from broker_desktop.session.views import Candidate, RecordRow, RecordView, Saved
from broker_desktop.ui.forms.person_finder import PersonFinder
from broker_desktop.ui.i18n import LONDON, long_day, parse_day, parse_moment, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.person_notices import PersonNotices
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, clear_layout, column, row, stack_when_large
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import CUSTODY_ICONS, Initials, custody_words
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label, Paragraph

TYPE = "person"
ABOUT_WIDTH = 316
SAID_ELSEWHERE = frozenset(
    {"identity_level", "code", "phones", "do_not_contact", "risk_to_staff", "risk_to_staff_note", "died_on"}
)
"""Stands in the head of the card or in the banners above it."""


class PeoplePage(Page):
    """Find a person by code."""

    rail_place = "people"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.finder = PersonFinder(desk.session.candidates)
        self.finder.found.connect(self._found)
        self.finder.new_wanted.connect(self._new)
        card = Card(padding=20, gap=12)
        words = translate(
            "People", "Letters of the code and the year, for example jo8. Nobody is listed until a code fits."
        )
        card.add(Label(translate("People", "Who is it?"), role="section"), self.finder)
        card.add(Paragraph(words, role="small", tone="muted"))
        card.setMaximumWidth(look().letters(760))
        self.column.addWidget(card)
        self.column.addStretch(1)
        self._new_button = Button(translate("People", "New person"), kind="primary", icon="plus", key="Ctrl+N")
        self._new_button.clicked.connect(self.new)

    def title(self) -> str:
        """Return the page's title."""
        return translate("People", "People")

    def subtitle(self) -> str:
        """Say that it is private."""
        return translate("People", "Private page. Not for the counter")

    def header_parts(self) -> list[QWidget]:
        """Return the button for a new person."""
        return [self._new_button]

    def arrive(self, place: Place) -> None:
        """Start with an empty box: searches for people are not remembered."""
        self.finder.clear()
        focus_soon(self.finder.box)

    def leave(self) -> None:
        """Forget what was typed."""
        self.finder.clear()

    @Slot()
    def new(self) -> None:
        """Start a new person's form."""
        self._new(self.finder.text())

    @Slot(object)
    def _found(self, candidate: object) -> None:
        if isinstance(candidate, Candidate):
            self.desk.go(Place("person", id=candidate.id))

    @Slot(str)
    def _new(self, code: str) -> None:
        payload = {"identity_level": "code", "code": code} if code else {}
        self.desk.go(Place("new", type=TYPE, payload=payload))


class PersonPage(Page):
    """One person: what they said about themselves, and what happened, newest first."""

    rail_place = "people"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._id = ""
        self._quiet = True
        self._rows: Sequence[RecordRow] = ()
        self._names: dict[str, str] = {}
        self._add = Button(translate("Person", "New record"), kind="primary", icon="plus", key="Ctrl+N")
        self._add.clicked.connect(self.new)
        self._about = Card(padding=18, gap=10)
        self._chips_line = column(gap=0)
        self._chips: Chips | None = None
        self._history = Card(padding=16, gap=4)
        right = column(self._chips_line, self._history, gap=12)
        right.addStretch(1)
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(16))
        self._across.addWidget(self._about, 0, Qt.AlignmentFlag.AlignTop)
        self._across.addLayout(right, 1)
        self.notices = PersonNotices(desk)
        self.column.addWidget(self.notices)
        self.column.addLayout(self._across)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title: never a name or code."""
        return translate("Person", "Person")

    def subtitle(self) -> str:
        """Say that it is private."""
        return translate("Person", "Private page. Not for the counter")

    def header_parts(self) -> list[QWidget]:
        """Return the button for a new record."""
        return [self._add]

    def set_compact(self, compact: bool) -> None:
        """Put what is known above the history with large text."""
        super().set_compact(compact)
        stack_when_large(self._across, self._about, ABOUT_WIDTH)

    def arrive(self, place: Place) -> None:
        """Read the person."""
        self._id = place.id
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read()

    def escape(self) -> bool:
        """Go back to the search."""
        self.desk.go(Place("people"))
        return True

    @Slot()
    def new(self) -> None:
        """Offer every record type that can be about a person."""
        menu = QMenu(self)
        for one in self.desk.session.types():
            if one.person_field is not None:
                action = menu.addAction(one.title)
                action.setData(one.name)
        menu.triggered.connect(self._new_picked)
        menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height() + 4)))
        menu.setActiveAction(menu.actions()[0])

    @Slot(QAction)
    def _new_picked(self, action: QAction) -> None:
        name = str(action.data())
        field = self.desk.session.worded(name).person_field
        if field is not None:
            self.desk.go(Place("new", type=name, payload={field: {"id": self._id}}))

    def _read(self) -> None:
        session, person = self.desk.session, self._id
        self.desk.read(
            self,
            lambda: (
                session.person_label(person),
                session.record(TYPE, person),
                session.history(person),
                {seat.seat: seat.person for seat in session.team.seats()},
                session.people.notices(person),
            ),
            lambda found: self._show(*found),
        )

    def _show(
        self,
        label: str,
        view: RecordView,
        rows: Sequence[RecordRow],
        names: dict[str, str],
        notices: Sequence[Notice],
    ) -> None:
        self.notices.show_notices(notices)
        self._names = names
        self._show_about(label, view)
        self._rows = rows
        self._show_chips()
        self._show_history()

    def _show_about(self, label: str, view: RecordView) -> None:
        declared = self.desk.session.worded(TYPE)
        codes = self.desk.session.codes
        self._about.empty()
        initials = "".join(part[0] for part in label.split()[:2]) or "?"
        known = declared.by_name["identity_level"].text(view.payload.get("identity_level"), codes)
        head = row(Initials(initials, size=52), gap=12)
        head.addLayout(column(Elided(label, role="code"), Elided(known, role="small", tone="muted"), gap=0), 1)
        self._about.body.addLayout(head)
        facts = column(gap=8)
        for field in declared.fields:
            text = field.text(view.payload.get(field.name), codes)
            if text and field.name not in SAID_ELSEWHERE:
                facts.addLayout(column(Paragraph(field.label, role="small", tone="muted"), Paragraph(text), gap=0))
        if facts.count():
            self._about.add(Rule())
        self._about.body.addLayout(facts)
        edit = Button(translate("Person", "Change what is known"), icon="pencil-line", key="Ctrl+E")
        edit.clicked.connect(self.change)
        self._about.add(Rule(), edit)
        self._quiet = view.payload.get("do_not_contact") != "yes"
        asked = translate("Person", "Asked us not to contact them")
        words = asked if self._quiet else translate("Person", "May be contacted again")
        quiet = Button(words, kind="quiet", icon="ban" if self._quiet else "phone")
        quiet.clicked.connect(self.toggle_contact)
        self._about.add(row(quiet, "stretch"))
        if self.desk.session.seat.role == "lead":
            lead = Button(translate("Person", "Erase, close or hold…"), kind="quiet", icon="shield")
            lead.clicked.connect(self._to_lead_page)
            self._about.add(row(lead, "stretch"))

    def _show_chips(self) -> None:
        clear_layout(self._chips_line)
        names = list(dict.fromkeys(one.type for one in self._rows))
        choices = [("", translate("Person", "All")), *((name, self.desk.session.worded(name).plural) for name in names)]
        self._chips = Chips(choices, single=True)
        self._chips.set_value([""])
        self._chips.changed.connect(self._chip_chosen)
        self._chips_line.addWidget(self._chips)

    @Slot()
    def _chip_chosen(self) -> None:
        self._show_history()

    def _show_history(self) -> None:
        self._history.empty()
        chosen = next(iter(self._chips.value()), "") if self._chips is not None else ""
        shown = [one for one in self._rows if not chosen or one.type == chosen]
        day = ""
        for one in shown:
            if one.day != day:
                day = one.day
                self._history.add(Label(_day_words(day), role="smallstrong", tone="muted"))
            self._history.add(self._entry(one))
        if not shown:
            self._history.add(Label(translate("Person", "Nothing is recorded yet."), tone="muted"))

    def _entry(self, one: RecordRow) -> QWidget:
        declared = self.desk.session.worded(one.type)
        button = Button(
            declared.title, kind="entry", icon=declared.icon, sub=_without_title(one.summary, declared.title)
        )
        button.set_note(self._names.get(one.recorded_by, ""))
        button.setAccessibleName(f"{one.summary}, {custody_words(one.custody).lower()}")
        button.setProperty("record", one.id)
        button.setProperty("type", one.type)
        button.clicked.connect(self._entry_pressed)
        icon, token = CUSTODY_ICONS["conflict" if one.conflicted else one.custody]
        clock = Label(_clock(one), role="small", tone="muted")
        clock.setMinimumWidth(look().letters(40))
        line = row(clock, gap=8)
        line.addWidget(button, 1)
        line.addWidget(IconLabel(icon, token=token, size=16, words=custody_words(one.custody)))
        holder = QWidget()
        holder.setLayout(line)
        return holder

    @Slot()
    def _entry_pressed(self) -> None:
        sender = self.sender()
        self.desk.go(Place("edit", type=str(sender.property("type")), id=str(sender.property("record"))))

    @Slot()
    def _to_lead_page(self) -> None:
        self.desk.go(Place("erase", type=TYPE, id=self._id))

    @Slot()
    def toggle_contact(self) -> None:
        """Write down, with one press, that they asked not to be contacted, or that they may be again."""
        session, person, quiet = self.desk.session, self._id, self._quiet
        reason = "asked us" if quiet else "agreed again"
        changes = {"do_not_contact": "yes" if quiet else "no"}
        self.desk.write(self, lambda: session.amend(TYPE, person, changes, reason), self._toggled)

    def _toggled(self, saved: Saved) -> None:
        self.desk.say_saved(translate("Person", "Written down. It reaches every laptop with the next sync."), saved)
        self._read()

    @Slot()
    def change(self) -> None:
        """Open what is known for a change."""
        self.desk.go(Place("edit", type=TYPE, id=self._id))


def _day_words(day: str) -> str:
    parsed: date | None = parse_day(day)
    return translate("Person", "Without a day") if parsed is None else long_day(parsed)


def _clock(one: RecordRow) -> str:
    declared = record_type(one.type)
    moment = parse_moment(str(one.payload.get(declared.event_field or "") or ""))
    return "" if moment is None else f"{moment.astimezone(LONDON):%H:%M}"


def _without_title(summary: str, title: str) -> str:
    rest = summary.removeprefix(title).lstrip(", ")
    return rest or summary
