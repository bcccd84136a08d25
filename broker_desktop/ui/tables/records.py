"""The table of records: a Qt model over rows that are handed in, custody first, one line a row.

The whole row is spoken as one sentence; columns disappear from the right when the window is narrow.
"""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from broker_desktop.session.views import RecordRow
from broker_desktop.ui import theme
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.icons import paint_icon
from broker_desktop.ui.widgets.marks import CUSTODY_ICONS, custody_short, custody_words

Index = QModelIndex | QPersistentModelIndex
ROW: Final = 42


def row_custody(row: RecordRow) -> str:
    """Return where a record is for its mark: two values come before the place."""
    return "conflict" if row.conflicted else row.custody


def spoken(row: RecordRow) -> str:
    """Return the row as one sentence: what, when, who, where it is."""
    words = custody_words(row_custody(row)).lower()
    taken = translate("RecordTable", "taken back")
    return ", ".join(part for part in (row.summary, words, taken if row.voided else "") if part)


class RowModel(QAbstractTableModel):
    """Rows that can be chosen and opened, whatever they are."""

    def row(self, number: int) -> Any:
        """Return a row."""
        raise IndexError(number)


class RecordModel(RowModel):
    """Rows of one record type."""

    def __init__(self, columns: Sequence[tuple[str, str]]) -> None:
        """`columns` are (name, title) after custody."""
        super().__init__()
        self._columns = tuple(columns)
        self._rows: list[RecordRow] = []

    def set_rows(self, rows: Sequence[RecordRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row(self, number: int) -> RecordRow:
        """Return a row."""
        return self._rows[number]

    def place_of(self, record_id: str) -> int:
        """Return the line of a record, or -1."""
        return next((n for n, row in enumerate(self._rows) if row.id == record_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Count the rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Count custody and the declared columns."""
        return 0 if parent.isValid() else len(self._columns) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return words, the spoken row, or the row itself."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return custody_short(row_custody(row))
            return row.cells.get(self._columns[index.column() - 1][0], "")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the titles."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return translate("RecordTable", "Where it is") if section == 0 else self._columns[section - 1][1]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; the first sorts by place."""
        self.layoutAboutToBeChanged.emit()
        down = order == Qt.SortOrder.DescendingOrder
        name = self._columns[column - 1][0] if column else ""

        def key(row: RecordRow) -> tuple[str, str]:
            if not column:
                return (row.custody, row.day)
            value = row.payload.get(name)
            return (value if isinstance(value, str) else row.cells.get(name, ""), row.day)

        self._rows.sort(key=key, reverse=down)
        self.layoutChanged.emit()


class RecordDelegate(QStyledItemDelegate):
    """Draw a cell: custody with its icon, the rest as cut text; the chosen row is filled and bold."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        rect = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        now = look()
        painter.save()
        painter.fillRect(rect, now.colour("sel" if chosen else "surface"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), now.colour("line"))
        row = index.data(Qt.ItemDataRole.UserRole)
        ink = "on_sel" if chosen else "muted" if isinstance(row, RecordRow) and row.voided else "text"
        left = rect.left() + now.space(12)
        mark = self.mark(row) if index.column() == 0 else None
        if mark is not None:
            icon, token = mark
            size = now.letters(18)
            paint_icon(painter, icon, token, QRectF(round(left), round(rect.center().y() - size / 2), size, size))
            left += size + now.space(6)
        font = QFont(theme.font(theme.BUTTON, 600 if chosen else 400))
        font.setStrikeOut(isinstance(row, RecordRow) and row.voided)
        painter.setFont(font)
        painter.setPen(now.colour(ink))
        width = rect.right() - left - now.space(6)
        text = QFontMetricsF(font).elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, width)
        box = QRectF(left, rect.top(), max(width, 0), rect.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.restore()

    def mark(self, row: object) -> tuple[str, str] | None:
        """Return icon and colour of what stands before a row's first words."""
        return CUSTODY_ICONS[row_custody(row)] if isinstance(row, RecordRow) else None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Ask for what the words need."""
        icon = look().letters(18) + look().space(6) if index.column() == 0 else 0
        words = theme.text_width(str(index.data() or ""), theme.BUTTON, 600)
        return QSize(round(words) + icon + look().space(26), look().height(ROW))


class RecordTable(QTableView):
    """Rows to pick with the arrows and open with Enter."""

    opened = Signal(object)
    moved = Signal(int)
    ring_radius = 8

    def __init__(self, model: RowModel, delegate: RecordDelegate | None = None) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(delegate or RecordDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort_by)
        self._down = True
        model.modelReset.connect(self.fit)
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        self.fit()

    def current(self) -> Any:
        """Return the chosen row."""
        index = self.currentIndex()
        return self._model.row(index.row()) if index.isValid() else None

    def choose(self, number: int) -> None:
        """Choose a line."""
        if 0 <= number < self._model.rowCount():
            self.setCurrentIndex(self._model.index(number, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens, Home and End go to the ends."""
        row = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.opened.emit(row)
            return
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._model.rowCount() - 1}
        if Qt.Key(event.key()) in ends:
            self.choose(ends[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit the columns."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.fit()

    @Slot()
    def fit(self) -> None:
        """Give each column what it needs, hide columns from the right, let the last one have the rest."""
        header = self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(look().height(ROW))
        header.setFixedHeight(look().height(36))
        wanted = [self._wanted(column) for column in range(self._model.columnCount())]
        room = max(self.viewport().width(), 1)
        shown = len(wanted)
        while shown > 2 and sum(min(width, look().letters(150)) for width in wanted[:shown]) > room:
            shown -= 1
        spare = room - sum(wanted[:shown])
        for column, width in enumerate(wanted):
            header.setSectionHidden(column, column >= shown)
            if spare < 0 and column:
                shared = round(width * (room - wanted[0]) / max(sum(wanted[1:shown]), 1))
                header.resizeSection(column, max(shared, 40))
            else:
                header.resizeSection(column, width)
        if shown and spare > 0:
            header.resizeSection(shown - 1, wanted[shown - 1] + spare)

    def _wanted(self, column: int) -> int:
        title = str(self._model.headerData(column, Qt.Orientation.Horizontal))
        words = QFontMetricsF(theme.font(theme.SMALL, 600)).horizontalAdvance(title) + look().space(26)
        delegate, option = self.itemDelegate(), QStyleOptionViewItem()
        widest = max(
            (
                delegate.sizeHint(option, self._model.index(n, column)).width()
                for n in range(min(self._model.rowCount(), 60))
            ),
            default=0,
        )
        return min(max(round(words), widest), look().letters(360))

    @Slot(int)
    def _sort_by(self, column: int) -> None:
        self._down = not self._down
        order = Qt.SortOrder.DescendingOrder if self._down else Qt.SortOrder.AscendingOrder
        self._model.sort(column, order)

    @Slot()
    def _row_changed(self) -> None:
        self.moved.emit(self.currentIndex().row())
