"""Reports about places: needles found, drug trends, disruptions (MS-27), and the marks they put on figures (MS-29).

About places, so no small number hides anybody. What is only being said and what is confirmed stay apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import Asked, Definition, Facts, Of, Where
from broker_desktop.records.measure.reading import code_of, codes_of, number_of
from broker_desktop.records.measure.tally import Count, Total, by_code, by_codes
from broker_desktop.records.site_report import SITE_REPORT

_DISRUPTION: Final = "service_disruption"


def _kind(*kinds: str) -> Where:
    return lambda row, asked: code_of(row, "kind") in kinds


def _needles(row: Payload, asked: Asked) -> Iterator[tuple[str | None, int]]:
    yield next(iter(codes_of(row, "localities")), None), number_of(row, "count") or 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A disruption that may explain a falling line: its days (no last one while it goes on), where, who says so."""

    record: str
    first_day: str
    last_day: str | None
    localities: tuple[str, ...]
    reason: str | None
    source: str | None
    confidence: str | None

    def to_json(self) -> dict[str, Any]:
        """Give the mark as the summary prints it."""
        return {
            "kind": _DISRUPTION, "record": self.record, "from": self.first_day, "until": self.last_day,
            "localities": list(self.localities), "reason": self.reason, "source": self.source,
            "confidence": self.confidence,
        }  # fmt: skip


def marks(facts: Facts, first_day: str, last_day: str) -> tuple[Mark, ...]:
    """Give the disruptions that touch a period, the earliest first; one without an end goes on."""
    found = []
    for row in facts.rows(SITE_REPORT.name, None, None):
        day, until = row.get("_day"), london_day(row.get("until"))
        if code_of(row, "kind") != _DISRUPTION or type(day) is not str:
            continue
        if day <= last_day and (until is None or until >= first_day):
            found.append(
                Mark(
                    record=str(row.get("_id", "")), first_day=day, last_day=until,
                    localities=tuple(codes_of(row, "localities")), reason=code_of(row, "reason"),
                    source=code_of(row, "source"), confidence=code_of(row, "confidence"),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda mark: (mark.first_day, mark.record)))


WATCHED: Final = (
    "MS-01.met", "MS-01.open_access", "MS-02", "MS-04", "MS-05", "MS-06", "MS-11.offered", "MS-13.made", "MS-16",
    "MS-17",
)  # fmt: skip
"""The lines whose fall is told."""
LEAST_FALL: Final = Decimal(-20)
LEAST_BEFORE: Final = 20
"""A fall by a fifth or more, from at least 20, is told; no source gives a number (requirements.md P23)."""

WATCHED_RATES: Final = ("MS-19.start", "MS-19.review", "MS-19.exit", "MS-12.coverage", "MS-28.complete")
"""The shares whose fall is told."""
LEAST_POINTS: Final = Decimal(-10)
"""A share that falls by more than ten points is told (requirements.md HAMP10-236, proposed there)."""


def fall_of(before: int, after: int) -> Decimal | None:
    """Give the change from one period to the next in percent, one decimal, half up; None from nothing."""
    if not before:
        return None
    return (Decimal(100 * (after - before)) / before).quantize(Decimal("0.1"), ROUND_HALF_UP)


LINES: Final = (
    Definition(
        id="MS-27.needle_finds",
        title="Reports of needles found, by area",
        unit="reports",
        rule=Count((Of(SITE_REPORT, _kind("needle_find")),), by=(by_codes("localities", "locality"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-27.needles",
        title="Needles found, by area",
        unit="needles",
        rule=Total((Of(SITE_REPORT, _kind("needle_find")),), _needles, by="locality"),
        notes=("As reported, about so many.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-27.needle_finds_by_confidence",
        title="Reports of needles found, by how sure",
        unit="reports",
        rule=Count((Of(SITE_REPORT, _kind("needle_find")),), by=(by_code("confidence"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-27.drug_trends",
        title="Drug trends and intelligence, by how sure",
        unit="reports",
        rule=Count((Of(SITE_REPORT, _kind("drug_trend", "intelligence")),), by=(by_code("confidence"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-27.disruptions",
        title="Disruptions, by reason",
        unit="reports",
        rule=Count((Of(SITE_REPORT, _kind(_DISRUPTION)),), by=(by_code("reason"),)),
        counts_people_or_events=False,
    ),
)
