"""A lead, a worker, a nurse and a peer on one machine: everybody works and syncs, and each laptop holds what it may.

The scans look at every page of the decrypted files, free pages and old pages of the WAL included, and at whatever the
keys of that laptop open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from broker_desktop.errors import BadInput, NotPermitted
from broker_desktop.session import Refused, Session
from sync.replica.tables import table
from tests.common.canaries import canaries
from tests.common.decrypted import pages, standing, values
from tests.common.vaults import Desk, Service

GENERAL, CLINICAL, COMMON = 1, 2, 3
DAY = "2026-12-01"
OTHERS = canaries(9)[:4]
CARD, HIS_NOTE, LINE, WORKERS_LINE, LINE_CODE = canaries(9)[4:]
MOMENT = f"{DAY}T18:30:00+00:00"
CODE = "WREN84M"


@dataclass
class Team:
    """Four laptops of one team, all of them on one server."""

    lead: Desk
    worker: Desk
    nurse: Desk
    peer: Desk

    def all_synced(self) -> None:
        """Sync everybody twice: what one sends in the second round the others have had time to send in the first."""
        for _ in range(2):
            for desk in (self.peer, self.worker, self.nurse, self.lead, self.peer):
                with desk.opened() as session:
                    session.sync_once()


def record_people(session: Session, *, clinical: bool) -> None:
    """Record what tells about people."""
    who = {"code": CODE}
    session.save(
        "person",
        {"identity_level": "named", "given_name": OTHERS[0], "family_name": OTHERS[1],
         "parental_status": "not_a_parent", "accommodation_need": {"answer": "declined"}},
    )  # fmt: skip
    session.save(
        "contact",
        {"occurred_at": DAY, "kind": "phone", "outcome": ["seen"], "setting": "street", "person": who,
         "next_step": {"type": "none"}, "note": OTHERS[2]},
    )  # fmt: skip
    session.save(
        "nx_visit",
        {"occurred_at": DAY, "site_type": "mobile", "items": {"CITRIC": 5}, "person": who, "note": OTHERS[3]},
    )
    if clinical:
        test = {"offered_on": DAY, "state": "offered", "setting": "street", "person": who, "card_id": CARD}
        session.save("bbv_test", test)


def concern(line: str, **more: Any) -> dict[str, Any]:
    """A concern as a form would hand it in."""
    return {"kind": "child", "urgency": "today", "line": line, "occurred_at": MOMENT, "person": None, **more}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    service = Service(tmp_path_factory.mktemp("four"))
    lead = service.found()
    with lead.opened() as session:
        worker = service.join(session, "Will Worker", "worker")
        nurse = service.join(session, "Nan Nurse", "nurse")
        peer = service.join(session, "Pia Peer", "peer")
    team = Team(lead, worker, nurse, peer)
    for desk, clinical in ((lead, True), (worker, False), (nurse, True)):
        with desk.opened() as session:
            record_people(session, clinical=clinical)
    with worker.opened() as session:
        plan = {"state": "planned", "code": "JOHN80M", "planned_for": "2026-12-03T18:30:00+00:00", "venue": "hostel"}
        session.save("broker_contact", plan)
    team.all_synced()
    with peer.opened() as session:
        work_of_the_peer(session)
    team.all_synced()
    return team


def work_of_the_peer(session: Session) -> None:
    """An evening at a mutual-aid venue (requirements.md J2, steps 2, 3 and 6)."""
    (plan,) = session.records("broker_contact")
    session.save(
        "broker_contact",
        {"state": "met", "plan": {"id": plan.id}, "person": {"code": "JOHN80M"}, "occurred_at": MOMENT,
         "setting": "mutual_aid_venue", "purpose": "accompany", "introduced_to": "na", "accompanied": "yes",
         "attended": "yes", "evidence": "with_broker", "note": HIS_NOTE},
    )  # fmt: skip
    session.save(
        "contact",
        {"occurred_at": MOMENT, "kind": "drop_in", "outcome": ["information_given"], "setting": "mutual_aid_venue"},
    )


def keys_of(session: Session) -> set[int]:
    """The compartments of which a vault holds any key."""
    with session._context.vault.reader.connect() as db:
        return set(db.execute(select(table("epoch_key").c.comp)).scalars())


def dek_of(desk: Desk) -> bytes:
    return bytes(desk.keys.keys.dek)


def test_a_peers_laptop_holds_no_key_of_general_or_clinical(team: Team) -> None:
    with team.peer.opened() as session:
        assert keys_of(session) == {COMMON}


def test_a_peers_laptop_holds_nobody_whom_others_recorded(team: Team) -> None:
    with team.peer.opened() as session:
        own = session._context.vault.ids.seat_id
        record = table("record").c
        with session._context.vault.reader.connect() as db:
            held = db.execute(select(record.tbl, record.comp, record.makers)).all()
        assert CLINICAL not in {row.comp for row in held}
        about_people = [row for row in held if row.comp == GENERAL]
        assert sorted(row.tbl for row in about_people) == ["broker_contact", "contact", "person"]
        assert {row.makers for row in about_people} == {own}
        heap = values(session) + pages(team.peer.folder, dek_of(team.peer))
    assert standing([*OTHERS, CARD, CODE], heap) == []
    assert standing([HIS_NOTE], heap) == [HIS_NOTE], "the look into the vault is not blind"


def test_a_peers_drops_stand_on_every_laptop_that_may_read_them(team: Team) -> None:
    for desk in (team.lead, team.worker, team.nurse):
        with desk.opened() as session:
            met = [row.payload for row in session.records("broker_contact") if row.payload["state"] == "met"]
            assert [one["note"] for one in met] == [HIS_NOTE]
            assert session.person_label(met[0]["person"]["id"]) == "JOHN 80 M"
            assert session.count("contact") == 4


def test_holders_agree_and_own_copies_do_not_count(team: Team) -> None:
    hashes = {}
    for name in ("lead", "worker", "nurse", "peer"):
        with getattr(team, name).opened() as session:
            hashes[name] = session.check_vault().state_hash
    general, clinical = hashes["lead"]["general"], hashes["lead"]["clinical"]
    assert hashes["worker"]["general"] == hashes["nurse"]["general"] == general
    assert hashes["nurse"]["clinical"] == clinical
    assert set(hashes["peer"]) == {"common"}
    assert len({one["common"] for one in hashes.values()}) == 1


def test_the_peer_meets_whom_the_plan_names_and_the_plan_leaves_today(team: Team) -> None:
    with team.peer.opened() as session:
        assert "to_meet" not in {item.kind for item in session.today().todo}
    with team.worker.opened() as session:
        plan = {"state": "planned", "code": "MARY77F", "planned_for": "2026-12-03T19:30:00+00:00", "venue": "hostel"}
        session.save("broker_contact", plan)
        session.sync_once()
    with team.peer.opened() as session:
        session.sync_once()
        assert [item.count for item in session.today().todo if item.kind == "to_meet"] == [1]


@pytest.mark.parametrize(("author", "line"), [("peer", LINE), ("worker", WORKERS_LINE)])
def test_a_concern_leaves_its_author_nothing_and_reaches_the_lead(team: Team, author: str, line: str) -> None:
    desk: Desk = getattr(team, author)
    words = [line, LINE_CODE]
    with desk.opened() as session:
        assert session.leaves_no_copy("safeguarding_concern")
        session.keep_draft("safeguarding_concern", concern(line), "line")
        session.save("safeguarding_concern", concern(line, person={"code": LINE_CODE}))
        assert session.drafts() == []
        assert session.search(line) == session.search(LINE_CODE) == []
        assert standing(words, values(session) + pages(desk.folder, dek_of(desk))) == []
        with pytest.raises(NotPermitted):
            session.records("safeguarding_concern")
        session.sync_once()
        assert standing(words, values(session) + pages(desk.folder, dek_of(desk))) == []
    assert standing(words, pages(desk.folder, dek_of(desk))) == []
    with team.lead.opened() as session:
        session.sync_once()
        (told,) = [row for row in session.records("safeguarding_concern") if row.payload["line"] == line]
        assert told.payload["person_code"] == LINE_CODE.upper()
        assert told.recorded_by_name == {"peer": "Pia Peer", "worker": "Will Worker"}[author]
        assert session.person_label(told.payload["person"]["id"]) == "Not received yet"
        assert {item.kind for item in session.today().todo} >= {"concerns"}
        assert standing([line], values(session)) == [line], "the look into the vault is not blind"


def test_whoever_may_read_concerns_keeps_what_they_raise_and_takes_it_off_today(team: Team) -> None:
    with team.nurse.opened() as session:
        assert not session.leaves_no_copy("safeguarding_concern")
        session.sync_once()
        for row in session.records("safeguarding_concern"):
            session.amend("safeguarding_concern", row.id, {"taken_up_on": DAY}, "taken up")
        before = session.count("safeguarding_concern")
        session.save("safeguarding_concern", concern("a door kicked in"))
        assert session.count("safeguarding_concern") == before + 1
        assert [item.count for item in session.today().todo if item.kind == "concerns"] == [1]


def test_a_concern_names_whom_to_call(team: Team) -> None:
    with team.peer.opened() as session:
        call = session.whom_to_call()
        assert (call.phone, call.leads) == (None, ("Lee Lead",))
        assert call.words() == ("The area pack has no number to call yet. Call Lee Lead now. In danger: 999 first.")


def test_what_a_role_may_not_do_is_refused_before_an_operation_is_made(team: Team) -> None:
    plan = {"state": "planned", "code": "ALAN90M", "planned_for": "2026-12-04T18:30:00+00:00", "venue": "hostel"}
    with team.peer.opened() as session:
        before = session.seat, session._context.vault.replica.unsent()
        plans = [row for row in session.records("broker_contact") if row.payload["state"] == "planned"]
        with pytest.raises(NotPermitted):
            session.save("broker_contact", plan)
        with pytest.raises(NotPermitted):
            session.amend("broker_contact", plans[0].id, {"venue": "support_centre"}, "moved")
        with pytest.raises(NotPermitted):
            session.void("broker_contact", plans[0].id, "not mine")
        with pytest.raises(NotPermitted):
            session.save("bbv_test", {"offered_on": DAY, "state": "offered", "setting": "street", "person": None})
        assert (session.seat, session._context.vault.replica.unsent()) == before
    with team.worker.opened() as session:
        (mine,) = [row for row in session.records("broker_contact") if row.payload.get("code") == "JOHN80M"]
        with pytest.raises(Refused):
            session.amend("broker_contact", mine.id, {"note": "his sister is ill"}, "more to say")
        happened = {"state": "met", "code": None, "planned_for": None, "occurred_at": MOMENT, "purpose": "advocacy"}
        with pytest.raises(BadInput) as refused:
            session.amend("broker_contact", mine.id, happened, "met")
        assert "cannot become the other kind" in refused.value.detail
