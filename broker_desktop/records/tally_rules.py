"""What is looked at when a site's monthly sheet is typed in, and which sites have not sent one.

The rules ask for other records through `CheckContext.neighbours`. Without it, as in an import, they say nothing: an
import takes sheets as they stand. Everything else is a function of payloads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import parse_month
from broker_desktop.records.returns import estimate, factors_of
from broker_desktop.records.rules import CheckContext, Issue, Severity, value_at
from broker_desktop.records.stock import opened, syringes_out
from broker_desktop.records.worklist import later

DRAFT: Final = "draft"
FINAL: Final = "final"
REPLACED: Final = "replaced"
MANY_TIMES: Final = 5
"""More than so many times the month before is asked about (requirements.md J4, 4)."""

TALLY: Final = "nx_tally"


@dataclass(frozen=True, slots=True)
class MoreBackThanOut:
    """More syringes back than out: possible, and worth a second look (requirements.md J4, 4)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Compare the estimate of returns with the syringes of items and packs; silent without an estimate."""
        if context.importing:
            return ()
        month = parse_month(payload.get("month"))
        out = syringes_out(opened(payload.get("items"), payload.get("packs"), context.codes), context.codes)
        measured = () if context.neighbours is None else context.neighbours("sharps_calibration")
        last_day = "" if month is None else (later(month, months=1) - timedelta(days=1)).isoformat()
        back = estimate(payload.get("returns"), last_day, factors_of(measured, context.codes), context.codes)
        if back is None or back.syringes <= out:
            return ()
        return (Issue("returns", "More came back than went out. That can be right: please look again.", Severity.WARN),)


@dataclass(frozen=True, slots=True)
class FarAboveLastMonth:
    """Five times the month before is mostly a digit too many: 640 typed for 64 (requirements.md J4, 4)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Look at the final sheet of the same site for the month before, the latest one before that otherwise."""
        month, site, number = parse_month(payload.get("month")), payload.get("site"), payload.get("transactions")
        if context.neighbours is None or month is None or not isinstance(site, str) or type(number) is not int:
            return ()
        before = later(month, months=-1).isoformat()[:7]
        sheets = context.neighbours(TALLY, (("site", site), ("month", before), ("status", FINAL)))
        last = max((one["transactions"] for one in sheets if type(one.get("transactions")) is int), default=0)
        if not 0 < last * MANY_TIMES < number:
            return ()
        message = "This is more than 5 times the month before. Is there a digit too many?"
        return (Issue("transactions", message, Severity.WARN),)


@dataclass(frozen=True, slots=True)
class OneFinalSheet:
    """A site and month has one final sheet, and none that counts again what was recorded live."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Look for live visits and for another final sheet; only of a sheet that is to be final (J4, 6 and 8)."""
        month, site = parse_month(payload.get("month")), payload.get("site")
        if context.neighbours is None or month is None or not isinstance(site, str) or payload.get("status") != FINAL:
            return ()
        issues: list[Issue] = []
        days = (month.isoformat(), (later(month, months=1) - timedelta(days=1)).isoformat())
        if payload.get("excludes_live") != "yes" and context.neighbours("nx_visit", (("site", site),), *days):
            message = (
                "Visits of this site and month were recorded one by one. Say below that the sheet leaves them out, "
                "or keep it as a draft: else they count twice."
            )
            issues.append(Issue("excludes_live", message, Severity.REQUIRE))
        where = (("site", site), ("month", str(payload["month"])), ("status", FINAL))
        mine = {context.own, payload.get("id"), value_at(payload, "replaces.id")}
        if any(one["id"] not in mine for one in context.neighbours(TALLY, where)):
            message = "There is a final sheet of this site and month. Say that this one replaces it, or open that one."
            issues.append(Issue("replaces", message, Severity.REQUIRE))
        return issues


def sites_without_tally(sites: Iterable[str], tallies: Iterable[Mapping[str, Any]], month: str) -> list[str]:
    """Give the sites of which no sheet came for a month (YYYY-MM), in the order given; a draft has come."""
    came = {one.get("site") for one in tallies if one.get("month") == month and one.get("status") in (DRAFT, FINAL)}
    return [site for site in sites if site not in came]


def doubled_sheets(tallies: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Give month and site wherever two final sheets stand, as two laptops that were apart can make."""
    seen: dict[tuple[str, str], int] = {}
    for one in tallies:
        if one.get("status") == FINAL:
            key = (str(one.get("month")), str(one.get("site")))
            seen[key] = seen.get(key, 0) + 1
    return sorted(key for key, number in seen.items() if number > 1)


def sheet_sites(codes: CodeLists) -> list[str]:
    """Give the places of the pack that send a sheet each month: its pharmacies."""
    return [entry.code for entry in codes.entries("place") if entry.code.startswith("pharmacy")]
