"""Where referrals come from and go to, agencies and open days, counted by hand.

Parts of MS-01, 13, 14 and 16.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.common.recount.contacts import by, met_now
from tests.common.recount.reading import (
    Line,
    Number,
    Part,
    Service,
    Told,
    code,
    middle,
    offer,
    percent,
    tell,
)
from tests.common.recount.referrals import days_waited

TO_CRIME = {
    "arrest_referral", "drr", "probation", "prison", "liaison_and_diversion", "police", "prison_health_care",
    "prison_mental_health", "cjit", "carat", "prison_idts", "court", "crc", "iom",
}  # fmt: skip


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_flows(service), **_agencies(service), **_open(service)}


def _days(lines: Sequence[Line], *parts: Callable[[Line], str | None]) -> Told:
    """Give the median of days until somebody came, in all and by part."""
    waits: dict[Part, list[int]] = {}
    every = []
    for line in lines:
        days = days_waited(line)
        if days is not None:
            every.append(days)
            waits.setdefault(tuple(part(line) for part in parts), []).append(days)
    cells: dict[Part, Number] = {part: middle(days) for part, days in waits.items()}
    return Told(middle(every), len(lines), cells)


def _flows(service: Service) -> dict[str, Told]:
    now = service.now("referral")
    made = [line for line in now if line["direction"] != "in"]
    came = [line for line in now if line["direction"] == "in"]
    crime = [line for line in came if code(line, "source") in TO_CRIME]
    return {
        "MS-13.made_by_flow": tell(made, by("team"), by("destination")),
        "MS-13.flow_days": _days(made, by("team"), by("destination")),
        "MS-13.by_route": tell(now, by("route"), by("direction")),
        "MS-14.received_by_flow": tell(came, by("source"), by("team")),
        "MS-14.flow_days": _days(came, by("source"), by("team")),
        "MS-14.criminal_justice": tell(crime, by("source"), out_of=len(came)),
    }


def _agencies(service: Service) -> dict[str, Told]:
    entries = {line.get("id") or line.get("external_id"): line for line in service.held("directory_entry")}

    def entry(line: Line) -> Line | None:
        agency = line.get("agency")
        return entries.get(agency.get("id") or agency.get("external_id")) if isinstance(agency, dict) else None

    def name(line: Line) -> str | None:
        found = entry(line)
        if found is not None:
            return code(found, "name")
        return "not_in_directory" if code(line, "agency_name") else None

    made = [line for line in service.now("referral") if line["direction"] != "in"]
    met = [line for line in service.now("broker_contact") if line["state"] == "met"]
    advocacy = [line for line in met if code(line, "purpose") == "advocacy"]
    return {
        "MS-13.made_by_sector": tell(made, lambda line: code(entry(line) or {}, "sector")),
        "MS-16.advocacy": tell(advocacy, name),
    }


def _open(service: Service) -> dict[str, Told]:
    held = [line for line in service.now("session") if code(line, "status") != "cancelled"]
    met = met_now(service)
    told = [line for line in met if offer(line, "broker") is not None]
    return {
        "MS-01.days_open": Told(len({service.day(line) for line in held})),
        "MS-16.offer_recorded": Told(percent(len(told), len(met)), len(met)),
    }
