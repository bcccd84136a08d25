"""Golden payloads: what a record of each type and version looks like in an operation, for ever.

A record that an earlier version wrote must be read by every later one, so the bytes stand in
`tests/vectors/payloads/<type>_v<version>.json`: the payload, and its fields as canonical CBOR in hexadecimal. Files
are written on purpose, one command, and never by a test:

    .venv/bin/python -m tests.vectors.payloads            write those that are missing
    .venv/bin/python -m tests.vectors.payloads --renew TYPE    write one anew, before its first release only
"""

import json
import sys
from pathlib import Path
from typing import Any

from broker_desktop.records import CATALOGUE
from broker_desktop.records.record_type import RecordType
from sync import codec
from tests.common.examples import example

FOLDER = Path(__file__).parent / "payloads"


def file_of(kind: RecordType) -> Path:
    """Return where the golden payload of a type and its version lies."""
    return FOLDER / f"{kind.name}_v{kind.version}.json"


def golden(kind: RecordType, payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the file of a payload says."""
    return {"type": kind.name, "version": kind.version, "payload": payload, "fields": codec.encode(kind.to_wire(payload)).hex()}


def write(kind: RecordType) -> None:
    """Write the file of a type from its example."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(golden(kind, example(kind.name)), ensure_ascii=False, indent=1)
    file_of(kind).write_text(text + "\n", encoding="utf-8")


def main(words: list[str]) -> None:
    """Write what is missing, or one type anew."""
    renewed = words[1:] if words[:1] == ["--renew"] else []
    for kind in CATALOGUE:
        if kind.name in renewed or not file_of(kind).exists():
            write(kind)
            print(f"written: {file_of(kind).name}")


if __name__ == "__main__":
    main(sys.argv[1:])
