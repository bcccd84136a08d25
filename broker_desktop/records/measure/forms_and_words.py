"""TOP forms done in time (MS-19), home assessments (MS-20), and what people say about the service (MS-26)."""

from __future__ import annotations

from datetime import date
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.dates import parse_day
from broker_desktop.records.feedback import FEEDBACK
from broker_desktop.records.home_assessment import HOME_ASSESSMENT
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Of, Where
from broker_desktop.records.measure.reading import code_of
from broker_desktop.records.measure.tally import Count, by_code
from broker_desktop.records.top import EXIT, REVIEW, START, in_time, window
from broker_desktop.records.top_marker import TOP_MARKER


def last_day_of(row: Payload) -> date | None:
    """Give the last day on which a form is in time; None where it does not say from when it counts."""
    counts_from, stage = parse_day(row.get("counts_from")), code_of(row, "stage")
    return None if counts_from is None or stage is None else window(stage, counts_from).closes


def _due(stage: str) -> Where:
    def holds(row: Payload, asked: Asked) -> bool:
        closes = last_day_of(row) if code_of(row, "stage") == stage else None
        return closes is not None and asked.within(closes.isoformat())

    return holds


def _top(stage: str, words: str) -> tuple[Definition, Definition]:
    """Declare what was due and the share done in time for one stage."""
    due = _due(stage)
    all_due = Count((Of(TOP_MARKER, due, held=True),))
    done = Count((Of(TOP_MARKER, lambda row, asked: due(row, asked) and in_time(row) is True, held=True),))
    note = "Due: the last day for being in time falls in the period. Its answers are not held here."
    return (
        Definition(id=f"MS-19.{stage}_due", title=f"TOP {words} forms due", unit="forms", rule=all_due, notes=(note,)),
        Definition(
            id=f"MS-19.{stage}",
            title=f"TOP {words} forms done in time",
            unit=PERCENT,
            rule=done,
            out_of=all_due,
            is_rate=True,
        ),
    )


LINES: Final = (
    *_top(START, "start"),
    *_top(REVIEW, "review"),
    *_top(EXIT, "exit"),
    Definition(
        id="MS-20.home_assessments",
        title="Home assessments asked for, by how far they are",
        unit="assessments",
        rule=Count((Of(HOME_ASSESSMENT),), by=(by_code("state", "home_assessment_state"),)),
    ),
    Definition(
        id="MS-26",
        title="Feedback, by level and topic",
        unit="items of feedback",
        rule=Count((Of(FEEDBACK),), by=(by_code("level", "feedback_level"), by_code("topic", "feedback_topic"))),
    ),
    Definition(
        id="MS-26.kind",
        title="Feedback, by kind",
        unit="items of feedback",
        rule=Count((Of(FEEDBACK),), by=(by_code("kind", "feedback_kind"),)),
    ),
)
