"""What the worklists hand to a window or the command line: frozen, ready to show. No result and no note in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Where one key leads: `page` edit, new, list or a page's own name; `payload` the first answers of a new record."""

    page: str
    type: str = ""
    id: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistCount:
    """One worklist: how many wait today, how many of them are urgent. `private`: not for the counter."""

    id: str
    title: str
    count: int
    red: int
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistRow:
    """Something that waits. `due` is a day, `age_days` counts from it and is below 0 for what is coming up.

    `who` is masked but on private lists; empty where nobody is meant. `mine`: this seat's own person recorded it.
    """

    worklist: str
    type: str
    key: str
    id: str
    person_id: str
    who: str
    reason: str
    due: str
    age_days: int
    red: bool
    mine: bool
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """One worklist as asked for: at most so many rows, urgent ones first, and how many there are in all."""

    id: str
    title: str
    private: bool
    count: int
    rows: tuple[WorklistRow, ...]
