"""The wizard: a new pack from one that there is, its gaps answered one after the other, by keyboard alone."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from broker_desktop.records.pack import Need, Pack
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.pack_views import PackRefused, PackState
from broker_desktop.session.packs import pack_from
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.packs import FindingsCard
from broker_desktop.ui.pages.page import Desk, Footer, Page, Place
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.widgets.boxes import Card, column
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label, Paragraph

_LETTERS: Final = 60


class NewPackPage(Page):
    """Choose a pack, give the new one an id and a title, answer what is open, load or save it."""

    rail_place = "settings"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sources: dict[str, Pack] = {}
        self.source = ListBox([], empty=None)
        self.source.setAccessibleName(translate("NewPack", "Made from"))
        self.source.currentIndexChanged.connect(self._chosen)
        self.id_box, self.title_box = LineBox(), LineBox()
        self.answers: dict[str, LineBox] = {}
        self._questions = Card(padding=20, gap=12)
        self.findings = FindingsCard()
        first = Card(padding=20, gap=12)
        first.add(Label(translate("NewPack", "The new pack"), role="section"))
        _ask(first, translate("NewPack", "Made from"), "", self.source)
        id_help = translate("NewPack", "Small letters, digits and hyphens, such as harbour-2026.")
        _ask(first, translate("NewPack", "Its id"), id_help, self.id_box)
        _ask(
            first,
            translate("NewPack", "Its title"),
            translate("NewPack", "As it stands on the summary."),
            self.title_box,
        )
        for part in (first, self._questions, self.findings):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._make_footer()

    def _make_footer(self) -> None:
        footer = Footer()
        self.load_button = Button(translate("NewPack", "Load into the team"), icon="check", kind="primary")
        self.load_button.clicked.connect(self._load)
        self.save_button = Button(translate("NewPack", "Save as a file…"), icon="file-down")
        self.save_button.clicked.connect(self._ask_file)
        footer.line.addWidget(self.load_button)
        footer.line.addWidget(self.save_button)
        footer.line.addStretch(1)
        self.set_footer(footer)

    def title(self) -> str:
        """Return the page's title."""
        return translate("NewPack", "Make a new pack")

    def subtitle(self) -> str:
        """Say what becomes of the source."""
        return translate("NewPack", "Everything is taken over from the pack that you choose")

    def first(self) -> QWidget:
        """Return the list of packs."""
        return self.source

    def arrive(self, place: Place) -> None:
        """Begin with the list of packs."""
        self.source.setFocus()
        self.desk.read(self, self.desk.session.packs.sources, self._offer)

    def _offer(self, packs: Sequence[Pack]) -> None:
        self._sources = {one.id: one for one in packs}
        for one in packs:
            self.source.addItem(f"{one.title} ({one.id})", one.id)

    def escape(self) -> bool:
        """Go back to the packs."""
        self.desk.go(Place("packs"))
        return True

    def save_to(self, path: Path) -> None:
        """Write the new pack to a file."""
        text = self._text()
        if text is not None:
            self.desk.write(self, lambda: keep_file(path, text().encode()), self._saved, self._refused)

    def _text(self) -> Callable[[], str] | None:
        """Give what composes the new pack from what stands here now; None before the packs were read."""
        source = self._sources.get(self.source.code() or "")
        if source is None:
            return None
        typed = {path: box.text() for path, box in self.answers.items()}
        pack_id, title = self.id_box.text().strip(), self.title_box.text().strip()
        return lambda: pack_from(source, pack_id, title, typed)

    @Slot()
    def _chosen(self) -> None:
        source = self._sources.get(self.source.code() or "")
        if source is None:
            return
        self.title_box.setText(source.title)
        self.answers = {}
        self._questions.empty()
        self._questions.add(Label(translate("NewPack", "What its source does not say"), role="section"))
        words = translate(
            "NewPack", "Answer what you know; an empty line stays a gap. The team goes live when none of these is open."
        )
        self._questions.add(Paragraph(words, tone="muted"))
        for need in source.needs:
            self._add_question(need)
        if not source.needs:
            self._questions.add(Paragraph(translate("NewPack", "This pack leaves nothing open that a team needs.")))

    def _add_question(self, need: Need) -> None:
        box = LineBox()
        box.setPlaceholderText(translate("NewPack", "for example {words}").format(words=need.example))
        self.answers[need.path] = box
        _ask(self._questions, need.question, need.why, box)

    @Slot()
    def _load(self) -> None:
        text = self._text()
        if text is not None:
            packs = self.desk.session.packs
            self.desk.write(self, lambda: packs.load(text()), self._loaded, self._refused)

    @Slot()
    def _ask_file(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = str(Path(folder) / f"{self.id_box.text().strip() or 'new-pack'}.yaml")
        chosen, _ = QFileDialog.getSaveFileName(self, translate("NewPack", "Save the new pack"), name, "*.yaml")
        if chosen:
            self.save_to(Path(chosen))

    def _saved(self, _none: object) -> None:
        self.findings.hide()
        self.desk.say(translate("NewPack", "The pack is written. Nothing is in use yet."))

    def _loaded(self, state: PackState) -> None:
        self.desk.go(Place("packs"))
        words = translate("NewPack", "{id} is in use. Other laptops follow at their next sync.")
        self.desk.say(words.format(id=state.id))

    def _refused(self, error: Exception) -> None:
        self.findings.show_error(error)
        if not isinstance(error, PackRefused):
            self.desk.say(sentence(error), tone="warn")
        self.body.ensureWidgetVisible(self.findings)


def _ask(card: Card, question: str, why: str, box: QWidget) -> None:
    box.setAccessibleName(question)
    parts: list[QWidget] = [Label(question, role="strong")]
    if why:
        parts.append(Paragraph(why, role="small", tone="muted"))
    card.body.addLayout(column(*parts, box, gap=4))
