"""The sheets of a month: which sites sent one, which did not, and one press to type the next."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from broker_desktop.records.tally_rules import DRAFT, FINAL, TALLY
from broker_desktop.records.worklist import later
from broker_desktop.session.sheets import SheetLine
from broker_desktop.ui.i18n import LONDON, month_text, parse_day, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.widgets.boxes import Card, clear_layout, column
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Flow
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label

_MARKS: Final = {FINAL: "circle-check", DRAFT: "pencil-line", "": "circle-dashed"}


class SheetsPage(Page):
    """One button a site; a press opens its sheet, or a new one with month and site filled in."""

    rail_place = f"list:{TALLY}"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.month = ""
        self._lines: Sequence[SheetLine] = ()
        self._fresh = False
        self._before = Button(translate("Sheets", "Month before"), icon="chevron-left", key="Alt+Left")
        self._before.clicked.connect(self.month_before)
        self._after = Button(translate("Sheets", "Month after"), icon="chevron-right", key="Alt+Right")
        self._after.clicked.connect(self.month_after)
        self._export = Button(translate("Sheets", "List of the missing"), icon="file-down", key="Ctrl+Shift+E")
        self._export.clicked.connect(self.export)
        self._told = Label("", role="section")
        self._sites = column(gap=0)
        card = Card(padding=20, gap=12)
        months = Flow(gap=8)
        for part in (self._before, self._after, self._export):
            months.add(part)
        card.add(self._told, months)
        card.body.addLayout(self._sites)
        self.column.addWidget(card)
        self.column.addStretch(1)
        self.buttons: dict[str, Button] = {}

    def title(self) -> str:
        """Return the page's title."""
        return translate("Sheets", "Sheets of the month")

    def subtitle(self) -> str:
        """Name the month."""
        return month_text(self.month) if self.month else ""

    def first(self) -> QWidget:
        """Start at the first site without a sheet."""
        missing = next((one.site for one in self._lines if not one.status), None)
        return self.buttons.get(missing or "", self._before)

    def arrive(self, place: Place) -> None:
        """Show the month before this one, or the one that the place names."""
        today = self.desk.now().astimezone(LONDON).date()
        self.month = place.id or self.month or later(today.replace(day=1), months=-1).isoformat()[:7]
        self._read(fresh=True)

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again when a sheet came."""
        if TALLY in types:
            self._read()

    @Slot()
    def month_before(self) -> None:
        """Go one month back."""
        self._step(-1)

    @Slot()
    def month_after(self) -> None:
        """Go one month on."""
        self._step(1)

    @Slot()
    def export(self) -> None:
        """Write the sites without a sheet to a file, for whoever rings them."""
        name = f"sites-without-a-sheet-{self.month}.csv"
        path, _ = QFileDialog.getSaveFileName(self, translate("Sheets", "List of the missing"), name)
        if path:
            self.write_missing(path)

    def write_missing(self, path: str) -> None:
        """Write that list."""
        from pathlib import Path  # noqa: PLC0415  one use, off the way to the first picture

        session, month = self.desk.session, self.month

        def told(n: int) -> None:
            self.desk.say(translate("Sheets", "{n} sites written. Names of sites only.").format(n=n))

        self.desk.write(self, lambda: session.sheets.write_missing(month, Path(path)), told)

    def _step(self, months: int) -> None:
        day = parse_day(f"{self.month}-01")
        if day is not None:
            self.month = later(day, months=months).isoformat()[:7]
            self._read(fresh=True)

    def _read(self, *, fresh: bool = False) -> None:
        """Read the month; `fresh`: it is another one, and the focus goes to where work begins."""
        session, month = self.desk.session, self.month
        self._fresh = self._fresh or fresh
        self.desk.read(self, lambda: (month, session.sheets.month(month)), self._show)

    def _show(self, found: tuple[str, Sequence[SheetLine]]) -> None:
        month, lines = found
        if month != self.month:
            return
        kept = next((site for site, one in self.buttons.items() if one.hasFocus()), "")
        self._lines = lines
        clear_layout(self._sites)
        flow = Flow(gap=8)
        self.buttons = {}
        final = sum(one.status == FINAL for one in lines)
        drafts = sum(one.status == DRAFT for one in lines)
        told = translate("Sheets", "{final} of {all} sites final, {drafts} to look at again, {missing} missing")
        missing = len(lines) - final - drafts
        self._told.setText(told.format(final=final, all=len(lines), drafts=drafts, missing=missing))
        if not lines:
            self._told.setText(translate("Sheets", "No site of this team sends monthly sheets."))
        for one in lines:
            button = Button(one.label, kind="secondary", icon=_MARKS.get(one.status, "circle-dashed"))
            button.setAccessibleName(f"{one.label}: {_words(one.status)}")
            button.setProperty("site", one.site)
            button.clicked.connect(self._pressed)
            self.buttons[one.site] = button
            flow.add(button)
        self._sites.addWidget(flow)
        self.desk.header_changed.emit()
        if self._fresh:
            focus_soon(self.first())
        elif kept:
            focus_soon(self.buttons.get(kept, self._before))
        self._fresh = False

    @Slot()
    def _pressed(self) -> None:
        site = str(self.sender().property("site"))
        line = next(one for one in self._lines if one.site == site)
        if line.sheet is not None:
            self.desk.go(Place("edit", type=TALLY, id=line.sheet.id))
            return
        self.desk.go(Place("new", type=TALLY, payload={"month": self.month, "site": site}, focus="transactions"))


def _words(status: str) -> str:
    words = {FINAL: translate("Sheets", "final"), DRAFT: translate("Sheets", "a draft, to look at again")}
    return words.get(status, translate("Sheets", "no sheet"))
