"""The oversight desk: one person under two codes, two leads for retention, closed records, the audit trail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records.erasing import Keeping
from broker_desktop.session import Session, month_period
from sync.replica import METADATA
from sync.replica.core import Memory
from sync.replica.trail import NOTHING_YET
from tests.common.vaults import Desk, Service, in_step, moved_clock

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found()


@pytest.fixture
def lead(lead_desk: Desk) -> Iterator[Session]:
    with lead_desk.opened() as session:
        yield session


@pytest.fixture
def worker(service: Service, lead: Session) -> Iterator[Session]:
    with service.join(lead, "Wim Worker", "worker").opened() as session:
        yield session


def visit(session: Session, code: str, day: str = "2026-11-20") -> str:
    saved = session.save(
        "nx_visit",
        {
            "occurred_at": f"{day}T18:02:00+00:00",
            "site_type": "mobile",
            "items": {"SYR_FX_1_29": 10},
            "collecting_for": "self",
            "person": {"code": code},
        },
    )
    return saved.id


def person(session: Session, code: str) -> str:
    (row,) = session.records("person", where=[("code", code)])
    return row.id


def people_counted(session: Session) -> object:
    return session.summary(month_period("2026-11")).line("MS-05").value


def test_two_codes_of_one_person_count_once_until_it_is_undone(lead: Session, worker: Session) -> None:
    visit(lead, "JOHN80M")
    other = visit(worker, "JON80M")
    in_step(lead, worker)
    first, second = person(lead, "JOHN80M"), person(lead, "JON80M")
    assert people_counted(lead) == 2
    before = lead.check_vault().state_hash
    lead.oversight.alias(second, first, "same man, says he")
    in_step(lead, worker)
    for session in (lead, worker):
        assert people_counted(session) == 1
        assert len(session.history(second)) == len(session.history(first)) == 2
        assert [row.id for row in session.records("person")] == [first]
        exact = session.candidates("JON80M").exact
        assert exact is not None
        assert exact.id == first
        assert session.person_label(second) == session.person_label(first)
        assert session.count("nx_visit", where=[("person.code", "JON80M")]) == 2
    (said,) = lead.record("person", second).corrections
    assert (said.field, said.reason, said.by) == ("_alias", "same man, says he", "Lee Lead")
    lead.oversight.unalias(second)
    in_step(lead, worker)
    for session in (lead, worker):
        assert people_counted(session) == 2
        assert [row.id for row in session.history(second)] == [other]
        assert len(session.records("person")) == 2
    assert before["common"] == lead.check_vault().state_hash["common"]


def test_who_may_say_that_two_are_one(lead: Session, worker: Session) -> None:
    visit(worker, "JOHN80M")
    visit(worker, "JON80M")
    first, second = person(worker, "JOHN80M"), person(worker, "JON80M")
    with pytest.raises(NotPermitted):
        worker.oversight.alias(first, second, "the same")
    in_step(worker, lead)
    with pytest.raises(BadInput):
        lead.oversight.alias(first, first, "the same")
    with pytest.raises(BadInput):
        lead.oversight.alias(first, second, " ")
    with pytest.raises(NotFound):
        lead.oversight.alias(first, NOBODY, "the same")
    with pytest.raises(BadInput):
        lead.oversight.unalias(first)


def test_erasing_one_of_two_erases_the_person_that_both_are(lead: Session) -> None:
    for code in ("JOHN80M", "JON80M"):
        visit(lead, code)
    first, second = person(lead, "JOHN80M"), person(lead, "JON80M")
    lead.oversight.alias(second, first, "the same")
    assert lead.oversight.erase("person", second, "asked").people == 2
    assert (lead.records("person"), people_counted(lead), lead.count("nx_visit")) == ([], 0, 2)


_LINKS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4) | st.none()), max_size=8)


@settings(max_examples=25)
@given(links=_LINKS)
def test_aliases_agree_with_a_plain_model(
    tmp_path_factory: pytest.TempPathFactory, links: list[tuple[int, int]]
) -> None:
    """A dictionary of who points where, followed to its end or to the least of a circle, says the same."""
    session, ids = _five_people(tmp_path_factory)
    model: dict[str, str] = {}
    with session._context.vault.replica.transaction() as tx:
        for one in ids:
            tx.alias("person", bytes.fromhex(one.replace("-", "")), None)
        for at, to in links:
            row = bytes.fromhex(ids[at].replace("-", ""))
            tx.alias("person", row, None if to is None else bytes.fromhex(ids[to].replace("-", "")))
            model.pop(ids[at], None)
            if to is not None:
                model[ids[at]] = ids[to]
    mains = {_main(model, one) for one in ids}
    assert {row.id for row in session.records("person")} == mains
    assert people_counted(session) == len(mains)


def _main(model: dict[str, str], one: str) -> str:
    path = [one]
    while path[-1] in model:
        after = model[path[-1]]
        if after in path:
            return min(path[path.index(after) :])
        path.append(after)
    return path[-1]


_KEPT: list[tuple[Session, list[str]]] = []


def _five_people(factory: pytest.TempPathFactory) -> tuple[Session, list[str]]:
    """One vault for all examples: each begins by undoing every alias."""
    if not _KEPT:
        session = Service(factory.mktemp("aliases")).found().open()
        codes = [f"CODE{number}M" for number, _ in zip(count(10), range(5), strict=False)]
        for code in codes:
            visit(session, code)
        _KEPT.append((session, sorted(person(session, code) for code in codes)))
    return _KEPT[0]


def test_a_child_is_kept_until_the_twenty_fifth_birthday() -> None:
    keeping = Keeping()
    assert keeping.until(date(2026, 11, 20), None) == date(2034, 11, 20)
    assert keeping.until(date(2026, 11, 20), date(1990, 5, 1)) == date(2034, 11, 20)
    assert keeping.until(date(2026, 11, 20), date(2011, 5, 1)) == date(2036, 5, 1)  # 15: to the 25th birthday
    assert keeping.until(date(2026, 11, 20), date(2009, 5, 1)) == date(2035, 5, 1)  # 17: to the 26th
    assert keeping.until(date(2024, 2, 29), None) == date(2032, 2, 29)


def test_a_colleague_cannot_open_what_is_closed_to_him(lead: Session, worker: Session) -> None:
    saved = visit(worker, "JOHN80M")
    visit(worker, "LUCY75F")
    in_step(worker, lead)
    friend = person(lead, "JOHN80M")
    made = lead.oversight.close_to(friend, worker.seat.seat_id)
    in_step(lead, worker)
    for attempt in (
        lambda: worker.record("person", friend),
        lambda: worker.record("nx_visit", saved),
        lambda: worker.history(friend),
        lambda: worker.last_visit_supplies(friend),
        lambda: worker.amend("person", friend, {"aliases": ["x"]}, "why"),
        lambda: worker.void("nx_visit", saved, "why"),
        lambda: visit(worker, "JOHN80M"),
        worker.oversight.closed,
    ):
        with pytest.raises(NotPermitted) as caught:
            attempt()
        assert caught.value.exit_code == 5
    assert [row.payload["code"] for row in worker.records("person")] == ["LUCY75F"]
    assert len(worker.records("nx_visit")) == 1
    assert worker.search("JOHN80M") == []
    assert worker.candidates("JOHN80M").count == 0
    assert people_counted(worker) == 2
    assert len(lead.history(friend)) == 1
    (one,) = lead.oversight.closed()
    assert (one.person_id, one.worker) == (friend, "Wim Worker")
    lead.oversight.open_to(made)
    in_step(lead, worker)
    assert len(worker.history(friend)) == 1


def test_the_mark_tells_nobody_else_who_is_meant(service: Service, lead: Session, worker: Session) -> None:
    visit(worker, "JOHN80M")
    in_step(worker, lead)
    friend = person(lead, "JOHN80M")
    lead.oversight.close_to(friend, worker.seat.seat_id)
    with service.join(lead, "Kim Colleague", "worker").opened() as kim:
        in_step(lead, kim)
        assert kim.record("person", friend).payload["code"] == "JOHN80M"
        marks = [state for table, state in _states(kim) if table == "closed"]
        assert len(marks) == 1
        for told in (friend, worker.seat.seat_id):
            assert bytes.fromhex(told.replace("-", "")) not in marks[0]
        assert [table for table, _ in _states(kim) if table == "interest"] == []


def _states(session: Session) -> list[tuple[str, bytes]]:
    record = METADATA.tables["record"]
    with session._context.vault.reader.connect() as connection:
        return [(row.tbl, row.state) for row in connection.execute(record.select())]


def test_the_audit_trail_tells_what_was_done_and_no_value(lead: Session, worker: Session, tmp_path: Path) -> None:
    saved = visit(lead, "JOHN80M")
    lead.record("nx_visit", saved)
    lead.record("nx_visit", saved)  # the same look
    lead.amend("nx_visit", saved, {"note": "zq77rowanq"}, "forgotten")
    lead.oversight.erase("nx_visit", saved, "mistake")
    lines = lead.oversight.audit()
    assert [one.n for one in lines] == list(range(1, len(lines) + 1))
    told = [(one.action, one.type, one.record_id) for one in lines if one.record_id == saved]
    assert told == [(action, "nx_visit", saved) for action in ("write", "open", "write", "erase")]
    assert lines[0].action == "unlock"
    file = tmp_path / "audit.csv"
    assert lead.oversight.export_audit(file) == len(lines)
    text = file.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "n,at,action,type,id,many"
    assert len(text.splitlines()) == len(lines) + 1
    assert "zq77rowanq" not in text
    assert "JOHN80M" not in text
    assert lead.oversight.audit()[-1].action == "export"
    assert [one.action for one in lines if one.action in ("invite", "approve")] == ["invite", "approve"]
    with pytest.raises(NotPermitted):
        worker.oversight.audit()


def test_a_trail_that_was_cut_or_rewritten_is_found(lead: Session, worker: Session) -> None:
    visit(worker, "JOHN80M")
    in_step(worker, lead)
    (head,) = lead.oversight.audit_heads()
    assert (head.laptop.person, head.flaw) == ("Wim Worker", "")
    assert head.entries > 0
    audit = METADATA.tables["audit"]
    replica = worker._context.vault.replica
    with replica.transaction() as tx:
        tx.connection.execute(update(audit).where(audit.c.n == 1).values(entry=b"\x80"))
    assert "audit_broken" in {one.code for one in worker.check_vault().findings}
    assert not worker.check_vault().ok
    with replica.transaction() as tx:
        tx.connection.execute(delete(audit))
    memory: Memory = replica._core.memory
    replica._core.memory = replace(memory, audit=NOTHING_YET)  # as if the trail began anew
    visit(worker, "LUCY75F")
    in_step(worker, lead)
    (finding,) = [one for one in lead.check_vault().findings if one.code.startswith("audit_")]
    assert finding.code == "audit_went_back"
    assert "Wim Worker" in finding.text


def test_police_requests_are_the_leads_alone(lead: Session, worker: Session) -> None:
    asked = {"made_on": "2026-11-20", "organisation": "The constabulary", "decision": "refused"}
    lead.save("police_request", asked)
    in_step(lead, worker)
    assert lead.count("police_request") == 1
    with pytest.raises(NotPermitted):
        worker.records("police_request")
    assert [table for table, _ in _states(worker) if table == "police_request"] == []
    with pytest.raises(BadInput):  # nothing is given without a basis and somebody who approved it
        lead.save("police_request", {**asked, "decision": "given"})


AFTER_EIGHT_YEARS = datetime(2034, 11, 25, 9, 0, tzinfo=UTC)


def test_what_was_kept_long_enough_needs_two_leads(service: Service, lead_desk: Desk) -> None:
    with lead_desk.opened() as lead:
        visit(lead, "JOHN80M", "2026-11-20")
        visit(lead, "LUCY75F", "2026-11-28")
        john, lucy = person(lead, "JOHN80M"), person(lead, "LUCY75F")
        assert lead.oversight.retention().due == ()
        other_desk = service.join(lead, "Ann Other", "lead")
        lead.sync_once()
    lead_later, other_later = moved_clock(lead_desk, AFTER_EIGHT_YEARS), moved_clock(other_desk, AFTER_EIGHT_YEARS)
    with lead_later.opened() as lead, other_later.opened() as other:
        in_step(lead, other)
        view = lead.oversight.retention()
        assert (view.years, view.said) == (8, False)
        assert [(one.person_id, one.last_contact, one.retain_until) for one in view.due] == [
            (john, "2026-11-20", "2034-11-20")
        ]
        with pytest.raises(BadInput):
            lead.oversight.propose(lucy)
        lead.oversight.hold(john, "an inquest")
        with pytest.raises(BadInput):
            lead.oversight.propose(john)
        lead.oversight.hold(john, "")
        proposal = lead.oversight.propose(john)
        with pytest.raises(NotPermitted):
            lead.oversight.confirm(proposal)
        in_step(lead, other)
        (due,) = other.oversight.retention().due
        assert (due.proposal, due.proposed_by, due.mine, due.held) == (proposal, "Lee Lead", False, "")
        assert other.oversight.confirm(proposal).people == 1
        in_step(other, lead)
        assert lead.oversight.retention().due == ()
        assert [row.id for row in lead.records("person")] == [lucy]
        (erasure,) = lead.oversight.erasures()
        assert (erasure.reason, erasure.by) == ("retention", "Ann Other")
