"""Bringing in another program's list, in four steps: the file, its columns, their values, a try; then the import.

Nothing is stored before the last press, and nothing of the file is kept but its records.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from broker_desktop.records.mapping import ColumnMap, FileMap
from broker_desktop.records.paths import Target
from broker_desktop.session.import_report import ImportReport
from broker_desktop.session.imports import FileLook
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.import_steps import (
    ANONYMOUS,
    ColumnLine,
    FileCard,
    ValueLine,
    constant_choices,
    meaning_of,
    not_said,
    report_card,
    value_card,
)
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.widgets.boxes import Card, Rule, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label, Paragraph

FILE, COLUMNS, VALUES, TRY, DONE = range(5)
_FILES: Final = "*.csv *.tsv *.xlsx *.ndjson *.json"


class ImportPage(Page):
    """A file becomes records, one step after the other."""

    rail_place = "settings"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.step = FILE
        self.look: FileLook | None = None
        self.file_map: FileMap | None = None
        self.report: ImportReport | None = None
        self.lines: list[ColumnLine] = []
        self.values: dict[str, list[ValueLine]] = {}
        self.constants: dict[str, ListBox] = {}
        self._places: dict[str, Target] = {}
        self._back = Button(translate("Import", "Back"), icon="arrow-left", key="Esc")
        self._back.clicked.connect(self.back)
        self._parts = column(gap=12)
        self.column.addLayout(self._parts)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Import", "Bring in a list")

    def subtitle(self) -> str:
        """Name the step."""
        steps = [
            translate("Import", "Step 1 of 4: the file"),
            translate("Import", "Step 2 of 4: what the columns mean"),
            translate("Import", "Step 3 of 4: what the values mean"),
            translate("Import", "Step 4 of 4: try it out"),
            translate("Import", "Done"),
        ]
        return steps[self.step]

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def arrive(self, place: Place) -> None:
        """Begin with the file."""
        self._to_file()

    def escape(self) -> bool:
        """Go one step back."""
        self.back()
        return True

    @Slot()
    def back(self) -> None:
        """Go one step back; from the first to the settings."""
        if self.step == FILE:
            self.desk.go(Place("settings"))
        elif self.step == TRY and (self.values or self.constants):
            self._to_values()
        elif self.step in (VALUES, TRY):
            self._to_columns()
        else:
            self._to_file()

    def _turn(self, step: int) -> None:
        self.step = step
        clear_layout(self._parts)
        self.desk.header_changed.emit()

    # The file

    def _to_file(self) -> None:
        self._turn(FILE)
        kinds = [(one.name, one.plural) for one in self.desk.session.types()]
        card = self.file_card = FileCard(kinds)
        self.type = card.type
        if self.look is not None and self.file_map is not None:
            card.choose(self.file_map.type, self.look.heading_row, self.look.encoding)
        choose = Button(translate("Import", "Choose the file…"), icon="upload", kind="primary")
        choose.clicked.connect(self.choose)
        card.body.addLayout(row(choose, "stretch"))
        self._parts.addWidget(card)
        focus_soon(self.type)

    @Slot()
    def choose(self) -> None:
        """Ask for the file."""
        if self.type.code() is None:
            self.desk.say(translate("Import", "First say what the rows are."), tone="info")
            self.type.setFocus()
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getOpenFileName(self, translate("Import", "The list to bring in"), folder, _FILES)
        if chosen:
            self.read(Path(chosen))

    def read(self, path: Path) -> None:
        """Look at a file and go on to its columns."""
        card = self.file_card
        self._look_at(path, card.type.code() or "", None, card.heading_row(), card.encoding())

    def _look_at(self, path: Path, kind: str, sheet: str | None, heading_row: int, encoding: str) -> None:
        desk = self.desk.session.imports

        def work() -> tuple[FileLook, FileMap, Sequence[Target]]:
            found = desk.look(path, sheet=sheet, heading_row=heading_row, encoding=encoding)
            return found, desk.suggest(kind, found), desk.places(kind)

        self.desk.read(self, work, self._looked)

    def _looked(self, found: tuple[FileLook, FileMap, Sequence[Target]]) -> None:
        self.look, self.file_map, places = found
        self._places = {one.path: one for one in places}
        self._to_columns()

    # The columns

    def _to_columns(self) -> None:
        found, told = self.look, self.file_map
        if found is None or told is None:
            return
        self._turn(COLUMNS)
        paths = {one.column: one.path for one in told.columns}
        card = Card(padding=20, gap=10)
        words = translate("Import", "{file}: {n} rows. The suggestions go by the headings; please look at each.")
        card.add(Paragraph(words.format(file=found.path.name, n=f"{found.rows:,}")))
        if len(found.sheets) > 1:
            self.sheet = ListBox([(name, name) for name in found.sheets], empty=None)
            self.sheet.set_code(found.sheet)
            self.sheet.setAccessibleName(translate("Import", "Sheet"))
            self.sheet.activated.connect(self._other_sheet)
            line = row(Label(translate("Import", "Sheet"), role="strong"), gap=12)
            line.addWidget(self.sheet, 1)
            card.body.addLayout(line)
        card.add(Rule())
        places = list(self._places.values())
        self.lines = [ColumnLine(one, places, paths.get(one.name)) for one in found.columns]
        for line_ in self.lines:
            card.add(line_)
        self._parts.addWidget(card)
        self._parts.addWidget(self._key_card(found))
        self._go_on(translate("Import", "Go on"), self.take_columns)
        focus_soon(self.lines[0].field)

    def _key_card(self, found: FileLook) -> Card:
        card = Card(padding=20, gap=8)
        self.key = ListBox([(one.name, one.name) for one in found.columns], empty=translate("Import", "No column does"))
        self.key.setAccessibleName(translate("Import", "Which column names a row for good?"))
        filled = next((one.column for one in (self.file_map or FileMap(type="", columns=())).columns
                       if one.path == "external_id"), None)  # fmt: skip
        if filled is not None:
            self.key.set_code(filled)
        about = translate(
            "Import",
            "A number of the other program, say. The same list brought in twice then adds nothing, and a changed row"
            " changes its record. Without one, a row counts as the same while its content is.",
        )
        question = translate("Import", "Which column names a row for good?")
        card.add(Label(question, role="strong"), self.key, Paragraph(about, role="small", tone="muted"))
        return card

    @Slot()
    def _other_sheet(self) -> None:
        found, told = self.look, self.file_map
        if found is not None and told is not None:
            self._look_at(found.path, told.type, self.sheet.code(), found.heading_row, found.encoding)

    @Slot()
    def take_columns(self) -> None:
        """Take the columns as they are matched, and ask for the values that need a meaning."""
        told, desk = self.file_map, self.desk.session.imports
        chosen = {line.column.name: path for line in self.lines if (path := line.path()) is not None}
        twice = next((path for path in chosen.values() if list(chosen.values()).count(path) > 1), None)
        if told is None or not chosen or twice is not None:
            words = translate("Import", "Two columns go to the same field: {field}. Leave one of them out.")
            none = translate("Import", "Match at least one column with a field.")
            self.desk.say(words.format(field=self._places[twice].label) if twice else none, tone="info")
            return
        before = {one.column: one for one in told.columns}
        columns = tuple(
            kept if (kept := before.get(line.column.name)) is not None and kept.path == chosen[line.column.name]
            else desk.column(told.type, line.column, chosen[line.column.name])
            for line in self.lines if line.column.name in chosen
        )  # fmt: skip
        key = self.key.code()
        columns = tuple(one for one in columns if key is None or one.path != "external_id")
        self.file_map = replace(told, columns=columns, key=() if key is None else (key,))
        self._to_values()

    # The values

    def _to_values(self) -> None:
        found, told = self.look, self.file_map
        if found is None or told is None:
            return
        cards = [*self._constant_cards(told), *self._value_cards(found, told)]
        if not cards:
            self.try_out()
            return
        self._turn(VALUES)
        words = translate("Import", "What is not said here is reported, never stored and never guessed.")
        self._parts.addWidget(Paragraph(words))
        for card in cards:
            self._parts.addWidget(card)
        self._go_on(translate("Import", "Try it out"), self.take_values)
        boxes = [*self.constants.values(), *(line.meaning for lines in self.values.values() for line in lines)]
        focus_soon(boxes[0])

    def _constant_cards(self, told: FileMap) -> list[Card]:
        """Ask what every row gets where a record cannot be without an answer and no column gives one."""
        kind = next(one for one in self.desk.session.types() if one.name == told.type)
        filled = {one.path.partition(".")[0] for one in told.columns}
        codes = self.desk.session.codes
        asked = [one for one in kind.fields if one.required is True and one.name not in filled]
        choices = {one.name: found for one in asked if (found := constant_choices(one, codes))}
        self.constants = {name: ListBox(found, empty=not_said()) for name, found in choices.items()}
        if not choices:
            return []
        card = Card(padding=20, gap=8)
        card.add(Label(translate("Import", "No column gives these. What does every row get?"), role="section"))
        for name, box in self.constants.items():
            label = kind.by_name[name].label
            box.setAccessibleName(label)
            if name in told.constants:
                box.set_code(ANONYMOUS if told.constants[name] is None else str(told.constants[name]))
            line = row(gap=14)
            line.addWidget(Paragraph(label, role="strong"), 3)
            line.addWidget(box, 4)
            card.body.addLayout(line)
        return [card]

    def _value_cards(self, found: FileLook, told: FileMap) -> list[Card]:
        open_ones = self.desk.session.imports.unmatched(told.type, found, told)
        looks = {one.name: one for one in found.columns}
        self.values, cards = {}, []
        for one in told.columns:
            asked = dict(open_ones.get(one.column, {}))
            asked |= {text: (looks[one.column].values or {}).get(text, 1) for text in one.values}
            if asked:
                card, lines = value_card(one.column, self._places[one.path], asked, one.values, self.desk.session.codes)
                self.values[one.column] = lines
                cards.append(card)
        return cards

    @Slot()
    def take_values(self) -> None:
        """Take what the values mean and try it out."""
        if self.file_map is not None:
            columns = tuple(self._with_values(one) for one in self.file_map.columns)
            chosen = {name: code for name, box in self.constants.items() if (code := box.code()) is not None}
            constants = {name: None if code == ANONYMOUS else code for name, code in chosen.items()}
            self.file_map = replace(self.file_map, columns=columns, constants=constants)
            self.try_out()

    def _with_values(self, one: ColumnMap) -> ColumnMap:
        chosen = {line.text: code for line in self.values.get(one.column, ()) if (code := line.chosen()) is not None}
        return replace(one, values={text: meaning_of(code) for text, code in chosen.items()})

    # The try and the import

    @Slot()
    def try_out(self) -> None:
        """Go through the whole file and store nothing."""
        found, told, desk = self.look, self.file_map, self.desk.session.imports
        if found is not None and told is not None:
            path = found.path
            self.desk.write(self, lambda: desk.bring(told, path, dry_run=True), self._tried)

    def _tried(self, report: ImportReport) -> None:
        self.report = report
        self._turn(TRY)
        self._parts.addWidget(report_card(report))
        good = report.counts.read - report.counts.refused
        buttons: list[QWidget] = []
        if good:
            words = (
                translate("Import", "Bring in all {n} rows") if not report.counts.refused
                else translate("Import", "Bring in the {n} good rows")
            )  # fmt: skip
            self.go = Button(words.format(n=f"{good:,}"), icon="check", kind="primary")
            self.go.clicked.connect(self._bring)
            buttons.append(self.go)
        save = Button(translate("Import", "Save the mapping…"), icon="download")
        save.clicked.connect(self._save_mapping)
        buttons.append(save)
        if report.counts.refused:
            told = Button(translate("Import", "Save the report…"), icon="file-down")
            told.clicked.connect(self._save_report)
            buttons.append(told)
            bad = translate(
                "Import", "The refused rows are written to a file you choose; it is as private as the list itself."
            )
            self._parts.addWidget(Paragraph(bad, tone="muted"))
        self._parts.addLayout(row(*buttons, "stretch", gap=12))
        focus_soon(buttons[0])

    @Slot()
    def _bring(self) -> None:
        report = self.report
        if report is None or not report.counts.refused:
            self.bring_in(None)
            return
        chosen = self._asked(translate("Import", "Where the refused rows go"), "refused-rows.ndjson")
        if chosen is not None:
            self.bring_in(chosen)

    def bring_in(self, skip_bad: Path | None) -> None:
        """Store the good rows; the others go to the file given."""
        found, told, desk = self.look, self.file_map, self.desk.session.imports
        if found is not None and told is not None:
            path = found.path
            self.desk.write(self, lambda: desk.bring(told, path, skip_bad=skip_bad), self._brought)

    def _brought(self, report: ImportReport) -> None:
        if not report.stored:
            self._tried(report)
            self.desk.say(translate("Import", "The file has changed since the try: nothing was stored."), tone="warn")
            return
        self.report = report
        self._turn(DONE)
        self._parts.addWidget(report_card(report))
        kind = next((one for one in self.desk.session.types() if one.name == report.type), None)
        see = Button(translate("Import", "See the list"), icon="list", kind="primary")
        see.clicked.connect(self._see)
        if kind is not None:
            self._parts.addLayout(row(see, "stretch"))
            focus_soon(see)
        done = translate("Import", "Records that came in: {n}.").format(n=f"{report.counts.added:,}")
        self.desk.say(done)

    @Slot()
    def _see(self) -> None:
        if self.report is not None:
            self.desk.go(Place("list", type=self.report.type))

    @Slot()
    def _save_mapping(self) -> None:
        told, desk = self.file_map, self.desk.session.imports
        chosen = self._asked(translate("Import", "Save the mapping"), "mapping.json")
        if told is not None and chosen is not None:
            self.desk.write(self, lambda: desk.write_mapping(told, chosen), self._written)

    @Slot()
    def _save_report(self) -> None:
        report = self.report
        chosen = self._asked(translate("Import", "Save the report"), "report.csv")
        if report is not None and chosen is not None:
            self.desk.write(self, lambda: report.write(chosen), self._written)

    def _written(self, _none: object) -> None:
        self.desk.say(translate("Import", "The file was written."))

    def _asked(self, title: str, name: str) -> Path | None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path(folder) / name))
        return Path(chosen) if chosen else None

    def _go_on(self, words: str, act: Any) -> None:
        self.next = Button(words, icon="arrow-right", kind="primary")
        self.next.clicked.connect(act)
        self._parts.addLayout(row(self.next, "stretch"))
