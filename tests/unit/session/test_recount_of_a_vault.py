"""Months made up, brought into a vault and told again by its own export: its figures are those of a plain recount.

The recount knows nothing of the database: it reads the lines that `record list` gives to other programs. Codes met
under several spellings are people by then; some are found to be one, and some records are withdrawn.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NotPermitted
from broker_desktop.records import CATALOGUE
from broker_desktop.records.contract_json import parse_line
from broker_desktop.session import Session, as_json, month_period, range_period
from tests.common.random_service import as_file, month_of, random_lines
from tests.common.recount import differences, recount
from tests.common.vaults import Desk

PACK = "portsmouth-2009-10"
SIZE = 160


def told_by(session: Session) -> list[dict[str, Any]]:
    """Give every record as other programs read it."""
    rows = [row for kind in CATALOGUE for row in session.records(kind.name)]
    return [dict(parse_line(as_json.line(as_json.row_json(row)).encode())) for row in rows]


def brought_in(session: Session, seed: int, folder: Path) -> int:
    file = folder / "lines.ndjson"
    file.write_bytes(as_file(random_lines(seed, SIZE, PACK)))
    return session.import_file("mixed", file).added


@pytest.mark.parametrize("seed", [0, 1, 6, 7])
def test_a_vault_counts_as_its_exported_lines_do(lead_desk: Desk, tmp_path: Path, seed: int) -> None:
    """A leap February, both nights on which clocks change, and a November; each as a month and with five before it."""
    month = month_of(seed)[0][:7]
    with lead_desk.opened() as session:
        assert brought_in(session, seed, tmp_path) > SIZE
        same = found_to_be_one(session)
        assert same
        for kind in ("contact", "nx_visit", "referral", "bbv_test"):
            session.void(kind, session.records(kind)[0].id, "keyed twice")
        lines = told_by(session)
        for period in (month_period(month), range_period(*sorted((months_before(month, 5), month)))):
            counted = session.summary(period).lines
            told = recount(lines, period.first_day, period.last_day, session.codes, same)
            assert differences(counted, told) == []


def found_to_be_one(session: Session) -> dict[str, str]:
    """Put people two by two, as far as a nurse need not look first."""
    people = [row.id for row in session.records("person")]
    same: dict[str, str] = {}
    for one, into in zip(people[::2], people[1::2], strict=False):
        with suppress(NotPermitted):
            session.oversight.alias(one, into, "the same, says everybody")
            same[one] = into
    return same


def months_before(month: str, many: int) -> str:
    year, number = map(int, month.split("-"))
    at = year * 12 + number - 1 - many
    return f"{at // 12}-{at % 12 + 1:02}"
