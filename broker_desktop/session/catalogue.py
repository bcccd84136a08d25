"""The catalogue of record types as JSON: what `record types --json` prints for other programs (contract.md)."""

from __future__ import annotations

import json
from typing import Any, Final

from broker_desktop import assets
from broker_desktop.errors import UsageError
from broker_desktop.records import CATALOGUE
from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.field import Field
from broker_desktop.records.json_schema import schema_of
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.structure import Group
from broker_desktop.session.reference_data import code_lists

_CODES_OF: Final = {"list_id": "codes", "kinds_list": "codes", "answers_list": "answers"}


def catalogue_json() -> dict[str, Any]:
    """Give every record type with its fields; the codes of teams, services and places are the pack's and left empty."""
    codes = code_lists(None)
    return {"types": [_type_json(kind, codes) for kind in CATALOGUE]}


def schemas_json(type_name: str) -> dict[str, Any]:
    """Give the JSON Schema of one record type, or of all by their names; `summary` is that of a summary.

    Raises:
        UsageError: a name that is none.
    """
    if type_name == "summary":
        summary: dict[str, Any] = json.loads(assets.asset_text("schemas", "summary.json"))
        return summary
    codes = code_lists(None)
    made = {kind.name: schema_of(kind, codes) for kind in CATALOGUE if type_name in ("", kind.name)}
    if not made:
        near = nearest(type_name, [kind.name for kind in CATALOGUE])
        raise UsageError(f"There is no record type of that name. Did you mean {near}?")
    return made[type_name] if type_name else made


def _type_json(kind: RecordType, codes: CodeLists) -> dict[str, Any]:
    return {
        "name": kind.name,
        "version": kind.version,
        "title": kind.title,
        "help": kind.help,
        "event_field": kind.event_field,
        "fields": [_field_json(field, codes) for field in kind.fields],
    }


def _field_json(field: Field, codes: CodeLists) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "kind": type(field).__name__.lower(),
        "required": bool(field.required),
        "refusable": field.refusable,
    }
    named = {name: getattr(field, name) for name in ("list_id", "kinds_list", "answers_list") if hasattr(field, name)}
    for name, list_id in named.items():
        told[name] = list_id
        told[_CODES_OF[name]] = [entry.code for entry in codes.entries(list_id)]
    if isinstance(field, Group):
        told["fields"] = [_field_json(part, codes) for part in field.fields]
    return told
