"""The lines of the month summary and the exact rule by which each is counted.

The one home of what a figure means (contract.md "Counting rules that bind these lines", requirements.md 0.3): every
module here declares the lines of one subject, each with the rule that counts it; `LINES` is all of them and
`count_lines` counts them in one pass over each record type. Days are London days. Nothing here hides a small number or
knows what is missing; that is the session's.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import (
    advice,
    bbv,
    brokers,
    brought_back,
    by_team,
    coming_back,
    contact_cuts,
    contacts,
    cross_cuts,
    families,
    flows,
    forms_and_words,
    further_cuts,
    groups,
    local_cuts,
    naloxone,
    near_home,
    pathway,
    quality,
    referrals,
    reports,
    seen,
    sheets,
    sources,
    substances,
    support,
    vaccination,
    visits,
    where_seen,
)
from broker_desktop.records.measure.adding_up import ADD_UP
from broker_desktop.records.measure.completeness import (
    READ_FROM,
    AnswersMissing,
    Completeness,
    Lag,
    LagToSync,
    NotHeardFrom,
    SiteMissing,
    read_from,
)
from broker_desktop.records.measure.contacts import is_met, met_codes
from broker_desktop.records.measure.counting import behind_each, count_definitions
from broker_desktop.records.measure.headings import HEADINGS, heading_of
from broker_desktop.records.measure.line import PERCENT, Cell, Definition, Facts, FirstMet, Line, months_named
from broker_desktop.records.measure.reports import (
    LEAST_BEFORE,
    LEAST_FALL,
    LEAST_POINTS,
    WATCHED,
    WATCHED_RATES,
    Mark,
    fall_of,
    marks,
)
from broker_desktop.records.measure.stored import lines_of, lines_text

__all__ = [
    "ADD_UP", "DEFINITIONS", "HEADINGS", "LEAST_BEFORE", "LEAST_FALL", "LEAST_POINTS", "LINES",
    "LOOKED_UP_BY_MONTH", "PERCENT",
    "READ_FROM", "WATCHED", "WATCHED_RATES", "AnswersMissing", "Cell", "Completeness", "Definition", "Facts",
    "FirstMet", "Lag", "LagToSync", "Line", "Mark", "NotHeardFrom", "SiteMissing", "behind_each", "count_definitions",
    "count_lines", "fall_of", "heading_of", "is_met", "lines_of", "lines_text", "marks", "met_codes", "read_from",
]  # fmt: skip

DEFINITIONS: Final = "2026.12"
"""Version of what the lines mean; raised by hand with every change of a rule (a test holds the two together)."""

_SUBJECTS: Final = (
    contacts, visits, sheets, seen, contact_cuts, brought_back, advice, bbv, vaccination, referrals, pathway, sources,
    brokers, groups, naloxone, forms_and_words, families, support, substances, cross_cuts, coming_back, reports,
    quality, further_cuts, local_cuts, near_home, where_seen, by_team, flows,
)  # fmt: skip

LINES: Final[tuple[Definition, ...]] = tuple(
    sorted((line for subject in _SUBJECTS for line in subject.LINES), key=lambda line: line.id.partition(".")[0])
)
"""By their number; the lines of one number in the order of their module."""

LOOKED_UP_BY_MONTH: Final = frozenset(
    part.type.name
    for line in LINES
    for rule in line.rules
    for part in rule.parts
    if part.held and part.naming is months_named
)
"""Types of which every record held is looked at, where one can only count if it names a month of the period."""


def count_lines(facts: Facts, first_day: str, last_day: str, codes: CodeLists) -> list[Line]:
    """Count every line for the London days from `first_day` to `last_day` (YYYY-MM-DD, ends included).

    Counts whatever `facts` gives: a line whose `compartments` the seat does not hold is short and must not be shown.
    """
    return count_definitions(LINES, facts, first_day, last_day, codes)
