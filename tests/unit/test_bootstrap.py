"""The set-up script: what it asks for, when it is content, and what it tells somebody who is not root."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path) -> ModuleType:
    """A copy of packaging/bootstrap.py of our own, with its `.venv` in an empty folder."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "packaging" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.PYTHON = tmp_path / "python"  # type: ignore[attr-defined]
    module.STAMP = tmp_path / "stamp.json"  # type: ignore[attr-defined]
    return module


def _stamp(bootstrap: ModuleType, name: str) -> None:
    bootstrap.PYTHON.touch()
    bootstrap.STAMP.write_text(json.dumps(bootstrap.stamp_of(name)), encoding="utf-8")


def test_nothing_there_is_not_set_up(bootstrap: ModuleType) -> None:
    assert not bootstrap.stamped("app")


def test_a_stamp_of_the_tests_will_do_for_the_program_and_not_the_other_way_round(bootstrap: ModuleType) -> None:
    _stamp(bootstrap, "dev")
    assert bootstrap.stamped("app")
    _stamp(bootstrap, "app")
    assert bootstrap.stamped("app")
    assert not bootstrap.stamped("dev")


@pytest.mark.parametrize("key", ["digest", "bootstrap", "python", "root"])
def test_a_changed_lock_python_or_place_sets_up_anew(bootstrap: ModuleType, key: str) -> None:
    _stamp(bootstrap, "app")
    bootstrap.STAMP.write_text(json.dumps(bootstrap.stamp_of("app") | {key: "other"}), encoding="utf-8")
    assert not bootstrap.stamped("app")


def test_a_torn_stamp_sets_up_anew(bootstrap: ModuleType) -> None:
    _stamp(bootstrap, "app")
    bootstrap.STAMP.write_text('{"name": "ap', encoding="utf-8")
    assert not bootstrap.stamped("app")


def test_somebody_who_is_not_root_gets_the_one_command(bootstrap: ModuleType) -> None:
    told = bootstrap.what_to_type(["libegl1"], ["xvfb"], has_apt=True)
    assert told.splitlines()[-1].strip() == "sudo apt-get update && sudo apt-get install --yes libegl1 xvfb"


def test_what_only_some_tests_want_stops_nobody(bootstrap: ModuleType) -> None:
    told = bootstrap.what_to_type([], ["xvfb"], has_apt=False)
    assert told == "tests that open a real window, a workbook or a paper will fail until this is installed (xvfb)"


def test_children_get_no_foreign_python(bootstrap: ModuleType) -> None:
    environment = bootstrap.child_environment(
        {"PYTHONPATH": "elsewhere", "PIP_TARGET": "there", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    )
    assert environment["LANG"] == "C.UTF-8"
    assert not {"PYTHONPATH", "PIP_TARGET", "PYTHONDONTWRITEBYTECODE"} & set(environment)


@pytest.mark.parametrize(
    ("ours", "own_display", "platform"),
    [
        ({}, False, "offscreen"),
        ({}, True, None),
        ({"DISPLAY": ":7"}, False, None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False, None),
        ({"QT_QPA_PLATFORM": "minimal"}, False, "minimal"),
    ],
)
def test_qt_draws_offscreen_where_nobody_can_see_a_window(
    bootstrap: ModuleType, ours: dict[str, str], own_display: bool, platform: str | None
) -> None:
    environment = bootstrap.child_environment(ours, own_display=own_display)
    assert environment.get("QT_QPA_PLATFORM") == (platform if sys.platform.startswith("linux") else None)


@pytest.mark.parametrize("arguments", [[], ["install"]])
def test_another_word_prints_what_there_is(arguments: list[str]) -> None:
    script = [sys.executable, str(ROOT / "packaging" / "bootstrap.py"), *arguments]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "broker demo" in done.stderr


def test_without_a_python_the_script_says_what_to_type(tmp_path: Path) -> None:
    """A PATH with nothing but what the script itself uses; nobody's apt is there, so nothing can be installed."""
    for tool in ("dirname", "id"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "broker"), "demo"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr
