"""Sync: what moves, where the records are, which laptops were heard from. It happens by itself; this page shows it."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from broker_desktop.session.views import ConflictView, CustodyCounts, SeatRow
from broker_desktop.ui.i18n import LONDON, parse_day, short_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.unlock import role_words
from broker_desktop.ui.sync_words import words_of
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.bars import ProgressLine
from broker_desktop.ui.widgets.boxes import Box, Card, Rule, clear_layout, column, row, stack_when_large
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import CUSTODY_ICONS, custody_words
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label, Paragraph

SIDE_WIDTH = 306


class SyncPage(Page):
    """State, custody, colleagues, what waits for a person."""

    rail_place = "sync"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._now = Button(translate("Sync", "Sync now"), kind="primary", icon="refresh-cw", key="F5")
        self._now.clicked.connect(self.sync_now)
        self._banner_line = column(gap=0)
        self.progress = ProgressLine()
        self._counts = QHBoxLayout()
        self._counts.setSpacing(look().space(12))
        self._seats = Box(name="card", padding=0, gap=0)
        title = row(Label(translate("Sync", "Colleagues’ laptops"), role="section"), "stretch")
        late = translate("Sync", "Month figures leave out what has not arrived")
        title.addWidget(Elided(late, role="small", tone="muted"), 1)
        self._side = column(gap=12)
        main = column(self._banner_line, self.progress, self._counts, title, self._seats, gap=12)
        main.addStretch(1)
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(14))
        self._across.addLayout(main, 1)
        self._side_holder = QWidget()
        self._side_holder.setLayout(self._side)
        self._across.addWidget(self._side_holder)
        self.column.addLayout(self._across)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Sync", "Sync")

    def subtitle(self) -> str:
        """Say that nobody has to do anything."""
        return translate("Sync", "Happens by itself. This page only shows it")

    def header_parts(self) -> list[QWidget]:
        """Return Sync now."""
        return [self._now]

    def set_compact(self, compact: bool) -> None:
        """Narrow the side column in small windows."""
        super().set_compact(compact)
        stack_when_large(self._across, self._side_holder, 240 if compact else SIDE_WIDTH)

    def arrive(self, place: Place) -> None:
        """Read everything."""
        self._show_status()
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read()

    def status_changed(self, status: object) -> None:
        """Show the state, and read again."""
        self._show_status()
        self._read()

    @Slot()
    def sync_now(self) -> None:
        """Ask for a round at once."""
        self.desk.session.sync_now()

    def _read(self) -> None:
        session = self.desk.session
        self.desk.read(
            self,
            lambda: (session.custody_counts(), session.team.seats(), session.conflicts()),
            lambda found: self._show(*found),
        )

    def _show(self, counts: CustodyCounts, seats: Sequence[SeatRow], conflicts: Sequence[ConflictView]) -> None:
        self._show_counts(counts)
        self._show_seats(seats)
        self._show_side(len(conflicts))

    def _show_status(self) -> None:
        clear_layout(self._banner_line)
        words = words_of(self.desk.session.sync_status())
        self._banner_line.addWidget(Banner(words.tone, words.title, words.text, icon=words.icon))
        self.progress.setVisible(words.share is not None)
        self.progress.show_share(words.share or 0.0)

    def _show_counts(self, counts: CustodyCounts) -> None:
        clear_layout(self._counts)
        shown = (
            ("laptop", counts.laptop, translate("Sync", "Lost if the laptop is lost")),
            ("hub", counts.hub, translate("Sync", "The server signed for each one")),
            ("seen", counts.seen, translate("Sync", "At least two laptops hold it")),
        )
        for custody, number, meaning in shown:
            icon, token = CUSTODY_ICONS[custody]
            card = Card(padding=16, gap=2)
            card.add(row(IconLabel(icon, token=token, size=22), Label(f"{number:,}", role="number"), "stretch", gap=10))
            card.add(Paragraph(custody_words(custody), role="strong"), Paragraph(meaning, role="small", tone="muted"))
            card.body.addStretch(1)
            self._counts.addWidget(card, 1)

    def _show_seats(self, seats: Sequence[SeatRow]) -> None:
        self._seats.empty()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        titles = (translate("Sync", "Who"), translate("Sync", "Role"), translate("Sync", "Their records up to"))
        head = Box(name="soft", padding=0)
        head.body.addLayout(_seat_line([Label(words, role="smallstrong", tone="muted") for words in titles]))
        self._seats.add(head)
        today = self.desk.now().astimezone(LONDON).date()
        for seat in (one for one in seats if one.state != "revoked"):
            self._seats.add(Rule())
            day = parse_day(seat.last_heard[:10]) if seat.last_heard else None
            quiet = day is None or (today - day).days > 7
            heard = translate("Sync", "Not heard from yet") if day is None else short_day(day, today)
            if seat.me:
                quiet, heard = False, translate("Sync", "This laptop")
            icon = IconLabel("triangle-alert" if quiet else "circle-check", token="warn" if quiet else "ok")
            mark = QWidget()
            mark.setLayout(row(icon, Elided(heard), gap=8))
            who = QWidget()
            who.setLayout(row(IconLabel("laptop"), Elided(seat.person), gap=8))
            self._seats.body.addLayout(
                _seat_line([who, Elided(role_words(seat.role, self.desk.session.role_labels)), mark])
            )

    def _show_side(self, conflicts: int) -> None:
        clear_layout(self._side)
        if conflicts:
            words = translate("Sync", "Both values are kept. The newer one shows meanwhile.")
            title = translate("Sync", "{n} waiting for a decision").format(n=conflicts)
            self._side.addWidget(
                self._side_card("split", "danger", title, words, translate("Sync", "Decide"), "conflicts")
            )
        title = translate("Sync", "Somebody new joins")
        words = translate("Sync", "They read you five words from their screen; you compare them with yours.")
        self._side.addWidget(
            self._side_card("user-plus", "text", title, words, translate("Sync", "Show who waits"), "joins")
        )
        title = translate("Sync", "Somebody leaves, or a laptop is lost")
        words = translate("Sync", "A team lead changes roles, waits for last records, or blocks a laptop.")
        self._side.addWidget(
            self._side_card("laptop", "text", title, words, translate("Sync", "Show the team’s laptops"), "team")
        )
        self._side.addStretch(1)

    def _side_card(self, icon: str, token: str, title: str, words: str, act: str, page: str) -> QWidget:
        card = Card(padding=16, gap=8)
        head = row(IconLabel(icon, token=token, size=20), gap=8)
        head.addWidget(Paragraph(title, role="strong"), 1)
        button = Button(act)
        button.setProperty("page", page)
        button.clicked.connect(self._side_pressed)
        card.body.addLayout(head)
        card.add(Paragraph(words, role="small"), row(button, "stretch"))
        return card

    @Slot()
    def _side_pressed(self) -> None:
        sender = self.sender()
        self.desk.go(Place(str(sender.property("page"))))


def _seat_line(parts: Sequence[QWidget]) -> QHBoxLayout:
    line = row(gap=8)
    line.setContentsMargins(14, look().space(7), 14, look().space(7))
    for part, weight in zip(parts, (4, 3, 4), strict=True):
        line.addWidget(part, weight)
    return line
