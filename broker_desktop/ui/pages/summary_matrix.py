"""The Bull's-eye of the month summary: the groups side by side, each by the rings of treatment, the estimate below.

A hidden number has its mark and never a zero or a blank. Works nothing out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from broker_desktop.records.measure.positions import Position, Ring
from broker_desktop.session.disclosure import Level, hidden_mark
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.summary_cards import WIDE
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card
from broker_desktop.ui.widgets.text import Label, Paragraph

_NONE: Final = "–"


class MatrixCard(Card):
    """Every group that the pack prints an estimate of, a column each."""

    def __init__(self, heading: str, found: Sequence[Position], level: Level) -> None:
        super().__init__(padding=16, gap=10)
        self.setProperty(WIDE, True)
        self._level = level
        self.add(Paragraph(heading, role="section"))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().space(10))
        self._grid.setVerticalSpacing(look().space(6))
        for column in range(len(found) + 1):
            self._grid.setColumnStretch(column, 1 if column else 2)
        groups = _groups()
        self._row("", [Label(groups[one.group], role="smallstrong") for one in found])
        readable = [one for one in found if one.rings]
        for place, code in enumerate(ring.code for ring in (readable[0].rings if readable else ())):
            rings = [one.rings[place] if one.rings else None for one in found]
            self._row(_rings()[code], [self._ring(ring) for ring in rings])
        self._row(translate("Summary", "All seen"), [self._seen(one) for one in found])
        self._row(translate("Summary", "Printed estimate"), [_estimate(one) for one in found])
        self._row(
            translate("Summary", "Seen, of the estimate"),
            [_small(_percent(one.whole.percent_of_target)) for one in found],
        )
        self.body.addLayout(self._grid)
        for words in (
            translate("Summary", "The groups overlap and are never added. Rings are as people told us."),
            translate("Summary", "Percent under a ring: of all seen in its group."),
            translate("Summary", "Printed: estimate, not our records."),
        ):
            self.add(Paragraph(words, role="small", tone="muted"))
        if any(ring.share_hidden and not ring.hidden for one in found for ring in one.rings):
            words = translate("Summary", "Of fewer than 20 people, or of a hidden number, no percent is told.")
            self.add(Paragraph(words, role="small", tone="muted"))
        self.body.addStretch(1)

    def _row(self, words: str, cells: Sequence[Label]) -> None:
        place = self._grid.rowCount()
        self._grid.addWidget(Paragraph(words, role="small"), place, 0, Qt.AlignmentFlag.AlignTop)
        for column, cell in enumerate(cells, start=1):
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(cell, place, column)

    def _ring(self, ring: Ring | None) -> Label:
        if ring is None:
            return _small(translate("Summary", "not for your role"))
        number = hidden_mark(self._level, small=ring.small) if ring.hidden else _number(ring.value)
        return _small(number if ring.share is None else f"{number}\n{_percent(ring.share)}")

    def _seen(self, one: Position) -> Label:
        if one.whole.status == "unreadable":
            return _small(translate("Summary", "not for your role"))
        hidden = one.whole.status == "hidden"
        number = hidden_mark(self._level, small=one.small) if hidden else _number(one.whole.figure)
        return Label(number, role="smallstrong")


def _groups() -> dict[str, str]:
    return {
        "pdu": translate("Summary", "Opiates\nor crack"),
        "opiate": translate("Summary", "Opiates"),
        "crack": translate("Summary", "Crack"),
        "idu": translate("Summary", "Injecting"),
    }


def _rings() -> dict[str | None, str]:
    return {
        "in_now": translate("Summary", "In treatment now"),
        "in_last_12m": translate("Summary", "In the last 12 months"),
        "known_before": translate("Summary", "Known to treatment before"),
        "never": translate("Summary", "Never in treatment"),
        None: translate("Summary", "Did not say"),
    }


def _estimate(one: Position) -> Label:
    printed = one.whole.indicator.reference
    if printed is None:
        return _small(_NONE)
    ends = "" if printed.low is None or printed.high is None else f"\n{_number(printed.low)}–{_number(printed.high)}"
    return _small(f"{_number(printed.value)}{ends}")


def _number(value: int | Decimal | None) -> str:
    return _NONE if value is None else f"{value:,}"


def _percent(value: Decimal | None) -> str:
    return _NONE if value is None else f"{value.normalize():f} %"


def _small(words: str) -> Label:
    return Label(words, role="small")
