"""Referrals made and taken in, and people who came back, counted by hand: MS-13, MS-14, MS-25, parts of MS-20, 21."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tests.common.recount.contacts import by, sights
from tests.common.recount.reading import (
    Line,
    Number,
    Service,
    Told,
    code,
    days_from,
    london,
    middle,
    percent,
    said,
    tell,
)

CAME = {"attended_first", "still_engaged_12wk", "completed", "planned_discharge", "engaged"}
CHILDREN_AND_SAFETY = {
    "social_care_child", "social_care_adult", "domestic_abuse", "mash", "parent_support", "young_people_service",
}  # fmt: skip
TWELVE_WEEKS = 84
TREATED_UNTIL = 183
AWAY = 90


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {
        **_made(service), **_became(service), **_waits(service), **_sources(service), **_back_again(service),
        **_to_safety_and_homes(service),
    }  # fmt: skip


def steps(line: Line) -> dict[str, str]:
    """Give the first day of every step of a referral; treatment starts with `engaged` (domain.md 5)."""
    events = line.get("events")
    first: dict[str, str] = {}
    for one in events if isinstance(events, list) else []:
        day = london(one["on"]) or ""
        first[one["event"]] = min(day, first.get(one["event"], day))
    return first


def _stages(line: Line) -> list[str]:
    """Give the stages a referral reached; one that is written down was made."""
    return list({"made": "", **steps(line)})


def _how_it_is_known(line: Line) -> str | None:
    return next((code(one, "evidence") for one in line["events"] if one["event"] == "attended_first"), None)


def _made(service: Service) -> dict[str, Told]:
    now = service.now("referral")
    made = [line for line in now if line["direction"] != "in"]
    came = [line for line in made if CAME & steps(line).keys()]

    def age(line: Line) -> str | None:
        return said(service.whose(line), "age_band")

    def sex(line: Line) -> str | None:
        return said(service.whose(line), "sex")

    return {
        "MS-13.made": tell(made, by("destination")),
        "MS-13.stages": tell(now, _stages, by("direction")),
        "MS-13.destinations": tell(made, by("destination"), _stages),
        "MS-13.made_by_team": tell(made, by("team")),
        "MS-13.made_by_age_band": tell(made, age),
        "MS-13.made_by_sex": tell(made, sex),
        "MS-13.pathways": tell(made, by("pathway"), by("destination")),
        "MS-13.attended": tell(came, _how_it_is_known, out_of=len(made)),
        "MS-13.attended_by_age_band": tell(came, age),
        "MS-13.attended_by_sex": tell(came, sex),
    }


def _became(service: Service) -> dict[str, Told]:
    """Count what became of referrals: kept, left early and only triaged exclude each other (HAMP10 L341 to L346)."""
    now = service.now("referral")
    became = [_end_of(line) for line in now]
    planned = [line for line in now if {"completed", "planned_discharge"} & steps(line).keys()]
    undone = [line for line in now if {"rejected", "withdrawn"} & steps(line).keys()]
    return {
        "MS-13.kept": Told(became.count("kept"), len(now)),
        "MS-13.left_early": Told(became.count("left_early"), len(now)),
        "MS-13.only_triaged": Told(became.count("only_triaged"), len(now)),
        "MS-13.completed": tell(planned, by("destination")),
        "MS-13.not_taken_up": tell(undone, by("destination"), by("reject_reason")),
    }


def _end_of(line: Line) -> str | None:
    told = steps(line)
    ended = {"rejected", "redirected", "completed", "planned_discharge", "unplanned_exit", "transferred", "withdrawn",
             "closed"} & told.keys()  # fmt: skip
    if {"triaged", "assessed"} & told.keys() and ended and not CAME & told.keys():
        return "only_triaged"
    if "unplanned_exit" in told:
        start = told.get("engaged") or told.get("attended_first") or line["made_on"]
        stayed = days_from(start, told["unplanned_exit"])
        return "left_early" if stayed < TWELVE_WEEKS else "kept"
    return "kept" if {"still_engaged_12wk", "completed", "planned_discharge"} & told.keys() else None


def days_waited(line: Line) -> int | None:
    told = steps(line)
    return days_from(line["made_on"], told["attended_first"]) if "attended_first" in told else None


def _middles(lines: Sequence[Line]) -> dict[tuple[str | None, ...], Number]:
    waits: dict[tuple[str | None, ...], list[int]] = {}
    for line in lines:
        wait = days_waited(line)
        if wait is not None:
            waits.setdefault((code(line, "destination"),), []).append(wait)
    return {where: middle(days) for where, days in waits.items()}


def _waits(service: Service) -> dict[str, Told]:
    now = service.now("referral")
    waits = [wait for line in now if (wait := days_waited(line)) is not None]
    longest = sorted(
        ((days_waited(line) or 0, code(line, "destination") or "") for line in now if days_waited(line) is not None),
        key=lambda one: (-one[0], one[1]),
    )[:10]
    sexual = [
        (line["made_on"], min(days)) for line in now
        if line["direction"] != "in" and code(line, "destination") in ("gum", "sexual_health")
        if (days := [steps(line)[one] for one in ("appointment_offered", "booked") if one in steps(line)])
    ]  # fmt: skip
    soon = [1 for made, offered in sexual if days_from(made, offered) <= 2]
    return {
        "MS-13.wait_median": Told(middle(waits), len(now), _middles(now)),
        "MS-13.wait_longest": Told(max(waits, default=None), len(now)),
        "MS-13.longest_waits": Told(
            max(waits, default=None), len(now),
            {(f"{n:02}", where or None): days for n, (days, where) in enumerate(longest, start=1)},
        ),
        "MS-13.offered_in_48h": Told(percent(len(soon), len(sexual)), len(sexual)),
    }  # fmt: skip


def _sources(service: Service) -> dict[str, Told]:
    """Count MS-14: an unanswered source is in the denominator; self with a real prompted_by is not self."""
    came = [line for line in service.now("referral") if line["direction"] == "in"]
    own = [line for line in came if code(line, "source") == "self"]
    unprompted = [line for line in own if code(line, "prompted_by") in (None, "self")]
    return {
        "MS-14.self_raw": Told(percent(len(own), len(came)), len(came)),
        "MS-14.self_corrected": Told(percent(len(unprompted), len(came)), len(came)),
        "MS-14.sources": tell(came, by("source")),
        "MS-14.sources_corrected": tell(came, _whose_idea),
        "MS-14.flows": tell(came, by("source"), by("prompted_by")),
        "MS-14.received_by_team": tell(came, by("team")),
        "MS-14.self_by_team": tell(own, by("team"), out_of=len(came)),
        "MS-14.arrival": tell(came, by("arrival_mode")),
    }


def _whose_idea(line: Line) -> str | None:
    source = code(line, "source")
    return code(line, "prompted_by") or source if source == "self" else source


def _back_again(service: Service) -> dict[str, Told]:
    """Count MS-25: seen again after more than 90 days; met within 183 days of treatment that ended as planned."""
    seen: dict[str, set[str]] = {}
    for line in sights(service):
        who, day = service.who(line), service.day(line)
        if who is not None and day is not None:
            seen.setdefault(who, set()).add(day)
    before: dict[str, str] = {}
    for line in [*service.held("contact"), *service.held("nx_visit")]:
        who, day = service.who(line), service.day(line)
        came = line["type"] == "nx_visit" or service.met(line)
        if who is not None and day is not None and day < service.first and came:
            before[who] = max(day, before.get(who, day))
    again = 0
    for who, days in seen.items():
        trail = sorted(days | ({before[who]} if who in before else set()))
        again += any(days_from(one, other) > AWAY for one, other in pairwise(trail))
    return {"MS-25.re_engaged": Told(again, len(seen)), "MS-25.re_presented": Told(len(_treated_and_back(service)))}


def _treated_and_back(service: Service) -> set[str]:
    ends: dict[str, set[str]] = {}
    for line in service.held("referral"):
        told, who = steps(line), service.who(line)
        for step in ("completed", "planned_discharge"):
            if who is not None and step in told:
                ends.setdefault(who, set()).add(told[step])
    back = set()
    for line in sights(service):
        who, day = service.who(line), service.day(line)
        if who is not None and day is not None and line["type"] == "contact":
            gaps = [days_from(end, day) for end in ends.get(who, ())]
            back |= {who} if any(0 < gap <= TREATED_UNTIL for gap in gaps) else set()
    return back


def _to_safety_and_homes(service: Service) -> dict[str, Told]:
    made = [line for line in service.now("referral") if line["direction"] != "in"]
    housing = [line for line in service.now("referral") if code(line, "destination") == "supporting_people"]
    families = [line for line in made if code(line, "destination") in CHILDREN_AND_SAFETY]
    return {
        "MS-20.referrals": tell(families, by("destination")),
        "MS-21.supporting_people": tell(housing, _stages),
    }
