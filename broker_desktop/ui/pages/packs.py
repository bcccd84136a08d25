"""The team's packs, for a lead: which holds, what is open, loading another one, going live."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from broker_desktop.errors import AppError
from broker_desktop.session.pack_views import PackLine, PackRefused, PackState
from broker_desktop.session.packs import text_of
from broker_desktop.ui.i18n import LONDON, long_day, moment_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.widgets.boxes import Card, Rule, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_FINDINGS_SHOWN: Final = 20


class FindingsCard(Card):
    """What stands against a pack, line by line; hidden while nothing does."""

    def __init__(self) -> None:
        super().__init__(padding=20, gap=10)
        self.hide()

    def show_error(self, error: Exception) -> None:
        """Show every finding of a refused pack, or the one sentence of any other error."""
        self.empty()
        self.add(Label(translate("Packs", "This pack was not loaded"), role="section"))
        if isinstance(error, PackRefused):
            for one in error.findings[:_FINDINGS_SHOWN]:
                place = translate("Packs", "Line {n}, {path}").format(n=one.line, path=one.path)
                line = row(IconLabel("triangle-alert", token="warn"), gap=10)
                line.addWidget(Paragraph(f"{place}: {one.text} {one.remedy}"), 1)
                self.body.addLayout(line)
            if len(error.findings) > _FINDINGS_SHOWN:
                more = translate("Packs", "And {n} more.").format(n=len(error.findings) - _FINDINGS_SHOWN)
                self.add(Paragraph(more, tone="muted"))
        else:
            told = error.detail if isinstance(error, AppError) and error.detail else sentence(error)
            self.add(Paragraph(told))
        nothing = translate("Packs", "Nothing was changed. The pack before goes on.")
        self.add(Paragraph(nothing, tone="muted"))
        self.show()


class PacksPage(Page):
    """What the team's packs are and what they leave open."""

    rail_place = "settings"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.load_button = Button(translate("Packs", "Load a pack file…"), icon="file-text", kind="primary")
        self.load_button.clicked.connect(self._ask_file)
        self.new_button = Button(translate("Packs", "Make a new pack…"), icon="plus")
        self.new_button.clicked.connect(self._new)
        self.live_button = Button(translate("Packs", "Go live"), icon="check")
        self.live_button.clicked.connect(self._go_live)
        self.findings = FindingsCard()
        self._lead = desk.session.seat.role == "lead"
        self._pack, self._needs, self._gaps = (Card(padding=20, gap=10) for _ in range(3))
        for card in (self.findings, self._pack, self._needs, self._gaps):
            self.column.addWidget(card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Packs", "Area pack")

    def subtitle(self) -> str:
        """Say whom it is for."""
        return translate("Packs", "For team leads. A pack reaches every laptop with its next sync")

    def first(self) -> QWidget:
        """Return the button that loads a file."""
        return self.load_button

    def arrive(self, place: Place) -> None:
        """Read everything."""
        self.findings.hide()
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read()

    def escape(self) -> bool:
        """Go back to the settings."""
        self.desk.go(Place("settings"))
        return True

    def load_from(self, path: Path) -> None:
        """Put the pack of a file into use."""
        packs = self.desk.session.packs
        self.desk.write(self, lambda: packs.load(text_of(path), path.name), self._loaded, self.findings.show_error)

    def _read(self) -> None:
        self.desk.read(self, self.desk.session.packs.state, self._show)

    def _show(self, state: PackState) -> None:
        self.desk.header_changed.emit()
        self._show_pack(state)
        self._show_needs(state)
        self._show_gaps(state)

    def _show_pack(self, state: PackState) -> None:
        card = self._pack
        _keep(card, self.load_button, self.new_button)
        card.add(Label(state.title, role="section"))
        told = translate("Packs", "{id}, version {version}").format(id=state.id, version=state.version)
        card.add(Paragraph(told, tone="muted"))
        for words in state.unusable:
            line = row(IconLabel("triangle-alert", token="warn"), gap=10)
            line.addWidget(Paragraph(words), 1)
            card.body.addLayout(line)
        for one in state.packs:
            if len(state.packs) > 1 or one.loaded_at:
                card.add(Paragraph(self._line(one, several=len(state.packs) > 1)))
        card.add(row(self.load_button, self.new_button, "stretch"))
        self.load_button.setVisible(self._lead)
        self.new_button.setVisible(self._lead)

    def _line(self, one: PackLine, *, several: bool) -> str:
        said = []
        if several:
            first = translate("Packs", "the beginning") if one.first is None else long_day(one.first)
            last = translate("Packs", "further notice") if one.last is None else long_day(one.last)
            said.append(translate("Packs", "{id}: from {first} to {last}.").format(id=one.id, first=first, last=last))
        if one.loaded_at:
            day = moment_text(one.loaded_at, self.desk.now().astimezone(LONDON).date())
            said.append(translate("Packs", "Loaded {day} by {who}.").format(day=day, who=one.by))
        return " ".join(said)

    def _show_needs(self, state: PackState) -> None:
        card = self._needs
        _keep(card, self.live_button)
        card.add(Label(translate("Packs", "Going live"), role="section"))
        if state.live_since:
            day = moment_text(state.live_since, self.desk.now().astimezone(LONDON).date())
            card.add(Paragraph(translate("Packs", "The team is live since {day}.").format(day=day)))
            self.live_button.hide()
            return
        if state.demo:
            card.add(Paragraph(translate("Packs", "The demo has invented names and numbers: it never goes live.")))
            self.live_button.hide()
            return
        trial = translate(
            "Packs", "The team is trying the program: everything works, and what is recorded counts as it always will."
        )
        card.add(Paragraph(trial))
        if state.needs:
            open_words = translate("Packs", "Before it goes live, the pack has to say:")
            card.add(Paragraph(open_words, role="strong"))
        for need in state.needs:
            card.add(Rule(), Paragraph(need.question, role="strong"))
            card.add(Paragraph(f"{need.why} ({need.path})", role="small", tone="muted"))
        if not state.needs:
            card.add(Paragraph(translate("Packs", "The pack says everything that the team needs.")))
        card.add(row(self.live_button, "stretch"))
        self.live_button.setVisible(self._lead)

    def _show_gaps(self, state: PackState) -> None:
        card = self._gaps
        card.empty()
        needed = {need.path for need in state.needs}
        other = [gap for gap in state.gaps if gap not in needed]
        card.add(Label(translate("Packs", "What the source does not say"), role="section"))
        if other:
            may = translate("Packs", "These may stay open: {gaps}.").format(gaps=", ".join(other))
            card.add(Paragraph(may))
        else:
            card.add(Paragraph(translate("Packs", "Nothing else is open."), tone="muted"))

    @Slot()
    def _ask_file(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = translate("Packs", "Load a pack file")
        chosen, _ = QFileDialog.getOpenFileName(self, title, folder, "*.yaml *.yml")
        if chosen:
            self.load_from(Path(chosen))

    def _loaded(self, state: PackState) -> None:
        self.findings.hide()
        words = translate("Packs", "{id} is in use. Other laptops follow at their next sync.")
        self.desk.say(words.format(id=state.id))
        self._show(state)

    @Slot()
    def _new(self) -> None:
        self.desk.go(Place("new_pack"))

    @Slot()
    def _go_live(self) -> None:
        self.desk.write(self, self.desk.session.packs.go_live, self._lives, self._not_yet)

    def _lives(self, state: PackState) -> None:
        self.desk.say(translate("Packs", "The team is live."))
        self._show(state)

    def _not_yet(self, error: Exception) -> None:
        self.desk.say(sentence(error), tone="warn")


def _keep(card: Card, *parts: QWidget) -> None:
    """Empty a card but for the parts that it shows again."""
    for part in parts:
        part.setParent(None)
    card.empty()


__all__: Sequence[str] = ("FindingsCard", "PacksPage")
