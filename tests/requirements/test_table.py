"""Every requirement row has a status, and what is said to show it is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from broker_desktop.records import CATALOGUE
from tests.requirements.table import PAGE, STATES, Status, absent, page, rows, statuses, values

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


def _asks_for(row: str, evidence: str) -> bool:
    """Tell whether a test that walks over lines has one of this row; any other test speaks for itself."""
    name = evidence.partition("::")[2].partition("[")[0]
    if name == "test_a_value_can_be_chosen_and_arrives":
        return row in {one.id for one in values()}
    return name != "test_nothing_is_called_so" or row in {one for one, _ in absent()}


def test_every_row_has_one_status() -> None:
    assert sorted(one.id for one in statuses()) == sorted(row.id for row in rows())
    assert len(rows()) == 735


@pytest.mark.parametrize("one", statuses(), ids=lambda one: one.id)
def test_what_shows_a_row_is_there(one: Status) -> None:
    assert one.status in STATES
    assert [name for name in one.evidence if not _is_there(name) or not _asks_for(one.id, name)] == []
    if one.status == "works":
        assert one.evidence, "a row that works names the test or page that shows it"
    else:
        assert one.note, "a row that does not work says why"


def test_a_row_works_no_further_than_the_row_it_rests_on() -> None:
    told = {one.id: one.status for one in statuses()}
    resting = [(row.id, re.match(r"Passes when (\S+) passes", row.acceptance)) for row in rows()]
    further = [row for row, on in resting if on is not None and told[row] == "works" and told[on[1]] != "works"]
    assert further == []


def test_the_page_is_made_from_these_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
