"""The kinds of question a record can ask, each a frozen declaration.

A field says how a question reads, what it takes, and how its value travels; the form, the table, the check and the
operation all derive from it (design.md 7). Fields hold no values, draw nothing and store nothing. Kinds made of other
kinds stand in `structure.py`, references in `reference.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from broker_desktop.records.answer import REASON_LABELS, Reason, answer_of
from broker_desktop.records.code_rules import code_issues
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import (
    day_of,
    parse_day,
    parse_moment,
    show_day,
    show_moment,
    why_not_a_day,
)
from broker_desktop.records.rules import CheckContext, Issue, When
from sync.ids import normalise_code

UNREADABLE: Final = "Not readable here"
LARGEST: Final = 2**63 - 1
"""The largest whole number an operation can carry (protocol.md 2.4); no question has a cap of its own."""

# Control characters except tab and line feed, and halves of surrogate pairs, which no UTF-8 text can hold.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

NOTHING_WRONG: Final[tuple[Issue, ...]] = ()


def wrong(message: str, nearest: str | None = None) -> tuple[Issue, ...]:
    """Give one refusal about the value itself."""
    return (Issue("", message, nearest=nearest),)


@dataclass(frozen=True, kw_only=True)
class Field:
    """What every kind of question has in common."""

    name: str
    label: str
    help: str = ""
    section: str = ""
    """Title of the part of the form it stands in; a new title starts a new part."""
    required: bool | When = False
    """Must be present, if only as an answer object; a condition limits that (the * of contract.md)."""
    require_when: When | None = None
    """A form or `record add` must answer it while this holds; an import stores `not_asked`."""
    when: When | None = None
    """A form asks only while this holds; without it, always."""
    later: bool = False
    """A form asks it once the record is opened again, never of whoever makes the record."""
    refusable: bool = True
    """False for the few that a record cannot be without (contract.md: identity_level, kind, occurred_at ...)."""
    identifying: bool = False
    """Could say who somebody is: kept out of exports and erased with the person."""
    column: bool = False
    """Stands in lists of this type and in the spoken text of a row."""
    searchable: bool = False

    wire_types: ClassVar[tuple[type, ...]] = (str,)
    """What a value of this kind is in an operation; anything else came from a program that does not keep the rules."""

    @property
    def plain(self) -> bool:
        """Tell whether the value travels in an operation as it stands in a payload."""
        return True

    def check(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Give what is wrong with a value or an answer object; paths are relative to this field."""
        if type(value) is dict and "answer" in value:
            return self._check_answer(value)
        return self.check_value(value, context)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Give what is wrong with a real value."""
        raise TypeError(f"{type(self).__name__} does not say what it takes")

    def to_wire(self, value: Any) -> Any:
        """Turn a checked value into what an operation carries."""
        return value

    def from_wire(self, value: Any) -> Any:
        """Turn what an operation carries back; raises ValueError when it cannot be a value of this kind."""
        if type(value) in self.wire_types or answer_of(value) is not None:
            return value
        raise ValueError(self.name)

    def text(self, value: Any, codes: CodeLists) -> str:
        """Give the words for a value, an answer object or nothing (empty); never raises, whatever it is handed."""
        if value is None:
            return ""
        reason = answer_of(value)
        if reason is not None:
            return REASON_LABELS[reason]
        if type(value) not in self._shown_types():
            return UNREADABLE
        return self.value_text(value, codes)

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Give the words for a real value of the right type."""
        return str(value)

    def _shown_types(self) -> tuple[type, ...]:
        return self.wire_types

    def _check_answer(self, value: Any) -> Sequence[Issue]:
        if answer_of(value) is None:
            reasons = ", ".join(Reason)
            return wrong(f'An answer object is {{"answer": ...}} with one of {reasons}.')
        if not self.refusable:
            return wrong("This one cannot be left open: the record would have no place. Please give it.")
        return NOTHING_WRONG


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Words typed by a person."""

    longest: int = 200
    """Characters."""
    lines: bool = False
    """More than one line; a note."""

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no text, too long, or holds characters that are not text."""
        if type(value) is not str:
            return wrong("This takes text.")
        if len(value) > self.longest:
            return wrong(f"This takes at most {self.longest} characters; there are {len(value):,}.")
        if _NOT_TEXT.search(value) or (not self.lines and ("\n" in value or "\t" in value)):
            return wrong("This holds a character that is not text (a control character). Please take it out.")
        return NOTHING_WRONG


@dataclass(frozen=True, kw_only=True)
class Texts(Field):
    """A few short texts, such as other names."""

    longest: int = 80
    wire_types: ClassVar[tuple[type, ...]] = (list,)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse anything but a list of short texts."""
        if type(value) is not list:
            return wrong("This takes a list of texts.")
        one = Text(name=self.name, label=self.label, longest=self.longest)
        return [issue.under(str(n)) for n, text in enumerate(value) for issue in one.check_value(text, context)]

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Join the texts."""
        return ", ".join(text for text in value if isinstance(text, str))


@dataclass(frozen=True, kw_only=True)
class PersonCode(Field):
    """The code a person goes by; kept normalised, so that JOHN 80 M and john-80-m are one (contract.md, Codes)."""

    @property
    def plain(self) -> bool:
        """Needs turning."""
        return False

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no text or, normalised, has not 2 to 40 characters."""
        return person_code_issues(value)

    def to_wire(self, value: Any) -> Any:
        """Normalise the code."""
        return normalise_code(value) if type(value) is str else value


def person_code_issues(value: object) -> Sequence[Issue]:
    """Give what is wrong with a person's code, as a field and inside a reference."""
    if type(value) is not str:
        return wrong("A code is text, such as JOHN80M.")
    if _NOT_TEXT.search(value) or len(value) > 200 or not 2 <= len(normalise_code(value)) <= 40:
        return wrong("A code has 2 to 40 letters and digits.")
    return NOTHING_WRONG


@dataclass(frozen=True, kw_only=True)
class Code(Field):
    """One code of a list."""

    list_id: str
    other: tuple[str, ...] = ()
    """The codes that ask for words: the type then has a text `<name>_other` beside this field (other.py)."""

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse a code that is not in the list, naming the nearest."""
        return code_issues(self.list_id, value, context)

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Give the label."""
        return codes.label(self.list_id, value)


@dataclass(frozen=True, kw_only=True)
class Codes(Field):
    """Several codes of a list, in the order given."""

    list_id: str
    other: tuple[str, ...] = ()
    wire_types: ClassVar[tuple[type, ...]] = (list,)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no list, an empty list where an answer is required, and unknown codes by their place."""
        if type(value) is not list:
            return wrong(f"This takes a list of codes of {self.list_id}.")
        if not value and self.required:
            return wrong("Choose at least one, or say why there is none.")
        issues: list[Issue] = []
        for place, code in enumerate(value):
            issues += [issue.under(str(place)) for issue in code_issues(self.list_id, code, context)]
        return issues

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Join the labels."""
        return ", ".join(codes.label(self.list_id, code) for code in value if isinstance(code, str))


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A whole number. There is a least, never a cap."""

    least: int = 0
    one_of: tuple[int, ...] = ()
    """The only numbers it takes, where there are few."""
    unit: str = ""
    wire_types: ClassVar[tuple[type, ...]] = (int,)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is not a whole number from the least upwards."""
        if self.one_of and not (type(value) is int and value in self.one_of):
            return wrong(f"This takes one of {', '.join(map(str, self.one_of))}.")
        return whole_number_issues(value, self.least)

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Write the number with its unit."""
        return f"{value} {self.unit}".rstrip()


def whole_number_issues(value: object, least: int = 0) -> Sequence[Issue]:
    """Give what is wrong with a whole number; true and false are none."""
    if type(value) is int and least <= value <= LARGEST:
        return NOTHING_WRONG
    if type(value) is int and value > LARGEST:
        return wrong("This number has more digits than can be kept.")
    return wrong(f"This takes a whole number of {least} or more.")


@dataclass(frozen=True, kw_only=True)
class Year(Number):
    """A year of the past, such as a year of birth."""

    least: int = 1903
    # domain.md 1.1: a date of birth is in 1903 or later

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse a year before the least one and one that has not come."""
        if type(value) is int and self.least <= value <= context.today.year:
            return NOTHING_WRONG
        return wrong(f"This takes a year from {self.least} to now.")


@dataclass(frozen=True, kw_only=True)
class Amount(Field):
    """A measured quantity: a decimal, kept as text in an operation (the protocol has no floats)."""

    places: int = 3
    most: Decimal | None = None
    unit: str = ""

    @property
    def plain(self) -> bool:
        """Needs turning."""
        return False

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no decimal number of 0 or more with at most so many places."""
        if type(value) is int:
            value = Decimal(value)
        if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
            return wrong("This takes a number of 0 or more, such as 1.25.")
        if self.most is not None and value > self.most:
            return wrong(f"This takes at most {self.most} {self.unit}.")
        if -int(value.as_tuple().exponent) > self.places:
            return wrong(f"This takes at most {self.places} places after the point.")
        return NOTHING_WRONG

    def to_wire(self, value: Any) -> Any:
        """Write the decimal as text, as it was given."""
        return format(value, "f") if isinstance(value, Decimal) else str(value) if type(value) is int else value

    def from_wire(self, value: Any) -> Any:
        """Read the decimal back."""
        if type(value) is not str:
            return super().from_wire(value)
        if re.fullmatch(r"\d{1,18}(\.\d{1,18})?", value, re.ASCII) is None:
            raise ValueError(self.name)
        return Decimal(value)

    def _shown_types(self) -> tuple[type, ...]:
        return (Decimal, int)

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Write the number with its unit."""
        return f"{value} {self.unit}".rstrip()


@dataclass(frozen=True, kw_only=True)
class YesNo(Field):
    """Yes or no, as those words."""

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse everything but yes and no."""
        return NOTHING_WRONG if value in {"yes", "no"} else wrong('This takes "yes" or "no".')

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Give Yes or No."""
        return {"yes": "Yes", "no": "No"}.get(value, UNREADABLE)


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A day without a time."""

    future: bool = False
    """May lie ahead, such as a day something is due."""
    first_year: int = 1903

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no day, and days that have not come."""
        day = parse_day(value)
        if day is None:
            return wrong(why_not_a_day(value) if type(value) is str else why_not_a_day(""))
        if day.year < self.first_year:
            return wrong(f"This takes a day from {self.first_year} on.")
        if not self.future and day > context.today:
            return wrong("This day has not come yet. Please check the date.")
        return NOTHING_WRONG

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Write the day for people."""
        day = parse_day(value)
        return UNREADABLE if day is None else show_day(day)


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A day and time with its offset; a date alone is a day, as precise as it says."""

    future: bool = False
    """It may lie ahead: something planned."""

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what is no moment, and moments more than ten minutes ahead of the program's clock."""
        moment = parse_moment(value)
        if moment is None:
            return wrong(why_not_a_day(value) if type(value) is str else why_not_a_day(""))
        if moment.year < 1903:
            return wrong("This takes a day from 1903 on.")
        if self.future:
            return NOTHING_WRONG
        ahead = moment > context.latest if isinstance(moment, datetime) else day_of(moment) > context.today
        if ahead:
            return wrong("This moment has not come yet. Please check the date and the time.")
        return NOTHING_WRONG

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Write the moment for people, in London time."""
        moment = parse_moment(value)
        return UNREADABLE if moment is None else show_moment(moment)
