"""Settings of this laptop: screen and text. What the team decides is not here."""

from PySide6.QtCore import Slot

from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.unlock import LookBar, role_words
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.text import Label, Paragraph


class SettingsPage(Page):
    """Screen, text, who works here."""

    rail_place = "settings"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        card = Card(padding=20, gap=14)
        self.bar = LookBar()
        self.bar.chosen.connect(self._look)
        card.add(Label(translate("Settings", "Screen and text"), role="section"), row(self.bar, "stretch"))
        about = Card(padding=20, gap=8)
        seat = desk.session.seat
        about.add(Label(translate("Settings", "This laptop"), role="section"))
        lines = (
            (translate("Settings", "Team"), seat.team_name),
            (translate("Settings", "Person"), seat.person),
            (translate("Settings", "Role"), role_words(seat.role)),
            (translate("Settings", "Area pack"), seat.pack_title),
        )
        for words, value in lines:
            about.add(row(Label(words, tone="muted"), Label(value or "–", role="strong"), "stretch", gap=12))
        lock = translate("Settings", "It locks after 5 minutes without a key, with Ctrl+L and with F12.")
        about.add(Paragraph(lock, role="small", tone="muted"))
        self.column.addWidget(card)
        self.column.addWidget(about)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Settings", "Settings")

    def arrive(self, place: Place) -> None:
        """Show the look in force."""
        self.bar.show_look()
        self.bar.themes.first().setFocus()

    @Slot(str, int)
    def _look(self, name: str, percent: int) -> None:
        self.desk.go(Place("look", type=name, id=str(percent)))
