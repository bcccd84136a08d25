"""The published JSON Schema of every record type: sound itself, true to the example, and no wider than the record."""

import pytest
from jsonschema import Draft202012Validator

from broker_desktop.records import CATALOGUE
from broker_desktop.records.answer import Reason, answer
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.json_schema import schema_of
from broker_desktop.records.record_type import RecordType
from tests.common.examples import example

each_type = pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)


@pytest.fixture
def codes(portsmouth: CodeLists) -> CodeLists:
    return portsmouth


@each_type
def test_an_example_is_as_the_schema_says(kind: RecordType, codes: CodeLists) -> None:
    schema = schema_of(kind, codes)
    Draft202012Validator.check_schema(schema)
    found = [f"{list(one.path)}: {one.message}" for one in Draft202012Validator(schema).iter_errors(example(kind.name))]
    assert found == []


@each_type
def test_a_record_of_another_shape_is_told_apart(kind: RecordType, codes: CodeLists) -> None:
    check, good = Draft202012Validator(schema_of(kind, codes)), example(kind.name)
    assert not check.is_valid({**good, "not_a_field": 1})
    assert not check.is_valid({**good, "type": "another"})
    for field in kind.fields:
        assert not check.is_valid({**good, field.name: True}), field.name
        assert check.is_valid({**good, field.name: answer(Reason.DECLINED)}) is field.refusable, field.name
        if field.required is True:
            assert not check.is_valid({name: value for name, value in good.items() if name != field.name})
