"""J6: a lead's monthly return to the commissioner (requirements.md section 5), in the words of Birmingham's pack.

The sizes are those of requirements.md 2.4: 110 people a month, 70 of them the same, so 150 in two months. Every other
figure is worked out beside it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.common.programs import AFTER_THE_SAMPLES, Laptop, Server, Team

PACK = "birmingham-cri-2015"
OCTOBER, NOVEMBER = ("--month", "2026-10"), ("--month", "2026-11")
ANONYMOUS = 20


def contact(number: int, month: str, person: str | None) -> dict[str, Any]:
    """One contact with somebody met, on a day of its own within the month."""
    return {
        "type": "contact", "external_id": f"{month}-{number}",
        "occurred_at": f"{month}-{1 + number % 28:02}T11:00:00+00:00",
        "kind": "found_on_shift", "outcome": ["seen"], "setting": "street",
        "person": None if person is None else {"code": person},
    }  # fmt: skip


def month_of(month: str, first: int) -> list[dict[str, Any]]:
    """110 people, of whom the first is the given one, and 20 contacts with nobody in particular."""
    people = [f"BHAM{number:03}M" for number in range(first, first + 110)]
    return [contact(number, month, person) for number, person in enumerate([*people, *[None] * ANONYMOUS])]


def bring(laptop: Laptop, lines: list[dict[str, Any]]) -> Any:
    """Import lines; give the counts."""
    file = laptop.home / "lines.ndjson"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return laptop.good("record", "import", "mixed", "--file", str(file)).json


def lines_of(summary: Any) -> dict[str, Any]:
    """Give the lines by their id."""
    return {line["id"]: line for line in summary["lines"]}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead and a worker under Birmingham's pack."""
    folder = tmp_path_factory.mktemp("return")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server, now=AFTER_THE_SAMPLES, pack=PACK)
        team.join("Wim Worker", "worker")
        yield team


def test_the_months_return(team: Team, tmp_path: Path) -> None:
    lead, worker = team.laptops
    the_work_of_two_months(lead, worker)
    draft = a_preview_says_what_is_missing(lead)
    the_ids_behind_a_figure_are_noted(lead)
    signed = the_month_is_signed(lead, worker, draft, tmp_path)
    the_commissioner_gets_no_person(lead)
    changed = late_records_stand_beside(lead, worker, signed)
    second = editing_moves_the_late_changes_alone(lead, worker, signed, changed)
    a_quarter_counts_people_anew(lead, second)


def the_work_of_two_months(lead: Laptop, worker: Laptop) -> None:
    """November has 130 contacts with somebody met: 110 people once each, 20 with nobody in particular.

    October has the same numbers; 70 of its people come back in November, so two months are 110 + 110 - 70 = 150 people.
    """
    bring(lead, month_of("2026-10", 0))
    bring(lead, month_of("2026-11", 40))
    referrals = [
        {"type": "referral", "external_id": f"r{n}", "made_on": f"2026-11-{10 + n}", "direction": "out",
         "destination": "housing", "person": {"code": f"BHAM{60 + n:03}M"}}
        for n in range(3)
    ]  # fmt: skip
    closed = {"type": "site_report", "external_id": "closed", "kind": "service_disruption", "occurred_at": "2026-11-03",
              "until": "2026-11-24", "reason": "staff", "note": "clinic cancelled four times"}  # fmt: skip
    bring(lead, [*referrals, closed])
    lead.sync()
    worker.sync()
    bring(worker, [contact(500 + n, "2026-11", None) for n in range(3)])  # it stays on that laptop for now


def a_preview_says_what_is_missing(lead: Laptop) -> Any:
    """Steps 1 to 3: numerators and denominators, and what was disrupted."""
    draft = lead.good("summary", *NOVEMBER).json
    lines = lines_of(draft)
    assert (draft["state"], draft["pack"]["id"]) == ("draft", PACK)
    assert (lines["MS-01.met"]["value"], lines["MS-02"]["value"], lines["MS-02.anonymous"]["value"]) == (130, 110, 20)
    assert (lines["MS-13.attended"]["numerator"], lines["MS-13.attended"]["denominator"]) == (0, 3)
    assert draft["completeness"]["seats"] == 2
    assert [(mark["kind"], mark["from"], mark["until"]) for mark in draft["marks"]] == [
        ("service_disruption", "2026-11-03", "2026-11-24")
    ]
    return draft


def the_ids_behind_a_figure_are_noted(lead: Laptop) -> None:
    """Step 4: the ids behind "3 referrals made", and that somebody looked."""
    behind = lead.good("summary", *NOVEMBER, "--behind", "MS-13.made").lines
    listed = {row["id"] for row in lead.good("record", "list", "referral").lines}
    assert {row["id"] for row in behind} == listed
    assert {row["type"] for row in behind} == {"referral"}
    looked = [entry for entry in lead.good("audit", "list").lines if entry["action"] == "look_behind"]
    assert [(entry["type"], entry["many"]) for entry in looked] == [("MS-13.made", 3)]


def the_month_is_signed(lead: Laptop, worker: Laptop, draft: Any, folder: Path) -> Any:
    """Steps 5 and 6: commentary and sign-off; the figures are those of the preview."""
    words = folder / "words.json"
    told = {"referrals": "Fewer: the clinic was closed for three weeks."}
    words.write_text(json.dumps(told), encoding="utf-8")
    assert worker.run("summary", *NOVEMBER, "--sign-off").code == 5
    signed = lead.good("summary", *NOVEMBER, "--sign-off", "--commentary", str(words)).json
    assert (signed["state"], signed["issue"], signed["hash"]) == ("signed", 1, draft["hash"])
    assert (signed["commentary"], signed["lines"]) == (told, draft["lines"])
    return signed


def the_commissioner_gets_no_person(lead: Laptop) -> None:
    """Step 7: no row of a person; 3 referrals are a small number."""
    text = lead.good("summary", *NOVEMBER, "--recipient", "commissioner", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "BHAM" not in text
    assert next(row["value"] for row in rows if row["line"] == "MS-13.made") == "<5"
    assert next(row["value"] for row in rows if row["line"] == "MS-02") == "110"
    assert {row["state"] for row in rows} == {"signed"}


def late_records_stand_beside(lead: Laptop, worker: Laptop, signed: Any) -> dict[str, Any]:
    """Step 8: three contacts arrive; the signed figures stand, and "+3 contacts" beside them."""
    worker.sync()
    lead.sync()
    after = lead.good("summary", *NOVEMBER).json
    assert (after["hash"], after["lines"], after["issue"]) == (signed["hash"], signed["lines"], 1)
    changed = {one["line"]: one for one in after["late_changes"]}
    met = changed["MS-01.met"]
    assert (met["change"], met["from"], met["to"]) == ("+3 contacts", 130, 133)
    assert [(one["type"], one["what"]) for one in met["records"]] == [("contact", "added")] * 3
    assert "MS-02" not in changed  # nobody in particular
    return changed


def editing_moves_the_late_changes_alone(lead: Laptop, worker: Laptop, signed: Any, changed: dict[str, Any]) -> Any:
    """One of the three met nobody after all; a further issue goes out only by choice."""
    one = changed["MS-01.met"]["records"][0]["id"]
    amended = ("--data", json.dumps({"outcome": ["not_found"]}), "--reason", "wrong key")
    worker.good("record", "amend", "contact", one, *amended)
    worker.sync()
    lead.sync()
    edited = lead.good("summary", *NOVEMBER).json
    assert edited["lines"] == signed["lines"]
    now = {one["line"]: one["change"] for one in edited["late_changes"]}
    assert (now["MS-01.met"], now["MS-01.attempts"]) == ("+2 contacts", "+1 contacts")
    assert lead.run("summary", *NOVEMBER, "--sign-off").code == 3
    second = lead.good("summary", *NOVEMBER, "--sign-off", "--again").json
    assert (second["issue"], lines_of(second)["MS-01.met"]["value"], second["late_changes"]) == (2, 132, [])
    assert [row["issue"] for row in lead.good("summary", *NOVEMBER, "--issues").lines] == [1, 2]
    return second


def a_quarter_counts_people_anew(lead: Laptop, second: Any) -> None:
    """Step 9: contacts are the sum of the months (130 + 132 + 0), people are 150 and not 220."""
    quarter = lines_of(lead.good("summary", "--quarter", "2026-Q4").json)
    october = lines_of(lead.good("summary", *OCTOBER).json)
    assert (october["MS-01.met"]["value"], quarter["MS-01.met"]["value"]) == (130, 262)
    assert (october["MS-02"]["value"], quarter["MS-02"]["value"]) == (110, 150)
    two = lead.good("summary", "--from", "2026-10", "--to", "2026-11").json
    assert lines_of(two)["MS-02"]["value"] == 150
    assert lead.good("summary", *NOVEMBER).json["hash"] == second["hash"]
