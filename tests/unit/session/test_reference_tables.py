"""Printed tables: kept as printed, with what their cells add up to beside them, and no part of any count."""

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from broker_desktop.errors import BadInput
from broker_desktop.records.reference_sums import sums
from broker_desktop.session import Session, month_period, to_bytes
from broker_desktop.session.reference_tables import ReferenceView, read_table
from tests.common.vaults import Service

FOLDER = Path(__file__).parents[3] / "resources" / "reference"


@pytest.fixture
def hampshire(tmp_path: Path) -> Iterator[Session]:
    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as session:
        yield session


def table(session: Session, title: str) -> ReferenceView:
    return next(one for one in session.imports.reference.tables() if one.title == title)


def test_the_demand_table_lists_exactly_the_11_printed_totals_that_differ(lead: Session) -> None:
    """Requirements 2.6: 11 row totals, and 4 totals each of East, West and the county, make 23 that can be checked."""
    kept = lead.imports.reference.bring(FOLDER / "hampshire-demand.yaml")
    assert kept.checked == 23
    assert {(one.group, one.row, one.column): (int(one.printed or 0), int(one.recomputed or 0))
            for one in kept.sums.differing} == {
        ("East", "Gosport", "Total"): (525, 526),
        ("West", "Basingstoke and Deane", "Total"): (959, 960),
        ("West", "Havant", "Total"): (837, 838),
        ("East", "Total", "PDU"): (790, 791),
        ("East", "Total", "Alcohol"): (1711, 1712),
        ("East", "Total", "Total"): (2950, 2952),
        ("West", "Total", "Alcohol"): (2244, 2245),
        ("West", "Total", "Total"): (4209, 4210),
        ("", "Total Estimated Demand", "PDU"): (2030, 2031),
        ("", "Total Estimated Demand", "Alcohol"): (3955, 3957),
        ("", "Total Estimated Demand", "Total"): (7159, 7162),
    }  # fmt: skip
    last = [line[-1] for line in kept.sums.lines]
    assert {one.row: int(one.printed or 0) for one in last if one.printed == one.recomputed} == {
        "Fareham": 483, "Eastleigh": 596, "New Forest": 794, "Test Valley": 553, "Rushmoor": 863,
        "East Hampshire": 515, "Winchester": 651, "Hart": 383,
    }  # fmt: skip
    fareham = kept.sums.lines[0]
    assert [int(cell.printed or 0) for cell in fareham] == [107, 56, 320, 483]
    assert "ADTS at all tiers" in kept.note


def test_the_bulls_eye_adds_up_in_all_four_rows_and_refuses_to_add_the_rows(lead: Session) -> None:
    """Requirements 2.5: 4 row totals and 16 shares, all as printed; opiate and crack users are PDUs too."""
    kept = lead.imports.reference.bring(FOLDER / "hampshire-bulls-eye.yaml")
    assert (kept.checked, kept.differing) == (20, 0)
    totals = {cell.row: cell.recomputed for line in kept.sums.lines for cell in line if cell.column == "Fig. 1"}
    assert totals == {"PDU": 3197, "Opiates": 2717, "Crack": 1385, "IDU": 1620}
    payload = lead.record("reference_table", kept.id).payload
    added = {**payload, "rows": [*payload["rows"], {**payload["rows"][0], "label": "All", "kind": "total"}]}
    with pytest.raises(BadInput, match="RULE-3"):
        lead.save("reference_table", {**added, "external_id": "again"})
    # Even where another program kept such a row, nothing is worked out for it.
    assert [cell.recomputed for cell in sums(added).lines[-1]] == [None] * 9


def test_growth_recomputes_to_a_hundredth_and_a_rate_needs_its_unit(lead: Session, tmp_path: Path) -> None:
    kept = lead.imports.reference.bring(FOLDER / "hampshire-prevalence.yaml")
    # 3,197 - 3,065 = 132; 132 / 3,065 = 4.3067 %
    assert {cell.column: cell.recomputed for cell in kept.sums.lines[0]} == {
        "2007/8": None, "2008/9": None, "Change": 132, "Change %": Decimal("4.31"),
    }  # fmt: skip
    assert (kept.checked, kept.differing) == (9, 0)
    for name in ("hampshire-rates.csv", "hampshire-rates.yaml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("unit: per 1,000 people\n", ""), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        lead.imports.reference.bring(tmp_path / "hampshire-rates.yaml")
    assert caught.value.place.field == "unit"
    assert lead.imports.reference.bring(FOLDER / "hampshire-rates.yaml").unit == "per 1,000 people"


def test_the_tables_of_a_pack_are_kept_once_and_count_nowhere(hampshire: Session) -> None:
    month = month_period("2026-11")
    before = hampshire.summary(month).to_json()
    assert len(hampshire.imports.reference.bring_pack()) == 4
    assert len(hampshire.imports.reference.bring_pack()) == 4
    assert hampshire.count("reference_table") == 4
    demand = table(hampshire, "Assumed demand by district")
    assert hampshire.record("reference_table", demand.id).corrections == ()
    after = hampshire.summary(month).to_json()
    assert after["lines"] == before["lines"]


def test_the_estimate_of_portsmouth_stands_beside_and_counts_nowhere(lead: Session) -> None:
    """PORT09-025, requirements 2.1, L38: 1,254 people, between 1,157 and 1,384, by Hay et al. for 2004 to 2007."""
    month = month_period("2026-11")
    before = lead.summary(month).to_json()["lines"]
    (kept,) = lead.imports.reference.bring_pack()
    assert kept.columns == ("Estimate", "Low", "High")
    assert [int(cell.printed or 0) for cell in kept.sums.lines[0]] == [1254, 1157, 1384]
    assert (kept.source.partition(",")[0], kept.year, kept.unit) == ("Hay et al.", "2004 to 2007", "people")
    assert kept.note.startswith("Estimate, not our records.")
    book = load_workbook(BytesIO(to_bytes(lead.summary(month), "xlsx")))
    head, *rows = book["Bull's-eye"].iter_rows(values_only=True)
    pdu = dict(zip(head, rows[0], strict=True))
    assert [pdu[name] for name in ("printed estimate", "estimate from", "estimate to")] == [1254, 1157, 1384]
    assert "Printed: estimate, not our records." in str(pdu["notes"])
    assert kept.differing == 0
    assert lead.summary(month).to_json()["lines"] == before


def test_a_team_with_another_pack_has_no_tables_of_its_pack(tmp_path: Path) -> None:
    with Service(tmp_path, pack="leicestershire-2016").found().opened() as lead:
        assert lead.imports.reference.bring_pack() == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("reference_table: 1", "reference_table: 2", 'begins with "reference_table: 1"'),
        ("title: Assumed", "tittle: Assumed", "Did you mean title?"),
        ("Total: total}", "Total: sum}", "columns: write each heading with one of"),
        ("row_column: Area", "row_column: Arena", "no column Arena"),
        ("source:", "note2:", "there is no such setting"),
    ],
)
def test_a_description_that_cannot_be_used_says_why(tmp_path: Path, old: str, new: str, words: str) -> None:
    for name in ("hampshire-demand.csv", "hampshire-demand.yaml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_table(tmp_path / "hampshire-demand.yaml")
    assert words in caught.value.detail
