"""Every line against a plain recount, written apart from the rules: over 200 months made up, and Hypothesis' lists.

The recount is `tests/common/recount`; what a vault and its database make of such months is in tests/unit/session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import (
    LINES,
    bbv,
    brought_back,
    coming_back,
    contacts,
    count_lines,
    line,
    pathway,
    referrals,
    seen,
    tally,
    visits,
)
from tests.common import facts
from tests.common import recount as counted_again
from tests.common.facts import LineFacts
from tests.common.random_service import PACK, as_read, codes_of, month_of, on_their_way, random_lines
from tests.common.recount import differences, recount

DATA_SETS = 200
SIZE = 60
"""Records of a data set, beside the people it names."""
FIRST, LAST = "2026-11-01", "2026-11-30"
CODES = [f"PEER{n}M" for n in range(6)]


def told_otherwise(lines: list[dict[str, Any]], first: str, last: str, codes: CodeLists) -> list[str]:
    """Count twice and give what differs."""
    counted = count_lines(LineFacts.of(lines, codes), first, last, codes)
    return differences(counted, recount(lines, first, last, codes))


@cache
def made_up(seed: int, pack: str) -> list[dict[str, Any]]:
    """Give the lines of a seed; nobody changes them."""
    return on_their_way(as_read(random_lines(seed, SIZE, pack)), seed)


def of_seed(seed: int) -> list[str]:
    """Count the month that a seed makes up; of every eighth the whole year so far, of some in Portsmouth's words."""
    first, last = month_of(seed)
    if seed // 8 % 8 == 3:
        first = f"{first[:4]}-01-01"
    pack = "portsmouth-2009-10" if seed % 5 == 4 else PACK
    return told_otherwise(made_up(seed, pack), first, last, codes_of(pack))


@pytest.mark.parametrize("start", range(0, DATA_SETS, 50))
def test_every_line_of_200_months_made_up(start: int) -> None:
    found = {seed: told for seed in range(start, start + 50) if (told := of_seed(seed))}
    assert found == {}


def test_every_line_is_counted_again_and_says_something_in_some_month() -> None:
    """A line that is 0 in every data set would agree whatever its rule said. Merges need a vault."""
    said: Counter[str] = Counter()
    for seed in range(DATA_SETS):
        lines = made_up(seed, PACK)
        first, last = month_of(seed)
        told = recount(lines, first, last, codes_of())
        assert set(told) == {definition.id for definition in LINES}
        said.update(line_id for line_id, one in told.items() if one.value)
    silent = {definition.id for definition in LINES} - set(said)
    assert silent == {"MS-28.merged"}


def test_the_recount_reads_nothing_of_the_rules_it_checks() -> None:
    folder = Path(counted_again.__file__).parent
    told = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    imports = [text for text in told.splitlines() if text.startswith(("import broker", "from broker"))]
    assert {text.split()[1] for text in imports} == {"broker_desktop.records.codelist"}


def utc_day(text: object) -> str | None:
    """Take the day as UTC has it: what a program does that knows no summer time."""
    if not isinstance(text, str) or "T" not in text:
        return text if isinstance(text, str) else None
    return datetime.fromisoformat(text).astimezone(UTC).date().isoformat()


def anybody(row: dict[str, Any]) -> str:
    """Take everybody for somebody: the anonymous turn into one person."""
    person = row.get("person")
    return person["id"] if isinstance(person, dict) and "id" in person else "nobody"


WRONG_RULES: dict[str, tuple[Any, str, Any]] = {
    "an attempt counts as met": (contacts, "met_codes", lambda codes: frozenset(codes.known("outcome"))),
    "a declined outcome counts as met too": (
        contacts, "met_codes", lambda codes: codes.in_group("outcome", "met") | {"declined"}
    ),
    "family are people seen": (seen, "_NOT_THEMSELVES", frozenset[str]()),
    "drop-ins alone are not open access": (contacts, "OPEN_ACCESS", "planned"),
    "packs stay closed": (visits, "items_of", lambda row, asked: list((row.get("items") or {}).items())),
    "a hundred days in place of twelve weeks": (pathway, "_TWELVE_WEEKS", 100),
    "away from 80 days on": (coming_back, "AWAY_DAYS", 80),
    "treatment counts for a year": (coming_back, "REMAINS_OUT_DAYS", 365),
    "only consented is accepted": (bbv, "_NOT_BEYOND", frozenset({"offered", "declined", "consented"})),
    "a result counts while one is pending": (bbv, "_final_codes", lambda asked: set(asked.codes.known("bbv_result"))),
    "referrals in are made by us": (referrals, "_OUTWARDS", frozenset({"out", "internal", "in"})),
    "a share is cut off, not rounded": (
        line, "percent", lambda n, of: (Decimal(100 * n) / of).quantize(Decimal("0.1"), ROUND_DOWN) if of else None
    ),
    "none brought back is something": (brought_back, "_NOTHING", "never"),
    "the unanswered are left out of parts": (tally, "_keys", lambda cuts, row, asked: [
        key for key in WHOLE_KEYS(cuts, row, asked) if None not in key
    ]),
}  # fmt: skip
WHOLE_KEYS: Callable[..., Any] = tally._keys


@pytest.mark.parametrize("wrong", WRONG_RULES)
def test_a_wrong_rule_is_noticed(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same comparison with one rule turned: some of the months must tell."""
    where, name, rule = WRONG_RULES[wrong]
    monkeypatch.setattr(where, name, rule)
    assert any(of_seed(seed) for seed in range(DATA_SETS))


def test_days_of_another_clock_and_spellings_kept_apart_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The facts turned: UTC in place of London; and JOHN 80 M as somebody else than JOHN80M."""
    assert not any(of_seed(seed) for seed in range(16))
    with monkeypatch.context() as turned:
        turned.setattr(import_module("broker_desktop.records.record_type"), "london_day", utc_day)
        assert any(of_seed(seed) for seed in range(16))
    with monkeypatch.context() as turned:
        turned.setattr(facts, "normalise_code", lambda code: code)
        assert any(of_seed(seed) for seed in range(16))


days = st.dates(date(2026, 7, 1), date(2026, 12, 31)).map(date.isoformat)
near = st.dates(date(2026, 10, 20), date(2026, 12, 10)).map(date.isoformat)
people = st.one_of(st.none(), st.sampled_from(CODES).map(lambda code: {"code": code}))
someone = st.sampled_from(CODES).map(lambda code: {"code": code})
yes_no = st.sampled_from(["yes", "no", {"answer": "declined"}, None])


def answers(*codes: str) -> st.SearchStrategy[Any]:
    """A code, a refusal, or nothing."""
    return st.sampled_from([*codes, {"answer": "not_asked"}, None])


talks = st.fixed_dictionaries({
    "type": st.just("contact"), "occurred_at": days, "kind": st.sampled_from(["drop_in", "planned"]), "person": people,
    "outcome": st.lists(
        st.sampled_from(["seen", "engaged", "moved_on", "not_found", "declined"]), max_size=3, unique=True
    ),
    "setting": answers("street", "hostel"), "subject": answers("service_user", "family_or_carer", "professional"),
    "advice": st.lists(st.sampled_from(["overdose", "bbv", "housing"]), max_size=3, unique=True),
    "substances": st.lists(st.sampled_from(["heroin", "crack", "alcohol", "cannabis"]), max_size=3, unique=True),
    "family_involved": yes_no,
})  # fmt: skip
trips = st.fixed_dictionaries({
    "type": st.just("nx_visit"), "occurred_at": days, "site_type": answers("mobile", "fixed"), "person": people,
    "items": st.dictionaries(st.sampled_from(["CONDOM", "CITRIC", "BRL_2"]), st.integers(0, 50), max_size=2),
    "advice": st.lists(st.sampled_from(["overdose", "bbv"]), max_size=2, unique=True),
})  # fmt: skip


@st.composite
def sent_on(draw: st.DrawFn) -> dict[str, Any]:
    """A referral with steps on days of their own."""
    made = draw(near)
    names = draw(st.lists(st.sampled_from([
        "triaged", "attended_first", "still_engaged_12wk", "completed", "unplanned_exit", "closed", "rejected",
    ]), max_size=4, unique=True))  # fmt: skip
    steps = [
        {"event": name, "on": (date.fromisoformat(made) + timedelta(days=draw(st.integers(0, 120)))).isoformat()}
        for name in names
    ]
    return {
        "type": "referral", "made_on": made, "person": draw(someone), "events": steps,
        "direction": draw(st.sampled_from(["in", "out", "internal"])), "destination": draw(answers("housing", "gp")),
        "source": draw(answers("self", "gp")), "prompted_by": draw(answers("pharmacy")),
    }  # fmt: skip


meetings = st.fixed_dictionaries({
    "type": st.just("broker_contact"), "state": st.sampled_from(["met", "not_met"]), "occurred_at": near,
    "person": people, "accompanied": yes_no, "attended": answers("yes", "no"), "evidence": answers("with_broker"),
    "introduced_to": answers("aa", "smart_recovery"),
})  # fmt: skip
groups = st.fixed_dictionaries({
    "type": st.just("group_session"), "occurred_at": near, "status": answers("held", "cancelled"),
    "topic": st.sampled_from(["bbv", "naloxone"]), "headcount": st.one_of(st.none(), st.integers(0, 30)),
})  # fmt: skip
persons = st.fixed_dictionaries({
    "type": st.just("person"), "identity_level": st.just("code"), "code": st.sampled_from(CODES),
    "sex": answers("male", "female"), "accommodation_need": answers("problem", "no_problem"),
    "treatment_ring": answers("never", "in_now"),
})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(talks, trips), max_size=14),
    st.lists(persons, max_size=5, unique_by=lambda one: one["code"]),
)
def test_contacts_visits_and_who_was_seen(
    portsmouth: CodeLists, records: list[dict[str, Any]], known: list[dict[str, Any]]
) -> None:
    assert told_otherwise([*records, *known], FIRST, LAST, portsmouth) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(talks, trips), max_size=14))
def test_who_came_back_and_what_they_use(portsmouth: CodeLists, records: list[dict[str, Any]]) -> None:
    assert told_otherwise(records, FIRST, LAST, portsmouth) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(sent_on(), max_size=14))
def test_what_became_of_referrals(portsmouth: CodeLists, records: list[dict[str, Any]]) -> None:
    assert told_otherwise(records, FIRST, LAST, portsmouth) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(meetings, groups, talks), max_size=14))
def test_brokers_and_groups(portsmouth: CodeLists, records: list[dict[str, Any]]) -> None:
    assert told_otherwise(records, FIRST, LAST, portsmouth) == []
