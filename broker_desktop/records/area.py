"""An area of what is recorded: record types that are about one thing, for menus and pages. Knows no type itself."""

from __future__ import annotations

from dataclasses import dataclass

from broker_desktop.records.record_type import RecordType


@dataclass(frozen=True, slots=True)
class Area:
    """A few record types under a title."""

    title: str
    icon: str
    """A name of `resources/icons`."""
    everyday: tuple[RecordType, ...]
    """What stands in the rail: as few as somebody can take in at a glance."""
    others: tuple[RecordType, ...]

    @property
    def types(self) -> tuple[RecordType, ...]:
        """Give all of them, the everyday ones first."""
        return (*self.everyday, *self.others)
