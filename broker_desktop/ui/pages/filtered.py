"""A page over which a filter stands: read anew a moment after the last letter, emptied by Escape, reached by Ctrl+F."""

from typing import Final

from PySide6.QtCore import QTimer, Slot

from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page

FILTER_AFTER_MS: Final = 200


class FilteredPage(Page):
    """What the pages with a filter share; `read_filtered` is theirs."""

    def __init__(self, desk: Desk, hint: str) -> None:
        """`hint`: what can be typed."""
        super().__init__(desk)
        self.filter = LineBox()
        self.filter.setPlaceholderText(hint)
        self.filter.setAccessibleName(translate("ListPage", "Filter"))
        self._later = QTimer(self, singleShot=True, interval=FILTER_AFTER_MS)
        self._later.timeout.connect(self.read_filtered)
        self.filter.textChanged.connect(self._filter_typed)

    def escape(self) -> bool:
        """Empty the filter."""
        if self.filter.text():
            self.filter.clear()
            return True
        return False

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

    @Slot()
    def read_filtered(self) -> None:
        """Read what fits the filter."""

    @Slot()
    def _filter_typed(self) -> None:
        self._later.start()
