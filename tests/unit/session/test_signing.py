"""Signing a month: figures that do not move, later changes beside them, who may, and what is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import BadInput, NotPermitted
from broker_desktop.session import Session, Summary, month_period, quarter_period, to_bytes
from sync.testing import ManualClock
from tests.common.signed_elsewhere import sign_as_another_program
from tests.common.vaults import Desk, Service

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")
OCTOBER = month_period("2026-10")
HAPPENED = "2026-11-20T14:00:00+00:00"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Session]:
    service = Service(tmp_path / "another service")
    with service.found().opened() as lead, service.join(lead, "Wim Worker", "worker").opened() as session:
        yield session


@pytest.fixture
def november(lead: Session) -> Session:
    lead.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    return lead


def record(session: Session, tmp: Path, *lines: dict[str, object]) -> None:
    """Bring records in, as a laptop that was away does."""
    file = tmp / "late.ndjson"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    session.import_file("mixed", file)


def contact(number: int, **more: object) -> dict[str, object]:
    told = {"occurred_at": HAPPENED, "kind": "found_on_shift", "outcome": ["seen"], "setting": "street"}
    return {"type": "contact", "external_id": f"late-{number}", "person": None, **told, **more}


def changes(summary: Summary) -> dict[str, str]:
    return {one.line: one.change for one in summary.late}


def test_a_signed_month_keeps_its_bytes_and_lists_what_came_later(november: Session, tmp_path: Path) -> None:
    draft = november.summary(NOVEMBER)
    assert draft.state == "draft"
    signed = november.months.sign(NOVEMBER, commentary={"contacts": "The van was off the road for a week."})
    assert (signed.state, signed.issue, signed.hash, signed.lines) == ("signed", 1, draft.hash, draft.lines)
    assert (signed.late, signed.commentary) == ((), {"contacts": "The van was off the road for a week."})
    before = json.loads(to_bytes(signed, "json"))
    record(november, tmp_path, contact(1), contact(2), contact(3))  # three contacts with somebody met, nobody named
    after = november.summary(NOVEMBER)
    assert (after.hash, after.lines, after.state) == (signed.hash, signed.lines, "signed")
    told = json.loads(to_bytes(after, "json"))
    assert {**told, "late_changes": []} == before
    assert changes(after)["MS-01.met"] == "+3 contacts"
    assert changes(after)["MS-02.anonymous"] == "+3 contacts and visits"
    assert "MS-02" not in changes(after)  # nobody in particular is no individual
    (line,) = (one for one in after.late if one.line == "MS-01.met")
    assert [(one.type, one.what) for one in line.records] == [("contact", "added")] * 3
    assert (line.before, line.after) == (signed.line("MS-01.met").value, signed.line("MS-01.met").value + 3)


def test_editing_and_voiding_moves_the_late_changes_and_nothing_else(november: Session, tmp_path: Path) -> None:
    record(november, tmp_path, contact(1), contact(2))
    signed = november.months.sign(NOVEMBER)
    street = (("setting", "street"), ("kind", "found_on_shift"))
    first, second = november.records("contact", where=street, since="2026-11-20", until="2026-11-20", limit=2)
    november.amend("contact", first.id, {"outcome": ["not_found"]}, "wrong key")
    november.void("contact", second.id, "entered twice")
    after = november.summary(NOVEMBER)
    assert after.lines == signed.lines
    (line,) = (one for one in after.late if one.line == "MS-01.met")
    assert line.change == "-2 contacts"
    assert {(one.id, one.what, one.reason) for one in line.records} == {
        (first.id, "amended", "wrong key"),
        (second.id, "voided", "entered twice"),
    }
    (attempts,) = (one for one in after.late if one.line == "MS-01.attempts")
    assert attempts.change == "+1 contacts"


def test_the_merge_of_two_people_stands_beside_a_signed_month(lead: Session, tmp_path: Path) -> None:
    """110 people become 109 (requirements.md J8, step 10); here two become one."""
    record(lead, tmp_path, contact(1, person={"code": "GULL83M"}), contact(2, person={"code": "GULL38M"}))
    signed = lead.months.sign(NOVEMBER)
    assert signed.line("MS-02").value == 2
    one, other = (row.id for row in lead.records("person"))
    lead.oversight.alias(other, one, "typed the wrong way round")
    after = lead.summary(NOVEMBER)
    (line,) = (one for one in after.late if one.line == "MS-02")
    assert (line.before, line.after, line.change) == (2, 1, "-1 people")
    assert "merged" in {one.what for one in line.records}
    assert after.line("MS-02").value == 2
    assert "MS-28.merged" not in changes(after)  # all merges there are, whenever: they say nothing of November


def test_a_further_issue_is_made_only_by_choice(november: Session, tmp_path: Path) -> None:
    first = november.months.sign(NOVEMBER)
    record(november, tmp_path, contact(1))
    with pytest.raises(BadInput) as refused:
        november.months.sign(NOVEMBER)
    assert refused.value.code == "SIGN-4"
    second = november.months.sign(NOVEMBER, again=True)
    assert (second.issue, second.late) == (2, ())
    assert second.line("MS-01.met").value == first.line("MS-01.met").value + 1
    assert [(one.issue, one.hash) for one in november.months.issues(NOVEMBER)] == [(1, first.hash), (2, second.hash)]
    assert november.months.issues(OCTOBER) == []


def test_a_further_issue_stands_after_those_it_knew_whatever_the_clock_says(
    november: Session, lead_desk: Desk, tmp_path: Path
) -> None:
    """The clock goes back by an hour between the two: by the time on them the older one would stand last."""
    november.months.sign(NOVEMBER)
    record(november, tmp_path, contact(1))
    clock = lead_desk.environment.clock
    assert isinstance(clock, ManualClock)
    clock.advance(-3_600_000)
    try:
        second = november.months.sign(NOVEMBER, again=True)
    finally:
        clock.advance(3_600_000)
    assert (second.issue, second.late) == (2, ())
    assert november.summary(NOVEMBER).hash == second.hash


def test_another_recipient_gets_the_signed_figures_with_small_numbers_hidden(november: Session, tmp_path: Path) -> None:
    draft = november.summary(NOVEMBER, "commissioner")
    november.months.sign(NOVEMBER)
    record(november, tmp_path, contact(1), contact(2))
    outside = november.summary(NOVEMBER, "commissioner")
    assert (outside.hash, outside.state) == (draft.hash, "signed")
    assert all(one.records == () for one in outside.late)
    assert changes(outside)["MS-01.met"] == "+2 contacts"


def referrals(month: str, many: int) -> list[dict[str, object]]:
    told = {"type": "referral", "made_on": f"2026-{month}-10", "direction": "out", "destination": "housing"}
    return [{**told, "external_id": f"r{month}-{n}", "person": {"code": f"WREN{n:02}M"}} for n in range(many)]


def falls(summary: Summary, line: str) -> list[tuple[object, object, object]]:
    return [(one["from"], one["to"], one["change_percent"]) for one in summary.marks if one.get("line") == line]


def test_the_marks_of_a_signed_month_tell_no_recipient_a_hidden_figure(lead: Session, tmp_path: Path) -> None:
    """25 referrals in October and 3 in November, a fall by 88 % that a commissioner, who sees <5, must not be told."""
    record(lead, tmp_path, *referrals("10", 25), *referrals("11", 3))
    signed = lead.months.sign(NOVEMBER)
    assert falls(signed, "MS-13.made") == [(25, 3, -88.0)]
    assert falls(lead.summary(NOVEMBER), "MS-13.made") == [(25, 3, -88.0)]
    outside = lead.summary(NOVEMBER, "commissioner")
    assert (outside.state, outside.line("MS-13.made").hidden) == ("signed", True)
    assert falls(outside, "MS-13.made") == []


def test_a_month_signed_for_others_keeps_the_marks_of_our_own_team(lead: Session, tmp_path: Path) -> None:
    record(lead, tmp_path, *referrals("10", 25), *referrals("11", 3))
    assert falls(lead.months.sign(NOVEMBER, "commissioner"), "MS-13.made") == []
    assert falls(lead.summary(NOVEMBER), "MS-13.made") == [(25, 3, -88.0)]


def test_a_published_fall_is_that_of_the_figures_shown(lead: Session, tmp_path: Path) -> None:
    """22 and 16 fall by 27.3 %; what is published is 20 and 15, a fall by 25 %."""
    record(lead, tmp_path, *referrals("10", 22), *referrals("11", 16))
    lead.months.sign(OCTOBER)
    assert falls(lead.summary(NOVEMBER), "MS-13.made") == [(22, 16, -27.3)]
    assert falls(lead.summary(NOVEMBER, "publish"), "MS-13.made") == [(20, 15, -25.0)]


@pytest.mark.parametrize(
    "change",
    [
        lambda about, lines: lines[0].pop("numerator"),
        lambda about, lines: about["completeness"].pop("seats"),
        lambda about, lines: about.update(completeness=[]),
    ],
)
def test_an_issue_that_this_program_cannot_read_is_passed_over(november: Session, change: Any) -> None:
    signed = november.months.sign(NOVEMBER)
    sign_as_another_program(november, change)
    assert november.summary(NOVEMBER).hash == signed.hash
    assert [one.issue for one in november.months.issues(NOVEMBER)] == [1]


def test_figures_of_other_definitions_are_not_compared(november: Session, tmp_path: Path) -> None:
    november.months.sign(NOVEMBER)
    sign_as_another_program(november, lambda about, lines: about.update(definitions="1999.1"))
    record(november, tmp_path, contact(1))
    (told,) = november.summary(NOVEMBER).late
    assert (told.line, told.change, told.records) == ("", "counted by other definitions now", ())


def test_a_share_moves_by_points(lead: Session, tmp_path: Path) -> None:
    """One of two referrals in was a self-referral, then two of three: 50.0 % and 66.7 %."""
    told = {"type": "referral", "made_on": "2026-11-10", "direction": "in", "person": {"code": "WREN80M"}}
    came = [{**told, "external_id": f"in-{n}", "source": who} for n, who in enumerate(("self", "gp", "self"))]
    record(lead, tmp_path, *came[:2])
    lead.months.sign(NOVEMBER)
    record(lead, tmp_path, *came[2:])
    assert changes(lead.summary(NOVEMBER))["MS-14.self_raw"] == "+16.7 points"


def test_only_a_lead_signs_and_only_what_is_over(november: Session, worker: Session) -> None:
    with pytest.raises(NotPermitted):
        worker.months.sign(NOVEMBER)
    with pytest.raises(BadInput) as early:
        november.months.sign(month_period("2026-12"))
    assert early.value.code == "SIGN-2"
    with pytest.raises(BadInput) as heading:
        november.months.sign(NOVEMBER, commentary={"weather": "wet"})
    assert heading.value.code == "SIGN-5"
    assert november.months.issues(NOVEMBER) == []


def test_whoever_looks_behind_a_figure_is_noted(november: Session, worker: Session) -> None:
    behind = november.months.behind("MS-09", NOVEMBER)
    visits = {row.id: row.payload for row in november.records("nx_visit", since="2026-11-01", until="2026-11-30")}
    others = ("self_and_others", "others_only", "partner")
    assert {row for kind, row in behind if kind == "nx_visit"} == {
        row for row, payload in visits.items() if payload.get("collecting_for") in others
    }
    assert len(behind) == november.summary(NOVEMBER).line("MS-09").value
    noted = november.oversight.audit()[-1]
    assert (noted.action, noted.type, noted.many) == ("look_behind", "MS-09", len(behind))
    with pytest.raises(NotPermitted):
        worker.months.behind("MS-09", NOVEMBER)


def test_a_quarter_does_not_give_away_the_one_month_of_it_that_was_not_signed(lead: Session, tmp_path: Path) -> None:
    days = ["2026-07-10"] * 12 + ["2026-08-10"] * 8 + ["2026-09-10"] * 3
    record(lead, tmp_path, *(contact(at, occurred_at=f"{day}T14:00:00+00:00") for at, day in enumerate(days)))
    quarter = quarter_period("2026-Q3")

    def met() -> int | None:
        return next(line.numerator for line in lead.summary(quarter, "commissioner").lines if line.id == "MS-01.met")

    assert met() == 23
    for month in ("2026-07", "2026-08"):
        lead.months.sign(month_period(month))
    assert met() is None  # 23 less the 12 and the 8 that were handed out would be the 3 of September
