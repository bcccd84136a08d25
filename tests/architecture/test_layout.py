"""What lies where: the top level, the folders with a special rule, and the checks that may not be switched off."""

import ast
import tomllib

from tests.architecture.house import ROOT, python_files, text_of, tracked_files, tree_of

TOP_LEVEL = {
    "pyproject.toml",
    "README.md",
    "broker_desktop",
    "sync",
    "resources",
    "tests",
    "packaging",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "broker",
    "broker.cmd",
}


def test_the_top_level_holds_only_what_the_design_names() -> None:
    tops = {path.parts[0] for path in tracked_files()}
    assert {top for top in tops if not top.startswith(".")} == TOP_LEVEL
    assert {top for top in tops if top.startswith(".")} <= {".ci", ".gitignore", ".importlinter"}


def test_packaging_is_not_a_package() -> None:
    """An `__init__.py` there would shadow the library `packaging` under `python -m pytest`."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in python_files("broker_desktop", "sync")}
    without = [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()]
    assert without == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path)
        for path in python_files("broker_desktop", "sync", "packaging")
        if not ast.get_docstring(tree_of(path)) and "migrations" not in path.parts
    ]
    assert silent == []


def test_docstrings_and_seams_stay_checked() -> None:
    """Ruff checks docstrings (D) and the clock and randomness seams (TID); only the named places are exempt."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert {"D", "TID", "BLE", "S", "G"} <= set(lint["select"])
    assert not {"D100", "D101", "D102", "D103", "D104", "TID251", "BLE001"} & set(lint["ignore"])
    clock_exempt = [place for place, rules in lint["per-file-ignores"].items() if "TID251" in rules]
    assert clock_exempt == ["sync/system.py"]


def test_ci_runs_the_readmes_test_command_and_nothing_else() -> None:
    lines = [line.strip() for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()]
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -eu", 'cd "$(dirname "$0")/.."', "exec ./broker test"]
    assert "./broker test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_papers_name_no_file_that_is_missing() -> None:
    """A path in backquotes in the papers leads somewhere; the guide to record types names files yet to be written."""
    pages = [path for path in tracked_files() if path.suffix == ".md" and path.parts[0] not in {"tests", "resources"}]
    pages = [page for page in pages if page.name != "how-to-add-a-record-type.md"]
    # What is tracked, not what is on this disk: an empty folder does not come with a clone.
    there = {parent.as_posix() for path in tracked_files() for parent in (path, *path.parents)}
    gone = []
    for page in pages:
        for word in (text_of(page) or "").replace("\n", " ").split("`")[1::2]:
            known_top = word.split("/")[0] in TOP_LEVEL and "/" in word
            file = word.partition("::")[0].rstrip("/")  # a test is named with its file
            if known_top and not any(mark in word for mark in "<>*{ ") and file not in there:
                gone.append(f"{page}: {word}")
    assert gone == []
