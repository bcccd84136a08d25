"""The import desk: look at a file, suggest what its columns mean, try it out, bring it in.

Reached as `Session.imports`. Looking stores nothing and keeps nothing of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from broker_desktop.errors import BadInput
from broker_desktop.records.cells import date_format_of
from broker_desktop.records.field import Code, Codes, Day, Moment, YesNo
from broker_desktop.records.mapping import ColumnMap, FileMap, MappingInvalid, parse_mapping
from broker_desktop.records.matching import suggested_paths, suggested_values
from broker_desktop.records.paths import Target, target_at, targets
from broker_desktop.records.record_type import RecordType
from broker_desktop.session import importing
from broker_desktop.session.context import Context
from broker_desktop.session.handed_files import keep_file, load_file
from broker_desktop.session.import_report import ImportReport
from broker_desktop.session.import_tables import ENCODINGS, open_table
from broker_desktop.session.reference_tables import ReferenceDesk

MOST_VALUES: Final = 60
"""Distinct values of a column that are kept apart; a column with more is no column of codes."""
_SAMPLES: Final = 3


@dataclass(slots=True)
class ColumnLook:
    """One column of a file: how many rows fill it, and its values with how often, as long as there are few."""

    name: str
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    values: dict[str, int] | None = field(default_factory=dict)
    early: tuple[str, ...] = ()
    """The first values of a column that has more than are kept apart: a format of dates shows in many, not in three."""


@dataclass(frozen=True, slots=True)
class FileLook:
    """What stands in a file."""

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    rows: int
    columns: tuple[ColumnLook, ...]
    heading_row: int = 1
    encoding: str = ENCODINGS[0]


class ImportDesk:
    """What somebody does who brings another program's records in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.reference = ReferenceDesk(context)

    def look(self, path: Path, *, sheet: str | None = None, heading_row: int = 1, encoding: str = "utf-8") -> FileLook:
        """Read a file through once and tell its columns. Raises BadInput."""
        with open_table(path, sheet=sheet, heading_row=heading_row, encoding=encoding) as table:
            columns = {name: ColumnLook(name) for name in table.names if name}
            rows = 0
            for row in table.rows:
                rows += 1
                for name, cell in (row.cells or {}).items():
                    text = "" if cell is None else str(cell).strip()
                    if text:
                        _note(columns[name], text)
            return FileLook(path, table.sheet, table.sheets, rows, tuple(columns.values()), heading_row, encoding)

    def places(self, type_name: str) -> tuple[Target, ...]:
        """Give every place of a record type that a column can fill."""
        return targets(self._context.kind(type_name), self._context.codes)

    def suggest(self, type_name: str, look: FileLook) -> FileMap:
        """Suggest a mapping for a file: columns by their headings, values by the labels of codes."""
        kind, codes = self._context.kind(type_name), self._context.codes
        paths = suggested_paths([one.name for one in look.columns], targets(kind, codes))
        columns = [self.column(type_name, one, path) for one in look.columns if (path := paths.get(one.name))]
        return FileMap(
            type=kind.name,
            columns=tuple(columns),
            sheet=look.sheet or None,
            heading_row=look.heading_row,
            encoding=look.encoding,
        )

    def column(self, type_name: str, look: ColumnLook, path: str) -> ColumnMap:
        """Suggest how the values of a column are read at a place."""
        target = target_at(self._context.kind(type_name), path, self._context.codes)
        made = ColumnMap(column=look.name, path=path)
        if target is None:
            return made
        if isinstance(target.field, Day | Moment):
            return replace(made, date=_date_format(look.values or look.early))
        if isinstance(target.field, Code | Codes | YesNo):
            return replace(made, values=suggested_values(texts_of(target, look), target, self._context.codes))
        return made

    def unmatched(self, type_name: str, look: FileLook, file_map: FileMap) -> dict[str, dict[str, int]]:
        """Give the values without a meaning, with how often, by column: what the next step asks about."""
        found: dict[str, dict[str, int]] = {}
        by_name = {one.name: one for one in look.columns}
        for one in file_map.columns:
            target = target_at(self._context.kind(type_name), one.path, self._context.codes)
            if target is None or not isinstance(target.field, Code | Codes | YesNo) or one.column not in by_name:
                continue
            said, plain = {text.casefold() for text in one.values}, _plain_codes(target, self._context)
            open_ones = {
                text: n
                for text, n in texts_of(target, by_name[one.column]).items()
                if text.casefold() not in said and text not in plain
            }
            if open_ones:
                found[one.column] = open_ones
        return found

    def read_mapping(self, type_name: str, path: Path) -> FileMap:
        """Read a mapping file, YAML or JSON. Raises BadInput with the place."""
        return mapping_of(self._context.kind(type_name), self._context, load_file(path))

    def write_mapping(self, file_map: FileMap, path: Path) -> None:
        """Write a mapping file, as JSON, which is YAML too. Raises StorageProblem."""
        keep_file(path, mapping_text(file_map).encode())

    def bring(
        self,
        file_map: FileMap | str,
        path: Path,
        *,
        dry_run: bool = False,
        skip_bad: Path | None = None,
        report: Path | None = None,
    ) -> ImportReport:
        """Go through a whole file and tell everything; with a bad row nothing is stored unless `skip_bad` takes them.

        `file_map`: a mapping, or the type of a file that needs none.

        Raises:
            BadInput: the file cannot be read. NotPermitted: this type is not open here.
        """
        told = file_map if isinstance(file_map, FileMap) else None
        type_name = told.type if told is not None else str(file_map)
        found = importing.import_file(
            self._context, type_name, path, file_map=told, dry_run=dry_run, skip_bad=skip_bad, every=True
        )
        if report is not None:
            found.write(report)
        return found


def mapping_of(kind: RecordType, context: Context, content: bytes) -> FileMap:
    """Read the text of a mapping. Raises BadInput with the place."""
    import yaml  # noqa: PLC0415  only an import reads a mapping

    try:
        return parse_mapping(yaml.safe_load(content.decode("utf-8-sig")), kind, context.codes)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise BadInput(f"The mapping is no YAML or JSON text{where}.", code="IMPORT-4") from None
    except MappingInvalid as error:
        raise BadInput(f"The mapping: {error}", code="IMPORT-4") from None


def mapping_text(file_map: FileMap) -> str:
    """Write a mapping as it stands in a file."""
    return json.dumps(file_map.to_json(), ensure_ascii=False, indent=2) + "\n"


def _note(column: ColumnLook, text: str) -> None:
    column.filled += 1
    if len(column.samples) < _SAMPLES and text not in column.samples:
        column.samples.append(text)
    if column.values is not None:
        column.values[text] = column.values.get(text, 0) + 1
        if len(column.values) > MOST_VALUES:
            column.early, column.values = tuple(column.values), None


def texts_of(target: Target, look: ColumnLook) -> Mapping[str, int]:
    """Give the texts of a column that a code is chosen for: the parts of a list one by one."""
    values = look.values if look.values is not None else dict.fromkeys(look.samples, 1)
    if not isinstance(target.field, Codes):
        return values
    parts: dict[str, int] = {}
    for text, n in values.items():
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            parts[part] = parts.get(part, 0) + n
    return parts


def _plain_codes(target: Target, context: Context) -> set[str]:
    if isinstance(target.field, Code | Codes):
        return set(context.codes.known(target.field.list_id))
    return {"yes", "no"}


def _date_format(found: Iterable[str]) -> str | None:
    texts = [text for text in found if not _iso(text)]
    return date_format_of(texts) if texts else None


def _iso(text: str) -> bool:
    return len(text) >= 10 and text[4:5] == "-" and text[7:8] == "-"
