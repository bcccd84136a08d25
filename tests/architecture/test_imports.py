"""What may import what, beyond the eight contracts of `.importlinter`."""

import configparser
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.house import ROOT, imported_modules, python_files

# Libraries that arrive with a declared one and are part of its interface.
COMES_WITH = {
    "sqlalchemy": "sqlmodel",
    "pydantic": "sqlmodel",
    "starlette": "fastapi",
    "urllib3": "requests",
    "shiboken6": "pyside6-essentials",
}

CONTRACTS = {
    "desktop-layers",
    "ui-layers",
    "qt-stays-in-ui",
    "ui-never-sees-storage",
    "sync-knows-no-app",
    "sync-layers",
    "hub-cannot-decrypt",
    "pure-core",
}


def test_there_are_exactly_eight_contracts() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    found = {name.removeprefix("importlinter:contract:") for name in parser.sections() if ":" in name}
    assert found == CONTRACTS


def test_the_contracts_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 kept, 0 broken" in done.stdout


def test_only_the_window_imports_qt() -> None:
    elsewhere = [
        str(path)
        for path in python_files("broker_desktop", "sync", "packaging")
        if path.parts[:2] != ("broker_desktop", "ui")
        and any(module.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"} for module in imported_modules(path))
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("sync.hub.cli", ["PySide6", "broker_desktop"]),
        ("broker_desktop.session", ["PySide6", "fastapi", "uvicorn", "alembic", "psycopg", "sync.hub"]),
        ("broker_desktop.headless", ["PySide6", "fastapi"]),
        ("broker_desktop.__main__", ["PySide6", "fastapi", "numpy", "pyqtgraph", "xlsxwriter"]),
        # The gate comes up after every lock, in under a second: nothing of an open vault may be loaded for it.
        ("broker_desktop.ui.app", ["sqlalchemy", "pydantic", "requests", "cryptography", "mnemonic", "jeepney"]),
        ("broker_desktop.ui.app", ["broker_desktop.ui.shell", "broker_desktop.session.session", "sync.engine.round"]),
    ],
)
def test_a_half_starts_without_the_other(module: str, without: list[str]) -> None:
    """A module set to None in sys.modules cannot be imported: as if it were not installed."""
    code = f"import sys; sys.modules.update(dict.fromkeys({without!r})); import {module}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {_normal(re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]) for line in lines}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _undeclared(files: list[str], allowed: set[str]) -> set[str]:
    owners = packages_distributions()
    strangers = set()
    for path in python_files("broker_desktop", "sync"):
        if not path.as_posix().startswith(tuple(files)):
            continue
        for module in imported_modules(path):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top in {"broker_desktop", "sync", "__future__"}:
                continue
            names = {COMES_WITH.get(top, "")} | {_normal(name) for name in owners.get(top, [top])}
            if not names & allowed:
                strangers.add(f"{path.as_posix()} imports {top}")
    return strangers


def test_the_program_needs_no_dev_dependency() -> None:
    assert _undeclared(["broker_desktop/", "sync/"], _declared("desktop", "hub")) == set()


def test_what_a_laptop_without_a_window_imports_is_a_base_dependency() -> None:
    """The engine, the store, the records and the session run on the base dependencies alone."""
    parts = ["records", "settings", "store", "session", "headless", "platform", "errors", "logs", "assets"]
    client = ["crypto", "protocol", "replica", "engine", "ids", "codec", "clock", "operation", "merge", "control"]
    files = [f"broker_desktop/{part}" for part in parts] + [f"sync/{part}" for part in client]
    assert _undeclared(files, _declared()) == set()


def test_the_server_needs_no_desktop_dependency() -> None:
    assert _undeclared(["sync/hub"], _declared("hub")) == set()
