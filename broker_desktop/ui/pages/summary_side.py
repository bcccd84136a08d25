"""The side of the month summary: for whom it is, what is hidden, what changed since it was signed, sign-off, export."""

from collections.abc import Callable
from typing import Any, Final

from broker_desktop.records.pack import Pack
from broker_desktop.session.disclosure import Level, hidden_mark
from broker_desktop.session.exports import FORMATS
from broker_desktop.session.late_changes import told_once
from broker_desktop.session.summary import Summary
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import month_text, translate
from broker_desktop.ui.widgets.boxes import Card, Rule, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_LATE_MOST: Final = 4


def recipients_of(pack: Pack | None) -> list[tuple[str, str]]:
    """Give for whom a summary can be made: the three levels, and whom the pack names once a level was given."""
    return [*_levels(), *((one.name, one.name) for one in (pack.recipients if pack else ()) if one.level)]


def _levels() -> list[tuple[str, str]]:
    return [
        ("internal", translate("Summary", "Our own team")),
        ("commissioner", translate("Summary", "Commissioner")),
        ("publish", translate("Summary", "Publishing")),
    ]


def _formats() -> list[tuple[str, str]]:
    words = {
        "xlsx": translate("Summary", "Workbook (XLSX)"),
        "pdf": translate("Summary", "Paper for a meeting (PDF)"),
        "csv": translate("Summary", "CSV"),
        "json": translate("Summary", "JSON, for programs"),
    }
    return [(one, words[one]) for one in FORMATS]


class SummarySide(Card):
    """What stands beside the figures."""

    def __init__(self, *, lead: bool, pack: Pack | None) -> None:
        super().__init__(padding=16, gap=10)
        self.recipients = ListBox(recipients_of(pack))
        self.recipients.removeItem(0)
        self.recipients.setAccessibleName(translate("Summary", "For"))
        line = row(Label(translate("Summary", "For"), role="strong"), gap=10)
        line.addWidget(self.recipients, 1)
        self._rule = Paragraph("", role="small")
        self._hidden = Paragraph("", role="small", tone="muted")
        head = row(IconLabel("eye-off"), Label(translate("Summary", "Small numbers hidden"), role="strong"), "stretch")
        self._late = column(gap=4)
        self.sign = Button("", kind="primary", icon="signature")
        self.sign.setVisible(lead)
        self.formats = ListBox(_formats())
        self.formats.removeItem(0)
        self.formats.setAccessibleName(translate("Summary", "File"))
        self.export = Button(translate("Summary", "Export"), icon="download", key="Ctrl+Shift+E")
        self.returns = Button(translate("Summary", "Save or run a return…"), icon="send")
        self.table = Button(translate("Summary", "As a table"), icon="list", key="Ctrl+T")
        for button in (self.sign, self.export, self.returns, self.table):
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        self.add(line, Rule(), head, self._rule, self._hidden, Rule())
        self.body.addLayout(self._late)
        self.add(self.sign, Rule(), self.table, self.formats, self.export, self.returns)

    @staticmethod
    def mark(summary: Summary) -> Callable[[Any], str]:
        """Return what gives the mark of a hidden line or part."""
        return lambda hidden: hidden_mark(summary.level, small=hidden.small)

    def show_summary(self, summary: Summary) -> None:
        """Show what belongs to one month and recipient."""
        hidden = sum(1 for line in summary.lines if line.hidden)
        hidden += sum(1 for line in summary.lines for cell in line.cells if cell.hidden)
        self._hidden.setText(translate("Summary", "{n} figures are hidden now").format(n=hidden))
        if summary.level is Level.INTERNAL:
            self._rule.setText(translate("Summary", "Nothing is hidden from our own team."))
        else:
            words = translate(
                "Summary", "Small counts of people show as {small}, what would tell them as {other}. 0 is 0."
            )
            small, other = (hidden_mark(summary.level, small=one) for one in (True, False))
            if small == other:
                words = translate("Summary", "Small counts of people and what would tell them show as {small}. 0 is 0.")
            self._rule.setText(words.format(small=small, other=other))
        clear_layout(self._late)
        signed = summary.state == "signed"
        self._late.addLayout(row(IconLabel("history"), Label(self._heading(signed), role="strong"), "stretch"))
        for words in self._words(summary, signed):
            self._late.addWidget(Paragraph(words, role="small"))
        month = month_text(summary.period.label)
        self.sign.set_words(
            translate("Summary", "See what was signed")
            if signed
            else translate("Summary", "Sign {month}…").format(month=month.partition(" ")[0])
        )

    @staticmethod
    def _heading(signed: bool) -> str:
        return translate("Summary", "Late changes") if signed else translate("Summary", "Not signed yet")

    def _words(self, summary: Summary, signed: bool) -> list[str]:
        if not signed:
            whose = translate("Summary", "Figures move until a team lead signs the month.")
            return [whose]
        if not summary.late:
            return [translate("Summary", "Nothing has changed since it was signed.")]
        changes = told_once(summary.late)
        told = [f"{one.title}: {one.change}" for one, _ in changes[:_LATE_MOST]]
        if len(changes) > _LATE_MOST:
            more = translate("Summary", "{n} more figures would be others now.")
            told.append(more.format(n=len(changes) - _LATE_MOST))
        told.append(translate("Summary", "Signed figures stay as signed."))
        return told
