"""The recovery kit on the page of keys: prove it by typing it back, and for a lead, put a new one in its place."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot

from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk
from broker_desktop.ui.pages.recovery_words import CarriedFile, Halves
from broker_desktop.ui.pages.secret_card import SecretCard
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.text import Paragraph

KIT_NAME: Final = "broker-recovery-kit.pdf"


class KitCard(SecretCard):
    """Both halves, typed."""

    def __init__(self, desk: Desk, *, may_replace: bool) -> None:
        about = translate(
            "Secrets",
            "Two halves on paper, kept by two people. Typing both proves that they would open this laptop; it uses "
            "nothing up, and the words are kept nowhere.",
        )
        super().__init__(desk, translate("Secrets", "The recovery kit"), about)
        self.halves = Halves()
        self.check_button = self.act(translate("Secrets", "Check both halves"), self.check, primary=True)
        self.add(self.halves, self.said, row(self.check_button, "stretch"))
        if desk.session.keys.kit_unchecked:
            missing = translate("Secrets", "Nobody has typed this kit back yet. Do it before you invite anybody.")
            self.done(missing, "warn")
        if not may_replace:
            return
        replace = translate(
            "Secrets",
            "Was a half used, seen or lost? Type both halves above and make a new kit. The old one then opens nothing: "
            "every laptop follows at its next unlock.",
        )
        self.file = CarriedFile(translate("Secrets", "Where to write the new kit"), Path.home() / KIT_NAME, saving=True)
        self.replace_button = self.act(translate("Secrets", "Make a new kit"), self.replace)
        self.add(Paragraph(replace, role="small"), self.file, row(self.replace_button, "stretch"))

    @Slot()
    def check(self) -> None:
        """Prove what was typed."""
        keys, typed = self.desk.session.keys, self.halves.typed()
        self.busy(translate("Secrets", "Comparing…"))
        self.desk.write(self, lambda: keys.check_kit(typed), self._checked, self.failed)

    @Slot()
    def replace(self) -> None:
        """Make a new kit."""
        keys, typed, path = self.desk.session.keys, self.halves.typed(), self.file.path()
        self.busy(translate("Secrets", "Making a new kit…"))
        self.desk.network(
            self, lambda: keys.replace_kit(typed, keys.draw_kit(), file=path), self._replaced, self.failed
        )

    def _checked(self, _none: None) -> None:
        self.halves.clear()
        self.done(translate("Secrets", "Both halves are right. They open this laptop; nothing was used up."))

    def _replaced(self, _none: None) -> None:
        self.halves.clear()
        words = translate(
            "Secrets",
            "The new kit counts. Print it, give the halves to two people, type them back here, then delete the files.",
        )
        self.done(words)
