"""Why something is erased: the closed list of reasons, and how long records are kept. Pure.

The number of a reason travels in the operation (protocol.md 2.4, kind 4) and keeps its meaning for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

DEFAULT_YEARS: Final = 8
"""An adult's health record (domain.md 7, Retention), used where the team's pack does not say."""
_CHILD: Final = 18
_UNTIL_AGE: Final = 25
_UNTIL_AGE_FROM_17: Final = 26


class EraseReason(IntEnum):
    """Why a lead erases."""

    ASKED = 1
    RETENTION = 2
    MISTAKE = 3
    NO_BASIS = 4
    ORDER = 5
    LATE = 6

    @property
    def code(self) -> str:
        """The word on the command line and in records."""
        return self.name.lower()


REASON_WORDS: Final = {
    EraseReason.ASKED: "The person asked for it",
    EraseReason.RETENTION: "Kept as long as it had to be",
    EraseReason.MISTAKE: "Recorded by mistake",
    EraseReason.NO_BASIS: "Should never have been recorded",
    EraseReason.ORDER: "A court or the regulator orders it",
    EraseReason.LATE: "Came later, about somebody erased",
}


def reason_of(code: str) -> EraseReason | None:
    """Give the reason of a word, None for a word that is none."""
    return next((one for one in EraseReason if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long this service keeps a record after the last contact; `said` when its pack names the years."""

    years: int = DEFAULT_YEARS
    said: bool = False

    def until(self, last_contact: date, born: date | None) -> date:
        """Give the first day on which a record is due: by the last contact, for a child at least the 25th birthday.

        26th for somebody who was 17 at the last contact (domain.md 7).
        """
        due = _years_on(last_contact, self.years)
        if born is None:
            return due
        age = last_contact.year - born.year - ((last_contact.month, last_contact.day) < (born.month, born.day))
        if age >= _CHILD:
            return due
        return max(due, _years_on(born, _UNTIL_AGE_FROM_17 if age == _CHILD - 1 else _UNTIL_AGE))


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
