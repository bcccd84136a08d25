"""Gaps: what a pack's source does not say, and which of it a team needs before it goes live.

A pack never invents (requirements.md section 4): a null stays a named gap, and the pack loads with it. The program
can be tried with every gap open. It cannot go live while one is open that it would have to guess: a safeguarding number
that a worker calls, a day from which the pack holds, teams and places to choose from, the age that tells a young person
from an adult, and a name under the clinical rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from broker_desktop.records.pack import named
from broker_desktop.records.pack.tree import Spot

BBV_TYPE: Final = "bbv_test"


@dataclass(frozen=True, slots=True)
class Need:
    """A gap that has to be filled before a team goes live: where, what to answer, and why."""

    path: str
    question: str
    why: str
    example: str
    kind: Literal["phone", "day", "names", "age", "sign_off"]


_PHONE: Final = Need(
    "safeguarding.phone",
    "Which number is called about a safeguarding concern?",
    "Whoever raises a concern is told to call it at once.",
    "01632 960 001",
    "phone",
)
_SIGN_OFF: Final = Need(
    "clinical_sign_off",
    "Who signed the clinical rules for this service, and when?",
    "Blood-spot tests and vaccinations run by rules that a clinician answers for.",
    "Dr A. Example, clinical lead, 2026-04-01",
    "sign_off",
)
_FROM: Final = Need(
    "valid_from",
    "From which day does this pack hold?",
    "Lists and figures of earlier days are another pack's.",
    "2026-04-01",
    "day",
)
_TEAMS: Final = Need(
    "teams",
    "Which teams are there?",
    "Figures by team need names to stand under.",
    "outreach team, clinic team",
    "names",
)
_NAMED_TEAMS: Final = Need("teams.names", _TEAMS.question, _TEAMS.why, _TEAMS.example, "names")
_PLACES: Final = Need("places", "Which places are there?", "A visit is recorded at a place.", "van, clinic", "names")
_ADULT: Final = Need(
    "age_groups.adult",
    "From what age is somebody an adult here?",
    "It decides which service a person is sent to.",
    "18",
    "age",
)
_YOUNG: Final = Need(
    "age_groups.young_person",
    "Up to what age is somebody a young person here?",
    "A young person is sent to a service of their own, and a lead is told.",
    "17",
    "age",
)


def gaps(tree: Spot) -> tuple[str, ...]:
    """Give the paths of everything the source does not say, in the order of the file; what is needed and missing last.

    One that stands as null and is needed is named once.
    """
    said = [spot.path for spot in tree.walk() if spot.value is None]
    return (*said, *(need.path for need in needs(tree) if need.path not in said))


def needs(tree: Spot) -> tuple[Need, ...]:
    """Give the gaps that keep a team from going live."""
    return tuple(_needs(tree))


def _needs(tree: Spot) -> Iterator[Need]:
    if not isinstance(_value(tree, "valid_from"), date):
        yield _FROM
    if not _value(tree, "teams") and _value(tree, "hub", "single_team") is not True:
        yield _TEAMS
    if tree.at("teams", "names") is not None and not _value(tree, "teams", "names"):
        yield _NAMED_TEAMS
    if next(named.places(tree.plain()), None) is None:
        yield _PLACES
    two_ages = tree.at("age_groups") is not None
    if tree.at("age_groups", "adult") is not None and _value(tree, "age_groups", "adult") is None:
        yield _ADULT
    if (two_ages or _value(tree, "population") == "adults") and _value(tree, "age_groups", "young_person") is None:
        yield _YOUNG
    if not _value(tree, "safeguarding", "phone"):
        yield _PHONE
    if _value(tree, "modules", BBV_TYPE) is not False and not _value(tree, "clinical_sign_off"):
        yield _SIGN_OFF


def _value(tree: Spot, *names: str) -> object:
    spot = tree.at(*names)
    return None if spot is None else spot.value
