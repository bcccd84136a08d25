"""One line of the table: what we need, what the floor needs, the bar, and whether it is met."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_HEADINGS = ("work", "ours", "floor", "ratio", "bar", "")


@dataclass(slots=True)
class Watch:
    """How long something took: wall seconds, and seconds of processor time of this process."""

    wall: float = 0.0
    cpu: float = 0.0

    @property
    def ms(self) -> float:
        """Wall time in milliseconds."""
        return self.wall * 1000


@contextmanager
def watched() -> Iterator[Watch]:
    """Time a block."""
    watch = Watch()
    began, cpu_began = time.perf_counter(), time.process_time()
    yield watch
    watch.wall, watch.cpu = time.perf_counter() - began, time.process_time() - cpu_began


def beside_cpu(watches: Sequence[Watch]) -> str:
    """Tell how much of the time was this process's own: the rest was waiting, for the disk or for others' work."""
    return f"wall {p50([one.wall for one in watches]):.3g} s, CPU {p50([one.cpu for one in watches]):.3g} s"


def timed(work: Callable[[], object]) -> Watch:
    """Run something and return how long it took."""
    with watched() as watch:
        work()
    return watch


def took(work: Callable[[], object]) -> float:
    """Run something and return the wall seconds it took."""
    return timed(work).wall


def p50(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure in `unit`. The bar is on the ratio to the floor where there is one, else on the figure.

    `bar` 0: only told. `at_least`: more is better.
    """

    work: str
    ours: float
    unit: str
    bar: float = 0
    floor: float | None = None
    at_least: bool = False
    notes: Sequence[str] = field(default=())

    @property
    def ratio(self) -> float | None:
        """How many times the floor we need."""
        return None if not self.floor else self.ours / self.floor

    @property
    def met(self) -> bool:
        """Whether the bar is met."""
        measured = self.ours if self.ratio is None else self.ratio
        return not self.bar or (measured >= self.bar if self.at_least else measured <= self.bar)

    def cells(self) -> tuple[str, ...]:
        """Give the line of the table."""
        sign = ">=" if self.at_least else "<="
        unit = "x" if self.ratio is not None else f" {self.unit}"
        return (
            self.work,
            f"{_number(self.ours)} {self.unit}",
            "" if self.floor is None else f"{_number(self.floor)} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f}x",
            f"{sign} {self.bar:g}{unit}" if self.bar else "",
            ("met" if self.met else "NOT MET") if self.bar else "",
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(figures: Sequence[Figure]) -> str:
    """Write the figures as text, notes under the line they belong to."""
    lines = [_HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    written = ["  ".join(cell.ljust(width) for cell, width in zip(_HEADINGS, widths, strict=True)).rstrip()]
    for figure in figures:
        cells = zip(figure.cells(), widths, strict=True)
        written.append("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
        written += [f"    {note}" for note in figure.notes]
    return "\n".join(written)
