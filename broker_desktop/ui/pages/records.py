"""All records: every record type that is open here, by what it is about. The everyday ones stand in the rail too."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from broker_desktop.records import AREAS
from broker_desktop.records.area import Area
from broker_desktop.records.record_type import RecordType
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label


class RecordsPage(Page):
    """A card for each area with its lists; arrows and Tab go from one to the next, Enter opens it."""

    rail_place = "records"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.buttons: dict[str, Button] = {}
        self._cards = [self._card(area, types) for area in AREAS if (types := self._open_here(area))]
        self._grid = QGridLayout()
        self._grid.setSpacing(look().space(12))
        self.column.addLayout(self._grid)
        self.column.addStretch(1)
        self.set_compact(False)

    def title(self) -> str:
        """Return the page's title."""
        return translate("RecordsPage", "All records")

    def subtitle(self) -> str:
        """Say what is here."""
        return translate("RecordsPage", "Everything that can be recorded and read on this laptop")

    def first(self) -> QWidget | None:
        """Return the first list."""
        return next(iter(self.buttons.values()), None)

    def set_compact(self, compact: bool) -> None:
        """Put the areas beside each other, or in one column where there is little room."""
        super().set_compact(compact)
        columns = 1 if compact or look().percent >= 150 else 2
        for place, card in enumerate(self._cards):
            self._grid.addWidget(card, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)

    def _open_here(self, area: Area) -> list[RecordType]:
        """Give the types of an area as this team calls them; none of those that are closed or switched off here."""
        here = {kind.name: kind for kind in self.desk.session.types()}
        return [here[kind.name] for kind in area.types if kind.name in here]

    def _card(self, area: Area, types: list[RecordType]) -> Card:
        card = Card(padding=16, gap=4)
        card.add(row(IconLabel(area.icon, token="muted", size=18), Label(area.title, role="strong"), "stretch"))
        for kind in types:
            button = Button(kind.plural, kind="entry", icon=kind.icon, sub=kind.help)
            button.setProperty("type", kind.name)
            button.clicked.connect(self._open)
            self.buttons[kind.name] = button
            card.add(button)
        return card

    @Slot()
    def _open(self) -> None:
        name = str(self.sender().property("type"))
        self.desk.go(Place("people") if name == "person" else Place("list", type=name))
