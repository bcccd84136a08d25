"""Printed tables: brought in by a description beside the file, and listed with what their totals would be.

A description (YAML) names the file, title, source and unit, says what each column holds and which rows are totals.
What is printed is kept; what differs is told (requirements.md 2.5, 2.6). Reached as `Session.imports.reference`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from broker_desktop.assets import reference_paths
from broker_desktop.errors import BadInput
from broker_desktop.records import record_type
from broker_desktop.records.cells import Cell, cell_text
from broker_desktop.records.codelist import nearest
from broker_desktop.records.field import Text
from broker_desktop.records.mapping import MappingInvalid, heading_row_of, sheet_of
from broker_desktop.records.reference_sums import Sums, sums
from broker_desktop.session import commands, queries
from broker_desktop.session.context import Context
from broker_desktop.session.handed_files import load_file
from broker_desktop.session.import_tables import OpenTable, open_table
from broker_desktop.store.records import Query

_TYPE: Final = "reference_table"
_KEYS: Final = (
    "reference_table", "id", "pack", "file", "sheet", "heading_row", "title", "source", "page", "year", "unit", "note",
    "rows_overlap", "group_column", "row_column", "columns", "total_rows",
)  # fmt: skip
_TEXTS: Final = ("title", "source", "page", "year", "unit", "note")
_WORDS: Final = Text(name="cell", label="Cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceView:
    """One printed table with its sums."""

    id: str
    title: str
    source: str
    page: str
    year: str
    unit: str
    note: str
    rows_overlap: bool
    columns: tuple[str, ...]
    sums: Sums

    @property
    def checked(self) -> int:
        """Count the figures that could be compared."""
        return len(self.sums.checked)

    @property
    def differing(self) -> int:
        """Count the figures whose print differs."""
        return len(self.sums.differing)

    def to_json(self) -> dict[str, Any]:
        """Give the table with every figure that differs."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "page": self.page,
            "year": self.year,
            "unit": self.unit,
            "rows_overlap": self.rows_overlap,
            "checked": self.checked,
            "differing": [
                {
                    "group": cell.group,
                    "row": cell.row,
                    "column": cell.column,
                    "printed": str(cell.printed),
                    "recomputed": str(cell.recomputed),
                    "difference": str(cell.difference),
                }
                for cell in self.sums.differing
            ],
        }


class ReferenceDesk:
    """Keeping and checking printed tables."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def bring(self, description: Path) -> ReferenceView:
        """Keep a printed table; the same one again changes nothing.

        Raises:
            BadInput: the description or the file cannot be used, or a rate has no unit, with the place.
        """
        payload = read_table(description)
        saved = commands.save_new(self._context, record_type(_TYPE), payload)
        return next(one for one in self.tables() if one.id == saved.id)

    def bring_pack(self) -> list[ReferenceView]:
        """Keep every table that comes with the team's pack."""
        return [self.bring(path) for path in self.of_pack()]

    def of_pack(self) -> list[Path]:
        """Give the descriptions of the tables that come with the team's pack."""
        pack = self._context.pack
        return [path for path in reference_paths() if pack is not None and _document(path).get("pack") == pack.id]

    def tables(self) -> list[ReferenceView]:
        """List the tables that are kept, by title."""
        found = queries.rows(self._context, Query(type=_TYPE))
        return sorted((view_of(one.id, one.payload) for one in found), key=lambda one: one.title)


def view_of(record_id: str, payload: Mapping[str, Any]) -> ReferenceView:
    """Give a table as it is shown."""
    texts = {name: text if isinstance(text := payload.get(name), str) else "" for name in _TEXTS}
    columns = payload.get("columns")
    headings = [str(one.get("label")) for one in columns] if isinstance(columns, list) else []
    overlap = payload.get("rows_overlap") == "yes"
    return ReferenceView(
        id=record_id, rows_overlap=overlap, columns=tuple(headings), sums=sums(payload), **texts
    )  # fmt: skip


def read_table(description: Path) -> dict[str, Any]:
    """Read a description and its file to a record. Raises BadInput."""
    told = _document(description)
    for name in told:
        if name not in _KEYS:
            raise _unusable(f"{name}: there is no such setting. Did you mean {nearest(str(name), _KEYS)}?")
    for name in ("file", "title", "source", "row_column", "columns"):
        if not told.get(name):
            raise _unusable(f"{name}: this is missing.")
    columns = told["columns"]
    kinds = sorted({"value", "total", "percent", "difference", "change", "rate"})
    if not isinstance(columns, dict) or any(kind not in kinds for kind in columns.values()):
        raise _unusable(f"columns: write each heading with one of {', '.join(kinds)}.")
    path = description.parent / str(told["file"])
    try:
        heading_row = heading_row_of(told)
    except MappingInvalid as error:
        raise _unusable(str(error)) from None
    with open_table(path, sheet=sheet_of(told), heading_row=heading_row) as table:
        rows = _rows(told, list(map(str, columns)), table)
    payload: dict[str, Any] = {name: str(told[name]).strip() for name in _TEXTS if told.get(name) is not None}
    payload["external_id"] = str(told.get("id") or description.stem)
    payload["rows_overlap"] = "yes" if told.get("rows_overlap") in (True, "yes") else "no"
    payload["columns"] = [{"label": str(name), "kind": kind} for name, kind in columns.items()]
    return {**payload, "rows": rows}


def _rows(told: Mapping[str, Any], columns: Sequence[str], table: OpenTable) -> list[dict[str, Any]]:
    named = [str(told["row_column"]), *columns, *([str(told["group_column"])] if told.get("group_column") else [])]
    missing = next((name for name in named if name not in table.names), None)
    if missing is not None:
        raise _unusable(f"The file has no column {missing}, which the description names.")
    totals = told.get("total_rows") or {}
    found = []
    for row in table.rows:
        if row.cells is None:
            raise _unusable(f"Row {row.number}: {row.trouble}")
        label, group = _text(row.cells, named[0]), _text(row.cells, str(told.get("group_column") or ""))
        one: dict[str, Any] = {"label": label, "kind": totals.get(label, "row")}
        one |= {"group": group} if group else {}
        found.append({**one, "printed": [_text(row.cells, name).replace(",", "") for name in columns]})
    return found


def _text(cells: Mapping[str, Cell], name: str) -> str:
    return cell_text(cells.get(name), _WORDS)


def _document(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415  only an import reads a description

    try:
        told = yaml.safe_load(load_file(path).decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError):
        raise _unusable("It is no YAML text.") from None
    if not isinstance(told, dict) or told.get("reference_table") != 1:
        raise _unusable('It begins with "reference_table: 1".')
    return told


def _unusable(words: str) -> BadInput:
    return BadInput(f"The description of the table: {words}", code="IMPORT-5")
