"""Settings of this laptop: screen and text. What the team decides is not here."""

from PySide6.QtCore import Slot

from broker_desktop.platform.screen import CAN_HIDE
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.unlock import LookBar, role_words
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Segments
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
            (translate("Settings", "Role"), role_words(seat.role, desk.session.role_labels)),
            (translate("Settings", "Area pack"), seat.pack_title),
            (translate("Settings", "State"), self._state()),
        )
        for words, value in lines:
            about.add(row(Label(words, tone="muted"), Label(value or "–", role="strong"), "stretch", gap=12))
        self.secrets = Button(translate("Settings", "Keys and passphrase"), icon="key-round")
        self.secrets.clicked.connect(self._secrets)
        about.add(row(self.secrets, "stretch"))
        self.column.addWidget(card)
        self.column.addWidget(about)
        self.column.addWidget(self._locking())
        self.column.addWidget(self._lists_card(seat.role))
        if seat.role == "lead":
            self.column.addWidget(self._oversight_card())
        self.column.addStretch(1)

    def _locking(self) -> Card:
        card = Card(padding=20, gap=10)
        card.add(Label(translate("Settings", "Locking"), role="section"))
        when = translate(
            "Settings",
            "This laptop locks after {n} minutes without a key, when it sleeps, when its lid is closed and when its "
            "screen is locked; at once with F12 or Ctrl+L. F9 locks it and lets somebody else take over.",
        )
        copied = translate("Settings", "What you copy leaves the clipboard after ten seconds.")
        card.add(Paragraph(when.format(n=self.desk.session.lock_minutes)), Paragraph(copied))
        if not CAN_HIDE:
            cannot = translate(
                "Settings",
                "Pictures and recordings of the screen show this window: this system offers no way to stop them.",
            )
            card.add(Paragraph(cannot))
            return card
        hidden = translate(
            "Settings", "Pictures and recordings of the screen do not show this window. Show it for a training:"
        )
        shown = (
            ("no", translate("Settings", "Not shown")),
            ("yes", translate("Settings", "Shown until the next lock")),
        )
        self.pictures = Segments(shown, name=translate("Settings", "Pictures of the screen"), clearable=False)
        self.pictures.set_value("no")
        self.pictures.changed.connect(self._pictures)
        card.add(Paragraph(hidden), row(self.pictures, "stretch"))
        return card

    def title(self) -> str:
        """Return the page's title."""
        return translate("Settings", "Settings")

    def arrive(self, place: Place) -> None:
        """Show the look in force."""
        self.bar.show_look()
        self.bar.themes.first().setFocus()

    def _lists_card(self, role: str) -> Card:
        card = Card(padding=20, gap=10)
        words = translate("Settings", "Records of another program, and words that no code fitted.")
        bring = Button(translate("Settings", "Bring in a list"), icon="upload")
        bring.clicked.connect(self._to_import)
        recode = Button(translate("Settings", "Give codes to words"), icon="pencil-line")
        recode.clicked.connect(self._to_recoding)
        recode.setVisible(role in ("lead", "data"))
        card.add(Label(translate("Settings", "Lists and codes"), role="section"), Paragraph(words))
        card.add(row(bring, recode, "stretch", gap=12))
        return card

    @Slot()
    def _to_import(self) -> None:
        self.desk.go(Place("import"))

    @Slot()
    def _to_recoding(self) -> None:
        self.desk.go(Place("recoding"))

    def _oversight_card(self) -> Card:
        card = Card(padding=20, gap=10)
        words = translate("Settings", "Erasures, what is due, what is closed to a colleague, the audit list.")
        go = Button(translate("Settings", "Oversight"), icon="eye")
        go.clicked.connect(self._to_oversight)
        self.packs = Button(translate("Settings", "Area pack"), icon="map")
        self.packs.clicked.connect(self._to_packs)
        title = Label(translate("Settings", "For team leads"), role="section")
        pack = translate("Settings", "The pack: places, services and words, what it leaves open, going live.")
        card.add(title, Paragraph(words), row(go, "stretch"), Paragraph(pack), row(self.packs, "stretch"))
        return card

    def _state(self) -> str:
        if not self.desk.session.seat.joined:
            return ""
        state = self.desk.session.packs.state()
        if state.demo:
            return translate("Settings", "Demo, with invented names and numbers")
        return translate("Settings", "Live") if state.live_since else translate("Settings", "On trial")

    @Slot()
    def _to_packs(self) -> None:
        self.desk.go(Place("packs"))

    @Slot()
    def _to_oversight(self) -> None:
        self.desk.go(Place("oversight"))

    @Slot()
    def _secrets(self) -> None:
        self.desk.go(Place("secrets"))

    @Slot(str, int)
    def _look(self, name: str, percent: int) -> None:
        self.desk.go(Place("look", type=name, id=str(percent)))

    @Slot()
    def _pictures(self) -> None:
        self.desk.go(Place("pictures", id=self.pictures.value() or "no"))
