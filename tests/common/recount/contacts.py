"""Contacts, sessions and who was seen, counted by hand: MS-01, MS-02, MS-03, MS-10, MS-15."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from tests.common.recount.reading import (
    Line,
    Part,
    Service,
    Told,
    added,
    code,
    codes,
    london_hour,
    said,
    tell,
)

BRIEF = {"brief_intervention", "extended_brief_intervention", "alcohol_brief_intervention"}
NOT_THEMSELVES = {"family_or_carer", "professional", "public"}


def by(name: str) -> Callable[[Line], str | None]:
    """Cut by the code of an answer."""
    return partial(code, name=name)


def by_each(name: str) -> Callable[[Line], list[str]]:
    """Cut by every code of an answer."""
    return partial(codes, name=name)


def met_now(service: Service) -> list[Line]:
    """Give the contacts of the period with somebody met."""
    return [line for line in service.now("contact") if service.met(line)]


def attempts_now(service: Service) -> list[Line]:
    """Give the attempts of the period: outcomes, none of them met; without an outcome it is neither."""
    return [line for line in service.now("contact") if codes(line, "outcome") and not service.met(line)]


def sights(service: Service) -> list[Line]:
    """Give what makes somebody seen: contacts that met them themselves, and visits to the needle exchange."""
    themselves = [line for line in met_now(service) if code(line, "subject") not in NOT_THEMSELVES]
    return [*themselves, *service.now("nx_visit")]


def seen(service: Service) -> set[str]:
    """Give the people seen in the period."""
    return {who for line in sights(service) if (who := service.who(line)) is not None}


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_met(service), **_sessions(service), **_people(service), **_advice(service), **_assessments(service)}


def _met(service: Service) -> dict[str, Told]:
    met, attempts = met_now(service), attempts_now(service)
    in_area = partial(area, service)
    told = {
        "MS-01.met": tell(met),
        "MS-01.attempts": tell(attempts),
        "MS-01.open_access": tell([line for line in met if line["kind"] == "drop_in"]),
        "MS-01.met_by_target_group": tell(met, by_each("target_groups")),
        "MS-01.met_by_age_band": tell(met, lambda line: said(service.whose(line), "age_band")),
        "MS-01.met_by_zone": tell(met, lambda line: service.group("locality", area(service, line)), in_area),
        "MS-01.met_by_component": tell(met, lambda line: _components(service, line)),
        "MS-01.met_by_home": tell(met, in_area, lambda line: said(service.whose(line), "locality")),
        "MS-01.met_near_home": tell(met, lambda line: _near_home(service, line)),
        "MS-01.met_by_hour_band": tell(met, _hour_band),
    }  # fmt: skip
    for name in ("setting", "venue", "team", "purpose", "subject", "delivered_by"):
        told[f"MS-01.met_by_{name}"] = tell(met, by(name))
    for name in ("setting", "venue", "team"):
        told[f"MS-01.attempts_by_{name}"] = tell(attempts, by(name))
    told["MS-01.met_by_locality"] = tell(met, in_area)
    told["MS-01.attempts_by_locality"] = tell(attempts, in_area)
    return told


def area(service: Service, line: Line) -> str | None:
    """Give the area of a contact, else that in which its place lies (requirements.md HAMP10-067: Totton)."""
    return code(line, "locality") or service.group("place_area", code(line, "venue"))


def _components(service: Service, line: Line) -> list[str]:
    """Give the parts of the service that what was done belongs to (LEIC15-28)."""
    found = [service.group("activity_component", one) for one in codes(line, "activities")]
    return list(dict.fromkeys(one for one in found if one))


def _near_home(service: Service, line: Line) -> str | None:
    home, met_in = code(service.whose(line), "locality"), area(service, line)
    return None if home is None or met_in is None else "same" if home == met_in else "other"


def _hour_band(line: Line) -> str | None:
    hour = london_hour(line["occurred_at"])
    return None if hour is None else ("night", "morning", "afternoon", "evening")[hour // 6]


def _sessions(service: Service) -> dict[str, Told]:
    held = [line for line in service.now("session") if code(line, "status") != "cancelled"]
    cancelled = [line for line in service.now("session") if code(line, "status") == "cancelled"]
    return {
        "MS-01.sessions": tell(held, by("kind")),
        "MS-01.sessions_by_group": tell(held, by_each("target_tags")),
        "MS-01.in_reach": tell([one for one in held if codes(one, "in_reach_partners")], by_each("in_reach_partners")),
        "MS-01.sessions_cancelled": tell(cancelled, by("kind"), by("cancel_reason")),
    }


def _people(service: Service) -> dict[str, Told]:
    people = seen(service)
    return {
        "MS-02": Told(len(people)),
        "MS-02.anonymous": tell([line for line in sights(service) if service.who(line) is None]),
        "MS-02.services": Told(len(people), cells=dict(_services(service))),
        **_new_people(service),
    }


def _services(service: Service) -> Counter[Part]:
    """Count everybody seen by which of the three services they came to."""
    places: dict[str, set[str]] = {}
    for line in sights(service):
        who = service.who(line)
        kind = "exchange" if line["type"] == "nx_visit" else "open_access" if line["kind"] == "drop_in" else "outreach"
        if who is not None:
            places.setdefault(who, set()).add(kind)
    names = {1: "{}_only", 2: "{}_and_{}", 3: "all_three"}
    return Counter((names[len(found)].format(*sorted(found)),) for found in places.values())


def _new_people(service: Service) -> dict[str, Told]:
    """Look through all records held for the first day of everybody, and of everybody at each team (MS-03)."""
    first: dict[str, str] = {}
    first_at: dict[tuple[str, Part], str] = {}
    for line in [*service.held("contact"), *service.held("nx_visit")]:
        who, day = service.who(line), service.day(line)
        if who is None or day is None or (line["type"] == "contact" and not service.met(line)):
            continue
        where: Part = ("contact", code(line, "team")) if line["type"] == "contact" else ("nx_visit",)
        first[who] = min(day, first.get(who, day))
        first_at[who, where] = min(day, first_at.get((who, where), day))
    new = [who for who, day in first.items() if service.within(day)]
    parts = Counter(where for (_, where), day in first_at.items() if service.within(day))
    ages: Counter[Part] = Counter((said(service.about(who), "age_band"),) for who in new)
    return {
        "MS-03": Told(len(new), cells=dict(parts)),
        "MS-03.by_age_band": Told(len(new), cells=dict(ages)),
    }


def _advice(service: Service) -> dict[str, Told]:
    contacts, visits = service.now("contact"), service.now("nx_visit")
    both = [*contacts, *visits]
    brief = [
        line for line in both
        if code(line, "brief_intervention") in ("brief", "extended")
        or BRIEF & set(codes(line, "activities"))
    ]  # fmt: skip
    overdose = [line for line in both if "overdose" in codes(line, "advice")]
    offered = [line for line in both if offer_of_naloxone(line) in ("offered", "accepted", "declined")]
    accepted = [line for line in offered if offer_of_naloxone(line) == "accepted"]
    return {
        "MS-10": added((topic, 1) for line in both for topic in codes(line, "advice")),
        "MS-10.with_advice": tell([line for line in both if codes(line, "advice")]),
        "MS-10.activities": added((done, 1) for line in both for done in codes(line, "activities")),
        "MS-10.brief": tell(brief),
        "MS-10.condoms": Told(sum(n for line in visits for item, n in service.open_packs(line) if item == "CONDOM")),
        "MS-10.needs": tell([line for line in contacts if codes(line, "needs")], by_each("needs")),
        "MS-18.advice": tell(overdose),
        "MS-18.overdoses_reported": tell([line for line in contacts if code(line, "overdose_reported") == "yes"]),
        "MS-18.offered": tell(offered),
        "MS-18.accepted": tell(accepted, out_of=len(offered)),
    }


def offer_of_naloxone(line: Line) -> str | None:
    """Give what was answered to an offer of naloxone."""
    offers = line.get("offers")
    told = offers.get("naloxone") if isinstance(offers, dict) else None
    return told if isinstance(told, str) else None


def _came_out_of_a_contact(line: Line) -> bool:
    contact = line.get("contact")
    return isinstance(contact, dict) and "answer" not in contact


def _assessments(service: Service) -> dict[str, Told]:
    """Count MS-15: the contacts of a person, and the referrals that came out of no contact."""
    wanted = {"assessment_completed", "referral_made"}
    contacts = [
        line for line in service.now("contact")
        if service.who(line) is not None and wanted & set(codes(line, "outcome"))
    ]  # fmt: skip
    alone = [line for line in service.now("referral") if line["direction"] != "in" and not _came_out_of_a_contact(line)]
    assessed = [line for line in contacts if "assessment_completed" in codes(line, "outcome")]
    return {
        "MS-15.assess_or_refer": Told(len(contacts) + len(alone)),
        "MS-15": tell(assessed, by("team")),
    }
