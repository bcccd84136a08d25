"""Use cases about the monthly sheets of sites: which came, which did not, and a list of the missing for the phone.

Names of sites only; a sheet has no people in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker_desktop.records.tally_rules import DRAFT, FINAL, TALLY, doubled_sheets, sheet_sites, sites_without_tally
from broker_desktop.session import queries
from broker_desktop.session.context import Context
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.views import RecordRow
from broker_desktop.store.records import Query

_STANDS: Final = (FINAL, DRAFT)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One site in one month."""

    site: str
    label: str
    status: str
    """A code of `tally_status`, empty where no sheet came."""
    sheet: RecordRow | None


class SheetsDesk:
    """Everything about sheets that a session offers."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def month(self, month: str) -> list[SheetLine]:
        """Give every site that is to send a sheet, in the pack's order, with the sheet that stands for it."""
        rows = self._rows(month)
        codes = self._context.codes
        expected = sheet_sites(codes)
        others = sorted({str(row.payload.get("site")) for row in rows} - set(expected))
        lines = []
        for site in (*expected, *others):
            standing = [row for row in rows if row.payload.get("site") == site and row.payload["status"] in _STANDS]
            sheet = min(standing, key=lambda row: _STANDS.index(row.payload["status"]), default=None)
            status = "" if sheet is None else str(sheet.payload["status"])
            lines.append(SheetLine(site, codes.label("place", site), status, sheet))
        return lines

    def doubled(self) -> list[tuple[str, str]]:
        """Give month and site wherever two final sheets stand: both are counted until somebody replaces one."""
        query = Query(type=TALLY, where=(("status", FINAL),))
        with self._context.vault.reader.connect() as connection:
            return doubled_sheets([one.payload() for one in self._context.vault.records.rows(connection, query)])

    def missing(self, month: str) -> list[str]:
        """Give the sites of which no sheet came, draft or final, by their codes."""
        sheets = [row.payload for row in self._rows(month)]
        return sites_without_tally(sheet_sites(self._context.codes), sheets, month)

    def write_missing(self, month: str, path: Path) -> int:
        """Write the sites without a sheet to a CSV file for whoever rings them; returns how many there are.

        Raises:
            StorageProblem: the file cannot be written.
        """
        missing = self.missing(month)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("month", "site", "name"))
        writer.writerows((month, site, self._context.codes.label("place", site)) for site in missing)
        keep_file(path, out.getvalue().encode())
        return len(missing)

    def _rows(self, month: str) -> Sequence[RecordRow]:
        query = Query(type=TALLY, since=f"{month}-01", until=f"{month}-01")
        return [row for row in queries.rows(self._context, query) if row.payload.get("status") is not None]
