"""Who sends whom where: the from/to table with its totals and median days, and what is added up of it, by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.session import Session, Summary, month_period, snapshot_period, to_bytes
from tests.common import lines as common
from tests.common.lines import DAY, cells, contact, referral
from tests.common.vaults import Service

PACK = "portsmouth-2009-10"
CODES = CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text(PACK)))
JOHN = {"code": "JOHN80M"}
TEN: list[dict[str, Any]] = [
    *({**referral(direction="in", source="gp", team="nx")} for _ in range(3)),
    referral("JOHN80M", ("attended_first", "2026-11-14"), direction="in", source="self", team="nx"),
    referral("JOHN80M", ("attended_first", "2026-11-12"), team="nx", destination="mainstream_community"),
    referral("JOHN80M", ("attended_first", "2026-11-17"), team="nx", destination="mainstream_community"),
    referral(team="nx", destination="peer_support"),
    referral(team="assertive-outreach", destination="training"),
    referral(team="assertive-outreach", destination="employment"),
    referral(destination="employment", direction="internal"),
]
"""Four came to us (three from GPs), six went on: three from nx, two from outreach, one of a team nobody named."""

counted = partial(common.counted, CODES)


def test_ten_referrals_are_a_table_that_adds_up_to_ten() -> None:
    """PORT12-08: rows and columns are those of MS-13.made, MS-14.sources and the two lines by team."""
    lines = counted(*TEN)
    made, came = lines["MS-13.made_by_flow"], lines["MS-14.received_by_flow"]
    assert cells(came) == {("gp", "nx"): 3, ("self", "nx"): 1}
    assert cells(made) == {
        ("nx", "mainstream_community"): 2, ("nx", "peer_support"): 1, ("assertive-outreach", "training"): 1,
        ("assertive-outreach", "employment"): 1, (None, "employment"): 1,
    }  # fmt: skip
    assert made.numerator + came.numerator == 10
    # 10 to 12 November are 2 days, to the 17th are 7: in the middle 4.5.
    assert cells(lines["MS-13.flow_days"]) == {("nx", "mainstream_community"): 4.5}
    assert cells(lines["MS-14.flow_days"]) == {("self", "nx"): 4}


def brought_in(session: Session, folder: Path, records: list[dict[str, Any]]) -> None:
    told = [{**one, "external_id": f"r{n}"} for n, one in enumerate(records)]
    file = folder / "referrals.ndjson"
    file.write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    assert session.import_file("mixed", file).added == len(records)


def sheet(made: Summary, name: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(BytesIO(to_bytes(made, "xlsx")))
    return [list(row) for row in book[name].iter_rows(values_only=True)]


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Session]:
    with Service(tmp_path, pack=PACK).found().opened() as session:
        yield session


def test_the_flows_stand_in_every_format(lead: Session, tmp_path: Path) -> None:
    """PORT12-60, PORT12-23: each pair with count and median days; others see neither few nor what tells them."""
    brought_in(lead, tmp_path, TEN)
    made = lead.summary(month_period("2026-11"))
    table = sheet(made, "From and to")
    rows = {row[0]: dict(zip(table[0][1:], row[1:], strict=True)) for row in table[1:]}
    assert rows["gp"]["our team: nx"] == rows["gp"]["all"] == 3
    assert rows["our team: nx"] == {
        "our team: nx": None, "employment": 0, "mainstream_community": 2, "peer_support": 1, "training": 0, "all": 3,
    }  # fmt: skip
    assert rows["all"] == {
        "our team: nx": 4, "employment": 2, "mainstream_community": 2, "peer_support": 1, "training": 1, "all": 10,
    }  # fmt: skip
    assert ["our team: nx", "mainstream_community", 2, 4.5] in sheet(made, "Flows")
    told = json.loads(to_bytes(made, "json"))["flows"]
    assert sum(one["referrals"] for one in told) == 10
    assert {
        "from": {"team": "nx"},
        "to": {"destination": "mainstream_community"},
        "referrals": 2,
        "median_days": 4.5,
    } in told
    assert b"MS-13.made_by_flow" in to_bytes(made, "csv")
    shown = json.loads(to_bytes(lead.summary(month_period("2026-11"), "commissioner"), "json"))["flows"]
    assert all(one.get("hidden") and one["referrals"] is None for one in shown)
    assert {one["median_days"] for one in shown} <= {None}


def test_criminal_justice_is_added_up() -> None:
    """PORT12-31: four of six; a neighbour and the person themself are no part of it."""
    came = {"type": "referral", "made_on": DAY, "direction": "in", "person": JOHN}
    sources = ["probation", "court", "prison", "police", "self", "gp"]
    line = counted(*({**came, "source": source} for source in sources))["MS-14.criminal_justice"]
    assert cells(line) == {"probation": 1, "court": 1, "prison": 1, "police": 1}
    assert (line.value, line.denominator) == (4, 6)


def test_direct_access_has_a_column_of_its_own() -> None:
    """PORT12-30: to counselling without an assessment."""
    lines = counted(
        referral(direction="in", source="self", route="direct_self"), referral(direction="in", route="via_assessment"),
        referral(route="via_assessment", destination="structured_counselling"), referral(destination="housing"),
    )  # fmt: skip
    assert cells(lines["MS-13.by_route"]) == {
        ("direct_self", "in"): 1, ("via_assessment", "in"): 1, ("via_assessment", "out"): 1, (None, "out"): 1,
    }  # fmt: skip


def agency(name: str, sector: str) -> dict[str, Any]:
    return {"type": "directory_entry", "external_id": name, "kind": "agency", "name": name, "sector": sector}


def test_advocacy_prints_by_agency() -> None:
    """PORT12-19: two about the hospital, one about an agency that is not in the directory, one that names none."""
    about = {"type": "broker_contact", "state": "met", "occurred_at": DAY, "person": JOHN, "purpose": "advocacy"}
    lines = counted(
        agency("Queen Alexandra", "acute_care"),
        *[{**about, "agency": {"external_id": "Queen Alexandra"}}] * 2,
        {**about, "agency_name": "Mr Smith"}, about, {**about, "purpose": "accompany"},
    )  # fmt: skip
    assert cells(lines["MS-16.advocacy"]) == {"Queen Alexandra": 2, "not_in_directory": 1, None: 1}
    assert lines["MS-16.advocacy"].value == 4


def test_seven_sectors_are_seven_rows() -> None:
    """BIRM15-099."""
    sectors = [
        "mental_health", "employment", "safeguarding", "criminal_justice", "housing", "acute_care", "primary_care",
    ]  # fmt: skip
    lines = counted(
        *(agency(sector, sector) for sector in sectors),
        *(referral(destination="other", agency={"external_id": sector}) for sector in sectors),
    )
    assert cells(lines["MS-13.made_by_sector"]) == dict.fromkeys(sectors, 1)


def test_a_broker_offer_is_written_down_for_every_contact() -> None:
    """LEIC15-27: three of four; not asked is written down, a contact that says nothing is not."""
    offers: list[dict[str, Any]] = [
        {"offers": {"broker": "accepted"}}, {"offers": {"broker": "not_asked"}}, {"offers": {"broker": "declined"}}, {},
    ]  # fmt: skip
    line = counted(*(contact(**one) for one in offers), contact(outcome=["not_found"]))["MS-16.offer_recorded"]
    assert (line.value, line.numerator, line.denominator) == (75, 3, 4)


def test_a_week_of_sessions_on_five_days_is_five_of_six(tmp_path: Path) -> None:
    """LEIC15-35: two sessions on Monday are one day, a cancelled one on Saturday is none; the pack opens six days."""
    held = [
        {"type": "session", "external_id": f"s{n}", "kind": "drop_in",
         "started_at": f"2026-11-{day:02}T10:00:00+00:00"}
        for n, day in enumerate((9, 9, 10, 11, 12, 13))
    ]  # fmt: skip
    off = {**held[0], "external_id": "off", "status": "cancelled", "started_at": "2026-11-14T10:00:00+00:00"}
    with Service(tmp_path, pack="leicestershire-2016").found().opened() as session:
        brought_in(session, tmp_path, [*held, off])
        made = session.summary(snapshot_period("2026-11-11", 7))
    assert made.line("MS-01.days_open").value == 5
    (told,) = [one for one in made.indicators if one.indicator.id == "days_open"]
    assert (told.figure, told.target, told.status) == (5, 6, "below")
