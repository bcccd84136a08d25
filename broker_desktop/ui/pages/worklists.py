"""Worklists: what waits for the team, list by list; Enter on a row goes straight to what there is to do.

Lists about health and safeguarding show codes in full and say that they are not for the counter; every other list masks
them. What is chosen and typed here is not remembered.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.worklist_views import Worklist, WorklistCount, WorklistRow
from broker_desktop.ui.i18n import LONDON, translate
from broker_desktop.ui.pages.filtered import FilteredPage
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.tables.records import RecordTable
from broker_desktop.ui.tables.work import WorkDelegate, WorkModel
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import Keycap
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

LARGE: Final = 150
_MINE: Final = "mine"
_OVERDUE: Final = "overdue"
_COMING: Final = "coming"


class WorklistsPage(FilteredPage):
    """Every worklist with its count, and the rows of the one that is chosen."""

    rail_place = "worklists"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, translate("Worklists", "Filter by a code, a name or what there is to do"))
        self._name = ""
        self._counts: Sequence[WorklistCount] = ()
        self._list: Worklist | None = None
        self._fresh = True
        self._go = Button(translate("Worklists", "See to it"), kind="primary", icon="arrow-right", key="Enter")
        self._go.clicked.connect(self._open_current)
        self.lists = Chips([], single=True)
        self.only = Chips(
            [
                (_MINE, translate("Worklists", "Only what I recorded")),
                (_OVERDUE, translate("Worklists", "Only overdue")),
                (_COMING, translate("Worklists", "Coming up too")),
            ]
        )
        self.only.changed.connect(self.read_filtered)
        self.model = WorkModel({one.name: one.title for one in desk.session.readable()})
        self.table = RecordTable(self.model, WorkDelegate())
        self.table.setAccessibleName(translate("Worklists", "What waits"))
        self.table.opened.connect(self._open)
        self.table.activated.connect(self._open_current)
        self._said = Label("", role="small", tone="muted")
        self._nothing = Label("", role="lead")
        self._kind = Paragraph("", tone="muted")
        self._empty = QWidget()
        self._holder = QWidget()
        self._holder_column = column(gap=0)
        self._build()

    def title(self) -> str:
        """Return the page's title."""
        return translate("Worklists", "Worklists")

    def subtitle(self) -> str:
        """Say whether the list that is shown may be open at the counter."""
        if self._list is not None and self._list.private:
            return translate("Worklists", "{list}: private, not for the counter").format(list=self._list.title)
        return translate("Worklists", "What waits for the team; codes are masked")

    def header_parts(self) -> list[QWidget]:
        """Return what Enter does."""
        return [self._go]

    def first(self) -> QWidget | None:
        """Start on the rows."""
        return self.table if self.model.rowCount() else None

    def arrive(self, place: Place) -> None:
        """Read the counts; `place.id` names the list to open."""
        self._name = place.id or self._name
        self._fresh = True
        self._read_counts()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read_counts()

    def status_changed(self, status: object) -> None:
        """Read again: a sync may have brought work."""
        if self._name == "W12":
            self._read_counts()

    def set_compact(self, compact: bool) -> None:
        """Show only lists on which something waits where letters are large."""
        super().set_compact(compact)
        if self._counts:
            self._take_counts(self._counts)

    def _build(self) -> None:
        layout = column("stretch", gap=12)
        icon = IconLabel("circle-check", token="ok", size=32)
        for part in (icon, self._nothing, self._kind):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)
        self._empty.setLayout(layout)
        self._empty.hide()
        self._holder.setLayout(self._holder_column)
        self.column.addWidget(self._holder)
        self.column.addWidget(self.filter)
        self.column.addWidget(self.only)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self._empty, 1)
        words = (translate("Worklists", "See to it"), translate("Worklists", "Filter"))
        keys = row(
            self._said, "stretch", Label(words[0], role="small", tone="muted"), Keycap("Enter"),
            Label(words[1], role="small", tone="muted"), Keycap("Ctrl+F"),
        )  # fmt: skip
        self.column.addLayout(keys)

    def _read_counts(self) -> None:
        self.desk.read(self, self.desk.session.worklists, self._take_counts)

    def _take_counts(self, counts: Sequence[WorklistCount]) -> None:
        names = [one.id for one in counts]
        if names != [one.id for one in self._counts]:
            self._make_chips(counts)
        self._counts = counts
        for one in counts:
            chip = self.lists.chip(one.id)
            chip.set_words(f"{one.title} {one.count:,}" if one.count else one.title)
            chip.set_icon("triangle-alert" if one.red else "lock" if one.private else "clipboard-list")
            few = look().percent >= LARGE and not one.count
            chip.setVisible(not few or one.id == self._name)
        if self._name not in names:
            shown = [one for one in counts if not one.private] or counts  # a private one is opened by choice alone
            waiting = [one for one in shown if one.count] or shown
            self._name = next((one.id for one in waiting if one.red), waiting[0].id)
        self.lists.set_value([self._name])
        self.read_filtered()

    def _make_chips(self, counts: Sequence[WorklistCount]) -> None:
        self._holder_column.removeWidget(self.lists)
        self.lists.deleteLater()
        self.lists = Chips([(one.id, one.title) for one in counts], single=True)
        self.lists.changed.connect(self._list_chosen)
        self._holder_column.addWidget(self.lists)

    @Slot()
    def _list_chosen(self) -> None:
        chosen = next(iter(self.lists.value()), "")
        if not chosen:
            self.lists.set_value([self._name])
            return
        self._name = chosen
        self.filter.clear()
        self.read_filtered()

    @Slot()
    def read_filtered(self) -> None:
        """Read the list that is chosen."""
        session, name, text, only = self.desk.session, self._name, self.filter.text(), self.only.value()
        if name:
            self.desk.read(
                self,
                lambda: session.worklist(
                    name, text=text, mine=_MINE in only, overdue=_OVERDUE in only, coming=_COMING in only
                ),
                self._take_list,
            )

    def _take_list(self, found: Worklist) -> None:
        if found.id != self._name:
            return
        before = self.table.current()
        self._list = found
        self.model.set_rows(found.rows, self.desk.now().astimezone(LONDON).date())
        self.table.setVisible(bool(found.rows))
        self._empty.setVisible(not found.rows)
        self._go.setEnabled(bool(found.rows))
        narrowed = bool(self.filter.text() or self.only.value())
        self._nothing.setText(
            translate("Worklists", "Nothing here fits.") if narrowed else translate("Worklists", "Nothing waits here.")
        )
        self._kind.setText("" if narrowed else translate("Worklists", "All of this list is seen to. Thank you."))
        if found.count > len(found.rows):
            words = translate("Worklists", "The first {n} of {all}; filter to find others.")
            self._said.setText(words.format(n=len(found.rows), all=f"{found.count:,}"))
        else:
            self._said.setText(translate("Worklists", "{n} in all").format(n=found.count) if found.count else "")
        kept = self.model.place_of(before.key, before.id) if isinstance(before, WorklistRow) else 0
        self.table.choose(max(kept, 0))
        if self._fresh:
            focus_soon(self.table if found.rows else self.lists.chip(self._name))
        self._fresh = False
        self.desk.header_changed.emit()

    @Slot(object)
    def _open(self, chosen: object) -> None:
        if isinstance(chosen, WorklistRow):
            to = chosen.action
            self.desk.go(Place(to.page, type=to.type, id=to.id, payload=dict(to.payload) or None))

    @Slot()
    def _open_current(self) -> None:
        self._open(self.table.current())
