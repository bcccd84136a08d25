"""Save a return with the keyboard, write it with one press, see where it went, forget it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from broker_desktop.session.events import PackChanged
from broker_desktop.session.returns import SavedReturn
from broker_desktop.ui.pages.returns import ReturnsPage
from broker_desktop.ui.pages.summary import SummaryPage
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
    seen.press(Qt.Key.Key_Tab)
    seen.press(Qt.Key.Key_Space)  # the cross beside it
    seen.idle()
    assert session.returns.saved() == []
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    assert isinstance(seen.page, SummaryPage)


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
