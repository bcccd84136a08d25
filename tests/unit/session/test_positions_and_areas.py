"""The Bull's-eye as a sheet of the workbook, and areas as bars on paper: the figures and marks of their lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from broker_desktop.session import Session, Summary, month_period, to_bytes
from broker_desktop.session.exports import Beside
from broker_desktop.session.exports.charts import drawings
from broker_desktop.session.handing_on import beside
from tests.common.vaults import Service

NOVEMBER = month_period("2026-11")
RINGS = {"in_now": 24, "in_last_12m": 11, "known_before": 3, "never": 12}
AREAS = {"new_forest": 26, "gosport": 14, "fareham": 3, None: 7}


def people() -> Iterator[dict[str, Any]]:
    """Give 50 people who use heroin, the last 12 crack too, by ring; each was met once, in some area."""
    areas = [area for area, many in AREAS.items() for _ in range(many)]
    rings = [ring for ring, many in RINGS.items() for _ in range(many)]
    for number, (area, ring) in enumerate(zip(areas, rings, strict=True)):
        code, drugs = f"TEST{number:02}F", ["heroin", "crack"] if ring == "never" else ["heroin"]
        yield {"type": "person", "identity_level": "code", "code": code, "treatment_ring": ring}
        met = {"type": "contact", "occurred_at": "2026-11-10T10:00:00+00:00", "kind": "drop_in", "outcome": ["seen"],
               "setting": "street", "venue": "satellite_base", "person": {"code": code},
               "substances": drugs}  # fmt: skip
        yield met if area is None else {**met, "locality": area}


@pytest.fixture(scope="module")
def hampshire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("hampshire")
    file = folder / "people.ndjson"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in people()), encoding="utf-8")
    with Service(folder, pack="hampshire-homer-2010").found().opened() as session:
        session.import_file("mixed", file)
        yield session


def sheet(session: Session, recipient: str) -> dict[str, dict[str, Any]]:
    """Give the rows of the sheet by group, each by the names of its columns."""
    told = to_bytes(session.summary(NOVEMBER, recipient), "xlsx", Beside(codes=session.codes))
    book = openpyxl.load_workbook(BytesIO(told))
    assert book.sheetnames[:3] == ["Summary", "Bull's-eye", "Dictionary"]
    names, *rows = book["Bull's-eye"].iter_rows(values_only=True)
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in rows}


def test_the_matrix_of_the_team_itself(hampshire: Session) -> None:
    """50 of 3,197 are 1.6 percent; of the 50, 24 are 48, 11 are 22, 3 are 6 and 12 are 24 percent; all 12 use crack."""
    found = sheet(hampshire, "internal")
    assert list(found) == ["Opiates or crack", "Opiates", "Crack", "Injecting"]
    assert list(found["Opiates"].values())[1:15] == [24, 48, 11, 22, 3, 6, 12, 24, 0, 0, 50, 2717, None, None]
    whole = found["Opiates or crack"]
    assert (whole["all seen"], whole["printed estimate"], whole["% of the estimate"]) == (50, 3197, 1.6)
    assert (found["Crack"]["never in treatment"], found["Crack"]["never in treatment %"]) == (12, 100)
    assert "never added" in whole["notes"]


def test_the_matrix_of_others_hides_what_its_lines_hide(hampshire: Session) -> None:
    """3 is a small number; one other ring hides with it, or the 50 would give it back. Of 12 no share is told."""
    found = sheet(hampshire, "commissioner")
    made = hampshire.summary(NOVEMBER, "commissioner")
    hidden = {cell.by["treatment_ring"] for cell in made.line("MS-24.ring_opiate").cells if cell.hidden}
    assert "known_before" in hidden
    assert len(hidden) > 1
    columns = {"in_now": "in treatment now", "in_last_12m": "in the last 12 months",
               "known_before": "known to treatment before", "never": "never in treatment"}  # fmt: skip
    for ring, column in columns.items():
        number, share = found["Opiates"][column], found["Opiates"][f"{column} %"]
        if ring in hidden:
            assert (number in {"<5", "*"}, share) == (True, "hidden"), column
        else:
            assert (number, share) == (RINGS[ring], RINGS[ring] * 2), column
    assert found["Crack"]["never in treatment %"] == "hidden"
    published = sheet(hampshire, "publish")["Opiates"]
    assert not {3, 11, 12, 24} & set(published.values())


def areas(session: Session, made: Summary) -> list[str]:
    """Give the words of the drawings of contacts that are cut by area."""
    found = drawings(made, beside(session._context, made), "contacts")
    return [one.words for one in found if one.words.startswith(made.line("MS-01.met_by_locality").title)]


def test_areas_are_bars_with_their_names_and_numbers(hampshire: Session) -> None:
    (words,) = areas(hampshire, hampshire.summary(NOVEMBER))
    parts = set(words.partition(": ")[2].rstrip(".").split("; "))
    assert parts == {"New Forest 26", "Gosport 14", "Fareham 3", "not said 7"}


def test_a_hidden_area_is_a_mark_and_no_length(hampshire: Session) -> None:
    """Fareham has 3; of the three others at least one hides with it, as the 50 contacts are told elsewhere."""
    made = hampshire.summary(NOVEMBER, "commissioner")
    (words,) = areas(hampshire, made)
    assert "Fareham <5" in words or "Fareham *" in words
    hidden = [cell for cell in made.line("MS-01.met_by_locality").cells if cell.hidden]
    assert len(hidden) > 1
    found = drawings(made, beside(hampshire._context, made), "contacts")
    (drawn,) = [one for one in found if one.words == words]
    assert drawn.svg.count("url(#h)") == len(hidden)


def test_one_area_alone_is_no_drawing(hampshire: Session) -> None:
    nothing = hampshire.summary(month_period("2026-10"))
    assert areas(hampshire, nothing) == []
