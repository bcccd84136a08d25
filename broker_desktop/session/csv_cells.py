"""From the flat cells of a CSV line to a payload: names joined by a dot, lists with `;` (contract.md).

Turns texts into the shapes the fields take and judges nothing: what cannot be turned stays as it is, so that the rules
name it. A refused answer stands in a column of its own, `sex.answer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from broker_desktop.records.field import Amount, Codes, Field, Number, Texts
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.structure import Group, Keyed, Quantities, Rows


def payload_of(kind: RecordType, cells: Mapping[str, str]) -> dict[str, Any]:
    """Give the payload that the filled cells of a line stand for."""
    tree: dict[str, Any] = {}
    for path, text in cells.items():
        _plant(tree, path.split("."), text)
    return {name: _shaped(kind.by_name.get(name), node) for name, node in tree.items()}


def _plant(tree: dict[str, Any], names: list[str], text: str) -> None:
    for name in names[:-1]:
        inner = tree.setdefault(name, {})
        if not isinstance(inner, dict):
            inner = tree[name] = {}
        tree = inner
    tree[names[-1]] = text


def _shaped(field: Field | None, node: Any) -> Any:
    if field is None or (isinstance(node, dict) and "answer" in node):
        return node
    if isinstance(node, str):
        return _leaf(field, node)
    if isinstance(field, Quantities):
        return {code: _whole(text) for code, text in node.items()}
    if isinstance(field, Keyed):
        return {code: _group(field, inner) for code, inner in node.items()}
    if isinstance(field, Rows):
        places = sorted(node, key=lambda place: int(place) if place.isdecimal() else 0)
        return [_group(field, node[place]) for place in places]
    return _group(field, node) if isinstance(field, Group) else node


def _group(field: Group, node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    return {name: _shaped(field.by_name.get(name), inner) for name, inner in node.items()}


def _leaf(field: Field, text: str) -> Any:
    if isinstance(field, Number):
        return _whole(text)
    if isinstance(field, Amount):
        return _decimal(text)
    if isinstance(field, Codes | Texts):
        return [part.strip() for part in text.split(";") if part.strip()]
    return text


def _whole(text: Any) -> Any:
    digits = text.removeprefix("-") if isinstance(text, str) else ""
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else text


def _decimal(text: str) -> Any:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
