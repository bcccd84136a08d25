"""People by two answers at once, and what they use by where they live, counted by hand: parts of MS-02, 21, 23, 24."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import product

from tests.common.recount.contacts import area, by, seen, sights
from tests.common.recount.people import groups_of
from tests.common.recount.reading import Line, Part, Service, Told, code, codes, percent, said, tell

OTHER_STIMULANTS = {"cocaine_powder", "amphetamine", "methamphetamine", "mephedrone", "nps_stimulant", "ecstasy"}
"""HAMP10-134; with crack they are the stimulants of PORT09-099."""
NOT_IN_TREATMENT = {"in_last_12m", "known_before", "never"}
Answer = Callable[[Line], str | None]


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_who(service), **_uses(service), **_main(service)}


def _own(name: str) -> Answer:
    return lambda line: said(line, name)


def _by_answers(service: Service, people: Iterable[str], *answers: Answer, out_of: int | None = None) -> Told:
    everybody = set(people)
    cells = Counter(tuple(answer(service.about(who)) for answer in answers) for who in everybody)
    return Told(len(everybody), out_of, dict(cells))


def _ethnic_group(service: Service) -> Answer:
    """Take ethnic groups together; a closer one tells the group where it stands alone (HAMP10-068: Nepalese)."""

    def group(line: Line) -> str | None:
        closer = service.group("ethnicity_detail", code(line, "ethnicity_detail"))
        told = code(line, "ethnicity") or closer
        return service.group("ethnicity", told) or told if told else said(line, "ethnicity")

    return group


def _who(service: Service) -> dict[str, Told]:
    people, group = seen(service), _ethnic_group(service)
    interpreted = [who for who in people if code(service.about(who), "interpreter") == "yes"]
    return {
        "MS-02.by_service_group": _by_answers(service, people, _own("service_group")),
        "MS-23.ethnic_group": _by_answers(service, people, group),
        "MS-23.ethnicity_detail": _by_answers(service, people, _own("ethnicity_detail")),
        "MS-23.area_sex": _by_answers(service, people, _own("locality"), _own("sex")),
        "MS-23.area_age_band": _by_answers(service, people, _own("locality"), _own("age_band")),
        "MS-23.area_ethnic_group": _by_answers(service, people, _own("locality"), group),
        "MS-23.interpreter": _by_answers(service, interpreted, _own("language")),
    }


def _those(service: Service, lines: Iterable[Line]) -> set[str]:
    return {who for line in lines if (who := service.who(line)) is not None}


def injects(line: Line) -> bool:
    """Tell whether a contact names injecting; a visit does unless it collects for others only (HAMP10-048)."""
    if line["type"] == "nx_visit":
        return code(line, "collecting_for") != "others_only"
    routes = line.get("routes")
    return isinstance(routes, list) and any(code(one, "route") == "inject" for one in routes)


def _uses(service: Service) -> dict[str, Told]:
    lines = sights(service)
    contacts = [line for line in lines if line["type"] == "contact"]
    people, group = len(seen(service)), _ethnic_group(service)

    def users(*wanted: str) -> set[str]:
        return _those(service, [line for line in lines if set(wanted) & set(groups_of(service, line))])

    pdu, crack = users("opiate", "crack"), users("crack")
    never = {who for who in crack if code(service.about(who), "treatment_ring") == "never"}
    others = _those(service, [line for line in contacts if OTHER_STIMULANTS & set(codes(line, "substances"))])
    named = [
        line for line in contacts
        if {service.group("substance", one) for one in codes(line, "substances")} & {"opiate", "crack"}
    ]  # fmt: skip
    away = [line for line in named if code(service.whose(line), "treatment_ring") in NOT_IN_TREATMENT]
    home = _own("locality")
    return {
        "MS-24.pdu": _by_answers(service, pdu, home, out_of=people),
        "MS-24.idu": _by_answers(service, _those(service, filter(injects, lines)), home, out_of=people),
        "MS-24.other_stimulants": _by_answers(service, others, home, out_of=people),
        "MS-24.crack_never": _by_answers(service, never, home, out_of=len(crack)),
        "MS-24.crack_never_who": _by_answers(service, never, _own("age_band"), _own("sex"), group),
        "MS-21.pdu_accommodation_need": _by_answers(service, pdu, _own("accommodation_need")),
        "MS-24.pdu_not_in_treatment": Told(len(away), len(named)),
        **_named(service, contacts),
    }


def _named(service: Service, contacts: list[Line]) -> dict[str, Told]:
    """Cut the people who named a substance by an answer and by each that they named."""
    named: dict[str, set[str]] = {}
    for line in contacts:
        who = service.who(line)
        if who is not None and codes(line, "substances"):
            named.setdefault(who, set()).update(codes(line, "substances"))
    told = {}
    for line_id, name in (("area", "locality"), ("sex", "sex"), ("age", "age_band")):
        cells: Counter[Part] = Counter()
        for who, each in named.items():
            cells.update(product([said(service.about(who), name)], each))
        told[f"MS-24.{line_id}_substance"] = Told(len(named), cells=dict(cells))
    return told


def _main(service: Service) -> dict[str, Told]:
    main = [line for line in service.now("contact") if code(line, "primary_substance")]
    opiates = [line for line in main if service.group("substance", line["primary_substance"]) == "opiate"]
    stimulants = [line for line in main if line["primary_substance"] in OTHER_STIMULANTS | {"crack"}]
    themselves = [line for line in sights(service) if line in main]
    everybody = _those(service, themselves)
    theirs = _those(service, [line for line in themselves if line in opiates])
    homes: dict[Part, list[str]] = {}
    for who in everybody:
        homes.setdefault((said(service.about(who), "locality"),), []).append(who)
    shares = {home: percent(len(theirs & set(living)), len(living)) for home, living in homes.items()}
    return {
        "MS-24.main": tell(main, by("primary_substance")),
        "MS-24.main_by_area": tell(opiates, lambda line: area(service, line), out_of=len(main)),
        "MS-24.main_stimulant": tell(stimulants),
        "MS-24.main_by_setting": tell(main, by("setting"), by("primary_substance")),
        "MS-24.main_share_by_area": Told(percent(len(theirs), len(everybody)), len(everybody), dict(shares)),
    }
