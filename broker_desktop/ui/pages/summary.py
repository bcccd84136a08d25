"""Month summary: every line with its parts and twelve months, what is missing from it, export.

The recipient decides what is hidden, at once. A hidden cell never gets a length, a zero or a blank.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.period import month_period
from broker_desktop.session.summary import Summary
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import LONDON, month_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.bars import Bar, BarList, MonthBars
from broker_desktop.ui.widgets.boxes import Card, Rule, clear_layout, column, row, stack_when_large
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Segments
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

MONTHS: Final = 12
SIDE_WIDTH: Final = 290
FORMATS: Final = ("xlsx", "csv", "json")
BARS_MOST: Final = 7
_LISTS: Final = {"item": "equipment_item", "destination": "referral_destination"}
"""Parts of figures whose code list has another name."""


class SummaryPage(Page):
    """One month for one recipient."""

    rail_place = "summary"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._month = desk.now().astimezone(LONDON).strftime("%Y-%m")
        self._recipient = "internal"
        self._summary: Summary | None = None
        self._history: Sequence[Summary] = ()
        self._as_table = False
        self._back = Button("", icon="arrow-left")
        self._back.setAccessibleName(translate("Summary", "Month before"))
        self._back.clicked.connect(self.month_before)
        self._shown = Button("", icon="calendar-days")
        self._shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._forth = Button("", icon="arrow-right")
        self._forth.setAccessibleName(translate("Summary", "Month after"))
        self._forth.clicked.connect(self.month_after)
        self._cards = QGridLayout()
        self._cards.setSpacing(look().space(12))
        self._banner_line = column(gap=0)
        self._side = Card(padding=16, gap=10)
        main = column(self._banner_line, self._cards, gap=12)
        main.addStretch(1)
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(14))
        self._across.addLayout(main, 1)
        self._across.addWidget(self._side, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(self._across)
        self.column.addStretch(1)
        self._build_side()

    def title(self) -> str:
        """Return the page's title."""
        return translate("Summary", "Month summary")

    def subtitle(self) -> str:
        """Return the month, and that it is a draft."""
        definitions = "" if self._summary is None else self._summary.definitions
        words = translate("Summary", "{month}, draft. Definitions {version}")
        return words.format(month=month_text(self._month), version=definitions)

    def header_parts(self) -> list[QWidget]:
        """Return the month before, the month, the month after."""
        name, _, year = month_text(self._month).partition(" ")
        self._shown.set_words(f"{name[:3]} {year}" if look().percent >= 150 else f"{name} {year}")
        return [self._back, self._shown, self._forth]

    def arrive(self, place: Place) -> None:
        """Count."""
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Count again."""
        self._read()

    def set_compact(self, compact: bool) -> None:
        """Use one column of figures in small windows."""
        super().set_compact(compact)
        stack_when_large(self._across, self._side, 250 if compact else SIDE_WIDTH)
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

    def _move(self, step: int) -> None:
        self._month = month_away(self._month, step)
        self.desk.header_changed.emit()
        self._read()

    def _read(self) -> None:
        session, recipient = self.desk.session, self._recipient
        months = [month_away(self._month, -back) for back in range(MONTHS - 1, -1, -1)]

        def work() -> list[Summary]:
            return [session.summary(month_period(month), recipient) for month in months]

        self.desk.read(self, work, self._take)

    def _take(self, history: Sequence[Summary]) -> None:
        if history[-1].period.label != self._month or history[-1].recipient != self._recipient:
            return  # a later question is on its way
        self._history, self._summary = history, history[-1]
        self._show()
        self.desk.header_changed.emit()

    def _show(self) -> None:
        if self._summary is None:
            return
        self._show_banner(self._summary)
        clear_layout(self._cards)
        for place, lines in enumerate(grouped(self._summary.lines)):
            self._cards.addWidget(self._card(lines), place // self._columns, place % self._columns)
        for number in range(2):
            self._cards.setColumnStretch(number, 1 if number < self._columns else 0)
        hidden = sum(1 for line in self._summary.lines if line.hidden)
        hidden += sum(1 for line in self._summary.lines for cell in line.cells if cell.hidden)
        self._hidden.setText(translate("Summary", "{n} figures are hidden now").format(n=hidden))

    def _show_banner(self, summary: Summary) -> None:
        clear_layout(self._banner_line)
        missing = summary.completeness.not_heard_from
        if missing:
            words = translate(
                "Summary", "{n} of {all} laptops have not sent all of {month}. Figures can still rise."
            ).format(n=len(missing), all=summary.completeness.seats, month=month_text(self._month))
            title = translate("Summary", "Not everything is in")
            see = (translate("Summary", "See who"), self._see_who)
            self._banner_line.addWidget(Banner("warn", title, words, actions=(see,)))

    def _see_who(self) -> None:
        self.desk.go(Place("sync"))

    def _card(self, lines: Sequence[Any]) -> QWidget:
        first = lines[0]
        card = Card(padding=16, gap=6)
        title = row(Label(first.id, role="small", tone="muted"), gap=8)
        title.addWidget(Paragraph(first.title, role="strong"), 1)
        card.body.addLayout(title)
        figure = row(
            Label(figure_words(first, self._mark()), role="figure"), Label(first.unit, role="small", tone="muted")
        )
        figure.addStretch(1)
        if not self._as_table:
            points = [(month_text(one.period.label), _number(one, first.id)) for one in self._history]
            twelve = translate("Summary", "Twelve months")
            figure.addWidget(MonthBars(points, f"{first.title}, {twelve}"))
        card.body.addLayout(figure)
        if first.denominator is not None and first.numerator is not None:
            card.add(Paragraph(f"{first.numerator:,} / {first.denominator:,}", role="small"))
        bars = self._bars(lines)
        if self._as_table:
            for bar in bars:
                card.add(row(Label(bar.words, role="small"), "stretch", Label(bar.mark, role="smallstrong")))
        elif bars:
            shown = bars if len(bars) <= BARS_MOST else sorted(bars, key=lambda one: -(one.value or 0))[:BARS_MOST]
            card.add(BarList(shown))
            if len(bars) > len(shown):
                more = translate("Summary", "{n} more in the table, Ctrl+T").format(n=len(bars) - len(shown))
                card.add(Label(more, role="small", tone="muted"))
        for note in first.notes:
            card.add(Paragraph(note, role="small", tone="muted"))
        card.body.addStretch(1)
        return card

    def _bars(self, lines: Sequence[Any]) -> list[Bar]:
        codes = self.desk.session.codes
        bars = [
            Bar(cell_words(cell.by, codes), None if cell.hidden else float(cell.value or 0), self._cell_mark(cell))
            for cell in lines[0].cells
        ]
        for line in lines[1:]:
            value = None if line.value is None else float(line.value)
            bars.append(Bar(line.title, value, figure_words(line, self._mark())))
        return bars

    def _mark(self) -> str:
        return "<5" if self._recipient == "commissioner" else "<8"

    def _cell_mark(self, cell: Any) -> str:
        return self._mark() if cell.hidden else f"{cell.value:,}"

    def _build_side(self) -> None:
        levels = [
            ("internal", translate("Summary", "Our own team")),
            ("commissioner", translate("Summary", "Commissioner")),
            ("publish", translate("Summary", "Publishing")),
        ]
        self.recipients = ListBox(levels)
        self.recipients.removeItem(0)
        self.recipients.setAccessibleName(translate("Summary", "For"))
        self.recipients.activated.connect(self._recipient_chosen)
        line = row(Label(translate("Summary", "For"), role="strong"), gap=10)
        line.addWidget(self.recipients, 1)
        small = translate("Summary", "Small counts of people show as <5. Zero is shown as 0.")
        self._hidden = Paragraph("", role="small", tone="muted")
        head = row(IconLabel("eye-off"), Label(translate("Summary", "Small numbers hidden"), role="strong"), "stretch")
        self._formats = Segments(
            [(one, one.upper()) for one in FORMATS], name=translate("Summary", "File"), clearable=False
        )
        self._formats.set_value("xlsx")
        export = Button(translate("Summary", "Export"), kind="primary", icon="download", key="Ctrl+Shift+E")
        export.setSizePolicy(export.sizePolicy().Policy.Expanding, export.sizePolicy().Policy.Fixed)
        export.clicked.connect(self.export)
        table = Button(translate("Summary", "As a table"), icon="list", key="Ctrl+T")
        table.setSizePolicy(table.sizePolicy().Policy.Expanding, table.sizePolicy().Policy.Fixed)
        table.clicked.connect(self.toggle_table)
        self._side.add(
            line, Rule(), head, Paragraph(small, role="small"), self._hidden, Rule(), table, self._formats, export
        )

    @Slot()
    def _recipient_chosen(self) -> None:
        self._recipient = self.recipients.code() or "internal"
        self._read()

    @Slot()
    def export(self) -> None:
        """Ask where, then write the file."""
        if self._summary is None:
            return
        form = self._formats.value() or "xlsx"
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


def grouped(lines: Sequence[Any]) -> list[list[Any]]:
    """Put lines of one number together: MS-04 and MS-04.not_attributable."""
    groups: dict[str, list[Any]] = {}
    for line in lines:
        groups.setdefault(line.id.partition(".")[0], []).append(line)
    return list(groups.values())


def figure_words(line: Any, mark: str) -> str:
    """Write a figure: the number, the mark of a hidden one, or that this role may not read it."""
    if line.unreadable:
        return translate("Summary", "not for your role")
    if line.hidden:
        return mark if not line.is_rate else translate("Summary", "hidden")
    return "–" if line.value is None else f"{line.value:,}"


def cell_words(by: Mapping[str, str | None], codes: CodeLists) -> str:
    """Write what a cell is by: the label of a code where its list is known."""
    told = []
    for name, code in by.items():
        list_id = _LISTS.get(name, name)
        known = code is not None and list_id in codes
        plain = translate("Summary", "not said") if code is None else code.replace("_", " ")
        told.append(codes.label(list_id, str(code)) if known else plain)
    return ", ".join(told)


def month_away(month: str, step: int) -> str:
    """Return the month so many months away."""
    year, number = (int(part) for part in month.split("-"))
    total = year * 12 + number - 1 + step
    return f"{total // 12:04}-{total % 12 + 1:02}"


def _number(summary: Summary, line_id: str) -> float | None:
    line = next((one for one in summary.lines if one.id == line_id), None)
    return None if line is None or line.value is None else float(line.value)
