"""One line as a level is shown it when it stands alone."""

from __future__ import annotations

from broker_desktop.records.measure import Line
from broker_desktop.session.disclosure import Level, ShownLine, shown_lines


def shown_line(line: Line, level: Level) -> ShownLine:
    """Show a line with nothing beside it."""
    return shown_lines([line], level)[0]
