"""Reading of the vector files: JSON in which every byte string is lower-case hex."""

import json
from pathlib import Path
from typing import Any

unhex = bytes.fromhex


def vectors(name: str) -> dict[str, Any]:
    """Return the content of `<name>_v1.json`."""
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}_v1.json").read_text(encoding="utf-8"))
    return loaded
