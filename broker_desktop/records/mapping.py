"""How the columns of somebody else's file become fields: the mapping, as it is written in YAML or JSON.

`broker_desktop/docs/import-mapping.md` says what stands in such a file. A value that the mapping does not know is
reported, never stored and never guessed. Pure: the document is handed in, read from wherever it lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from broker_desktop.records.answer import answer_of
from broker_desktop.records.cells import Cell, CellTrouble, cell_text, strptime_format
from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.field import Code, Codes, Text, Texts, YesNo
from broker_desktop.records.other import SUFFIX
from broker_desktop.records.paths import Target, target_at, targets
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.reference import PersonRef

_KEYS: Final = (
    "mapping", "type", "sheet", "heading_row", "encoding", "delimiter", "columns", "constants", "key", "key_prefix",
)  # fmt: skip
_COLUMN_KEYS: Final = ("field", "values", "otherwise", "date", "separator")
_KEY: Final = Text(name="external_id", label="Key")
MOST_HEADING_ROW: Final = 1000
REFUSE, OTHER = "refuse", "other"
KEPT_WORDS: Final = {"words": True}
"""What a value means that is kept in words under the open code."""

_REFUSE_OR_OTHER: Final = (REFUSE, OTHER)
"""What happens to a value that has no translation: it is reported, or kept in words under the open code."""


class MappingInvalid(ValueError):
    """A mapping that cannot be used; the message names the place and what to write instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: its column where it has one, the field, a sentence without the value."""

    column: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Where one column goes and how its values are read."""

    column: str
    path: str
    values: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str = REFUSE
    date: str | None = None
    separator: str = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMap:
    """A whole mapping."""

    type: str
    columns: tuple[ColumnMap, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    """Columns that together name a row for good: what makes an import safe to repeat."""
    key_prefix: str = ""
    sheet: str | None = None
    heading_row: int = 1
    encoding: str = "utf-8"
    delimiter: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the mapping as it is written in a file."""
        told: dict[str, Any] = {"mapping": 1, "type": self.type}
        told |= {name: value for name in ("sheet", "delimiter", "key_prefix") if (value := getattr(self, name))}
        told |= {"heading_row": self.heading_row} if self.heading_row != 1 else {}
        told |= {"encoding": self.encoding} if self.encoding != "utf-8" else {}
        told |= {"key": list(self.key)} if self.key else {}
        told |= {"constants": dict(self.constants)} if self.constants else {}
        told["columns"] = {one.column: _column_json(one) for one in self.columns}
        return told


def _column_json(one: ColumnMap) -> dict[str, Any]:
    told: dict[str, Any] = {"field": one.path}
    told |= {"values": dict(one.values)} if one.values else {}
    told |= {"otherwise": one.otherwise} if one.otherwise != REFUSE else {}
    told |= {"date": one.date} if one.date else {}
    return told | ({"separator": one.separator} if one.separator != ";" else {})


def parse_mapping(document: object, kind: RecordType, codes: CodeLists) -> FileMap:
    """Read a mapping. Raises MappingInvalid with the place, and what is most like what stands there."""
    if not isinstance(document, dict) or document.get("mapping") != 1:
        raise MappingInvalid('A mapping begins with "mapping: 1".')
    for name in document:
        _known(str(name), _KEYS, "")
    if document.get("type", kind.name) != kind.name:
        raise MappingInvalid(f"type: this mapping is for another record type than {kind.name}.")
    told = document.get("columns")
    if not isinstance(told, dict) or not told:
        raise MappingInvalid("columns: name at least one column with the field it goes to.")
    columns = tuple(
        one for name, said in told.items() if (one := _column(str(name), said, kind, codes)) is not None
    )  # fmt: skip
    paths = [one.path for one in columns]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise MappingInvalid(f"columns: two columns go to {twice}. Give one of them another field, or skip it.")
    delimiter = str(document["delimiter"]) if document.get("delimiter") else None
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise MappingInvalid("delimiter: one sign, such as ; or a tab.")
    return FileMap(
        type=kind.name,
        columns=columns,
        constants=_constants(document.get("constants") or {}, kind, codes),
        key=_names(document.get("key")),
        key_prefix=str(document.get("key_prefix") or ""),
        sheet=sheet_of(document),
        heading_row=heading_row_of(document),
        encoding=str(document.get("encoding") or "utf-8"),
        delimiter=delimiter,
    )


def heading_row_of(document: Mapping[str, Any]) -> int:
    """Read in which row the headings stand, the first where nothing is said. Raises MappingInvalid."""
    said = document.get("heading_row", 1)
    if type(said) is not int or not 1 <= said <= MOST_HEADING_ROW:
        raise MappingInvalid("heading_row: the number of the row with the headings, from 1.")
    return said


def sheet_of(document: Mapping[str, Any]) -> str | None:
    """Read which sheet is meant, None where nothing is said."""
    said = document.get("sheet")
    return None if said is None else str(said)


def same_names(kind: RecordType, names: Sequence[str]) -> FileMap:
    """Give the mapping of a file whose headings are the paths themselves."""
    return FileMap(type=kind.name, columns=tuple(ColumnMap(column=name, path=name) for name in names if name))


def _known(name: str, allowed: Sequence[str], place: str) -> None:
    if name not in allowed:
        raise MappingInvalid(f"{place}{name}: there is no such setting. Did you mean {nearest(name, allowed)}?")


def _names(value: object) -> tuple[str, ...]:
    return () if value is None else tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _target(path: str, place: str, kind: RecordType, codes: CodeLists) -> Target:
    found = target_at(kind, path, codes)
    if found is None:
        near = nearest(path, [one.path for one in targets(kind, codes)])
        raise MappingInvalid(f"{place}: {kind.name} has no field {path}. Did you mean {near}?")
    return found


def _column(name: str, said: object, kind: RecordType, codes: CodeLists) -> ColumnMap | None:
    place = f"columns.{name}"
    if said is None or said == "skip":
        return None
    told: dict[Any, Any] = said if isinstance(said, dict) else {"field": said}
    for key in told:
        _known(str(key), _COLUMN_KEYS, f"{place}.")
    path, otherwise, date = str(told.get("field") or ""), told.get("otherwise", REFUSE), told.get("date")
    target = _target(path, place, kind, codes)
    if otherwise not in _REFUSE_OR_OTHER:
        raise MappingInvalid(f"{place}.otherwise: write {REFUSE} or {OTHER}.")
    if otherwise == OTHER and not getattr(target.field, "other", ()):
        raise MappingInvalid(f"{place}.otherwise: {path} takes no words for other.")
    if date is not None:
        try:
            strptime_format(str(date))
        except ValueError as error:
            raise MappingInvalid(f"{place}.date: {error}") from None
    values = told.get("values") or {}
    if not isinstance(values, dict):
        raise MappingInvalid(f"{place}.values: write what stands in the file with the code it means.")
    return ColumnMap(
        column=name,
        path=path,
        values={_plain(text): _meaning(meant, f"{place}.values", target, codes) for text, meant in values.items()},
        otherwise=otherwise,
        date=None if date is None else str(date),
        separator=str(told.get("separator") or ";"),
    )


def _plain(text: object) -> str:
    return {True: "yes", False: "no", None: ""}[text] if text is None or isinstance(text, bool) else str(text).strip()


def _meaning(meant: object, place: str, target: Target, codes: CodeLists) -> Any:
    """Give what a value means: a code or several, an answer object, or None for nothing."""
    if meant is None or answer_of(meant) is not None:
        return meant
    field_ = target.field
    if meant == KEPT_WORDS:
        if not getattr(field_, "other", ()):
            raise MappingInvalid(f"{place}: {target.path} takes no words for other.")
        return dict(KEPT_WORDS)
    told = meant.split(";") if isinstance(meant, str) and isinstance(field_, Codes) else meant
    texts = [_plain(one) for one in told] if isinstance(told, list) else [_plain(told)]
    for text in texts:
        if isinstance(field_, Code | Codes) and text not in codes.known(field_.list_id):
            near = codes.nearest(field_.list_id, text)
            raise MappingInvalid(f"{place}: {text} is no code of the list {field_.list_id}. Did you mean {near}?")
    if len(texts) != 1 and not isinstance(field_, Codes | Texts):
        raise MappingInvalid(f"{place}: {target.path} takes one value.")
    return ";".join(texts)


def _constants(said: object, kind: RecordType, codes: CodeLists) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise MappingInvalid("constants: write fields with the value that every record gets.")
    found: dict[str, Any] = {}
    for path, value in said.items():
        name = str(path)
        if value is None and isinstance(kind.by_name.get(name), PersonRef):
            found[name] = None
        else:
            found[name] = _meaning(value, f"constants.{name}", _target(name, "constants", kind, codes), codes)
    return found


class RowReader:
    """Turns rows into the texts that a record is read from, column by column."""

    def __init__(self, file_map: FileMap, kind: RecordType, codes: CodeLists) -> None:
        """Look every path up once. Raises MappingInvalid for a path that the type does not have."""
        self._map = file_map
        self._codes = codes
        self._columns = [(one, _target(one.path, one.column, kind, codes)) for one in file_map.columns]
        self._lowered = {one.column: {text.casefold(): text for text in one.values} for one in file_map.columns}
        self._references = {one.name for one in kind.fields if isinstance(one, PersonRef)}

    def read(self, cells: Mapping[str, Cell]) -> tuple[dict[str, Any], list[Fault]]:
        """Give the filled paths of a row with their texts, and what cannot be read."""
        said: dict[str, Any] = {}
        faults: list[Fault] = []
        for path, value in self._map.constants.items():
            _put(said, path, value)
        for one, target in self._columns:
            try:
                text = cell_text(cells.get(one.column), target.field, one.date)
                for path, value in self._meant(one, target, text):
                    _put(said, path, value)
            except CellTrouble as error:
                faults.append(Fault(one.column, one.path, str(error)))
        if self._map.key:
            parts = [cell_text(cells.get(name), _KEY) for name in self._map.key]
            if any(parts):
                said["external_id"] = self._map.key_prefix + "|".join(parts)
            else:
                faults.append(Fault(self._map.key[0], "external_id", "The column that names the row is empty here."))
        return said, faults

    def column_of(self, path: str) -> str:
        """Give the column that fills a path or something inside or around it; empty for none."""
        near = [one for one in self._map.columns if path == one.path or _around(path, one.path)]
        return near[0].column if near else ""

    def _meant(self, one: ColumnMap, target: Target, text: str) -> Iterator[tuple[str, Any]]:
        if isinstance(target.field, Codes | Texts):
            parts = [part.strip() for part in text.split(one.separator) if part.strip()]
            yield from self._several(one, target, parts if parts or "" not in one.values else [""])
        elif text or "" in one.values:
            meant, words = self._one(one, target, text)
            yield from self._placed(one, meant, words)

    def _several(self, one: ColumnMap, target: Target, parts: Sequence[str]) -> Iterator[tuple[str, Any]]:
        found: list[str] = []
        words: list[str] = []
        for part in parts:
            meant, said = self._one(one, target, part)
            if isinstance(meant, dict):
                yield f"{one.path}.answer", meant["answer"]
                return
            found += [] if meant is None or meant in found else [meant]
            words += [] if said is None else [said]
        if found:
            yield one.path, ";".join(found)
        if words:
            yield one.path + SUFFIX, ", ".join(words)

    def _placed(self, one: ColumnMap, meant: Any, words: str | None) -> Iterator[tuple[str, Any]]:
        if isinstance(meant, dict):
            yield f"{one.path}.answer", meant["answer"]
        elif meant is not None:
            yield one.path, meant
        elif one.path.partition(".")[0] in self._references:
            yield one.path.partition(".")[0], None
        if words is not None:
            yield one.path + SUFFIX, words

    def _one(self, one: ColumnMap, target: Target, text: str) -> tuple[Any, str | None]:
        """Give what one text means, and the words to keep beside an open code."""
        key = text if text in one.values else self._lowered[one.column].get(text.casefold())
        field_ = target.field
        if key is not None and one.values[key] == KEPT_WORDS and isinstance(field_, Code | Codes):
            return field_.other[0], text
        if key is not None:
            return one.values[key], None
        if isinstance(field_, Code | Codes) and text not in self._codes.known(field_.list_id):
            if one.otherwise == OTHER:
                return field_.other[0], text
            raise CellTrouble("This value has no translation in the mapping. Say what it means, or correct it.")
        if isinstance(field_, YesNo) and text not in ("yes", "no"):
            raise CellTrouble("This is neither yes nor no. Say in the mapping what it means.")
        return text, None


def _around(path: str, other: str) -> bool:
    return path.startswith(other + ".") or other.startswith(path + ".") or path == other + SUFFIX


def _put(said: dict[str, Any], path: str, value: Any) -> None:
    if isinstance(value, dict):
        said[f"{path}.answer"] = value["answer"]
    else:
        said[path] = value
