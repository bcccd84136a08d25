"""Signing a month: figures that do not move, later changes beside them, who may, and what is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NotPermitted
from broker_desktop.session import Session, Summary, month_period, to_bytes
from tests.common.vaults import Service

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


def test_another_recipient_gets_the_signed_figures_with_small_numbers_hidden(november: Session, tmp_path: Path) -> None:
    draft = november.summary(NOVEMBER, "commissioner")
    november.months.sign(NOVEMBER)
    record(november, tmp_path, contact(1), contact(2))
    outside = november.summary(NOVEMBER, "commissioner")
    assert (outside.hash, outside.state) == (draft.hash, "signed")
    assert all(one.records == () for one in outside.late)
    assert changes(outside)["MS-01.met"] == "+2 contacts"


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
