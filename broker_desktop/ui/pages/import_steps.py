"""The parts of the import page: a line for each column of the file, and a line for each value that needs a meaning."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from broker_desktop.records.answer import REASON_LABELS
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.field import Code, Codes, Field
from broker_desktop.records.mapping import KEPT_WORDS
from broker_desktop.records.paths import Target
from broker_desktop.records.reference import PersonRef
from broker_desktop.session.import_report import ImportReport
from broker_desktop.session.import_tables import ENCODINGS
from broker_desktop.session.imports import ColumnLook
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Box, Card, Rule, row
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

KEEP: Final = "keep"
ANONYMOUS: Final = "anonymous"
NOTHING: Final = "nothing"
REASON: Final = "reason:"
CODE: Final = "code:"
_HEADING_ROWS: Final = 20
"""As far down as headings stand in a list that people keep; a mapping file may say more."""

_SHOWN: Final = 12
"""Bad places that the page shows; the report has all."""


class FileCard(Card):
    """What the rows are, and where and how the headings of the file stand."""

    def __init__(self, kinds: Sequence[tuple[str, str]]) -> None:
        super().__init__(padding=20, gap=12)
        self.type = ListBox(kinds, empty=translate("Import", "Choose what the rows are"))
        self.type.setAccessibleName(translate("Import", "What the rows are"))
        self.add(Label(translate("Import", "What are the rows?"), role="strong"), self.type)
        self.rows = ListBox([(str(n), str(n)) for n in range(1, _HEADING_ROWS + 1)], empty=None)
        letters = [(one, one.upper() if one == "utf-8" else one.capitalize()) for one in ENCODINGS]
        self.letters = ListBox(letters, empty=None)
        for words, box in (
            (translate("Import", "Row with the headings"), self.rows),
            (translate("Import", "Encoding of a CSV file"), self.letters),
        ):
            box.setAccessibleName(words)
            line = row(gap=14)
            line.addWidget(Label(words), 2)
            line.addWidget(box, 4)
            self.body.addLayout(line)
        about = translate(
            "Import",
            "A CSV file, a workbook (.xlsx) or lines of JSON with one record a row. The file is read here and stays"
            " where it is; nothing is stored before you have seen what comes in.",
        )
        self.add(Paragraph(about))

    def heading_row(self) -> int:
        """Return the row of the headings, from 1."""
        return int(self.rows.code() or 1)

    def encoding(self) -> str:
        """Return the encoding of a CSV file."""
        return self.letters.code() or ENCODINGS[0]

    def choose(self, type_name: str, heading_row: int, encoding: str) -> None:
        """Show what was chosen before."""
        self.type.set_code(type_name)
        self.rows.set_code(str(heading_row))
        self.letters.set_code(encoding)


class ColumnLine(Box):
    """One column: its heading, samples, and the field it goes to."""

    def __init__(self, column: ColumnLook, places: Sequence[Target], path: str | None) -> None:
        super().__init__(name="plainBox", padding=0, gap=2)
        self.column = column
        self.field = ListBox(
            [(one.path, one.label) for one in places], empty=translate("Import", "Leave this column out")
        )
        self.field.setAccessibleName(translate("Import", "Field for the column {name}").format(name=column.name))
        if path is not None:
            self.field.set_code(path)
        heading = Paragraph(column.name, role="strong")
        heading.setMinimumWidth(look().letters(230))
        samples = ", ".join(column.samples) or translate("Import", "empty")
        line = row(gap=14)
        line.addWidget(heading, 2)
        line.addWidget(Paragraph(samples, role="small", tone="muted"), 3)
        line.addWidget(self.field, 4)
        self.body.addLayout(line)

    def path(self) -> str | None:
        """Return the field chosen, nothing for a column that is left out."""
        return self.field.code()


class ValueLine(Box):
    """One text of a column and what it means."""

    def __init__(self, text: str, times: int, target: Target, codes: CodeLists, chosen: str | None) -> None:
        super().__init__(name="plainBox", padding=0, gap=2)
        self.text = text
        choices = _choices(target, codes)
        self.meaning = ListBox(choices, empty=not_said())
        self.meaning.setAccessibleName(translate("Import", "What {text} means").format(text=text))
        if chosen is not None:
            self.meaning.set_code(chosen)
        words = Paragraph(text, role="strong")
        count = translate("Import", "Rows: {n}").format(n=f"{times:,}")
        line = row(gap=14)
        line.addWidget(words, 2)
        line.addWidget(Label(count, role="small", tone="muted"), 1)
        line.addWidget(self.meaning, 4)
        self.body.addLayout(line)

    def chosen(self) -> str | None:
        """Return what was chosen, with what kind of choice it is before it."""
        return self.meaning.code()


def meaning_of(chosen: str) -> Any:
    """Turn a choice into what a mapping writes."""
    if chosen == NOTHING:
        return None
    if chosen == KEEP:
        return dict(KEPT_WORDS)
    if chosen.startswith(REASON):
        return {"answer": chosen.removeprefix(REASON)}
    return chosen.removeprefix(CODE)


def _chosen_of(meant: Any) -> str:
    if meant is None:
        return NOTHING
    if meant == KEPT_WORDS:
        return KEEP
    return f"{REASON}{meant['answer']}" if isinstance(meant, dict) else f"{CODE}{meant}"


def not_said() -> str:
    """Return the words of a choice that is still to be made."""
    return translate("Import", "Not said yet: the row is refused")


def constant_choices(field: Field, codes: CodeLists) -> list[tuple[str, str]]:
    """Give what every row could get for a field; nothing for one that no single answer fits."""
    if isinstance(field, PersonRef):
        return [(ANONYMOUS, translate("Import", "Nobody: anonymous"))]
    if isinstance(field, Code | Codes):
        return [(one.code, one.label) for one in codes.entries(field.list_id)]
    return []


def _choices(target: Target, codes: CodeLists) -> list[tuple[str, str]]:
    field = target.field
    if isinstance(field, Code | Codes):
        known = [(f"{CODE}{one.code}", one.label) for one in codes.entries(field.list_id)]
    else:
        known = [(f"{CODE}yes", translate("Import", "Yes")), (f"{CODE}no", translate("Import", "No"))]
    kept = [(KEEP, translate("Import", "Keep the words, under other"))] if getattr(field, "other", ()) else []
    nothing = [(NOTHING, translate("Import", "It means nothing: leave it out"))]
    reasons = [(f"{REASON}{reason}", words) for reason, words in REASON_LABELS.items()] if field.refusable else []
    return [*known, *kept, *nothing, *reasons]


def value_card(
    column: str, target: Target, open_values: Mapping[str, int], known: Mapping[str, Any], codes: CodeLists
) -> tuple[Card, list[ValueLine]]:
    """Make the card of one column: values without a meaning first, then those with a suggested one."""
    card = Card(padding=20, gap=8)
    words = translate("Import", "{column} goes to: {field}")
    card.add(Label(words.format(column=column, field=target.label), role="section"))
    chosen = {text: _chosen_of(meant) for text, meant in known.items()}
    lines = [ValueLine(text, n, target, codes, chosen.get(text)) for text, n in open_values.items()]
    for line in lines:
        card.add(line)
    return card, lines


def report_card(report: ImportReport) -> Card:
    """Show counts, the share of bad rows by column, and the first bad places; never a value."""
    card = Card(padding=20, gap=8)
    counts = report.counts
    title = (
        translate("Import", "Brought in") if report.stored else translate("Import", "Tried out: nothing is stored yet")
    )
    card.add(Label(title, role="section"))
    words = translate(
        "Import", "{read} rows: {added} new, {amended} changed, {unchanged} as before, {refused} refused."
    )
    told = words.format(
        read=f"{counts.read:,}", added=f"{counts.added:,}", amended=f"{counts.amended:,}",
        unchanged=f"{counts.unchanged:,}", refused=f"{counts.refused:,}",
    )  # fmt: skip
    card.add(Paragraph(told, role="strong"))
    if not counts.refused:
        return card
    line = row(IconLabel("triangle-alert", token="warn"), gap=10)
    share = translate("Import", "{share} % of the rows cannot be taken as they are:")
    line.addWidget(Paragraph(share.format(share=report.share)), 1)
    card.body.addLayout(line)
    for one in report.columns:
        name = one.column or one.field or translate("Import", "The row itself")
        told = translate("Import", "{column}: {share} % ({n} of {all} rows)").format(
            column=name, n=f"{one.refused:,}", all=f"{counts.read:,}", share=one.share
        )
        card.add(Paragraph(told))
    card.add(Rule())
    for place in report.places[:_SHOWN]:
        where = translate("Import", "Row {n}, {column}").format(n=f"{place.line:,}", column=place.column or place.field)
        card.add(Paragraph(f"{where}: {place.reason}", role="small"))
    if len(report.places) > _SHOWN:
        more = translate("Import", "{n} more stand in the report.").format(n=f"{len(report.places) - _SHOWN:,}")
        card.add(Paragraph(more, role="small", tone="muted"))
    return card
