"""A code that a requirement asks for can be chosen with the area pack, is saved with no network, and arrives elsewhere.

One team a pack and two laptops: everything is saved on the first before it syncs, both sync once, and the list of the
other laptop holds the record exactly once.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.codelist import PACK_LISTS
from tests.common.examples import example
from tests.common.vaults import Service
from tests.requirements.table import Value, values


def with_value(one: Value) -> dict[str, Any]:
    """Give the example of the type as a new record that holds the code at the field's path, in the shape it takes."""
    kind = record_type(one.type)
    # The example names places and teams of one pack; another pack has its own.
    of_pack = {field.name for field in kind.fields if getattr(field, "list_id", None) in PACK_LISTS}
    left_out = {"id", "external_id", "card_id", *of_pack}
    payload = {name: value for name, value in example(one.type).items() if name not in left_out}
    if "code" in payload:
        # One code is one person: each value is that of somebody else.
        payload["code"] = hashlib.sha256(f"{one.id}{one.field}{one.code}".encode()).hexdigest()[:12].upper()
    first, *rest = one.field.split(".")
    _put(payload, [first, *rest], one.code)
    return payload


def _put(holder: dict[str, Any], names: list[str], code: str) -> None:
    name, *rest = names
    held = holder.get(name)
    if rest:
        if isinstance(held, list):
            _put(held[-1], rest, code)
        else:
            _put(holder.setdefault(name, {}), rest, code)
    elif isinstance(held, list) or name.endswith("[]"):
        holder[name.removesuffix("[]")] = [code]
    elif isinstance(held, Mapping):
        holder[name] = {code: next(iter(held.values()), 1)}
    else:
        holder[name] = code


class Arrivals:
    """Saves all values of a pack on one laptop, syncs once, and keeps where each was found on the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._of_pack: dict[str, dict[Value, list[str]]] = {}
        self._saved: dict[Value, str] = {}

    def found(self, one: Value) -> tuple[str, list[str]]:
        """Give the id that was saved and the ids that the other laptop lists for the value."""
        if one.pack not in self._of_pack:
            self._of_pack[one.pack] = self._run(one.pack, [each for each in values() if each.pack == one.pack])
        return self._saved[one], self._of_pack[one.pack][one]

    def _run(self, pack: str, asked: list[Value]) -> dict[Value, list[str]]:
        service = Service(self._folder / pack, pack=pack)
        with service.found().opened() as lead, service.join(lead, "Sam Second", "lead").opened() as other:
            for one in asked:
                self._saved[one] = lead.save(one.type, with_value(one)).id
            lead.sync_once()
            other.sync_once()
            return {one: [row.id for row in other.records(one.type, where=[_filter(one)])] for one in asked}


def _filter(one: Value) -> tuple[str, str]:
    return one.field.replace("[]", ""), one.code


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    return Arrivals(tmp_path_factory.mktemp("values"))


@pytest.mark.parametrize("one", values(), ids=lambda one: f"{one.id}-{one.type}-{one.code}")
def test_a_value_can_be_chosen_and_arrives(one: Value, arrivals: Arrivals) -> None:
    saved, listed = arrivals.found(one)
    assert listed.count(saved) == 1


def test_every_value_names_a_record_type() -> None:
    assert all(record_type(one.type) for one in values())
