"""What is taken and brought back: packs, single items, bins. No cap, no question before it, never tied to returns."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout

from broker_desktop.records.answer import is_answered
from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.views import Supplies
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Flow
from broker_desktop.ui.widgets.stepper import Stepper
from broker_desktop.ui.widgets.text import Label, Paragraph
from broker_desktop.ui.widgets.tile import PackTile

FIRST_ITEMS: Final = 7
SHIFTED: Final = {"!": 1, '"': 2, "@": 2, "£": 3, "#": 3, "$": 4, "%": 5, "^": 6, "&": 7, "*": 8, "(": 9}
"""What Shift and a digit give on the usual keyboards."""
_COUNTS: Final = "1"
"""Group of the items that count as a syringe (contract.md, MS-07)."""


class SuppliesCard(Card):
    """Tiles for packs, chips for single items, bins brought back, "same as last time"."""

    changed = Signal()

    def __init__(self, codes: CodeLists) -> None:
        super().__init__(padding=16, gap=10)
        self._codes = codes
        self._last = Supplies()
        self._copied = False
        self.tiles = self._make_tiles()
        self.items = ItemChips(*usual_items(codes))
        self.items.changed.connect(self._changed)
        self.bins = Stepper(name=translate("Exchange", "Sharps bins brought back"))
        self.bins.changed.connect(self._changed)
        words = translate("Exchange", "Same as last time")
        self.same = Button(words, kind="counter_chip", icon="history", key="F4", checkable=True)
        self.same.clicked.connect(self._same_pressed)
        self._build()

    def value(self) -> dict[str, Any]:
        """Return packs, items and returns as contract.md writes them."""
        found: dict[str, Any] = {"items": self.items.value()}
        if self.packs():
            found["packs"] = self.packs()
        bins = self.bins.number()
        if bins:
            found["returns"] = self._returned(bins)
        return found

    def set_value(self, payload: Mapping[str, Any]) -> None:
        """Show supplies; of returns only what this card itself writes, the rest is asked for elsewhere on the page."""
        self._fill(payload.get("packs") or {}, payload.get("items") or {})
        returns = payload.get("returns")
        rows = returns.get("bins") if isinstance(returns, Mapping) else None
        bins = rows[0].get("n") if isinstance(rows, list) and rows else None
        self.bins.set_number(bins if isinstance(bins, int) and returns == self._returned(bins) else 0)
        self.changed.emit()

    def packs(self) -> dict[str, int]:
        """Return pack code to number."""
        return {tile.code: tile.count() for tile in self.tiles if tile.count()}

    def empty_of_supplies(self) -> bool:
        """Tell whether nothing was chosen."""
        return not self.packs() and not self.items.value() and not self.bins.number()

    def syringes(self) -> int:
        """Count the syringes in packs and single items."""
        return syringes_in(self._codes, self.packs(), self.items.value())

    def reset(self) -> None:
        """Start a new visit."""
        self._last = Supplies()
        self._show_copied(copied=False)
        self.set_value({})

    def copy_last(self, supplies: Supplies) -> None:
        """Fill in packs and items of the last visit; never answers, people or returns."""
        self._last = supplies
        if self.has_last():
            self._fill(supplies.packs, supplies.items)
            self._show_copied(copied=True)
        self.changed.emit()

    def has_last(self) -> bool:
        """Tell whether there is an earlier visit to copy from."""
        return bool(self._last.packs or self._last.items)

    def toggle_last(self) -> bool:
        """Switch "same as last time" on or off; False when there is nothing to copy."""
        on = not self._copied
        self._show_copied(copied=on and self.has_last())
        if on and not self.has_last():
            return False
        self._fill(self._last.packs if on else {}, self._last.items if on else {})
        self._changed()
        return True

    def _show_copied(self, *, copied: bool) -> None:
        self._copied = copied
        self.same.setChecked(copied)

    def set_tall(self, tall: bool) -> None:
        """Show the tiles' second lines, or not."""
        for tile in self.tiles:
            tile.set_tall(tall)

    def _returned(self, bins: int) -> dict[str, Any]:
        unsized = self._codes.entries("sharps_bin")[-1].code
        return {"method": "bins", "bins": [{"bin": unsized, "n": bins}]}

    def _fill(self, packs: Mapping[str, int], items: Mapping[str, int]) -> None:
        for tile in self.tiles:
            tile.set_count(packs.get(tile.code, 0))
        self.items.set_value(items)

    def _make_tiles(self) -> list[PackTile]:
        tiles: list[PackTile] = []
        for entry in self._codes.entries("equipment_pack"):
            contents = self._codes.contents(entry.code)
            if contents:
                key = str(len(tiles) + 1) if len(tiles) < 9 else ""
                inside = ", ".join(self._codes.label("equipment_item", item) for item in contents)
                tile = PackTile(entry.code, entry.label, inside, key)
                tile.changed.connect(self._changed)
                tiles.append(tile)
        return tiles

    def _build(self) -> None:
        self.add(row(Label(translate("Exchange", "Taking today"), role="section"), "stretch", self.same))
        grid = QGridLayout()
        grid.setSpacing(look().space(8))
        for place, tile in enumerate(self.tiles):
            grid.addWidget(tile, place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        no_limit = Label(translate("Exchange", "No limit on any quantity"), role="small", tone="muted")
        self.add(row(Label(translate("Exchange", "Single items"), role="strong"), "stretch", no_limit))
        self.add(self.items, Rule())
        never = Paragraph(translate("Exchange", "Never a condition of supply"), role="small", tone="muted")
        brought = row(gap=8)
        brought.addLayout(
            column(Label(translate("Exchange", "Sharps bins brought back"), role="strong"), never, gap=0), 1
        )
        brought.addWidget(self.bins)
        self.body.addLayout(brought)

    @Slot()
    def _changed(self) -> None:
        self.changed.emit()

    @Slot()
    def _same_pressed(self) -> None:
        self.toggle_last()


def with_bins(supplies: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Add the rest of a visit to its supplies; bins that both tell of are two lines of one answer, none is lost."""
    found, told, stepped = {**supplies, **more}, more.get("returns"), supplies.get("returns")
    if told is not None and stepped is not None:
        told = told if is_answered(told) else {}
        rows = told["bins"] if is_answered(told.get("bins")) else []
        found["returns"] = {**stepped, **told, "bins": [*rows, *stepped["bins"]]}
    return found


def usual_items(codes: CodeLists) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the loose items that packs hold too, then all others, as (code, words)."""
    in_packs = {item for entry in codes.entries("equipment_pack") for item in codes.contents(entry.code)}
    entries = codes.entries("equipment_item")
    usual = [one for one in entries if one.code in in_packs and one.group != _COUNTS][-FIRST_ITEMS:]
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
        self._more = Button(translate("Exchange", "More…"), kind="counter_chip", icon="plus")
        self._more.clicked.connect(self._reveal)
        for code, words in usual:
            self._add_chip(code, words)
        self.add(self._more)

    def value(self) -> dict[str, int]:
        """Return code to number."""
        return {code: number for code, number in self._counts.items() if number}

    def set_value(self, items: Mapping[str, int]) -> None:
        """Show numbers."""
        missing = [(code, words) for code, words in self._rest if code in items]
        self._rest = [one for one in self._rest if one not in missing]
        for code, words in missing:
            self._add_chip(code, words)
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
        if self._more in self._parts:
            self._parts.remove(self._more)
            self._parts.append(self._more)

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
        self._step(str(self.sender().property("code")), 1)

    @Slot()
    def _reveal(self) -> None:
        self._more.hide()
        for code, words in self._rest:
            self._add_chip(code, words)
        self._rest = []
