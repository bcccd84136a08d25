"""Reading somebody else's file as a table: CSV, XLSX or NDJSON, row by row, each row with its number.

A workbook is read for its values only: cached results of formulas, no macros, no links, nothing is run. What is no
workbook, holds macros, or unfolds to more than any list of a service is refused in a sentence before it is read.
"""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from broker_desktop.errors import BadInput, Place
from broker_desktop.records.cells import Cell
from broker_desktop.session.import_file import read_lines

MOST_UNFOLDED: Final = 400 * 1024 * 1024
MOST_PARTS: Final = 5000
MOST_COLUMNS: Final = 400
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
ENCODINGS: Final = ("utf-8", "windows-1252")
"""What a CSV file may be written in, the usual one first."""

_CODECS: Final = {"utf-8": "utf-8-sig", "windows-1252": "cp1252", "cp1252": "cp1252"}
_DELIMITERS: Final = (",", ";", "\t")
_HEAD: Final = 4096
_BROKEN: Final = (
    ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError, SyntaxError, EOFError, OSError,
    BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What a broken workbook fails with, anywhere inside the library."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number in the file, its cells by heading, or why it cannot be read."""

    number: int
    cells: Mapping[str, Cell] | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A file while it is read: its headings, its sheets, and its rows, once."""

    names: tuple[str, ...]
    sheet: str
    sheets: tuple[str, ...]
    rows: Iterator[TableRow]


@contextmanager
def open_table(
    path: Path,
    *,
    sheet: str | None = None,
    heading_row: int = 1,
    encoding: str = "utf-8",
    delimiter: str | None = None,
) -> Generator[OpenTable]:
    """Open a file as a table; its name decides how. Raises BadInput for one that cannot be read."""
    kind = path.suffix.lower()
    if kind in (".xls", ".xlsm", ".xlsb", ".ods"):
        raise BadInput(f"A {kind} file is not read. Save it as .xlsx or .csv and choose that.", code="FILE-7")
    if kind == ".xlsx":
        with _workbook(path, sheet, heading_row) as table:
            yield table
    elif kind in (".csv", ".tsv", ".txt"):
        with _csv(path, heading_row, encoding, delimiter) as table:
            yield table
    else:
        with closing(read_lines(path)) as lines:
            names = _names_of_lines(path)
            rows = (TableRow(one.number, None if one.said is None else _flat(one.said), one.trouble) for one in lines)
            yield OpenTable(names, "", (), rows)


# NDJSON


def _names_of_lines(path: Path) -> tuple[str, ...]:
    names: dict[str, None] = {}
    with closing(read_lines(path)) as lines:
        for one in lines:
            names.update(dict.fromkeys(_flat(one.said or {})))
    return _headings(list(names))


def _flat(value: Mapping[str, Any], before: str = "") -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            found |= _flat(inner, f"{before}{name}.")
        elif isinstance(inner, list):
            found[before + name] = ";".join(map(str, inner))
        else:
            found[before + name] = inner
    return found


# CSV


@contextmanager
def _csv(path: Path, heading_row: int, encoding: str, delimiter: str | None) -> Generator[OpenTable]:
    if encoding.lower() not in _CODECS:
        raise BadInput(f"The encoding is one of {', '.join(ENCODINGS)}.", code="FILE-3")
    try:
        file = path.open(encoding=_CODECS[encoding.lower()], newline="")
    except OSError as error:
        raise BadInput(f"The file cannot be opened: {error.strerror}.", code="FILE-3") from None
    with file:
        try:
            sign = delimiter or _delimiter(file, heading_row)
            reader = csv.reader(file, delimiter=sign, strict=True)
            for _ in range(heading_row - 1):
                next(reader, None)
            names = _headings(next(reader, []))
        except (UnicodeDecodeError, csv.Error, TypeError) as error:
            raise _no_csv(error, 1) from None
        yield OpenTable(names, "", (), _csv_rows(reader, names))


def _delimiter(file: io.TextIOWrapper, heading_row: int) -> str:
    for _ in range(heading_row - 1):
        file.readline()
    head = file.readline(_HEAD)
    file.seek(0)
    return max(_DELIMITERS, key=head.count)


def _csv_rows(reader: Any, names: Sequence[str]) -> Iterator[TableRow]:
    start = reader.line_num + 1
    try:
        for cells in reader:
            number, start = start, reader.line_num + 1
            if any(cells):
                yield _row(number, names, cells)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_csv(error, reader.line_num + 1) from None


def _no_csv(error: Exception, line: int) -> BadInput:
    if isinstance(error, UnicodeDecodeError):
        words = "The file is not UTF-8 text. Save it as CSV UTF-8, or choose the encoding windows-1252."
    else:
        words = f"Line {line} is not CSV: a quotation mark may be missing."
    return BadInput(words, code="FILE-3", place=Place(line))


# XLSX


@contextmanager
def _workbook(path: Path, sheet: str | None, heading_row: int) -> Generator[OpenTable]:
    _refuse_unsafe(path)
    from openpyxl import load_workbook  # noqa: PLC0415  a fifth of a second that only an import pays

    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # styles and validations that openpyxl does not keep: they are not read
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as error:
            raise _no_workbook(error) from None
        with closing(book):
            sheets = tuple(one.title for one in book.worksheets)
            if not sheets or (sheet is not None and sheet not in sheets):
                raise BadInput(f"The workbook has no such sheet. It has: {', '.join(sheets)}.", code="FILE-7")
            chosen = sheet or sheets[0]
            with closing(_sheet_rows(book[chosen], heading_row)) as rows:
                names = _headings([("" if cell is None else str(cell)) for cell in next(rows, [])])
                yield OpenTable(names, chosen, sheets, _numbered(rows, names, heading_row))


def _sheet_rows(worksheet: Any, heading_row: int) -> Generator[Sequence[Cell]]:
    worksheet.reset_dimensions()  # what a file says about its own size is not believed
    try:
        for cells in worksheet.iter_rows(min_row=heading_row, values_only=True):
            yield cells[: MOST_COLUMNS + 1]
    except _BROKEN as error:
        raise _no_workbook(error) from None


def _numbered(rows: Iterator[Sequence[Cell]], names: Sequence[str], heading_row: int) -> Iterator[TableRow]:
    for number, cells in enumerate(rows, start=heading_row + 1):
        if any(cell not in (None, "") for cell in cells):
            yield _row(number, names, cells)


def _no_workbook(error: Exception) -> BadInput:
    return BadInput(
        f"The workbook cannot be read ({type(error).__name__}). Open it in a spreadsheet and save it anew as .xlsx.",
        code="FILE-7",
    )


def _refuse_unsafe(path: Path) -> None:
    """Refuse, before anything is unfolded, what no list of a service is."""
    try:
        with path.open("rb") as file:
            if file.read(4) == _OLD_WORKBOOK:
                raise BadInput(
                    "This is an old workbook, or one with a passphrase. Save it as .xlsx without one.", code="FILE-7"
                )
        with ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNFOLDED:
                raise BadInput(
                    "The workbook unfolds to more than can be read here. Save the one sheet as CSV, in parts.",
                    code="FILE-8",
                )
            if any(one.filename.lower().endswith("vbaproject.bin") for one in parts):
                raise BadInput("The workbook holds macros. Save it as .xlsx without them.", code="FILE-7")
            if any(one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in parts):
                raise BadInput("The workbook is packed in a way that no spreadsheet packs.", code="FILE-7")
            for one in parts:
                with archive.open(one) as part:
                    head = part.read(_HEAD) if one.filename.endswith((".xml", ".rels")) else b""
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise BadInput("The workbook is not one that a spreadsheet writes.", code="FILE-7")
    except OSError as error:
        raise BadInput(f"The file cannot be opened: {error.strerror}.", code="FILE-3") from None
    except (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        raise BadInput("This is no .xlsx workbook, or only a part of one.", code="FILE-7") from None


# All


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Give the headings without the empty ones at the end; a second one of the same words gets a number."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"The file has more than {MOST_COLUMNS} columns.", code="FILE-8")
    if not any(names):
        raise BadInput("The row of headings is empty. Say in which row the headings stand.", code="FILE-3")
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if not name or seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def _row(number: int, names: Sequence[str], cells: Sequence[Cell]) -> TableRow:
    if any(cell not in (None, "") for cell in cells[len(names) :]):
        return TableRow(number, None, "This row has more cells than there are headings.")
    return TableRow(number, {name: cell for name, cell in zip(names, cells, strict=False) if name})
