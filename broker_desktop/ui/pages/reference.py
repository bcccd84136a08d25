"""Printed tables: every one with what is printed, and beside each figure that differs what its cells add up to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget

from broker_desktop.records.reference_sums import SumCell
from broker_desktop.session.reference_tables import ReferenceView
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ReferencePage(Page):
    """All printed tables the team keeps."""

    rail_place = "list:reference_table"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._of_pack = False
        self._add = Button(translate("Reference", "Add a table…"), icon="upload")
        self._add.clicked.connect(self.choose)
        self._pack = Button(translate("Reference", "Add the area pack’s tables"), icon="plus")
        self._pack.clicked.connect(self._bring_pack)
        self._tables = column(gap=12)
        self.column.addLayout(self._tables)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Reference", "Reference tables")

    def subtitle(self) -> str:
        """Say what they are not."""
        return translate("Reference", "As printed; no count of ours includes them")

    def header_parts(self) -> list[QWidget]:
        """Return both ways to add one."""
        return [self._pack, self._add] if self._of_pack else [self._add]

    def arrive(self, place: Place) -> None:
        """Read the tables."""
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        if "reference_table" in types:
            self._read()

    def _read(self) -> None:
        desk = self.desk.session.imports.reference
        self.desk.read(self, lambda: (desk.tables(), bool(desk.of_pack())), self._show)

    def _show(self, found: tuple[Sequence[ReferenceView], bool]) -> None:
        tables, of_pack = found
        if of_pack != self._of_pack:
            self._of_pack = of_pack
            self.desk.header_changed.emit()
        clear_layout(self._tables)
        for one in tables:
            self._tables.addWidget(self._card(one))
        if not tables:
            nothing = translate(
                "Reference",
                "No printed table is kept yet. Add one by its description, a short YAML file beside the table’s CSV or"
                " workbook; the help page says what stands in it.",
            )
            self._tables.addWidget(Paragraph(nothing, tone="muted"))

    def _card(self, one: ReferenceView) -> Card:
        card = Card(padding=20, gap=10)
        line = row(gap=12)
        line.addWidget(Paragraph(f"{one.title}, {one.year}" if one.year else one.title, role="section"), 1)
        edit = Button(translate("Reference", "Open"), icon="pencil-line")
        edit.setAccessibleName(translate("Reference", "Open {title}").format(title=one.title))
        edit.setProperty("record", one.id)
        edit.clicked.connect(self._open)
        line.addWidget(edit)
        card.body.addLayout(line)
        source = ", ".join(part for part in (one.source, one.page, one.unit) if part)
        card.add(Paragraph(source, role="small", tone="muted"))
        card.body.addLayout(self._verdict(one))
        card.body.addLayout(_grid(one))
        if one.note:
            card.add(Paragraph(one.note, role="small"))
        return card

    def _verdict(self, one: ReferenceView) -> QHBoxLayout:
        words = translate("Reference", "{n} of {all} figures that can be worked out differ from the print.")
        text = words.format(n=one.differing, all=one.checked)
        if one.checked and not one.differing:
            text = translate("Reference", "All {all} figures that can be worked out are as printed.").format(
                all=one.checked
            )
        elif not one.checked:
            text = translate("Reference", "Nothing here can be worked out: printed only.")
        if one.rows_overlap:
            text += " " + translate("Reference", "The rows count some people twice, so they are never added.")
        line = row(IconLabel("triangle-alert" if one.differing else "info", token="warn" if one.differing else "muted"))
        line.addWidget(Paragraph(text), 1)
        return line

    @Slot()
    def _open(self) -> None:
        self.desk.go(Place("edit", type="reference_table", id=str(self.sender().property("record"))))

    @Slot()
    def _bring_pack(self) -> None:
        self.desk.write(self, self.desk.session.imports.reference.bring_pack, self._kept)

    @Slot()
    def choose(self) -> None:
        """Ask for the description of a table."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = translate("Reference", "The description of a printed table")
        chosen, _ = QFileDialog.getOpenFileName(self, title, folder, "*.yaml *.yml")
        if chosen:
            self.bring(Path(chosen))

    def bring(self, path: Path) -> None:
        """Keep a table."""
        desk = self.desk.session.imports.reference
        self.desk.write(self, lambda: [desk.bring(path)], self._kept)

    def _kept(self, kept: Sequence[ReferenceView]) -> None:
        self.desk.say(translate("Reference", "Tables kept as printed: {n}.").format(n=len(kept)))
        self._read()


def _grid(one: ReferenceView) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(look().space(18))
    grid.setVerticalSpacing(look().space(5))
    grouped = any(cell.group for line in one.sums.lines for cell in line)
    for place, heading in enumerate(one.columns):
        head = Paragraph(heading, role="smallstrong")
        head.setAlignment(_RIGHT)
        grid.addWidget(head, 0, place + 1)
        grid.setColumnStretch(place + 1, 1)
    grid.setColumnStretch(0, 2)
    for number, line in enumerate(one.sums.lines, start=1):
        if not line:
            continue
        name = f"{line[0].group}: {line[0].row}" if grouped and line[0].group else line[0].row
        grid.addWidget(Paragraph(name, role="small"), number, 0)
        for place, cell in enumerate(line, start=1):
            label = Label(cell_words(cell), role="smallstrong" if cell.differs else "small")
            label.setAlignment(_RIGHT)
            if cell.differs:
                label.set_tone("warn")
                label.setAccessibleName(spoken(cell))
            grid.addWidget(label, number, place)
    return grid


def cell_words(cell: SumCell) -> str:
    """Write a figure as printed; where the cells say something else, that too."""
    if cell.printed is None:
        return "–"
    if not cell.differs:
        return f"{cell.printed:,}"
    return translate("Reference", "{printed} (cells: {worked})").format(
        printed=f"{cell.printed:,}", worked=f"{cell.recomputed:,}"
    )


def spoken(cell: SumCell) -> str:
    """Say a difference in full."""
    words = translate("Reference", "{row}, {column}: printed {printed}, by the cells {worked}")
    return words.format(row=cell.row, column=cell.column, printed=cell.printed, worked=cell.recomputed)
