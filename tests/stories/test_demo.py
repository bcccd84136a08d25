"""Somebody runs the demo where there is no screen, and looks at what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]
# A page that failed to draw is one colour, or the background with a frame: a real one has letters and their smoothing.
FEWEST_COLOURS = 60
FEWEST_BYTES = 15_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a demo that ran without a display, and how it ended."""
    folder = tmp_path_factory.mktemp("demo")
    bare = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR", "BROKER_NOW")
    environment = {name: value for name, value in os.environ.items() if name not in bare}
    environment |= {"HOME": str(folder / "home"), "XDG_DATA_HOME": str(folder / "home" / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "broker_desktop", "demo", "--headless", "--dir", str(folder / "demo")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    return folder / "demo", done


def test_the_demo_tells_its_story_without_a_display(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = demo
    assert done.returncode == 0, done.stderr
    told = done.stdout + done.stderr
    for promise in (
        "joined by five words",
        "stands on both laptops",
        "count the month alike",
        "small counts are hidden",
    ):
        assert promise in told


def test_nothing_but_the_story_is_said(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = demo
    noise = ("propagateSizeHints", "qt.qpa", "QFont", "QStandardPaths", "Warning", "Traceback", "WARNING", "ERROR")
    assert [word for word in noise if word in done.stdout + done.stderr] == []


def test_every_export_is_there_and_can_be_read(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = demo
    exports = sorted((folder / "exports").iterdir())
    assert sorted(path.suffix for path in exports) == [".csv", ".csv", ".json", ".json", ".xlsx", ".xlsx"]
    figures = {path.stem.partition("-internal")[2] or path.stem: path for path in exports if path.suffix == ".json"}
    assert len(figures) == 2
    for path in exports:
        if path.suffix == ".json":
            summary = json.loads(path.read_text(encoding="utf-8"))
            lines = {line["id"]: line for line in summary["lines"]}
            assert summary["period"]["kind"] == "month"
            assert lines["MS-04"]["value"] > 0
        elif path.suffix == ".csv":
            assert "MS-05" in path.read_text(encoding="utf-8-sig")
        else:
            assert path.read_bytes()[:4] == b"PK\x03\x04"


def test_the_pictures_show_pages(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = demo
    pictures = sorted((folder / "pictures").glob("*.png"))
    assert len(pictures) >= 8, [path.name for path in pictures]
    for path in pictures:
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) >= (1024, 640), path.name
        assert path.stat().st_size > FEWEST_BYTES, path.name
        assert _colours(picture) > FEWEST_COLOURS, path.name
    contents = {path.read_bytes() for path in pictures}
    assert len(contents) == len(pictures), "two pictures are the same"


def test_the_recovery_kit_of_the_demo_is_private(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = demo
    if os.name == "posix":
        assert (folder / "recovery-kit.txt").stat().st_mode & 0o077 == 0


def _colours(picture: QImage) -> int:
    """Count the colours on every third line and column."""
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)})
