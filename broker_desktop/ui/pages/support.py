"""Support in two taps: what it is about, what was done. Everything else is behind "More".

For somebody who is known already; without a person the whole form opens at once.
"""

from collections.abc import Sequence

from PySide6.QtCore import Slot

from broker_desktop.session.views import Saved
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.form_start import form_context
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label


class SupportPage(FormPage):
    """New support for one person."""

    def __init__(self, desk: Desk, type_name: str = "support_intervention") -> None:
        super().__init__(desk, type_name)
        self._person = ""
        self._who = Label("", role="lead")
        codes = self.form.questions["domain"].field
        lists = {name: getattr(self.form.questions[name].field, "list_id", "") for name in ("domain", "support_type")}
        offered = form_context(desk).codes
        self.domains, self.kinds = (
            Chips([(one.code, one.label) for one in offered.entries(lists[name])], single=True)
            for name in ("domain", "support_type")
        )
        self.domains.setAccessibleName(codes.label)
        self.domains.changed.connect(self._domain_chosen)
        self.kinds.changed.connect(self._kind_chosen)
        self.more = Button(translate("Support", "More: who gives it, what came of it"), icon="chevron-down")
        self.more.clicked.connect(self._show_all)
        self.quick = self._quick_card()
        self.column.insertWidget(0, self.quick)

    def arrive(self, place: Place) -> None:
        """Start with the two questions where the person is known."""
        person = (place.payload or {}).get("person")
        self._person = person.get("id", "") if isinstance(person, dict) else ""
        super().arrive(place)
        self._show_quick(quick=bool(self._person) and not place.draft)
        if self._person:
            session, known = self.desk.session, self._person
            self.desk.read(self, lambda: session.person_label(known), self._who.setText)

    def _quick_card(self) -> Card:
        card = Card(padding=20, gap=14)
        card.add(row(IconLabel("user-check", token="ok", size=22), self._who, "stretch"))
        self._kinds_title = Label(translate("Support", "What was done? This saves it."), role="strong")
        card.add(Label(translate("Support", "What is it about?"), role="strong"), self.domains)
        card.add(self._kinds_title, self.kinds)
        card.add(row(self.more, "stretch"))
        return card

    def _show_quick(self, *, quick: bool) -> None:
        self.quick.setVisible(quick)
        for part in (self._kinds_title, self.kinds):
            part.setVisible(bool(self.domains.value()))
        self.form.setVisible(not quick)
        self.index.setVisible(not quick)
        self.footer.setVisible(not quick)
        if quick:
            focus_soon(self.domains.first())

    @Slot()
    def _domain_chosen(self) -> None:
        self.form.questions["domain"].set_value(next(iter(self.domains.value()), None))
        chosen = bool(self.domains.value())
        for part in (self._kinds_title, self.kinds):
            part.setVisible(chosen)
        if chosen:
            focus_soon(self.kinds.first())

    @Slot()
    def _kind_chosen(self) -> None:
        kind = next(iter(self.kinds.value()), None)
        if kind is None or not self.domains.value():
            return
        self.form.questions["support_type"].set_value(kind)
        self.save()

    @Slot()
    def _show_all(self) -> None:
        self._show_quick(quick=False)
        self.form.focus_on("domain" if not self.domains.value() else "provider")

    def _show_blocked(self, blocked: Sequence[Question]) -> bool:
        """Open the form where something stands in the way: it says what."""
        if blocked:
            self._show_quick(quick=False)
        return super()._show_blocked(blocked)

    def _saved(self, saved: Saved) -> None:
        if not self._person:
            super()._saved(saved)
            return
        self._after_save()
        self.desk.go(Place("person", id=self._person))
        self._say_saved(saved)
