"""Reading the lines of an import file: NDJSON or CSV, one record a line, each with its number and its bytes.

Streams: one line is in memory at a time. Knows the shape of lines and nothing of rules or storage. A byte order mark,
CR LF and empty lines are no defect (contract.md; tests/samples/README.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from broker_desktop.errors import BadInput
from broker_desktop.records.contract_json import BadLine, parse_line
from broker_desktop.records.mapping import Fault

_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_LINE: Final = 4 * 1024 * 1024
_SHOWN_OF_TOO_LONG: Final = 1000


def _no_column(_path: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its bytes as they stand, and what it says, or why it says nothing.

    `cells`: what it says are the texts of CSV cells, not yet values. `faults`: what a mapping could not read of it.
    """

    number: int
    raw: bytes
    said: dict[str, Any] | None
    trouble: str = ""
    cells: bool = False
    faults: tuple[Fault, ...] = ()
    column_of: Callable[[str], str] = _no_column


def read_lines(path: Path) -> Generator[Line]:
    """Give the lines of a file; its name decides: .csv is CSV, everything else NDJSON.

    Raises:
        BadInput: the file cannot be opened or is no UTF-8 CSV.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(f"The file cannot be opened: {error.strerror}.", code="FILE-3") from None
    with file:
        if path.suffix.lower() == ".csv":
            yield from _csv_lines(file)
        else:
            yield from _json_lines(file)


def _json_lines(file: BinaryIO) -> Iterator[Line]:
    number = 0
    while raw := file.readline(_LONGEST_LINE):
        number += 1
        if len(raw) == _LONGEST_LINE:
            while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield Line(number, raw[:_SHOWN_OF_TOO_LONG], None, "This line is longer than any record.")
            continue
        if number == 1:
            raw = raw.removeprefix(_BOM)
        raw = raw.rstrip(b"\r\n")
        if not raw.strip():
            continue
        try:
            yield Line(number, raw, parse_line(raw))
        except BadLine as error:
            yield Line(number, raw, None, str(error))


def _csv_lines(file: BinaryIO) -> Iterator[Line]:
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            names = next(reader, [])
            start = reader.line_num + 1
            for cells in reader:
                number, start = start, reader.line_num + 1
                if any(cells):
                    yield _csv_line(number, names, cells)
        except UnicodeDecodeError:
            raise BadInput("The file is not UTF-8 text. Save it as UTF-8 and try again.", code="FILE-3") from None
        except csv.Error as error:
            raise BadInput(f"Line {reader.line_num} is not CSV: {error}.", code="FILE-3") from None


def _csv_line(number: int, names: Sequence[str], cells: Sequence[str]) -> Line:
    raw = "\x1f".join(cells).encode()
    if len(cells) > len(names):
        return Line(number, raw, None, "This line has more cells than the first line has names.")
    filled = {name: cell for name, cell in zip(names, cells, strict=False) if cell != ""}
    return Line(number, raw, filled, cells=True)
