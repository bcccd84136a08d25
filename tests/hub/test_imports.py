"""The hub loads nothing that opens an envelope, draws a window or knows the application."""

from __future__ import annotations

import subprocess
import sys

FORBIDDEN = (
    "PySide6 sqlcipher3 broker_desktop requests sync.crypto.sealing sync.crypto.keyring sync.crypto.passphrase "
    "sync.crypto.boxes sync.crypto.kit sync.crypto.invite sync.operation sync.merge sync.replica sync.engine"
).split()


def test_a_hub_loads_nothing_it_must_not_have() -> None:
    program = (
        "import sys, sync.hub.app, sync.hub.cli, sync.hub.embedded; "
        f"print(*[name for name in {FORBIDDEN!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
