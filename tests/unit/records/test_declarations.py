"""A record type that cannot work is refused when it is declared, with a sentence that says how to mend it."""

from __future__ import annotations

from typing import Any

import pytest

from broker_desktop.records.field import Field, Text
from broker_desktop.records.record_type import COMMON, DeclarationError, RecordType


def declared(*fields: Field, **more: Any) -> RecordType:
    return RecordType(
        name="note",
        version=1,
        title="Note",
        plural="Notes",
        icon="user",
        help="A note.",
        compartment=COMMON,
        fields=fields,
        **more,
    )


@pytest.mark.parametrize(
    ("fields", "more", "sentence"),
    [
        ((Text(name="a", label="A"), Text(name="a", label="B")), {}, "a is declared twice"),
        ((Text(name="id", label="A"),), {}, "cannot be called id"),
        ((Text(name="_a", label="A"),), {}, "cannot be called _a"),
        ((Text(name="a:b", label="A"),), {}, "cannot be called a:b"),
        ((Text(name="a", label="A:"),), {}, "label of a ends with a sign"),
        ((Text(name="a", label="A", refusable=False),), {}, "has to be required"),
        ((Text(name="a", label="A"),), {"event_field": "when"}, "event_field names no field"),
        ((Text(name="a", label="A"),), {"state_field": "a"}, "state_field has to name a Code"),
    ],
)
def test_a_faulty_declaration(fields: tuple[Field, ...], more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        declared(*fields, **more)


def test_sections_keep_the_order_of_the_fields() -> None:
    kind = declared(
        Text(name="a", label="A", section="One"),
        Text(name="b", label="B", section="Two", column=True),
        Text(name="c", label="C", section="One"),
    )
    assert [(title, [field.name for field in fields]) for title, fields in kind.sections] == [
        ("One", ["a", "c"]),
        ("Two", ["b"]),
    ]
    assert [field.name for field in kind.columns] == ["b"]
