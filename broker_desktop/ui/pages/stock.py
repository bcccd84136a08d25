"""Supplies: what must be on each shelf, what expires, how counts compare, where a batch went, how sharps are reckoned.

Everything is worked out by the session when the page comes up; nothing here is a stored number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from broker_desktop.records.stock import Lot
from broker_desktop.session.stock import CountLine, Recall, StockLine
from broker_desktop.session.views import RecordRow
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import LONDON, parse_day, short_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.text import Label, Paragraph

_MOVEMENT: Final = "stock_movement"
_COUNT: Final = "stock_count"
_MEASURED: Final = "sharps_calibration"


@dataclass(frozen=True, slots=True)
class _Found:
    """What the page shows."""

    lines: Sequence[StockLine]
    counts: Sequence[CountLine]
    measured: RecordRow | None


class StockPage(Page):
    """One card a place, then counts, a recall, and the measurement of sharps bins."""

    rail_place = f"list:{_MOVEMENT}"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.moved = Button(translate("Stock", "Book a movement"), kind="primary", icon="truck")
        self.moved.clicked.connect(self._book)
        self.count = Button(translate("Stock", "Count a shelf"), icon="package-check")
        self.count.clicked.connect(self._count_shelf)
        self.batch = LineBox(letters=32)
        self.batch.setAccessibleName(translate("Stock", "Batch to find"))
        self.batch.setPlaceholderText(translate("Stock", "Batch, as printed on the box"))
        self.batch.returnPressed.connect(self._find)
        self._find_button = Button(translate("Stock", "Find"), icon="search", key="Enter")
        self._find_button.clicked.connect(self._find)
        self._shelves, self._counts, self._measured = column(gap=12), Card(padding=20), Card(padding=20)
        self._recalled = column(gap=6)
        self.column.addLayout(self._shelves)
        self.column.addWidget(self._counts)
        self.column.addWidget(self._recall_card())
        self.column.addWidget(self._measured)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Stock", "Stock")

    def subtitle(self) -> str:
        """Say what the numbers are."""
        return translate("Stock", "What must be there: everything that came less everything that went")

    def header_parts(self) -> list[QWidget]:
        """Return what is done most here."""
        return [self.count, self.moved]

    def first(self) -> QWidget:
        """Start at booking a movement."""
        return self.moved

    def arrive(self, place: Place) -> None:
        """Work everything out anew."""
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Work it out again when something moved, was counted or measured."""
        moving = {one.name for one in self.desk.session.types() if one.stock is not None}
        if types & (moving | {_COUNT, _MEASURED}):
            self._read()

    def _read(self) -> None:
        session = self.desk.session

        def work() -> _Found:
            measured = session.records(_MEASURED, limit=1)
            return _Found(session.stock.on_hand(), session.stock.latest_counts(), next(iter(measured), None))

        self.desk.read(self, work, self._show)

    def _show(self, found: _Found) -> None:
        clear_layout(self._shelves)
        if not found.lines:
            empty = Card(padding=20)
            empty.add(
                Paragraph(translate("Stock", "Nothing has been booked in or given out yet."), tone="muted"),
            )
            self._shelves.addWidget(empty)
        for label, lines in groupby(found.lines, key=lambda one: one.place_label):
            self._shelves.addWidget(self._place_card(label, list(lines)))
        self._show_counts(found.counts)
        self._show_measured(found.measured)

    def _place_card(self, label: str, lines: Sequence[StockLine]) -> Card:
        card = Card(padding=20, gap=10)
        card.add(Label(label, role="section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().space(16))
        grid.setVerticalSpacing(look().space(6))
        for place, line in enumerate(lines):
            grid.addWidget(Label(line.item_label), place, 0)
            number = Label(f"{line.n:,}", role="strong", tone="danger" if line.n < 0 else "")
            grid.addWidget(number, place, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(Paragraph(self._lots(line), role="small", tone="muted"), place, 2)
            badge = _badge(line)
            if badge is not None:
                grid.addWidget(badge, place, 3, Qt.AlignmentFlag.AlignRight)
        grid.setColumnMinimumWidth(0, look().letters(300))
        grid.setColumnMinimumWidth(1, look().letters(60))
        grid.setColumnStretch(2, 1)
        card.body.addLayout(grid)
        return card

    def _lots(self, line: StockLine) -> str:
        return "; ".join(self._lot(one) for one in line.lots if one.batch or one.expiry)

    def _lot(self, lot: Lot) -> str:
        day = parse_day(lot.expiry) if lot.expiry else None
        parts = [f"{lot.n:,}"]
        if lot.batch:
            parts.append(translate("Stock", "batch {batch}").format(batch=lot.batch))
        if day is not None:
            parts.append(translate("Stock", "expires {day}").format(day=f"{day:%d/%m/%Y}"))
        return ", ".join(parts)

    def _show_counts(self, counts: Sequence[CountLine]) -> None:
        self._counts.empty()
        self._counts.setVisible(bool(counts))
        self._counts.add(Label(translate("Stock", "Latest counts"), role="section"))
        today = self.desk.now().astimezone(LONDON).date()
        for one in counts:
            day = parse_day(one.day)
            words = translate("Stock", "{place}, {day}: {item}, counted {n}").format(
                place=one.place_label, day=short_day(day, today) if day else "", item=one.item_label, n=one.counted
            )
            line = row(Paragraph(words), gap=10)
            line.setStretch(0, 1)
            line.addWidget(_difference(one.difference))
            if one.difference:
                settle = Button(translate("Stock", "Settle"))
                settle.setAccessibleName(f"{settle.text()}: {words}")
                settle.setProperty("count", [one.place, one.item, one.difference])
                settle.clicked.connect(self._settle)
                line.addWidget(settle)
            self._counts.body.addLayout(line)

    def _show_measured(self, measured: RecordRow | None) -> None:
        self._measured.empty()
        self._measured.add(Label(translate("Stock", "How sharps returns are reckoned"), role="section"))
        if measured is None:
            words = translate(
                "Stock",
                "Nobody has measured a bin here yet, so returns are reported as bins and litres and nothing is "
                "estimated. A lead measures once: fill one bin with counted sealed packs, or weigh 100 unused ones.",
            )
        else:
            words = translate("Stock", "Estimates rest on: {what}").format(what=measured.summary)
        self._measured.add(Paragraph(words, tone="muted"))
        if self.desk.session.seat.role == "lead":
            measure = Button(translate("Stock", "Measure a bin"), icon="scale")
            measure.clicked.connect(self._measure)
            self._measured.body.addLayout(row(measure, "stretch"))

    def _recall_card(self) -> Card:
        card = Card(padding=20, gap=10)
        card.add(Label(translate("Stock", "A batch is recalled"), role="section"))
        words = translate("Stock", "Finds kits that were handed over and kits on shelves; works without a network.")
        card.add(Paragraph(words, tone="muted"))
        card.body.addLayout(row(self.batch, self._find_button, "stretch"))
        card.body.addLayout(self._recalled)
        return card

    def _show_recall(self, found: Recall) -> None:
        clear_layout(self._recalled)
        shelves = [f"{one.place_label}: {one.n:,} {one.item_label}" for one in found.on_shelves]
        handed = translate("Stock", "Handed over: {n}").format(n=len(found.supplies))
        nowhere = translate("Stock", "On no shelf")
        self._recalled.addWidget(Label(f"{'; '.join(shelves) or nowhere}. {handed}", role="strong"))
        for one in found.supplies:
            open_it = Button(one.summary, kind="quiet", icon="syringe")
            open_it.setProperty("supply", one.id)
            open_it.clicked.connect(self._open_supply)
            self._recalled.addWidget(open_it)

    @Slot()
    def _find(self) -> None:
        batch, session = self.batch.text(), self.desk.session
        self.desk.read(self, lambda: session.stock.recall(batch), self._show_recall)

    @Slot()
    def _book(self) -> None:
        self.desk.go(Place("new", type=_MOVEMENT))

    @Slot()
    def _count_shelf(self) -> None:
        self.desk.go(Place("new", type=_COUNT))

    @Slot()
    def _measure(self) -> None:
        self.desk.go(Place("new", type=_MEASURED))

    @Slot()
    def _settle(self) -> None:
        place, item, difference = self.sender().property("count")
        lines = [{"item": item, "n": abs(difference)}]
        found = {"kind": "found"} if difference > 0 else {"kind": "write_off", "reason": "counted_short"}
        self.desk.go(Place("new", type=_MOVEMENT, payload={**found, "place": place, "lines": lines}))

    @Slot()
    def _open_supply(self) -> None:
        self.desk.go(Place("edit", type="naloxone_supply", id=str(self.sender().property("supply"))))


def _badge(line: StockLine) -> Badge | None:
    if line.expires == "expired":
        return Badge(translate("Stock", "Past its date"), icon="circle-alert", tone="danger")
    if line.expires == "soon":
        return Badge(translate("Stock", "Expires soon"), icon="hourglass", tone="warn")
    if line.n < 0:
        return Badge(translate("Stock", "More out than in"), icon="triangle-alert", tone="warn")
    return None


def _difference(n: int) -> Badge:
    if not n:
        return Badge(translate("Stock", "As expected"), icon="check", tone="ok")
    words = translate("Stock", "{n} over") if n > 0 else translate("Stock", "{n} short")
    return Badge(words.format(n=abs(n)), icon="triangle-alert", tone="warn")
