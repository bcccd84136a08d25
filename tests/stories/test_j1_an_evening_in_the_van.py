"""Journey J1: an evening in the van, offline until the next morning (requirements.md 5, pack portsmouth-2009-10)."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NoServer
from broker_desktop.session import Session, month_period
from tests.common.vaults import Desk, Service

THURSDAY_BEFORE = datetime(2026, 11, 19, 17, 40, tzinfo=UTC)
DAY = "2026-11-20"
REGULARS = [f"REG{number:02}F" for number in range(10)]
PLACE: dict[str, Any] = {"site_type": "mobile", "site": "mobile_exchange"}


@dataclass
class Van:
    """The worker's laptop in the van, the lead's in the office."""

    service: Service
    office: Desk
    laptop: Desk

    def clock(self, at: str, day: str = DAY) -> str:
        """Move the program's clock, and give that moment."""
        moment = f"{day}T{at}:00+00:00"
        wanted = int(datetime.fromisoformat(moment).timestamp() * 1000)
        self.service.clock.advance(max(wanted - self.service.clock.now_ms(), 0))
        return moment


@pytest.fixture
def van(tmp_path: Path) -> Van:
    """A team that met the man three times this month and ten others in October; then the network goes."""
    service = Service(tmp_path, at=THURSDAY_BEFORE)
    office = service.found()
    with office.opened() as lead:
        laptop = service.join(lead, "Wes Worker", "worker")
        with laptop.opened() as worker:
            for day in ("03", "10", "17"):
                known = {"person": {"code": "JOHN80M"}, "occurred_at": f"2026-11-{day}T18:00:00+00:00"}
                worker.save("nx_visit", {**PLACE, **known, "items": {"SYR_FX_1_29": 10}})
            for code in REGULARS:
                october = {"person": {"code": code}, "occurred_at": "2026-10-15T18:00:00+01:00"}
                worker.save("nx_visit", {**PLACE, **october, "items": {"SYR_FX_1_29": 10}})
            worker.sync_once()
        lead.sync_once()
    laptop.transport.online = False
    return Van(service, office, laptop)


def figures(session: Session) -> dict[str, int]:
    """The lines that the evening moves."""
    made = session.summary(month_period("2026-11"))

    def line(name: str) -> int:
        return int(made.line(name).value or 0)

    def cell(name: str, **by: str) -> int:
        found = (one.value for one in made.line(name).cells if dict(one.by) == by)
        return int(next(found, 0) or 0)

    return {
        "MS-04 mobile": cell("MS-04", site_type="mobile"),
        "MS-04.not_attributable": line("MS-04.not_attributable"),
        "MS-05": line("MS-05"),
        "MS-09": line("MS-09"),
        "MS-09.others": line("MS-09.others"),
        "MS-10 overdose": cell("MS-10", advice="overdose"),
        "MS-10.condoms": line("MS-10.condoms"),
        "MS-11.offered": line("MS-11.offered"),
        "MS-11.declined": line("MS-11.declined"),
        "MS-13 community": cell("MS-13.made", destination="community_prescribing"),
        "MS-27 finds": line("MS-27.needle_finds"),
        "MS-27 needles": line("MS-27.needles"),
    }


def first_six_steps(van: Van, session: Session) -> None:
    """Steps 2 to 6: the session, the man at the hatch, his visit with its offers, the referral."""
    with pytest.raises(NoServer):
        session.sync_once()
    opened = {"kind": "mobile_run", "team": "nx", "venue": "mobile_exchange", "staff": 2, "status": "open"}
    run = session.save("session", {**opened, "started_at": van.clock("17:45")}).id
    known = session.candidates("john80m").exact
    assert known is not None, "the code was seen before"
    at = van.clock("18:02")
    session.save(
        "nx_visit",
        {
            **PLACE,
            "occurred_at": at,
            "session": {"id": run},
            "person": {"id": known.id},
            "items": {"SYR_FX_1_29": 20, "CITRIC": 20, "FILTER": 20, "CONDOM": 6},
            "returns": {"method": "bins", "bins": [{"bin": "BIN_1", "n": 1, "fill": 75}]},
            "disposal_advice": "yes",
            "collecting_for": "self_and_others",
            "people_covered": 3,
            "beneficiary_groups": [{"n": 2, "drug": "heroin", "never_attended": "yes"}],
            "drug_injected": ["heroin_and_crack"],
            "route": ["inject"],
            "offers": {"bbv": "declined", "naloxone": "declined", "broker": "declined", "referral": "accepted"},
            "advice": ["overdose", "safer_injecting", "sexual_health"],
            "next_step": {"type": "call_back", "due_on": "2026-11-26"},
        },
    )
    session.save(
        "referral",
        {
            "made_on": DAY,
            "direction": "out",
            "destination": "community_prescribing",
            "person": {"id": known.id},
            "consent": {"feedback": "yes", "recorded_on": DAY},
            "events": [{"event": "made", "on": DAY, "evidence": "with_broker"}],
        },
    )


def rest_of_the_evening(van: Van, session: Session) -> None:
    """Steps 7 to 9: the woman who gives nothing, 21 more visits, the needle find, closing."""
    run = session.records("session")[0]
    taken = {**PLACE, "session": {"id": run.id}, "packs": {"PK_1ML_10": 1}}
    session.save(
        "nx_visit", {**taken, "person": None, "returns": {"method": "none"}, "occurred_at": van.clock("18:20")}
    )
    session.save(
        "site_report",
        {
            "kind": "needle_find",
            "occurred_at": van.clock("18:41"),
            "landmark": "alley behind the market",
            "count": 12,
            "source": "client_report",
            "confidence": "anecdotal",
        },
    )
    report = session.records("site_report")[0]
    session.amend("site_report", report.id, {"confidence": "confirmed", "cleared": "us"}, "walked over")
    for number in range(21):  # ten codes, five of them twice, and six who give none
        person = {"code": f"REG{number % 10:02}F"} if number < 15 else None
        session.save(
            "nx_visit",
            {**taken, "person": person, "occurred_at": van.clock(f"{19 + number // 12}:{number * 5 % 60:02}")},
        )
    tonight = session.records("nx_visit", where=[("session.id", run.id)])
    assert len(tonight) == 23
    session.amend("session", run.id, {"ended_at": van.clock("21:30"), "turned_away": 0, "status": "closed"}, "end")


def test_an_evening_reaches_the_office_in_the_morning(van: Van) -> None:
    with van.office.opened() as lead:
        before = figures(lead)
    with van.laptop.opened() as worker:
        first_six_steps(van, worker)
        rest_of_the_evening(van, worker)
        assert worker.custody_counts().laptop == 26, "23 visits, the session, the referral, the needle find"
        assert worker.conflicts() == []
        van.clock("09:05", "2026-11-21")
        van.laptop.transport.online = True
        report = worker.sync_once()
        assert (report.conflicts, report.quarantined, report.unsent) == (0, 0, 0)
        assert worker.custody_counts().laptop == 0
    with van.office.opened() as lead:
        report = lead.sync_once()
        assert (report.conflicts, report.quarantined) == (0, 0)
        after = figures(lead)
        waiting = lead.worklist("W1", coming=True)
        assert [(row.type, row.due) for row in waiting.rows] == [("nx_visit", "2026-11-26")], "call back on Thursday"
    assert {name: after[name] - before[name] for name in after} == {
        "MS-04 mobile": 23,
        "MS-04.not_attributable": 7,  # the woman, and six more
        "MS-05": 10,  # JOHN80M came earlier this month
        "MS-09": 1,
        "MS-09.others": 2,  # three covered, himself among them
        "MS-10 overdose": 1,
        "MS-10.condoms": 6,
        "MS-11.offered": 1,
        "MS-11.declined": 1,
        "MS-13 community": 1,
        "MS-27 finds": 1,
        "MS-27 needles": 12,
    }


def test_a_power_cut_after_step_six_loses_nothing(van: Van) -> None:
    child = os.fork()
    if child == 0:  # another process with the vault open, and no way to close it properly
        try:
            first_six_steps(van, van.laptop.open())
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    _, ended = os.waitpid(child, 0)
    assert os.WTERMSIG(ended) == signal.SIGKILL
    van.clock("18:15")
    with van.laptop.opened() as worker:
        assert worker.count("session", since=DAY) == 1
        visit = worker.records("nx_visit")[0].payload
        assert (visit["occurred_at"], visit["people_covered"]) == (f"{DAY}T18:02:00+00:00", 3)
        (referral,) = worker.records("referral")
        assert referral.payload["destination"] == "community_prescribing"
        assert worker.custody_counts().laptop == 3
        assert worker.check_vault().ok
        rest_of_the_evening(van, worker)
        van.laptop.transport.online = True
        assert worker.sync_once().unsent == 0
