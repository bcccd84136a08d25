"""Hampshire's real team of two laptops: what is saved on one arrives on the other, is listed, told or hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.session import Session, month_period
from tests.common.vaults import Service, in_step

PACK = "hampshire-homer-2010"
OUT = {
    "made_on": "2026-11-20", "direction": "out", "person": {"code": "JOHN80M"},
    "consent": {"feedback": "yes", "recorded_on": "2026-11-20", "share": "yes"},
}  # fmt: skip
TREND = {
    "kind": "drug_trend", "occurred_at": "2026-11-20T10:00:00+00:00", "localities": ["gosport", "havant"],
    "substance": "cannabis", "confidence": "anecdotal", "source": "housing_provider",
}  # fmt: skip
CONTACT = {
    "occurred_at": "2026-11-20T10:00:00+00:00", "kind": "planned", "setting": "street", "outcome": ["seen"],
    "person": {"code": "JOHN80M"}, "next_step": {"type": "none"},
}  # fmt: skip


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Session]]:
    service = Service(tmp_path_factory.mktemp("hampshire"), pack=PACK)
    with service.found().opened() as lead, service.join(lead, "Wim Worker", "worker").opened() as worker:
        yield lead, worker


def arrives(two: tuple[Session, Session], kind: str, payload: dict[str, Any], *where: tuple[str, str]) -> None:
    """Save with no network on the one laptop, sync both once, and find it once by these answers on the other."""
    lead, worker = two
    saved = worker.save(kind, payload).id
    in_step(worker, lead)
    assert [row.id for row in lead.records(kind, where=list(where))].count(saved) == 1


@pytest.mark.parametrize(
    ("field", "value", "first"),
    [
        ("direction", "down", "down"),  # HAMP10-157
        ("pattern", ["price_up"], "price_up"),  # HAMP10-161
        ("area_parts", ["south_east", "north_east"], "north_east"),  # HAMP10-162
        ("area_parts", ["north_east", "north_west", "south_east", "south_west", "central"], "central"),  # HAMP10-159
        ("mixed_with", ["alcohol", "ketamine"], "ketamine"),  # HAMP10-160
        ("population", ["adults", "young_people"], "young_people"),  # HAMP10-163
        ("form", "resin", "resin"),  # HAMP10-166
        ("form", "herbal", "herbal"),
        ("form", "skunk", "skunk"),  # HAMP10-167
        ("direction", "none", "none"),  # HAMP10-173
        ("supply", "friends", "friends"),  # HAMP10-177
        ("supply", "other", "other"),
    ],
)
def test_what_is_said_about_a_drug_arrives(two: tuple[Session, Session], field: str, value: Any, first: str) -> None:
    arrives(two, "site_report", {**TREND, field: value}, (field, first))


def test_a_trend_has_words_of_its_own_and_nobody_in_it(two: tuple[Session, Session]) -> None:
    """HAMP10-156, -179: no person is asked for; it is found by area and month."""
    lead, worker = two
    saved = worker.save("site_report", {**TREND, "localities": ["hart"], "note": "sold as resin, smells of petrol"}).id
    in_step(worker, lead)
    assert lead.record("site_report", saved).payload["note"] == "sold as resin, smells of petrol"
    assert "person" not in lead.worded("site_report").by_name
    assert [row.id for row in lead.records("site_report", where=[("localities", "hart")], since="2026-11-01")] == [
        saved
    ]
    trends = lead.summary(month_period("2026-11")).line("MS-27.drug_trends")
    assert trends.value == lead.count("site_report", where=[("kind", "drug_trend")])


def test_nothing_of_it_reads_as_none_reported(two: tuple[Session, Session]) -> None:
    """HAMP10-173."""
    assert two[0].codes.label("trend_direction", "none") == "None reported"


def test_a_medicine_that_was_not_prescribed_to_them(two: tuple[Session, Session]) -> None:
    """HAMP10-175."""
    lead, worker = two
    payload = {
        **CONTACT, "substances": ["methadone", "buprenorphine"],
        "routes": [{"substance": "methadone", "illicit": "yes"}, {"substance": "buprenorphine", "illicit": "no"}],
    }  # fmt: skip
    saved = worker.save("contact", payload).id
    in_step(worker, lead)
    told = lead.record("contact", saved).payload["routes"]
    assert [(one["substance"], one["illicit"]) for one in told] == [("methadone", "yes"), ("buprenorphine", "no")]


def test_a_substance_is_counted_by_district_since_a_day(two: tuple[Session, Session]) -> None:
    """HAMP10-183: two in Havant since 1 November, one before, one elsewhere."""
    lead, _ = two
    for day, locality in (("2026-11-05", "havant"), ("2026-11-06", "havant"), ("2026-10-20", "havant"),
                          ("2026-11-05", "hart")):  # fmt: skip
        when = f"{day}T10:00:00+00:00"
        lead.save("contact", {**CONTACT, "occurred_at": when, "locality": locality, "substances": ["mephedrone"]})
    where = [("substances", "mephedrone"), ("locality", "havant")]
    assert (lead.count("contact", where=where, since="2026-11-01"), lead.count("contact", where=where)) == (2, 3)


def test_prisons_send_people_and_are_no_place_of_ours(two: tuple[Session, Session]) -> None:
    """HAMP10-186, -193: Winchester prison and Haslar are sources; a contact has no such place."""
    codes = two[0].codes
    for name in ("hmp_winchester_idts", "irc_haslar"):
        assert name in codes.known("referral_source")
        assert name not in codes.known("place")


def test_what_a_plan_and_three_open_referrals_leave_free(two: tuple[Session, Session]) -> None:
    """HAMP10-206, -207, -212: where the plan lies and the goals are kept; no open referral stands in another's way."""
    lead, worker = two
    for destination in ("care", "gum", "residential_rehab"):
        worker.save("referral", {**OUT, "person": {"code": "THREE80M"}, "destination": destination})
    in_step(worker, lead)
    assert lead.count("referral", where=[("person.code", "THREE80M")]) == 3
    plan = {"goals": ["a flat", "see my son"], "plan_agreed_on": "2026-11-02", "plan_owner": "CARE"}
    saved = worker.save("person", {"identity_level": "code", "code": "PLAN80M", **plan}).id
    in_step(worker, lead)
    kept = lead.record("person", saved).payload
    assert {name: kept[name] for name in plan} == plan


def test_options_were_talked_over_and_one_was_chosen_without_money(two: tuple[Session, Session]) -> None:
    """HAMP10-219."""
    lead, worker = two
    saved = worker.save("referral", {**OUT, "destination": "care", "options_discussed": ["care", "gp"]}).id
    in_step(worker, lead)
    payload = lead.record("referral", saved).payload
    assert (payload["destination"], payload["options_discussed"]) == ("care", ["care", "gp"])
    assert not [name for name in lead.worded("referral").by_name if "budget" in name or "cost" in name]


def test_the_recipients_are_those_of_the_pack_and_get_aggregates_only(two: tuple[Session, Session]) -> None:
    """HAMP10-265: the safeguarding board is a recipient; small numbers are hidden from whoever is outside."""
    lead, _ = two
    assert lead.pack is not None
    assert {"LSCB", "IOM Steering Group"} <= {one.name for one in lead.pack.recipients}
    lead.save("referral", {**OUT, "destination": "parent_support"})
    line = lead.summary(month_period("2026-11"), "commissioner").line("MS-20.referrals")
    assert (line.hidden, line.value) == (True, None)
    assert lead.summary(month_period("2026-11")).line("MS-20.referrals").value == 1


def test_who_somebody_is_stands_in_no_small_cell_outside(two: tuple[Session, Session]) -> None:
    """HAMP10-188: one person of each answer; what goes out tells none of them."""
    lead, _ = two
    lead.save("person", {"identity_level": "code", "code": "SMALL80M", "gender_identity": "trans_woman",
                         "sexual_orientation": "bisexual", "sex": "male"})  # fmt: skip
    lead.save("contact", {**CONTACT, "person": {"code": "SMALL80M"}})
    out = lead.summary(month_period("2026-11"), "commissioner")
    shown = [cell for line in out.lines if line.id.startswith("MS-23") for cell in line.cells if not cell.hidden]
    assert all(cell.value == 0 or (cell.value or 0) >= 5 for cell in shown)


def test_a_service_is_open_day_and_night_in_the_directory(two: tuple[Session, Session]) -> None:
    """HAMP10-289."""
    lead, worker = two
    saved = lead.save("directory_entry", {"kind": "service", "name": "Custody line", "opening": "24/7"}).id
    in_step(lead, worker)
    assert worker.record("directory_entry", saved).payload["opening"] == "24/7"


def test_a_course_that_has_run_out_stands_on_today(two: tuple[Session, Session]) -> None:
    """HAMP10-268: today is 2 December 2026; safeguarding ran out on 1 November, first aid holds till 2028."""
    lead, _ = two
    course = {"worker": "Wim Worker", "done_on": "2023-11-01"}
    lead.save("training", {**course, "course": "safeguarding_adults", "valid_until": "2026-11-01"})
    lead.save("training", {**course, "course": "naloxone", "valid_until": "2028-11-01"})
    found = [row for row in lead.worklist("W1").rows if row.key == "runs_out"]
    assert [(row.due, row.red) for row in found] == [("2026-10-02", True)]  # told from thirty days before


def test_a_service_begins_with_a_month(two: tuple[Session, Session]) -> None:
    """HAMP10-293: the prison's drug treatment went live in August 2010; no day is invented but the first."""
    text = assets.pack_text(PACK).replace("HMP Winchester (IDTS)", "{name: HMP Winchester (IDTS), valid_from: 2010-08}")
    codes = CodeLists.load(assets.codes_csv(), Pack.parse(text))
    assert str(codes.known("referral_source")["hmp_winchester_idts"].valid_from) == "2010-08-01"


def test_a_share_that_falls_by_fifteen_points_raises_one_flag(tmp_path: Path) -> None:
    """HAMP10-236: 17 of 20 exit forms in time in October (85 %), 14 of 20 in November (70 %): one flag, 15 points."""
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        for month, in_time in (("10", 17), ("11", 14)):
            for n in range(20):
                done = {"done_on": f"2026-{month}-10"} if n < in_time else {}
                person = {"code": f"EXIT{month}{n:02}M"}
                marker = {"person": person, "stage": "exit", "counts_from": f"2026-{month}-05", **done}
                lead.save("top_marker", marker)
        found = [mark for mark in lead.summary(month_period("2026-11")).marks if mark["kind"] == "fall"]
        told = [(one["line"], one["from"], one["to"], one["change_points"]) for one in found]
        assert told == [("MS-19.exit", 85.0, 70.0, -15.0)]
