"""The form of a safeguarding concern: short, and followed by whom to call.

For somebody who may not read concerns nothing of it is kept, not even as a draft; the form says so before a word is
typed.
"""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.views import Saved
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.raised import CONCERN
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.text import IconLabel, Paragraph


class ConcernPage(FormPage):
    """One concern, new."""

    def __init__(self, desk: Desk, type_name: str = CONCERN) -> None:
        super().__init__(desk, type_name)
        self._shut = desk.session.leaves_no_copy(type_name)
        if self._shut:
            self.rail_place = "today"
            self.column.insertWidget(0, self._notice())

    def escape(self) -> bool:
        """Go back to Today; what cannot be kept is gone."""
        if not self._shut:
            return super().escape()
        dirty = self._dirty(self.form.value())
        self.desk.go(Place("today"))
        if dirty:
            self.desk.say(translate("Concern", "Nothing was kept: this form leaves no copy."), tone="info")
        return True

    def leave(self) -> None:
        """Park it as a draft where it may be kept."""
        if not self._shut:
            super().leave()

    def keep(self) -> bool:
        """Keep the form before a lock where it may be kept."""
        return False if self._shut else super().keep()

    def set_compact(self, compact: bool) -> None:
        """One concern at a time: there is no next one."""
        super().set_compact(compact)
        self.footer.next.hide()

    def _notice(self) -> QWidget:
        words = translate(
            "Concern",
            "This goes to the leads sealed. No copy stays on this laptop, and no draft: if it locks before you save, "
            "write it again. One line is enough; then you call.",
        )
        card = Card(padding=16, gap=10)
        line = row(IconLabel("shield", size=20), gap=12)
        line.addWidget(Paragraph(words), 1)
        card.body.addLayout(line)
        return card

    def _saved(self, saved: Saved) -> None:
        self._after_save()
        self.desk.go(Place("raised"))
        if not self._shut:
            self._say_saved(saved)

    @Slot()
    def _keep_draft(self) -> None:
        if not self._shut:
            super()._keep_draft()
