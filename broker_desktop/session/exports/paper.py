"""A summary as a tagged PDF (PDF/UA) for a committee: cover, what it rests on, the figures by heading, what they mean.

Set by typst from `resources/papers/summary.typ`; here it is only decided what stands where. No date of printing: the
same summary gives the same bytes.
"""

from __future__ import annotations

import json
from typing import Any, Final

from broker_desktop import assets
from broker_desktop.records.measure import HEADINGS, PERCENT, heading_of
from broker_desktop.session.disclosure import Level, ShownLine
from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.charts import drawings
from broker_desktop.session.exports.rests_on import rest_sentences
from broker_desktop.session.exports.table import (
    CHOSEN,
    by_codes,
    cell_shown,
    figure_words,
    hiding_words,
    late_words,
)
from broker_desktop.session.late_changes import told_once
from broker_desktop.session.mark_words import has_sign, mark_words, sign_words, with_sign
from broker_desktop.session.part_words import part_words
from broker_desktop.session.period import Period
from broker_desktop.session.summary import Summary

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def paper(summary: Summary, beside: Beside) -> bytes:
    """Give the PDF."""
    import typst  # noqa: PLC0415  only where a paper is written

    made: bytes = typst.compile(
        assets.asset_text("papers", "summary.typ").encode(),
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[assets.asset_path("fonts")]),
        sys_inputs={"summary": json.dumps(told(summary, beside), ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    return made


def told(summary: Summary, beside: Beside) -> dict[str, Any]:
    """Give everything the paper says, in its order."""
    period = period_words(summary.period)
    return {
        "title": f"Summary of {period}",
        "service": beside.service,
        "foot": f"{period}, for {summary.recipient}, {summary.state}, issue {summary.issue}",
        "draft": summary.state != "signed",
        "cover": _cover(summary, beside),
        "rests": rest_sentences(summary, beside.codes),
        "hiding": hiding_words(summary.level),
        "marks": [
            *(_mark(summary, beside, mark) for mark in summary.marks),
            *([sign_words()] if has_sign(summary.lines, summary.marks) else []),
        ],
        "late": _late(summary),
        "headings": [
            _heading(summary, beside, code)
            for code in HEADINGS
            if any(heading_of(line.id) == code for line in summary.lines)
        ],
        "meanings": [
            {"line": line.id, "title": line.title, "words": " ".join(line.notes)}
            for line in summary.lines
            if line.notes
        ],
    }


def period_words(period: Period) -> str:
    """Write a period as people say it."""
    if period.kind != "month":
        return period.label
    return f"{_MONTHS[int(period.label[5:7]) - 1]} {period.label[:4]}"


def _cover(summary: Summary, beside: Beside) -> list[tuple[str, str]]:
    days = f"{summary.period.first_day} to {summary.period.last_day}"
    rows = [
        ("Service", beside.service),
        ("Run by", summary.operator),
        ("Period", f"{period_words(summary.period)} ({days})"),
        ("For", summary.recipient),
        ("State", f"{summary.state}, issue {summary.issue}"),
        ("Definitions", f"{summary.definitions}; area pack {summary.pack_id} {summary.pack_version}".strip()),
        ("Hash of the figures", summary.hash),
        ("Lines", CHOSEN if summary.chosen_from else ""),
    ]
    return [row for row in rows if row[1]]


def _mark(summary: Summary, beside: Beside, mark: Any) -> str:
    words = mark_words(mark, beside.codes)
    if mark["kind"] != "fall":
        return words
    titles = {line.id: line.title for line in summary.lines}
    return f"{titles.get(mark['line'], mark['line'])}: {words}"


def _late(summary: Summary) -> list[str]:
    return [
        late_words(one) + (f" (and {more} further figures)" if more else "") for one, more in told_once(summary.late)
    ]


def _heading(summary: Summary, beside: Beside, code: str) -> dict[str, Any]:
    return {
        "words": HEADINGS[code],
        "commentary": [part for part in summary.commentary.get(code, "").splitlines() if part.strip()],
        "drawings": [
            {"title": one.title, "svg": one.svg, "words": one.words} for one in drawings(summary, beside, code)
        ],
        "lines": [_line(summary, line, beside) for line in summary.lines if heading_of(line.id) == code],
    }


def _line(summary: Summary, line: ShownLine, beside: Beside) -> dict[str, Any]:
    codes, level = beside.codes, summary.level
    return {
        "id": line.id,
        "title": line.title,
        "value": figure_words(line, level),
        "unit": "%" if line.unit == PERCENT else line.unit,
        "of": _of(line, level),
        "parts": [
            (
                by_codes(cell.by) if codes is None else with_sign(part_words(cell.by, codes), cell.by, summary.marks),
                cell_shown(cell, level),
            )
            for cell in line.cells
        ],
    }


def _of(line: ShownLine, level: Level) -> str:
    """Write what a figure is out of: both numbers of a share, the whole of a count."""
    if line.denominator is None:
        return ""
    if line.unit == PERCENT and not line.hidden and line.numerator is not None:
        return f"{line.numerator:,} of {line.denominator:,}"
    return f"of {line.denominator:,}"
