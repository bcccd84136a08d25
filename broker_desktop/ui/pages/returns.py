"""Saved returns: those of this laptop, each written with one press, and a form to save another one.

What a recipient sees is the session's to say; here it is named, with how often, which headings, formats and folder.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog

from broker_desktop.records.measure import HEADINGS
from broker_desktop.session.exports import FORMATS
from broker_desktop.session.returns import SavedReturn, WrittenReturn
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.beside_summary import BesideSummary
from broker_desktop.ui.pages.help import RETURNS
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.summary_side import recipients_of
from broker_desktop.ui.pages.writing_footer import WritingFooter
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label, Paragraph


class ReturnsPage(BesideSummary):
    """The returns of this laptop, and one more."""

    help_name = RETURNS
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._words = dict(recipients_of(desk.session.pack))
        self._list, form = Card(padding=20, gap=12), Card(padding=20, gap=10)
        self.runs: dict[str, Button] = {}
        self.name = LineBox()
        self.recipient = ListBox(recipients_of(desk.session.pack), empty=None)
        self.cadence = ListBox(_cadences().items(), empty=None)
        self.formats = Chips([(one, one.upper()) for one in FORMATS])
        self.headings = Chips(HEADINGS.items())
        self.folder = LineBox()
        self.choose = Button(translate("Returns", "Choose…"), icon="list")
        self.choose.clicked.connect(self._choose)
        self.save = Button(translate("Returns", "Save this return"), kind="primary", icon="check")
        self.save.clicked.connect(self._save)
        place = row(gap=8)
        place.addWidget(self.folder, 1)
        place.addWidget(self.choose)
        form.add(Label(translate("Returns", "Save a return"), role="section"))
        for part, words in (
            (self.name, translate("Returns", "Its name")),
            (self.recipient, translate("Returns", "For")),
            (self.cadence, translate("Returns", "How often")),
            (self.formats, translate("Returns", "Files")),
            (self.headings, translate("Returns", "Which figures (none chosen: all of them)")),
            (self.folder, translate("Returns", "Folder")),
        ):
            part.setAccessibleName(words)
            form.add(Label(words, role="strong"), place if part is self.folder else part)
        form.add(row(self.save, "stretch"))
        WritingFooter(self, lambda: next(iter(self.runs.values()), self.name))
        desk.files.changed.connect(self._show_keys)
        self._show_keys()
        self.column.addWidget(self._list)
        self.column.addWidget(form)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Returns", "Saved returns")

    def subtitle(self) -> str:
        """Say what a return is."""
        return translate("Returns", "The figures of the last whole period, for one recipient, written with one press.")

    def arrive(self, place: Place) -> None:
        """Show the returns; a place may bring the month to go back to, a recipient and a format."""
        self._came_for(place)
        told = place.payload or {}
        offered = self.recipient.findData(told.get("recipient", "commissioner"))
        self.recipient.setCurrentIndex(offered)  # nobody, where it is none that is offered
        self.formats.set_value([told.get("format", "pdf")])
        if not self.folder.text():
            self.folder.setText(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        self._read(first=True)

    def _read(self, *, first: bool = False) -> None:
        def show(found: Sequence[SavedReturn]) -> None:
            self._show(found)
            if first:
                focus_soon(self.runs[found[0].name] if found else self.name)

        self.desk.read(self, self.desk.session.returns.saved, show)

    def _show(self, found: Sequence[SavedReturn]) -> None:
        self._list.empty()
        self.runs = {}
        if not found:
            words = translate("Returns", "No return is saved on this laptop yet.")
            self._list.add(Paragraph(words, tone="muted"))
        for one in found:
            line = row(gap=10)
            about = column(Paragraph(one.name, role="strong"), Paragraph(self._about(one), role="small"), gap=2)
            about.addWidget(Paragraph(one.folder, role="small", tone="muted"))
            line.addLayout(about, 1)
            run = Button(translate("Returns", "Write it"), icon="download")
            run.setAccessibleName(translate("Returns", "Write {name}").format(name=one.name))
            run.clicked.connect(self._run)
            drop = Button("", icon="x", kind="quiet")
            drop.setAccessibleName(translate("Returns", "Forget {name}").format(name=one.name))
            drop.clicked.connect(self._drop)
            for button in (run, drop):
                button.setProperty("name", one.name)
                line.addWidget(button)
            self.runs[one.name] = run
            self._list.body.addLayout(line)

    def _about(self, one: SavedReturn) -> str:
        which = ", ".join(HEADINGS.get(line, line) for line in one.lines) or translate("Returns", "all figures")
        files = ", ".join(form.upper() for form in one.formats)
        return " · ".join((_cadences()[one.cadence], self._words.get(one.recipient, one.recipient), files, which))

    @Slot()
    def _choose(self) -> None:
        title = translate("Returns", "Where the return is written")
        chosen = QFileDialog.getExistingDirectory(self, title, self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    @Slot()
    def _save(self) -> None:
        session = self.desk.session
        asked = SavedReturn(
            name=self.name.text(),
            recipient=self.recipient.code() or "",
            cadence=self.cadence.code() or "month",
            formats=tuple(self.formats.value()),
            folder=str(Path(self.folder.text()).expanduser()),
            lines=tuple(self.headings.value()),
        )
        self.desk.write(self, lambda: session.returns.keep(asked), self._saved)

    def _saved(self, _none: object) -> None:
        self.desk.say(translate("Returns", "Saved. It is kept in this vault alone."))
        self.name.clear()
        self._read()

    @Slot()
    def _run(self) -> None:
        session, name = self.desk.session, str(self.sender().property("name"))
        self.desk.files.begin(name, lambda told: session.returns.run(name, told=told), _written)

    def escape(self) -> bool:
        """Stop the files that are being written; else go back to the summary."""
        return self.desk.files.stop() or super().escape()

    @Slot()
    def _show_keys(self) -> None:
        self._back.set_key("" if self.desk.files.under_way else translate("Returns", "Esc"))

    @Slot()
    def _drop(self) -> None:
        session, name = self.desk.session, str(self.sender().property("name"))
        self.desk.write(self, lambda: session.returns.drop(name), self._dropped)

    def _dropped(self, _none: object) -> None:
        self.desk.say(translate("Returns", "Forgotten. Its files stay where they are."))
        self._read()


def _written(made: WrittenReturn) -> str:
    signed = translate("Returns", "Written as signed, {period}: {files}")
    draft = translate("Returns", "Written as a draft, {period} is not signed: {files}")
    words = signed if made.state == "signed" else draft
    return words.format(period=made.period.label, files=", ".join(path.name for path in made.files))


def _cadences() -> dict[str, str]:
    return {
        "month": translate("Returns", "Every month"),
        "quarter": translate("Returns", "Every quarter"),
        "year": translate("Returns", "Every year"),
        "fiscal-quarter": translate("Returns", "Every quarter of the pack's year"),
        "fiscal-year": translate("Returns", "Every year of the pack"),
        "rolling": translate("Returns", "Twelve months to the last one"),
    }
