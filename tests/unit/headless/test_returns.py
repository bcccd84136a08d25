"""A saved return on the command line: saved, listed, written with one command, forgotten; and a summary as PDF."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from broker_desktop.headless.console import Console
from broker_desktop.headless.writing import writing
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


def test_a_return_needs_a_folder_and_stands_in_place_of_a_period(desk: Desk, tmp_path: Path) -> None:
    missing = told(desk, "summary", "--save-return", "x", "--format", "pdf").json["error"]
    assert (missing["code"], missing["detail"]) == ("USE-2", "--save-return needs --folder.")
    assert told(desk, "summary", "--save-return", "x", "--format", "pdf", "--folder", str(tmp_path)).code == 0
    both = told(desk, "summary", "--return", "x", "--month", "2026-11")
    assert both.code == 2


@pytest.mark.parametrize("way", [("--return", "x"), ("--returns",), ("--drop-return", "x"), ("--save-return", "x")])
def test_what_goes_with_a_period_is_refused_beside_returns_before_the_vault_is_opened(
    tmp_path: Path, way: tuple[str, ...]
) -> None:
    said = command(tmp_path / "no vault", "summary", *way, "--tag", "PBR", "--sign-off", "--out", "f.pdf", typed=[])
    audit = command(tmp_path / "no vault", "summary", *way, "--audit", "records", typed=[])
    assert (said.code, said.json["error"]["detail"]) == (
        2, "--tag, --out, --sign-off: this goes with a period and not with saved returns.",
    )  # fmt: skip
    assert (audit.code, audit.json["error"]["detail"][:8]) == (2, "--audit:")


@pytest.mark.parametrize("wrong", [("--recipient", "commissioner"), ("--tag", "PBR"), ("--format", "csv")])
def test_an_audit_is_a_workbook_for_the_team_itself_and_for_nobody_else(tmp_path: Path, wrong: tuple[str, str]) -> None:
    asked = ("summary", "--month", "2026-11", "--audit", "records", "--out", str(tmp_path / "a.xlsx"))
    said = command(tmp_path / "no vault", *asked, *wrong, typed=[])
    assert (said.code, said.json["error"]["detail"][:43]) == (2, "An audit is a workbook for the team itself:")


def test_a_terminal_is_told_how_far_a_file_is_and_a_program_is_not() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for place, said in ((Terminal(), "\rWriting: 0 %. Ctrl+C stops it.\rWriting: 50 %. Ctrl+C stops it.\n"),
                        (io.StringIO(), "")):  # fmt: skip
        with writing(Console(io.StringIO(), io.StringIO(), place)) as tell:
            for done in (0, 1, 100, 101):
                tell(done, 200)
        assert place.getvalue() == said


def test_a_summary_is_written_as_pdf(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "october.pdf"
    said = told(desk, "summary", "--month", "2026-10", "--format", "pdf", "--out", str(file))
    assert said.code == 0
    assert file.read_bytes().startswith(b"%PDF-1.7")
