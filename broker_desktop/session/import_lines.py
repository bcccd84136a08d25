"""The lines of an import, whatever they stand in: lines of records as they are, or rows of a table read by a mapping.

A row that no column names for good gets a name made of its content and of how often that content came before, so that
the same file brought in twice adds nothing (requirements.md HAMP10-231).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from broker_desktop.errors import BadInput, UsageError
from broker_desktop.records.mapping import FileMap, MappingInvalid, RowReader, same_names
from broker_desktop.records.paths import target_at
from broker_desktop.records.record_type import RecordType
from broker_desktop.session.context import Context
from broker_desktop.session.import_file import Line, read_lines
from broker_desktop.session.import_tables import OpenTable, TableRow, open_table


@dataclass(frozen=True, slots=True)
class Source:
    """Lines, and the sheet they stand in."""

    lines: Iterator[Line]
    sheet: str = ""


@contextmanager
def opened_lines(context: Context, only: RecordType | None, path: Path, file_map: FileMap | None) -> Generator[Source]:
    """Open a file for an import. Raises BadInput for a file, UsageError for a mapping, that cannot be used."""
    if file_map is None and path.suffix.lower() != ".xlsx":
        with closing(read_lines(path)) as lines:
            yield Source(lines)
        return
    if only is None:
        raise UsageError("A mapping, and a workbook, are for one record type; mixed takes lines of JSON.")
    told = file_map or FileMap(type=only.name, columns=())
    with open_table(
        path, sheet=told.sheet, heading_row=told.heading_row, encoding=told.encoding, delimiter=told.delimiter
    ) as table:
        if file_map is None:
            _check_headings(context, only, table.names)
        yield Source(_mapped(context, only, file_map or same_names(only, table.names), table), table.sheet)


def _check_headings(context: Context, kind: RecordType, names: Sequence[str]) -> None:
    """Refuse a workbook whose headings are no fields; a heading is not repeated, for it may be somebody's name."""
    for place, name in enumerate(names, start=1):
        if name and target_at(kind, name, context.codes) is None:
            raise BadInput(
                f"The heading of column {place} is no field of {kind.name}. Say by a mapping what the columns mean.",
                code="IMPORT-4",
            )


def _mapped(context: Context, kind: RecordType, file_map: FileMap, table: OpenTable) -> Iterator[Line]:
    missing = [name for name in (*(one.column for one in file_map.columns), *file_map.key) if name not in table.names]
    if missing:
        raise BadInput(
            f"The file has no column {missing[0]}, which the mapping names. Look at the sheet and the row of headings.",
            code="IMPORT-4",
        )
    try:
        reader = RowReader(file_map, kind, context.codes)
    except MappingInvalid as error:
        raise BadInput(str(error), code="IMPORT-4") from None
    times: Counter[bytes] = Counter()
    for row in table.rows:
        yield _line(reader, kind, row, times)


def _line(reader: RowReader, kind: RecordType, row: TableRow, times: Counter[bytes]) -> Line:
    if row.cells is None:
        return Line(row.number, b"", None, row.trouble)
    raw = "\x1f".join("" if cell is None else str(cell) for cell in row.cells.values()).encode()
    said, faults = reader.read(row.cells)
    if not _named(kind, said):
        digest = blake2b(repr(sorted(said.items())).encode(), digest_size=12).digest()
        times[digest] += 1
        said["external_id"] = f"row-{digest.hex()}-{times[digest]}"
    return Line(row.number, raw, said, cells=True, faults=tuple(faults), column_of=reader.column_of)


def _named(kind: RecordType, said: dict[str, Any]) -> bool:
    return any(said.get(name) for name in ("id", "external_id")) or (kind.name == "person" and bool(said.get("code")))
