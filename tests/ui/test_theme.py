"""The tokens reach the contrast the look promises, and no colour stands anywhere else."""

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop.ui import theme

UI = Path(__file__).resolve().parents[2] / "broker_desktop" / "ui"

# look.md section 2, second column on: text pairs reach 4.5, parts and marks 3.0.
TEXT = """text bg, text surface, text sunken, muted bg, muted surface, muted sunken, primary surface, primary bg,
on_primary primary, on_soft primary_soft, text primary_soft, muted primary_soft, disabled sunken, on_sel sel,
ok ok_soft, ok surface, warn warn_soft, warn surface, danger danger_soft, danger surface, info info_soft, info surface,
declined declined_soft, declined surface, text warn_soft, text danger_soft, text info_soft, text ok_soft,
text declined_soft"""
MARKS = """border surface, border bg, border sunken, focus surface, focus bg, focus sunken, primary surface, primary bg,
chart surface, chart2 surface, border primary_soft, primary primary_soft, focus primary_soft, danger bg, ok bg, warn bg,
declined declined_soft"""
# The table's own figures for the lowest pair of each theme.
LOWEST_TEXT = {"light": 5.16, "dark": 5.99, "night": 5.15, "contrast": 10.02}
LOWEST_MARK = {"light": 3.41, "dark": 3.65, "night": 3.32, "contrast": 10.44}


def lowest(name: str, pairs: str) -> float:
    tokens = theme.THEMES[name]
    split = [pair.split() for pair in pairs.replace("\n", " ").split(",")]
    return round(min(theme.contrast(tokens[first], tokens[second]) for first, second in split), 2)


@pytest.mark.parametrize("name", theme.THEMES)
def test_every_theme_reaches_the_contrast_of_the_table(name: str) -> None:
    assert lowest(name, TEXT) == LOWEST_TEXT[name]
    assert lowest(name, MARKS) == LOWEST_MARK[name]


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == 21
    assert round(theme.contrast("#767676", "#FFFFFF"), 2) == 4.54


def test_no_colour_stands_outside_the_theme() -> None:
    literal = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b|\brgba?\(|QColor\(\s*\d")
    files = [path for path in UI.rglob("*.py") if path.name != "theme.py"]
    files.append(UI.parents[1] / "resources" / "styles" / "window.qss")
    found = [
        (path.name, match[0])
        for path in files
        for match in literal.finditer(path.read_text(encoding="utf-8"))
        if match[0] != "QColor(0"  # no colour at all: fully transparent
    ]
    assert found == []


def test_letters_grow_by_the_factor_and_spaces_by_a_third_of_it() -> None:
    look = theme.Look("light", 200)
    assert look.letters(15) == 30
    assert look.space(16) == 22  # 16 x 1.35
    assert look.height(40) == 66  # 18 x 2 of text and 22 x 1.35 of padding


def test_switching_the_theme_reaches_live_windows(look: None, qapp: QApplication) -> None:
    window = QWidget()
    theme.dress(window)
    theme.apply("night", 100)
    assert qapp.palette().window().color().name() == "#000000"
    assert "#ff6148" in window.styleSheet().lower()
