"""When to test again (domain.md 3.4): worked examples and the rule itself over many days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop.records.clinical_rules import Span
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.retest import retest_due, suggested_retest


def sample(**more: Any) -> dict[str, Any]:
    return {"taken_at": "2026-11-10T14:00:00+00:00", "method": "venous", "analytes": ["HIV_AGAB"], **more}


@pytest.mark.parametrize(
    ("payload", "due"),
    [
        # a risk on 1 November, tested on the 10th: 45 days after the risk is 16 December
        (sample(last_risk_on="2026-11-01"), date(2026, 12, 16)),
        # the same on a blood spot: 90 days, 30 January
        (sample(last_risk_on="2026-11-01", method="dried_blood_spot"), date(2027, 1, 30)),
        # a risk on 26 September is 45 days before 10 November: out of the window, and no risk named, so nothing
        (sample(last_risk_on="2026-09-26"), None),
        # injecting now: HIV every 12 months, hepatitis C every 6; the earliest shows
        (sample(risk="injecting_now"), date(2027, 11, 10)),
        (sample(risk="injecting_now", analytes=["HIV_AGAB", "HCV_RNA"]), date(2027, 5, 10)),
        # in the window for HIV, out of it for RNA (28 days): the end of the window comes first
        (sample(risk="injecting_now", last_risk_on="2026-10-05", analytes=["HIV_AGAB", "HCV_RNA"]), date(2026, 11, 19)),
        # shared equipment: 3 months; 30 November and 3 months is 28 February
        (sample(taken_at="2026-11-30", risk="shared_or_chemsex"), date(2027, 2, 28)),
        (sample(risk="injecting_now", analytes=["SYPH"]), date(2027, 11, 10)),
        (sample(), None),
        ({"risk": "injecting_now", "analytes": ["HIV_AGAB"]}, None),
    ],
)  # fmt: skip
def test_the_day_is_the_one_a_person_worked_out(
    payload: dict[str, Any], due: date | None, portsmouth: CodeLists
) -> None:
    assert suggested_retest(payload, portsmouth) == due


days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
spans = st.builds(Span, months=st.integers(0, 12), days=st.integers(0, 90))


@given(days, days, spans, spans)
def test_a_test_in_the_window_is_never_put_off_to_the_interval(
    tested: date, exposed: date, window: Span, interval: Span
) -> None:
    due = retest_due(tested, exposed, window, interval)
    end = window.after(exposed)
    assert due == (end if tested < end else interval.after(tested))
    assert due is not None
    assert due >= tested or tested >= end


@given(days, spans)
def test_without_a_known_risk_only_the_interval_speaks(tested: date, interval: Span) -> None:
    assert retest_due(tested, None, Span(days=45), interval) == interval.after(tested)
    assert retest_due(tested, tested - timedelta(days=400), Span(days=45), None) is None
