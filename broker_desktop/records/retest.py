"""When to test again: the end of a window, or the interval of a risk that goes on (domain.md 3.4).

A test taken inside the window after a risk is repeated at the end of that window; else the interval runs from the
test. Never the later of the two: it would hide a retest for months. Pure, and a suggestion only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from broker_desktop.records.clinical_rules import ClinicalRules, Span, in_force
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.rules import day_at


def retest_due(last_test: date, last_exposure: date | None, window: Span | None, interval: Span | None) -> date | None:
    """Give the day one test is due again; None where neither a window nor an interval says so."""
    if last_exposure is not None and window is not None and last_test < window.after(last_exposure):
        return window.after(last_exposure)
    return None if interval is None else interval.after(last_test)


def suggested_retest(payload: Mapping[str, Any], codes: CodeLists, rules: ClinicalRules | None = None) -> date | None:
    """Give the earliest day any of the tests of a sample is due again, from what the record says of the risk."""
    rules = rules or in_force()
    taken = day_at(payload, "taken_at")
    analytes, risk = payload.get("analytes"), payload.get("risk")
    if taken is None or not isinstance(analytes, list):
        return None
    exposure, method = day_at(payload, "last_risk_on"), payload.get("method")
    days = [
        retest_due(
            taken,
            exposure,
            rules.window(one, method if isinstance(method, str) else None),
            rules.interval(risk, codes.group("analyte", one)) if isinstance(risk, str) else None,
        )
        for one in analytes
        if isinstance(one, str)
    ]
    return min((day for day in days if day is not None), default=None)
