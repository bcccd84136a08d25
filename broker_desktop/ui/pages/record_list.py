"""The list of any record type: filter, custody chips, table, new record."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.views import RecordRow
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.filtered import FilteredPage
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.tables.records import RecordModel, RecordTable, row_custody
from broker_desktop.ui.widgets.boxes import column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import CUSTODY_ICONS, Keycap, custody_words
from broker_desktop.ui.widgets.text import Label

MOST: Final = 1000
_KINDS: Final = ("laptop", "hub", "seen", "conflict")


class ListPage(FilteredPage):
    """What everyone in the team recorded and this laptop holds, of one type."""

    def __init__(self, desk: Desk, type_name: str) -> None:
        super().__init__(desk, translate("ListPage", "Filter by any word, or by an exact code"))
        self.type = desk.session.worded(type_name)
        self.rail_place = f"list:{type_name}"
        self._rows: Sequence[RecordRow] = ()
        self._focus = ""
        self._new = Button(translate("ListPage", "New record"), kind="primary", icon="plus", key="Ctrl+N")
        self._new.clicked.connect(self.new)
        choices = [("", translate("ListPage", "All")), *((kind, custody_words(kind)) for kind in _KINDS)]
        self.chips = Chips(choices, single=True)
        for kind in _KINDS:
            self.chips.chip(kind).set_icon(CUSTODY_ICONS[kind][0])
        self.chips.set_value([""])
        self.chips.changed.connect(self._chip_chosen)
        self.model = RecordModel([(one.name, one.label) for one in self.type.columns])
        self.table = RecordTable(self.model)
        self.table.setAccessibleName(self.type.plural)
        self.table.opened.connect(self._open)
        self.table.activated.connect(self._open_current)
        self.table.moved.connect(self._moved)
        self._count = Label("", role="small", tone="muted")
        self._empty = self._empty_part()
        self._build()

    def title(self) -> str:
        """Return the plural of the type."""
        return self.type.plural

    def subtitle(self) -> str:
        """Say what the list holds."""
        if self.type.private:
            return translate("ListPage", "Private page. Not for the counter")
        return translate("ListPage", "What everyone in the team recorded and this laptop holds")

    def header_parts(self) -> list[QWidget]:
        """Return the button for a new record."""
        return [self._new]

    def arrive(self, place: Place) -> None:
        """Read the rows; the record that was just saved is chosen."""
        self._focus = place.focus
        self.read_filtered()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again when records of this type changed."""
        if self.type.name in types:
            self.read_filtered()

    def status_changed(self, status: object) -> None:
        """Read again: custody may have moved."""
        self.read_filtered()

    @Slot()
    def change(self) -> None:
        """Change the chosen record."""
        self._open_current()

    @Slot()
    def new(self) -> None:
        """Start a new record."""
        self.desk.go(Place("new", type=self.type.name))

    def _build(self) -> None:
        self.column.addWidget(self.filter)
        self.column.addWidget(self.chips)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self._empty, 1)
        keys = row(
            self._count,
            "stretch",
            Label(translate("ListPage", "Open"), role="small", tone="muted"),
            Keycap("Enter"),
            Label(translate("ListPage", "Filter"), role="small", tone="muted"),
            Keycap("Ctrl+F"),
        )
        self.column.addLayout(keys)

    def _empty_part(self) -> QWidget:
        holder = QWidget()
        self._nothing = Label("", role="lead")
        self._fill_button = Button(translate("ListPage", "Make the first one"), icon="plus")
        self._fill_button.clicked.connect(self.new)
        layout = column("stretch", gap=12)
        layout.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._fill_button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)
        holder.setLayout(layout)
        holder.hide()
        return holder

    @Slot()
    def read_filtered(self) -> None:
        """Read the list."""
        session, name, text = self.desk.session, self.type.name, self.filter.text().strip() or None
        self.desk.read(self, lambda: session.records(name, text=text, limit=MOST), self._take)

    def _take(self, rows: Sequence[RecordRow]) -> None:
        self._rows = rows
        self._show()

    @Slot()
    def _chip_chosen(self) -> None:
        if not self.chips.value():
            self.chips.set_value([""])
        self._show()

    def _show(self) -> None:
        chosen = next(iter(self.chips.value()), "")
        shown = [one for one in self._rows if not chosen or row_custody(one) == chosen]
        self._count_chips()
        chosen_row = self.table.current()
        keep = self._focus or ("" if chosen_row is None else chosen_row.id)
        self.model.set_rows(shown)
        self.table.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        filtered = bool(self.filter.text() or chosen)
        self._nothing.setText(
            translate("ListPage", "Nothing here fits the filter.")
            if filtered
            else translate("ListPage", "Nothing here yet.")
        )
        self._fill_button.setVisible(not filtered)
        self.table.choose(max(self.model.place_of(keep), 0))
        if not self.filter.hasFocus() and shown:
            focus_soon(self.table)
        self._focus = ""
        self._moved(self.table.currentIndex().row())

    def _count_chips(self) -> None:
        words = translate("ListPage", "All")
        if len(self._rows) == MOST:
            return  # counts of a part would be read as counts of all
        self.chips.chip("").set_words(f"{words} {len(self._rows)}")
        for kind in _KINDS:
            count = sum(1 for one in self._rows if row_custody(one) == kind)
            self.chips.chip(kind).set_words(f"{custody_words(kind)} {count}")
            self.chips.chip(kind).setVisible(kind != "conflict" or count > 0)

    @Slot(object)
    def _open(self, chosen: object) -> None:
        if isinstance(chosen, RecordRow):
            self.desk.go(Place("edit", type=chosen.type, id=chosen.id))

    @Slot()
    def _open_current(self) -> None:
        self._open(self.table.current())

    @Slot(int)
    def _moved(self, place: int) -> None:
        count = self.model.rowCount()
        words = translate("ListPage", "{n} match. Row {row} of {n}.").format(n=f"{count:,}", row=place + 1)
        if len(self._rows) == MOST and count:
            words = translate("ListPage", "The newest {n} are here; filter to find older ones.").format(n=f"{MOST:,}")
        self._count.setText(words if count else "")
