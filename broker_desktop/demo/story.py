"""The story that the headless demo tells: what two laptops record without a network, and what becomes of it.

Each step does something a person would do, looks at what came of it, and says it in one sentence. A step whose outcome
is not what the story promises raises StoryBroken: a demo that lies is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from broker_desktop.demo.team import DemoTeam
from broker_desktop.session import Session, month_period

Say = Callable[[str], None]

_CODE: Final = "WREN 84 M"
_RECIPIENTS: Final = ("internal", "commissioner")
_FORMATS: Final = ("json", "csv", "xlsx")


class StoryBroken(Exception):
    """The demo did not show what it promises."""


def tell(team: DemoTeam, say: Say) -> None:
    """Tell the whole story; raises StoryBroken where the program does not do what the sentence says."""
    say(f"A server runs at {team.hub.url}. It stores what it cannot read.")
    say(f"The lead's laptop holds {team.records} records of an invented year; a nurse's laptop joined by five words.")
    visit = _evening(team, say)
    _two_values(team, "age_band", "35_44", "25_34")
    say("Both laptops meet the same code offline. One hears 35 to 44, the other 25 to 34.")
    _arrives(team, visit, say)
    _one_more_decision(team, say)
    _month(team, say)


def _evening(team: DemoTeam, say: Say) -> str:
    """One visit of each type on the lead's laptop, with no network."""
    now = team.lead_environment.moment()
    day = now[:10]
    person = {"code": _CODE}
    visit = team.lead.save(
        "nx_visit",
        {
            "occurred_at": now,
            "site_type": "mobile",
            "site": "mobile_exchange",
            "person": person,
            "items": {},
            "packs": {"PK_1ML_10": 2},
            "collecting_for": "self",
            "drug_injected": {"answer": "declined"},
            "returns": {"method": "bins", "bins": [{"bin": "BIN_1", "n": 1, "fill": 75}]},
        },
    )
    contact = team.lead.save(
        "contact",
        {
            "occurred_at": now,
            "kind": "found_on_shift",
            "outcome": ["referral_made"],
            "setting": "street",
            "person": person,
            "next_step": {"type": "chase_referral"},
        },
    )
    team.lead.save(
        "referral",
        {
            "made_on": day,
            "direction": "out",
            "destination": "housing",
            "person": person,
            "contact": {"id": contact.id},
            "consent": {"feedback": "yes", "recorded_on": day},
            "events": [{"event": "made", "on": day, "evidence": "with_broker"}],
        },
    )
    team.lead.save("bbv_test", {"offered_on": day, "state": "offered", "setting": "mobile_van", "person": person})
    waiting = team.lead.custody_counts().laptop
    _must(waiting >= 4, "four saves without a network stay on the laptop")
    say(f"No network: a needle-exchange visit, a contact, a referral and a test offer are saved. {waiting} wait here.")
    return visit.id


def _two_values(team: DemoTeam, field: str, lead_hears: str, colleague_hears: str) -> None:
    """Both laptops meet the same code and hear different things."""
    for session, answer in ((team.lead, lead_hears), (team.colleague, colleague_hears)):
        session.save("person", {"identity_level": "code", "code": _CODE, field: answer})


def _one_more_decision(team: DemoTeam, say: Say) -> None:
    _two_values(team, "accommodation_status", "hostel", "sofa_surfing")
    for session in (team.colleague, team.lead, team.colleague):
        session.sync_once()
    _must(len(team.lead.conflicts()) == 1, "another two values are listed")
    say("Then they hear of two sleeping places. Both are kept; this one is left to decide in the window.")


def _arrives(team: DemoTeam, visit: str, say: Say) -> None:
    for session in (team.colleague, team.lead, team.colleague, team.lead):
        report = session.sync_once()
        say(f"A sync: sent {report.pushed}, received {report.pulled}, {report.requests} requests.")
    _must(team.colleague.record("nx_visit", visit).id == visit, "the visit arrives on the second laptop")
    people = team.colleague.records("person", where=(("code", "WREN84M"),))
    _must(len(people) == 1, "two laptops that met one code made one person")
    conflicts = team.lead.conflicts()
    _must(len(conflicts) == 1 == len(team.colleague.conflicts()), "both laptops show the one conflict")
    say(f"The visit stands on both laptops; one person, and one decision waits: {conflicts[0].label}.")
    team.lead.resolve(conflicts[0].id, 1)
    team.lead.sync_once()
    team.colleague.sync_once()
    _must(not team.colleague.conflicts(), "a decision reaches the other laptop")
    say("The lead decides; after a sync nobody has to decide it again.")


def _month(team: DemoTeam, say: Say) -> None:
    period = month_period(team.lead_environment.today()[:7])
    figures = [_figures(session, period) for session in (team.lead, team.colleague)]
    _must(figures[0] == figures[1], "both laptops count the same")
    people = figures[0]["MS-05"]
    say(f"Both laptops count the month alike: {people} people in {figures[0]['MS-04']} needle-exchange visits.")
    for recipient in _RECIPIENTS:
        summary = team.lead.summary(period, recipient)
        for file_format in _FORMATS:
            path = team.exports / f"{period.label}-{recipient}.{file_format}"
            team.lead.export(summary, file_format, path)
    say(f"The month is exported for {' and '.join(_RECIPIENTS)} as {', '.join(_FORMATS)}; small counts are hidden.")


def _figures(session: Session, period: Any) -> dict[str, Any]:
    return {line["id"]: line["value"] for line in session.summary(period).to_json()["lines"]}


def _must(true: bool, promise: str) -> None:
    if not true:
        raise StoryBroken(promise)
