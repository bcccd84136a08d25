"""The table of a worklist: when it is due, who, what there is to do; the whole row is spoken as one sentence."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt

from broker_desktop.session.worklist_views import WorklistRow
from broker_desktop.ui.i18n import short_day, translate
from broker_desktop.ui.tables.records import Index, RecordDelegate, RowModel

_LONG_AGO: Final = 14


def due_words(row: WorklistRow, today: date) -> str:
    """Say when something is due as people say it."""
    age = row.age_days
    if age == 0:
        return translate("WorkTable", "Today")
    if age == 1:
        return translate("WorkTable", "Since yesterday")
    if age == -1:
        return translate("WorkTable", "Tomorrow")
    if 0 < age <= _LONG_AGO:
        return translate("WorkTable", "For {n} days").format(n=age)
    day = short_day(date.fromisoformat(row.due), today)
    if age > 0:
        return translate("WorkTable", "For {n} days, since {day}").format(n=age, day=day)
    return translate("WorkTable", "On {day}").format(day=day)


class WorkModel(RowModel):
    """Rows of one worklist."""

    def __init__(self, types: Mapping[str, str]) -> None:
        """`types`: titles of record types in the team's words, by name."""
        super().__init__()
        self._types = types
        self._rows: list[WorklistRow] = []
        self._today = date.min
        self._titles = (
            translate("WorkTable", "Waiting"),
            translate("WorkTable", "Who"),
            translate("WorkTable", "What there is to do"),
            translate("WorkTable", "Record"),
        )

    def set_rows(self, rows: Sequence[WorklistRow], today: date) -> None:
        """Show other rows, as seen on a day."""
        self.beginResetModel()
        self._rows, self._today = list(rows), today
        self.endResetModel()

    def row(self, number: int) -> WorklistRow:
        """Return a row."""
        return self._rows[number]

    def place_of(self, key: str, row_id: str) -> int:
        """Return the line of a row, or -1."""
        return next((n for n, row in enumerate(self._rows) if (row.key, row.id) == (key, row_id)), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Count the rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Count the columns."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return words, the spoken row, or the row itself."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        cells = self._cells(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            urgent = translate("WorkTable", "urgent") if row.red else ""
            return ", ".join(part for part in (cells[2], cells[1], cells[0], urgent) if part)
        return row if role == Qt.ItemDataRole.UserRole else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the titles."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._titles[section]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; the first sorts by the day it is due."""
        self.layoutAboutToBeChanged.emit()
        down = order == Qt.SortOrder.DescendingOrder
        self._rows.sort(key=lambda row: (row.due if column == 0 else self._cells(row)[column], row.due), reverse=down)
        self.layoutChanged.emit()

    def _cells(self, row: WorklistRow) -> tuple[str, str, str, str]:
        return due_words(row, self._today), row.who, row.reason, self._types.get(row.type, "")


class WorkDelegate(RecordDelegate):
    """Draw a row of work: urgent ones with a warning before them."""

    def mark(self, row: object) -> tuple[str, str] | None:
        """Return icon and colour of what stands before a row's first words."""
        if not isinstance(row, WorklistRow):
            return None
        if row.red:
            return "triangle-alert", "warn"
        return ("clock", "text") if row.age_days >= 0 else ("calendar-days", "muted")
