"""A summary as a workbook: figures as numbers, ready to print, with a dictionary of its lines and what it rests on.

Holds texts and numbers, never a formula. The same summary gives the same bytes. Written row by row: however many rows
there are, only one is held, and between two of them it can be stopped.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from broker_desktop.records.measure import HEADINGS
from broker_desktop.session.exports import bulls_eye, dictionary
from broker_desktop.session.exports.beside import Beside
from broker_desktop.session.exports.flow_sheets import flow_sheets
from broker_desktop.session.exports.quarters import quarter_sheet
from broker_desktop.session.exports.rests_on import rest_rows
from broker_desktop.session.exports.table import (
    CHOSEN,
    COLUMNS,
    By,
    Cell,
    by_codes,
    hiding_words,
    late_words,
    mark_told,
    rows,
)
from broker_desktop.session.exports.under_way import Told, silent
from broker_desktop.session.mark_words import has_sign, sign_words, with_sign
from broker_desktop.session.part_words import part_words
from broker_desktop.session.summary import Summary
from broker_desktop.store.folder import PARTS

_SETTINGS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
_A4: Final = 9
_FIGURES_WIDE: Final = (32, 50, 40, 12, 20, 14, 14, 60)
_DICTIONARY_WIDE: Final = (28, 34, 16, 22, 42, 28, 18, 42, 22)
_ABOUT_WIDE: Final = 90
_NUMBERS: Final = frozenset({"value", "numerator", "denominator", *bulls_eye.NUMBERS})
"""Columns whose marks stand on the side of their numbers."""
_LINE_HIGH: Final = 15
_HIGHEST: Final = 409
"""A row of a workbook is at most so high."""
_LONGEST_FOOTER: Final = 120


def workbook(summary: Summary, beside: Beside, told: Told = silent, folder: Path | None = None) -> bytes:
    """Give the workbook; `told` is called for each row. Its sheets lie in `folder` until they are put together."""
    content = io.BytesIO()
    made = datetime.fromisoformat(summary.period.last_day).replace(tzinfo=UTC)  # not now: the same bytes each time
    figures, meanings = rows(summary, _by(summary, beside)), dictionary.dictionary(summary)
    groups = tuple(bulls_eye.matrix(summary))
    quarters = quarter_sheet(beside.quarters, summary)
    more = [*([quarters] if quarters else []), *flow_sheets(summary, beside)]
    steps = Steps(told, len(figures) + len(groups) + len(meanings) + sum(len(one.rows) for one in more) + 1)
    with new_book(content, folder) as book:
        book.set_properties({"title": f"Summary {summary.period.label}", "author": beside.service, "created": made})
        sheets = Sheets(book, summary, steps)
        sheets.table("Summary", COLUMNS, figures, _FIGURES_WIDE)
        if groups:
            sheets.table(bulls_eye.SHEET, bulls_eye.COLUMNS, groups, bulls_eye.WIDE)
        sheets.table("Dictionary", dictionary.COLUMNS, meanings, _DICTIONARY_WIDE)
        for one in more:
            sheets.table(*one)
        sheets.about(about(summary, beside))
    steps.one_more()
    return content.getvalue()


@contextmanager
def new_book(content: io.BytesIO, folder: Path | None) -> Iterator[Any]:
    """Give an empty workbook, put together at the end; one that is stopped is not, and leaves no part of it."""
    import xlsxwriter  # noqa: PLC0415  half a second that only a workbook needs

    with TemporaryDirectory(dir=folder, prefix=PARTS) as parts:
        book = xlsxwriter.Workbook(content, {**_SETTINGS, "tmpdir": parts})
        try:
            yield book
            book.close()
        except BaseException:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()  # a part that is open cannot be removed everywhere
            raise


def about(summary: Summary, beside: Beside) -> list[tuple[str, Cell]]:
    """Give what stands on the sheet About: whose it is, what is missing from it, what is hidden, what was said."""
    return [
        ("period", f"{summary.period.label} ({summary.period.first_day} to {summary.period.last_day})"),
        *([("service", beside.service)] if beside.service else []),
        *([("operator", summary.operator)] if summary.operator else []),
        ("recipient", summary.recipient),
        ("state", summary.state),
        ("issue", summary.issue),
        ("pack", f"{summary.pack_id} {summary.pack_version}".strip()),
        ("definitions", summary.definitions),
        ("hash", summary.hash),
        *([("lines chosen", CHOSEN)] if summary.chosen_from else []),
        ("small numbers", hiding_words(summary.level)),
        *rest_rows(summary, beside.codes),
        *((f"commentary: {HEADINGS[code]}", text) for code, text in summary.commentary.items() if code in HEADINGS),
        *(("late change", late_words(one)) for one in summary.late),
        *(("mark", mark_told(mark, beside.codes)) for mark in summary.marks),
        *([("mark", sign_words())] if has_sign(summary.lines, summary.marks) else []),
    ]


def _by(summary: Summary, beside: Beside) -> By:
    codes = beside.codes
    return by_codes if codes is None else lambda by: with_sign(part_words(by, codes), by, summary.marks)


def _lines(value: Cell, width: int) -> int:
    """Give how many lines a text takes in a column; a little more rather than a cut word."""
    return 1 if not isinstance(value, str) else sum(1 + len(part) // (width - 2) for part in value.split("\n"))


def _high(lines: int) -> int:
    return min(_HIGHEST, _LINE_HIGH * lines)


class Steps:
    """Counts what is done."""

    def __init__(self, told: Told, whole: int) -> None:
        self._told, self._whole, self._done = told, whole, 0

    def one_more(self) -> None:
        """Tell that one more is done."""
        self._done += 1
        self._told(self._done, self._whole)


class Sheets:
    """The sheets of one workbook, all set up to be printed the same way."""

    def __init__(self, book: Any, summary: Summary, steps: Steps) -> None:
        self._book, self._steps = book, steps
        about_it = f"{summary.period.label}, for {summary.recipient}, {summary.state}, issue {summary.issue}"
        self._footer = f"&L{about_it[:_LONGEST_FOOTER].replace('&', '&&')}&RPage &P of &N"
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E3EEEE"}
        )
        self._text = book.add_format({"text_wrap": True, "valign": "top", "align": "left", "indent": 1})
        self._name = book.add_format({"bold": True, "valign": "top"})
        self._whole = book.add_format({"num_format": "#,##0", "valign": "top"})
        self._part = book.add_format({"num_format": "#,##0.0", "valign": "top"})
        self._mark = book.add_format({"text_wrap": True, "align": "right", "valign": "top"})

    def table(self, name: str, columns: Sequence[str], table: Iterable[Sequence[Cell]], wide: Sequence[int]) -> None:
        """Write a table: its header stays in sight and stands on every page, its rows can be filtered."""
        sheet = self._sheet(name)
        if (high := max(_lines(title, width) for title, width in zip(columns, wide, strict=True))) > 1:
            sheet.set_row(0, _high(high))
        sheet.write_row(0, 0, columns, self._head)
        last = 0
        for last, row in enumerate(table, start=1):
            high = max((_lines(value, width) for value, width in zip(row, wide, strict=True)), default=1)
            if high > 1:  # not every program makes room for wrapped words by itself
                sheet.set_row(last, _high(high))
            for place, value in enumerate(row):
                if value != "":
                    sheet.write(last, place, value, self._format(columns[place], value))
            self._steps.one_more()
        for place, width in enumerate(wide):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.repeat_rows(0)

    def about(self, told: Iterable[tuple[str, Cell]]) -> None:
        """Write the sheet About, a name and what is said in each row."""
        sheet = self._sheet("About")
        for place, (name, value) in enumerate(told):
            sheet.set_row(place, _high(_lines(value, _ABOUT_WIDE)))
            sheet.write(place, 0, name, self._name)
            sheet.write(place, 1, value, self._text)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, _ABOUT_WIDE)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(self._footer)
        return sheet

    def _format(self, column: str, value: Cell) -> Any:
        if isinstance(value, str):
            return self._mark if column in _NUMBERS else self._text
        return self._whole if isinstance(value, int) else self._part
