"""Brokers, groups, feedback, reports and how well records are kept, counted by hand: MS-16, 17, 26, 27, 28, 30."""

from __future__ import annotations

from collections import Counter

from tests.common.recount.contacts import by, by_each
from tests.common.recount.reading import (
    Line,
    Part,
    Service,
    Told,
    code,
    codes,
    days_from,
    middle,
    number,
    percent,
    tell,
)


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_brokers(service), **_groups(service), **_heard(service), **_reports(service), **_families(service)}


def _brokers(service: Service) -> dict[str, Told]:
    met = [line for line in service.now("broker_contact") if line["state"] == "met"]
    introduced = [line for line in met if code(line, "introduced_to")]
    along = [line for line in met if code(line, "accompanied") == "yes"]
    came = [line for line in met if code(line, "attended") == "yes"]
    return {
        "MS-16": tell(met, by("setting")),
        "MS-16.purpose": tell(met, by("purpose")),
        "MS-16.introductions": tell(introduced, by("introduced_to"), out_of=len(met)),
        "MS-16.accompanied": tell(along, out_of=len(met)),
        "MS-16.attended": tell(came, by("evidence"), out_of=len(met)),
        "MS-16.delivered_by": tell(met, by("delivered_by")),
        "MS-16.days_to_first": _days_to_first(service),
    }


def _days_to_first(service: Service) -> Told:
    """Take the people whose first broker contact of all falls in the period: days since they first came to us."""
    first_broker = _first(service, [one for one in service.held("broker_contact") if one["state"] == "met"])
    met = [one for one in service.held("contact") if service.met(one)]
    first_met = _first(service, [*met, *service.held("nx_visit")])
    begun = [who for who, day in first_broker.items() if service.within(day)]
    days = [days_from(first_met[who], first_broker[who]) for who in begun if who in first_met]
    return Told(middle([one for one in days if one >= 0]))


def _first(service: Service, lines: list[Line]) -> dict[str, str]:
    first: dict[str, str] = {}
    for line in lines:
        who, day = service.who(line), service.day(line)
        if who is not None and day is not None:
            first[who] = min(day, first.get(who, day))
    return first


def _groups(service: Service) -> dict[str, Told]:
    held = [line for line in service.now("group_session") if code(line, "status") not in ("cancelled", "planned")]
    gave = [line for line in held if code(line, "incentives") == "yes"]
    return {
        "MS-17": tell(held, by("topic")),
        "MS-17.leader_role": tell(held, by("leader_role")),
        "MS-17.attendances": _heads(held, "topic"),
        "MS-17.attendances_by_leader": _heads(held, "leader_role"),
        "MS-17.venues": Told(len({code(line, "venue") for line in held} - {None})),
        "MS-17.with_incentives": tell(gave, out_of=len(held)),
        "MS-17.incentives": Told(sum(number(line, "incentives_given") for line in held)),
    }


def _heads(held: list[Line], name: str) -> Told:
    heads: Counter[Part] = Counter()
    for line in held:
        heads[code(line, name),] += number(line, "headcount")
    return Told(heads.total(), cells={part: n for part, n in heads.items() if n})


def _heard(service: Service) -> dict[str, Told]:
    feedback = service.now("feedback")
    return {"MS-26": tell(feedback, by("level"), by("topic")), "MS-26.kind": tell(feedback, by("kind"))}


def _reports(service: Service) -> dict[str, Told]:
    now = service.now("site_report")
    finds = [line for line in now if line["kind"] == "needle_find"]
    needles: Counter[Part] = Counter()
    for line in finds:
        for area in codes(line, "localities"):
            needles[area,] += number(line, "count")
    return {
        "MS-27.needle_finds": tell(finds, by_each("localities")),
        "MS-27.needles": Told(sum(number(line, "count") for line in finds)),
        "MS-27.needle_finds_by_confidence": tell(finds, by("confidence")),
        "MS-27.drug_trends": tell(
            [one for one in now if one["kind"] in ("drug_trend", "intelligence")], by("confidence")
        ),
        "MS-27.disruptions": tell([one for one in now if one["kind"] == "service_disruption"], by("reason")),
    }


def _families(service: Service) -> dict[str, Told]:
    asked = [line for line in service.now("contact") if code(line, "family_involved") in ("yes", "no")]
    yes = [line for line in asked if line["family_involved"] == "yes"]
    return {"MS-30": Told(percent(len(yes), len(asked)), len(asked))}
