"""Indicators in every format of a summary, by tag, hidden from others, and as they stood when a month was signed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.session import Session, month_period, to_bytes

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")
PACK = (
    "pack: own\ntitle: A service\nvalid_from: 2026-01-01\n"
    "indicators:\n- {id: nx, line: MS-05, target: %s, tags: [PBR]}\n"
)


@pytest.fixture
def november(lead: Session) -> Session:
    lead.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    return lead


def in_json(session: Session, recipient: str = "internal") -> dict[str, Any]:
    told = json.loads(to_bytes(session.summary(NOVEMBER, recipient), "json"))
    return {one["id"]: one for one in told["indicators"]}


def test_the_same_indicator_stands_in_json_and_csv(november: Session) -> None:
    """93 different codes came to the needle exchange in this file: 17 fewer than the printed 110, 84.5 percent."""
    told = in_json(november)["nx_individuals_month"]
    assert (told["value"], told["reference"]["value"], told["difference"]) == (93, 110, -17)
    rows = list(csv.DictReader(io.StringIO(to_bytes(november.summary(NOVEMBER), "csv").decode())))
    (row,) = [row for row in rows if row["line"] == "indicator nx_individuals_month"]
    assert (row["value"], row["unit"]) == ("93", "people")
    assert row["notes"] == "printed reference 110; difference -17; 84.5 % of it; no target"
    teams = [row for row in rows if row["line"] == "teams MS-01.met_by_team"]
    whole = november.summary(NOVEMBER).line("MS-01.met").value
    assert sum(int(row["value"]) for row in teams) == whole


def test_others_get_no_indicator_of_a_hidden_line(november: Session) -> None:
    inside, outside = in_json(november), in_json(november, "commissioner")
    lines = november.summary(NOVEMBER, "commissioner")
    hidden = {line.id for line in lines.lines if line.hidden}
    of_hidden = [one for one in outside.values() if set(one["lines"]) & hidden]
    assert of_hidden
    assert [one["id"] for one in of_hidden if one["value"] is not None or not one.get("hidden")] == []
    assert all(inside[one["id"]]["value"] is not None for one in of_hidden)


def test_another_target_leaves_a_signed_month_as_it_was(november: Session) -> None:
    """BIRM15-042: 93 of 90 is reached; a target of 120 that is loaded later moves no signed month."""
    november.packs.load(PACK % 90)
    november.months.sign(NOVEMBER)
    signed = in_json(november)["nx"]
    assert (signed["target"], signed["status"]) == (90, "reached")
    november.packs.load(PACK % 120)
    assert in_json(november)["nx"] == signed
    (of_december,) = [one for one in november.summary(month_period("2026-12")).indicators if one.indicator.id == "nx"]
    assert (of_december.target, of_december.status) == (120, "below")


def test_only_what_carries_a_tag(november: Session) -> None:
    november.packs.load(PACK % 90)
    said = {"exchange": "Off the road.", "contacts": "Quiet."}
    made = replace(november.summary(NOVEMBER), commentary=said).only("pbr")
    told = json.loads(to_bytes(made, "json"))
    assert ([line["id"] for line in told["lines"]], [one["id"] for one in told["indicators"]]) == (["MS-05"], ["nx"])
    assert (told["tag"], told["chosen"]) == ("pbr", ["MS-05"])
    assert told["commentary"] == {"exchange": "Off the road."}  # of the heading of MS-05; of contacts nothing is here
    assert made.hash == november.summary(NOVEMBER).hash
