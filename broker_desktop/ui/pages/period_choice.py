"""Choosing what a summary is of: the kind of period, and for other months the first and the last one as typed."""

from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.errors import UsageError
from broker_desktop.session.period import Period, range_period
from broker_desktop.session.period_kinds import Chosen, PeriodKinds, chosen_kind
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.period_words import kind_words
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label, Paragraph


class PeriodChoice(QWidget):
    """Two months, for a period that has no name; `kind`, the list of kinds, stands where its page puts it."""

    changed = Signal()

    def __init__(self, kinds: PeriodKinds, today: date) -> None:
        super().__init__()
        self._kinds, self._today = kinds, today
        self.period = kinds.holding("month", today)
        words = kind_words()
        self.kind = ListBox([(kind, words[kind]) for kind in kinds.offered()], empty=None)
        self.kind.set_code("month")
        self.kind.setAccessibleName(translate("Period", "What the figures are of"))
        self.kind.activated.connect(self._kind_chosen)
        self.first, self.last = LineBox(letters=8), LineBox(letters=8)
        self.first.setAccessibleName(translate("Period", "First month, like 2026-09"))
        self.last.setAccessibleName(translate("Period", "Last month, like 2026-11"))
        self.take = Button(translate("Period", "Show these"), icon="check")
        self.take.clicked.connect(self._months_typed)
        for box in (self.first, self.last):
            box.returnPressed.connect(self._months_typed)
        self._wrong = Paragraph("", role="small", tone="danger")
        line = row(Label(translate("Period", "From")), self.first, gap=8)
        line.addWidget(Label(translate("Period", "to")))
        line.addWidget(self.last)
        line.addWidget(self.take)
        line.addStretch(1)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(look().space(8))
        inside.addLayout(line)
        inside.addWidget(self._wrong)
        self._dress()

    def show_period(self, period: Period) -> None:
        """Show another period, without telling that it changed."""
        self.period = period
        self.kind.set_code(chosen_kind(period))
        self._dress()

    def step(self, step: int) -> None:
        """Go to the period before or after; at the end of the calendar stay."""
        try:
            self.period = self._kinds.beside(self._chosen(), self.period, step)
        except UsageError:
            return
        self._dress()
        self.changed.emit()

    def _chosen(self) -> Chosen:
        return next((kind for kind in self._kinds.offered() if kind == self.kind.code()), "month")

    def _dress(self) -> None:
        other = self._chosen() == "range"
        self.setVisible(other)
        self._wrong.setVisible(False)
        if other:
            self.first.setText(self.period.first_day[:7])
            self.last.setText(self.period.last_day[:7])

    @Slot()
    def _kind_chosen(self) -> None:
        """Go on with the period of this kind that holds the last day shown, or today."""
        day = min(date.fromisoformat(self.period.last_day), self._today)
        self.period = self._kinds.holding(self._chosen(), day)
        self._dress()
        self.changed.emit()

    @Slot()
    def _months_typed(self) -> None:
        try:
            self.period = range_period(self.first.text().strip(), self.last.text().strip())
        except UsageError as error:
            self._wrong.setText(error.sentence())
            self._wrong.setVisible(True)
            return
        self._wrong.setVisible(False)
        self.changed.emit()
