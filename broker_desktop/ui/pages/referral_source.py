"""Under "did anyone suggest it?": nobody did, and what we did with the person in the time before.

Suggestions only: one press answers the question, and nothing is answered by itself. There is no first choice.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.records.answer import Reason, answer
from broker_desktop.records.referral_source import EarlierContact
from broker_desktop.ui.forms.form import Form
from broker_desktop.ui.i18n import month_words, translate
from broker_desktop.ui.pages.page import Desk
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import clear_layout, column
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Paragraph

_SOURCE: Final = "source"
_PROMPTED: Final = "prompted_by"


class SourceHint(QWidget):
    """What can answer the question in one press; stands below it and shows with it."""

    def __init__(self, desk: Desk, form: Form) -> None:
        super().__init__()
        self._desk, self._form = desk, form
        self._asked: tuple[Any, ...] = ()
        self._question = form.questions[_PROMPTED]
        self.referral = ""
        self.nobody = Button(translate("Referral", "Nobody, it was their own idea"), icon="user")
        self.nobody.clicked.connect(self._nobody)
        self._title = Paragraph("", role="smallstrong")
        self._found = column(gap=6)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, look().space(4), 0, 0)
        lines.setSpacing(look().space(6))
        lines.addWidget(self.nobody)
        lines.addWidget(self._title)
        lines.addLayout(self._found)
        self._title.hide()
        layout = self._question.layout()
        if layout is not None:
            layout.addWidget(self)
        form.changed.connect(self.look_again)

    @Slot()
    def look_again(self) -> None:
        """Ask what came before once somebody is said to have come by themselves, and only then."""
        payload = self._form.value()
        self.setVisible(self._question.open())
        person = payload.get("person")
        known = person.get("id") if isinstance(person, dict) else None
        made_on = payload.get("made_on")
        asked = (known, made_on if isinstance(made_on, str) else None)
        if payload.get(_SOURCE) != "self" or asked == self._asked:
            return
        self._asked = asked
        self._show([])
        if isinstance(known, str):
            session, on, own = self._desk.session, asked[1], self.referral or None
            self._desk.read(self, lambda: session.before_referral(known, on, own), self._show)

    def _show(self, found: Sequence[EarlierContact]) -> None:
        clear_layout(self._found)
        self._title.setVisible(bool(found))
        self._title.setText(translate("Referral", "They were with us in the time before. Count it as that?"))
        for one in found:
            self._found.addWidget(self._suggestion(one))

    def _suggestion(self, one: EarlierContact) -> Button:
        session = self._desk.session
        day = date.fromisoformat(one.day)
        words = translate("Referral", "{source}: {what} on {day}").format(
            source=session.codes.label("referral_source", one.source),
            what=session.worded(one.type).title.lower(),
            day=f"{day.day} {month_words()[day.month - 1]}",
        )
        button = Button(words, icon="history")
        button.setProperty("source", one.source)
        button.clicked.connect(self._count_as)
        return button

    @Slot()
    def _count_as(self) -> None:
        self._answer(str(self.sender().property("source")))

    @Slot()
    def _nobody(self) -> None:
        self._answer(answer(Reason.NOT_APPLICABLE))

    def _answer(self, value: Any) -> None:
        self._question.set_value(value)
        self._question.first().setFocus()
        self._question.changed.emit()
