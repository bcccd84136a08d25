"""Another program's file brought in by a mapping: CSV, workbook, NDJSON; tried out, reported, safe to repeat."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from openpyxl import Workbook

from broker_desktop.errors import BadInput
from broker_desktop.records import record_type
from broker_desktop.records.mapping import FileMap, parse_mapping
from broker_desktop.session import Session, import_tables
from broker_desktop.session.views import ImportCounts

PEOPLE: dict[str, Any] = {
    "mapping": 1,
    "type": "person",
    "key": "Client ref",
    "key_prefix": "old:",
    "constants": {"identity_level": "named"},
    "columns": {
        "Surname": "family_name",
        "Forename": "given_name",
        "DOB": {"field": "born_on", "date": "DD/MM/YYYY"},
        "Sex": {"field": "sex", "values": {"M": "male", "F": "female", "refused": {"answer": "declined"}}},
        "Worker": "skip",
    },
}
# A workbook knows no time zones.
MIDNIGHT, AFTERNOON = datetime.fromisoformat("1981-05-04"), datetime.fromisoformat("2026-11-05T14:30")
HEAD = "Client ref,Surname,Forename,DOB,Sex,Worker"


def mapping(document: dict[str, Any], session: Session) -> FileMap:
    return parse_mapping(document, record_type(document["type"]), session.codes)


def csv_file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "clients.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def numbers(counts: ImportCounts) -> tuple[int, ...]:
    return tuple(counts.to_json().values())


def test_3000_rows_with_30_bad_bring_2970_in_and_say_1_0_per_cent(lead: Session, tmp_path: Path) -> None:
    """BIRM15 P41. Every hundredth row from row 100 on is bad: 20 unknown sexes, 10 days that do not exist."""
    rows = []
    for n in range(1, 3001):
        bad = n % 100 == 0
        sex = "X?" if bad and n <= 2000 else "F"
        born = "31/02/1980" if bad and n > 2000 else "03/04/1980"
        rows.append(f"C{n},Name{n},Ann,{born},{sex},W")
    path, told = csv_file(tmp_path, *rows), mapping(PEOPLE, lead)

    tried = lead.imports.bring(told, path, dry_run=True)
    assert (numbers(tried.counts), tried.share, tried.stored) == ((3000, 2970, 0, 0, 30), "1.0", False)
    assert lead.count("person") == 0
    # 20 / 3,000 = 0.67 %, 10 / 3,000 = 0.33 %
    shares = [(one.column, one.field, one.refused, one.share) for one in tried.columns]
    assert shares == [("Sex", "sex", 20, "0.7"), ("DOB", "born_on", 10, "0.3")]
    first, last = tried.places[0], tried.places[-1]
    assert (first.line, first.column, last.line, last.column) == (101, "Sex", 3001, "DOB")  # row 1 has the headings
    assert "no translation" in first.reason
    assert "DD/MM/YYYY" in last.reason

    bad_file = tmp_path / "bad.ndjson"
    brought = lead.imports.bring(told, path, skip_bad=bad_file, report=tmp_path / "report.json")
    assert numbers(brought.counts) == (3000, 2970, 0, 0, 30)
    assert (lead.count("person"), len(bad_file.read_text().splitlines())) == (2970, 30)
    again = lead.imports.bring(told, path, skip_bad=bad_file)
    assert numbers(again.counts) == (3000, 0, 2970, 0, 30)
    (row,) = lead.records("person", where=[("external_id", "old:C7")])
    assert row.payload.items() >= {
        "identity_level": "named", "family_name": "Name7", "given_name": "Ann", "born_on": "1980-04-03",
        "sex": "female", "external_id": "old:C7",
    }.items()  # fmt: skip


def test_a_bad_row_stops_an_import_that_has_nowhere_to_put_it(lead: Session, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "C1,Rook,Ann,03/04/1980,F,", "C2,Wren,Bo,03/04/1980,Q,")
    found = lead.imports.bring(mapping(PEOPLE, lead), path)
    assert (numbers(found.counts), found.stored, found.share) == ((2, 1, 0, 0, 1), False, "50.0")
    assert lead.count("person") == 0


def test_a_report_names_places_and_never_a_value(lead: Session, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "C1,SECRETNAME,Ann,99/99/1980,SECRETSEX,")
    for name in ("report.json", "report.csv"):
        lead.imports.bring(mapping(PEOPLE, lead), path, dry_run=True, report=tmp_path / name)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "Sex" in text
        assert "DOB" in text
        assert not [value for value in ("SECRETNAME", "SECRETSEX", "99/99") if value in text]
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {(one["line"], one["column"]) for one in told["lines"]} == {(2, "DOB"), (2, "Sex")}


def test_the_same_rows_without_a_number_of_their_own_add_nothing_the_second_time(lead: Session, tmp_path: Path) -> None:
    """Two equal rows are two visits; the file brought in twice still makes two."""
    document = {
        "mapping": 1, "type": "nx_visit", "constants": {"site_type": "mobile"},
        "columns": {"When": {"field": "occurred_at", "date": "DD/MM/YYYY HH:mm"}, "1ml": "items.SYR_FX_1_29"},
    }  # fmt: skip
    path = csv_file(tmp_path, "05/11/2026 18:02,10", "05/11/2026 18:02,10", "01/07/2026 18:02,5", head="When,1ml")
    told = mapping(document, lead)
    assert numbers(lead.imports.bring(told, path).counts) == (3, 3, 0, 0, 0)
    assert numbers(lead.imports.bring(told, path).counts) == (3, 0, 3, 0, 0)
    # A clock without an offset is London's: summer time in July.
    found = sorted(
        (row.payload["occurred_at"], row.payload["items"]["SYR_FX_1_29"]) for row in lead.records("nx_visit")
    )
    assert found == [("2026-07-01T18:02:00+01:00", 5)] + [("2026-11-05T18:02:00+00:00", 10)] * 2


def test_words_that_no_code_fits_are_kept_under_other_where_the_mapping_says_so(lead: Session, tmp_path: Path) -> None:
    document = {
        "mapping": 1, "type": "contact", "key": "Ref",
        "constants": {"kind": "drop_in", "setting": "squat_tent_car_park", "outcome": ["seen"]},
        "columns": {
            "Date": {"field": "occurred_at", "date": "DD.MM.YYYY"},
            "Drugs": {
                "field": "substances", "separator": "/", "values": {"H": "heroin", "none": None}, "otherwise": "other",
            },
            "Code": {"field": "person.code", "values": {"": None}},
        },
    }  # fmt: skip
    path = csv_file(
        tmp_path, "1,05.11.2026,H / mephadrone / glue,", "2,06.11.2026,none,JOHN80M", head="Ref,Date,Drugs,Code"
    )
    assert numbers(lead.imports.bring(mapping(document, lead), path).counts) == (2, 2, 0, 0, 0)
    rows = {row.payload["external_id"]: row.payload for row in lead.records("contact")}
    assert rows["1"]["substances"] == ["heroin", "other"]
    assert (rows["1"]["substances_other"], rows["1"]["person"]) == ("mephadrone, glue", None)
    assert "substances" not in rows["2"]
    assert rows["1"]["outcome"] == ["seen"]


def workbook(folder: Path, rows: list[list[Any]], name: str = "clients.xlsx") -> Path:
    book = Workbook()
    book.active.title = "Read me"
    book.active["A1"] = "This list was printed on Monday."
    sheet = book.create_sheet("Clients")
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def test_a_workbook_gives_real_days_numbers_and_the_row_as_the_sheet_counts(lead: Session, tmp_path: Path) -> None:
    rows = [
        ["Clients of the old service", None],
        ["Client ref", "Surname", "Forename", "DOB", "Sex"],
        [1001, "Rook", "Ann", date(1980, 4, 3), "F"],
        [None, None, None, None, None],
        [1002.0, "Wren", "Bo", MIDNIGHT, "m"],
        [1003, "Crow", "Cy", "#REF!", "F"],
    ]
    told = mapping({**PEOPLE, "sheet": "Clients", "heading_row": 2}, lead)
    found = lead.imports.bring(told, workbook(tmp_path, rows), skip_bad=tmp_path / "bad")
    assert numbers(found.counts) == (3, 2, 0, 0, 1)
    (place,) = found.places
    assert (place.sheet, place.line, place.column) == ("Clients", 6, "DOB")
    assert "Mend the formula" in place.reason
    payloads = {row.payload["external_id"]: row.payload for row in lead.records("person")}
    assert payloads["old:1001"]["born_on"] == "1980-04-03"
    assert (payloads["old:1002"]["born_on"], payloads["old:1002"]["sex"]) == ("1981-05-04", "male")


def test_a_workbook_whose_headings_are_field_names_needs_no_mapping(lead: Session, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["external_id", "occurred_at", "topic", "headcount"])
    book.active.append(["g1", AFTERNOON, "naloxone", 12])
    book.save(tmp_path / "groups.xlsx")
    assert numbers(lead.import_file("group_session", tmp_path / "groups.xlsx")) == (1, 1, 0, 0, 0)
    (row,) = lead.records("group_session")
    assert row.payload["occurred_at"] == "2026-11-05T14:30:00+00:00"
    assert row.payload["headcount"] == 12


def test_what_is_no_list_of_a_service_is_refused_before_it_is_unfolded(
    lead: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = workbook(tmp_path, [["Client ref", "Surname"], ["C1", "Rook"]])
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    (tmp_path / "text.xlsx").write_text("no zip at all")
    (tmp_path / "cut.xlsx").write_bytes(good.read_bytes()[:-40])
    with ZipFile(good) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for name, part, content in [
        ("macros", "xl/vbaProject.bin", b"code"),
        ("entities", "xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'),
        ("broken", "xl/workbook.xml", b"<workbook"),
    ]:
        with ZipFile(tmp_path / f"{name}.xlsx", "w", ZIP_DEFLATED) as made:
            for old, text in {**parts, part: content}.items():
                made.writestr(old, text)
    with ZipFile(tmp_path / "lzma.xlsx", "w", ZIP_LZMA) as made:  # a few bytes of it can ask for gigabytes
        for old, text in parts.items():
            made.writestr(old, text)
    (tmp_path / "m.xlsm").write_bytes(b"")
    bad = ("old.xlsx", "text.xlsx", "cut.xlsx", "macros.xlsx", "entities.xlsx", "broken.xlsx", "lzma.xlsx", "m.xlsm")
    for name in bad:
        with pytest.raises(BadInput, match="FILE-"):
            lead.imports.look(tmp_path / name)
    with ZipFile(tmp_path / "bomb.xlsx", "w", ZIP_DEFLATED) as made:
        for old, text in parts.items():
            made.writestr(old, text)
        made.writestr("xl/media/zeros.bin", bytes(20_000_000))
    monkeypatch.setattr(import_tables, "MOST_UNFOLDED", 10_000_000)
    with pytest.raises(BadInput, match="FILE-8"):
        lead.imports.look(tmp_path / "bomb.xlsx")


def test_a_look_at_a_file_suggests_columns_and_values(lead: Session, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "C1,Rook,Ann,03/04/1980,F,Dee", "C2,Wren,Bo,25/12/1981,Male,Dee", "C3,Jay,Cy,,N/K,")
    look = lead.imports.look(path)
    assert (look.rows, [one.name for one in look.columns]) == (3, HEAD.split(","))
    assert (look.columns[3].filled, look.columns[4].values) == (2, {"F": 1, "Male": 1, "N/K": 1})
    made = lead.imports.suggest("person", look)
    assert {one.column: one.path for one in made.columns} == {
        "Client ref": "external_id", "Surname": "family_name", "Forename": "given_name", "DOB": "born_on", "Sex": "sex",
    }  # fmt: skip
    by_column = {one.column: one for one in made.columns}
    assert by_column["DOB"].date == "DD/MM/YYYY"
    assert by_column["Sex"].values == {"F": "female", "Male": "male", "N/K": {"answer": "unknown"}}
    assert lead.imports.unmatched("person", look, made) == {}


def test_a_mapping_that_was_written_reads_as_it_was(lead: Session, tmp_path: Path) -> None:
    told = mapping(PEOPLE, lead)
    lead.imports.write_mapping(told, tmp_path / "map.json")
    assert lead.imports.read_mapping("person", tmp_path / "map.json") == told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colums": {}}, "Did you mean columns?"),
        ({"mapping": 2}, 'begins with "mapping: 1"'),
        ({"type": "contact"}, "another record type"),
        ({"columns": {}}, "at least one column"),
        ({"columns": {"A": "familyname"}}, "Did you mean family_name?"),
        ({"columns": {"A": "sex", "B": "sex"}}, "two columns go to sex"),
        ({"columns": {"A": {"field": "sex", "values": {"M": "man"}}}}, "no code of the list sex"),
        ({"columns": {"A": {"field": "born_on", "date": "DD/MM"}}}, "a day, a month and a year"),
        ({"columns": {"A": {"field": "sex", "otherwise": "other"}}}, "takes no words"),
        ({"columns": {"A": {"field": "sex", "value": {}}}}, "Did you mean values?"),
        ({"constants": {"sex": "man"}}, "constants.sex"),
        ({"heading_row": 0}, "heading_row"),
        ({"delimiter": "::"}, "delimiter: one sign"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where_and_what_instead(
    lead: Session, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(json.dumps({**PEOPLE, **change}), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        lead.imports.read_mapping("person", path)
    assert words in caught.value.detail


def test_a_column_that_the_file_does_not_have_is_named(lead: Session, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "C1", head="Client ref")
    with pytest.raises(BadInput, match="IMPORT-4") as caught:
        lead.imports.bring(mapping(PEOPLE, lead), path)
    assert "no column Surname" in caught.value.detail


def test_a_workbook_without_headings_is_refused_without_repeating_what_stands_there(
    lead: Session, tmp_path: Path
) -> None:
    book = Workbook()
    book.active.append(["SECRETNAME", "1980-04-03"])
    book.save(tmp_path / "people.xlsx")
    with pytest.raises(BadInput) as caught:
        lead.import_file("person", tmp_path / "people.xlsx")
    assert "column 1" in caught.value.detail
    assert "SECRETNAME" not in caught.value.sentence()


def test_headings_further_down_and_another_encoding_stand_in_the_suggestion(lead: Session, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes("Clients, all, of the service\nSurname;Sex\nRenée;F\n".encode("cp1252"))
    look = lead.imports.look(path, heading_row=2, encoding="windows-1252")
    assert [one.name for one in look.columns] == ["Surname", "Sex"]
    told = lead.imports.suggest("person", look)
    assert (told.heading_row, told.encoding) == (2, "windows-1252")


def test_a_date_format_fits_the_values_of_a_column_and_not_its_first_three(lead: Session, tmp_path: Path) -> None:
    days = [f"01/{n:02}/1980" for n in range(1, 32)]
    look = lead.imports.look(csv_file(tmp_path, *days, head="DOB"))
    assert lead.imports.column("person", look.columns[0], "born_on").date == "MM/DD/YYYY"


def test_a_value_is_open_exactly_when_its_row_would_be_refused(lead: Session, tmp_path: Path) -> None:
    """A row is read by the code as it is written: "MALE" has no meaning until somebody gives it one."""
    path = csv_file(tmp_path, "C1,MALE", "C2,male", head="Client ref,Sex")
    look = lead.imports.look(path)
    told = mapping({**PEOPLE, "columns": {"Sex": "sex"}}, lead)
    assert lead.imports.unmatched("person", look, told) == {"Sex": {"MALE": 1}}
    assert [one.line for one in lead.imports.bring(told, path, dry_run=True).places] == [2]


def test_a_workbook_with_a_damaged_part_is_refused_in_a_sentence(lead: Session, tmp_path: Path) -> None:
    good = workbook(tmp_path, [["Client ref", "Surname"], ["C1", "Rook"]])
    with ZipFile(good) as source:
        where = source.getinfo("xl/workbook.xml").header_offset
    content = bytearray(good.read_bytes())
    start = where + 30 + len("xl/workbook.xml")
    content[start : start + 40] = b"\xff" * 40
    (tmp_path / "damaged.xlsx").write_bytes(bytes(content))
    with pytest.raises(BadInput, match="FILE-7"):
        lead.imports.look(tmp_path / "damaged.xlsx")
