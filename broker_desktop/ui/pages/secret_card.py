"""A card of the page of keys: what it is for, one thing to do at a time, and how that ended."""

from collections.abc import Callable

from broker_desktop.ui.pages.page import Desk
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.widgets.boxes import Card
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label, Paragraph


class SecretCard(Card):
    """A card with a title, a sentence about what went wrong, and buttons that wait while something is done."""

    def __init__(self, desk: Desk, title: str, about: str) -> None:
        super().__init__(padding=20, gap=10)
        self.desk = desk
        self.add(Label(title, role="section"), Paragraph(about, role="small", tone="muted"))
        self.said = Paragraph("", role="smallstrong")
        self.said.hide()
        self.buttons: list[Button] = []

    def act(self, words: str, act: Callable[[], None], *, primary: bool = False) -> Button:
        """Make a button that is out of reach while something is done."""
        button = Button(words, kind="primary" if primary else "secondary")
        button.clicked.connect(act)
        self.buttons.append(button)
        return button

    def busy(self, words: str) -> None:
        """Say that something is being done."""
        self._show(words, "info")
        for button in self.buttons:
            button.setEnabled(False)

    def failed(self, error: Exception) -> None:
        """Say what went wrong."""
        self.done(sentence(error), "danger")

    def done(self, words: str, tone: str = "ok") -> None:
        """Say how it ended."""
        self._show(words, tone)
        for button in self.buttons:
            button.setEnabled(True)

    def _show(self, words: str, tone: str) -> None:
        self.said.set_tone(tone)
        self.said.setText(words)
        self.said.show()
