"""Where a value goes in a record, as names joined by a dot: `sex`, `person.code`, `items.SYR_FX_1_29`, `events.0.on`.

Finds the field at a path and lists the paths of a type with words for people. Pure; what a path may hold is decided by
the rules of the type later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.field import Code, Field, Number, Text
from broker_desktop.records.record_type import HEADINGS, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.structure import Group, Keyed, Offers, Quantities, Rows


@dataclass(frozen=True, slots=True)
class Target:
    """One place of a record that a column can fill: its path, the words for it, the field that takes the value."""

    path: str
    label: str
    field: Field


_NAMED: dict[str, Field] = {
    "external_id": Text(name="external_id", label="Number in the other program"),
    "id": Text(name="id", label="Id"),
}


def target_at(kind: RecordType, path: str, codes: CodeLists) -> Target | None:
    """Give the place at a path, None where a record of this type has none; `x.answer` says why there is no value."""
    first, _, rest = path.partition(".")
    if path in HEADINGS and path != "type":
        return Target(path, _NAMED[path].label, _NAMED[path])
    field = kind.by_name.get(first)
    return None if field is None else _inside(field, path, rest.split(".") if rest else [], codes)


def _inside(field: Field, path: str, rest: list[str], codes: CodeLists) -> Target | None:
    if not rest:
        holds_more = isinstance(field, Group | Quantities | Offers | PersonRef | RecordRef)
        return None if holds_more else Target(path, field.label, field)
    name, more = rest[0], rest[1:]
    if name == "answer" and not more:
        return Target(
            path, f"{field.label}: why there is no answer", Code(name="answer", label="", list_id="reason_missing")
        )
    if isinstance(field, PersonRef | RecordRef):
        allowed = ("code", "id") if isinstance(field, PersonRef) else ("external_id", "id")
        return Target(path, _reference_label(field, name), Text(name=name, label="")) if name in allowed else None
    if isinstance(field, Quantities | Offers):
        return _of_code(field, path, name, codes) if not more else None
    if isinstance(field, Rows):
        return _part(field, path, more, codes) if name.isdecimal() and len(name) < 3 else None
    if isinstance(field, Keyed):
        return _part(field, path, more, codes) if name in codes.known(field.list_id) else None
    return _part(field, path, rest, codes) if isinstance(field, Group) else None


def _part(field: Group, path: str, rest: list[str], codes: CodeLists) -> Target | None:
    part = field.by_name.get(rest[0]) if rest else None
    found = None if part is None else _inside(part, path, rest[1:], codes)
    return None if found is None else Target(path, f"{field.label}: {found.label}", found.field)


def _of_code(field: Quantities | Offers, path: str, code: str, codes: CodeLists) -> Target | None:
    list_id = field.list_id if isinstance(field, Quantities) else field.kinds_list
    if code not in codes.known(list_id):
        return None
    label = f"{field.label}: {codes.label(list_id, code)}"
    if isinstance(field, Quantities):
        return Target(path, label, Number(name=code, label=label))
    return Target(path, label, Code(name=code, label=label, list_id=field.answers_list))


def _reference_label(field: Field, name: str) -> str:
    named = {"code": "their code", "external_id": "its number in the other program", "id": "id"}
    return f"{field.label}: {named[name]}"


def targets(kind: RecordType, codes: CodeLists) -> tuple[Target, ...]:
    """Give every place of a record that a column can fill, in the order of the form; the first element of a list."""
    found = [Target("external_id", _NAMED["external_id"].label, _NAMED["external_id"])]
    for field in kind.fields:
        found += [one for path in _paths(field, codes) if (one := target_at(kind, path, codes)) is not None]
    return tuple(found)


def _paths(field: Field, codes: CodeLists) -> Iterator[str]:
    if isinstance(field, PersonRef):
        yield f"{field.name}.code"
    elif isinstance(field, RecordRef):
        yield f"{field.name}.external_id"
    elif isinstance(field, Quantities):
        yield from (f"{field.name}.{code}" for code in codes.known(field.list_id))
    elif isinstance(field, Offers):
        yield from (f"{field.name}.{code}" for code in codes.known(field.kinds_list))
    elif isinstance(field, Group):
        starts = [field.name]
        if isinstance(field, Rows):
            starts = [f"{field.name}.0"]
        elif isinstance(field, Keyed):
            starts = [f"{field.name}.{code}" for code in codes.known(field.list_id)]
        yield from (f"{start}.{inner}" for start in starts for part in field.fields for inner in _paths(part, codes))
    else:
        yield field.name
