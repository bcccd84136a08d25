"""Records for an audit: what it is about, how many, which draw; then a workbook for the team itself.

Which subjects are open to this seat, and what is drawn, is the session's to say; no record is named here.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog

from broker_desktop.session.audit_sample import MOST, USUAL, AuditSample
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.beside_summary import BesideSummary
from broker_desktop.ui.pages.help import SUMMARY
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.period_words import period_text
from broker_desktop.ui.pages.writing_footer import WritingFooter
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.stepper import Stepper
from broker_desktop.ui.widgets.text import Label, Paragraph

_FORM: Final = "xlsx"


class AuditsPage(BesideSummary):
    """One draw of the records of a period."""

    help_name = SUMMARY
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        words = _subjects()
        self.subject = ListBox([(one, words[one]) for one in desk.session.months.audits], empty=None)
        self.many = Stepper(name=translate("Audits", "How many records"), least=1)
        self.number = Stepper(name=translate("Audits", "Which draw"), least=1)
        self.many.set_number(USUAL)
        self.draw = Button(translate("Audits", "Draw and write…"), kind="primary", icon="download")
        self.draw.clicked.connect(self._choose)
        form = Card(padding=20, gap=10)
        for part, said in (
            (self.subject, translate("Audits", "About")),
            (self.many, translate("Audits", "How many records (at most {n})").format(n=MOST)),
            (self.number, translate("Audits", "Which draw")),
        ):
            form.add(Label(said, role="strong"), part)
        self.subject.setAccessibleName(translate("Audits", "About"))
        told = translate(
            "Audits", "The same number draws the same records again, on every laptop; another draws others."
        )
        form.add(Paragraph(told, role="small", tone="muted"))
        told = translate(
            "Audits",
            "The workbook names records and the questions that were not answered, never what was answered. "
            "It is for the team itself. That it was drawn is noted.",
        )
        form.add(Paragraph(told, role="small"), row(self.draw, "stretch"))
        WritingFooter(self, lambda: self.draw)
        self.column.addWidget(form)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Audits", "Records for an audit")

    def subtitle(self) -> str:
        """Return the period that they are drawn from."""
        return period_text(self._period)

    def arrive(self, place: Place) -> None:
        """Take over the period of the summary."""
        self._came_for(place)
        self.desk.header_changed.emit()
        focus_soon(self.subject)

    @Slot()
    def _choose(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        label = self._period.label.replace("/", "-").replace(" ", "-")
        name = str(Path(folder) / f"audit-{label}-{self.subject.code()}.{_FORM}")
        title = translate("Audits", "Where the records for an audit are written")
        chosen, _ = QFileDialog.getSaveFileName(self, title, name, f"*.{_FORM}")
        if chosen:
            self.draw_to(Path(chosen))

    def draw_to(self, path: Path) -> None:
        """Draw, and write the file."""
        months, period, subject = self.desk.session.months, self._period, self.subject.code() or ""
        many, number = self.many.number() or 0, self.number.number() or 1
        self.desk.files.begin(
            path.name, lambda told: months.audit(period, subject, path, many=many, number=number, told=told), _written
        )

    def escape(self) -> bool:
        """Stop the file that is being written; else go back to the summary."""
        return self.desk.files.stop() or super().escape()


def _written(made: AuditSample) -> str:
    words = translate("Audits", "{n} of {of} records, draw {number}, were written.")
    return words.format(n=len(made.records), of=made.of, number=made.number)


def _subjects() -> dict[str, str]:
    return {
        "records": translate("Audits", "All records that answers are asked of"),
        "safeguarding": translate("Audits", "Safeguarding concerns"),
        "acute": translate("Audits", "Referrals to hospital"),
        "employment": translate("Audits", "Support with work, training and education"),
    }
