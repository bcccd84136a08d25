"""Everybody seen, by what they told of themselves and what they use, counted by hand: MS-02, 20 to 24."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from tests.common.recount.contacts import by, met_now, seen, sights
from tests.common.recount.reading import (
    Line,
    Part,
    Service,
    Told,
    code,
    codes,
    days_from,
    london,
    middle,
    percent,
    said,
    tell,
    tell_people,
)

ANSWERS = {
    "MS-02.treatment_ring": "treatment_ring", "MS-23.sex": "sex", "MS-23.age_band": "age_band",
    "MS-23.ethnicity": "ethnicity", "MS-23.gender_identity": "gender_identity", "MS-23.locality": "locality",
    "MS-23.sexual_orientation": "sexual_orientation", "MS-21.accommodation_status": "accommodation_status",
    "MS-21.accommodation_need": "accommodation_need", "MS-22.employment": "employment",
}  # fmt: skip
"""Everybody seen stands in exactly one part of each; their totals equal MS-02 (requirements.md 0.3, MS-23)."""
NOWHERE = {"nfa", "rough_sleeping", "vehicle_or_tent", "street_homeless"}
PARENTS = {"all_children_live_with", "some_children_live_with", "no_children_live_with"}


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_answers(service), **_children(service), **_uses(service), **_forms(service), **_support(service)}


def _answers(service: Service) -> dict[str, Told]:
    people = seen(service)

    def those(holds: Callable[[Line], bool]) -> Told:
        return Told(sum(holds(service.about(who)) for who in people), len(people))

    told = {
        line_id: Told(len(people), cells=dict(Counter((said(service.about(who), name),) for who in people)))
        for line_id, name in ANSWERS.items()
    }
    unsaid = those(lambda line: code(line, "accommodation_need") is None)
    several = [each for who in people for each in _several(service.about(who), "disability")]
    return {
        **told,
        "MS-02.never_in_treatment": those(lambda line: code(line, "treatment_ring") == "never"),
        "MS-21.street_homeless": those(lambda line: code(line, "accommodation_status") in NOWHERE),
        "MS-21.not_recorded": Told(percent(int(unsaid.value or 0), len(people)), len(people)),
        "MS-23.disability": Told(len(people), cells=dict(Counter((one,) for one in several))),
    }


def _several(line: Line, name: str) -> list[str | None]:
    told: list[str | None] = list(codes(line, name))
    return told or [said(line, name) if isinstance(line.get(name), dict) else None]


def _children(service: Service) -> dict[str, Told]:
    people = [service.about(who) for who in seen(service)]
    asked = [line for line in people if code(line, "parental_status")]
    parents = [line for line in asked if line["parental_status"] in PARENTS]
    living = [
        line for line in people if isinstance(line.get("children_in_household"), int) and line["children_in_household"]
    ]
    concerns = service.now("safeguarding_concern")
    taken = [(line, london(line.get("taken_up_on"))) for line in concerns]
    days = [(line, days_from(service.day(line) or "", on)) for line, on in taken if on]
    kinds = {line["kind"] for line, _ in days}
    return {
        "MS-20.asked": Told(percent(len(asked), len(people)), len(people)),
        "MS-20.parents": tell(parents, by("parental_status"), out_of=len(people)),
        "MS-20.with_children": Told(len(living), len(people)),
        "MS-20.concerns": tell(concerns, by("kind")),
        "MS-20.taken_up": Told(len(days), len(concerns)),
        "MS-20.days_to_action": Told(
            middle([n for _, n in days]), len(concerns),
            {(kind,): middle([n for line, n in days if line["kind"] == kind]) for kind in kinds},
        ),
        "MS-20.home_assessments": tell(service.now("home_assessment"), by("state")),
    }  # fmt: skip


def _uses(service: Service) -> dict[str, Told]:
    """Count MS-24: everybody seen stands in one part by all that the period says of what they use."""
    uses: dict[str, set[str]] = {who: set() for who in seen(service)}
    for line in sights(service):
        who = service.who(line)
        if who is not None:
            uses[who] |= set(groups_of(service, line))
    parts: Counter[Part] = Counter((_opiates_and_crack(found),) for found in uses.values())
    problems: Counter[Part] = Counter((_drugs_and_alcohol(found),) for found in uses.values())
    contacts = [line for line in met_now(service) if line in sights(service)]
    named = [(service.who(line), line) for line in contacts if codes(line, "substances")]
    pairs = [(service.who(line), line) for line in service.now("nx_visit")]
    return {
        "MS-24": Told(len(uses), cells=dict(parts)),
        "MS-24.drugs_or_alcohol": Told(len(uses), cells=dict(problems)),
        "MS-24.substances": tell_people(named, lambda line: list(codes(line, "substances"))),
        "MS-24.injected": tell_people(pairs, lambda line: list(codes(line, "drug_injected"))),
        "MS-24.contacts": tell([line for line in contacts if codes(line, "substances")], _problem),
    }


def groups_of(service: Service, line: Line) -> list[str]:
    """Give the groups of what a contact or visit says is used: opiate, crack, alcohol, or another."""
    groups = [service.group("substance", one) or "" for one in codes(line, "substances")]
    for one in codes(line, "drug_injected"):
        groups += {
            "heroin_and_crack": ["opiate", "crack"], "heroin": ["opiate"], "crack": ["crack"], "methadone": ["opiate"],
            "buprenorphine": ["opiate"], "other_opioid": ["opiate"],
        }.get(one, ["other"])  # fmt: skip
    return groups


def _opiates_and_crack(found: set[str]) -> str | None:
    if "opiate" in found:
        return "opiate_and_crack" if "crack" in found else "opiate_only"
    return "crack_only" if "crack" in found else "other" if found else None


def _drugs_and_alcohol(found: set[str]) -> str | None:
    if not found:
        return None
    drugs = bool(found - {"alcohol"})
    return ("both" if drugs else "alcohol") if "alcohol" in found else "drugs"


def _problem(line: Line) -> str:
    named = codes(line, "substances")
    return "drugs" if "alcohol" not in named else "both" if len(named) > 1 else "alcohol"


def _forms(service: Service) -> dict[str, Told]:
    """Count MS-19: due is a form whose last day for being in time falls in the period (domain.md 1.7)."""
    told = {}
    for stage, before, after in (("start", -14, 14), ("review", 35, 182), ("exit", -14, 14)):
        due = [
            line for line in service.held("top_marker")
            if code(line, "stage") == stage and service.within(_plus(service.day(line), after))
        ]  # fmt: skip
        done = [
            line for line in due
            if (on := london(line.get("done_on"))) and before <= days_from(service.day(line) or "", on) <= after
        ]  # fmt: skip
        told[f"MS-19.{stage}_due"] = tell(due)
        told[f"MS-19.{stage}"] = Told(percent(len(done), len(due)), len(due))
    return told


def _plus(day: str | None, days: int) -> str | None:
    return None if day is None else (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _outcome_day(service: Service, line: Line) -> str | None:
    """Give the day of an outcome: its own, else that on which the support ended, else the record's."""
    return london(line.get("outcome_on")) or london(line.get("ended_on")) or service.day(line)


def _support(service: Service) -> dict[str, Told]:
    needs = [set(codes(line, "needs")) for line in service.now("contact")]
    begun = service.now("support_intervention")
    every = service.held("support_intervention")

    def of(group: str) -> list[Line]:
        return [line for line in begun if service.group("support_domain", code(line, "domain")) == group]

    came_of = [line for line in every if code(line, "outcome") and service.within(_outcome_day(service, line))]
    homes = [line for line in came_of if service.group("support_domain", code(line, "domain")) == "housing"]
    work = [line for line in came_of if service.group("support_outcome", code(line, "outcome")) == "ete"]
    kept = [line for line in work if code(line, "sustained") == "yes"]
    social = [line for line in begun if service.group("support_domain", code(line, "domain")) not in ("housing", "ete")]
    moved = [line for line in every if code(line, "support_type") == "supported_housing"]
    return {
        "MS-21.need": Told(sum("housing" in one for one in needs)),
        "MS-21.support": tell(of("housing"), by("support_type")),
        "MS-21.outcomes": tell(homes, by("outcome")),
        "MS-21.moved_in": tell([line for line in moved if service.within(service.day(line))]),
        "MS-21.moved_out": tell([line for line in moved if service.within(london(line.get("ended_on")))]),
        "MS-22.need": Told(sum(bool({"employment", "training", "employment_training"} & one) for one in needs)),
        "MS-22.support": tell(of("ete"), by("support_type")),
        "MS-22.outcomes": tell(work, by("outcome")),
        "MS-22.sustained": Told(len(kept), len(work)),
        "MS-22.social": tell(social, by("domain")),
    }
