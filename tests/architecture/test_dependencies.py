"""What the project stands on: locks in step with pyproject.toml, hashes and no addresses, licences we may ship."""

import re
from importlib.machinery import SourceFileLoader
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

import pytest

from tests.architecture.house import ROOT, tracked_files

LOCKS = ("bootstrap", "app", "dev")
# Licences under which a library may be used and shipped beside Apache-2.0 code.
ACCEPTED = re.compile(
    r"MIT|BSD|Apache|ISC|0BSD|zlib|PSF|Python Software Foundation|MPL|Mozilla|LGPL|CC0|Unlicense|Public Domain", re.I
)
# Distributions whose metadata name no licence, with where it stands in what they ship.
READ_BY_HAND = {"sqlcipher3": "zlib licence, file LICENSE of its source; SQLCipher itself is BSD"}


def _lock_script() -> ModuleType:
    loader = SourceFileLoader("packaging_lock", str(ROOT / "packaging" / "lock"))
    spec = spec_from_loader("packaging_lock", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def _lock_text(name: str) -> str:
    return (ROOT / "packaging" / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def _pins(name: str) -> dict[str, str]:
    """Return distribution -> version and marker, as the lock writes them."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\\\n]+)", _lock_text(name), re.M)
    return {f"{distribution}=={rest.strip()}": distribution for distribution, rest in found}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_in_step_with_pyproject(name: str) -> None:
    assert _lock_text(name).splitlines()[0] == _lock_script().header(name), "run packaging/lock"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_hashes_and_names_no_address(name: str) -> None:
    text = _lock_text(name)
    entries = re.split(r"\n(?=[a-z])", text.partition("\n")[2].strip())
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text


def test_the_tests_run_the_versions_that_people_run() -> None:
    assert set(_pins("app")) <= set(_pins("dev"))


def test_no_file_records_where_packages_came_from() -> None:
    assert not {"uv.lock", "pylock.toml"} & {path.name for path in tracked_files()}


def test_every_library_has_a_licence_we_may_use() -> None:
    """A choice that offers an accepted licence is fine; GPL alone is not."""
    refused = {}
    for pin, name in _pins("dev").items():
        try:
            about = metadata(name)
        except PackageNotFoundError:
            assert ";" in pin, f"{name} is locked for every system and not installed"
            continue
        classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
        stated = " ".join([about.get("License-Expression") or "", (about.get("License") or "")[:200], *classifiers])
        if name not in READ_BY_HAND and not ACCEPTED.search(stated):
            refused[name] = stated
    assert refused == {}


@pytest.mark.parametrize(
    ("folder", "licence"),
    [
        ("icons", "lucide.txt"),
        ("fonts", "inter.txt"),
        ("fonts", "noto-sans.txt"),
        ("wordlists", "eff-wordlist.txt"),
    ],
)
def test_what_we_bundle_comes_with_its_licence(folder: str, licence: str) -> None:
    assert any((ROOT / "resources" / folder).iterdir())
    assert (ROOT / "resources" / "licences" / licence).read_text(encoding="utf-8").strip()
