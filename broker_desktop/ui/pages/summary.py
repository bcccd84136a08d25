"""Month summary: every line with its parts and twelve months, what is missing from it, sign-off, export.

The recipient decides what is hidden, at once. A signed month shows what was signed; later changes stand beside it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget

from broker_desktop.records.measure import HEADINGS
from broker_desktop.session.mark_words import mark_words
from broker_desktop.session.period import month_period
from broker_desktop.session.summary import Summary
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import LONDON, month_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.summary_cards import GLANCE, FigureCard, groups_of, put_in_grid
from broker_desktop.ui.pages.summary_header import Words, header
from broker_desktop.ui.pages.summary_indicators import INDICATORS, TEAMS, cards_of, sections
from broker_desktop.ui.pages.summary_side import SummarySide
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import clear_layout, column, stack_when_large
from broker_desktop.ui.widgets.button import Button

MONTHS: Final = 12
SIDE_WIDTH: Final = 290
_LOOKS_BEHIND: Final = ("lead", "data")


class SummaryPage(Page):
    """One month for one recipient."""

    rail_place = "summary"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._month = desk.now().astimezone(LONDON).strftime("%Y-%m")
        self._recipient = "internal"
        self._summary: Summary | None = None
        self._history: Sequence[Summary] = ()
        self._names: Mapping[str, str] = {}
        self._as_table = False
        self._columns = 2
        self._back = Button("", icon="arrow-left")
        self._back.setAccessibleName(translate("Summary", "Month before"))
        self._back.clicked.connect(self.month_before)
        self._shown = Button("", icon="calendar-days")
        self._shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._forth = Button("", icon="arrow-right")
        self._forth.setAccessibleName(translate("Summary", "Month after"))
        self._forth.clicked.connect(self.month_after)
        self.heading = ListBox([(GLANCE, translate("Summary", "At a glance")), *sections(), *HEADINGS.items()])
        self.heading.removeItem(0)
        self.heading.setAccessibleName(translate("Summary", "Which figures"))
        self.heading.activated.connect(self._heading_chosen)
        self._cards = QGridLayout()
        self._cards.setSpacing(look().space(12))
        self._banner_line = column(gap=8)
        role = desk.session.seat.role  # asked once: a page may be painted again while the vault is closing
        self._drill = role in _LOOKS_BEHIND
        self.side = SummarySide(lead=role == "lead", pack=desk.session.pack)
        self.side.recipients.activated.connect(self._recipient_chosen)
        self.side.table.clicked.connect(self.toggle_table)
        self.side.export.clicked.connect(self.export)
        self.side.sign.clicked.connect(self._sign)
        self.side.returns.clicked.connect(self._go_to_returns)
        main = column(self._banner_line, self.heading, self._cards, gap=12)
        main.addStretch(1)
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(14))
        self._across.addLayout(main, 1)
        self._across.addWidget(self.side, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(self._across)
        self.column.addStretch(1)
        self.recipients = self.side.recipients

    def title(self) -> str:
        """Return the page's title."""
        return translate("Summary", "Month summary")

    def subtitle(self) -> str:
        """Return the month, and whether it is a draft or signed."""
        if self._summary is None:
            return month_text(self._month)
        signed = translate("Summary", "{month}, signed, issue {issue}. Definitions {version}")
        draft = translate("Summary", "{month}, draft. Definitions {version}")
        words = signed if self._summary.state == "signed" else draft
        return words.format(month=month_text(self._month), issue=self._summary.issue, version=self._summary.definitions)

    def header_parts(self) -> list[QWidget]:
        """Return the month before, the month, the month after."""
        name, _, year = month_text(self._month).partition(" ")
        self._shown.set_words(f"{name[:3]} {year}" if look().percent >= 150 else f"{name} {year}")
        return [self._back, self._shown, self._forth]

    def arrive(self, place: Place) -> None:
        """Count; a place may name a month."""
        if place.id and place.id != self._month:
            self._month = place.id
            self._history = ()
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Count the month again; the months before it stay as they were read."""
        self._read_month()

    def set_compact(self, compact: bool) -> None:
        """Use one column of figures in small windows."""
        super().set_compact(compact)
        stack_when_large(self._across, self.side, 250 if compact else SIDE_WIDTH)
        self._columns = 1 if compact or look().percent >= 150 else 2
        self._show()

    @Slot()
    def month_before(self) -> None:
        """Go one month back."""
        self._move(-1)

    @Slot()
    def month_after(self) -> None:
        """Go one month on."""
        self._move(1)

    @Slot()
    def toggle_table(self) -> None:
        """Show the same figures as a table of words, or as bars again."""
        self._as_table = not self._as_table
        self._show()

    @Slot()
    def _heading_chosen(self) -> None:
        self._show()

    @Slot()
    def _sign(self) -> None:
        self.desk.go(Place("sign", id=self._month))

    @Slot()
    def _go_to_returns(self) -> None:
        told = {"recipient": self._recipient, "format": self.side.formats.code() or "pdf"}
        self.desk.go(Place("returns", id=self._month, payload=told))

    @Slot()
    def _look_behind(self) -> None:
        self.desk.go(Place("behind", id=self._month, focus=str(self.sender().property("line"))))

    def _move(self, step: int) -> None:
        self._month = month_away(self._month, step)
        self._history = ()
        self.desk.header_changed.emit()
        self._read()

    def _read(self) -> None:
        """Read the month, then the eleven before it for the small charts."""
        self._read_month()
        session, recipient, month = self.desk.session, self._recipient, self._month
        before = [month_away(month, -back) for back in range(MONTHS - 1, 0, -1)]

        def history() -> list[Summary]:
            return [session.summary(month_period(one), recipient, beside=False) for one in before]

        self.desk.read(self, history, lambda found: self._take_history(month, recipient, found))

    def _read_month(self) -> None:
        session, recipient, month = self.desk.session, self._recipient, self._month

        def month_and_names() -> tuple[Summary, Mapping[str, str]]:
            names = {one.seat: one.person for one in session.team.seats()}
            return session.summary(month_period(month), recipient), names

        self.desk.read(self, month_and_names, self._take)

    def _take(self, found: tuple[Summary, Mapping[str, str]]) -> None:
        summary, self._names = found
        if (summary.period.label, summary.recipient) != (self._month, self._recipient):
            return  # a later question is on its way
        self._summary = summary
        self._show()
        self.desk.header_changed.emit()

    def _take_history(self, month: str, recipient: str, found: Sequence[Summary]) -> None:
        if (month, recipient) == (self._month, self._recipient):
            self._history = found
            self._show()

    def _show(self) -> None:
        summary = self._summary
        if summary is None:
            return
        self._show_banner(summary)
        clear_layout(self._cards)
        heading = self.heading.code() or GLANCE
        if heading in (INDICATORS, TEAMS):
            cards = list(cards_of(summary, heading, self.desk.session.codes))
        else:
            cards = [self._card(lines) for lines in groups_of(summary.lines, heading)]
        put_in_grid(self._cards, cards, self._columns)
        self.side.show_summary(summary)

    def _show_banner(self, summary: Summary) -> None:
        clear_layout(self._banner_line)
        words = Words(self._names, self.desk.session.codes, self._month)
        self._banner_line.addWidget(header(summary, words, self._go_where_it_is_mended))

    @Slot()
    def _go_where_it_is_mended(self) -> None:
        pressed = self.sender()
        self.desk.go(Place(str(pressed.property("page")), id=str(pressed.property("month"))))

    def _card(self, lines: Sequence[object]) -> QWidget:
        assert self._summary is not None
        card = FigureCard(lines, self.side.mark(self._summary), self.desk.session.codes)
        months = (*self._history, self._summary) if self._history else ()
        points = [(month_text(one.period.label), _number(one, card.lines[0].id)) for one in months]
        card.show_figure(points, as_table=self._as_table, drill=self._drill)
        card.behind.clicked.connect(self._look_behind)
        for mark in self._summary.marks:
            if mark["kind"] == "fall" and mark["line"] in {line.id for line in card.lines}:
                card.show_mark(mark_words(mark, self.desk.session.codes, translate))
        return card

    @Slot()
    def _recipient_chosen(self) -> None:
        self._recipient = self.recipients.code() or "internal"
        self._history = ()
        self._read()

    @Slot()
    def export(self) -> None:
        """Ask where, then write the file."""
        if self._summary is None:
            return
        form = self.side.formats.code() or "xlsx"
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = str(Path(folder) / f"month-summary-{self._month}.{form}")
        title = translate("Summary", "Export the month summary")
        chosen, _ = QFileDialog.getSaveFileName(self, title, name, f"*.{form}")
        if chosen:
            self.export_to(Path(chosen), form)

    def export_to(self, path: Path, form: str) -> None:
        """Write the file."""
        session, summary = self.desk.session, self._summary
        if summary is not None:
            self.desk.write(self, lambda: session.export(summary, form, path), self._exported)

    def _exported(self, _none: object) -> None:
        self.desk.say(translate("Summary", "The month summary was written. It holds figures only."))


def month_away(month: str, step: int) -> str:
    """Return the month so many months away."""
    year, number = (int(part) for part in month.split("-"))
    total = year * 12 + number - 1 + step
    return f"{total // 12:04}-{total % 12 + 1:02}"


def _number(summary: Summary, line_id: str) -> float | None:
    line = next((one for one in summary.lines if one.id == line_id), None)
    return None if line is None or line.value is None else float(line.value)
