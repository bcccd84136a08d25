"""The published shape of a record: JSON Schema (draft 2020-12) made from its declaration, for programs that read ours.

Shapes only: what looks at two fields is a rule and stands in the help. Codes that an area pack names are plain texts
here, and so is a list that is empty without one. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from broker_desktop.records.answer import Reason
from broker_desktop.records.codelist import PACK_LISTS, CodeLists
from broker_desktop.records.field import (
    Amount,
    Code,
    Codes,
    Day,
    Field,
    Moment,
    Number,
    PersonCode,
    Text,
    Texts,
    YesNo,
)
from broker_desktop.records.month import Month
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.structure import Group, Keyed, Offers, Quantities, Rows

Schema = dict[str, Any]

_UUID: Final[Schema] = {"type": "string", "format": "uuid"}
_DAY: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_MOMENT: Final[Schema] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$",
}
_ANSWER: Final[Schema] = {"$ref": "#/$defs/answer"}


def schema_of(kind: RecordType, codes: CodeLists) -> Schema:
    """Give the schema of one record as `record list --json` prints it and `record import` reads it."""
    asked = {one.name: {"title": one.label, **_with_answer(one, codes)} for one in kind.fields}
    told: Schema = {
        "custody": {"enum": ["laptop", "hub", "seen"]},
        "recorded_at": _MOMENT,
        "recorded_by": {"type": "string"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:broker-desktop:record:{kind.name}:{kind.version}",
        "title": kind.title,
        "description": kind.help,
        "type": "object",
        "$defs": {
            "answer": {
                "type": "object",
                "properties": {"answer": {"enum": [*Reason]}},
                "required": ["answer"],
                "additionalProperties": False,
            }
        },
        "properties": {
            "id": _UUID,
            "type": {"const": kind.name},
            "external_id": {"type": "string", "minLength": 1, "maxLength": 200},
            **asked,
            **told,
        },
        "required": [one.name for one in kind.fields if one.required is True],
        "additionalProperties": False,
    }


def _with_answer(field: Field, codes: CodeLists) -> Schema:
    value = _value(field, codes)
    return {"anyOf": [value, _ANSWER]} if field.refusable else value


def _value(field: Field, codes: CodeLists) -> Schema:
    make = next((make for kind, make in _SHAPES.items() if isinstance(field, kind)), None)
    if make is None:
        raise TypeError(f"{type(field).__name__} has no published shape")
    return make(field, codes)


def _codes_of(list_id: str, codes: CodeLists) -> Schema:
    known = [one.code for one in codes.entries(list_id)]
    return {"type": "string"} if list_id in PACK_LISTS or not known else {"enum": known}


def _number(field: Number, _codes: CodeLists) -> Schema:
    return {"enum": list(field.one_of)} if field.one_of else {"type": "integer", "minimum": field.least}


def _object(field: Group, codes: CodeLists) -> Schema:
    return {
        "type": "object",
        "properties": {part.name: {"title": part.label, **_with_answer(part, codes)} for part in field.fields},
        "required": [part.name for part in field.fields if part.required is True],
        "additionalProperties": False,
    }


def _by_code(list_id: str, inner: Schema, codes: CodeLists) -> Schema:
    return {"type": "object", "propertyNames": _codes_of(list_id, codes), "additionalProperties": inner}


def _one_of(*names: str) -> Schema:
    return {
        "type": "object",
        "properties": {name: _UUID if name == "id" else {"type": "string"} for name in names},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


_SHAPES: Final[Mapping[type[Field], Callable[[Any, CodeLists], Schema]]] = {
    Text: lambda one, _: {"type": "string", "maxLength": one.longest},
    Texts: lambda one, _: {"type": "array", "items": {"type": "string", "maxLength": one.longest}},
    PersonCode: lambda _one, _: {"type": "string", "minLength": 2},
    Code: lambda one, codes: _codes_of(one.list_id, codes),
    Codes: lambda one, codes: {"type": "array", "items": _codes_of(one.list_id, codes)},
    Number: _number,
    Amount: lambda _one, _: {"type": "number", "minimum": 0},
    YesNo: lambda _one, _: {"enum": ["yes", "no"]},
    Day: lambda _one, _: _DAY,
    Moment: lambda _one, _: _MOMENT,
    Month: lambda _one, _: {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    PersonRef: lambda _one, _: {"anyOf": [{"type": "null"}, _one_of("id", "code")]},
    RecordRef: lambda _one, _: _one_of("id", "external_id"),
    Quantities: lambda one, codes: _by_code(one.list_id, {"type": "integer", "minimum": 0}, codes),
    Offers: lambda one, codes: _by_code(
        one.kinds_list, {"anyOf": [_codes_of(one.answers_list, codes), _ANSWER]}, codes
    ),
    Keyed: lambda one, codes: _by_code(one.list_id, _object(one, codes), codes),
    Rows: lambda one, codes: {"type": "array", "items": _object(one, codes)},
    Group: _object,
}
"""The shape of each kind of field; a kind that is made of another one stands before it."""
