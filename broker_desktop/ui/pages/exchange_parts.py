"""Parts of the needle-exchange page: single items as chips with numbers, the folded side line, counting syringes."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from broker_desktop.records.codelist import CodeLists
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Flow

FIRST_ITEMS: Final = 7
_COUNTS: Final = "1"


def usual_items(codes: CodeLists) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the loose items that packs hold too, then all others, as (code, words)."""
    in_packs = {item for entry in codes.entries("equipment_pack") for item in codes.contents(entry.code)}
    entries = codes.entries("equipment_item")
    usual = [one for one in entries if one.code in in_packs and one.group != _COUNTS][:FIRST_ITEMS]
    return (
        [(one.code, one.label) for one in usual],
        [(one.code, one.label) for one in entries if one not in usual],
    )


def syringes_in(codes: CodeLists, packs: Mapping[str, int], items: Mapping[str, int]) -> int:
    """Count syringes in packs and loose items: items of coverage 1 (contract.md, MS-07 `syringes_out`)."""
    total = sum(number for code, number in items.items() if codes.group("equipment_item", code) == _COUNTS)
    for pack, number in packs.items():
        inside = codes.contents(pack).items()
        total += number * sum(n for code, n in inside if codes.group("equipment_item", code) == _COUNTS)
    return total


class ItemChips(Flow):
    """A press adds one, minus takes one away, Delete takes all; the number stands on the chip. No cap."""

    changed = Signal()

    def __init__(self, usual: Sequence[tuple[str, str]], rest: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._words: dict[str, str] = {}
        self._chips: dict[str, Button] = {}
        self._counts: dict[str, int] = {}
        self._rest = list(rest)
        for code, words in usual:
            self._add_chip(code, words)
        self._more = Button(translate("Exchange", "More…"), kind="counter_chip", icon="plus")
        self._more.clicked.connect(self._reveal)
        self.add(self._more)

    def value(self) -> dict[str, int]:
        """Return code to number."""
        return {code: number for code, number in self._counts.items() if number}

    def set_value(self, items: Mapping[str, int]) -> None:
        """Show numbers."""
        if set(items) - set(self._chips):
            self._reveal()
        self._counts = dict(items)
        for code in self._chips:
            self._show(code)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Plus and minus count on the focused chip."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, Button):
            code = str(watched.property("code") or "")
            steps = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Delete: -self._counts.get(code, 0)}
            step = steps.get(Qt.Key(event.key()))
            if code and step is not None:
                self._step(code, step)
                return True
        return super().eventFilter(watched, event)

    def _add_chip(self, code: str, words: str) -> None:
        chip = Button(words, kind="counter_chip", checkable=True)
        chip.setProperty("code", code)
        chip.clicked.connect(self._pressed)
        self._words[code], self._chips[code] = words, chip
        self.add(chip)

    def _step(self, code: str, step: int) -> None:
        self._counts[code] = max(self._counts.get(code, 0) + step, 0)
        self._show(code)
        self.changed.emit()

    def _show(self, code: str) -> None:
        number = self._counts.get(code, 0)
        chip = self._chips[code]
        chip.setChecked(number > 0)
        chip.set_words(f"{self._words[code]} × {number}" if number else self._words[code])
        self._arrange()

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._step(str(sender.property("code")), 1)

    @Slot()
    def _reveal(self) -> None:
        self._more.hide()
        for code, words in self._rest:
            self._add_chip(code, words)
        self._rest = []


class SideFold(Button):
    """One line that says what is in the folded side column; PgDn or a press opens it."""

    toggled_open = Signal()

    def __init__(self) -> None:
        super().__init__("", kind="option", icon="chevron-down", key="PgDn")
        self.open = False
        self.set_kind("section_line")
        self.clicked.connect(self._pressed)

    def show_words(self, words: str) -> None:
        """Show what is inside."""
        self.set_words(words)

    def set_open(self, is_open: bool) -> None:
        """Turn the arrow."""
        self.open = is_open
        self.set_icon("chevron-up" if is_open else "chevron-down")

    @Slot()
    def _pressed(self) -> None:
        self.toggled_open.emit()
