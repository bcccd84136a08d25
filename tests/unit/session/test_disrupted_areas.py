"""Areas that a disruption covers have a sign in every line that is cut by area, and the sign is said (HAMP10-075)."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

from broker_desktop.session import month_period
from broker_desktop.session.mark_words import in_disruption
from tests.common.lines import contact
from tests.common.office import text_of_paper
from tests.common.vaults import Service

MEANS = "†: a disruption of this period covers the area"
OPERATION = {
    "type": "site_report", "kind": "service_disruption", "occurred_at": "2026-11-03", "until": "2026-11-20",
    "source": "police", "localities": ["test_valley", "eastleigh"], "reason": "police_operation",
    "confidence": "confirmed",
}  # fmt: skip


def test_the_areas_of_a_disruption_have_a_sign_in_workbook_and_paper(tmp_path: Path) -> None:
    """An operation in November covers Test Valley and Eastleigh. In Eastleigh nobody was met; Havant is not covered."""
    met = [
        contact(f"WREN{n:02}M", locality=area, occurred_at=f"2026-{month}-10")
        for month in ("10", "11")
        for n, area in enumerate(["test_valley"] * 7 + ["havant"] * 6)
    ]
    file = tmp_path / "lines.ndjson"
    told = [{**one, "setting": "street", "external_id": f"d{n}"} for n, one in enumerate(met)]
    file.write_text("\n".join(map(json.dumps, [*told, OPERATION])), encoding="utf-8")
    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as session:
        session.import_file("mixed", file)
        for month, signed in (("2026-10", False), ("2026-11", True)):
            made, book, paper = (
                session.summary(month_period(month), "commissioner"),
                tmp_path / "s.xlsx",
                tmp_path / "s.pdf",
            )
            session.export(made, "xlsx", book)
            session.export(made, "pdf", paper)
            test_valley = "† Test Valley" if signed else "Test Valley"
            opened = openpyxl.load_workbook(book)
            parts = [row[:4] for row in opened["Summary"].iter_rows(values_only=True)]
            areas = {by: value for line, _, by, value in parts if line == "MS-01.met_by_locality" and by}
            assert areas == {test_valley: 7, "Havant": 6}
            # By zone and area, by area and home: the area is the same. Test Valley lies in East.
            crossed = {"† Test Valley", "† east, Test Valley", "† Test Valley, not said"}
            assert {by for _, _, by, _ in parts if by and "†" in by} == (crossed if signed else set())
            about = [value for name, value in opened["About"].iter_rows(max_col=2, values_only=True) if name == "mark"]
            assert (MEANS in about) == signed
            text = text_of_paper(paper)
            assert [words in text for words in ("† Test Valley", MEANS)] == [signed, signed]


def test_only_areas_of_disruptions_are_covered() -> None:
    marks = [{"kind": "fall", "line": "MS-02"}, {"kind": "service_disruption", "localities": ["fareham"]}]
    assert in_disruption({"locality": "fareham", "sex": None}, marks)
    assert in_disruption({"lives_in": "fareham"}, marks)
    assert not in_disruption({"locality": "havant"}, marks)
    assert not in_disruption({"locality": None}, marks)
    assert not in_disruption({"venue": "fareham"}, marks)
