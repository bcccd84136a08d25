"""Journey J4: the pharmacies' sheets of a month (requirements.md 5, pack hampshire-homer-2010)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.records.rules import Severity
from broker_desktop.session import Refused, Session, month_period
from tests.common.vaults import Service

MONTH = "2026-10"
LOOKED = {"status": "final", "check_kind": "second_look", "checked_by": "AB"}
SEVENTEEN = "pharmacy_daat_17"
LIVE = "pharmacy_daat_20"


def sheet(site: str, month: str = MONTH, **more: Any) -> dict[str, Any]:
    commissioned = "devolved" if "devolved" in site else "daat"
    usual = {"transactions": 60, "packs": {"PK_1ML_20": 30}, "source": "paper", "commissioned_by": commissioned}
    return {"month": month, "site": site, **usual, "status": "draft", **more}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Session]:
    """The month before is in; of this one 38 of 46 and 3 of 3 came, but for sites 17 and 20."""
    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as lead:
        sites = [line.site for line in lead.sheets.month(MONTH)]
        assert len(sites) == 49
        late = [f"pharmacy_daat_{number:02}" for number in range(39, 47)]  # eight send nothing
        for site in sites:
            lead.save("nx_tally", sheet(site, "2026-09", **LOOKED))
            if site not in (*late, SEVENTEEN, LIVE):
                lead.save("nx_tally", sheet(site, **LOOKED))
        yield lead


def told(session: Session, payload: dict[str, Any]) -> dict[str, Severity]:
    return {issue.path: issue.severity for issue in session.check("nx_tally", payload)}


def test_the_month_of_the_sheets(office: Session, tmp_path: Path) -> None:
    # Step 2: 39 are in; 17 and 20 lie on the desk, eight never came
    assert len(office.sheets.missing(MONTH)) == 10
    # Step 3 and 4: site 17, with a digit too many, then with more back than out, then as it is
    typed = sheet(
        SEVENTEEN, transactions=640, packs={"PK_1ML_20": 70}, leaflets=12, individuals={"answer": "not_asked"},
        returns={"method": "bins", "bins": [{"bin": "BIN_1", "n": 31, "fill": 75}]},
    )  # fmt: skip
    assert told(office, typed) == {"transactions": Severity.WARN}  # 5 x 60 = 300
    typed["transactions"] = 64
    assert told(office, typed) == {}, "31 bins are no syringes until a bin was measured"
    # 70 packs of 20 are 1,400 out; 31 bins three quarters full at 70 a litre are 1,628 back
    office.save(
        "sharps_calibration", {"occurred_at": "2026-10-30", "method": "fill_bin", "bin": "BIN_1", "counted": 70}
    )
    assert told(office, typed) == {"returns": Severity.WARN}
    first = office.save("nx_tally", typed)
    assert [row.reason for row in office.worklist("W11").rows if row.id == first.id] == [
        "A sheet to look at a second time and make final"
    ]
    # Step 5: nothing counts before the second look
    assert transactions(office) == 39 * 60
    with pytest.raises(Refused):
        office.amend("nx_tally", first.id, {"status": "final"}, "looked at again")
    office.amend("nx_tally", first.id, LOOKED, "looked at again")
    assert transactions(office) == 39 * 60 + 64
    people = office.summary(month_period(MONTH)).line("MS-05").value
    a_pharmacy_that_recorded_live(office)
    # Expected: 41 of 49, 38 of 46 and 3 of 3; MS-05 unchanged; with and without devolved
    made = office.summary(month_period(MONTH))
    sites = made.line("MS-06.sites")
    assert (sites.numerator, sites.denominator) == (41, 49)
    cells = {dict(cell.by)["commissioned_by"]: cell.value for cell in made.line("MS-06").cells}
    assert cells == {"daat": 37 * 60 + 64, "devolved": 3 * 60}
    assert made.line("MS-05").value == people
    # Step 7: the list for the lead pharmacist names sites and nobody
    assert office.sheets.write_missing(MONTH, tmp_path / "missing.csv") == 8
    assert "Pharmacy 39" in (tmp_path / "missing.csv").read_text()
    # Step 6: the corrected sheet replaces the first, which stays readable
    corrected = {**typed, **LOOKED, "transactions": 46, "replaces": {"id": first.id}}
    second = office.save("nx_tally", corrected)
    assert transactions(office) == 40 * 60 + 46
    old = office.record("nx_tally", first.id).payload
    assert (old["status"], old["transactions"]) == ("replaced", 64)
    assert office.record("nx_tally", second.id).payload["status"] == "final"


def a_pharmacy_that_recorded_live(office: Session) -> None:
    """Step 8: site 20 recorded on a laptop instead, and sends a sheet all the same."""
    live = {"occurred_at": f"{MONTH}-14T10:00:00+01:00", "site_type": "pharmacy", "site": LIVE, "person": None}
    office.save("nx_visit", {**live, "packs": {"PK_1ML_10": 1}})
    final = sheet(LIVE, **LOOKED)
    assert told(office, final) == {"excludes_live": Severity.REQUIRE}
    with pytest.raises(Refused):
        office.save("nx_tally", final)
    office.save("nx_tally", {**final, "excludes_live": "yes"})


def transactions(session: Session) -> int:
    return int(session.summary(month_period(MONTH)).line("MS-06").value or 0)
