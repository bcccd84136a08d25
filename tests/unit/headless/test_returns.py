"""A saved return on the command line: saved, listed, written with one command, forgotten; and a summary as PDF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.common.locked import PASSPHRASE, lock_with
from tests.common.vaults import Desk, Service
from tests.unit.headless.test_recover import Said, command


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Service(tmp_path).found()
    lock_with(made)
    return made


def told(desk: Desk, *arguments: str) -> Said:
    return command(desk.folder, *arguments, typed=[PASSPHRASE])


def test_a_return_is_saved_listed_run_and_forgotten(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "returns"
    place.mkdir()
    saved = told(
        desk, "summary", "--save-return", "For the DAT", "--recipient", "commissioner", "--cadence", "quarter",
        "--lines", "exchange,MS-11.given", "--formats", "csv,pdf", "--folder", str(place),
    )  # fmt: skip
    assert saved.code == 0
    assert json.loads(told(desk, "summary", "--returns").out) == {
        "name": "For the DAT", "recipient": "commissioner", "cadence": "quarter", "formats": ["csv", "pdf"],
        "folder": str(place), "lines": ["exchange", "MS-11.given"],
    }  # fmt: skip
    written = told(desk, "summary", "--return", "For the DAT").json
    assert written["period"]["kind"] == "quarter"
    assert [Path(file).suffix for file in written["files"]] == [".csv", ".pdf"]
    assert all(Path(file).exists() for file in written["files"])
    assert told(desk, "summary", "--drop-return", "For the DAT").code == 0
    assert told(desk, "summary", "--returns").out == ""
    assert told(desk, "summary", "--return", "For the DAT").code == 3


def test_a_return_needs_a_folder_and_stands_in_place_of_a_period(desk: Desk) -> None:
    assert told(desk, "summary", "--save-return", "x").json["error"]["code"] == "USE-2"
    both = told(desk, "summary", "--return", "x", "--month", "2026-11")
    assert both.code == 2


def test_a_summary_is_written_as_pdf(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "october.pdf"
    said = told(desk, "summary", "--month", "2026-10", "--format", "pdf", "--out", str(file))
    assert said.code == 0
    assert file.read_bytes().startswith(b"%PDF-1.7")
