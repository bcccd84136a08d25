"""Two teams on one server: pairing, a referral, what comes back, and what does not (protocol.md 2.14).

Harbour is an outreach team, the Hub an assessment team. Both are real vaults; the server between them is a real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.session import Session
from sync.engine.exchange import Request, Response
from sync.engine.lead import Lead
from sync.testing import SeededRandom
from tests.common.vaults import Desk, Service

REFERRAL = {
    "made_on": "2026-12-01",
    "direction": "out",
    "destination": "community_prescribing",
    "person": {"code": "JOHN80M"},
    "urgency": "same_day",
    "consent": {"feedback": "yes", "recorded_on": "2026-12-01"},
    "note": "Sleeps behind the library, do not ring his sister.",
}


@dataclass
class Two:
    """Two teams with a lead each, open for a whole test."""

    harbour: Service
    hub: Service
    open: ExitStack
    sessions: dict[str, Session] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)

    def seat(self, name: str, desk: Desk) -> Session:
        self.desks[name] = desk
        self.sessions[name] = self.open.enter_context(desk.opened())
        return self.sessions[name]

    @property
    def lena(self) -> Session:
        """Lead of Harbour."""
        return self.sessions["lena"]

    @property
    def nora(self) -> Session:
        """Lead of the Hub."""
        return self.sessions["nora"]

    def pair(self) -> None:
        """Both leads compare digits and pair; then each publishes a card and looks for the other's."""
        for one, other in ((self.lena, self.nora), (self.nora, self.lena)):
            text = other.partners.own_text()
            one.partners.add(text, one.partners.offer(text).digits)
        self.sync("lena", "nora", "lena", "nora")

    def sync(self, *names: str) -> None:
        for name in names or tuple(self.sessions):
            report = self.sessions[name].sync_once()
            assert set(report.attention) <= {"missing"}, (name, report.attention)

    def refer(self, **changes: Any) -> str:
        return self.lena.save("referral", {**REFERRAL, **changes}).id

    def answer(self, event: str, on: str = "2026-12-02", by: str = "nora") -> None:
        session = self.sessions[by]
        (row,) = session.records("referral")
        session.amend("referral", row.id, {"events": [{"event": event, "on": on}]}, "answered")

    def stands(self, referral: str) -> tuple[str, bool]:
        (view,) = self.lena.partners.of_referral(referral)
        return view.state, view.closed

    def steps(self, session: Session, referral: str) -> list[tuple[str, str]]:
        payload = session.record("referral", referral).payload
        return [(step["event"], step["on"]) for step in payload.get("events", [])]

    def later(self, days: int) -> None:
        self.harbour.clock.advance(days * 24 * 3600 * 1000)

    def held(self) -> int:
        """How many messages with content the server holds."""
        with self.harbour.hub.store.reading() as db:
            return int(db.exec_driver_sql("SELECT count(*) FROM mailbox WHERE length(bytes) > 0").scalar_one())


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """Harbour and the Hub, not paired yet."""
    harbour = Service(tmp_path / "harbour")
    hub = Service(tmp_path / "hub", random=SeededRandom("hub team"), team="The Hub", beside=harbour)
    with ExitStack() as stack:
        teams = Two(harbour, hub, stack)
        teams.seat("lena", harbour.found("Lena"))
        teams.seat("nora", hub.found("Nora"))
        yield teams


def test_both_screens_show_the_same_digits(two: Two) -> None:
    ours = two.lena.partners.offer(two.nora.partners.own_text())
    theirs = two.nora.partners.offer(two.lena.partners.own_text())
    assert ours.digits == theirs.digits
    assert (ours.name, theirs.name) == ("The Hub", "Harbour")


def test_other_digits_pair_nothing(two: Two) -> None:
    text = two.nora.partners.own_text()
    digits = two.lena.partners.offer(text).digits
    wrong = ("1" if digits[0] == "0" else "0") + digits[1:]
    with pytest.raises(BadInput, match="PAIR-DIGITS"):
        two.lena.partners.add(text, wrong)
    with pytest.raises(BadInput, match="PAIR-1"):
        two.lena.partners.add(two.lena.partners.own_text())
    with pytest.raises(BadInput, match="PAIR-3"):
        two.lena.partners.offer("NX1P-AAAA")
    assert two.lena.partners.partners() == []


def test_only_a_lead_pairs(two: Two) -> None:
    will = two.seat("will", two.harbour.join(two.lena, "Will", "worker"))
    with pytest.raises(NotPermitted, match="PAIR-5"):
        will.partners.add(two.nora.partners.own_text())


def test_a_pairing_is_ready_once_both_have_made_it(two: Two) -> None:
    two.lena.partners.add(two.nora.partners.own_text())
    two.sync("lena")
    (row,) = two.lena.partners.partners()
    assert (row.name, row.state) == ("The Hub", "not_paired_back")
    two.pair()
    (row,) = two.lena.partners.partners()
    assert (row.state, row.refused) == ("ready", 0)


def test_a_referral_goes_and_its_answers_come_back(two: Two) -> None:
    two.pair()
    referral = two.refer()
    assert two.lena.partners.send(referral, "the hub").state == "queued"
    two.sync("lena")
    assert two.stands(referral) == ("sent", False)
    assert two.steps(two.lena, referral) == [("sent", "2026-12-02")]

    two.sync("nora")
    (row,) = two.nora.records("referral")
    incoming = two.nora.record("referral", row.id).payload
    assert incoming["direction"] == "in"
    assert {name: incoming[name] for name in ("made_on", "destination", "urgency", "consent")} == {
        name: REFERRAL[name] for name in ("made_on", "destination", "urgency", "consent")
    }
    person = two.nora.record("person", incoming["person"]["id"]).payload
    assert person == {"identity_level": "code", "code": "JOHN80M"}
    assert "note" not in incoming
    assert incoming["source"] == {"answer": "not_asked"}
    assert two.steps(two.nora, row.id) == [("sent", "2026-12-02"), ("received", "2026-12-02")]
    assert two.held() == 1  # the referral was deleted; word that it came waits for Harbour

    two.sync("lena")
    assert two.stands(referral) == ("received", False)
    two.answer("accepted")
    two.sync("nora", "lena")
    assert two.stands(referral) == ("accepted", False)
    two.answer("attended_first")
    two.sync("nora", "lena")
    assert two.stands(referral) == ("attended_first", True)
    assert [step for step, _ in two.steps(two.lena, referral)] == ["sent", "received", "accepted", "attended_first"]
    two.sync("nora", "lena", "nora")
    assert two.held() == 0


def test_attended_stays_where_the_person_did_not_agree(two: Two) -> None:
    two.pair()
    for consent in ({"feedback": "no", "recorded_on": "2026-12-01"}, {"answer": "declined"}):
        referral = two.refer(consent=consent, person={"code": f"ANNA{len(str(consent))}F"})
        two.lena.partners.send(referral, "The Hub")
        two.sync("lena", "nora")
        (row,) = (one for one in two.nora.records("referral") if len(two.steps(two.nora, one.id)) == 2)
        steps = [{"event": step, "on": "2026-12-02"} for step in ("accepted", "booked", "attended_first", "engaged")]
        two.nora.amend("referral", row.id, {"events": steps}, "answered")
        two.sync("nora", "lena", "nora", "lena")
        # What the service says of the referral comes; what the person did never leaves the Hub.
        assert [step for step, _ in two.steps(two.lena, referral)] == ["sent", "received", "accepted"]
        assert two.stands(referral) == ("accepted", True)
    assert two.held() == 0


def test_consent_given_later_lets_the_outcome_go(two: Two) -> None:
    two.pair()
    referral = two.refer(consent={"feedback": "no", "recorded_on": "2026-12-01"})
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena", "nora")
    two.answer("attended_first")
    two.sync("nora", "lena")
    assert two.stands(referral) == ("received", False)
    (row,) = two.nora.records("referral")
    two.nora.amend("referral", row.id, {"consent": {"feedback": "yes", "recorded_on": "2026-12-02"}}, "asked again")
    two.sync("nora", "lena")
    assert two.stands(referral)[0] == "attended_first"


def test_two_laptops_that_take_in_one_message_make_one_record(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    two.seat("ada", two.hub.join(two.nora, "Ada", "assessor"))
    two.pair()
    two.sync("ada")
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena")
    # Ada's laptop reads the mailbox while Nora's has opened the message and not pushed what it became.
    nora, send, seen = two.desks["nora"].transport, two.desks["nora"].transport.send, []

    def interleaved(request: Request) -> Response:
        if request.method == "POST" and seen == ["mailbox"]:
            seen.append("ada")
            two.sync("ada")
        if "/mailbox?" in request.target and not seen:
            seen.append("mailbox")
        return send(request)

    monkeypatch.setattr(nora, "send", interleaved)
    two.sync("nora")
    assert seen == ["mailbox", "ada"]
    two.sync("nora", "ada", "nora", "ada", "lena")
    for name in ("nora", "ada"):
        assert len(two.sessions[name].records("referral")) == 1
        assert two.sessions[name].conflicts() == []
        assert len(two.sessions[name].records("person")) == 1
    hashes = [two.sessions[name].check_vault().state_hash for name in ("nora", "ada")]
    assert hashes[0]["general"] == hashes[1]["general"]
    assert [step for step, _ in two.steps(two.lena, referral)] == ["sent", "received"]


def test_a_withdrawal_reaches_the_other_team(two: Two) -> None:
    two.pair()
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena", "nora", "lena")
    two.lena.void("referral", referral, "asked us to")
    two.sync("lena", "nora")
    (row,) = two.nora.records("referral")
    assert [step for step, _ in two.steps(two.nora, row.id)] == ["sent", "received", "withdrawn"]
    two.answer("attended_first")
    two.sync("nora", "lena", "nora", "lena")
    assert two.held() == 0
    # Nothing more is told of somebody who took the referral back.
    assert two.lena.partners.overdue() == []


def test_a_referral_taken_back_before_it_left_never_leaves(two: Two) -> None:
    two.pair()
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    two.lena.void("referral", referral, "asked us to")
    two.sync("lena", "nora")
    assert two.nora.records("referral") == []
    assert two.held() == 0


def test_what_is_overdue_is_listed_by_day(two: Two) -> None:
    two.pair()
    first = two.refer()
    two.lena.partners.send(first, "The Hub")
    two.sync("lena")
    two.later(1)
    second = two.refer(person={"code": "MARY75F"})
    two.lena.partners.send(second, "The Hub")
    two.sync("lena", "nora", "lena")
    two.later(13)
    assert two.lena.partners.overdue() == []  # day 14 for the first: due today
    two.later(1)
    assert [(one.referral, one.due_on) for one in two.lena.partners.overdue()] == [(first, "2026-12-16")]
    two.later(1)
    assert [one.referral for one in two.lena.partners.overdue()] == [first, second]
    rows = {row.payload["person"]["id"]: row.id for row in two.nora.records("referral")}
    for row in rows.values():
        two.nora.amend("referral", row, {"events": [{"event": "rejected", "on": "2026-12-16"}]}, "no places")
    two.sync("nora", "lena")
    assert two.lena.partners.overdue() == []


def test_a_rotation_in_between_loses_nothing(two: Two) -> None:
    two.pair()
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena")
    # Harbour rotates before the Hub has read: the message was signed with a key that the newest card has not.
    rotate(two, "lena")
    assert two.held() == 2  # sent again under the new card by the sync that published it
    two.sync("nora")
    assert len(two.nora.records("referral")) == 1
    assert two.nora.partners.partners()[0].refused == 0
    # The Hub rotates; Harbour's answer-to-be was sealed for nobody yet, the Hub's word that it came is sent again.
    rotate(two, "nora")
    two.sync("lena")
    assert two.stands(referral)[0] == "received"
    assert [step for step, _ in two.steps(two.lena, referral)] == ["sent", "received"]


def test_a_message_to_an_older_card_still_opens(two: Two) -> None:
    two.pair()
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena")
    rotate(two, "nora")
    assert len(two.nora.records("referral")) == 1


def rotate(two: Two, name: str) -> None:
    session, desk = two.sessions[name], two.desks[name]
    vault = session._context.vault
    lead = Lead(
        desk.transport, vault.identity, vault.replica.hub_side, clock=desk.environment.clock,
        random=desk.environment.random,
    )  # fmt: skip
    lead.rotate()
    two.sync(name)


def test_a_clinical_referral_is_seen_by_clinical_staff_only(two: Two) -> None:
    two.seat("wilma", two.hub.join(two.nora, "Wilma", "worker"))
    two.pair()
    two.sync("wilma")
    referral = two.refer(destination="hospital_liver")
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena", "wilma")
    assert two.sessions["wilma"].records("referral") == []
    two.sync("nora", "wilma")
    assert two.sessions["wilma"].records("referral") == []
    (row,) = two.nora.records("referral")
    assert row.payload["destination"] == "hospital_liver"
    assert two.held() == 1


def test_a_worker_sends_and_hears(two: Two) -> None:
    will = two.seat("will", two.harbour.join(two.lena, "Will", "worker"))
    two.pair()
    two.sync("will")
    referral = will.save("referral", dict(REFERRAL)).id
    will.partners.send(referral, "The Hub")
    two.sync("will", "nora", "will", "lena")
    assert two.stands(referral) == ("received", False)
    assert [step for step, _ in two.steps(two.lena, referral)] == ["sent", "received"]


def test_what_cannot_be_sent_is_said_at_once(two: Two) -> None:
    two.pair()
    nobody = two.refer(person=None)
    with pytest.raises(BadInput, match="PAIR-9"):
        two.lena.partners.send(nobody, "The Hub")
    with pytest.raises(NotFound, match="PAIR-2"):
        two.lena.partners.send(two.refer(), "Somewhere")
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    with pytest.raises(BadInput, match="PAIR-7"):
        two.lena.partners.send(referral, "The Hub")
    incoming = two.refer(direction="in", source="gp", destination=None)
    with pytest.raises(BadInput, match="PAIR-8"):
        two.lena.partners.send(incoming, "The Hub")
    pia = two.seat("pia", two.harbour.join(two.lena, "Pia", "peer"))
    with pytest.raises(NotPermitted, match="PAIR-6"):
        pia.partners.send(referral, "The Hub")


def test_an_ended_pairing_takes_no_mail(two: Two) -> None:
    two.pair()
    (row,) = two.nora.partners.partners()
    two.nora.partners.remove(row.team)
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    assert two.lena.sync_once().attention == ()
    assert two.stands(referral) == ("queued", False)
    (row,) = two.lena.partners.partners()
    assert row.state == "not_paired_back"
    two.pair()
    assert two.stands(referral)[0] in {"sent", "received"}


def test_a_lead_who_left_costs_the_card_key_and_the_kit_replaces_it(two: Two) -> None:
    two.harbour.join(two.lena, "Leo", "lead")
    two.pair()
    seat = next(one.seat for one in two.lena.team.seats() if one.person == "Leo")
    two.lena.team.revoke(seat)
    assert two.lena.partners.card_key_is_stale()
    assert [one.kind for one in two.lena.today().todo if one.kind == "card_key"] == ["card_key"]
    with pytest.raises(BadInput, match="KIT-5"):
        two.lena.partners.renew_card_key(two.hub.kit_halves)
    two.lena.partners.renew_card_key(two.harbour.kit_halves)
    assert not two.lena.partners.card_key_is_stale()
    two.sync("lena", "nora")
    referral = two.refer()
    two.lena.partners.send(referral, "The Hub")
    two.sync("lena", "nora", "lena")
    assert two.stands(referral) == ("received", False)
