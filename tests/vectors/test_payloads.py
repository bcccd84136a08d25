"""Every record type writes the operation that its golden file holds, and reads it back."""

import json

import pytest

from broker_desktop.assets import codes_csv, pack_text
from broker_desktop.records import CATALOGUE
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.records.record_type import RecordType
from sync import codec
from tests.vectors.payloads import FOLDER, file_of, golden

each_type = pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def codes() -> CodeLists:
    return CodeLists.load(codes_csv(), Pack.parse(pack_text("portsmouth-2009-10")))


@each_type
def test_a_payload_becomes_its_golden_bytes_and_comes_back(kind: RecordType, codes: CodeLists) -> None:
    path = file_of(kind)
    assert path.is_file(), f"write {path.name} once: .venv/bin/python -m tests.vectors.payloads"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert golden(kind, told["payload"]) == told
    assert kind.from_wire(codec.decode(bytes.fromhex(told["fields"])), codes) == told["payload"]


def test_no_golden_file_outlives_its_type_and_older_versions_stay_readable(codes: CodeLists) -> None:
    known = {kind.name: kind for kind in CATALOGUE}
    for path in FOLDER.glob("*.json"):
        told = json.loads(path.read_text(encoding="utf-8"))
        kind = known[told["type"]]
        assert told["version"] <= kind.version
        assert kind.from_wire(codec.decode(bytes.fromhex(told["fields"])), codes) == told["payload"]
