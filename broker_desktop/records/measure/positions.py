"""The Bull's-eye as a matrix: four groups of people seen, each by the four rings of treatment, beside the estimate.

Pure, and over lines as a recipient sees them. The groups overlap (who uses opiates or crack is in the first, and may be
in all four), so no row is ever added to another (requirements.md 2.5). Rings are as people told us.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from broker_desktop.records.measure.against import Against, Number, Part, Shown
from broker_desktop.records.measure.line import percent
from broker_desktop.records.pack.known_indicators import BULLS_EYE, RINGS

OVERLAP: Final = (
    "The groups overlap and are never added. Rings are as people told us. Printed: estimate, not our records."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """How many of a group stand in one ring."""

    code: str | None
    """None for those who did not say."""
    value: Number | None
    hidden: bool
    small: bool
    """Its mark may say that it is small."""
    share: Decimal | None
    """In percent of everybody of the group who was seen; None too where nobody was."""
    share_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One row of the matrix."""

    group: str
    """pdu, opiate, crack or idu."""
    whole: Against
    """Everybody of the group who was seen, beside the estimate."""
    small: bool
    """The mark of a hidden number of everybody may say that it is small."""
    rings: tuple[Ring, ...]
    """The four rings from the inside out, then who did not say; none where this laptop may not read them."""


def positions(found: Iterable[Against], lines: Iterable[Shown], least: int = 0) -> tuple[Position, ...]:
    """Give a row for each group that the pack prints an estimate of; a share of fewer than `least` is hidden."""
    by_id = {line.id: line for line in lines}
    return tuple(
        _position(one, by_id[name], least)
        for one in found
        if one.indicator.heading == BULLS_EYE and not one.indicator.by
        for name in one.indicator.lines
        if name in by_id
    )


def _position(whole: Against, line: Shown, least: int) -> Position:
    return Position(
        group=line.id.rpartition("_")[2],
        whole=whole,
        small=line.small,
        rings=() if line.unreadable else tuple(_rings(line, least)),
    )


def _rings(line: Shown, least: int) -> Iterator[Ring]:
    told: dict[str, list[Part]] = {code: [] for code in RINGS}
    silent: list[Part] = []
    for cell in line.cells:
        told.get(cell.by.get("treatment_ring") or "", silent).append(cell)
    for code, cells in (*told.items(), (None, silent)):
        yield _ring(code, cells, line, least)


def _ring(code: str | None, cells: Sequence[Part], line: Shown, least: int) -> Ring:
    """Add the parts of one ring; hidden if one of them is, or if no part is shown at all."""
    hidden = line.withheld or any(cell.hidden for cell in cells)
    value = None if hidden else sum((cell.value or 0 for cell in cells), 0)
    everybody = line.value
    few = hidden or everybody is None or 0 < everybody < least
    return Ring(
        code=code,
        value=value,
        hidden=hidden,
        small=len(cells) == 1 and cells[0].small,
        share=None if few else percent(value or 0, everybody),
        share_hidden=few,
    )
