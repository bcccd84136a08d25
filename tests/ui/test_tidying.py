"""Bringing in a list, giving codes to words, and printed tables: through the window, by keys where hands work."""

from pathlib import Path

from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.pages.bring_in import DONE, TRY, VALUES, ImportPage
from broker_desktop.ui.pages.recoding import RecodingPage
from broker_desktop.ui.pages.reference import ReferencePage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.ui.conftest import Seen
from tests.ui.keys import MOST_TABS, pick

REFERENCE = Path(__file__).parents[2] / "resources" / "reference"
CONTACT = {
    "occurred_at": "2026-11-05T18:02:00+00:00", "kind": "drop_in", "setting": "squat_tent_car_park",
    "outcome": ["seen"], "person": None, "substances": ["other"],
}  # fmt: skip


def tab_to(seen: Seen, wanted: QWidget) -> None:
    for _ in range(MOST_TABS):
        if QApplication.focusWidget() is wanted:
            return
        seen.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
    raise AssertionError("Tab does not lead there")


def choose(seen: Seen, box: ListBox, code: str) -> None:
    tab_to(seen, box)
    pick(box, code)


def push(seen: Seen, button: Button) -> None:
    tab_to(seen, button)
    seen.press(Qt.Key.Key_Return)
    seen.idle()


def words_on(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(Label) if label.isVisible())


def test_a_list_comes_in_by_keys_from_file_to_records(seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text(
        "Ref,Code,Sex,Housing,Worker\nC1,JOHN80M,M,NFA,Dee\nC2,WREN81F,F,NFA,Dee\nC3,X,Q,flat,\n", encoding="utf-8"
    )
    page = seen.go("import")
    assert isinstance(page, ImportPage)
    choose(seen, page.type, "person")
    page.read(path)
    seen.idle()
    assert {line.column.name: line.path() for line in page.lines} == {
        "Ref": "external_id", "Code": "code", "Sex": "sex", "Housing": "accommodation_status", "Worker": None,
    }  # fmt: skip
    assert page.key.code() == "Ref"
    push(seen, page.next)
    assert page.step == VALUES
    asked = {name: [line.text for line in lines] for name, lines in page.values.items()}
    assert sorted(asked["Sex"]) == ["F", "M", "Q"]
    choose(seen, page.constants["identity_level"], "code")
    housing = {line.text: line for line in page.values["Housing"]}
    choose(seen, housing["NFA"].meaning, "keep")
    choose(seen, housing["flat"].meaning, "nothing")
    push(seen, page.next)
    assert page.step == TRY
    # Q is no sex and X no code: both in the third row. "flat" was said to mean nothing.
    assert page.report is not None
    assert (page.report.counts.added, page.report.counts.refused) == (2, 1)
    assert {one.column for one in page.report.columns} == {"Sex", "Code"}
    assert seen.workspace.session.count("person") == 0
    page.bring_in(tmp_path / "refused")
    seen.idle()
    rows = {row.payload["code"]: row.payload for row in seen.workspace.session.records("person")}
    assert rows["JOHN80M"] == {
        "identity_level": "code", "code": "JOHN80M", "sex": "male", "accommodation_status": "other",
        "accommodation_status_other": "NFA", "external_id": "C1",
    }  # fmt: skip


def test_good_rows_come_in_and_the_refused_ones_go_to_a_file(seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("When,Topic,How many came\n2026-11-05,Naloxone training,12\n2026-11-06,Chess,3\n", encoding="utf-8")
    page = seen.go("import")
    assert isinstance(page, ImportPage)
    choose(seen, page.type, "group_session")
    page.read(path)
    seen.idle()
    push(seen, page.next)
    # "Naloxone training" is the label of a code, "Chess" is like none: it stays unsaid and its row is refused.
    push(seen, page.next)
    assert page.report is not None
    assert (page.report.counts.read, page.report.counts.refused, page.report.share) == (2, 1, "50.0")
    assert "Topic: 50.0 % (1 of 2 rows)" in words_on(page)
    assert "Chess" not in words_on(page)
    page.bring_in(tmp_path / "refused.ndjson")
    seen.idle()
    assert page.step == DONE
    (row,) = seen.workspace.session.records("group_session")
    assert (row.payload["topic"], row.payload["headcount"]) == ("naloxone", 12)
    assert "Chess" in (tmp_path / "refused.ndjson").read_text(encoding="utf-8")


def test_words_get_a_code_by_keys_and_it_is_taken_back(seen: Seen) -> None:
    session = seen.workspace.session
    for words in ("mephadrone", "Mephadrone", "glue"):
        session.save("contact", {**CONTACT, "substances_other": words})
    page = seen.go("recoding")
    assert isinstance(page, RecodingPage)
    (card,) = page.cards.values()
    tab_to(seen, card.words.first())
    seen.press(Qt.Key.Key_Space)
    assert card.code.code() == "mephedrone"  # suggested, because it is like the words
    tab_to(seen, card.reason)
    seen.type("new in the pack")
    push(seen, card.give)
    assert session.count("contact", where=[("substances", "mephedrone")]) == 2
    (left,) = page.cards.values()
    assert left.words.codes() == ["glue"]
    undo = next(one for one in page.findChildren(Button) if one.property("mark"))
    push(seen, undo)
    assert session.count("contact", where=[("substances", "mephedrone")]) == 0


def test_a_printed_table_shows_each_figure_that_differs(seen: Seen) -> None:
    page = seen.go("list", "reference_table")
    assert isinstance(page, ReferencePage)
    page.bring(REFERENCE / "hampshire-demand.yaml")
    page.bring(REFERENCE / "hampshire-bulls-eye.yaml")
    seen.idle()
    shown = words_on(page)
    assert "11 of 23 figures that can be worked out differ from the print." in shown
    assert "All 20 figures that can be worked out are as printed. The rows count some people twice" in shown
    assert "7,159 (cells: 7,162)" in shown
    assert shown.count("(cells: ") == 11


def test_another_sheet_is_read_and_what_was_said_stays_said(seen: Seen, tmp_path: Path) -> None:
    """The headings stand in row 2 of both sheets; on the way back "leave it out" and a column left out still stand."""
    path, book = tmp_path / "clients.xlsx", Workbook()
    for name, sex in (("Old", "F"), ("New", "unsaid")):
        sheet = book.create_sheet(name)
        for line in (("Printed today",), ("Ref", "Code", "Sex"), ("C1", "JOHN80M", sex)):
            sheet.append(line)
    book.remove(book.worksheets[0])
    book.save(path)
    page = seen.go("import")
    assert isinstance(page, ImportPage)
    choose(seen, page.type, "person")
    choose(seen, page.file_card.rows, "2")
    page.read(path)
    seen.idle()
    assert page.sheet.code() == "Old"
    choose(seen, page.sheet, "New")
    seen.idle()
    assert page.look is not None
    assert (page.look.sheet, page.look.heading_row) == ("New", 2)
    push(seen, page.next)
    choose(seen, page.constants["identity_level"], "code")
    (line,) = page.values["Sex"]
    choose(seen, line.meaning, "nothing")
    push(seen, page.next)
    assert page.step == TRY
    page.back()
    (line,) = page.values["Sex"]
    assert line.chosen() == "nothing"
    push(seen, page.next)
    assert page.report is not None
    assert (page.report.counts.added, page.report.counts.refused) == (1, 0)


def test_a_file_that_changed_after_the_try_is_tried_again_and_nothing_of_it_counts_as_stored(
    seen: Seen, tmp_path: Path
) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("When,Topic,How many came\n2026-11-05,Naloxone training,12\n", encoding="utf-8")
    page = seen.go("import")
    assert isinstance(page, ImportPage)
    choose(seen, page.type, "group_session")
    page.read(path)
    seen.idle()
    push(seen, page.next)
    push(seen, page.next)
    path.write_text("When,Topic,How many came\n2026-11-05,Naloxone training,many\n", encoding="utf-8")
    page.bring_in(None)
    seen.idle()
    assert page.step == TRY
    assert seen.workspace.strip.text().startswith("The file has changed since the try: nothing was stored.")
    assert seen.workspace.session.count("group_session") == 0
