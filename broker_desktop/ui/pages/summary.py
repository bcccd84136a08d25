"""Month summary: every line with its parts and what led up to it, what is missing from it, sign-off, export.

The recipient decides what is hidden, at once. A signed period shows what was signed; later changes stand beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QGridLayout, QHBoxLayout, QWidget

from broker_desktop.records.measure import HEADINGS
from broker_desktop.session.mark_words import mark_words
from broker_desktop.session.period import Period, read_period
from broker_desktop.session.period_kinds import PeriodKinds
from broker_desktop.session.summary import Summary
from broker_desktop.session.trends import Point, Step
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import LONDON, translate
from broker_desktop.ui.pages import summary_charts, summary_indicators
from broker_desktop.ui.pages.help import SUMMARY
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.period_choice import PeriodChoice
from broker_desktop.ui.pages.period_words import period_text, short_period
from broker_desktop.ui.pages.summary_cards import GLANCE, FigureCard, groups_of, put_in_grid
from broker_desktop.ui.pages.summary_charts import point_words
from broker_desktop.ui.pages.summary_header import Words, header
from broker_desktop.ui.pages.summary_side import SummarySide, counting_words, own_words
from broker_desktop.ui.pages.writing_footer import WritingFooter
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import clear_layout, column, row, stack_when_large
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Paragraph

SIDE_WIDTH: Final = 290
_LOOKS_BEHIND: Final = ("lead", "data")
_DRAWN: Final = frozenset(code for code, _ in summary_charts.sections())
_HELD_AGAINST: Final = frozenset(code for code, _ in summary_indicators.sections())


@dataclass(slots=True)
class _Wait:
    """Somebody waits for a chart; the thread that counts it asks whether that is still so."""

    lines: tuple[str, ...] = ()
    over: bool = False


class SummaryPage(Page):
    """One period for one recipient."""

    rail_place = "summary"
    help_name = SUMMARY

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._recipient = "internal"
        self._summary: Summary | None = None
        self._steps: Sequence[Step] = ()
        self._wait = _Wait(over=True)
        self._names: Mapping[str, str] = {}
        self._as_table = False
        self._columns = 2
        self._back = Button("", icon="arrow-left")
        self._back.setAccessibleName(translate("Summary", "The time before"))
        self._back.clicked.connect(self.month_before)
        self._shown = Button("", icon="calendar-days")
        self._shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._forth = Button("", icon="arrow-right")
        self._forth.setAccessibleName(translate("Summary", "The time after"))
        self._forth.clicked.connect(self.month_after)
        self._kinds = PeriodKinds.of(desk.session.pack)
        self.choice = PeriodChoice(self._kinds, desk.now().astimezone(LONDON).date())
        self.choice.changed.connect(self._choice_changed)
        drawn, against = summary_charts.sections(), summary_indicators.sections()
        self.heading = ListBox(
            [(GLANCE, translate("Summary", "At a glance")), *against, *drawn, *HEADINGS.items()], empty=None
        )
        self.heading.setAccessibleName(translate("Summary", "Which figures"))
        self.heading.activated.connect(self._heading_chosen)
        self._cards = QGridLayout()
        self._cards.setSpacing(look().space(12))
        self._banner_line = column(gap=8)
        role = desk.session.seat.role  # asked once: a page may be painted again while the vault is closing
        self._drill = role in _LOOKS_BEHIND
        self.side = SummarySide(lead=role == "lead", audits=bool(desk.session.months.audits), pack=desk.session.pack)
        self.recipients = self.side.recipients
        self._lay_out()

    def _lay_out(self) -> None:
        self.recipients.activated.connect(self._recipient_chosen)
        self.side.table.clicked.connect(self.toggle_table)
        self.side.export.clicked.connect(self.export)
        self.side.sign.clicked.connect(self._sign)
        self.side.returns.clicked.connect(self._go_to_returns)
        self.side.audits.clicked.connect(self._go_to_audits)
        self._chosen = row(gap=12)
        self._chosen.addWidget(self.choice.kind, 2)
        self._chosen.addWidget(self.heading, 3)
        self._when = Paragraph("", role="strong")
        main = column(self._when, self._banner_line, self._chosen, self.choice, self._cards, gap=12)
        main.addStretch(1)
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(14))
        self._across.addLayout(main, 1)
        self._across.addWidget(self.side, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(self._across)
        self.column.addStretch(1)
        WritingFooter(self, lambda: self.side.export)
        self.side.show_choice(self._period)

    @property
    def _period(self) -> Period:
        return self.choice.period

    def title(self) -> str:
        """Return the page's title."""
        return translate("Summary", "Month summary")

    def subtitle(self) -> str:
        """Return the period, and whether it is a draft or signed."""
        period = period_text(self._period)
        if self._summary is None:
            return period
        signed = translate("Summary", "{month}, signed, issue {issue}. Definitions {version}")
        draft = translate("Summary", "{month}, draft. Definitions {version}")
        words = signed if self._summary.state == "signed" else draft
        return words.format(month=period, issue=self._summary.issue, version=self._summary.definitions)

    def header_parts(self) -> list[QWidget]:
        """Return the time before, the one shown, the time after; large letters have no room for the one in between."""
        self._shown.set_words(short_period(self._period))
        self._when.setText(self.subtitle())
        return [self._back, self._forth] if look().percent >= 150 else [self._back, self._shown, self._forth]

    def arrive(self, place: Place) -> None:
        """Count; a place may name a period."""
        if place.id and place.id != self._period.key:
            self.choice.show_period(read_period(place.id))
            self._choice_changed()
        else:
            self._read()

    def leave(self) -> None:
        """Stop counting what only charts wait for."""
        self._wait.over = True

    def keep(self) -> bool:
        """Hold up no lock: what charts wait for is not counted to its end."""
        self._wait.over = True
        return super().keep()

    def records_changed(self, types: frozenset[str]) -> None:
        """Count the period again; those before it stay as they were read."""
        self._read()

    def set_compact(self, compact: bool) -> None:
        """Use one column of figures in small windows."""
        super().set_compact(compact)
        stack_when_large(self._across, self.side, 250 if compact else SIDE_WIDTH)
        large = look().percent >= 150
        self._chosen.setDirection(QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight)
        self._when.setVisible(large)
        self._columns = 1 if compact or large else 2
        self._show()

    @Slot()
    def month_before(self) -> None:
        """Go one month, or whatever is chosen, back."""
        self.choice.step(-1)

    @Slot()
    def month_after(self) -> None:
        """Go one month, or whatever is chosen, on."""
        self.choice.step(1)

    @Slot()
    def toggle_table(self) -> None:
        """Show the same figures as a table of words, or as bars again."""
        self._as_table = not self._as_table
        self._show()

    @Slot()
    def _heading_chosen(self) -> None:
        self._show()
        self._read_steps()

    @Slot()
    def _sign(self) -> None:
        self.desk.go(Place("sign", id=self._period.key))

    @Slot()
    def _go_to_returns(self) -> None:
        told = {"recipient": self._recipient, "format": self.side.formats.code() or "pdf"}
        self.desk.go(Place("returns", id=self._period.key, payload=told))

    @Slot()
    def _go_to_audits(self) -> None:
        self.desk.go(Place("audits", id=self._period.key))

    @Slot()
    def _look_behind(self) -> None:
        self.desk.go(Place("behind", id=self._period.key, focus=str(self.sender().property("line"))))

    @Slot()
    def _choice_changed(self) -> None:
        """Forget at once what was made for another choice: nobody may see it or export it for this one."""
        self._summary, self._steps = None, ()
        self.side.show_choice(self._period)
        self._recipient = self.recipients.code() or "internal"
        self._show()
        self.desk.header_changed.emit()
        self._read()

    def _read(self) -> None:
        """Read the period; the charts follow when it has come."""
        self._wait.over = True
        session, recipient, period = self.desk.session, self._recipient, self._period

        def summary_and_names() -> tuple[Summary, Mapping[str, str]]:
            names = {one.seat: one.person for one in session.team.seats()}
            return session.summary(period, recipient), names

        self.desk.read(self, summary_and_names, self._take)

    def _take(self, found: tuple[Summary, Mapping[str, str]]) -> None:
        summary, self._names = found
        if (summary.period, summary.recipient) != (self._period, self._recipient):
            return  # a later question is on its way
        self._summary = summary
        self._show()
        self.desk.header_changed.emit()
        self._read_steps()

    def _read_steps(self) -> None:
        """Read what the charts on screen show, and nothing else."""
        lines = tuple(self._charted())
        if self._summary is None or not lines or (self._steps and set(lines) <= self._steps[0].points.keys()):
            return
        if not self._wait.over and self._wait.lines == lines:
            return  # it is on its way
        self._wait.over = True
        wait = self._wait = _Wait(lines)
        session, recipient, today = self.desk.session, self._recipient, self.desk.now().astimezone(LONDON).date()
        periods = self._kinds.of_chart(self._period, today)

        def take(found: Sequence[Step]) -> None:
            if wait is self._wait and not wait.over and found:  # over: another choice was made, for others perhaps
                wait.over = True
                self._steps = found
                self._show()

        self.desk.read(self, lambda: session.months.trend(lines, periods, recipient, lambda: not wait.over), take)

    def _charted(self) -> list[str]:
        """Give the lines of which the section chosen draws more than one period."""
        section = self.heading.code() or GLANCE
        if section in _HELD_AGAINST or self._summary is None:
            return []
        if section in _DRAWN:
            return list(summary_charts.TREND_LINES) if section == summary_charts.TRENDS else []
        return [lines[0].id for lines in groups_of(self._summary.lines, section)]

    def _show(self) -> None:
        summary = self._summary
        clear_layout(self._banner_line)
        clear_layout(self._cards)
        self.side.show_summary(summary)
        if summary is None:
            return
        words = Words(self._names, self.desk.session.codes, self._period.last_day[:7])
        self._banner_line.addWidget(header(summary, words, self._go_where_it_is_mended))
        put_in_grid(self._cards, self._cards_of(summary, self.heading.code() or GLANCE), self._columns)

    def _cards_of(self, summary: Summary, section: str) -> list[QWidget]:
        codes = self.desk.session.codes
        if section in _HELD_AGAINST:
            return list(summary_indicators.cards_of(summary, section, codes))
        if section in _DRAWN:
            mark, steps = self.side.mark(summary), self._steps_of(summary_charts.TREND_LINES)
            return list(summary_charts.cards_of(summary, section, steps, mark, codes, as_table=self._as_table))
        return [self._card(summary, lines) for lines in groups_of(summary.lines, section)]

    def _steps_of(self, lines: Sequence[str]) -> Sequence[Step]:
        """Give the periods of a chart once all of its lines are there."""
        return self._steps if self._steps and set(lines) <= self._steps[0].points.keys() else ()

    @Slot()
    def _go_where_it_is_mended(self) -> None:
        pressed = self.sender()
        self.desk.go(Place(str(pressed.property("page")), id=str(pressed.property("month"))))

    def _card(self, summary: Summary, lines: Sequence[Any]) -> QWidget:
        first, codes = lines[0], self.desk.session.codes
        card = FigureCard(lines, self.side.mark(summary), codes, summary.marks)
        steps = self._steps_of([first.id])
        points = [(short_period(one.period), one.points[first.id]) for one in steps]
        if points and steps[-1].period == summary.period and first.value is not None:
            points[-1] = (points[-1][0], Point(float(first.value)))  # as it stands now, whatever the chart was read at
        told = [(words, point.value, point_words(point, first.unit)) for words, point in points]
        card.show_figure(told, as_table=self._as_table, drill=self._drill)
        card.behind.clicked.connect(self._look_behind)
        for mark in summary.marks:
            if mark["kind"] == "fall" and mark["line"] in {line.id for line in lines}:
                card.show_mark(mark_words(mark, codes, translate))
        return card

    @Slot()
    def _recipient_chosen(self) -> None:
        self._choice_changed()

    @Slot()
    def export(self) -> None:
        """Ask where, then write the file; while there is nothing to write, say so."""
        if self._summary is None or self._period.is_snapshot:
            self.desk.say(counting_words() if self._summary is None else own_words(), tone="warn")
            return
        form = self.side.formats.code() or "xlsx"
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        label = self._period.label.replace("/", "-").replace(" ", "-")
        name = str(Path(folder) / f"month-summary-{label}.{form}")
        title = translate("Summary", "Export the month summary")
        chosen, _ = QFileDialog.getSaveFileName(self, title, name, f"*.{form}")
        if chosen:
            self.export_to(Path(chosen), form)

    def export_to(self, path: Path, form: str) -> None:
        """Write the file."""
        session, summary = self.desk.session, self._summary
        if summary is not None and not summary.period.is_snapshot:
            self.desk.files.begin(path.name, lambda told: session.export(summary, form, path, told), _exported)

    def escape(self) -> bool:
        """Stop the file that is being written."""
        return self.desk.files.stop()


def _exported(_none: object) -> str:
    return translate("Summary", "The month summary was written. It holds figures only.")
