"""The sample files give the figures of expected.json on both laptops, and every bad file its stated outcome."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import BadInput
from broker_desktop.session import Session, Summary, month_period, range_period
from tests.common.vaults import Service, in_step

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
BAD = json.loads((SAMPLES / "bad" / "expected.json").read_text())
LATER = {"MS-06", "MS-06.sites", "MS-06.items"}  # tallies come with their record type


def the_set(name: str) -> dict[str, Any]:
    return next(one for one in EXPECTED["sets"] if one["set"] == name)


def summary_of(session: Session, period: dict[str, Any]) -> Summary:
    words = period["option"].split()
    made = month_period(words[1]) if words[0] == "--month" else range_period(words[1], words[3])
    return session.summary(made)


def differences(summary: Summary, lines: dict[str, Any]) -> list[str]:
    shown = {line.id: line.to_json() for line in summary.lines}
    found = []
    for line_id, expected in lines.items():
        if line_id in LATER:
            continue
        same = all(shown[line_id][name] == expected[name] for name in ("value", "unit", "numerator", "denominator"))
        if not same or ("cells" in expected and shown[line_id]["cells"] != expected["cells"]):
            found.append(line_id)
    return found


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    """Two laptops that both hold the clinical compartment."""
    service = Service(tmp_path)
    with service.found().opened() as lead:
        nurse_desk = service.join(lead, "Nia Nurse", "nurse")
        with nurse_desk.opened() as nurse:
            yield lead, nurse


def bring(session: Session, name: str) -> dict[str, int]:
    return session.import_file("mixed", SAMPLES / name).to_json()


@pytest.mark.parametrize("month", ["november", "october"])
def test_one_month_on_two_laptops_gives_the_same_figures(laptops: tuple[Session, Session], month: str) -> None:
    expected = the_set(f"portsmouth-{month}")
    for session, (name, counts) in zip(laptops, expected["import_into_an_empty_vault"].items(), strict=True):
        assert bring(session, name) == counts
    in_step(*laptops)
    for session in laptops:
        assert len(session.conflicts()) == expected["conflicts_after_both_laptops_sync"]
        assert {name: session.count(name) for name in expected["records"]} == expected["records"]
        assert session.count("person") == expected["people"]
        for period in expected["periods"]:
            assert differences(summary_of(session, period), period["lines"]) == []
    lead, nurse = laptops
    assert lead.summary(month_period("2026-11")).hash == nurse.summary(month_period("2026-11")).hash


def test_two_months_count_150_people_once(laptops: tuple[Session, Session]) -> None:
    lead, nurse = laptops
    for month in ("10", "11"):
        bring(lead, f"portsmouth-2026-{month}-a.ndjson")
        bring(nurse, f"portsmouth-2026-{month}-b.ndjson")
    in_step(lead, nurse)
    expected = next(one for one in EXPECTED["sets"] if "2026-10 --to 2026-11" in json.dumps(one["periods"]))
    for session in laptops:
        assert session.summary(range_period("2026-10", "2026-11")).line("MS-05").value == 150
        for period in expected["periods"]:
            assert differences(summary_of(session, period), period["lines"]) == []


def test_hampshires_sheets_and_its_disruption_import(tmp_path: Path) -> None:
    expected = the_set("hampshire")
    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as lead:
        ((name, counts),) = expected["import_into_an_empty_vault"].items()
        assert bring(lead, name) == counts
        assert {name: lead.count(name) for name in expected["records"]} == expected["records"]
        assert bring(lead, "hampshire-disruption.ndjson")["added"] == 1
        report = lead.records("site_report")[0].payload
        assert report["localities"] == ["test_valley", "eastleigh"]
        assert report["confidence"] == {"answer": "not_asked"}, "the file does not say; a form would have asked"
        for period in expected["periods"]:
            assert differences(summary_of(lead, period), period["lines"]) == []
        # five pharmacies sent nothing in May, one only a draft in June (44 and 48 of 49 final, MS-06.sites)
        assert len(lead.sheets.missing("2026-04")) == 0
        assert len(lead.sheets.missing("2026-05")) == 5
        june = [line.status for line in lead.sheets.month("2026-06")]
        assert (june.count("final"), june.count("draft"), june.count("")) == (48, 1, 0)


def test_a_second_import_of_the_same_file_adds_nothing(lead: Session) -> None:
    bring(lead, "portsmouth-2026-11-a.ndjson")
    before = lead.summary(month_period("2026-11")).hash
    again = bring(lead, "portsmouth-2026-11-a.ndjson")
    assert again == {"read": 527, "added": 0, "unchanged": 527, "amended": 0, "refused": 0}
    assert lead.summary(month_period("2026-11")).hash == before


@pytest.mark.parametrize("name", sorted(BAD["files"]))
def test_a_bad_file_has_its_stated_outcome(lead: Session, tmp_path: Path, name: str) -> None:
    expected = BAD["files"][name]
    path, bad_lines = SAMPLES / "bad" / name, tmp_path / "bad.ndjson"
    if expected["outcome"] == "imported":
        assert lead.import_file("mixed", path).added == expected["good_lines"]
        return
    with pytest.raises(BadInput) as caught:
        lead.import_file("mixed", path)
    assert caught.value.exit_code == 3
    assert caught.value.place.line == expected["line"]
    allowed = {expected["field"], expected.get("field_may_be", expected["field"])}
    assert caught.value.place.field in allowed
    if "nearest" in expected:
        assert expected["nearest"] in caught.value.detail
    if "other_line" in expected:
        assert f"Line {expected['other_line']}" in caught.value.detail
    assert sum(lead.count(kind.name) for kind in lead.types()) == 0
    counts = lead.import_file("mixed", path, skip_bad=bad_lines)
    assert (counts.added + counts.unchanged, counts.refused) == (expected["good_lines"], 1)
    (bad,) = [json.loads(line) for line in bad_lines.read_text().splitlines()]
    assert bad["line"] == expected["line"]
    assert bad["reason"]
