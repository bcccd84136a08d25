"""What was declared out of scope is nowhere: no record type, field, code list or role is called so."""

import pytest

from broker_desktop import assets
from broker_desktop.records import CATALOGUE
from broker_desktop.records.access import Role
from broker_desktop.records.field import Field
from tests.requirements.table import absent


def names_of(field: Field) -> set[str]:
    inner: tuple[Field, ...] = getattr(field, "fields", ())
    return {field.name}.union(*(names_of(one) for one in inner))


def everything_named() -> set[str]:
    types = {kind.name for kind in CATALOGUE}
    fields = set().union(*(names_of(field) for kind in CATALOGUE for field in kind.fields))
    lists = {line.partition(",")[0] for line in assets.codes_csv().splitlines()}
    return types | fields | lists | {role.name.lower() for role in Role}


@pytest.mark.parametrize(("row", "words"), absent(), ids=[row for row, _ in absent()])
def test_nothing_is_called_so(row: str, words: tuple[str, ...]) -> None:
    parts = {part for name in everything_named() for part in name.split("_")} | everything_named()
    assert words, row
    assert parts.isdisjoint(words)


def test_the_words_would_be_found() -> None:
    assert {"person", "occurred_at", "setting"} <= everything_named()
