"""The workbook of an audit: the records that were drawn, the activity of harm reduction, and questions left blank.

For the team itself: it names records by id. Nothing is drawn or counted here; what a person must say stays blank
(requirements.md PORT09-004, HAMP10-002, HAMP10-232).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from broker_desktop.records import record_type
from broker_desktop.records.measure import DEFINITIONS
from broker_desktop.records.pack import Pack
from broker_desktop.session.audit_sample import AuditSample
from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.table import Cell
from broker_desktop.session.exports.under_way import silent
from broker_desktop.session.exports.workbook import Sheets, Steps, new_book
from broker_desktop.session.part_words import code_words, part_words
from broker_desktop.session.summary import Summary

SAMPLE_COLUMNS: Final = (
    "n", "type", "record", "day", "team", "answers to be asked for", "answers missing", "looked at by", "as it was",
    "remark",
)  # fmt: skip
ACTIVITY_COLUMNS: Final = ("part", "question", "answer")
ACTIVITY: Final = {
    "Sites and hours": ("MS-04.by_site", "MS-06.sites", "MS-01.days_open"),
    "Offers": (
        "MS-04.offered_by_team", "MS-11.offered_by_team", "MS-18.offered_by_team", "MS-16.offered_by_team",
        "MS-13.offered_by_team",
    ),
    "Advice": ("MS-10", "MS-10.with_advice", "MS-10.brief"),
    "Blood-borne viruses": (
        "MS-11.offered", "MS-11.accepted", "MS-11.taken", "MS-11.resulted", "MS-11.given", "MS-11.referred",
        "MS-11.attended", "MS-12", "MS-12.declined",
    ),
    "Overdose": ("MS-18.advice", "MS-18.overdoses_reported", "MS-18.kits", "MS-18.supplied", "MS-18.reversals"),
}  # fmt: skip
"""The lines that fill the sheet, by its parts."""
POLICY: Final = (
    "Is there a written policy for the needle exchange, and when was it last reviewed?",
    "What does the policy say about people under 18?",
    "What does the policy say about needlestick injuries and vaccination of staff?",
    "What does the policy say about overdose at the service, and who is trained?",
    "Where can people talk without being overheard?",
    "Who collects used sharps, and how often?",
)
"""Questions that no record answers."""
_SITES: Final = "Sites and hours"
_SAMPLE_WIDE: Final = (6, 20, 40, 12, 20, 12, 40, 20, 14, 40)
_ACTIVITY_WIDE: Final = (24, 80, 30)


def audit_workbook(sample: AuditSample, summary: Summary, pack: Pack | None, beside: Beside, folder: Path) -> bytes:
    """Give the workbook, its parts written in `folder`; the same bytes for the same records and figures."""
    content = io.BytesIO()
    made = datetime.fromisoformat(sample.period.last_day).replace(tzinfo=UTC)
    drawn, activity = list(_sample(sample, beside)), list(_activity(summary, pack, beside))
    with new_book(content, folder) as book:
        book.set_properties({"title": f"Audit {sample.period.label}", "author": beside.service, "created": made})
        sheets = Sheets(book, summary, Steps(silent, len(drawn) + len(activity)))
        sheets.table("Sample", SAMPLE_COLUMNS, drawn, _SAMPLE_WIDE)
        sheets.table("Harm reduction", ACTIVITY_COLUMNS, activity, _ACTIVITY_WIDE)
        sheets.about(_about(sample, beside))
    return content.getvalue()


def _sample(sample: AuditSample, beside: Beside) -> Iterator[tuple[Cell, ...]]:
    for n, one in enumerate(sample.records, start=1):
        team = "" if one.team is None else _word("team", one.team, beside)
        asked: Cell = "" if one.asked is None else one.asked
        missing = ", ".join(name.replace("_", " ") for name in one.missing)
        yield n, record_type(one.type).title, one.id, one.day, team, asked, missing, "", "", ""


def _word(name: str, code: str, beside: Beside) -> str:
    return code if beside.codes is None else code_words(name, code, beside.codes)


def _activity(summary: Summary, pack: Pack | None, beside: Beside) -> Iterator[tuple[Cell, ...]]:
    """Give the sites and hours of the pack, every line with its parts, then what a person must say."""
    sites = (pack.part("needle_exchange").get("sites") or {}) if pack else {}
    for kind, many in sites.items():
        yield _SITES, f"Sites: {kind.replace('_', ' ')}", "" if many is None else many
    yield _SITES, "Hours", str((pack.part("opening").get("hours") or "") if pack else "")
    known = {line.id: line for line in summary.lines}
    for part, lines in ACTIVITY.items():
        for line in (known[one] for one in lines if one in known):
            value: Cell = "" if line.value is None else float(line.value) if line.unit == "percent" else int(line.value)
            yield part, line.title, "not readable here" if line.unreadable else value
            for cell in line.cells:
                words = part_words(cell.by, beside.codes) if beside.codes else ", ".join(map(str, cell.by.values()))
                yield part, f"{line.title}: {words}", int(cell.value or 0)
    for question in POLICY:
        yield "Policy", question, ""


def _about(sample: AuditSample, beside: Beside) -> list[tuple[str, Cell]]:
    return [
        ("period", f"{sample.period.label} ({sample.period.first_day} to {sample.period.last_day})"),
        *([("service", beside.service)] if beside.service else []),
        ("about", sample.subject),
        ("draw", sample.number),
        ("seed", sample.seed),
        ("drawn", len(sample.records)),
        ("of", sample.of),
        ("definitions", DEFINITIONS),
        ("for", "Our own team. It names records; looking at one is noted."),
    ]
