"""Every counting rule against a plain recount, written apart from the rules, over lists that Hypothesis makes."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from statistics import median
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import Line, count_lines
from tests.common.facts import LineFacts

FIRST, LAST = "2026-11-01", "2026-11-30"
MET = {"seen", "engaged", "moved_on"}
NOT_THEMSELVES = ("family_or_carer", "professional")
CODES = [f"PEER{n}M" for n in range(6)]

days = st.dates(date(2026, 7, 1), date(2026, 12, 31)).map(date.isoformat)
near = st.dates(date(2026, 10, 20), date(2026, 12, 10)).map(date.isoformat)
people = st.one_of(st.none(), st.sampled_from(CODES).map(lambda code: {"code": code}))
someone = st.sampled_from(CODES).map(lambda code: {"code": code})
yes_no = st.sampled_from(["yes", "no", {"answer": "declined"}, None])


def answers(*codes: str) -> st.SearchStrategy[Any]:
    """A code, a refusal, or nothing."""
    return st.sampled_from([*codes, {"answer": "not_asked"}, None])


contacts = st.fixed_dictionaries({
    "type": st.just("contact"), "occurred_at": days, "kind": st.sampled_from(["drop_in", "planned"]), "person": people,
    "outcome": st.lists(
        st.sampled_from(["seen", "engaged", "moved_on", "not_found", "declined"]), max_size=3, unique=True
    ),
    "setting": answers("street", "hostel"), "subject": answers("service_user", "family_or_carer", "professional"),
    "advice": st.lists(st.sampled_from(["overdose", "bbv", "housing"]), max_size=3, unique=True),
    "substances": st.lists(st.sampled_from(["heroin", "crack", "alcohol", "cannabis"]), max_size=3, unique=True),
    "family_involved": yes_no,
})  # fmt: skip
visits = st.fixed_dictionaries({
    "type": st.just("nx_visit"), "occurred_at": days, "site_type": answers("mobile", "fixed"), "person": people,
    "items": st.dictionaries(st.sampled_from(["CONDOM", "CITRIC", "BRL_2"]), st.integers(0, 50), max_size=2),
    "advice": st.lists(st.sampled_from(["overdose", "bbv"]), max_size=2, unique=True),
})  # fmt: skip


@st.composite
def referrals(draw: st.DrawFn) -> dict[str, Any]:
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


brokers = st.fixed_dictionaries({
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


def lines_of(codes: CodeLists, records: list[dict[str, Any]]) -> dict[str, Line]:
    return {line.id: line for line in count_lines(LineFacts.of(records, codes), FIRST, LAST, codes)}


def cells(line: Line) -> dict[Any, Any]:
    return {next(iter(cell.by.values())): cell.value for cell in line.cells}


def within(day: str) -> bool:
    return FIRST <= day <= LAST


def code(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def met(one: dict[str, Any]) -> bool:
    return not MET.isdisjoint(one["outcome"])


def counted(counter: Counter[Any]) -> dict[Any, int]:
    return {name: n for name, n in counter.items() if n}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(contacts, visits), max_size=14),
    st.lists(persons, max_size=5, unique_by=lambda one: one["code"]),
)
def test_contacts_visits_and_who_was_seen(
    portsmouth: CodeLists, records: list[dict[str, Any]], known: list[dict[str, Any]]
) -> None:
    lines = lines_of(portsmouth, [*records, *known])
    now = [one for one in records if within(one["occurred_at"])]
    talks = [one for one in now if one["type"] == "contact"]
    trips = [one for one in now if one["type"] == "nx_visit"]
    good = [one for one in talks if met(one)]
    assert lines["MS-01.met"].value == len(good)
    assert lines["MS-01.attempts"].value == sum(1 for one in talks if one["outcome"] and not met(one))
    assert cells(lines["MS-01.met_by_setting"]) == counted(Counter(code(one["setting"]) for one in good))
    sights = [one for one in good if code(one["subject"]) not in NOT_THEMSELVES] + trips
    seen = {one["person"]["code"] for one in sights if one["person"]}
    assert lines["MS-02"].value == len(seen)
    assert lines["MS-02.anonymous"].value == sum(1 for one in sights if not one["person"])
    about = {one["code"]: one for one in known if one["code"] in seen}
    sexes: Counter[Any] = Counter()
    for person in seen:
        sex = about.get(person, {}).get("sex")
        sexes[sex["answer"] if isinstance(sex, dict) else sex] += 1
    assert cells(lines["MS-23.sex"]) == counted(sexes)
    never = sum(1 for one in about.values() if one["treatment_ring"] == "never")
    assert lines["MS-02.never_in_treatment"].value == never
    unsaid = sum(1 for person in seen if code(about.get(person, {}).get("accommodation_need")) is None)
    assert (lines["MS-21.not_recorded"].numerator, lines["MS-21.not_recorded"].denominator) == (unsaid, len(seen))
    topics = Counter(topic for one in now for topic in one["advice"])
    assert (lines["MS-10"].value, cells(lines["MS-10"])) == (topics.total(), counted(topics))
    assert lines["MS-10.condoms"].value == sum(one["items"].get("CONDOM", 0) for one in trips)
    asked = [one for one in talks if one["family_involved"] in ("yes", "no")]
    assert lines["MS-30"].numerator == sum(1 for one in asked if one["family_involved"] == "yes")
    assert lines["MS-30"].denominator == len(asked)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(contacts, visits), max_size=14))
def test_who_came_back_and_what_they_use(portsmouth: CodeLists, records: list[dict[str, Any]]) -> None:
    lines = lines_of(portsmouth, records)
    back = set()
    uses: dict[str, set[str]] = {}
    for person in CODES:
        dated = sorted(
            one["occurred_at"] for one in records
            if one["person"] == {"code": person} and (one["type"] == "nx_visit" or met(one))
        )  # fmt: skip
        mine = [
            one for one in records
            if one["person"] == {"code": person} and within(one["occurred_at"])
            and (one["type"] == "nx_visit" or (met(one) and code(one["subject"]) not in NOT_THEMSELVES))
        ]  # fmt: skip
        if not mine:
            continue
        uses[person] = {name for one in mine for name in one.get("substances", ())}
        before = [day for day in dated if day < FIRST][-1:]
        trail = sorted({*before, *(one["occurred_at"] for one in mine)})
        gaps = [(date.fromisoformat(b) - date.fromisoformat(a)).days for a, b in itertools.pairwise(trail)]
        if any(gap > 90 for gap in gaps):
            back.add(person)
    assert lines["MS-25.re_engaged"].value == len(back)
    parts: Counter[Any] = Counter()
    for names in uses.values():
        if "heroin" in names:
            parts["opiate_and_crack" if "crack" in names else "opiate_only"] += 1
        else:
            parts["crack_only" if "crack" in names else "other" if names else None] += 1
    assert cells(lines["MS-24"]) == counted(parts)


@settings(max_examples=60, deadline=None)
@given(st.lists(referrals(), max_size=14))
def test_what_became_of_referrals(portsmouth: CodeLists, records: list[dict[str, Any]]) -> None:
    lines = lines_of(portsmouth, records)
    now = [one for one in records if within(one["made_on"])]
    kept = early = triaged = 0
    waits = []
    for one in now:
        steps = {step["event"]: step["on"] for step in one["events"]}
        came = {"attended_first", "still_engaged_12wk", "completed"} & steps.keys()
        ended = {"unplanned_exit", "closed", "rejected"} & steps.keys()
        if "triaged" in steps and not came and ended:
            triaged += 1
            continue
        start = date.fromisoformat(steps.get("attended_first", one["made_on"]))
        stayed = (date.fromisoformat(steps["unplanned_exit"]) - start).days if "unplanned_exit" in steps else None
        if stayed is not None and stayed < 84:
            early += 1
        elif {"still_engaged_12wk", "completed"} & steps.keys() or (stayed or 0) >= 84:
            kept += 1
        if "attended_first" in steps:
            waits.append((date.fromisoformat(steps["attended_first"]) - date.fromisoformat(one["made_on"])).days)
    found = [lines[f"MS-13.{name}"].value for name in ("kept", "left_early", "only_triaged")]
    assert found == [kept, early, triaged]
    assert lines["MS-13.wait_longest"].value == max(waits, default=None)
    value = lines["MS-13.wait_median"].value
    assert value == (median(waits) if waits else None)
    outwards = [one for one in now if one["direction"] != "in"]
    assert lines["MS-13.made"].value == len(outwards)
    inwards = [one for one in now if one["direction"] == "in"]
    raw = Counter(code(one["source"]) for one in inwards)
    assert cells(lines["MS-14.sources"]) == counted(raw)
    corrected = Counter(
        (code(one["prompted_by"]) or "self") if one["source"] == "self" else code(one["source"]) for one in inwards
    )
    assert cells(lines["MS-14.sources_corrected"]) == counted(corrected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(brokers, groups, contacts), max_size=14))
def test_brokers_and_groups(portsmouth: CodeLists, records: list[dict[str, Any]]) -> None:
    lines = lines_of(portsmouth, records)
    all_met = [one for one in records if one["type"] == "broker_contact" and one["state"] == "met"]
    now = [one for one in all_met if within(one["occurred_at"])]
    assert lines["MS-16"].value == len(now)
    introduced = Counter(one["introduced_to"] for one in now if code(one["introduced_to"]))
    assert cells(lines["MS-16.introductions"]) == counted(introduced)
    assert lines["MS-16.accompanied"].value == sum(1 for one in now if one["accompanied"] == "yes")
    came = Counter(code(one["evidence"]) for one in now if one["attended"] == "yes")
    assert cells(lines["MS-16.attended"]) == counted(came)
    days_to = []
    for person in CODES:
        first = min((one["occurred_at"] for one in all_met if one["person"] == {"code": person}), default="")
        talks = [one for one in records if one["type"] == "contact" and met(one) and one["person"] == {"code": person}]
        seen = min((one["occurred_at"] for one in talks), default="")
        if within(first) and seen and seen <= first:
            days_to.append((date.fromisoformat(first) - date.fromisoformat(seen)).days)
    assert lines["MS-16.days_to_first"].value == (median(days_to) if days_to else None)
    held = [
        one for one in records
        if one["type"] == "group_session" and within(one["occurred_at"]) and one["status"] != "cancelled"
    ]  # fmt: skip
    assert cells(lines["MS-17"]) == counted(Counter(one["topic"] for one in held))
    assert lines["MS-17.attendances"].value == sum(one["headcount"] or 0 for one in held)
