"""A saved directory entry: once it closes, a lead sees the open referrals to it and sends them elsewhere together."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Slot

from broker_desktop.session.rerouting import Waiting
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.widgets.boxes import Card, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label, Paragraph

_MOST: Final = 12
"""Referrals that are shown at once; all of them are sent."""


class DirectoryEntryPage(FormPage):
    """The form of the entry, under what is open to it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "directory_entry")
        self._id = ""
        self._lead = desk.session.seat.role == "lead"
        self.open = OpenReferrals()
        self.open.give.clicked.connect(self._give)
        self.form.changed.connect(self._show_open)
        self.column.insertWidget(0, self.open)

    def arrive(self, place: Place) -> None:
        """Open the record, and ask what is open to it."""
        super().arrive(place)
        self._id = place.id
        self._read_open()

    def records_changed(self, types: frozenset[str]) -> None:
        """Ask again what is open to it."""
        super().records_changed(types)
        if types & {"referral", "directory_entry"}:
            self._read_open()

    def _read_open(self) -> None:
        session, entry = self.desk.session, self._id
        if self._lead and entry:
            self.desk.read(self, lambda: session.rerouting.waiting(entry), self._take_open)

    def _take_open(self, waiting: Waiting) -> None:
        self.open.show_waiting(waiting)
        self._show_open()

    @Slot()
    def _show_open(self) -> None:
        """Show the card while a day stands under "Closed after" and something is open."""
        closes: Mapping[str, Any] = self.form.value()
        self.open.setVisible(bool(self.open.many and closes.get("valid_to")))

    @Slot()
    def _give(self) -> None:
        session, entry, to, reason = self.desk.session, self._id, self.open.to.code(), self.open.reason.text().strip()
        missing = (
            translate("Rerouting", "Choose where they go.") if to is None
            else translate("Rerouting", "Say why in a few words: it stands in every referral.") if not reason
            else ""
        )  # fmt: skip
        self.open.tell(missing)
        if to is not None and not missing:
            self.desk.write(self, lambda: session.rerouting.send_elsewhere(entry, to, reason), self._given)

    def _given(self, many: int) -> None:
        one = translate("Rerouting", "1 referral goes to {name} now. Where it went before stands beside it.")
        words = translate("Rerouting", "{n} referrals go to {name} now. Where they went before stands beside each.")
        self.desk.say((one if many == 1 else words).format(n=many, name=self.open.to.currentText()))
        self._read_open()


class OpenReferrals(Card):
    """How many referrals are open, whose, and one press that sends them elsewhere."""

    def __init__(self) -> None:
        super().__init__(padding=20, gap=10)
        self.many = 0
        self._title = Label("", role="section")
        self._list = column(gap=2)
        told = translate(
            "Rerouting", "Ask each person first. The steps stay; each referral keeps where it went before."
        )
        self.to = ListBox([], empty=translate("Rerouting", "Choose where they go"))
        self.to.setAccessibleName(translate("Rerouting", "Where they go"))
        self.reason = LineBox()
        self.reason.setAccessibleName(translate("Rerouting", "Why, in a few words"))
        self.reason.setPlaceholderText(translate("Rerouting", "Why, in a few words"))
        self.give = Button(translate("Rerouting", "Send them there"), icon="send")
        self._told = Paragraph("", role="small", tone="danger")
        line = row(gap=10)
        line.addWidget(self.to, 2)
        line.addWidget(self.reason, 3)
        line.addWidget(self.give)
        self.add(self._title, self._list, Paragraph(told, role="small", tone="muted"))
        self.body.addLayout(line)
        self.add(self._told)
        self.tell("")
        self.hide()

    def tell(self, missing: str) -> None:
        """Say what is missing, or nothing."""
        self._told.setText(missing)
        self._told.setVisible(bool(missing))

    def show_waiting(self, waiting: Waiting) -> None:
        """Show what is open, by code and day; what was chosen and typed stays."""
        self.many = len(waiting.referrals)
        chosen = self.to.code()
        title = translate("Rerouting", "Still open to this entry: {n} referrals").format(n=self.many)
        self._title.setText(translate("Rerouting", "Still open to this entry: 1 referral") if self.many == 1 else title)
        clear_layout(self._list)
        for one in waiting.referrals[:_MOST]:
            self._list.addWidget(Paragraph(f"{one.who} · {one.made_on} · {one.destination}", role="small"))
        if self.many > _MOST:
            more = translate("Rerouting", "and {n} more").format(n=self.many - _MOST)
            self._list.addWidget(Paragraph(more, role="small", tone="muted"))
        while self.to.count() > 1:
            self.to.removeItem(1)
        for entry, name in waiting.elsewhere:
            self.to.addItem(name, entry)
        self.to.setCurrentIndex(max(self.to.findData(chosen), 0))
