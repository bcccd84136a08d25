"""The hub loads nothing that opens an envelope, draws a window or knows the application."""

from __future__ import annotations

import subprocess
import sys

import pytest

FORBIDDEN = (
    "PySide6 sqlcipher3 broker_desktop requests sync.crypto.sealing sync.crypto.keyring sync.crypto.passphrase "
    "sync.crypto.boxes sync.crypto.kit sync.crypto.invite sync.operation sync.merge sync.replica sync.engine"
).split()


@pytest.mark.parametrize("module", ["sync.hub.app", "sync.hub.cli", "sync.hub.embedded"])
def test_a_hub_loads_nothing_it_must_not_have(module: str) -> None:
    program = f"import sys, {module}; print(' '.join(name for name in {FORBIDDEN!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
