"""J3: a nurse-led clinic in a tier 2 shop front (requirements.md section 5).

Six people are booked. Everything at the clinic happens with the network off; nine days later the results come by
secure mail. What each step does to W4, W5 and to the lines MS-11 and MS-12 is worked out beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from broker_desktop.errors import NotPermitted, UsageError
from broker_desktop.records.bbv_cards import Cards
from broker_desktop.session import Refused, Session
from broker_desktop.session.period import month_period
from sync.replica.tables import table
from tests.common.vaults import Desk, Service

CLINIC_DAY = datetime(2026, 11, 10, 14, 0, tzinfo=UTC)  # a Tuesday
RESULTS_DAY = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
PEOPLE = ("TARA91F", "LENA94F", "MILO85M", "CARL68M", "RORY88M")
CLINICAL = 2


@dataclass
class Clinic:
    """A lead, a nurse, an outreach worker and a peer of one service."""

    service: Service
    lead: Desk
    nurse: Desk
    worker: Desk
    peer: Desk

    @classmethod
    def of(cls, service: Service) -> Clinic:
        lead = service.found()
        with lead.opened() as session:
            nurse = service.join(session, "Priya Nurse", "nurse")
            worker = service.join(session, "Wes Worker", "worker")
            peer = service.join(session, "Pia Peer", "peer")
        return cls(service, lead, nurse, worker, peer)

    def until(self, moment: datetime) -> None:
        """Let the clock run to a moment."""
        self.service.clock.advance(int(moment.timestamp() * 1000) - self.service.clock.now_ms())

    def all_synced(self) -> None:
        for _ in range(2):
            for desk in (self.nurse, self.worker, self.peer, self.lead):
                with desk.opened() as session:
                    session.sync_once()


def lines(session: Session) -> dict[str, Any]:
    """Give the figures of the month."""
    return {line.id: line.value for line in session.summary(month_period("2026-11")).lines}


def cascade(session: Session) -> list[Any]:
    """Give the steps of MS-11, from the offer to the result that was given."""
    found = lines(session)
    return [found[f"MS-11.{step}"] for step in ("offered", "accepted", "taken", "resulted", "given")]


def waiting(session: Session, worklist: str) -> list[tuple[str, str]]:
    """Give who waits on a worklist and why, by the reason's key."""
    return sorted((row.key, row.person_id) for row in session.worklist(worklist).rows)


def keys(session: Session, worklist: str) -> list[str]:
    return [key for key, _ in waiting(session, worklist)]


def person_of(session: Session, code: str) -> str:
    (found,) = [one for one in session.records("person") if one.payload.get("code") == code]
    return found.id


def dose(code: str, on: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "person": {"code": code},
        "given_on": on,
        "source": "by_us",
        "dose": number,
        "schedule": "HBV_0_7_21_12M",
        "brand": "engerix_b",
        "batch": "AHBVC945",
        "pgd_ref": "PGD 12 v3",
        "signed_off": "yes",
        **more,
    }


def card(code: str, number: int, run: str) -> dict[str, Any]:
    return {
        "person": {"code": code},
        "offered_on": "2026-11-10",
        "setting": "day_centre",
        "session": {"id": run},
        "state": "packed",
        "pre_test_discussion": "yes",
        "consent": {"HBSAG": {"agreed": "yes"}, "ANTI_HCV": {"agreed": "yes"}},
        "result_route": "in_person",
        "method": "dried_blood_spot",
        "analytes": ["HBSAG", "ANTI_HCV"],
        "card_id": f"DBS26110{number}",
        "taken_at": "2026-11-10T14:00:00+00:00",
        "spots_filled": 5,
        "drying_from": "2026-11-10T14:03:00+00:00",
        "packed_at": "2026-11-10T14:40:00+00:00",
    }


@pytest.mark.parametrize("pack", ["portsmouth-2009-10", "hampshire-homer-2010"])
def test_a_clinic_from_the_first_offer_to_the_result_that_was_given(tmp_path: Any, pack: str) -> None:
    clinic = Clinic.of(Service(tmp_path, pack=pack, at=datetime(2026, 11, 3, 10, 0, tzinfo=UTC)))
    with clinic.nurse.opened() as nurse:
        # a week before: the first dose against hepatitis B; the second is due seven days later and not a day before
        nurse.save("bbv_vaccination", dose("TARA91F", "2026-11-03", 1))
        assert nurse.worklist("W5").count == 0
        assert nurse.worklist("W5", coming=True).rows[0].due == "2026-11-10"

    clinic.until(datetime(2026, 11, 10, 15, 30, tzinfo=UTC))
    clinic.nurse.transport.online = False
    with clinic.nurse.opened() as nurse:
        run = opened_clinic(nurse)  # step 1
        (due,) = nurse.worklist("W5").rows  # step 2: dose 2 is due today
        assert (due.due, due.age_days, due.red, due.action.type) == ("2026-11-10", 0, False, "bbv_vaccination")
        assert due.person_id == person_of(nurse, "TARA91F")
        assert cascade(nurse) == [0, 0, 0, 0, 0]
        tests = taken_samples(nurse, run)  # steps 3 and 4
        assert cascade(nurse) == [6, 5, 5, 0, 0]
        assert lines(nurse)["MS-11.declined"] == 1
        assert nurse.clinical.cards_out(session=run) == Cards(taken=5, sent=0)
        second_dose(nurse)  # step 5
        wound_and_declined_referral(nurse)  # step 6
        closed_early(nurse, run)  # step 7
        for test in tests:
            sent = {"state": "dispatched", "dispatched_on": "2026-11-10", "batch": "B2611-1"}
            nurse.amend("bbv_test", test, sent, "posted")
        assert nurse.clinical.cards_out(session=run) == Cards(taken=5, sent=5)
        assert "cards" not in {one.kind for one in nurse.today().todo}
        # nothing waits for the laboratory until fourteen days have gone
        assert keys(nurse, "W4") == []
        waits_for = [row for row in nurse.worklist("W4", coming=True).rows if row.key == "chase_laboratory"]
        assert {row.due for row in waits_for} == {"2026-11-24"}
        assert len(waits_for) == 5

    clinic.until(RESULTS_DAY)
    clinic.nurse.transport.online = True
    clinic.all_synced()
    with clinic.nurse.opened() as nurse:
        results_came(nurse, tests)  # step 8
        assert keys(nurse, "W4") == ["to_give"] * 5
        assert cascade(nurse) == [6, 5, 5, 5, 0]
        told_face_to_face(nurse, tests[0])  # step 9
        assert cascade(nurse) == [6, 5, 5, 5, 1]
        assert keys(nurse, "W4") == ["to_give"] * 4
        not_found_twice(nurse, tests[1])  # step 10

    clinic.until(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    clinic.all_synced()
    five_days_later(clinic, tests)
    others_hold_nothing(clinic)


def opened_clinic(nurse: Session) -> str:
    run = {"kind": "bbv_clinic", "started_at": "2026-11-10T13:30:00+00:00", "booked": 6, "staff": 2, "status": "open"}
    return nurse.save("session", run).id


def taken_samples(nurse: Session, run: str) -> list[str]:
    """Six are asked; five agree and leave a blood spot, one fears needles."""
    tests = [nurse.save("bbv_test", card(code, number, run)).id for number, code in enumerate(PEOPLE, start=1)]
    declined = {"state": "declined", "decline_reason": "needles_fear", "setting": "day_centre"}
    nurse.save("bbv_test", {"person": {"code": "WREN70F"}, "offered_on": "2026-11-10", **declined})
    return tests


def second_dose(nurse: Session) -> None:
    """Without the sign-off it is refused; with it the row leaves W5 until day 21, and MS-12 says one dose 2."""
    before = {cell.by["dose"]: cell.value for line in month(nurse) if line.id == "MS-12" for cell in line.cells}
    with pytest.raises(Refused) as refused:
        nurse.save("bbv_vaccination", dose("TARA91F", "2026-11-10", 2, signed_off=None))
    assert refused.value.issues[0].path == "signed_off"
    assert nurse.count("bbv_vaccination") == 1
    nurse.save("bbv_vaccination", dose("TARA91F", "2026-11-10", 2))
    after = {cell.by["dose"]: cell.value for line in month(nurse) if line.id == "MS-12" for cell in line.cells}
    assert (before.get("2", 0) or 0, after["2"]) == (0, 1)
    assert nurse.worklist("W5").count == 0
    # the first dose was on 3 November: dose 3 is due on day 21, the 24th, which is 14 days after dose 2 as well
    assert nurse.worklist("W5", coming=True).rows[0].due == "2026-11-24"


def month(session: Session) -> Any:
    return session.summary(month_period("2026-11")).lines


def wound_and_declined_referral(nurse: Session) -> None:
    who = {"code": "LENA94F"}
    nurse.save(
        "contact",
        {"occurred_at": "2026-11-10T15:00:00+00:00", "kind": "drop_in", "outcome": ["seen"], "setting": "day_centre",
         "person": who, "activities": ["wound_care"], "next_step": {"type": "none"}},
    )  # fmt: skip
    offered = {"event": "withdrawn", "on": "2026-11-10", "evidence": "person_said"}
    made = {"made_on": "2026-11-10", "direction": "out", "destination": "sexual_health", "person": who}
    consent = {"consent": {"feedback": "no", "recorded_on": "2026-11-10"}}
    reason = {"reject_reason": "will_not_attend_elsewhere"}
    nurse.save("referral", {**made, **consent, **reason, "events": [offered]})


def closed_early(nurse: Session, run: str) -> None:
    ended = {"status": "closed", "ended_at": "2026-11-10T15:25:00+00:00", "note": "Second nurse off."}
    nurse.amend("session", run, ended, "closed")


def results_came(nurse: Session, tests: list[str]) -> None:
    """Nobody may tell from the worklist what the first one says."""
    for place, test in enumerate(tests):
        said = "detected" if place == 0 else "not_detected"
        results = {name: {"result": "not_detected", "reported_on": "2026-11-19"} for name in ("HBSAG", "ANTI_HCV")}
        results["ANTI_HCV"]["result"] = said
        entered = {"state": "resulted", "results": results, "entered_by": "Priya", "checked_by": "Jo"}
        nurse.amend("bbv_test", test, entered, "results by secure mail")
    rows = nurse.worklist("W4").rows
    assert {(row.reason, row.due, row.red) for row in rows} == {("Report to give", "2026-11-19", False)}


def told_face_to_face(nurse: Session, test: str) -> None:
    """A text is no way; told in person, it waits for what follows until that is written down too."""
    given = {"state": "delivered", "result_given_on": "2026-11-19", "delivered_by": "nurse", "understood": "yes"}
    with pytest.raises(Refused):
        nurse.amend("bbv_test", test, {**given, "result_given_how": "text_get_in_touch"}, "told")
    told = {**given, "result_given_how": "in_person", "post_test_discussion": "yes"}
    nurse.amend("bbv_test", test, told, "told")
    assert keys(nurse, "W4") == ["no_action_yet", *["to_give"] * 4]
    nurse.amend("bbv_test", test, {"state": "actioned", "actions": ["refer", "contact_tracing"]}, "acted on")
    person = nurse.record("bbv_test", test).payload["person"]
    made = {"made_on": "2026-11-19", "direction": "out", "destination": "hospital_liver", "person": person}
    nurse.save("referral", {**made, "consent": {"feedback": "yes", "recorded_on": "2026-11-19"}})


def not_found_twice(nurse: Session, test: str) -> None:
    tries = [
        {"on": "2026-11-19", "way": "phone", "outcome": "not_found"},
        {"on": "2026-11-19", "way": "in_person", "outcome": "not_found"},
    ]
    nurse.amend("bbv_test", test, {"attempts": tries}, "tried")
    assert keys(nurse, "W4") == ["to_give"] * 4


def five_days_later(clinic: Clinic, tests: list[str]) -> None:
    """Four reports lie for five days: their 48 hours are over, and dose 3 is due today."""
    with clinic.nurse.opened() as nurse:
        rows = [row for row in nurse.worklist("W4").rows if row.key == "to_give"]
        assert {(row.age_days, row.red) for row in rows} == {(5, True)}
        assert tests[1] in {row.id for row in rows}
        assert len(rows) == 4
        assert [row.due for row in nurse.worklist("W5").rows] == ["2026-11-24"]
        steps = cascade(nurse)
        assert steps == sorted(steps, reverse=True)
        nurse.save("person", {"identity_level": "code", "code": "CARL68M", "died_on": "2026-11-23"})
        assert len([row for row in nurse.worklist("W4").rows if row.key == "to_give"]) == 3
    with clinic.lead.opened() as lead:
        assert cascade(lead) == [6, 5, 5, 5, 1]


def others_hold_nothing(clinic: Clinic) -> None:
    """An outreach worker's and a peer's laptop hold no row, no key and no worklist of it."""
    for desk in (clinic.worker, clinic.peer):
        with desk.opened() as session:
            for name in ("bbv_test", "bbv_vaccination", "hcv_cascade"):
                with pytest.raises(NotPermitted):
                    session.records(name)
            with pytest.raises(UsageError):
                session.worklist("W5")
            record, key = table("record").c, table("epoch_key").c
            with session._context.vault.reader.connect() as db:
                assert CLINICAL not in set(db.execute(select(record.comp)).scalars())
                assert CLINICAL not in set(db.execute(select(key.comp)).scalars())
            shown = {line.id: line.value for line in session.summary(month_period("2026-11")).lines}
            assert shown["MS-11.given"] is None
            assert shown["MS-12"] is None
    with clinic.nurse.opened() as nurse:
        record = table("record").c
        with nurse._context.vault.reader.connect() as db:
            assert CLINICAL in set(db.execute(select(record.comp)).scalars()), "the look into the vault is not blind"
        assert date.fromisoformat(nurse.today().day) == date(2026, 11, 24)
