"""Both halves of the recovery kit, typed from paper, and a file that is carried by hand between two laptops."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QSizePolicy, QWidget

from broker_desktop.ui.forms.boxes import LineBox, NoteBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.boxes import column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label, Paragraph


class Halves(QWidget):
    """Two boxes of 24 words."""

    def __init__(self) -> None:
        super().__init__()
        names = (translate("Kit", "First half, 24 words"), translate("Kit", "Second half, 24 words"))
        self.boxes: list[NoteBox] = []
        parts = column(gap=6)
        for name in names:
            box = NoteBox()
            box.setAccessibleName(name)
            self.boxes.append(box)
            parts.addWidget(Label(name, role="strong"))
            parts.addWidget(box)
        self.setLayout(parts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def typed(self) -> list[str]:
        """Return what was typed."""
        return [box.toPlainText() for box in self.boxes]

    def clear(self) -> None:
        """Forget the words."""
        for box in self.boxes:
            box.clear()


class CarriedFile(QWidget):
    """The place of a file: typed, or chosen with the system's own window."""

    def __init__(self, words: str, path: Path, *, saving: bool) -> None:
        super().__init__()
        self._words, self._saving = words, saving
        self.box = LineBox()
        self.box.setText(str(path))
        self.box.setAccessibleName(words)
        choose = Button(translate("Kit", "Choose…"))
        choose.clicked.connect(self._choose)
        line = row(gap=8)
        line.addWidget(self.box, 1)
        line.addWidget(choose)
        parts = column(Label(words, role="strong"), gap=5)
        parts.addLayout(line)
        self.setLayout(parts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def path(self) -> Path:
        """Return the place as it stands in the box."""
        return Path(self.box.text().strip()).expanduser()

    @Slot()
    def _choose(self) -> None:
        ask = QFileDialog.getSaveFileName if self._saving else QFileDialog.getOpenFileName
        chosen, _ = ask(self, self._words, self.box.text())
        if chosen:
            self.box.setText(chosen)


def five_words(words: Sequence[str]) -> Paragraph:
    """Show five words as large as two people need who read them to each other."""
    shown = Paragraph(" ".join(words), role="code")
    shown.setAccessibleName(" ".join(words))
    return shown


def words_grid(words: Sequence[str]) -> QWidget:
    """Show a half in rows of six."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    for place, word in enumerate(words):
        label = Label(f"{place + 1}  {word}", role="strong")
        grid.addWidget(label, place // 6, place % 6)
    holder.setAccessibleName(" ".join(words))
    return holder
