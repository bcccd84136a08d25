"""A signed month after five hundred late changes: the same bytes, and beside them the changes, worked out by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from broker_desktop.session import Session, Summary, month_period, to_bytes
from broker_desktop.session.late_changes import LateChange

NOVEMBER = month_period("2026-11")
HAPPENED = "2026-11-20T14:00:00+00:00"
ITEM = "SYR_FX_1_29"


def contacts(name: str, many: int) -> Iterable[dict[str, object]]:
    """Give contacts with somebody met in the street, nobody named."""
    told = {"occurred_at": HAPPENED, "kind": "found_on_shift", "outcome": ["seen"], "setting": "street", "person": None}
    return ({"type": "contact", "external_id": f"{name}-{n}", **told} for n in range(many))


def visits(name: str, many: int, people: int) -> Iterable[dict[str, object]]:
    """Give visits of ten syringes each, by so many people in turn."""
    told = {"occurred_at": HAPPENED, "site_type": "mobile", "items": {ITEM: 10}}
    return (
        {"type": "nx_visit", "external_id": f"{name}-{n}", "person": {"code": f"{name}{n % people:02}M"}, **told}
        for n in range(many)
    )


def bring(session: Session, folder: Path, *records: Iterable[dict[str, object]]) -> None:
    file = folder / "records.ndjson"
    file.write_text("\n".join(json.dumps(line) for part in records for line in part), encoding="utf-8")
    session.import_file("mixed", file)


def change_five_hundred(session: Session, folder: Path) -> dict[str, set[str]]:
    """Add 200, amend 150, take out 100, erase 50; give the ids of those amended and taken out."""
    known = {kind: session.records(kind, limit=1000) for kind in ("contact", "nx_visit")}
    first = sorted(known["contact"], key=lambda row: int(str(row.payload["external_id"]).rpartition("-")[2]))
    second = sorted(known["nx_visit"], key=lambda row: int(str(row.payload["external_id"]).rpartition("-")[2]) % 50)
    bring(session, folder, contacts("late", 120), visits("WREN", 80, 10))
    for row in first[:100]:
        session.amend("contact", row.id, {"outcome": ["not_found"]}, "wrong key")
    for row in second[:50]:  # both visits of the first 25 people
        session.amend("nx_visit", row.id, {"items": {ITEM: 12}}, "counted again")
    for row in first[100:160]:
        session.void("contact", row.id, "entered twice")
    for row in second[50:90]:  # both visits of the next 20 people
        session.void("nx_visit", row.id, "entered twice")
    for row in first[160:210]:
        session.oversight.erase("contact", row.id, "mistake")
    return {
        "amended": {row.id for row in (*first[:100], *second[:50])},
        "voided": {row.id for row in (*first[100:160], *second[50:90])},
    }


def whats(change: LateChange) -> dict[str, int]:
    return dict(Counter(one.what for one in change.records))


def in_files(summary: Summary) -> list[bytes]:
    return [to_bytes(summary, form) for form in ("json", "csv")]


def test_a_month_signed_before_500_late_changes_gives_its_bytes_and_lists_them(lead: Session, tmp_path: Path) -> None:
    """400 contacts and 100 visits of 50 people, two each, are signed.

    Contacts met: 400 - 100 whose outcome is another one - 60 taken out - 50 erased + 120 new = 310, by 90 fewer; the
    100 are attempts now. Visits: 100 - 40 + 80 = 140. People at the exchange: 50 - 20 whose two visits are gone + 10
    new = 40. Syringes: 1,000 before; 50 visits of 12, 10 of 10 and 80 new ones of 10 are 1,500. Of an erased record
    nobody can say any more of which type it was, so it stands beside every line that changed.
    """
    bring(lead, tmp_path, contacts("early", 400), visits("GULL", 100, 50))
    lead.months.sign(NOVEMBER, commentary={"contacts": "A quiet month."})
    recipients = ("internal", "commissioner", "publish")
    signed = {one: lead.summary(NOVEMBER, one) for one in recipients}
    changed = change_five_hundred(lead, tmp_path)
    for one in recipients:
        after = lead.summary(NOVEMBER, one)
        assert after.late
        assert in_files(replace(after, late=())) == in_files(signed[one]), one
        assert to_bytes(after, "csv") == to_bytes(signed[one], "csv"), one
    late = {one.line: one for one in lead.summary(NOVEMBER).late}
    told = {name: (one.before, one.after, one.change, whats(one)) for name, one in late.items()}
    of_contacts = {"added": 120, "amended": 100, "voided": 60, "erased": 50}
    of_visits = {"added": 80, "amended": 50, "voided": 40, "erased": 50}
    assert told["MS-01.met"] == (400, 310, "-90 contacts", of_contacts)
    assert told["MS-01.attempts"] == (0, 100, "+100 contacts", {"amended": 100, "voided": 60, "erased": 50})
    assert told["MS-04"] == (100, 140, "+40 visits", of_visits)
    assert told["MS-05"] == (50, 40, "-10 people", of_visits)
    assert told["MS-07.syringes_out"][:2] == (1000, 1500)
    every = {(record.id, record.what, record.reason) for change in late.values() for record in change.records}
    assert {row for row, what, _ in every if what == "amended"} == changed["amended"]
    assert {row for row, what, _ in every if what == "voided"} == changed["voided"]
    assert len([row for row, what, _ in every if what == "added"]) == 200
    assert {(what, reason) for _, what, reason in every} == {
        ("added", ""), ("amended", "wrong key"), ("amended", "counted again"), ("voided", "entered twice"),
        ("erased", ""),
    }  # fmt: skip
