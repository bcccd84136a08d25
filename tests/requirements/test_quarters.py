"""Four quarters beside each other in the workbook of a quarter, with the change from one to the next, by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from broker_desktop.records.measure import DEFINITIONS
from broker_desktop.session import quarter_period
from broker_desktop.session.exports.quarters import quarter_sheet
from tests.common.lines import contact
from tests.common.vaults import Service

MONTHS = {"2025-11": 4, "2026-01": 5, "2026-05": 6, "2026-08": 3, "2025-08": 9}
"""Contacts of a month; the last is a year before and stands in no quarter that is shown."""


def test_four_quarters_with_their_change(tmp_path: Path) -> None:
    """PORT09-033: 4 to 5 is 25 percent more, to 6 another 20, and 3 is half of that."""
    lines = [
        contact(external_id=f"{month}.{n}", occurred_at=f"{month}-05", setting="street")
        for month, many in MONTHS.items() for n in range(many)
    ]  # fmt: skip
    file, out = tmp_path / "lines.ndjson", tmp_path / "quarter.xlsx"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")

    def met(recipient: str) -> list[Any]:
        lead.export(lead.summary(quarter_period("2026-Q3"), recipient), "xlsx", out)
        head, *rows = openpyxl.load_workbook(out)["Quarters"].iter_rows(values_only=True)
        pack = lead.summary(quarter_period("2026-Q3")).pack_version
        told = f", draft, definitions {DEFINITIONS}, pack portsmouth-2009-10 {pack}"
        assert [name for name in head if str(name).startswith("20")] == [
            f"{quarter}{told}"
            for quarter in ("2025-10 to 2025-12", "2026-01 to 2026-03", "2026-04 to 2026-06", "2026-Q3")
        ]
        return list(next(row[3:] for row in rows if row[0] == "MS-01.met"))

    with Service(tmp_path).found().opened() as lead:
        assert lead.import_file("mixed", file).added == 27
        assert met("internal") == [4, 5, 25, 6, 20, 3, -50]
        # 4 and 3 are small: what borders on them has no change, 5 to 6 has one.
        assert met("commissioner") == ["<5", 5, None, 6, 20, "<5", None]
        lead.export(lead.summary(quarter_period("2026-Q3")), "xlsx", out)
        # Counted by other definitions: the figures stand beside each other, what changed cannot be told.
        now, by_others = lead.summary(quarter_period("2026-Q3")), "signed, issue 2, definitions 2026.1, pack hub 3"
        before = replace(now, definitions="2026.1", state="signed", issue=2, pack_id="hub", pack_version="3")
        made = quarter_sheet([before], now)
        assert made is not None
        assert made.columns[3] == f"2026-Q3, {by_others}"
        assert next(row[3:] for row in made.rows if row[0] == "MS-01.met") == [3, 3, ""]
        assert "Quarters" in openpyxl.load_workbook(out).sheetnames
