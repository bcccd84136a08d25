"""The files that ship beside the code: where they lie, and nothing about what is in them.

This is the only module that knows the place of `resources/`: next to the packages in a checkout, inside
`broker_desktop/` in an installed wheel. It reads whole files and returns text or paths; it parses nothing, caches
nothing and opens nothing for writing.
"""

from pathlib import Path

__all__ = [
    "asset_path",
    "asset_text",
    "check_words",
    "clinical_text",
    "codes_csv",
    "font_paths",
    "help_text",
    "icon_path",
    "icon_svg",
    "pack_paths",
    "pack_text",
    "reference_paths",
]


def _resources() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


_ROOT = _resources()


def asset_path(*parts: str) -> Path:
    """Return the path of a bundled file or folder; FileNotFoundError when it does not ship."""
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"no bundled file {'/'.join(parts)}")
    return path


def asset_text(*parts: str) -> str:
    """Return the text of a bundled UTF-8 file; FileNotFoundError when it does not ship."""
    return asset_path(*parts).read_text(encoding="utf-8")


def codes_csv() -> str:
    """Return the code lists every team has, as one CSV text.

    `refdata/codes.csv` is the list that other programs share, word for word; what the record types of this program
    need beside it stands in files of its own, one a subject, with the same columns. They follow in the order of names.
    """
    shared = asset_text("refdata", "codes.csv")
    columns = shared.partition("\n")[0] + "\n"
    others = sorted(path for path in asset_path("refdata").glob("*.csv") if path.name != "codes.csv")
    return shared + "".join(path.read_text(encoding="utf-8").removeprefix(columns) for path in others)


def pack_paths() -> tuple[Path, ...]:
    """Return the bundled area packs, in the order of their names."""
    return tuple(sorted(asset_path("packs").glob("*.yaml")))


def pack_text(pack_id: str) -> str:
    """Return the YAML text of a bundled pack; FileNotFoundError when no file of that name ships."""
    return asset_text("packs", f"{pack_id}.yaml")


def clinical_text(name: str) -> str:
    """Return the YAML text of one file of clinical rules; FileNotFoundError when it does not ship."""
    return asset_text("clinical", f"{name}.yaml")


def reference_paths() -> tuple[Path, ...]:
    """Return the descriptions of the printed tables that come with the program, in the order of their names."""
    return tuple(sorted(asset_path("reference").glob("*.yaml")))


def check_words() -> tuple[str, ...]:
    """Return the EFF large list in its published order: 7776 words, the digits of check words and passphrases."""
    return tuple(asset_text("wordlists", "eff_large_wordlist.txt").split())


def icon_path(name: str) -> Path:
    """Return the SVG file of a Lucide icon; FileNotFoundError when it was not copied into the bundle."""
    return asset_path("icons", f"{name}.svg")


def icon_svg(name: str) -> str:
    """Return the SVG text of a Lucide icon, with `currentColor` still in it."""
    return asset_text("icons", f"{name}.svg")


def font_paths() -> tuple[Path, ...]:
    """Return the bundled font files, in the order of their names."""
    return tuple(sorted(path for path in asset_path("fonts").iterdir() if path.suffix in {".otf", ".ttf"}))


def help_text(name: str) -> str:
    """Return one help page as Markdown; FileNotFoundError when it was not written."""
    return asset_text("help", f"{name}.md")
