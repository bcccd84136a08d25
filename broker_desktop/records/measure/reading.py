"""Reading single answers out of a payload for counting, whatever a program that keeps no rules may have written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar

from broker_desktop.records.dates import parse_day

T = TypeVar("T")
A = TypeVar("A")
_UNKNOWN: Final[Any] = object()


def asked_once(question: Callable[[dict[str, Any], A], T]) -> Callable[[dict[str, Any], A], T]:
    """Let a question that many lines ask of a record be worked out once for each; kept in the row."""
    name = f"_{question.__qualname__}"

    @wraps(question)
    def answer(row: dict[str, Any], asked: A) -> T:
        found: T = row.get(name, _UNKNOWN)
        if found is _UNKNOWN:
            found = row[name] = question(row, asked)
        return found

    return answer


def person_of(row: Mapping[str, Any]) -> str | None:
    """Give the id of the person a record is about, None when there is none."""
    person = row.get("person")
    found = person.get("id") if type(person) is dict else None
    return found if type(found) is str else None


def code_of(row: Mapping[str, Any], name: str) -> str | None:
    """Give the code a question was answered with, None when it was not answered."""
    value = row.get(name)
    return value if type(value) is str else None


def codes_of(row: Mapping[str, Any], name: str) -> Sequence[str]:
    """Give the codes a question was answered with."""
    value = row.get(name)
    return [code for code in value if type(code) is str] if type(value) is list else ()


def quantities_of(row: Mapping[str, Any], name: str) -> Iterator[tuple[str, int]]:
    """Give codes with their quantities."""
    value = row.get(name)
    if type(value) is dict:
        yield from ((code, n) for code, n in value.items() if type(n) is int and n >= 0)


def number_of(row: Mapping[str, Any], name: str) -> int | None:
    """Give a number, None when it was not answered."""
    value = row.get(name)
    return value if type(value) is int else None


def says_yes(row: Mapping[str, Any], name: str) -> bool:
    """Tell whether a question was answered yes."""
    return row.get(name) == "yes"


@lru_cache(maxsize=4096)
def days_between(first: str | None, last: str | None) -> int | None:
    """Give the days from one day to another, None where either is missing or cannot be read."""
    begin, end = parse_day(first), parse_day(last)
    return None if begin is None or end is None else (end - begin).days


def offer_of(row: Mapping[str, Any], offer: str) -> str | None:
    """Give what was said to an offer, None when there was none."""
    offers = row.get("offers")
    said = offers.get(offer) if type(offers) is dict else None
    return said if type(said) is str else None
