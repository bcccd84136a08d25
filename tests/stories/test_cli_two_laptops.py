"""A lead makes a team, a nurse joins, both import a month without a network, and after a sync both give one summary."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.processes import ServedHub
from tests.stories.processes import Desktop, operator_token

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())


@pytest.fixture
def hub_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def hub(tmp_path: Path, hub_url: str) -> Iterator[ServedHub]:
    served = ServedHub(hub_url, tmp_path / "ready.json")
    yield served
    if served.process.poll() is None:
        served.stop()


def test_from_an_empty_folder_to_the_same_month_on_two_laptops(tmp_path: Path, hub: ServedHub, hub_url: str) -> None:
    lead, nurse = Desktop(tmp_path / "lead"), Desktop(tmp_path / "nurse")
    team = lead.create_team(hub, operator_token(hub_url)).json()
    assert len(team["check_words"]) == 5
    kit = tmp_path / "lead" / "kit.txt"
    assert (kit.stat().st_mode & 0o777, sum(len(line.split()) == 24 for line in kit.read_text().splitlines())) == (
        0o600,
        2,
    )

    code = lead("invite", "--person", "Nia Nurse", "--role", "nurse").json()["code"]
    joined = nurse("join", "--code", code).json()
    assert nurse("sync").json()["pulled"] == 0
    refused = lead("approve", joined["seat"], "--words", "these are not the words")
    assert (refused.code, refused.json()["error"]["code"]) == (3, "TEAM-WORDS")
    assert lead("approve", joined["seat"], "--words", " ".join(joined["check_words"])).code == 0
    assert nurse("sync").code == 0
    assert {one["person"] for one in nurse("seats").lines()} == {"Lee Lead", "Nia Nurse"}

    expected = next(one for one in EXPECTED["sets"] if one["set"] == "portsmouth-november")
    for desktop, (name, counts) in zip((lead, nurse), expected["import_into_an_empty_vault"].items(), strict=True):
        assert desktop("record", "import", "mixed", "--file", str(SAMPLES / name)).json() == counts
    for desktop in (lead, nurse, lead, nurse):
        assert desktop("sync").code == 0
    assert lead("sync").json()["conflicts"] == 1

    summaries = [desktop("summary", "--month", "2026-11").json() for desktop in (lead, nurse)]
    assert summaries[0]["lines"] == summaries[1]["lines"]
    assert summaries[0]["hash"] == summaries[1]["hash"]
    values = {line["id"]: line["value"] for line in summaries[0]["lines"]}
    wanted = expected["periods"][0]["lines"]
    assert {line_id: values[line_id] for line_id in wanted} == {
        line_id: one["value"] for line_id, one in wanted.items()
    }

    (conflict,) = lead("conflicts").lines()
    assert lead("conflicts", "--resolve", conflict["id"], "--choose", "1").code == 0
    checks = [desktop("check").json() for desktop in (lead, nurse)]
    assert {finding["code"] for finding in checks[0]["findings"]} >= {"kit_file", "single_lead", "unsent", "broker_now"}
    for desktop in (lead, nurse, lead):
        desktop("sync")
    hashes = [desktop("check").json()["state_hash"] for desktop in (lead, nurse)]
    assert hashes[1] == {comp: hashes[0][comp] for comp in ("common", "general", "clinical")}
    assert nurse("conflicts").out == ""


def test_one_record_from_birth_to_void(tmp_path: Path, hub: ServedHub, hub_url: str) -> None:
    lead = Desktop(tmp_path / "lead")
    lead.create_team(hub, operator_token(hub_url))
    visit = {
        "occurred_at": "2026-12-01T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
        "collecting_for": "self", "person": {"code": "john 80 m"}, "note": "by the lantern",
    }  # fmt: skip
    record = lead("record", "add", "nx_visit", "--data", "-", stdin=json.dumps(visit)).json()["id"]
    (listed,) = lead("record", "list", "nx_visit", "--where", "person.code=JOHN80M", "--since", "2026-12-01").lines()
    assert (listed["id"], listed["custody"], listed["note"]) == (record, "laptop", "by the lantern")
    assert {"recorded_at", "recorded_by"} <= set(listed)
    assert [one["id"] for one in lead("search", "lantern").lines()] == [record]
    assert lead("record", "amend", "nx_visit", record, "--data", '{"note": null}', "--reason", "not needed").code == 0
    shown = lead("record", "show", "nx_visit", record).json()
    assert "note" not in shown
    assert [(one["field"], one["old"], one["reason"]) for one in shown["corrections"]] == [
        ("note", "by the lantern", "not needed")
    ]
    assert lead("record", "void", "nx_visit", record, "--reason", "entered twice").code == 0
    assert lead("record", "list", "nx_visit").out == ""
    assert lead("record", "show", "nx_visit", record).json()["voided"] == {"reason": "entered twice"}
    assert lead("sync").json()["unsent"] == 0
    assert lead("rebuild").code == 0
    out = tmp_path / "month.xlsx"
    assert (
        lead("summary", "--month", "2026-12", "--recipient", "commissioner", "--format", "xlsx", "--out", str(out)).code
        == 0
    )
    assert out.read_bytes().startswith(b"PK")
    assert lead("summary", "--fiscal", "2026/27-Q3", "--format", "csv").out.startswith("line,title,by,value")
