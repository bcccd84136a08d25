"""Hepatitis B doses: how many of each number we gave, and how many of those asked have had one (MS-12)."""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.bbv_vaccination import BBV_VACCINATION
from broker_desktop.records.hepatitis_b import was_declined
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Of
from broker_desktop.records.measure.reading import code_of, number_of
from broker_desktop.records.measure.tally import Count, Cut, People, by_code


def _known_by_then(row: Payload, asked: Asked) -> bool:
    day = row.get("_day")
    return day is None or (type(day) is str and day <= asked.last_day)


def _had_one(row: Payload, asked: Asked) -> bool:
    return _known_by_then(row, asked) and not was_declined(row)


def _given_by_us(row: Payload, asked: Asked) -> bool:
    return code_of(row, "source") == "by_us" and not was_declined(row)


def _dose(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    number = number_of(row, "dose")
    return (None if number is None else str(number),)


LINES: Final = (
    Definition(
        id="MS-12",
        title="Hepatitis B doses given, by number",
        unit="doses",
        rule=Count((Of(BBV_VACCINATION, _given_by_us),), by=(Cut("dose", _dose),)),
    ),
    Definition(
        id="MS-12.declined",
        title="Hepatitis B doses declined",
        unit="doses",
        rule=Count((Of(BBV_VACCINATION, lambda row, asked: was_declined(row)),), by=(by_code("decline_reason"),)),
    ),
    Definition(
        id="MS-12.coverage",
        title="People asked who have had a dose",
        unit=PERCENT,
        rule=People((Of(BBV_VACCINATION, _had_one, held=True),)),
        out_of=People((Of(BBV_VACCINATION, _known_by_then, held=True),)),
        is_rate=True,
        notes=("Of everybody asked up to the end of the period; a dose known from elsewhere counts.",),
    ),
)
