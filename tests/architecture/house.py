"""The checkout as the architecture tests see it: its files, its Python trees, its functions and its texts."""

import ast
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("broker_desktop", "sync", "packaging")
_LEFT_OUT = {".git", ".venv", "__pycache__", ".hypothesis"}


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files that a commit would hold, relative to the root: tracked ones, and new ones not ignored."""
    if not (ROOT / ".git").exists():  # an unpacked archive: there everything is there because it was tracked
        return tuple(sorted(_walked()))
    # Another user's checkout is fine to read; git wants that said on the command line.
    listed = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted(Path(name) for name in names if name and (ROOT / name).is_file()))


def _walked() -> Iterator[Path]:
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in _LEFT_OUT and not name.endswith("_cache")]
        yield from (Path(folder, name).relative_to(ROOT) for name in files)


def python_files(*tops: str) -> list[Path]:
    """Return the tracked Python files below the named top-level folders."""
    return [path for path in tracked_files() if path.suffix == ".py" and path.parts[0] in tops]


def text_of(path: Path) -> str | None:
    """Return the text of a tracked file, or None when it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed source of a tracked Python file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method, and how many lines it takes from `def` to its end."""

    path: Path
    name: str
    lines: int

    @property
    def key(self) -> str:
        """How the allowance file names it."""
        return f"{self.path.as_posix()}::{self.name}"


def functions_of(path: Path) -> Iterator[Function]:
    """Yield every function of a file, nested ones too, under its dotted name."""

    def below(node: ast.AST, prefix: str) -> Iterator[Function]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{prefix}{child.name}"
                yield Function(path, name, (child.end_lineno or child.lineno) - child.lineno + 1)
                yield from below(child, f"{name}.")
            elif isinstance(child, ast.ClassDef):
                yield from below(child, f"{prefix}{child.name}.")
            else:
                yield from below(child, prefix)

    yield from below(tree_of(path), "")


def imported_modules(path: Path) -> Iterator[str]:
    """Yield every module a file imports, at its top or inside a function, by absolute name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of the string literals of a file, without its docstrings."""
    tree = tree_of(path)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
