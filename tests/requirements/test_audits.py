"""Samples for audits: reproducible, of the subject asked for, and the sheet that records fill and people finish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from broker_desktop.errors import BadInput, NotPermitted, UsageError
from broker_desktop.session import Session, month_period, range_period, snapshot_period
from tests.common.examples import example
from tests.common.lines import contact, referral, visit
from tests.common.vaults import Service

NOVEMBER = month_period("2026-11")
RECORDS: list[dict[str, Any]] = [
    *(contact(setting="street", occurred_at=f"2026-11-{day:02}") for day in range(1, 21)),
    *(visit(items={"CITRIC": 1}, offers={"bbv": "offered"}) for _ in range(10)),
    contact(setting="street", occurred_at="2026-10-31"),
    {"type": "directory_entry", "kind": "agency", "name": "Queen Alexandra", "sector": "acute_care"},
    referral(destination="gp", agency={"external_id": "a33"}),
    referral(destination="hospital_liver"), referral(destination="housing"),
    {"type": "support_intervention", "started_on": "2026-11-05", "domain": "employment", "person": {"code": "JOHN80M"}},
    {"type": "support_intervention", "started_on": "2026-11-05", "domain": "housing", "person": {"code": "JOHN80M"}},
]  # fmt: skip
"""In November 20 contacts, 10 visits and 3 referrals: 33 records whose answers are looked at."""


def bring_in(session: Session, folder: Path) -> None:
    file = folder / "lines.ndjson"
    told = [{**one, "external_id": f"a{n + 2}"} for n, one in enumerate(RECORDS)]
    file.write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    assert session.import_file("mixed", file).added == len(RECORDS)


def sheet(path: Path, name: str) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path)[name].iter_rows(values_only=True)]


def test_audits_of_a_month(tmp_path: Path) -> None:
    with Service(tmp_path, pack="birmingham-cri-2015").found().opened() as lead:
        bring_in(lead, tmp_path)
        lead.save("safeguarding_concern", example("safeguarding_concern"))
        path, months = tmp_path / "audit.xlsx", lead.months
        first = months.audit(NOVEMBER, "records", path, many=12)
        # HAMP10-232: the same month and team draw the same records, another number draws others.
        assert months.audit(NOVEMBER, "records", path, many=12) == first
        assert (first.of, len({one.id for one in first.records})) == (33, 12)
        assert months.audit(NOVEMBER, "records", path, many=12, number=2).records != first.records
        assert months.audit(NOVEMBER, "records", path, many=5).records == first.records[:5]
        everything = months.audit(NOVEMBER, "records", path, many=100)
        assert len(everything.records) == 33
        asked = [one for one in everything.records if one.type == "contact"]
        assert {(one.asked, one.missing) for one in asked} == {(2, ())}
        # BIRM15-126: three extracts, for any dates.
        both = range_period("2026-10", "2026-11")
        found = {subject: months.audit(both, subject, path).of for subject in ("safeguarding", "acute", "employment")}
        assert found == {"safeguarding": 1, "acute": 2, "employment": 1}
        assert months.audit(month_period("2026-10"), "acute", path).records == ()
        noted = [(one.action, one.type, one.many) for one in lead.oversight.audit()]
        assert ("audit_sample", "safeguarding", 1) in noted
        with pytest.raises(BadInput):
            months.audit(NOVEMBER, "records", path, many=0)
        with pytest.raises(UsageError) as refused:
            months.audit(snapshot_period("2026-11-05", 14), "records", path)
        assert refused.value.detail == "An audit is of a month or longer."


def test_the_sheet_fills_what_records_say_and_leaves_policy_to_people(tmp_path: Path) -> None:
    """PORT09-004, HAMP10-002: 10 offers of a test are anonymous visits, so none counts; 10 visits at a fixed site."""
    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as lead:
        bring_in(lead, tmp_path)
        # HAMP10-146: both destinations without a name stand among what the pack leaves open.
        waiting = [gap for gap in lead.packs.state().gaps if gap.endswith("(name to be given)")]
        assert waiting == [f"Supporting People project {n} (name to be given)" for n in (1, 2)]
        path = tmp_path / "audit.xlsx"
        lead.months.audit(NOVEMBER, "records", path, many=3)
        rows = sheet(path, "Harm reduction")[1:]
        activity = {question: answer for part, question, answer in rows if part != "Policy"}
        assert (activity["Days on which a session was held"], activity["BBV tests offered"]) == (0, 0)
        sites = {question: answer for question, answer in activity.items() if question.startswith("Sites: ")}
        assert sites["Sites: fixed"] == 7
        assert [answer for part, _, answer in rows if part == "Policy"] == [None] * 6
        head, *drawn = sheet(path, "Sample")
        assert len(drawn) == 3
        assert {tuple(row[head.index("looked at by") :]) for row in drawn} == {(None, None, None)}
        assert not {"JOHN80M"} & {str(cell) for row in drawn for cell in row}


def test_others_draw_nothing(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead:
        desk = service.join(lead, "Wim", "worker")
        # A lead reads all that the four subjects are about; a worker is offered none.
        assert lead.months.audits == ("records", "safeguarding", "acute", "employment")
    with desk.opened() as worker:
        assert worker.months.audits == ()
        with pytest.raises(NotPermitted):
            worker.months.audit(NOVEMBER, "records", tmp_path / "audit.xlsx")
