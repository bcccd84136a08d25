"""Two laptops bring in their months with `record import mixed`, sync, and give every stated line and cell alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.common.programs import AFTER_THE_SAMPLES, Laptop, Server, Team
from tests.common.standing import standing

SAMPLES = Path(__file__).parents[1] / "samples"
SETS: dict[str, dict[str, Any]] = {
    one["set"]: one for one in json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))["sets"]
}
BAD: dict[str, dict[str, Any]] = json.loads((SAMPLES / "bad" / "expected.json").read_text(encoding="utf-8"))["files"]
"""Lines whose record type comes later."""
FIGURES = {
    "MS-05": 110,
    "MS-04": 250,
    "MS-04.not_attributable": 15,
    "MS-01.open_access": 400,
    "MS-15.assess_or_refer": 44,
}
"""The figures that are promised by name."""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead and a nurse, who both hold clinical; the program's clock is that of the samples."""
    folder = tmp_path_factory.mktemp("samples")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server, now=AFTER_THE_SAMPLES)
        team.join("Nora Birch", "nurse")
        yield team


def bring(laptop: Laptop, name: str) -> Any:
    """Import a sample; give its counts."""
    return laptop.good("record", "import", "mixed", "--file", str(SAMPLES / name)).json


def in_step(team: Team) -> None:
    """Sync both until neither has anything new."""
    for laptop in (*team.laptops, *team.laptops):
        report = laptop.within("sync").json
    assert (report["unsent"], report["quarantined"]) == (0, 0)


def stated(lines: dict[str, Any]) -> dict[str, Any]:
    """Give the stated lines without the reasons in words."""
    return {name: {part: one[part] for part in one if part != "why"} for name, one in lines.items()}


def shown(summary: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Give of a summary what is stated: for each line its value, unit, parts and cells."""
    lines = {line["id"]: line for line in summary["lines"]}
    assert set(wanted) <= set(lines)
    return {name: {part: lines[name].get(part) for part in wanted[name]} for name in wanted}


def gives_the_stated_figures(team: Team, name: str) -> None:
    """Compare every line and cell of every stated period on both laptops."""
    for period in SETS[name]["periods"]:
        wanted = stated(period["lines"])
        summaries = [laptop.within("summary", *period["option"].split()).json for laptop in team.laptops]
        assert summaries[0]["hash"] == summaries[1]["hash"]
        for summary in summaries:
            assert shown(summary, wanted) == wanted
            assert summary["period"]["from"] == period["from"]
            assert summary["period"]["to"] == period["to"]


def test_november_then_both_months(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_NOW", AFTER_THE_SAMPLES)
    november, both = SETS["portsmouth-november"], SETS["portsmouth-both"]
    for laptop, (name, counts) in zip(team.laptops, november["import_into_an_empty_vault"].items(), strict=True):
        assert bring(laptop, name) == counts
        again = {"read": counts["read"], "added": 0, "unchanged": counts["read"], "amended": 0, "refused": 0}
        assert bring(laptop, name) == again
    in_step(team)
    assert [len(laptop.within("conflicts").lines) for laptop in team.laptops] == [1, 1]
    lines = {line["id"]: line["value"] for line in team.lead.good("summary", "--month", "2026-11").json["lines"]}
    assert {name: lines[name] for name in FIGURES} == FIGURES
    gives_the_stated_figures(team, "portsmouth-november")
    for laptop, name in zip(team.laptops, ("portsmouth-2026-10-a.ndjson", "portsmouth-2026-10-b.ndjson"), strict=True):
        bring(laptop, name)
    in_step(team)
    gives_the_stated_figures(team, "portsmouth-both")
    months = ("--from", "2026-10", "--to", "2026-11")
    lines = {line["id"]: line["value"] for line in team.laptops[1].good("summary", *months).json["lines"]}
    assert lines["MS-05"] == 150
    assert {name: len(team.lead.within("record", "list", name).lines) for name in both["records"]} == both["records"]


def test_every_bad_file_ends_as_it_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_NOW", AFTER_THE_SAMPLES)
    with Server(tmp_path / "server") as server:
        laptop = Team.founded(tmp_path, server, now=AFTER_THE_SAMPLES).lead
    empty = standing(laptop)
    assert {count for _, count in empty.records} == {0}
    for name, wanted in BAD.items():
        file = str(SAMPLES / "bad" / name)
        good = wanted["line"] is None
        ended = laptop.within("record", "import", "mixed", "--file", file, *(("--dry-run",) if good else ()))
        assert ended.code == wanted["exit_code"], name
        if good:
            assert ended.json["added"] == wanted["good_lines"]
            continue
        error = ended.error
        assert (error["line"], error["your_data"]) == (wanted["line"], "safe"), name
        assert error.get("field") in {wanted["field"], wanted.get("field_may_be", wanted["field"])}, name
        assert wanted.get("nearest", "") in error["detail"], name
        assert standing(laptop) == empty, name
