"""The tokens of the look, the current theme and text size, and their way into Qt.

Every colour of the program stands here and nowhere else (a test greps). Painters ask `look()`; QSS is filled from
the template `resources/styles/window.qss`. Nothing here knows a widget but the windows that were dressed.
"""

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop import assets

TOKENS: Final = (
    "bg surface sunken line border text muted primary on_primary primary_soft on_soft focus ok ok_soft warn warn_soft "
    "danger danger_soft info info_soft declined declined_soft disabled sel on_sel chart chart2"
).split()

_LIGHT = (
    "#F2F4F6 #FFFFFF #E8EBEF #D2D7DE #6B7583 #17202B #4A5563 #0B5E63 #FFFFFF #DCEEEE #0A4F53 #1D4ED8 #1B6338 #E2F2E7 "
    "#744700 #FDF0D2 #A8201A #FCE8E6 #1B5796 #E4EEF9 #584783 #ECE8F5 #586272 #DCEEEE #0A4F53 #0B5E63 #5E9497"
).split()
_DARK = (
    "#12161B #1A2027 #0E1115 #343D48 #7F8B9A #E9EDF2 #AEB8C4 #56C2BC #04201F #16383A #A6E3DF #8AB4FF #7FD49B #15301F "
    "#F0C05A #33270D #FF9E94 #3A1715 #8DBBF2 #152A42 #C3B3F0 #2A2340 #8792A0 #16383A #A6E3DF #56C2BC #3F8A86"
).split()
_NIGHT = (
    "#000000 #0B0000 #000000 #5A1008 #C22B1C #FF6148 #F4462E #E04B33 #000000 #260402 #FF6148 #FF8F7A #FF6148 #000000 "
    "#FF6148 #000000 #FF6148 #000000 #FF6148 #000000 #FF6148 #000000 #F4462E #260402 #FF6148 #F4462E #B82A1B"
).split()
_CONTRAST = (
    "#000000 #000000 #000000 #FFFFFF #FFFFFF #FFFFFF #FFFFFF #FFE500 #000000 #000000 #FFE500 #00E5FF #7CFF9B #000000 "
    "#FFE500 #000000 #FF9C94 #000000 #8FD8FF #000000 #E3BCFF #000000 #B3B3B3 #000000 #FFE500 #FFE500 #FFFFFF"
).split()

THEMES: Final[dict[str, dict[str, str]]] = {
    name: dict(zip(TOKENS, values, strict=True))
    for name, values in (("light", _LIGHT), ("dark", _DARK), ("night", _NIGHT), ("contrast", _CONTRAST))
}
TEXT_SIZES: Final = (100, 125, 150, 200)

# The shield looks the same in every theme, so it has colours of its own; at night it keeps the night's red.
SHIELD: Final = {"bg": "#0F1318", "clock": "#C5CDD6", "date": "#98A3B0"}
SHIELD_NIGHT: Final = {"bg": "#000000", "clock": "#FF6148", "date": "#FF6148"}

FAMILY: Final = "Inter"
_FALLBACK: Final = "Noto Sans"
_FONT_FILES: Final = (
    "Inter-Light.otf",
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "Inter-Bold.otf",
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
)
FIGURE, TITLE, CODE, SAVE, SECTION, LEAD, BODY, BUTTON, SMALL, KEYCAP = 32, 24, 22, 19, 18, 17, 15, 14, 13, 12


@dataclass(frozen=True, slots=True)
class Look:
    """Theme name, text size in percent and the lengths that follow from them."""

    name: str
    percent: int

    @property
    def factor(self) -> float:
        """How much letters grow."""
        return self.percent / 100

    def colour(self, token: str) -> QColor:
        """Return a token's colour."""
        return QColor(THEMES[self.name][token])

    def hex(self, token: str) -> str:
        """Return a token's colour as text, for style sheets and icons."""
        return THEMES[self.name][token]

    def letters(self, px: int) -> int:
        """Scale a letter size: by the full factor."""
        return round(px * self.factor)

    def space(self, px: float) -> int:
        """Scale a space or padding: by 1 + 0.35 x (factor - 1) (look.md section 4)."""
        return round(px * (1 + 0.35 * (self.factor - 1)))

    def height(self, px: int) -> int:
        """Scale the height of a control whose text line is 18 px at 100 %: text and padding grow apart."""
        return round(18 * self.factor) + self.space(px - 18)

    @property
    def edge(self) -> int:
        """Width of a plain edge: 1 px, in high contrast 2 px."""
        return 2 if self.name == "contrast" else 1

    @property
    def strong_edge(self) -> int:
        """Width of the edge of what is chosen or wrong: 2 px, in high contrast 4 px."""
        return 4 if self.name == "contrast" else 2


_DRESSED: Final = "dressed"
_current = Look("light", 100)


def look() -> Look:
    """Return the theme and text size in force."""
    return _current


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours written as #RRGGBB."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def load_fonts() -> None:
    """Register the bundled fonts; safe to call twice."""
    if FAMILY in QFontDatabase.families() and _current_has_fonts():
        return
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(assets.asset_path("fonts", name)))
    QFont.insertSubstitution(FAMILY, _FALLBACK)


def _current_has_fonts() -> bool:
    application = QApplication.instance()
    return application is not None and bool(application.property("fontsLoaded"))


def font(px: int, weight: int = 400, *, code: bool = False) -> QFont:
    """Return the program's font at a size of section 2, scaled. It is shared: copy it before changing it.

    Tabular figures everywhere except from 22 px up; codes get slashed zero and distinct I and l.
    """
    return _font(_current.percent, px, weight, code)


def text_width(text: str, px: int, weight: int = 400, *, code: bool = False) -> float:
    """Return how wide a text is in the font of that size; measured once per text and size."""
    return _text_width(text, _current.percent, px, weight, code)


@lru_cache(maxsize=256)
def _font(percent: int, px: int, weight: int, code: bool) -> QFont:
    result = QFont(FAMILY)
    result.setPixelSize(round(px * percent / 100))
    result.setWeight(QFont.Weight(weight))
    if px < CODE:
        result.setFeature(QFont.Tag("tnum"), 1)
    if code:
        result.setFeature(QFont.Tag("zero"), 1)
        result.setFeature(QFont.Tag("ss02"), 1)
    return result


@lru_cache(maxsize=4096)
def _text_width(text: str, percent: int, px: int, weight: int, code: bool) -> float:
    return QFontMetricsF(_font(percent, px, weight, code)).horizontalAdvance(text)


def apply(name: str, percent: int) -> None:
    """Switch theme and text size for every dressed window; live widgets repaint on their StyleChange event."""
    global _current  # noqa: PLW0603  one window, one look; painters must not carry it around
    _current = Look(name, percent)
    application = QApplication.instance()
    if not isinstance(application, QApplication) or application.property("look") == [name, percent]:
        return  # to put on the same sheet again costs every widget a new look
    application.setProperty("look", [name, percent])
    load_fonts()
    application.setProperty("fontsLoaded", True)
    application.setFont(font(BODY))
    application.setPalette(_palette())
    for window in application.topLevelWidgets():
        if window.property(_DRESSED):
            window.setStyleSheet(_style_sheet())


def dress(window: QWidget) -> None:
    """Put the look on a window, and every later one too.

    The sheet is the window's and not the application's. Under a sheet Qt looks at all that is inside a part anew each
    time the part is put into another one: a page that is built first and put into its window then is looked at once,
    and not once for each box around it, which takes a long form three times as long.
    """
    window.setProperty(_DRESSED, True)
    window.setStyleSheet(_style_sheet())


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for part, token in (
        (role.Window, "bg"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "sunken"),
        (role.Text, "text"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.Highlight, "primary"),
        (role.HighlightedText, "on_primary"),
        (role.PlaceholderText, "muted"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"),
        (role.Link, "primary"),
        (role.Mid, "border"),
        (role.Dark, "border"),
        (role.Light, "line"),
    ):
        palette.setColor(part, _current.colour(token))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, _current.colour("disabled"))
    return palette


def _style_sheet() -> str:
    values = dict(THEMES[_current.name])
    values.update({f"f{px}": f"{_current.letters(px)}px" for px in (32, 24, 22, 19, 18, 17, 15, 14, 13, 12)})
    values.update({f"s{px}": f"{_current.space(px)}px" for px in (2, 4, 6, 8, 12, 16, 24)})
    values.update(edge=f"{_current.edge}px", strong=f"{_current.strong_edge}px", family=FAMILY)
    return string.Template(assets.asset_text("styles", "window.qss")).substitute(values)
