"""What the pages beside the month summary share: the period they were opened for, and the one way back to it."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.period import Period, month_period, read_period
from broker_desktop.ui.i18n import LONDON, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.widgets.button import Button


class BesideSummary(Page):
    """A page that was opened from the summary of a period and leads back to it."""

    rail_place = "summary"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._period: Period = month_period(f"{desk.now().astimezone(LONDON):%Y-%m}")
        self._back = Button(translate("Summary", "Back"), icon="arrow-left", key="Esc")
        self._back.clicked.connect(self._leave)

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def escape(self) -> bool:
        """Go back to the summary."""
        self._leave()
        return True

    def _came_for(self, place: Place) -> None:
        """Take over the period of a place, if it names one."""
        if place.id:
            self._period = read_period(place.id)

    @Slot()
    def _leave(self) -> None:
        self.desk.go(Place("summary", id=self._period.key))
