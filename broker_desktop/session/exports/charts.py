"""Which drawings stand under which heading of a paper: lines over months, the way of a test, areas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.drawings import Drawing, Point, bars, columns
from broker_desktop.session.exports.table import cell_shown, figure_words
from broker_desktop.session.mark_words import with_sign
from broker_desktop.session.part_words import code_words
from broker_desktop.session.summary import Summary

_TRENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "contacts": ("MS-01.met", "MS-02"),
    "exchange": ("MS-04", "MS-05"),
    "advice": ("MS-18.kits",),
    "referrals": ("MS-13.made",),
}
_CASCADE: Final = tuple(
    f"MS-11.{step}" for step in ("offered", "accepted", "taken", "resulted", "given", "referred", "attended")
)
_AREAS: Final = {"contacts": "MS-01.met_by_locality"}
_MOST_AREAS: Final = 20
_LEAST_MONTHS: Final = 2
_SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def drawings(summary: Summary, beside: Beside, heading: str) -> Iterator[Drawing]:
    """Give the drawings of a heading; none where there is nothing to see."""
    for line_id in _TRENDS.get(heading, ()):
        yield from _trend(summary, beside, line_id)
    if heading == "bbv":
        yield from _cascade(summary)
    if heading in _AREAS:
        yield from _areas(summary, beside, _AREAS[heading])


def draws_months(summary: Summary) -> bool:
    """Tell whether months are drawn on its paper, so that those before it are needed."""
    return summary.period.kind == "month" and any(_has(summary, one) for lines in _TRENDS.values() for one in lines)


def _trend(summary: Summary, beside: Beside, line_id: str) -> Iterator[Drawing]:
    """Draw one line over months, from the first that has any."""
    if summary.period.kind != "month" or not _has(summary, line_id):
        return
    points = [_month(one, beside, line_id) for one in (*beside.history, summary) if _has(one, line_id)]
    while points and not points[0].value and not points[0].hidden:
        points.pop(0)
    if len(points) >= _LEAST_MONTHS:
        yield columns(f"{summary.line(line_id).title}, by month", points)


def _month(summary: Summary, beside: Beside, line_id: str) -> Point:
    line, period = summary.line(line_id), summary.period
    touched = any(
        mark["from"] <= period.last_day and (mark["until"] or period.last_day) >= period.first_day
        for mark in (*beside.disruptions, *summary.marks)
        if mark["kind"] != "fall"
    )
    year, month = period.first_day[2:4], int(period.first_day[5:7])
    return Point(
        label=f"{_SHORT[month - 1]} {year}",
        value=None if line.value is None else float(line.value),
        end=figure_words(line, summary.level),
        hidden=line.hidden,
        disrupted=touched,
    )


def _cascade(summary: Summary) -> Iterator[Drawing]:
    """Draw how far tests came: offered, accepted, taken, all back, given, referred, attended."""
    found = [summary.line(one) for one in _CASCADE if _has(summary, one)]
    if any(line.value or line.hidden for line in found):
        points = [
            Point(
                label=line.title,
                value=None if line.value is None else float(line.value),
                end=figure_words(line, summary.level),
                hidden=line.hidden,
            )
            for line in found
        ]
        yield bars("How far blood-borne virus tests came", points)


def _areas(summary: Summary, beside: Beside, line_id: str) -> Iterator[Drawing]:
    if not _has(summary, line_id):
        return
    line, codes = summary.line(line_id), beside.codes
    points = []
    for cell in line.cells:
        code = next(iter(cell.by.values()), None)
        words = str(code or "not said") if codes is None else code_words(next(iter(cell.by)), code, codes)
        value = None if cell.value is None else float(cell.value)
        label = with_sign(words, cell.by, summary.marks)
        points.append(Point(label=label, value=value, end=cell_shown(cell, summary.level), hidden=cell.hidden))
    if 1 < len(points) <= _MOST_AREAS:
        yield bars(line.title, points)


def _has(summary: Summary, line_id: str) -> bool:
    return any(one.id == line_id and not one.unreadable for one in summary.lines)
