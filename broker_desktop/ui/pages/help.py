"""Help: the page of a record type or of a topic, and all keys."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from broker_desktop import assets
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.marks import Keycap
from broker_desktop.ui.widgets.text import Label, Paragraph

READING_WIDTH: Final = 760


LEARNT: Final = "what-others-could-learn"
"""Name of the topic that protocol.md section 5 asks for: what a seized laptop, the server, or both would give away."""

NEEDLESTICK: Final = "needlestick"
"""Name of the topic with the first steps after a needlestick (domain.md section 9, 24)."""

PACKS: Final = "packs"
"""Name of the topic for leads: what a pack is, and what loading one does."""

SUMMARY: Final = "month-summary"
SIGNING: Final = "signing"
RETURNS: Final = "returns"
"""Names of the topics about figures: reading and handing them on, signing a month, saved returns."""

TOPICS: Final = frozenset({LEARNT, NEEDLESTICK, PACKS, SUMMARY, SIGNING, RETURNS})


class HelpPage(Page):
    """What a record type is for and what its questions mean, or a topic of its own."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__(desk)
        self._name = name
        self._is_type = bool(name) and name not in TOPICS
        self.rail_place = f"list:{name}" if self._is_type else "today"
        card = Card(padding=24)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.MarkdownText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        card.add(self._text)
        card.setMaximumWidth(look().letters(READING_WIDTH))
        self.column.addWidget(card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Help", "Help")

    def subtitle(self) -> str:
        """Return what it is about."""
        return self.desk.session.worded(self._name).title if self._is_type else ""

    def arrive(self, place: Place) -> None:
        """Show the page, or the one sentence of the declaration while none is written."""
        if not self._name:
            self.desk.go(Place("keys"))
            return
        self._text.setText(self.desk.session.words(assets.help_text(self._name)))
        self._text.setFocus()


class KeysPage(Page):
    """Every key, with its second way."""

    rail_place = "today"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        card = Card(padding=24)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().space(24))
        grid.setVerticalSpacing(look().space(10))
        grid.setColumnStretch(0, 1)
        for line, (what, first, second) in enumerate(all_keys()):
            grid.addWidget(Paragraph(what), line, 0)
            grid.addLayout(row(Keycap(first), "stretch"), line, 1)
            if second:
                grid.addLayout(row(Keycap(second), "stretch"), line, 2)
        card.add(Label(translate("Keys", "Everywhere"), role="section"))
        card.body.addLayout(grid)
        card.setMaximumWidth(look().letters(READING_WIDTH))
        self.column.addWidget(card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Keys", "All keys")

    def arrive(self, place: Place) -> None:
        """Take the focus, so that the page scrolls with the keys."""
        self.body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body.setFocus()


def all_keys() -> tuple[tuple[str, str, str], ...]:
    """Return what each key does, the key, and its second way (look.md section 5)."""
    return (
        (translate("Keys", "This person says no or nothing"), "F8", "Ctrl+D"),
        (translate("Keys", "Refuse every question that is left"), "Shift+F8", "Ctrl+Shift+D"),
        (translate("Keys", "Hide the screen and lock"), "F12", translate("Keys", "hold Esc")),
        (translate("Keys", "New needle exchange"), "F2", "Ctrl+1"),
        (translate("Keys", "Find a person"), "F3", "Ctrl+Shift+F"),
        (translate("Keys", "Sync now"), "F5", "Ctrl+R"),
        (translate("Keys", "Raise something with the lead"), "F7", "Ctrl+Shift+R"),
        (translate("Keys", "Needlestick: what to do"), "F11", "Ctrl+Shift+N"),
        (translate("Keys", "Next pane"), "F6", "Ctrl+Tab"),
        (translate("Keys", "Help for this"), "F1", "Ctrl+/"),
        (translate("Keys", "New contact, referral, BBV test"), "Ctrl+2", "Ctrl+4"),
        (translate("Keys", "Worklists"), "Ctrl+W", ""),
        (translate("Keys", "Commands"), "Ctrl+K", ""),
        (translate("Keys", "Lock"), "Ctrl+L", ""),
        (translate("Keys", "Hand this laptop over to somebody else"), "F9", "Ctrl+Shift+L"),
        (translate("Keys", "Save"), "Ctrl+S", ""),
        (translate("Keys", "Save and next"), "Ctrl+Enter", ""),
        (translate("Keys", "Undo the last save"), "Ctrl+Z", ""),
        (translate("Keys", "Close, or park the form"), "Esc", ""),
        (translate("Keys", "Other answers of a question"), "Alt+Down", ""),
        (translate("Keys", "Larger and smaller text"), "Ctrl++", "Ctrl+-"),
    )
