"""Keys and passphrase: another passphrase, the recovery kit, a lead's answer for a locked laptop, the way back in."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot

from broker_desktop.session.recovering import RequestRead
from broker_desktop.session.views import JoinAsked
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.forgotten import ANSWER_NAME, REQUEST_NAME
from broker_desktop.ui.pages.kit_card import KitCard
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.passphrase_boxes import NewPassphrase, secret_box
from broker_desktop.ui.pages.recovery_words import CarriedFile, Halves, five_words
from broker_desktop.ui.pages.secret_card import SecretCard
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label, Paragraph

_LEAD: Final = "lead"


class SecretsPage(Page):
    """Everything about the ways into this vault."""

    rail_place = "settings"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        keys, lead = desk.session.keys, desk.session.seat.role == _LEAD
        self.rejoin = RejoinCard(desk) if keys.recovered else None
        self.passphrase = PassphraseCard(desk)
        self.kit = KitCard(desk, may_replace=lead)
        self.answer = AnswerCard(desk) if lead else None
        for card in (self.rejoin, self.passphrase, self.kit, self.answer):
            if card is not None:
                self.column.addWidget(card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Secrets", "Keys and passphrase")

    def subtitle(self) -> str:
        """Say what this is for."""
        return translate("Secrets", "What opens this laptop’s store, and what opens it when that is forgotten")

    def arrive(self, place: Place) -> None:
        """Put the cursor where the place wants it: the kit, a lead's answer, or the first box."""
        if place.focus == "kit":
            focus_soon(self.kit.halves.boxes[0])
        elif self.rejoin is not None:
            focus_soon(self.rejoin.code)
        else:
            focus_soon(self.passphrase.old)

    def leave(self) -> None:
        """Forget what was typed."""
        self.passphrase.clear()
        self.kit.halves.clear()
        if self.answer is not None:
            self.answer.halves.clear()


class PassphraseCard(SecretCard):
    """Change the passphrase, or lock everything anew because somebody saw it."""

    def __init__(self, desk: Desk) -> None:
        about = translate("Secrets", "It is asked for at every unlock. Nobody else knows it, and it is kept nowhere.")
        super().__init__(desk, translate("Secrets", "Your passphrase"), about)
        old = translate("Secrets", "Present passphrase")
        self.old = secret_box(old)
        self.new = NewPassphrase(desk.session.keys.five_words)
        self.new.entered.connect(self.change)
        self.change_button = self.act(translate("Secrets", "Change the passphrase"), self.change, primary=True)
        self.seen_button = self.act(translate("Secrets", "Somebody saw it: lock everything anew"), self.seen)
        seen = translate(
            "Secrets",
            "If somebody may have seen it, a new passphrase alone is not enough: everything is then locked with a new "
            "key. That takes a moment, and the program locks itself afterwards.",
        )
        self.add(Label(old, role="strong"), self.old, self.new, self.said)
        self.add(row(self.change_button, self.seen_button, "stretch", gap=10), Paragraph(seen, role="small"))

    @Slot()
    def change(self) -> None:
        """Change it."""
        new, old, keys = self.new.text(), self.old.text(), self.desk.session.keys
        if new is None:
            return
        self.busy(translate("Secrets", "Changing it…"))
        self.desk.write(self, lambda: keys.change_passphrase(old, new), self._changed, self.failed)

    @Slot()
    def seen(self) -> None:
        """Lock everything anew."""
        new, old, keys = self.new.text(), self.old.text(), self.desk.session.keys
        if new is None:
            return
        self.busy(translate("Secrets", "Locking everything with a new key…"))
        self.desk.write(self, lambda: keys.passphrase_was_seen(old, new), self._locked_anew, self.failed)

    def clear(self) -> None:
        """Forget what was typed."""
        self.old.clear()
        self.new.clear()

    def _changed(self, _none: None) -> None:
        self.clear()
        self.done(translate("Secrets", "Changed. The new passphrase is asked for from the next unlock on."))

    def _locked_anew(self, _none: None) -> None:
        self.clear()
        self.desk.lock()


class AnswerCard(SecretCard):
    """A lead's answer for a laptop whose passphrase was forgotten."""

    def __init__(self, desk: Desk) -> None:
        about = translate(
            "Secrets", "Their laptop wrote a request. Compare five words with them, then type both halves of the kit."
        )
        super().__init__(desk, translate("Secrets", "Somebody forgot their passphrase"), about)
        self._read: RequestRead | None = None
        self.file = CarriedFile(translate("Secrets", "Their request"), Path.home() / REQUEST_NAME, saving=False)
        self.look = self.act(translate("Secrets", "Show the five words"), self.show_words)
        self.words = five_words(())
        ask = translate("Secrets", "Go on only if their screen shows these five words, in this order:")
        self._ask = Paragraph(ask)
        self.halves = Halves()
        self.out = CarriedFile(
            translate("Secrets", "Where to write the answer"), Path.home() / ANSWER_NAME, saving=True
        )
        self.write = self.act(
            translate("Secrets", "The words are the same: write the answer"), self.answer, primary=True
        )
        self.add(self.file, row(self.look, "stretch"), self._ask, self.words, self.halves, self.out)
        self.add(self.said, row(self.write, "stretch"))
        self._show_rest(shown=False)

    @Slot()
    def show_words(self) -> None:
        """Read the request and show its words."""
        keys, path = self.desk.session.keys, self.file.path()
        self.desk.write(self, lambda: keys.read_request(path), self._shown, self.failed)

    @Slot()
    def answer(self) -> None:
        """Write the answer."""
        if self._read is None:
            return
        keys, request, halves, out = self.desk.session.keys, self._read.request, self.halves.typed(), self.out.path()
        self.busy(translate("Secrets", "Writing the answer…"))
        self.desk.write(self, lambda: keys.answer(request, halves, out), self._answered, self.failed)

    def _shown(self, read: RequestRead) -> None:
        self._read = read
        self.said.hide()
        self.words.setText(" ".join(read.words))
        self.words.setAccessibleName(" ".join(read.words))
        self._show_rest(shown=True)
        focus_soon(self.halves.boxes[0])

    def _answered(self, _none: None) -> None:
        self.halves.clear()
        self.done(translate("Secrets", "The answer is written. It opens that laptop and no other one."))

    def _show_rest(self, *, shown: bool) -> None:
        for part in (self._ask, self.words, self.halves, self.out, self.write):
            part.setVisible(shown)


class RejoinCard(SecretCard):
    """The way back into the team for a laptop whose passphrase was forgotten."""

    def __init__(self, desk: Desk) -> None:
        about = translate(
            "Secrets",
            "This laptop was opened anew. Everything is here and you can record; to send again it needs a new "
            "invitation from your team lead.",
        )
        super().__init__(desk, translate("Secrets", "Back into the team"), about)
        name = translate("Secrets", "The code your team lead gave you")
        self.code = LineBox()
        self.code.setAccessibleName(name)
        self.code.returnPressed.connect(self.ask)
        self.words = five_words(())
        self.words.hide()
        self.asking = self.act(translate("Secrets", "Ask to come back"), self.ask, primary=True)
        self.add(Label(name, role="strong"), self.code, self.said, self.words, row(self.asking, "stretch"))

    @Slot()
    def ask(self) -> None:
        """Ask."""
        keys, code = self.desk.session.keys, self.code.text().strip()
        self.busy(translate("Secrets", "Asking the server…"))
        self.desk.network(self, lambda: keys.ask_again(code), self._asked, self.failed)

    def _asked(self, asked: JoinAsked) -> None:
        self.words.setText(" ".join(asked.check_words))
        self.words.setAccessibleName(" ".join(asked.check_words))
        self.words.show()
        self.done(translate("Secrets", "Read these five words to your team lead. Then sync."))
