"""Every requirement row has a status, and what is said to show it is there."""

import ast
from functools import cache
from pathlib import Path

import pytest

from broker_desktop.records import CATALOGUE
from tests.requirements.table import PAGE, STATES, Status, page, rows, statuses

ROOT = Path(__file__).parents[2]


@cache
def _functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def _is_there(evidence: str) -> bool:
    if evidence.startswith("page:"):
        name = evidence.removeprefix("page:")
        places = (ROOT / "broker_desktop/ui/pages/places.py").read_text(encoding="utf-8")
        return f'"{name}"' in places or name in {kind.name for kind in CATALOGUE}
    path, _, name = evidence.partition("::")
    return (ROOT / path).is_file() and name.partition("[")[0] in _functions(path)


def test_every_row_has_one_status() -> None:
    assert sorted(one.id for one in statuses()) == sorted(row.id for row in rows())
    assert len(rows()) == 735


@pytest.mark.parametrize("one", statuses(), ids=lambda one: one.id)
def test_what_shows_a_row_is_there(one: Status) -> None:
    assert one.status in STATES
    assert [name for name in one.evidence if not _is_there(name)] == []
    if one.status == "works":
        assert one.evidence, "a row that works names the test or page that shows it"
    else:
        assert one.note, "a row that does not work says why"


def test_the_page_is_made_from_these_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
