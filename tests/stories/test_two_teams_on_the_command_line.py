"""Two services and one server, by the commands: pair, refer, answer, hold back what was not agreed, take back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.common.programs import AFTER_THE_SAMPLES, Laptop, Server, Team

REFERRAL = {
    "made_on": "2026-12-01", "direction": "out", "destination": "community_prescribing", "urgency": "same_day",
    "consent": {"feedback": "yes", "recorded_on": "2026-12-01"}, "note": "ask for the blue door",
}  # fmt: skip


@pytest.fixture
def teams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Team, Team]]:
    """Harbour, and the Hub with two laptops."""
    monkeypatch.setenv("BROKER_NOW", AFTER_THE_SAMPLES)
    with Server(tmp_path / "server") as server:
        harbour = Team.founded(tmp_path / "harbour", server, now=AFTER_THE_SAMPLES)
        hub = Team.founded(tmp_path / "hub", server, now=AFTER_THE_SAMPLES, person="Nora Fell", name="Recovery Hub")
        hub.join("Ada Booth", "assessor")
        yield harbour, hub


def said(laptop: Laptop, *arguments: str) -> Any:
    """Do a command inside this process that has to succeed."""
    ended = laptop.within(*arguments)
    assert ended.code == 0, ended.out
    return ended.lines[0] if ended.out else None


def refer(laptop: Laptop, code: str, team: str, **changes: Any) -> str:
    """Record a referral and send it."""
    payload = {**REFERRAL, **changes, "person": {"code": code}}
    referral = str(said(laptop, "record", "add", "referral", "--data", json.dumps(payload))["id"])
    assert said(laptop, "referral", "send", referral, "--team", team)["state"] == "queued"
    said(laptop, "sync")
    return referral


def answer(laptop: Laptop, referral: str, event: str) -> None:
    steps = json.dumps({"events": [{"event": event, "on": "2026-12-02"}]})
    said(laptop, "record", "amend", "referral", referral, "--data", steps, "--reason", "answered")
    said(laptop, "sync")


def state_of(laptop: Laptop, referral: str) -> tuple[str, bool]:
    said(laptop, "sync")
    rows = {row["referral"]: row for row in laptop.within("referral", "list").lines}
    return rows[referral]["state"], rows[referral]["closed"]


def test_two_services_refer_to_each_other(teams: tuple[Team, Team]) -> None:
    harbour, hub = teams
    lena, nora, ada = harbour.lead, hub.lead, hub.laptops[1]

    # Both leads show their text, read the digits to each other, and pair.
    ours, theirs = lena.good("pair", "show").json["text"], said(nora, "pair", "show")["text"]
    digits = said(lena, "pair", "show", theirs)["digits"]
    assert said(nora, "pair", "show", ours)["digits"] == digits
    wrong = lena.within("pair", "add", theirs, "--digits", digits[::-1])
    assert (wrong.code, wrong.error["code"]) == (3, "PAIR-DIGITS")
    refused = ada.within("pair", "add", ours)
    assert (refused.code, refused.error["code"]) == (5, "PAIR-5")
    assert lena.good("pair", "add", theirs, "--digits", digits).json["name"] == "Recovery Hub"
    said(nora, "pair", "add", ours, "--digits", digits)
    for laptop in (lena, nora, lena):
        said(laptop, "sync")
    assert said(lena, "pair", "list")["state"] == "ready"

    # A referral with consent: one record on two laptops, and everything comes back.
    agreed = refer(lena, "JOHN80M", "recovery hub")
    assert state_of(lena, agreed) == ("sent", False)
    said(ada, "sync")
    said(nora, "sync")
    (held,) = nora.within("record", "list", "referral").lines
    assert [row["id"] for row in ada.within("record", "list", "referral").lines] == [held["id"]]
    assert (held["direction"], "note" in held) == ("in", False)
    answer(ada, held["id"], "accepted")
    assert state_of(lena, agreed) == ("accepted", False)
    answer(ada, held["id"], "attended_first")
    assert state_of(lena, agreed) == ("attended_first", True)

    # One without: that it was accepted comes back, that somebody came does not.
    silent = refer(lena, "MARY75F", "recovery hub", consent={"feedback": "no", "recorded_on": "2026-12-01"})
    said(nora, "sync")
    (other,) = (row for row in nora.within("record", "list", "referral").lines if row["id"] != held["id"])
    for event in ("accepted", "attended_first"):
        answer(nora, other["id"], event)
    assert state_of(lena, silent) == ("accepted", True)

    # One that is taken back.
    third = refer(lena, "ANNA70F", "recovery hub")
    said(nora, "sync")
    said(lena, "record", "void", "referral", third, "--reason", "asked us to")
    said(lena, "sync")
    said(nora, "sync")
    withdrawn = [
        row for row in nora.within("record", "list", "referral").lines if row["events"][-1]["event"] == "withdrawn"
    ]
    assert len(withdrawn) == 1
    assert lena.within("referral", "list", "--overdue").lines == []
