"""One complete, invented record of every type: `examples/<type>.json`, in the form of an import line without its type.

A record type without one fails the build, so tests that walk the catalogue always have something to save. They are
inputs for tests, never expectations.
"""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "examples"


def example(type_name: str) -> dict[str, Any]:
    """Return a fresh copy of the example of a record type; FileNotFoundError when none was written."""
    payload: dict[str, Any] = json.loads((_FOLDER / f"{type_name}.json").read_text(encoding="utf-8"))
    return payload


def example_names() -> set[str]:
    """Return the record types that have an example."""
    return {path.stem for path in _FOLDER.glob("*.json")}
