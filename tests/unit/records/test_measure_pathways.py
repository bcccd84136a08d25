"""Worked examples of the papers for referrals, brokers, coming back, sheets, returns, TOP forms and support."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES, Line, behind_each, count_lines
from broker_desktop.records.measure.line import Definition
from tests.common.facts import LineFacts

JOHN = {"code": "JOHN80M"}


def counted(
    codes: CodeLists, *records: dict[str, Any], first: str = "2026-06-01", last: str = "2026-06-30"
) -> dict[str, Line]:
    return {line.id: line for line in count_lines(LineFacts.of(records, codes), first, last, codes)}


def referral(made: str, *events: tuple[str, str], **more: Any) -> dict[str, Any]:
    steps = [{"event": event, "on": on} for event, on in events]
    return {"type": "referral", "made_on": made, "direction": "out", "person": JOHN, "events": steps, **more}


def contact(on: str, **more: Any) -> dict[str, Any]:
    return {"type": "contact", "occurred_at": on, "kind": "planned", "outcome": ["seen"], "person": JOHN, **more}


def test_877_presentations_are_716_kept_107_gone_early_and_54_only_triaged(portsmouth: CodeLists) -> None:
    """Hampshire, 12 months to June 2009 (requirements.md 2.2, L341-346): 716 + 107 + 54 = 877.

    Kept: 400 still engaged after twelve weeks, 200 who completed in week 8, 116 who left unplanned on day 84 or later.
    Gone early: unplanned on day 83. Only triaged: triaged, never came, closed.
    """
    came = ("attended_first", "2026-06-02")
    kinds = [
        (400, (came, ("still_engaged_12wk", "2026-08-25"))),
        (200, (came, ("completed", "2026-07-28"))),
        (116, (came, ("unplanned_exit", "2026-08-25"))),  # 2 June and 84 days
        (107, (came, ("unplanned_exit", "2026-08-24"))),  # a day less
        (54, (("triaged", "2026-06-03"), ("closed", "2026-06-20"))),
    ]
    records = [referral("2026-06-01", *events, direction="in") for many, events in kinds for _ in range(many)]
    lines = counted(portsmouth, *records)
    found = {name: lines[f"MS-13.{name}"] for name in ("kept", "left_early", "only_triaged")}
    assert {name: line.value for name, line in found.items()} == {"kept": 716, "left_early": 107, "only_triaged": 54}
    assert {line.denominator for line in found.values()} == {877}
    assert sum(int(line.value or 0) for line in found.values()) == 877


def test_a_week_from_referral_to_appointment_is_seven_days(portsmouth: CodeLists) -> None:
    """PORT09-012: made 1 June, attended 8 June; the other two waited 1 and 20 days, one never came."""
    lines = counted(
        portsmouth,
        referral("2026-06-01", ("attended_first", "2026-06-08"), destination="community_prescribing"),
        referral("2026-06-10", ("attended_first", "2026-06-11"), destination="gp"),
        referral("2026-06-10", ("attended_first", "2026-06-30"), destination="gp"),
        referral("2026-06-10", destination="gp"),
    )
    median = lines["MS-13.wait_median"]
    assert (median.value, median.numerator, median.denominator) == (7, 3, 4)
    assert [(cell.by["destination"], cell.value, cell.rests_on) for cell in median.cells] == [
        ("community_prescribing", 7, 1),
        ("gp", Decimal("10.5"), 2),
    ]
    assert lines["MS-13.wait_longest"].value == 20
    assert [lines[f"MS-13.{name}"].rests_on for name in ("wait_longest", "longest_waits", "wait_median")] == [
        1,
        1,
        None,
    ]


def test_a_new_contact_within_183_days_of_completing_is_a_re_presentation(portsmouth: CodeLists) -> None:
    """PORT12-22: completed 1 February, contact 1 May is 89 days later; one after 184 days is none."""
    completed = referral("2026-01-02", ("completed", "2026-02-01"))
    in_may = {"first": "2026-05-01", "last": "2026-05-31"}
    assert counted(portsmouth, completed, contact("2026-05-01"), **in_may)["MS-25.re_presented"].value == 1
    in_august = {"first": "2026-08-01", "last": "2026-08-31"}
    assert counted(portsmouth, completed, contact("2026-08-03"), **in_august)["MS-25.re_presented"].value == 1
    assert counted(portsmouth, completed, contact("2026-08-04"), **in_august)["MS-25.re_presented"].value == 0


def test_three_days_from_first_contact_to_first_broker_contact(portsmouth: CodeLists) -> None:
    """PORT12-49: contact 1 June, broker 4 June; a second broker contact moves nothing."""
    broker = {"type": "broker_contact", "state": "met", "person": JOHN}
    lines = counted(
        portsmouth,
        contact("2026-06-01"),
        {**broker, "occurred_at": "2026-06-04", "purpose": "introduce", "introduced_to": "aa", "accompanied": "yes",
         "attended": "yes", "evidence": "with_broker"},
        {**broker, "occurred_at": "2026-06-20"},
        {**broker, "state": "planned", "person": None, "code": "X12", "planned_for": "2026-06-25"},
    )  # fmt: skip
    assert lines["MS-16.days_to_first"].value == 3
    figures = [lines[f"MS-16{name}"].value for name in ("", ".introductions", ".accompanied", ".attended")]
    assert figures == [2, 1, 1, 1]  # the plan counts nowhere


def test_ten_exit_forms_due_and_six_done_are_60_percent(portsmouth: CodeLists) -> None:
    """PORT09-104. Left on 5 June, so in time until 19 June: six done on that day, one a day late, three never."""
    marker = {"type": "top_marker", "person": JOHN, "stage": "exit", "counts_from": "2026-06-05"}
    done = [{**marker, "done_on": "2026-06-19"}] * 6 + [{**marker, "done_on": "2026-06-20"}] + [marker] * 3
    later = [{**marker, "counts_from": "2026-06-20"}]  # in time until 4 July: not due in June
    lines = counted(portsmouth, *done, *later)
    assert (lines["MS-19.exit_due"].value, lines["MS-19.exit"].value) == (10, Decimal("60.0"))
    assert (lines["MS-19.start_due"].value, lines["MS-19.start"].value) == (0, None)


def test_some_brought_back_is_no_number_and_no_rate(portsmouth: CodeLists) -> None:
    """PORT09-113: a visit that brought "some" back counts, and nothing is estimated from it."""
    visit: dict[str, Any] = {
        "type": "nx_visit", "occurred_at": "2026-06-10", "site_type": "fixed", "person": None, "items": {"BRL_2": 10},
    }  # fmt: skip
    some = {**visit, "returns": {"share": "some"}}
    bins = {**visit, "returns": {"method": "bins", "bins": [{"bin": "BIN_1", "n": 2, "fill": 75}]}}
    none = {**visit, "returns": {"method": "none"}}
    lines = counted(portsmouth, visit, some, bins, none)
    assert (lines["MS-08"].value, lines["MS-08"].denominator) == (2, 4)
    assert (lines["MS-08.bins"].value, lines["MS-08.litres"].value) == (2, Decimal("1.5"))  # 2 of 1 litre, 75 % full
    assert (lines["MS-08.estimate"].value, lines["MS-08.rate"].value) == (None, None)
    told = counted(portsmouth, {**visit, "returns": {"method": "stated", "stated": 4}})
    assert (told["MS-08.estimate"].value, told["MS-08.rate"].value) == (4, Decimal("40.0"))  # 4 of 10


def test_attended_by_how_it_is_known(portsmouth: CodeLists) -> None:
    """P10: 10 attended, 4 with a broker, 3 as they said, 3 confirmed by the service."""
    ways = ["with_broker"] * 4 + ["person_said"] * 3 + ["service_confirmed"] * 3
    records = [
        {**referral("2026-06-01"), "events": [{"event": "attended_first", "on": "2026-06-05", "evidence": way}]}
        for way in ways
    ]
    cells = [(cell.by["evidence"], cell.value) for cell in counted(portsmouth, *records)["MS-13.attended"].cells]
    assert cells == [("person_said", 3), ("service_confirmed", 3), ("with_broker", 4)]


def test_the_records_behind_a_figure_are_as_many_as_it_counts(portsmouth: CodeLists) -> None:
    records = [{**contact("2026-06-05"), "external_id": f"c{n}", "setting": "street"} for n in range(3)]
    records += [{**contact("2026-06-06", outcome=["not_found"]), "external_id": "c9"}]
    records += [{**referral("2026-06-01", ("attended_first", "2026-06-02")), "external_id": f"r{n}"} for n in range(2)]
    facts = LineFacts.of(records, portsmouth)
    found = behind_each(LINES, facts, "2026-06-01", "2026-06-30", portsmouth)
    lines = counted(portsmouth, *records)
    assert found["MS-01.met"] == [("contact", f"c{n}") for n in range(3)]
    assert found["MS-01.attempts"] == [("contact", "c9")]
    counts: list[Definition] = [line for line in LINES if type(line.rule).__name__ == "Count"]
    assert {line.id: len(found[line.id]) for line in counts} == {line.id: lines[line.id].numerator for line in counts}
