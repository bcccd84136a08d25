"""Save a return with the keyboard, write it with one press, see where it went, forget it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from openpyxl import load_workbook
from PySide6.QtCore import Qt

from broker_desktop.session import month_period
from broker_desktop.session.events import PackChanged
from broker_desktop.session.exports import Told
from broker_desktop.session.returns import SavedReturn
from broker_desktop.ui.pages.audits import AuditsPage
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.returns import ReturnsPage
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.pages.summary_side import SummarySide
from broker_desktop.ui.pages.writing_footer import WritingFooter
from broker_desktop.ui.tasks import FILES
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.ui.conftest import Seen

SAMPLES = Path(__file__).parents[1] / "samples"


def words(page: object) -> str:
    """Give everything that a page says."""
    return " | ".join(label.text() for label in page.findChildren(Label))  # type: ignore[attr-defined]


def tab(seen: Seen, to: object) -> None:
    """Go on with Tab until something has the focus."""
    for _ in range(12):
        if to.hasFocus():  # type: ignore[attr-defined]
            return
        seen.press(Qt.Key.Key_Tab)
    raise AssertionError("Tab never comes to it")


@contextmanager
def busy(seen: Seen) -> Iterator[None]:
    """Keep what writes files busy, so that the next one waits: nobody can press a key in time otherwise."""
    gate = Event()
    seen.workspace.tasks.run(seen.workspace, gate.wait, bool, lane=FILES)
    try:
        yield
    finally:
        gate.set()


def stop_by_keys(seen: Seen, page: ReturnsPage, folder: Path) -> None:
    """Write the return again and stop it: with Esc, and on the button. The page stays, no file comes."""
    (written,) = folder.glob("*.xlsx")
    written.unlink()
    footer = page.findChild(WritingFooter)
    for by_button in (False, True):
        with busy(seen):
            page.runs["Monthly to the DAT"].setFocus()
            seen.press(Qt.Key.Key_Space)
            assert footer.isVisible()
            assert footer.accessibleName() == "Writing Monthly to the DAT: 0 %"
            if by_button:
                tab_back(seen, footer.stop)
                seen.press(Qt.Key.Key_Space)
            else:
                seen.press(Qt.Key.Key_Escape)
            assert footer.words.text() == "Stopping…"
        seen.idle()
        assert seen.page is page
        assert seen.workspace.strip.text() == "Stopped. No file was written."
        assert list(folder.glob("*.xlsx*")) == []
        assert not footer.isVisible()
    assert page.runs["Monthly to the DAT"].hasFocus()  # not nowhere, though Stop is gone


def tab_back(seen: Seen, to: Button) -> None:
    """Go to the last thing on a page."""
    for _ in range(30):
        if to.hasFocus():
            return
        seen.press(Qt.Key.Key_Backtab)
    raise AssertionError("it is never reached")


def test_a_file_goes_on_when_its_page_is_left_and_a_lock_stops_it(seen: Seen, tmp_path: Path) -> None:
    page = seen.go("summary", id="2026-11")
    assert isinstance(page, SummaryPage)
    footer = page.findChild(WritingFooter)
    told = Event()

    def writing(tell: Told) -> None:
        tell(1, 4)
        told.set()

    with busy(seen):
        page.desk.files.begin("one.csv", writing, lambda _none: "Written.")
        page.export_to(tmp_path / "two.csv", "csv")
        assert seen.workspace.strip.text() == "Another file is being written. Wait for it, or stop it."
        seen.workspace.go(Place("today"))
    seen.idle()
    assert told.is_set()
    assert seen.workspace.strip.text() == "Written."

    seen.go("summary", id="2026-11")
    page.export_to(tmp_path / "three.csv", "csv")
    seen.idle()
    assert seen.workspace.strip.text() == "The month summary was written. It holds figures only."
    assert (tmp_path / "three.csv").stat().st_size > 1000

    never = Event()

    def slow(tell: Told) -> None:
        for _ in range(2000):  # until it is stopped
            tell(1, 4)
            never.wait(0.01)
        (tmp_path / "four.csv").write_text("never")

    page.desk.files.begin("four.csv", slow, lambda _none: "Written.")
    seen.qtbot.waitUntil(lambda: footer.percent.text() == "25 %", timeout=3000)
    seen.press(Qt.Key.Key_F12)
    assert len(seen.restarts) == 1
    assert [path.name for path in tmp_path.glob("*.csv")] == ["three.csv"]


def test_a_return_is_saved_written_and_forgotten_by_keys(seen: Seen, tmp_path: Path) -> None:
    session = seen.workspace.session
    session.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    summary = seen.go("summary", id="2026-11")
    assert isinstance(summary, SummaryPage)
    summary.side.returns.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    page = seen.page
    assert isinstance(page, ReturnsPage)
    seen.qtbot.waitUntil(page.name.hasFocus)  # nothing is saved yet
    assert page.recipient.code() == "internal"  # as the summary was looked at
    assert page.formats.value() == ["xlsx"]
    seen.type("Monthly to the DAT")
    seen.press(Qt.Key.Key_Tab)
    seen.type("C")  # Commissioner
    tab(seen, page.formats.chip("xlsx"))
    tab(seen, page.folder)
    page.folder.selectAll()
    seen.type(str(tmp_path))
    tab(seen, page.save)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    kept = SavedReturn(
        name="Monthly to the DAT", recipient="commissioner", cadence="month", formats=("xlsx",), folder=str(tmp_path)
    )
    assert session.returns.saved() == [kept]
    assert "Every month · Commissioner · XLSX · all figures" in words(page)
    run = page.runs["Monthly to the DAT"]
    run.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["monthly-to-the-dat-commissioner-2026-11-draft.xlsx"]
    stop_by_keys(seen, page, tmp_path)
    run.setFocus()
    seen.press(Qt.Key.Key_Tab)
    seen.press(Qt.Key.Key_Space)  # the cross beside it
    seen.idle()
    assert session.returns.saved() == []
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    assert isinstance(seen.page, SummaryPage)
    an_audit_by_keys(seen, seen.page, tmp_path / "audit.xlsx")


def an_audit_by_keys(seen: Seen, summary: SummaryPage, path: Path) -> None:
    """Go on to an audit: a subject, three records, the second draw; then stop one, and go back to the summary.

    What is asked is what the session draws: three of the records of November, the same as on any other laptop.
    """
    session, november = seen.workspace.session, month_period("2026-11")
    summary.side.audits.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    page = seen.page
    assert isinstance(page, AuditsPage)
    assert (page.title(), page.subtitle()) == ("Records for an audit", "November 2026")
    seen.qtbot.waitUntil(page.subject.hasFocus)
    assert page.subject.code() == "records"
    tab(seen, page.many.edit)
    page.many.edit.selectAll()
    seen.type("3")
    tab(seen, page.number.edit)
    seen.press(Qt.Key.Key_Up)
    tab(seen, page.draw)
    page.draw_to(path)
    seen.idle()
    drawn = session.months.audit(november, "records", path.with_name("again.xlsx"), many=3, number=2)
    assert seen.workspace.strip.text() == f"3 of {drawn.of} records, draw 2, were written."
    rows = list(load_workbook(path)["Sample"].iter_rows(values_only=True))
    assert rows == list(load_workbook(path.with_name("again.xlsx"))["Sample"].iter_rows(values_only=True))
    assert len(rows) == 1 + 3
    with busy(seen):
        page.draw_to(path.with_name("never.xlsx"))
        seen.press(Qt.Key.Key_Escape)
    seen.idle()
    assert seen.workspace.strip.text() == "Stopped. No file was written."
    assert not path.with_name("never.xlsx").exists()
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    assert isinstance(seen.page, SummaryPage)
    for open_to_them in (False, True):
        side = SummarySide(lead=open_to_them, audits=open_to_them, pack=session.pack)
        seen.qtbot.addWidget(side)
        assert side.audits.isVisibleTo(side) == open_to_them  # who may not draw sees no button at all


def test_a_folder_that_is_gone_is_told_and_nothing_is_lost(seen: Seen, tmp_path: Path) -> None:
    session = seen.workspace.session
    asked = SavedReturn(
        name="On the stick", recipient="publish", cadence="quarter", formats=("pdf",), folder=str(tmp_path / "stick")
    )
    session.returns.keep(asked)
    said: list[str] = []
    page = seen.go("returns")
    assert isinstance(page, ReturnsPage)
    page.desk.said.connect(lambda told: said.append(told[0]))
    page.runs["On the stick"].setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert any("is not there" in words for words in said)
    assert session.returns.saved() == [asked]

    # Whom the pack does not name is not taken for somebody else: nobody is chosen, and Delete chooses nobody either.
    seen.go("returns", payload={"recipient": "The council of elsewhere"})
    page = seen.page
    assert isinstance(page, ReturnsPage)
    assert page.recipient.code() is None
    page.cadence.set_code("year")
    page.cadence.setFocus()
    seen.press(Qt.Key.Key_Delete)
    assert page.cadence.code() == "year"
    page.name.setText("To nobody")
    page._save()
    seen.idle()
    assert session.returns.saved() == [asked]
    assert "A recipient is" in seen.workspace.strip.text()

    # Another pack comes with a sync: what is typed stays.
    seen.workspace._heard(PackChanged())
    seen.idle()
    assert seen.page is page
    assert page.name.text() == "To nobody"
