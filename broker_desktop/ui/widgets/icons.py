"""Icons: Lucide drawings in the colour of the text beside them, kept by name, colour, size and pixel ratio."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from broker_desktop import assets
from broker_desktop.ui.theme import look


def icon_pixmap(name: str, token: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return a drawing in a token's colour; `size` in px at 100 %, grown with the text."""
    return _draw(name, look().hex(token), look().letters(size), ratio)


def paint_icon(painter: QPainter, name: str, token: str, rect: QRectF) -> None:
    """Draw an icon into a rectangle."""
    device = painter.device()
    ratio = device.devicePixelRatioF()
    painter.drawPixmap(rect.topLeft(), _draw(name, look().hex(token), round(rect.width()), ratio))


@lru_cache(maxsize=600)
def _draw(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    source = assets.icon_svg(name).replace("currentColor", colour)
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
