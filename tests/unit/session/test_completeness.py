"""What is missing from a month: worked out by hand, the same in every format, kept as signed, without a name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from broker_desktop import assets
from broker_desktop.records.tally_rules import sheet_sites
from broker_desktop.session import Session, Summary, month_period, range_period, to_bytes
from broker_desktop.session.exports import Beside
from broker_desktop.session.exports.workbook import about
from tests.common.office import text_of_paper
from tests.common.vaults import Desk, Service, in_step

NOVEMBER = month_period("2026-11")
NOT_ASKED = {"answer": "not_asked"}
SCHEMA = Draft202012Validator(json.loads(assets.asset_text("schemas", "summary.json")))


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path / "service")


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found()


@pytest.fixture
def worker(service: Service, lead: Session) -> Iterator[Session]:
    with service.join(lead, "Wim Worker", "worker").opened() as session:
        yield session


def bring_in(session: Session, tmp: Path, *lines: dict[str, Any]) -> None:
    file = tmp / "lines.ndjson"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    session.import_file("mixed", file)


def contact(day: str, **more: Any) -> dict[str, Any]:
    told = {"occurred_at": f"{day}T14:00:00+00:00", "kind": "found_on_shift", "outcome": ["seen"], "setting": "street"}
    return {"type": "contact", "external_id": f"c-{day}", "person": None, **told, **more}


def visit(day: str, **more: Any) -> dict[str, Any]:
    told = {"occurred_at": f"{day}T18:00:00+00:00", "site_type": "mobile", "items": {"CITRIC": 1}}
    return {"type": "nx_visit", "external_id": f"v-{day}", "person": None, **told, **more}


def as_json(summary: Summary) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(to_bytes(summary, "json"))
    assert list(SCHEMA.iter_errors(told)) == []
    return told


def in_csv(summary: Summary) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(to_bytes(summary, "csv").decode()))
    return {row["title"]: row["value"] for row in rows if row["line"] == "completeness"}


def in_workbook(summary: Summary) -> dict[str, Any]:
    book = openpyxl.load_workbook(io.BytesIO(to_bytes(summary, "xlsx")))
    return {str(row[0]): row[1] for row in book["About"].iter_rows(values_only=True)}


def test_answers_and_days_are_those_a_person_works_out(lead: Session, tmp_path: Path) -> None:
    """Forms must ask of a contact its setting and outcome, of a visit its kind of site: 2 + 2 + 1 + 1, two missing.

    All were written down on 2 December: after 12, 7, 4 and 2 days; the median is 5.5, 95 of 100 need the longest.
    """
    bring_in(lead, tmp_path, contact("2026-11-20"), contact("2026-11-25", setting=NOT_ASKED), visit("2026-11-28"),
             visit("2026-11-30", site_type=NOT_ASKED))  # fmt: skip
    made = lead.summary(NOVEMBER)
    told = as_json(made)["completeness"]
    assert told["answers"] == {"asked": 6, "missing": 2, "missing_percent": 33.3}
    assert told["lag"] == {
        "measured": "day_of_event_to_day_written_down", "records": 4, "median_days": 5.5, "days_of_95": 12,
    }  # fmt: skip
    assert told["lag_to_sync"] == {
        "measured": "day_written_down_to_day_at_server", "records": 0, "median_days": None, "days_of_95": None,
        "not_told": 4,
    }  # fmt: skip
    assert (told["sites_missing"], told["waiting"]) == ([], {"in_conflict": 0, "set_aside": 0})
    for found in (in_csv(made), {name: str(value) for name, value in in_workbook(made).items()}):
        assert (str(found["answers missing"]), str(found["answers missing, percent"])) == ("2", "33.3")
        assert str(found["days until written down, median"]) == "5.5"
        assert str(found["days within which 95 of 100 were written down"]) == "12"
        assert str(found["records of which it is not known yet when they reached the server"]) == "4"
    path = tmp_path / "november.pdf"
    path.write_bytes(to_bytes(made, "pdf"))
    text = text_of_paper(path)
    assert "2 of 6 answers that a form must ask for are missing (33.3 %)." in text
    assert "Half of the records were written down within 5.5 days, 95 of 100 within 12" in text
    assert "It is not known yet when 4 records reached the server." in text


def test_a_signed_month_keeps_what_was_missing_and_says_what_has_come_since(lead: Session, worker: Session) -> None:
    signed = lead.months.sign(NOVEMBER)
    assert [one.last for one in signed.completeness.not_heard_from] == [None]
    assert signed.completeness_now is None  # nothing has come yet
    before = as_json(signed)
    assert "completeness_now" not in before
    worker.save("nx_visit", {name: value for name, value in visit("2026-12-01").items() if name != "type"})
    in_step(worker, lead)
    later = lead.summary(NOVEMBER)
    after = as_json(later)
    assert after["completeness"] == before["completeness"]
    assert len(after["completeness"]["not_heard_from"]) == 1
    assert after["completeness_now"]["not_heard_from"] == []
    for found in (in_csv(later), in_workbook(later)):
        assert str(found["laptops not heard from since"]) == "1"
        assert str(found["by now: laptops not heard from since"]) == "0"


@pytest.mark.parametrize("recipient", ["internal", "commissioner", "publish"])
def test_no_file_names_a_colleague(lead: Session, worker: Session, tmp_path: Path, recipient: str) -> None:
    made = lead.summary(NOVEMBER, recipient)
    (silent,) = made.completeness.not_heard_from
    path = tmp_path / "november.pdf"
    path.write_bytes(to_bytes(made, "pdf"))
    texts = [to_bytes(made, "json").decode(), to_bytes(made, "csv").decode(), str(in_workbook(made)),
             text_of_paper(path)]  # fmt: skip
    assert [text for text in texts if "Wim" in text or "Lee Lead" in text] == []
    assert in_csv(made)[f"laptop {silent.seat} last heard from"] == "never"


def test_records_with_two_values_are_counted_until_somebody_chooses(lead: Session, worker: Session) -> None:
    for session, band in ((lead, "25_34"), (worker, "35_44")):
        session.save("person", {"identity_level": "code", "code": "JOHN80M", "age_band": band})
    in_step(lead, worker)
    assert lead.summary(NOVEMBER).completeness.in_conflict == 1
    (conflict,) = lead.conflicts()
    lead.resolve(conflict.id, 1)
    assert lead.summary(NOVEMBER).completeness.in_conflict == 0


def test_a_disruption_names_the_falling_lines_beside_which_it_stands(lead: Session, tmp_path: Path) -> None:
    """25 referrals in October and 3 in November: a fall that a commissioner, who sees <5, is not told of."""
    told = {"type": "referral", "direction": "out", "destination": "housing"}
    bring_in(lead, tmp_path, *(
        {**told, "made_on": f"2026-{month}-10", "external_id": f"r{month}-{n}", "person": {"code": f"WREN{n:02}M"}}
        for month, many in (("10", 25), ("11", 3)) for n in range(many)
    ))  # fmt: skip
    record = lead.save(
        "site_report",
        {"kind": "service_disruption", "occurred_at": "2026-11-10", "until": "2026-11-14", "source": "police",
         "localities": ["portsmouth"], "reason": "staff", "confidence": "confirmed"},
    ).id  # fmt: skip
    (inside,) = as_json(lead.summary(NOVEMBER))["completeness"]["disruptions"]
    assert (inside["record"], inside["from"], inside["until"]) == (record, "2026-11-10", "2026-11-14")
    assert "MS-13.made" in inside["lines"]
    (outside,) = as_json(lead.summary(NOVEMBER, "commissioner"))["completeness"]["disruptions"]
    assert "MS-13.made" not in outside["lines"]


def test_sites_without_a_sheet_are_named_once_with_their_months(tmp_path: Path) -> None:
    """Of Hampshire's sites the first sent October of two months, the second sent both, all others sent neither."""
    with Service(tmp_path / "hampshire", pack="hampshire-homer-2010").found().opened() as lead:
        first, second, third, *_ = sheet_sites(lead.codes)
        sheets = [("2026-10", first), ("2026-10", second), ("2026-11", second)]
        bring_in(lead, tmp_path, *(
            {"type": "nx_tally", "month": month, "site": site, "status": "final", "commissioned_by": "daat",
             "source": "paper", "transactions": 10, "external_id": f"{site}-{month}"} for month, site in sheets
        ))  # fmt: skip
        made = lead.summary(range_period("2026-10", "2026-11"))
        rows = [said for name, said in about(made, Beside()) if name == "site without a sheet"]
        assert (rows[0], rows[-1]) == (third, f"{first} (2026-11)")  # by month, as they are missing first
        assert len(rows) == len(sheet_sites(lead.codes)) - 1
        told = as_json(made)["completeness"]
        assert (told["sites_reported"], len(told["sites_missing"])) == (3, told["sites_expected"] - 3)
        named = [said for name, said in about(made, Beside(codes=lead.codes)) if name == "site without a sheet"]
        assert lead.codes.label("place", third) in named
