"""Imports: all or nothing, exact counts, the same content twice is nothing new."""

import json
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import BadInput, DiskFull
from broker_desktop.session import Session, as_json
from broker_desktop.store.database import storage_error

VISIT = {
    "occurred_at": "2026-12-01T18:02:00+00:00",
    "site_type": "mobile",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
}


def written(folder: Path, *records: dict[str, Any] | str, name: str = "file.ndjson") -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path = folder / name
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def counts(session: Session, type_name: str, path: Path, **options: Any) -> tuple[int, ...]:
    return tuple(session.import_file(type_name, path, **options).to_json().values())


def test_500_lines_with_line_17_malformed_store_nothing(lead: Session, tmp_path: Path) -> None:
    lines: list[dict[str, Any] | str] = [{**VISIT, "external_id": f"v{n}"} for n in range(1, 501)]
    lines[16] = '{"occurred_at": '
    with pytest.raises(BadInput) as caught:
        lead.import_file("nx_visit", written(tmp_path, *lines))
    assert (caught.value.place.line, caught.value.exit_code) == (17, 3)
    assert lead.count("nx_visit") == 0


def test_another_file_with_other_content_amends_what_it_says(lead: Session, tmp_path: Path) -> None:
    counts(lead, "nx_visit", written(tmp_path, {**VISIT, "external_id": "v1", "note": "kept"}))
    changed = {**VISIT, "external_id": "v1", "items": {"SYR_FX_1_29": 20}}
    assert counts(lead, "nx_visit", written(tmp_path, changed)) == (1, 0, 0, 1, 0)
    (row,) = lead.records("nx_visit")
    assert (row.payload["items"], row.payload["note"]) == ({"SYR_FX_1_29": 20}, "kept")
    (correction,) = lead.record("nx_visit", row.id).corrections
    assert (correction.field, correction.reason) == ("items", "import")


def test_a_line_without_any_name_is_new_every_time(lead: Session, tmp_path: Path) -> None:
    path = written(tmp_path, VISIT, VISIT)
    assert counts(lead, "nx_visit", path) == (2, 2, 0, 0, 0)
    assert counts(lead, "nx_visit", path) == (2, 2, 0, 0, 0)


def test_people_made_by_reference_are_in_none_of_the_counts(lead: Session, tmp_path: Path) -> None:
    visit = {**VISIT, "type": "nx_visit", "external_id": "v1", "person": {"code": "JOHN80M"}}
    person = {"type": "person", "identity_level": "code", "code": "john 80 m", "sex": "male"}
    assert counts(lead, "mixed", written(tmp_path, visit, person)) == (2, 2, 0, 0, 0)
    (row,) = lead.records("person")
    assert row.payload == {"identity_level": "code", "code": "JOHN80M", "sex": "male"}
    assert lead.record("person", row.id).corrections == ()
    assert counts(lead, "mixed", written(tmp_path, visit, person)) == (2, 0, 2, 0, 0)


def test_what_a_form_would_ask_is_stored_as_not_asked(lead: Session, tmp_path: Path) -> None:
    named = {"identity_level": "named", "family_name": "Test", "external_id": "p1"}
    assert counts(lead, "person", written(tmp_path, named)) == (1, 1, 0, 0, 0)
    assert lead.records("person")[0].payload["given_name"] == {"answer": "not_asked"}
    assert counts(lead, "person", written(tmp_path, named)) == (1, 0, 1, 0, 0)


def test_events_of_a_referral_only_grow(lead: Session, tmp_path: Path) -> None:
    base = {"external_id": "r1", "made_on": "2026-11-02", "direction": "out", "destination": "gp", "person": None}
    made, sent = ({"event": event, "on": "2026-11-02"} for event in ("made", "sent"))
    counts(lead, "referral", written(tmp_path, {**base, "events": [made, sent]}))
    booked = {"event": "booked", "on": "2026-11-05"}
    assert counts(lead, "referral", written(tmp_path, {**base, "events": [made, booked]})) == (1, 0, 0, 1, 0)
    assert lead.records("referral")[0].payload["events"] == [made, sent, booked]


def test_a_reference_may_name_a_record_that_is_not_here_yet(lead: Session, tmp_path: Path) -> None:
    visit = {**VISIT, "external_id": "v1", "session": {"external_id": "s1"}}
    counts(lead, "nx_visit", written(tmp_path, visit))
    session = {"external_id": "s1", "kind": "mobile_run", "started_at": "2026-12-01T17:00:00+00:00"}
    counts(lead, "session", written(tmp_path, session))
    assert lead.records("nx_visit")[0].payload["session"] == {"id": lead.records("session")[0].id}


def test_a_listing_can_be_imported_again(lead: Session, tmp_path: Path) -> None:
    counts(lead, "nx_visit", written(tmp_path, {**VISIT, "returns": {"method": "weighed", "weight_kg": 0.125}}))
    listed = as_json.line(as_json.row_json(lead.records("nx_visit")[0]))
    assert json.loads(listed)["returns"]["weight_kg"] == 0.125
    assert counts(lead, "nx_visit", written(tmp_path, listed)) == (1, 0, 1, 0, 0)


def test_a_dry_run_counts_and_stores_nothing(lead: Session, tmp_path: Path) -> None:
    path = written(tmp_path, VISIT, {**VISIT, "person": {"code": "JOHN80M"}})
    assert counts(lead, "nx_visit", path, dry_run=True) == (2, 2, 0, 0, 0)
    assert (lead.count("nx_visit"), lead.count("person")) == (0, 0)


def test_csv_names_are_joined_by_dots_and_lists_by_semicolons(lead: Session, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(
        b"\xef\xbb\xbfexternal_id,occurred_at,site_type,items.SYR_FX_1_29,person.code,drug_injected,"
        b"collecting_for.answer,people_covered,returns.method,returns.weight_kg,offers.bbv,note\r\n"
        b'v1,2026-12-01T18:02:00+00:00,mobile,10,JOHN80M,heroin;crack,,,weighed,1.25,declined,"one, two"\r\n'
        b"\r\n"
        b"v2,2026-12-01,fixed,5,,,declined,3,,,,\r\n"
    )
    assert counts(lead, "nx_visit", path) == (2, 2, 0, 0, 0)
    rows = {row.payload["external_id"]: row.payload for row in lead.records("nx_visit")}
    assert rows["v1"]["drug_injected"] == ["heroin", "crack"]
    assert rows["v1"]["offers"] == {"bbv": "declined"}
    assert float(rows["v1"]["returns"]["weight_kg"]) == 1.25
    assert rows["v1"]["note"] == "one, two"
    assert rows["v2"]["collecting_for"] == {"answer": "declined"}
    assert (rows["v2"]["people_covered"], "person" in rows["v2"]) == (3, False)


def test_a_csv_cell_that_is_wrong_names_line_and_field(lead: Session, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("occurred_at,site_type,items.SYR_FX_1_29\n2026-12-01,mobile,ten\n")
    with pytest.raises(BadInput) as caught:
        lead.import_file("nx_visit", path)
    assert (caught.value.place.line, caught.value.place.field) == (2, "items.SYR_FX_1_29")


def test_events_stand_in_csv_by_their_place(lead: Session, tmp_path: Path) -> None:
    path = tmp_path / "referrals.csv"
    path.write_text(
        "made_on,direction,destination,events.0.event,events.0.on,events.1.event,events.1.on\n"
        "2026-11-02,out,gp,made,2026-11-02,sent,2026-11-03\n"
    )
    with pytest.raises(BadInput) as caught:
        lead.import_file("referral", path)
    assert caught.value.place.field == "person"
    bad = tmp_path / "bad.ndjson"
    assert counts(lead, "referral", path, skip_bad=bad) == (1, 0, 0, 0, 1)
    assert json.loads(bad.read_text())["field"] == "person"


def test_a_mixed_line_needs_a_type_that_exists(lead: Session, tmp_path: Path) -> None:
    for line, hint in ((VISIT, "needs the type"), ({**VISIT, "type": "nx_visits"}, "nx_visit")):
        with pytest.raises(BadInput) as caught:
            lead.import_file("mixed", written(tmp_path, line))
        assert (caught.value.place.field, hint in caught.value.detail) == ("type", True)


def test_a_file_that_is_not_there_is_bad_input(lead: Session, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        lead.import_file("mixed", tmp_path / "none.ndjson")


def test_a_full_disk_rolls_the_whole_import_back(lead: Session, tmp_path: Path) -> None:
    path = written(tmp_path, *({**VISIT, "external_id": f"v{n}", "note": "x" * 400} for n in range(2000)))
    vault = lead._context.vault
    with vault.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(DiskFull) as caught:
        lead.import_file("nx_visit", path)
    assert caught.value.exit_code == 8
    assert lead.count("nx_visit") == 0
    with vault.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert lead.import_file("nx_visit", path).added == 2000


def test_a_full_disk_is_told_as_such() -> None:
    for error in (OSError(28, "No space left on device"), RuntimeError("database or disk is full")):
        told = storage_error(error)
        assert isinstance(told, DiskFull)
        assert (told.code, told.exit_code, told.your_data) == ("STORE-28", 8, "safe")
