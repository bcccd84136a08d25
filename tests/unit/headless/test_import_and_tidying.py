"""Bringing in by a mapping, re-coding and printed tables on the command line."""

import json
from pathlib import Path

import pytest

from tests.common.locked import PASSPHRASE, lock_with
from tests.common.vaults import Desk, Service
from tests.unit.headless.test_recover import Said, command

MAP = """
mapping: 1
key: Ref
constants: {kind: drop_in, setting: squat_tent_car_park, outcome: [seen], person: null}
columns:
  Date: {field: occurred_at, date: DD/MM/YYYY}
  Drug: {field: substances, otherwise: other}
"""
REFERENCE = Path(__file__).parents[3] / "resources" / "reference"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Service(tmp_path).found()
    lock_with(made)
    return made


def told(desk: Desk, *arguments: str) -> Said:
    return command(desk.folder, *arguments, typed=[PASSPHRASE])


def test_a_list_comes_in_and_its_words_get_codes(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "visits.csv").write_text(
        "Ref;Date;Drug\n1;05/11/2026;mephadrone\n2;06/11/2026;glue\n3;31/11/2026;crack\n"
    )
    bring = ("record", "import", "contact", "--file", str(tmp_path / "visits.csv"), "--map", str(tmp_path / "map.yaml"))
    report = str(tmp_path / "report.json")
    assert told(desk, *bring, "--dry-run", "--report", report).json == {
        "read": 3, "added": 2, "unchanged": 0, "amended": 0, "refused": 1,
    }  # fmt: skip
    assert json.loads(Path(report).read_text())["share"] == "33.3"
    stopped = told(desk, *bring)
    assert (stopped.code, stopped.json["error"]["code"]) == (3, "IMPORT-3")
    assert "1 of 3 rows cannot be stored (33.3 %)" in stopped.json["error"]["detail"]
    assert "row 4, column Date" in stopped.err
    assert told(desk, *bring, "--skip-bad", str(tmp_path / "bad")).json["added"] == 2
    assert told(desk, *bring, "--skip-bad", str(tmp_path / "bad")).json["added"] == 0

    words = [json.loads(line) for line in told(desk, "recode", "list").out.splitlines()]
    assert {(one["words"], one["suggestion"]) for one in words} == {("mephadrone", "mephedrone"), ("glue", None)}
    give = ("--words", "mephadrone", "--code", "mephedrone", "--reason", "pack of March")
    made = told(desk, "recode", "apply", "contact", "substances", *give).json
    assert made["count"] == 1
    assert told(desk, "recode", "undo", made["mark"]).json["count"] == 1
    assert json.loads(told(desk, "recode", "done").out)["standing"] == 0


def test_a_suggested_mapping_is_a_mapping(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Code,Sex\nJOHN80M,Male\n")
    made = told(desk, "record", "mapping", "person", "--file", str(tmp_path / "people.csv"))
    assert json.loads(made.out)["columns"] == {
        "Code": {"field": "code"}, "Sex": {"field": "sex", "values": {"Male": "male"}},
    }  # fmt: skip


def test_a_printed_table_is_kept_and_checked(desk: Desk) -> None:
    kept = told(desk, "reference", "import", "--file", str(REFERENCE / "hampshire-demand.yaml"))
    assert len(kept.json["differing"]) == 11
    assert "East, Gosport, Total: 525 printed, 526 by the cells" in kept.err
    assert json.loads(told(desk, "reference", "check", kept.json["id"]).out) == kept.json
    assert json.loads(told(desk, "reference", "list").out)["checked"] == 23
