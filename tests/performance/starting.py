"""From a cold process to a window that can be typed into, beside an empty window of the same toolkit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.performance.figures import Figure, Watch, beside_cpu, p50, watched

_SHOWN = """
from PySide6.QtCore import QTimer
QTimer.singleShot(0, lambda: (print("shown", flush=True), QTimer.singleShot(0, application.quit)))
application.exec()
"""
_OURS = (
    """
import sys
from pathlib import Path
from broker_desktop.ui.app import Program, make_application
from broker_desktop.session import real_environment
application = make_application()
program = Program(real_environment(Path(sys.argv[1])))
program.open()
"""
    + _SHOWN
)
_FLOOR = (
    """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.show()
"""
    + _SHOWN
)


def cold_start(vaults: Path, repeat: int) -> list[Figure]:
    """Start processes by turns and wait until each has drawn its first window."""
    ours: list[Watch] = []
    bare: list[Watch] = []
    for _ in range(repeat):
        bare.append(_started(_FLOOR))
        ours.append(_started(_OURS, str(vaults)))
    return [
        Figure(
            work="cold start to the unlock window", ours=p50([one.wall for one in ours]), unit="s", bar=1,
            notes=[beside_cpu(ours), f"an empty window of the toolkit: {beside_cpu(bare)}; with {_screen()}"],
        )
    ]  # fmt: skip


def _screen() -> str:
    return "a screen" if os.environ.get("DISPLAY") else "no screen"


def _started(program: str, *arguments: str) -> Watch:
    """Time a process until it says so; its own processor time is read when it has ended."""
    variables = dict(os.environ)
    if "DISPLAY" not in variables:
        variables["QT_QPA_PLATFORM"] = "offscreen"
    before = os.times()
    with watched() as watch:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, env=variables
        )
        assert process.stdout is not None
        line = process.stdout.readline()
    process.communicate(timeout=60)
    after = os.times()
    assert line == "shown\n"
    watch.cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return watch
