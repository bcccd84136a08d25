"""A lead makes a team by the commands, somebody joins with a code and five words, and one record lives its life."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.headless import run
from sync.hub.embedded import RunningHub, serve_in_thread

PASSPHRASE = "glove amber canal tiger plaza"


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def command(vault: Path, *arguments: str, stdin: str = "") -> Said:
    """Do one command; the passphrase is the first line of standard input, what follows it the second part."""
    out, err = io.StringIO(), io.StringIO()
    words = [*arguments, "--vault", str(vault), "--json"]
    code = run(words, io.StringIO(f"{PASSPHRASE}\n{stdin}"), out, err)
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    monkeypatch.setenv("BROKER_NOW", "2026-12-02T09:00:00+00:00")
    with serve_in_thread(f"sqlite:///{tmp_path / 'hub.db'}") as running:
        yield running


def create_team(hub: RunningHub, vault: Path, kit: Path) -> Said:
    named = ("--name", "Harbour", "--person", "Lee Lead", "--pack", "portsmouth-2009-10", "--kit-file", str(kit))
    return command(vault, "team", "create", "--hub", hub.url, "--token", hub.hub.issue_token(), *named)


def test_a_team_of_two_is_made_and_a_record_lives_its_life(hub: RunningHub, tmp_path: Path) -> None:
    lead, nurse, kit = tmp_path / "lead", tmp_path / "nurse", tmp_path / "kit.txt"
    team = create_team(hub, lead, kit).json
    assert len(team["check_words"]) == 5
    halves = [line for line in kit.read_text().splitlines() if len(line.split()) == 24]
    assert (kit.stat().st_mode & 0o777, len(halves)) == (0o600, 2)

    code = command(lead, "invite", "--person", "Nia Nurse", "--role", "nurse").json["code"]
    joined = command(nurse, "join", "--code", code).json
    assert command(nurse, "sync").json["pulled"] == 0
    other = command(lead, "approve", joined["seat"], "--words", "these are not the words")
    assert (other.code, other.json["error"]["code"]) == (3, "TEAM-WORDS")
    assert command(lead, "approve", joined["seat"], "--words", " ".join(joined["check_words"])).code == 0
    assert command(nurse, "sync").code == 0
    assert {one["person"]: one["role"] for one in command(nurse, "seats").lines} == {
        "Lee Lead": "lead",
        "Nia Nurse": "nurse",
    }

    visit = {
        "occurred_at": "2026-12-01T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
        "collecting_for": "self", "person": {"code": "john 80 m"}, "note": "by the lantern",
    }  # fmt: skip
    record = command(lead, "record", "add", "nx_visit", "--data", "-", stdin=json.dumps(visit)).json["id"]
    command(lead, "sync")
    command(nurse, "sync")
    (listed,) = command(nurse, "record", "list", "nx_visit", "--where", "person.code=JOHN80M").lines
    assert (listed["id"], listed["note"], listed["recorded_by"]) == (record, "by the lantern", team["seat"])
    assert [one["id"] for one in command(nurse, "search", "lantern").lines] == [record]
    amended = command(
        nurse, "record", "amend", "nx_visit", record, "--data", '{"note": null}', "--reason", "not needed"
    )  # fmt: skip
    assert amended.code == 0
    command(nurse, "sync")
    command(lead, "sync")
    shown = command(lead, "record", "show", "nx_visit", record).json
    assert "note" not in shown
    assert [(one["field"], one["old"], one["reason"], one["by"]) for one in shown["corrections"]] == [
        ("note", "by the lantern", "not needed", "Nia Nurse")
    ]
    assert command(lead, "record", "void", "nx_visit", record, "--reason", "entered twice").code == 0
    assert command(lead, "record", "list", "nx_visit").out == ""
    assert command(lead, "record", "show", "nx_visit", record).json["voided"] == {"reason": "entered twice"}
    assert command(lead, "rebuild").code == 0
    _a_nurse_becomes_a_worker_and_leaves(lead, nurse, team["seat"], joined["seat"])
    told = command(lead, "check").json
    assert {finding["code"] for finding in told["findings"]} == {
        "kit_file", "kit_unchecked", "single_lead", "broker_now",
    }  # fmt: skip
    assert told["broker_now"] == "2026-12-02T09:00:00+00:00"


def _a_nurse_becomes_a_worker_and_leaves(lead: Path, nurse: Path, lead_seat: str, nurse_seat: str) -> None:
    assert command(lead, "role", nurse_seat, "--role", "worker").json == {"seat": nurse_seat, "role": "worker"}
    assert command(nurse, "sync").code == 0
    assert command(nurse, "record", "list", "bbv_test").code == 5
    assert command(lead, "retire", nurse_seat, "--until", "someday").code == 3
    retired = command(lead, "retire", nurse_seat, "--until", "2026-12-20").json
    assert retired == {"seat": nurse_seat, "state": "retired", "until": "2026-12-20"}
    assert command(lead, "revoke", lead_seat).json["error"]["code"] == "TEAM-OWN"
    assert command(nurse, "revoke", lead_seat).code == 5
    assert command(lead, "revoke", nurse_seat).json["state"] == "revoked"
    assert command(lead, "rotate").json == {"rotated": True}
    assert {one["person"]: one["state"] for one in command(lead, "seats").lines} == {
        "Lee Lead": "active", "Nia Nurse": "revoked",
    }  # fmt: skip
    ended = command(nurse, "sync")
    assert (ended.code, ended.json["error"]["code"]) == (5, "SEAT-ENDED")
    assert command(nurse, "record", "list", "nx_visit").code == 0


def test_a_summary_is_written_in_every_form(hub: RunningHub, tmp_path: Path) -> None:
    lead, out = tmp_path / "lead", tmp_path / "month.xlsx"
    create_team(hub, lead, tmp_path / "kit.txt")
    assert command(lead, "summary", "--month", "2026-12").json["period"]["label"] == "2026-12"
    assert command(lead, "summary", "--fiscal", "2026/27-Q3", "--format", "csv").out.startswith("line,title,by,value")
    assert command(lead, "summary", "--rolling", "2026-11").json["period"]["from"] == "2025-12-01"
    assert command(lead, "summary", "--fortnight", "2026-11-26").json["period"]["to"] == "2026-12-06"
    assert command(lead, "summary", "--week", "2026-11-26", "--recipient", "commissioner").code == 2
    assert command(lead, "summary", "--contract-year", "1").code == 2  # this pack prints no first day
    assert command(lead, "summary", "--month", "2026-11", "--tag", "PBR").json["lines"] == []
    written = ("--recipient", "commissioner", "--format", "xlsx", "--out", str(out))
    assert command(lead, "summary", "--from", "2026-10", "--to", "2026-12", *written).code == 0
    assert out.read_bytes().startswith(b"PK")
    assert command(lead, "summary", "--month", "2026-12", "--format", "xlsx").code == 2
