"""The side of the month summary: for whom it is, what is hidden, what changed since it was signed, sign-off, export."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from broker_desktop.records.pack import Pack
from broker_desktop.session.disclosure import Level, hidden_mark
from broker_desktop.session.exports import FORMATS
from broker_desktop.session.late_changes import told_once
from broker_desktop.session.period import Period
from broker_desktop.session.summary import Summary
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.period_words import short_period
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_LATE_MOST: Final = 4


def recipients_of(pack: Pack | None) -> list[tuple[str, str]]:
    """Give for whom a summary can be made: the three levels, and whom the pack names once a level was given."""
    return [*_levels(), *((one.name, one.name) for one in (pack.recipients if pack else ()) if one.level)]


def counting_words() -> str:
    """Say why nothing can be exported yet."""
    return translate("Summary", "The figures are being counted. Export comes back with them.")


def own_words() -> str:
    """Say why a week or two are neither signed nor handed on."""
    return translate("Summary", "Weeks are a look for our own team. What is signed and handed on is whole months.")


def _rule_words(level: Level) -> str:
    """Say what is hidden from whom."""
    if level is Level.INTERNAL:
        return translate("Summary", "Nothing is hidden from our own team.")
    small, other = (hidden_mark(level, small=one) for one in (True, False))
    if small == other:
        words = translate("Summary", "Small counts of people and what would tell them show as {small}. 0 is 0.")
        return words.format(small=small)
    words = translate("Summary", "Small counts of people show as {small}, what would tell them as {other}. 0 is 0.")
    return words.format(small=small, other=other)


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

    def __init__(self, *, lead: bool, audits: bool, pack: Pack | None) -> None:
        super().__init__(padding=16, gap=10)
        self.recipients = ListBox(recipients_of(pack), empty=None)
        self.recipients.setAccessibleName(translate("Summary", "For"))
        line = row(Label(translate("Summary", "For"), role="strong"), gap=10)
        line.addWidget(self.recipients, 1)
        self._rule = Paragraph("", role="small")
        self._hidden = Paragraph("", role="small", tone="muted")
        head = row(IconLabel("eye-off"), Label(translate("Summary", "Small numbers hidden"), role="strong"), "stretch")
        self._state = Label("", role="strong")
        self._told = tuple(Paragraph("", role="small") for _ in range(_LATE_MOST + 2))
        self._waits = Paragraph(counting_words(), role="small", tone="muted")
        self.sign = Button("", kind="primary", icon="signature")
        self.sign.setVisible(lead)
        self.formats = ListBox(_formats(), empty=None)
        self.formats.setAccessibleName(translate("Summary", "File"))
        self.export = Button(translate("Summary", "Export"), icon="download", key="Ctrl+Shift+E")
        self.returns = Button(translate("Summary", "Save or run a return…"), icon="send")
        self.audits = Button(translate("Summary", "Records for an audit…"), icon="clipboard-list")
        self.audits.setVisible(audits)
        self.table = Button(translate("Summary", "As a table"), icon="list", key="Ctrl+T")
        for button in (self.sign, self.export, self.returns, self.audits, self.table):
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        self.add(line, Rule(), head, self._rule, self._hidden, Rule())
        self.add(row(IconLabel("history"), self._state, "stretch"), column(*self._told, gap=4))
        self._own = Paragraph(own_words(), role="small", tone="muted")
        self.add(
            self.sign, self._own, Rule(), self.table, self.formats, self.export, self._waits, self.returns, self.audits
        )

    @staticmethod
    def mark(summary: Summary) -> Callable[[Any], str]:
        """Return what gives the mark of a hidden line or part."""
        return lambda hidden: hidden_mark(summary.level, small=hidden.small)

    def show_choice(self, period: Period) -> None:
        """Show what can be done with a period: weeks are for our own team, and are neither signed nor handed on."""
        own = period.is_snapshot
        if own:
            self.recipients.set_code(Level.INTERNAL.value)
        for part in (self.recipients, self.sign, self.formats, self.returns, self.audits):
            part.setEnabled(not own)
        self._own.setVisible(own)
        self.sign.set_words(self._sign_words(period, signed=False))

    def show_summary(self, summary: Summary | None) -> None:
        """Show what belongs to a summary; None while it is being counted, so that nothing is exported."""
        self.export.setEnabled(summary is not None and not summary.period.is_snapshot)
        self._waits.setVisible(summary is None)
        if summary is None:
            self._hidden.setText("")
            self._say_state("", [])
            return
        hidden = sum(1 for line in summary.lines if line.hidden)
        hidden += sum(1 for line in summary.lines for cell in line.cells if cell.hidden)
        self._hidden.setText(translate("Summary", "{n} figures are hidden now").format(n=hidden))
        self._rule.setText(_rule_words(summary.level))
        signed = summary.state == "signed"
        self._say_state(self._heading(signed), self._words(summary, signed))
        self.sign.set_words(self._sign_words(summary.period, signed=signed))

    @staticmethod
    def _sign_words(period: Period, *, signed: bool) -> str:
        if signed:
            return translate("Summary", "See what was signed")
        name = short_period(period)
        if period.is_snapshot:
            return translate("Summary", "Sign…")
        if period.kind == "month":
            name = name.partition(" ")[0]
        return translate("Summary", "Sign {month}…").format(month=name)

    def _say_state(self, heading: str, told: Sequence[str]) -> None:
        self._state.setText(heading)
        for at, label in enumerate(self._told):
            words = told[at] if at < len(told) else ""
            label.setText(words)
            label.setVisible(bool(words))

    @staticmethod
    def _heading(signed: bool) -> str:
        return translate("Summary", "Late changes") if signed else translate("Summary", "Not signed yet")

    def _words(self, summary: Summary, signed: bool) -> list[str]:
        if not signed:
            if summary.period.is_snapshot:
                return [translate("Summary", "Figures move as records come in.")]
            return [translate("Summary", "Figures move until a team lead signs them.")]
        if not summary.late:
            return [translate("Summary", "Nothing has changed since it was signed.")]
        changes = told_once(summary.late)
        told = [f"{one.title}: {one.change}" for one, _ in changes[:_LATE_MOST]]
        if len(changes) > _LATE_MOST:
            more = translate("Summary", "{n} more figures would be others now.")
            told.append(more.format(n=len(changes) - _LATE_MOST))
        told.append(translate("Summary", "Signed figures stay as signed."))
        return told
