"""The lines of the month summary counted again, by plain loops over record lines as contract.md writes them.

Written from contract.md and requirements.md 0.3 and held against the program's figures, so nothing here may read
`records.measure`; code lists are all it shares with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from broker_desktop.records.codelist import CodeLists
from tests.common.recount import (
    clinical,
    contacts,
    crossings,
    exchange,
    flows,
    groups,
    people,
    quality,
    referrals,
    teams,
)
from tests.common.recount.reading import Line, Service, Told

_SUBJECTS = (contacts, exchange, clinical, referrals, groups, people, crossings, quality, teams, flows)


class _Part(Protocol):
    @property
    def by(self) -> Mapping[str, str | None]: ...
    @property
    def value(self) -> Any: ...


class Counted(Protocol):
    """A line as the program counted it."""

    @property
    def id(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def denominator(self) -> int | None: ...
    @property
    def cells(self) -> Sequence[_Part]: ...


def recount(
    lines: Sequence[Line], first: str, last: str, lists: CodeLists, same: Mapping[str, str] | None = None
) -> dict[str, Told]:
    """Count the lines of a period; `same` says which people were found to be somebody else."""
    service = Service(lines, first, last, lists, same or {})
    return {line_id: told for subject in _SUBJECTS for line_id, told in subject.recount(service).items()}


def differences(counted: Iterable[Counted], told: Mapping[str, Told]) -> list[str]:
    """Say where the program counted otherwise: value, denominator and every part; a part of nothing may be left out."""
    found = []
    for line in counted:
        again = told.get(line.id)
        if again is None:
            found.append(f"{line.id}: not counted again")
            continue
        cells = {tuple(cell.by.values()): cell.value for cell in line.cells if cell.value}
        parts = cells if again.cells is None else {part: n for part, n in again.cells.items() if n}
        if line.value != again.value:
            found.append(f"{line.id}: counted {line.value}, again {again.value}")
        if again.out_of is not None and line.denominator != again.out_of:
            found.append(f"{line.id}: counted of {line.denominator}, again of {again.out_of}")
        if cells != parts:
            found.append(f"{line.id}: in parts {sorted(map(str, cells.items() ^ parts.items()))}")
    return found
