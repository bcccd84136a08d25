"""The workbook of a summary: numbers are numbers, it prints well, says what its lines mean, and opens elsewhere."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from broker_desktop.records.measure import LINES
from broker_desktop.session import Session, Summary, month_period, to_bytes
from broker_desktop.session.exports import Beside, dictionary
from broker_desktop.session.exports.flow_sheets import flow_sheets
from broker_desktop.session.exports.table import rows
from tests.common.office import converted

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")


@pytest.fixture
def november(lead: Session) -> Session:
    lead.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    return lead


def for_commissioner(session: Session) -> Summary:
    made = session.summary(NOVEMBER, "commissioner")
    return replace(made, commentary={"exchange": "The van was off the road & late."}, recipient="Health & Care")


def test_the_sheet_is_ready_to_read_filter_and_print(november: Session, tmp_path: Path) -> None:
    path = tmp_path / "summary.xlsx"
    november.export(for_commissioner(november), "xlsx", path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Bull's-eye", "Dictionary", "About"]
    sheet = book["Summary"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:H{sheet.max_row}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)  # A4
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # one wide is what is not said
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddFooter.left.text == "2026-11, for Health && Care, draft, issue 1"
    assert sheet.oddFooter.right.text == "Page &P of &N"
    assert [sheet.cell(row=1, column=n).value for n in (1, 4)] == ["line", "value"]
    mobile = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "MS-04" and row[2] == "Mobile exchange")
    assert isinstance(mobile[3], int)  # in the words of the code list, and a number


def test_the_dictionary_says_what_each_line_counts(november: Session) -> None:
    rows = {row[0]: row for row in dictionary.dictionary(november.summary(NOVEMBER))}
    assert list(rows) == [one.id for one in LINES]
    assert rows["MS-11.accepted"][5] == "MS-11.offered BBV tests offered"
    assert rows["MS-02"][4] == (
        "Different people, places or the like; each counts once in the period. "
        "Rests on: Contacts, Needle-exchange visits."
    )
    assert rows["MS-06"][6] == "commissioned by"
    assert rows["MS-06.items"][8] == "never hidden: these are no people"
    assert rows["MS-04"][8] == "hidden outside the team"


def test_every_rule_has_words() -> None:
    kinds = {type(rule).__name__ for one in LINES for rule in (one.rule, one.out_of) if rule is not None}
    assert kinds - set(dictionary.RULES) == set(), "say in the data dictionary how the new rule counts"


def test_about_says_whose_it_is_what_is_missing_hidden_and_said(november: Session) -> None:
    made = for_commissioner(november)
    book = openpyxl.load_workbook(BytesIO(to_bytes(made, "xlsx", Beside(service="Harbour"))))
    told = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert told["service"] == "Harbour"
    assert told["hash"] == made.hash
    assert "<5" in str(told["small numbers"])
    assert told["laptops"] == 1
    assert told["sheets that came"] == made.completeness.sites_reported
    assert told["commentary: Needle exchange"] == "The van was off the road & late."


def test_the_same_summary_gives_the_same_bytes(november: Session) -> None:
    made = for_commissioner(november)
    assert to_bytes(made, "xlsx") == to_bytes(made, "xlsx")


@pytest.mark.parametrize(("form", "last"), [("xlsx", 10), ("pdf", 3), ("csv", 2), ("json", 1)])
def test_a_file_under_way_is_stopped_and_nothing_of_it_stays(
    november: Session, tmp_path: Path, form: str, last: int
) -> None:
    class Stopped(Exception):
        pass

    told = []

    def tell(done: int, whole: int) -> None:
        told.append((done, whole))
        if len(told) == last:
            raise Stopped

    made = november.summary(NOVEMBER)
    with pytest.raises(Stopped):
        november.export(made, form, tmp_path / f"summary.{form}", tell)
    assert len(told) == last
    assert list(tmp_path.glob("*summary*")) == []
    assert list(november._context.vault.folder.glob("parts-*")) == []  # nor a part of it
    assert "export" not in {row.action for row in november.oversight.audit()}


def test_a_workbook_tells_how_far_it_is_to_the_end(november: Session, tmp_path: Path) -> None:
    made, told = november.summary(NOVEMBER), []
    november.export(made, "xlsx", tmp_path / "summary.xlsx", lambda done, whole: told.append((done, whole)))
    flows = sum(len(one.rows) for one in flow_sheets(made, Beside()))
    # A row for each figure and part, each group of the Bull's-eye, each meaning, each flow, and the end.
    steps = len(rows(made)) + len(made.positions) + len(made.lines) + flows + 1
    assert told == [(0, 1), *((done, steps) for done in range(1, steps + 1)), (1, 1)]
    assert [one.name for one in tmp_path.glob("*summary*")] == ["summary.xlsx"]


def test_no_row_is_higher_than_a_workbook_allows(november: Session) -> None:
    """Sixty lines of fifteen points would be 900; a row has at most 409."""
    made = replace(november.summary(NOVEMBER), commentary={"exchange": "a line\n" * 60})
    sheet = openpyxl.load_workbook(BytesIO(to_bytes(made, "xlsx")))["About"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "commentary: Needle exchange")
    assert 400 < sheet.row_dimensions[row].height <= 409  # in steps of a point of the screen


def test_libreoffice_opens_it_and_recalculates_without_an_error(november: Session, tmp_path: Path) -> None:
    """What comes back from LibreOffice has the same numbers as numbers, the same marks as texts, and no error."""
    made = for_commissioner(november)
    path = tmp_path / "ours" / "summary.xlsx"
    path.parent.mkdir()
    november.export(made, "xlsx", path)
    book, ours = openpyxl.load_workbook(converted(path, "xlsx", tmp_path)), openpyxl.load_workbook(path)
    assert book.sheetnames == ours.sheetnames
    for sheet in book:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type in {"e", "f"}] == []
        assert [cell.coordinate for cell in cells if str(cell.value).startswith(("Err:", "#"))] == []
        for cell in cells:
            assert cell.value == ours[sheet.title][cell.coordinate].value, f"{sheet.title} {cell.coordinate}"
    values = {row[0]: row[3] for row in book["Summary"].iter_rows(values_only=True) if row[2] is None}
    assert values["MS-04"] == made.line("MS-04").value
    assert values["MS-11.given"] == "<5" if made.line("MS-11.given").hidden else True
