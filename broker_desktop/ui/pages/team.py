"""The team's laptops: whose they are, when each was last heard from, what each may still do."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.views import SeatRow
from broker_desktop.ui.i18n import LONDON, long_day, parse_day, short_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.unlock import role_words
from broker_desktop.ui.widgets.boxes import Box, Rule, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import IconLabel, Paragraph


class TeamPage(Page):
    """Laptops and their people; a lead opens each one."""

    rail_place = "sync"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._joins = Button(translate("Team", "Who waits to join"), icon="user-plus")
        self._joins.clicked.connect(self._show_joins)
        self._notice = column(gap=0)
        self._laptops = Box(name="card", padding=0, gap=0)
        self.column.addLayout(self._notice)
        self.column.addWidget(self._laptops)
        self._confirmed = Paragraph(role="small", tone="muted")
        self.column.addWidget(self._confirmed)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Team", "The team’s laptops")

    def subtitle(self) -> str:
        """Say what a lead can do here."""
        return translate("Team", "A team lead changes roles here, and ends a laptop that left or was lost")

    def header_parts(self) -> list[QWidget]:
        """Return the way to those who wait."""
        return [self._joins]

    def arrive(self, place: Place) -> None:
        """Read the team."""
        self._read()

    def status_changed(self, status: object) -> None:
        """Read again: the team may have changed."""
        self._read()

    def _read(self) -> None:
        team = self.desk.session.team
        self.desk.read(
            self, lambda: (team.seats(), team.has_one_lead(), team.last_confirmed()), lambda found: self._show(*found)
        )

    def _show(self, seats: Sequence[SeatRow], one_lead: bool, confirmed: str) -> None:
        self._confirmed.setText(self._confirmed_words(confirmed))
        clear_layout(self._notice)
        if one_lead:
            title = translate("Team", "The team has one lead")
            text = translate(
                "Team",
                "If that laptop is lost, nobody can let people in or end a laptop. "
                "Invite a second lead before anybody else.",
            )
            self._notice.addWidget(Banner("warn", title, text))
        self._laptops.empty()
        lead = any(one.me and one.role == "lead" and one.state == "active" for one in seats)
        for place, seat in enumerate(seats):
            if place:
                self._laptops.add(Rule())
            self._laptops.add(self._line(seat, opens=lead and not seat.me))

    def _confirmed_words(self, confirmed: str) -> str:
        """Say how old the list is: a server that hides a change can only keep it from growing younger."""
        day = parse_day(confirmed) if confirmed else None
        if day is None:
            return translate("Team", "The server has not confirmed this list yet.")
        days = (self.desk.now().astimezone(LONDON).date() - day).days
        if days < 1:
            return translate("Team", "The server confirmed this list today.")
        return translate("Team", "The server last confirmed this list {n} days ago.").format(n=days)

    def _line(self, seat: SeatRow, *, opens: bool) -> QWidget:
        holder = QWidget()
        token = "text" if seat.state == "active" else "muted"
        words = column(
            Paragraph(seat.person or translate("Team", "Not known yet"), role="strong"),
            Paragraph(role_words(seat.role, self.desk.session.role_labels), role="small", tone="muted"),
            gap=2,
        )
        line = row(IconLabel("laptop", token=token, size=22), gap=14)
        line.setContentsMargins(16, 12, 16, 12)
        line.addLayout(words, 2)
        line.addLayout(column(*(Paragraph(one, role="small") for one in self._facts(seat)), gap=2), 3)
        button = Button(translate("Team", "Open"))
        if not opens:
            place = QWidget()
            place.setFixedWidth(button.sizeHint().width())
            line.addWidget(place)
        else:
            button.setAccessibleName(translate("Team", "Open the laptop of {person}").format(person=seat.person))
            button.setProperty("laptop", seat.seat)
            button.clicked.connect(self._open)
            line.addWidget(button)
        holder.setLayout(line)
        return holder

    def _facts(self, seat: SeatRow) -> list[str]:
        today = self.desk.now().astimezone(LONDON).date()
        day = parse_day(seat.last_heard) if seat.last_heard else None
        facts = [state_words(seat)]
        if seat.me:
            facts.append(translate("Team", "This laptop"))
        elif day is None:
            facts.append(translate("Team", "Not heard from yet"))
        else:
            facts.append(translate("Team", "Its records go up to {day}").format(day=short_day(day, today)))
        if seat.handed_in:
            words = translate("Team", "Handed in after it was retired: {n} changes")
            facts.append(words.format(n=f"{seat.handed_in:,}"))
        if seat.late:
            facts.append(translate("Team", "Something came too late and waits for a decision"))
        return facts

    @Slot()
    def _open(self) -> None:
        self.desk.go(Place("laptop", id=str(self.sender().property("laptop"))))

    @Slot()
    def _show_joins(self) -> None:
        self.desk.go(Place("joins"))


def state_words(seat: SeatRow) -> str:
    """Say whether a laptop takes part."""
    if seat.state == "active":
        return translate("Team", "Takes part")
    if seat.state == "revoked":
        return translate("Team", "Has left the team")
    day = parse_day(seat.until)
    words = translate("Team", "Hands in until {day}, reads nothing new")
    return words.format(day=long_day(day) if day else seat.until)
