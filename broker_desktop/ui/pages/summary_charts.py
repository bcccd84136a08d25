"""The drawings of the month summary: how figures went, how far people came, and where they are.

Everything drawn is what the recipient is shown; what is hidden is a gap with a word. Ctrl+T gives the same as a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from PySide6.QtWidgets import QGridLayout, QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.mark_words import has_sign, mark_words, sign_words, with_sign
from broker_desktop.session.summary import Summary
from broker_desktop.session.trends import Point, Step
from broker_desktop.ui.i18n import month_words, translate
from broker_desktop.ui.pages.period_words import period_text
from broker_desktop.ui.pages.summary_cards import Mark, cell_words, figure_words
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.bars import Bar, BarList
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph
from broker_desktop.ui.widgets.trend_chart import Column, TrendChart

TRENDS: Final = "trends"
CASCADES: Final = "cascades"
AREAS: Final = "areas"
TREND_LINES: Final = (
    "MS-01.met", "MS-02", "MS-04", "MS-05", "MS-06", "MS-07.syringes_out", "MS-11.offered", "MS-13.made", "MS-18.kits",
    "MS-28.complete",
)  # fmt: skip
_CASCADES: Final = (
    tuple(f"MS-11.{step}" for step in ("offered", "accepted", "taken", "resulted", "given", "referred", "attended")),
    ("MS-13.made", "MS-13.attended"),
)
"""Steps of which each is part of the one before it, so that they never rise."""
_AREAS: Final = (
    "MS-01.met_by_locality", "MS-23.locality", "MS-24.idu", "MS-24.main_share_by_area", "MS-27.needles",
)  # fmt: skip
_BARS_MOST: Final = 16


def sections() -> list[tuple[str, str]]:
    """Give the sections of the page that are drawings, code and words."""
    return [
        (TRENDS, translate("Summary", "How it went")),
        (CASCADES, translate("Summary", "How far people came")),
        (AREAS, translate("Summary", "Where")),
    ]


def cards_of(
    summary: Summary, section: str, steps: Sequence[Step], mark: Mark, codes: CodeLists, *, as_table: bool
) -> Iterator[QWidget]:
    """Give the cards of a section."""
    lines = {line.id: line for line in summary.lines}
    if section == TRENDS:
        if not steps:
            yield _said(translate("Summary", "The periods before are being counted."))
            return
        found = [lines[one] for one in TREND_LINES if one in lines]
        empty = [line for line in found if not _is_drawn(line.id, steps)]
        yield from (TrendCard(line, steps, codes, as_table=as_table) for line in found if line not in empty)
        if empty:
            words = translate("Summary", "0 in all of these periods: {lines}.")
            yield _said(words.format(lines=", ".join(line.title for line in empty)))
    elif section == CASCADES:
        for ids in _CASCADES:
            found = [lines[one] for one in ids if one in lines]
            if found:
                yield CascadeCard(found, mark, as_table=as_table)
    else:
        found = [lines[one] for one in _AREAS if one in lines]
        empty = [line for line in found if not (line.cells or line.unreadable or line.withheld)]
        yield from (
            AreaCard(line, mark, codes, summary.marks, as_table=as_table) for line in found if line not in empty
        )
        if empty:
            words = translate("Summary", "Nothing to show by area: {lines}.")
            yield _said(words.format(lines="; ".join(line.title for line in empty)))


class TrendCard(Card):
    """One line over its periods, with what disrupted the service and what was counted anew."""

    def __init__(self, line: Any, steps: Sequence[Step], codes: CodeLists, *, as_table: bool) -> None:
        super().__init__(padding=16, gap=8)
        self.add(_title(line))
        columns = [_column(step, step.points[line.id], line.unit, codes) for step in steps]
        if as_table:
            self.body.addLayout(_table([(one.words, one.mark, "; ".join(one.told)) for one in columns]))
        else:
            self.add(TrendChart(columns, line.title))
            for words in _keys(steps, codes):
                self.add(_key(*words))
        self.body.addStretch(1)


class CascadeCard(Card):
    """Steps that follow each other: how many came to each, and what share that is of the step before."""

    def __init__(self, lines: Sequence[Any], mark: Mark, *, as_table: bool) -> None:
        super().__init__(padding=16, gap=8)
        self.add(_title(lines[0]))
        bars = [
            Bar(line.title, _value(line), _step_words(line, before, mark))
            for before, line in zip([None, *lines], lines, strict=False)
        ]
        if as_table:
            self.body.addLayout(_table([(bar.words, bar.mark, "") for bar in bars]))
        else:
            self.add(BarList(bars))
        words = translate("Summary", "Per cent of the step before.")
        self.add(Paragraph(words, role="small", tone="muted"))
        self.body.addStretch(1)


class AreaCard(Card):
    """One line by area, the largest first; what is hidden stands at the end."""

    def __init__(
        self, line: Any, mark: Mark, codes: CodeLists, marks: Sequence[Mapping[str, Any]], *, as_table: bool
    ) -> None:
        super().__init__(padding=16, gap=8)
        self.add(_title(line))
        bars = [
            Bar(words, None if cell.hidden else float(cell.value or 0), _end(cell, line, mark))
            for cell in line.cells
            for words in [with_sign(cell_words(cell.by, codes), cell.by, marks)]
        ]
        bars.sort(key=lambda bar: (bar.value is None, -(bar.value or 0)))
        if line.unreadable or not bars:
            words = figure_words(line, mark) if line.unreadable else translate("Summary", "Its parts are hidden.")
            self.add(Paragraph(words, role="small", tone="muted"))
        elif as_table:
            self.body.addLayout(_table([(bar.words, bar.mark, "") for bar in bars]))
        else:
            self.add(BarList(bars[:_BARS_MOST]))
            if len(bars) > _BARS_MOST:
                more = translate("Summary", "{n} more in the table, Ctrl+T").format(n=len(bars) - _BARS_MOST)
                self.add(Label(more, role="small", tone="muted"))
        if has_sign([line], marks):
            self.add(Paragraph(sign_words(translate), role="small", tone="muted"))
        self.body.addStretch(1)


def _is_drawn(line_id: str, steps: Sequence[Step]) -> bool:
    """Tell whether there is anything to draw: a figure other than 0, or one that is not there."""
    return any(point.value != 0 for point in (step.points[line_id] for step in steps))


def point_words(point: Point, unit: str) -> str:
    """Write a point of a chart, or why it has no figure."""
    if point.value is not None:
        plain = f"{point.value:,.1f}".removesuffix(".0")
        return f"{plain} %" if unit == "percent" else plain
    return {
        "hidden": translate("Summary", "hidden"),
        "unreadable": translate("Summary", "not for your role"),
        "not_counted": translate("Summary", "not counted then"),
    }.get(point.why, translate("Summary", "no figure"))


def _column(step: Step, point: Point, unit: str, codes: CodeLists) -> Column:
    change = "".join(
        letter for letter, on in ((_pack_letter(), step.other_pack), (_rule_letter(), step.other_definitions)) if on
    )
    words, told = period_text(step.period), [mark_words(one, codes, translate) for one in step.disruptions]
    told += [_pack_words()] if step.other_pack else []
    told += [_rule_words()] if step.other_definitions else []
    first = step.period.first_day
    short = month_words()[int(first[5:7]) - 1][:1] if step.period.kind == "month" else f"{int(first[8:])}/{first[5:7]}"
    return Column(
        words, short, point.value, point_words(point, unit), flag=bool(step.disruptions), change=change, told=told
    )


def _keys(steps: Sequence[Step], codes: CodeLists) -> Iterator[tuple[str, str]]:
    """Say what the marks over a chart mean: each disruption once."""
    disruptions = {str(one["record"]): one for step in steps for one in step.disruptions}
    for one in disruptions.values():
        yield "", mark_words(one, codes, translate)
    for letter, words, periods in (
        (_pack_letter(), _pack_words(), [step.period for step in steps if step.other_pack]),
        (_rule_letter(), _rule_words(), [step.period for step in steps if step.other_definitions]),
    ):
        if periods:
            yield letter, f"{words}: {', '.join(period_text(one) for one in periods)}"


def _key(letter: str, words: str) -> QWidget:
    made = QWidget()
    sign = Label(letter, role="smallstrong") if letter else IconLabel("flag", token="info", size=16)
    sign.setMinimumWidth(look().letters(16))
    line = row(sign, gap=8)
    line.addWidget(Paragraph(words, role="small"), 1)
    made.setLayout(line)
    return made


def _pack_letter() -> str:
    return translate("Summary", "P")


def _rule_letter() -> str:
    return translate("Summary", "D")


def _pack_words() -> str:
    return translate("Summary", "From here on another area pack")


def _rule_words() -> str:
    return translate("Summary", "From here on other definitions")


def _value(line: Any) -> float | None:
    return None if line.hidden or line.unreadable or line.value is None else float(line.value)


def _step_words(line: Any, before: Any, mark: Mark) -> str:
    words, value = figure_words(line, mark), _value(line)
    of = None if before is None else _value(before)
    if value is None or not of:
        return words
    return f"{words} · {round(100 * value / of)} %"


def _end(cell: Any, line: Any, mark: Mark) -> str:
    if cell.hidden:
        return translate("Summary", "hidden") if line.is_rate else mark(cell)
    return f"{cell.value:,} %" if line.unit == "percent" else f"{cell.value:,}"


def _title(line: Any) -> Any:
    title = row(Label(line.id.partition(".")[0], role="small", tone="muted"), gap=8)
    title.addWidget(Paragraph(line.title, role="strong"), 1)
    return title


def _table(rows: Sequence[tuple[str, str, str]]) -> QGridLayout:
    """Lay the same figures out in words: what, how many, and what there is to say."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(look().space(12))
    grid.setVerticalSpacing(look().space(4))
    for at, (words, figure, told) in enumerate(rows):
        grid.addWidget(Label(words, role="small"), at, 0)
        grid.addWidget(Label(figure, role="smallstrong"), at, 1)
        grid.addWidget(Paragraph(told, role="small", tone="muted"), at, 2)
    grid.setColumnStretch(2, 1)
    return grid


def _said(words: str) -> Card:
    card = Card(padding=16, gap=6)
    card.add(Paragraph(words))
    card.body.addStretch(1)
    return card
