"""Editors for days, moments and months: typed, with `t` for today, `y` for yesterday and arrows by day."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from broker_desktop.records import field as kinds
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.forms.editor import Editor, FormContext
from broker_desktop.ui.i18n import LONDON, parse_day, parse_moment, translate

_DAY: Final = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})")
_TIME: Final = re.compile(r"(\d{1,2})[:. ]?(\d{2})")
_MONTH: Final = re.compile(r"(\d{1,2})[/. -](\d{4})")
_STEPS: Final = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Minus: -1}


def read_day(text: str) -> str | None:
    """Turn what was typed into YYYY-MM-DD without asking whether that day exists; None when it is no date at all."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups())
    return f"{year + 2000 if year < 100 else year:04}-{month:02}-{day:02}"


def show_day(text: str) -> str:
    """Write an ISO day as dd/mm/yyyy."""
    day = parse_day(text)
    return text if day is None else f"{day:%d/%m/%Y}"


class DayBox(LineBox):
    """A typed day."""

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(letters=11, parent=parent)
        self._today = today
        self.setPlaceholderText(translate("Forms", "dd/mm/yyyy"))
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let t, y and the arrows write a day."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            day = self._day_of_key(event)
            if day is not None:
                self.setText(f"{day:%d/%m/%Y}")
                self.textEdited.emit(self.text())
                return True
        return super().eventFilter(watched, event)

    def _day_of_key(self, event: QKeyEvent) -> date | None:
        letter = event.text().lower()
        if letter in ("t", "y"):
            return self._today if letter == "t" else self._today - timedelta(days=1)
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            return None
        current = parse_day(read_day(self.text()) or "")
        return self._today if current is None else current + timedelta(days=step)


class DayEditor(Editor):
    """A day."""

    wide = False

    def __init__(self, field: kinds.Field, context: FormContext) -> None:
        super().__init__()
        self.box = DayBox(context.now().astimezone(LONDON).date())
        self.box.setAccessibleName(field.label)
        self.box.textEdited.connect(self.report)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addStretch(1)

    def value(self) -> Any:
        """Return the ISO day, checked by the field."""
        return read_day(self.box.text())

    def set_value(self, value: Any) -> None:
        """Show a day."""
        self.box.setText(show_day(value) if isinstance(value, str) else "")

    def complaint(self) -> str:
        """Ask for a date."""
        unread = self.box.text().strip() and self.value() is None
        return translate("Forms", "Write the day as dd/mm/yyyy, or t for today, y for yesterday.") if unread else ""

    def first(self) -> QWidget:
        """Return the box."""
        return self.box

    def boxes(self) -> Sequence[QWidget]:
        """Return the box."""
        return (self.box,)


class MomentEditor(DayEditor):
    """A day and a time; without a time it is the day alone."""

    def __init__(self, field: kinds.Field, context: FormContext) -> None:
        super().__init__(field, context)
        self._given: str | None = None
        self._shown = ("", "")
        self.clock = LineBox(letters=6)
        self.clock.setPlaceholderText(translate("Forms", "hh:mm"))
        time_of = translate("Forms", "time")
        self.clock.setAccessibleName(f"{field.label}, {time_of}")
        self.clock.textEdited.connect(self.report)
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(1, self.clock)

    def value(self) -> Any:
        """Return the moment with London's offset, or the day when no time was typed."""
        if self._given is not None and (self.box.text(), self.clock.text()) == self._shown:
            return self._given  # seconds and offset of a record that is only looked at stay as they are
        day, clock = read_day(self.box.text()), _TIME.fullmatch(self.clock.text().strip())
        if day is None or clock is None or parse_day(day) is None:
            return day
        hour, minute = int(clock[1]), int(clock[2])
        if hour > 23 or minute > 59:
            return day
        return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=LONDON).isoformat()

    def set_value(self, value: Any) -> None:
        """Show a moment in London time."""
        moment = parse_moment(value) if isinstance(value, str) else None
        local = None if moment is None else moment.astimezone(LONDON)
        super().set_value(value if local is None else local.date().isoformat())
        self.clock.setText("" if local is None else f"{local:%H:%M}")
        self._given = value if isinstance(value, str) else None
        self._shown = (self.box.text(), self.clock.text())

    def complaint(self) -> str:
        """Ask for a date or a time."""
        clock = self.clock.text().strip()
        found = _TIME.fullmatch(clock)
        if clock and (found is None or int(found[1]) > 23 or int(found[2]) > 59):
            return translate("Forms", "Write the time as hh:mm, for example 18:30, or leave it empty.")
        return super().complaint()

    def boxes(self) -> Sequence[QWidget]:
        """Return both boxes."""
        return (self.box, self.clock)

    def now(self, moment: datetime) -> None:
        """Fill in a moment, for records that happen while they are written."""
        self.set_value(moment.isoformat())


class MonthEditor(DayEditor):
    """A month, typed as mm/yyyy."""

    def __init__(self, field: kinds.Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.box.removeEventFilter(self.box)
        self.box.setPlaceholderText(translate("Forms", "mm/yyyy"))

    def value(self) -> Any:
        """Return YYYY-MM."""
        found = _MONTH.fullmatch(self.box.text().strip())
        return None if found is None else f"{found[2]}-{int(found[1]):02}"

    def set_value(self, value: Any) -> None:
        """Show a month."""
        year, _, month = value.partition("-") if isinstance(value, str) else ("", "", "")
        self.box.setText(f"{month}/{year}" if month else "")

    def complaint(self) -> str:
        """Ask for a month."""
        unread = self.box.text().strip() and self.value() is None
        return translate("Forms", "Write the month as mm/yyyy, for example 11/2026.") if unread else ""
