"""How teams differ, who stands in which ring, and people seen about whom something else is known, counted by hand.

Parts of MS-02, 04, 11, 13, 16, 18, 20, 24 and 28.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.common.recount.contacts import by, met_now, seen, sights
from tests.common.recount.crossings import injects
from tests.common.recount.people import PARENTS, groups_of
from tests.common.recount.quality import MUST_BE_ASKED, is_missing
from tests.common.recount.reading import (
    Line,
    Number,
    Part,
    Service,
    Told,
    code,
    offer,
    percent,
    said,
    tell,
    tell_people,
)
from tests.common.recount.referrals import CAME, steps

OFFERS = {
    "bbv": "MS-11", "needle_exchange": "MS-04", "naloxone": "MS-18", "broker": "MS-16", "referral": "MS-13",
}  # fmt: skip


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_by_team(service), **_rings(service), **_shares(service)}


def _by_team(service: Service) -> dict[str, Told]:
    met = met_now(service)
    told = {
        f"{number}.offered_by_team": tell(
            [line for line in met if offer(line, kind) in ("offered", "accepted", "declined")],
            by("team"),
            out_of=len(met),
        )
        for kind, number in OFFERS.items()
    }
    every, given = Counter[str | None](), Counter[str | None]()
    for kind, questions in MUST_BE_ASKED.items():
        for line in service.now(kind):
            asked = [name for name, must in questions.items() if must(line)]
            every[code(line, "team")] += len(asked)
            given[code(line, "team")] += sum(not is_missing(line, name) for name in asked)
    shares: dict[Part, Number] = {(team,): percent(given[team], many) for team, many in every.items() if many}
    whole = Told(percent(given.total(), every.total()), every.total(), dict(shares))
    pairs = [(service.who(line), line) for line in sights(service)]
    return {**told, "MS-28.complete_by_team": whole, "MS-02.by_team": tell_people(pairs, by("team"))}


def _those(service: Service, lines: Iterable[Line]) -> set[str]:
    return {who for line in lines if (who := service.who(line)) is not None}


def _rings(service: Service) -> dict[str, Told]:
    """Four groups that overlap; everybody of one group stands in one ring, by what they say (domain.md 1.3)."""
    lines = sights(service)
    uses = {
        name: _those(service, [line for line in lines if groups & set(groups_of(service, line))])
        for name, groups in (("pdu", {"opiate", "crack"}), ("opiate", {"opiate"}), ("crack", {"crack"}))
    }
    uses["idu"] = _those(service, filter(injects, lines))
    return {
        f"MS-24.ring_{name}": Told(
            len(people), cells=dict(Counter((said(service.about(who), "treatment_ring"),) for who in people))
        )
        for name, people in uses.items()
    }


def _shares(service: Service) -> dict[str, Told]:
    people = seen(service)
    parents = {who for who in people if code(service.about(who), "parental_status") in PARENTS}
    homes = _those(service, [one for one in service.held("home_assessment") if code(one, "state") == "done"])
    worry = _those(service, service.held("safeguarding_concern"))
    visitors = _those(service, service.now("nx_visit"))
    made = [line for line in service.now("referral") if line["direction"] != "in"]
    came = _those(service, [line for line in made if CAME & steps(line).keys()])

    def share(some: set[str], every: set[str]) -> Told:
        return Told(percent(len(some & every), len(every)), len(every))

    return {
        "MS-20.home_assessed": share(homes, parents),
        "MS-20.with_concern": share(worry, people),
        "MS-13.attended_of_exchange": share(came, visitors),
    }
