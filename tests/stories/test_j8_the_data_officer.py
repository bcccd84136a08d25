"""J8: a data officer corrects and merges, on the pack portsmouth-2009-10 (requirements.md 5); real vaults, real sync.

A person worked the figures out. Ten people with a code come to the exchange in November 2026 and make eleven visits:
GORDON82M twice, everybody else once. So MS-05 begins at 10 and MS-04 at 11; one true merge makes MS-05 one less each
time and leaves MS-04 alone. Five pairs of the ten are alike: two letters swapped, a letter different, and so on.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NotPermitted
from broker_desktop.session import Session, month_period
from broker_desktop.session.pair_views import PairLine
from tests.common.vaults import Service, in_step

PAIRS = (
    ("GORDON82M", "GODRON82M"),
    ("KEIT71M", "KEIF71M"),
    ("MARY77F", "MARI77F"),
    ("STEPHEN75M", "STEVEN75M"),
    ("PAUL68M", "PAUL69M"),
)
BAND = {"GORDON82M": "35_44", "KEIT71M": "55_64", "MARY77F": "45_54", "STEPHEN75M": "45_54", "PAUL68M": "55_64"}


def visit(session: Session, code: str, day: str = "2026-11-20") -> str:
    payload = {
        "occurred_at": f"{day}T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
        "collecting_for": "self", "person": {"code": code},
    }  # fmt: skip
    return session.save("nx_visit", payload).id


def person(session: Session, code: str) -> str:
    (row,) = session.records("person", where=[("code", code)])
    return row.id


def figures(session: Session) -> tuple[object, object]:
    summary = session.summary(month_period("2026-11"))
    return summary.line("MS-05").value, summary.line("MS-04").value


def listed(session: Session) -> set[frozenset[str]]:
    return {frozenset({one.a, one.b}) for one in session.pairs.all()}


def pair_of(session: Session, one: str, other: str) -> PairLine:
    wanted = {person(session, one), person(session, other)}
    (line,) = [line for line in session.pairs.all() if {line.a, line.b} == wanted]
    return line


def own_records(session: Session, *people: str) -> dict[str, Any]:
    """Everything that stands about these people, as it was recorded."""
    kept: dict[str, Any] = {one: session.record("person", one).payload for one in people}
    for kind in ("nx_visit", "contact"):
        kept |= {row.id: row.payload for row in session.records(kind) if row.payload["person"]["id"] in people}
    return kept


def five_pairs(session: Session) -> None:
    """Ten people, five of them alike to another; area and age band make the weaker codes worth asking about."""
    for one, other in PAIRS:
        for code in (one, other):
            visit(session, code)
            session.amend("person", person(session, code), {"age_band": BAND[one], "locality": "portsmouth"}, "asked")
    visit(session, "GORDON82M", "2026-11-21")


def test_a_data_officer_merges_keeps_apart_and_takes_back(tmp_path: Path) -> None:
    service = Service(tmp_path, at=datetime(2026, 12, 2, 9, tzinfo=UTC))
    with service.found("Asha Reed").opened() as lead:
        desks = (
            service.join(lead, "Dana Data", "data", clinical=True),
            service.join(lead, "Nora Nurse", "nurse"),
            service.join(lead, "Wren Worker", "worker"),
        )
        five_pairs(lead)
        with desks[0].opened() as officer, desks[1].opened() as nurse, desks[2].opened() as worker:
            everybody = (lead, officer, nurse, worker)
            in_step(*everybody)
            assert figures(officer) == (10, 11)
            the_list_names_five_with_reasons(officer, worker)
            one_person(officer, lead)
            two_people(officer)
            a_nurse_looks_first(officer, nurse, everybody)
            service.clock.advance(3_600_000)  # the next hour
            what_was_away_lands_on_the_kept_person(worker, officer, everybody)
            values_for_a_person_to_choose(lead, worker, everybody)
            a_wrong_merge_is_taken_back(officer, everybody)
            words_become_a_code(officer, worker, everybody)
            for session in (lead, officer, nurse, worker):
                assert figures(session) == (8, 12), "10 people and one who came later, less three true merges"


def the_list_names_five_with_reasons(officer: Session, worker: Session) -> None:
    # Steps 1 and 2.
    assert listed(officer) == {frozenset({person(officer, one), person(officer, other)}) for one, other in PAIRS}
    assert officer.worklist("W8").count == 5
    line = pair_of(officer, "GORDON82M", "GODRON82M")
    # Two letters swapped 50, the same area 10, the same age band 5.
    assert (line.score, line.reasons) == (
        65,
        ("The code with two letters swapped", "The same area", "The same age band"),
    )
    assert figures(officer) == (10, 11), "listed, not merged"
    assert worker.pairs.all() == [], "who is who is for a lead or data officer"
    view = officer.pairs.pair(line.a, line.b)
    assert [field.name for field in view.fields if field.differs] == ["code"]
    assert sorted((*view.a_records, *view.b_records)) == [("Needle-exchange visits", 1), ("Needle-exchange visits", 2)]


def one_person(officer: Session, lead: Session) -> None:
    # Step 3: MS-05 falls by one, MS-04 stays; the trail says who, what and why.
    kept, absorbed = person(officer, "GORDON82M"), person(officer, "GODRON82M")
    officer.pairs.same(absorbed, kept, "same man, says he")
    assert figures(officer) == (9, 11)
    in_step(officer, lead)
    assert figures(lead) == (9, 11)
    (said,) = [one for one in lead.record("person", absorbed).corrections if one.field == "_alias"]
    assert (said.reason, said.by) == ("same man, says he", "Dana Data")
    assert len(lead.history(kept)) == 3


def two_people(officer: Session) -> None:
    # Step 4.
    line = pair_of(officer, "KEIT71M", "KEIF71M")
    officer.pairs.not_same(line.a, line.b, "father and son")
    assert len(officer.pairs.all()) == 3
    officer.amend("person", line.a, {"sex": "male"}, "asked")
    assert len(officer.pairs.all()) == 3, "not asked again, whatever else is learnt"
    assert officer.pairs.pair(line.a, line.b).not_same == "father and son"


def a_nurse_looks_first(officer: Session, nurse: Session, everybody: tuple[Session, ...]) -> None:
    # Step 5: a result that sits on one of them is a nurse's to look at, with a note; nothing is merged before.
    wrong, right = person(nurse, "MARI77F"), person(nurse, "MARY77F")
    nurse.save(
        "bbv_test",
        {"person": {"id": wrong}, "offered_on": "2026-11-23", "setting": "fixed_nx", "state": "offered"},
    )
    in_step(*everybody)
    assert nurse.worklist("W8").count == 1
    with pytest.raises(NotPermitted) as refused:
        officer.pairs.same(wrong, right, "one woman")
    assert refused.value.code == "SAME-5"
    assert figures(officer) == (9, 11)
    with pytest.raises(NotPermitted):
        officer.pairs.sign_off(wrong, right, "looks fine to me")
    nurse.pairs.sign_off(wrong, right, "Card was labelled with the wrong code; the test is hers.")
    in_step(*everybody)
    assert officer.pairs.pair(wrong, right).signed_by == "Nora Nurse"
    officer.pairs.same(wrong, right, "one woman, the nurse has looked")
    assert figures(officer) == (8, 11)
    assert nurse.worklist("W8").count == 0


def what_was_away_lands_on_the_kept_person(worker: Session, officer: Session, everybody: tuple[Session, ...]) -> None:
    # Step 6: the worker's laptop has not heard of the last merge and goes on with the code that was absorbed.
    assert figures(worker) == (9, 11)
    late = visit(worker, "MARI77F", "2026-11-30")
    in_step(*everybody)
    assert figures(officer) == (8, 12)
    assert late in [row.id for row in officer.history(person(officer, "MARY77F"))]
    assert late in [row.id for row in officer.worklist("W12").rows if row.key == "redirected"]


def values_for_a_person_to_choose(lead: Session, worker: Session, everybody: tuple[Session, ...]) -> None:
    # Step 7: of two housing answers the newer one stands; "do not contact" is somebody's safety and must be chosen.
    who = person(lead, "PAUL68M")
    lead.amend("person", who, {"accommodation_need": "problem", "do_not_contact": "no"}, "said so")
    worker.amend("person", who, {"accommodation_need": "urgent_problem", "do_not_contact": "yes"}, "said so")
    in_step(*everybody)
    found = {one.field: one for one in lead.conflicts() if one.record_id == who}
    assert {name: one.must_choose for name, one in found.items()} == {
        "accommodation_need": False,
        "do_not_contact": True,
    }
    assert lead.record("person", who).payload["accommodation_need"] == "urgent_problem"
    assert {value.by for value in found["accommodation_need"].values} == {"Asha Reed", "Wren Worker"}
    red = {row.id: row.red for row in lead.worklist("W12").rows if row.key == "conflict"}
    assert {red[one.id] for one in found.values() if one.must_choose} == {True}
    for one in found.values():
        lead.resolve(one.id, 1)
    assert lead.conflicts() == []


def a_wrong_merge_is_taken_back(officer: Session, everybody: tuple[Session, ...]) -> None:
    # Step 8: both stand as before, with what each of them had.
    one, other = person(officer, "STEPHEN75M"), person(officer, "STEVEN75M")
    before, counted = own_records(officer, one, other), figures(officer)
    officer.pairs.same(other, one, "sounds the same")
    assert figures(officer) == (7, 12)
    (line,) = [line for line in officer.pairs.decided() if line.a == other]
    officer.pairs.undo(line, "two men after all")
    assert (own_records(officer, one, other), figures(officer)) == (before, counted)
    in_step(*everybody)
    for session in everybody:
        assert own_records(session, one, other) == before


def words_become_a_code(officer: Session, worker: Session, everybody: tuple[Session, ...]) -> None:
    # Step 9: three contacts say "mephadrone"; the code comes, the words stay.
    for day in ("2026-12-01", "2026-12-01", "2026-12-02"):
        worker.save(
            "contact",
            {"occurred_at": f"{day}T08:00:00+00:00", "kind": "found_on_shift", "setting": "squat_tent_car_park",
             "person": None, "outcome": ["engaged"], "substances": ["other"], "substances_other": "mephadrone",
             "next_step": {"type": "none"}},
        )  # fmt: skip
    in_step(*everybody)
    (words,) = [one for one in officer.recoding.words() if one.words == "mephadrone"]
    assert words.count == 3
    assert officer.recoding.recode("contact", "substances", ["mephadrone"], "mephedrone", "spelling").count == 3
    kept = [row.payload for row in officer.records("contact")]
    assert [(one["substances"], one["substances_other"]) for one in kept] == [(["mephedrone"], "mephadrone")] * 3


def test_father_and_son_are_not_even_asked_about(tmp_path: Path) -> None:
    # Same name, same day and month of birth, 27 years apart: two people (requirements.md J8, step 4).
    with Service(tmp_path).found().opened() as lead:
        for year in (1955, 1982):
            lead.save("person", {
                "identity_level": "named", "given_name": "John", "family_name": "Reed", "born_on": f"{year}-05-04",
                "accommodation_need": "no_problem", "parental_status": "not_a_parent",
            })  # fmt: skip
        assert lead.pairs.all() == []
