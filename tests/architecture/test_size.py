"""The size ratchet: a function fits a screen, a file holds one subject, and the exceptions only get fewer."""

import statistics
from pathlib import Path

from tests.architecture.house import PRODUCT, ROOT, functions_of, python_files

FILE_LINES = 400
FUNCTION_LINES = 50
MEDIAN_FUNCTION_LINES = 10
ALLOWANCE = ROOT / "tests" / "architecture" / "size_allowance.txt"


def _allowed() -> dict[str, int]:
    entries = [line.split() for line in ALLOWANCE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: int(lines) for name, lines in entries}


def _lines(path: Path) -> int:
    return (ROOT / path).read_text(encoding="utf-8").count("\n")


def _too_long() -> dict[str, int]:
    files = python_files(*PRODUCT, "tests")
    long_files = {path.as_posix(): lines for path in files if (lines := _lines(path)) > FILE_LINES}
    # A migration is written once, by a generator, and never edited again.
    written = [path for path in files if "migrations" not in path.parts]
    functions = [function for path in written for function in functions_of(path)]
    return long_files | {one.key: one.lines for one in functions if one.lines > FUNCTION_LINES}


def test_nothing_is_longer_than_it_may_be() -> None:
    allowed = _allowed()
    grown = {name: lines for name, lines in _too_long().items() if lines > allowed.get(name, 0)}
    assert grown == {}


def test_the_allowance_only_shrinks() -> None:
    needed = _too_long()
    loose = {name: needed.get(name) for name, lines in _allowed().items() if needed.get(name) != lines}
    assert loose == {}, "bring these entries down to what is there, or take them out"


def test_the_usual_function_is_short() -> None:
    lengths = [function.lines for path in python_files(*PRODUCT) for function in functions_of(path)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION_LINES
