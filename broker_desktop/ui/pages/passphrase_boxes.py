"""Two boxes for a new passphrase: five words are offered, what is typed is judged kindly, both must be the same."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from broker_desktop.session import check_passphrase
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.boxes import column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label, Paragraph


def secret_box(words: str) -> LineBox:
    """Make a box whose letters are not shown."""
    box = LineBox()
    box.setEchoMode(QLineEdit.EchoMode.Password)
    box.setAccessibleName(words)
    return box


class NewPassphrase(QWidget):
    """The new passphrase twice, with an offer of five words."""

    entered = Signal()

    def __init__(self, make: Callable[[], str]) -> None:
        """`make` draws five words."""
        super().__init__()
        self._make = make
        first, second = translate("Passphrase", "New passphrase"), translate("Passphrase", "The same again")
        self.box, self.again = secret_box(first), secret_box(second)
        self.box.textEdited.connect(self._judge)
        self.again.returnPressed.connect(self.entered)
        self.offer = Button(translate("Passphrase", "Make five words for me"), kind="quiet", icon="key-round")
        self.offer.clicked.connect(self._offer)
        self._offered = Paragraph("", role="lead")
        self._offered.hide()
        self._said = Paragraph(self._advice(), role="small", tone="muted")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setLayout(
            column(
                Label(first, role="strong"),
                self.box,
                row(self.offer, "stretch"),
                self._offered,
                self._said,
                Label(second, role="strong"),
                self.again,
                gap=6,
            )
        )

    def text(self) -> str | None:
        """Return the new passphrase; None, with the reason said and the cursor there, while it will not do."""
        wrong = check_passphrase(self.box.text())
        if wrong is None and self.box.text() != self.again.text():
            wrong = translate("Passphrase", "The two are not the same.")
        if wrong is None:
            return self.box.text()
        self._say(wrong, "danger")
        focus_soon(self.again if self.box.text() and check_passphrase(self.box.text()) is None else self.box)
        return None

    def clear(self) -> None:
        """Forget what was typed."""
        for box in (self.box, self.again):
            box.clear()
        self._offered.hide()
        self._say(self._advice(), "muted")

    @Slot()
    def _offer(self) -> None:
        words = self._make()
        self._offered.setText(words)
        self._offered.setAccessibleName(words)
        self._offered.show()
        self.box.setText(words)
        self.again.clear()
        self._judge()
        focus_soon(self.again)

    @Slot()
    def _judge(self) -> None:
        wrong = check_passphrase(self.box.text())
        good = translate("Passphrase", "That is strong: guessing it would take longer than anybody lives.")
        self._say(good if wrong is None else wrong, "ok" if wrong is None else "muted")

    def _say(self, words: str, tone: str) -> None:
        self._said.set_tone(tone)
        self._said.setText(words)

    def _advice(self) -> str:
        return translate("Passphrase", "Five words made for you are easy to keep in mind and hard to guess.")
