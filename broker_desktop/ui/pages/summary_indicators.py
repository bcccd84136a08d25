"""The indicators of the month summary, each with target, figure and difference, and the teams beside the service.

Says in an icon and in words whether a target is reached; colour only repeats it. Works nothing out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure.against import Against, TeamFigure, printed_percents
from broker_desktop.records.pack.known_indicators import BULLS_EYE
from broker_desktop.session.summary import Summary
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.summary_matrix import MatrixCard
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

INDICATORS: Final = "indicators"
TEAMS: Final = "teams"
_ICONS: Final = {
    "reached": ("circle-check", "ok"),
    "inside": ("circle-check", "ok"),
    "below": ("triangle-alert", "warn"),
    "above": ("triangle-alert", "warn"),
    "hidden": ("eye-off", "muted"),
    "unreadable": ("eye-off", "muted"),
}

_SILENT: Final = ("no_target", "no_figure", "hidden")
"""Nothing more to say of a figure that nothing is asked of, or that is hidden."""


def sections() -> list[tuple[str, str]]:
    """Give the two sections of the page that these cards fill, code and words."""
    return [
        (INDICATORS, translate("Summary", "Targets and indicators")),
        (TEAMS, translate("Summary", "Teams beside the service")),
    ]


def cards_of(summary: Summary, section: str, codes: CodeLists) -> Iterator[QWidget]:
    """Give a card for every heading of the indicators, or for every line that is compared by team."""
    if section == TEAMS:
        for line in dict.fromkeys(one.line for one in summary.variation):
            yield TeamCard([one for one in summary.variation if one.line == line], codes)
        if not summary.variation:
            yield _nothing(translate("Summary", "No team has figures in this period."))
        return
    for heading in dict.fromkeys(one.indicator.heading for one in summary.indicators):
        if heading == BULLS_EYE and summary.positions:
            yield MatrixCard(heading, summary.positions, summary.level)
            continue
        yield IndicatorCard(heading, [one for one in summary.indicators if one.indicator.heading == heading])


def _nothing(words: str) -> Card:
    card = Card(padding=16, gap=6)
    card.add(Paragraph(words))
    return card


class IndicatorCard(Card):
    """The indicators of one heading, a row each."""

    def __init__(self, heading: str, found: Sequence[Against]) -> None:
        super().__init__(padding=16, gap=10)
        self.add(Paragraph(heading or translate("Summary", "What this service is held to"), role="section"))
        grid = _grid()
        for one in found:
            place = grid.rowCount()
            grid.addWidget(Paragraph(one.title, role="small"), place, 0)
            grid.addWidget(_right(_figure_words(one), "smallstrong"), place, 1)
            words = " · ".join(against_words(one))
            if words or one.status not in _SILENT:
                grid.addWidget(Paragraph(words, role="small", tone="muted"), place + 1, 0)
                grid.addLayout(_status(one), place + 1, 1)
            grid.setRowMinimumHeight(place + 2, look().space(4))
        self.body.addLayout(grid)
        for note in dict.fromkeys(note for one in found for note in one.indicator.notes):
            self.add(Paragraph(note, role="small", tone="muted"))
        self.body.addStretch(1)


class TeamCard(Card):
    """One line, by team."""

    def __init__(self, found: Sequence[TeamFigure], codes: CodeLists) -> None:
        super().__init__(padding=16, gap=6)
        self.add(Paragraph(found[0].title, role="strong"))
        grid = _grid()
        for place, one in enumerate(found):
            name = translate("Summary", "no team named") if one.team is None else codes.label("team", one.team)
            grid.addWidget(Paragraph(name, role="small"), place, 0)
            grid.addWidget(_right(_number(one.value, one.unit), "smallstrong"), place, 1)
            grid.addWidget(_right(_share_words(one), "small"), place, 2)
        self.body.addLayout(grid)
        if found[0].unit != "percent" and any(one.difference is not None for one in found):
            words = translate("Summary", "Points: beside the team's own share of all contacts.")
            if "offered" in found[0].line:
                words = translate("Summary", "Of the team's own contacts; points beside the whole service.")
            self.add(Paragraph(words, role="small", tone="muted"))
        self.body.addStretch(1)


def against_words(one: Against) -> Iterator[str]:
    """Give what stands under an indicator: its target or what was printed, the difference, its tags."""
    reference, printed = one.indicator.reference, one.indicator.printed
    if one.target is not None:
        yield translate("Summary", "target {n}").format(n=_number(one.target, one.unit))
    elif reference is not None and reference.value is not None:
        yield translate("Summary", "printed {n}").format(n=_number(reference.value, one.unit))
    if reference is not None and reference.low is not None and reference.high is not None:
        words = translate("Summary", "{low} to {high}")
        yield words.format(low=_number(reference.low, ""), high=_number(reference.high, ""))
    if one.difference is not None:
        yield translate("Summary", "difference {n}").format(n=_signed(one.difference))
    if one.percent_of_target is not None and one.unit != "percent":
        yield f"{one.percent_of_target.normalize():f} %"
    if printed is not None:
        percents = [value for value in printed_percents(one.indicator).values() if value is not None]
        of_it = f" ({' / '.join(f'{value.normalize():f} %' for value in percents)})" if percents else ""
        words = translate("Summary", "printed {n} {year}")
        yield words.format(n=_number(printed, ""), year=one.indicator.year).strip() + of_it
    yield from one.tags


def status_words(one: Against) -> str:
    """Say how a figure stands."""
    return {
        "reached": translate("Summary", "reached"),
        "below": translate("Summary", "below"),
        "above": translate("Summary", "above"),
        "inside": translate("Summary", "inside"),
        "no_target": translate("Summary", "no target"),
        "other_period": translate("Summary", "target for {span}").format(span=_span(one.indicator.cadence or "")),
        "no_figure": translate("Summary", "no figure"),
        "hidden": translate("Summary", "hidden"),
        "unreadable": translate("Summary", "not for your role"),
    }[one.status]


def _span(cadence: str) -> str:
    return {
        "weekly": translate("Summary", "a week"),
        "fortnightly": translate("Summary", "two weeks"),
        "monthly": translate("Summary", "a month"),
        "quarterly": translate("Summary", "a quarter"),
        "half_year": translate("Summary", "half a year"),
        "annual": translate("Summary", "a year"),
        "rolling_12_month": translate("Summary", "twelve months"),
    }.get(cadence, cadence)


def _status(one: Against) -> QHBoxLayout:
    icon, tone = _ICONS.get(one.status, ("", "muted"))
    words = row("stretch", *([IconLabel(icon, token=tone, size=16)] if icon else []), gap=6)
    words.addWidget(Label(status_words(one), role="small", tone=tone))
    return words


def _figure_words(one: Against) -> str:
    if one.status == "hidden":
        return translate("Summary", "hidden")
    return _number(one.figure, one.unit)


def _share_words(one: TeamFigure) -> str:
    told = [f"{one.share.normalize():f} %"] if one.share is not None else []
    if one.hidden:
        told.append(translate("Summary", "of fewer than 20: hidden"))
    if one.difference is not None:
        told.append(translate("Summary", "{n} points").format(n=_signed(one.difference)))
    return " · ".join(told)


def _number(value: int | Decimal | None, unit: str) -> str:
    if value is None:
        return "–"
    plain = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"
    return f"{plain} %" if unit == "percent" else plain


def _signed(value: Decimal) -> str:
    return f"{value.normalize():+,f}"


def _right(words: str, role: str) -> Label:
    label = Label(words, role=role)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(look().space(12))
    grid.setVerticalSpacing(look().space(4))
    grid.setColumnStretch(0, 1)
    return grid
