"""Signing a month in two steps, its issues, and what changed since; and the records behind a figure.

A lead's. Signing locks figures, never records. Ids of records are shown, never whom they are about.
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Slot

from broker_desktop.records import record_type
from broker_desktop.records.measure import HEADINGS, LINES
from broker_desktop.session.late_changes import told_once
from broker_desktop.session.signing import Issue
from broker_desktop.session.summary import Summary
from broker_desktop.ui.forms.boxes import ListBox, NoteBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.beside_summary import BesideSummary
from broker_desktop.ui.pages.help import SIGNING
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.period_words import period_text
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_RECORDS_MOST: Final = 8
_LISTED_MOST: Final = 200
_Found = tuple[Summary, Sequence[Issue]]


class SignPage(BesideSummary):
    """One month: what to look at, commentary, sign-off, issues, late changes."""

    help_name = SIGNING
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._words: dict[str, str] = {}
        self._heading = ""
        self._sign_card, self._issues, self._late = (Card(padding=20, gap=10) for _ in range(3))
        for card in (self._sign_card, self._issues, self._late):
            self.column.addWidget(card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Summary", "Sign {month}").format(month=period_text(self._period))

    def subtitle(self) -> str:
        """Say what signing does."""
        return translate("Summary", "Figures are locked as they stand. Records stay open to corrections.")

    def arrive(self, place: Place) -> None:
        """Read the month."""
        self._keep_words()
        before, self._heading = self._period, ""
        self._came_for(place)
        if self._period != before:
            self._words = {}
            self._sign_card.empty()  # it would sign this month by what it says of the other one
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read the issues and late changes again; the form stays as it stands, with whatever is being typed."""
        self._ask_for(self._show_beside)

    def _read(self) -> None:
        self._ask_for(self._take)

    def _ask_for(self, take: Callable[[_Found], None]) -> None:
        session, period = self.desk.session, self._period

        def take_for_it(found: _Found) -> None:
            if period == self._period:
                take(found)

        self.desk.read(self, lambda: (session.summary(period), session.months.issues(period)), take_for_it)

    def _take(self, found: _Found) -> None:
        self._show_beside(found)
        summary, issues = found
        self._show_form(summary, again=bool(issues))
        self.desk.header_changed.emit()

    def _show_beside(self, found: _Found) -> None:
        summary, issues = found
        self._show_issues(summary, issues)
        self._show_late(summary)

    # Signing

    def _show_form(self, summary: Summary, *, again: bool) -> None:
        """Show the first step: what to look at, and what there is to say."""
        card, complete = self._sign_card, summary.completeness
        card.empty()
        card.add(Label(translate("Summary", "Before you sign"), role="section"))
        silent = len(complete.not_heard_from)
        missing = complete.sites_expected - complete.sites_reported
        rate = summary.line("MS-28.complete")
        self._check(
            card,
            silent,
            translate("Summary", "{n} laptops have not sent everything"),
            translate("Summary", "All laptops are in"),
        )
        self._check(
            card,
            missing,
            translate("Summary", "{n} sheets of sites are missing"),
            translate("Summary", "No sheet is missing"),
        )
        if rate.value is not None:
            card.add(Paragraph(translate("Summary", "{n} % of the answers are there.").format(n=rate.value)))
        self.heading = ListBox(HEADINGS.items(), empty=translate("Summary", "Choose a heading"))
        self.heading.setAccessibleName(translate("Summary", "Commentary under which heading"))
        self.heading.activated.connect(self._heading_chosen)
        self.note = NoteBox()
        self.note.setAccessibleName(translate("Summary", "Commentary"))
        self.note.setEnabled(False)
        self._told = Paragraph("", role="small", tone="muted")
        words = (
            translate("Summary", "Sign a further issue…") if again else translate("Summary", "Sign it as it stands…")
        )
        self.go_on = Button(words, icon="signature")
        self.go_on.setProperty("again", again)
        self.go_on.clicked.connect(self._ask)
        self._heading = ""
        card.add(
            Label(translate("Summary", "Commentary, if there is something to say"), role="strong"), self.heading,
            self.note, self._told, row(self.go_on, "stretch"),
        )  # fmt: skip
        self._show_told()
        focus_soon(self.heading)

    @staticmethod
    def _check(card: Card, number: int, words: str, fine: str) -> None:
        mark = IconLabel("triangle-alert", token="warn", size=18) if number else IconLabel("circle-check", size=18)
        line = row(mark, gap=8)
        line.addWidget(Paragraph(words.format(n=number) if number else fine), 1)
        card.body.addLayout(line)

    @Slot()
    def _heading_chosen(self) -> None:
        self._keep_words()
        self._heading = self.heading.code() or ""
        self.note.setEnabled(bool(self._heading))
        self.note.setPlainText(self._words.get(self._heading, ""))
        self._show_told()

    def _keep_words(self) -> None:
        if self._heading:
            self._words[self._heading] = self.note.toPlainText().strip()

    def _show_told(self) -> None:
        written = [HEADINGS[code] for code, text in self._words.items() if text]
        said = translate("Summary", "Written under: {headings}").format(headings=", ".join(written))
        self._told.setText(said if written else "")

    @Slot()
    def _ask(self) -> None:
        """Show the second step."""
        self._keep_words()
        again, card = bool(self.go_on.property("again")), self._sign_card
        card.empty()
        self._heading = ""
        head = row(IconLabel("signature", size=24), gap=10)
        sure_words = translate("Summary", "Sign {month} as it stands?").format(month=period_text(self._period))
        head.addWidget(Paragraph(sure_words, role="section"), 1)
        card.body.addLayout(head)
        told = translate(
            "Summary",
            "Your name, the time and the definitions are kept with the figures. What comes later is listed beside.",
        )
        self.sure = Button(translate("Summary", "Sign"), kind="primary", icon="signature")
        self.sure.setProperty("again", again)
        self.sure.clicked.connect(self._sign)
        self.not_yet = Button(translate("Summary", "Not yet"), icon="arrow-left")
        self.not_yet.clicked.connect(self._not_yet)
        card.add(Paragraph(told), row(self.not_yet, self.sure, "stretch", gap=12))
        focus_soon(self.not_yet)

    @Slot()
    def _not_yet(self) -> None:
        self._read()

    @Slot()
    def _sign(self) -> None:
        session, period, again = self.desk.session, self._period, bool(self.sure.property("again"))
        words = {code: text for code, text in self._words.items() if text}

        def not_signed(error: Exception) -> None:
            self.desk.tasks.problem(error)
            if period == self._period:
                self._read()

        self.desk.write(
            self, lambda: session.months.sign(period, commentary=words, again=again), self._signed, not_signed
        )

    def _signed(self, made: Summary) -> None:
        self.desk.say(translate("Summary", "Signed. Issue {n}.").format(n=made.issue))
        if made.period == self._period:
            self._words = {}
            self._read()

    # What was signed, and what changed since

    def _show_issues(self, summary: Summary, issues: Sequence[Issue]) -> None:
        card = self._issues
        card.empty()
        card.setVisible(bool(issues))
        card.add(Label(translate("Summary", "Issues"), role="section"))
        for one in reversed(issues):
            words = translate("Summary", "Issue {n}, signed {at} by {who}")
            told = words.format(n=one.issue, at=one.at[:16].replace("T", " "), who=one.by)
            line = column(Paragraph(told, role="strong"), gap=2)
            line.addWidget(Paragraph(f"{one.hash[:16]}…  {one.definitions}", role="small", tone="muted"))
            card.body.addLayout(line)
        for code, text in summary.commentary.items():
            card.add(Label(HEADINGS.get(code, code), role="smallstrong"), Paragraph(text))

    def _show_late(self, summary: Summary) -> None:
        card = self._late
        card.empty()
        card.setVisible(summary.state == "signed")
        what = _what_happened()
        card.add(Label(translate("Summary", "Late changes"), role="section"))
        if not summary.late:
            card.add(Paragraph(translate("Summary", "Nothing has changed since it was signed.")))
        for one, more in told_once(summary.late):
            line = row(Label(one.line, role="small", tone="muted"), gap=10)
            line.addWidget(Paragraph(one.title), 1)
            if one.line:
                line.addWidget(Label(f"{_shown(one.before)} → {_shown(one.after)}", role="small"))
            line.addWidget(Label(one.change, role="smallstrong"))
            card.body.addLayout(line)
            if more:
                words = translate("Summary", "The same in {n} further tables of these records")
                card.add(Paragraph(words.format(n=more), role="small", tone="muted"))
            for record in one.records[:_RECORDS_MOST]:
                kind = record_type(record.type).title if record.type else translate("Summary", "A record")
                why = f" ({record.reason})" if record.reason else ""
                told = f"{kind} {record.id[-12:]}: {what.get(record.what, record.what)}{why}"
                card.add(Paragraph(told, role="small", tone="muted"))
            if len(one.records) > _RECORDS_MOST:
                words = translate("Summary", "{n} more records").format(n=len(one.records) - _RECORDS_MOST)
                card.add(Paragraph(words, role="small", tone="muted"))


class BehindPage(BesideSummary):
    """The records behind one figure: their types and ids; each opens by its own page."""

    help_name = SIGNING

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._line = ""
        self.lines = ListBox((), empty=None)
        self.lines.setAccessibleName(translate("Summary", "Which figure"))
        self.lines.activated.connect(self._line_chosen)
        self._card = Card(padding=20, gap=6)
        self.column.addWidget(self.lines)
        self.column.addWidget(self._card)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Summary", "Records behind {line}").format(line=self._line)

    def subtitle(self) -> str:
        """Say that it is noted."""
        return translate("Summary", "Ids only, as records stand now. That you looked is noted.")

    def arrive(self, place: Place) -> None:
        """Read the records behind a line; the others of its number can be chosen."""
        self._came_for(place)
        number = place.focus.partition(".")[0]
        self.lines.clear()
        for line in LINES:
            if line.id.partition(".")[0] == number:
                self.lines.addItem(line.title, line.id)
        self.lines.set_code(place.focus)
        self._read(arrived=True)

    @Slot()
    def _line_chosen(self) -> None:
        if self.lines.code() != self._line:
            self._read(arrived=False)

    def _read(self, *, arrived: bool) -> None:
        self._card.empty()
        line = self._line = self.lines.code() or ""
        session, period = self.desk.session, self._period

        def show(found: Sequence[tuple[str, str]]) -> None:
            if line == self._line:
                self._show(found, arrived=arrived)

        self.desk.read(self, lambda: session.months.behind(line, period), show)

    def _show(self, found: Sequence[tuple[str, str]], *, arrived: bool) -> None:
        self._card.empty()
        first: Button = self._back
        words = translate("Summary", "{n} records in {month}").format(n=len(found), month=period_text(self._period))
        self._card.add(Label(words, role="section"))
        for kind, record in found[:_LISTED_MOST]:
            open_it = Button(f"{record_type(kind).title}  {record}", icon="arrow-right")
            open_it.setProperty("place", (kind, record))
            open_it.clicked.connect(self._open)
            self._card.add(row(open_it, "stretch"))
            first = open_it if first is self._back else first
        if len(found) > _LISTED_MOST:
            more = translate("Summary", "{n} more are not listed here.").format(n=len(found) - _LISTED_MOST)
            self._card.add(Paragraph(more, role="small", tone="muted"))
        self.desk.header_changed.emit()
        if arrived:
            focus_soon(first)

    @Slot()
    def _open(self) -> None:
        kind, record = self.sender().property("place")
        self.desk.go(Place("person", id=record) if kind == "person" else Place("edit", type=kind, id=record))


def _what_happened() -> dict[str, str]:
    """Say what became of a record, by the code of a difference."""
    return {
        "added": translate("Summary", "came later"),
        "amended": translate("Summary", "amended"),
        "merged": translate("Summary", "about somebody else now"),
        "voided": translate("Summary", "voided"),
        "moved": translate("Summary", "moved to other days"),
        "erased": translate("Summary", "erased"),
    }


def _shown(value: object) -> str:
    return "–" if value is None else f"{value}"
