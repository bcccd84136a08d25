"""The cards of the month summary: a figure in words, its twelve months, its parts, and what explains a fall.

A hidden cell never gets a length, a zero or a blank. Lines of one number stand together; a line with parts of its own
has a card of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import heading_of
from broker_desktop.session.mark_words import has_sign, sign_words, with_sign
from broker_desktop.session.part_words import part_words
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.bars import Bar, BarList, MonthBars
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

Mark = Callable[[Any], str]
"""What stands in place of a hidden line or part."""
BARS_MOST: Final = 7
GLANCE: Final = "glance"
WIDE: Final = "wide"
"""Property of a card that takes a row of its own."""
_AT_A_GLANCE: Final = (
    "MS-01.met", "MS-02", "MS-03", "MS-04", "MS-05", "MS-06", "MS-07.syringes_out", "MS-11.taken", "MS-13.made",
    "MS-14.sources", "MS-16", "MS-17", "MS-18.kits", "MS-21.street_homeless", "MS-27.disruptions", "MS-28.complete",
)  # fmt: skip


def groups_of(lines: Sequence[Any], heading: str) -> Iterator[list[Any]]:
    """Give the lines of one heading by card: those of a number together, each with parts by itself.

    At a glance every main line has one card.
    """
    if heading == GLANCE:
        yield from ([line] for line in lines if line.id in _AT_A_GLANCE)
        return
    numbers: dict[str, list[Any]] = {}
    for line in lines:
        if heading_of(line.id) == heading:
            numbers.setdefault(line.id.partition(".")[0], []).append(line)
    for found in numbers.values():
        plain = [line for line in found[1:] if not line.cells]
        yield [found[0], *plain]
        yield from ([line] for line in found[1:] if line.cells)


class FigureCard(Card):
    """One figure with everything that belongs to it."""

    def __init__(
        self, lines: Sequence[Any], mark: Mark, codes: CodeLists, marks: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """`mark`: what stands in place of a hidden count; `marks`: disruptions, whose areas have a sign."""
        super().__init__(padding=16, gap=6)
        self.lines, self._mark, self._codes, self._marks = lines, mark, codes, marks
        self.behind = Button("", icon="list", kind="quiet")
        self.behind.setAccessibleName(translate("Summary", "Records behind {line}").format(line=lines[0].id))
        self.behind.setProperty("line", lines[0].id)

    def show_figure(self, points: Sequence[tuple[str, float | None, str]], *, as_table: bool, drill: bool) -> None:
        """Build the card. `points`: periods in few words, the value or None, and what is printed."""
        first = self.lines[0]
        title = row(Label(first.id.partition(".")[0], role="small", tone="muted"), gap=8)
        title.addWidget(Paragraph(first.title, role="strong"), 1)
        if drill and not first.unreadable:
            title.addWidget(self.behind)
        self.body.addLayout(title)
        words = figure_words(first, self._mark)
        figure = row(Label(words, role="figure"), Label(first.unit, role="small", tone="muted"), "stretch")
        if not as_table and any(value for _, value, _ in points):
            figure.addLayout(_small_chart(points, first.title))
        self.body.addLayout(figure)
        if first.denominator is not None and first.numerator is not None and not first.hidden:
            self.add(Paragraph(f"{first.numerator:,} / {first.denominator:,}", role="small"))
        self._show_parts(as_table=as_table)
        for words, _, mark in points if as_table else ():
            self.add(row(Paragraph(words, role="small", tone="muted"), Label(mark, role="small")))
        signed = [sign_words(translate)] if has_sign([first], self._marks) else []
        for note in (*signed, *first.notes):
            self.add(Paragraph(note, role="small", tone="muted"))
        self.body.addStretch(1)

    def show_mark(self, words: str) -> None:
        """Say beside the figure what explains it, or that nothing does."""
        line = row(IconLabel("flag", size=16), gap=8)
        line.addWidget(Paragraph(words, role="small"), 1)
        self.body.insertLayout(self.body.count() - 1, line)

    def _show_parts(self, *, as_table: bool) -> None:
        first, others = self.lines[0], self.lines[1:]
        bars = [
            Bar(self._words(cell), None if cell.hidden else float(cell.value or 0), self._end(cell))
            for cell in first.cells
        ]
        same = [line for line in others if line.unit == first.unit and not line.is_rate]
        bars += [
            Bar(line.title, None if line.value is None else float(line.value), figure_words(line, self._mark))
            for line in same
        ]
        told = [line for line in others if line not in same]
        if as_table:
            for bar in bars:
                self.add(row(Paragraph(bar.words, role="small"), Label(bar.mark, role="smallstrong")))
        elif bars:
            shown = bars if len(bars) <= BARS_MOST else sorted(bars, key=lambda one: -(one.value or 0))[:BARS_MOST]
            self.add(BarList(shown))
            if len(bars) > len(shown):
                more = translate("Summary", "{n} more in the table, Ctrl+T").format(n=len(bars) - len(shown))
                self.add(Label(more, role="small", tone="muted"))
        for line in told:
            mark = f"{figure_words(line, self._mark)} {unit_words(line)}".strip()
            self.add(row(Paragraph(line.title, role="small"), Label(mark, role="smallstrong")))

    def _words(self, cell: Any) -> str:
        return with_sign(cell_words(cell.by, self._codes), cell.by, self._marks)

    def _end(self, cell: Any) -> str:
        return self._mark(cell) if cell.hidden else f"{cell.value:,}"


def _small_chart(points: Sequence[tuple[str, float | None, str]], title: str) -> Any:
    """Draw the periods that lead up to the one shown, with what is meant under them."""
    until = translate("Summary", "to {last}").format(last=points[-1][0])
    under = translate("Summary", "hatched: no figure") if any(value is None for _, value, _ in points) else until
    return column(MonthBars(points, f"{title}, {until}"), Label(under, role="small", tone="muted"), gap=2)


def figure_words(line: Any, mark: Mark) -> str:
    """Write a figure: the number, the mark of a hidden one, or that this role may not read it."""
    if line.unreadable:
        return translate("Summary", "not for your role")
    if line.hidden:
        return translate("Summary", "hidden") if line.is_rate else mark(line)
    return "–" if line.value is None else f"{line.value:,}"


def unit_words(line: Any) -> str:
    """Write the unit after a figure, where there is one."""
    if line.value is None:
        return ""
    return "%" if line.unit == "percent" else str(line.unit)


def cell_words(by: Mapping[str, str | None], codes: CodeLists) -> str:
    """Write what a cell is by: the label of a code where its list is known."""
    return part_words(by, codes, translate("Summary", "not said"))


def put_in_grid(grid: Any, cards: Sequence[QWidget], columns: int) -> None:
    """Lay cards out in so many columns; a wide one takes a row of its own."""
    place = 0
    for card in cards:
        across = columns if card.property(WIDE) else 1
        place += -place % columns if across > 1 else 0
        grid.addWidget(card, place // columns, place % columns, 1, across)
        place += across
    for number in range(2):
        grid.setColumnStretch(number, 1 if number < columns else 0)
