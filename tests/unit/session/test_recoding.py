"""Re-coding: words under "other" become a code in many records at once; the words stay, and it can be undone."""

from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.session import Session
from tests.common.vaults import Service, in_step

CONTACT = {
    "occurred_at": "2026-11-05T18:02:00+00:00",
    "kind": "drop_in",
    "setting": "squat_tent_car_park",
    "outcome": ["seen"],
    "person": None,
}


def said(session: Session, words: str, *codes: str) -> str:
    record = {**CONTACT, "substances": list(codes or ("other",)), "substances_other": words}
    return session.save("contact", record).id


def substances(session: Session, record_id: str) -> tuple[list[str], str]:
    payload = session.record("contact", record_id).payload
    return payload["substances"], payload["substances_other"]


def test_three_mephadrones_become_mephedrone_and_keep_their_words(lead: Session) -> None:
    """HAMP10-180: three records say "mephadrone" in three spellings of case and space; a fourth says "glue"."""
    first = said(lead, "mephadrone", "heroin", "other")
    second, third = said(lead, "Mephadrone "), said(lead, "MEPHADRONE", "other", "mephedrone")
    glue = said(lead, "glue")
    found = {one.words.lower(): (one.count, one.suggestion) for one in lead.recoding.words()}
    # "mephadrone" is one letter from the label Mephedrone; nothing in the list is like "glue".
    assert found == {"mephadrone": (3, "mephedrone"), "glue": (1, None)}

    made = lead.recoding.recode("contact", "substances", ["Mephadrone"], "mephedrone", "pack of March")
    assert made.count == 3
    assert substances(lead, first) == (["heroin", "mephedrone"], "mephadrone")
    assert substances(lead, second) == (["mephedrone"], "Mephadrone ")
    assert substances(lead, third) == (["mephedrone"], "MEPHADRONE")
    assert substances(lead, glue) == (["other"], "glue")
    assert lead.count("contact", where=[("substances", "mephedrone")]) == 3
    (correction,) = lead.record("contact", first).corrections
    assert (correction.field, correction.old, correction.new) == (
        "substances", ["heroin", "other"], ["heroin", "mephedrone"],
    )  # fmt: skip
    assert correction.reason == f"re-code {made.mark}: pack of March"
    assert [one.words for one in lead.recoding.words()] == ["glue"]


def test_a_whole_recoding_is_undone_but_for_what_somebody_changed_since(lead: Session) -> None:
    kept, changed = said(lead, "mephadrone", "heroin", "other"), said(lead, "mephadrone")
    made = lead.recoding.recode("contact", "substances", ["mephadrone"], "mephedrone", "pack of March")
    lead.amend("contact", changed, {"substances": ["mephedrone", "alcohol"]}, "told later")
    (listed,) = lead.recoding.done()
    assert (listed.mark, listed.code, listed.count, listed.standing) == (made.mark, "mephedrone", 2, 1)

    undone = lead.recoding.undo(made.mark)
    assert (undone.count, undone.left) == (1, 1)
    assert substances(lead, kept) == (["heroin", "other"], "mephadrone")
    assert substances(lead, changed) == (["mephedrone", "alcohol"], "mephadrone")
    assert [(one.words, one.count) for one in lead.recoding.words()] == [("mephadrone", 1)]
    with pytest.raises(NotFound):
        lead.recoding.undo("00000000")


def test_a_single_code_is_replaced_and_voided_records_are_left_alone(lead: Session) -> None:
    group = {"occurred_at": "2026-11-05", "topic": "other", "topic_other": "Overdose aid"}
    kept, gone = lead.save("group_session", group).id, lead.save("group_session", group).id
    lead.void("group_session", gone, "twice")
    code = next(one.code for one in lead.codes.entries("group_topic") if one.code != "other")
    assert lead.recoding.recode("group_session", "topic", ["overdose aid"], code, "tidy").count == 1
    assert lead.record("group_session", kept).payload["topic"] == code
    assert lead.record("group_session", gone).payload["topic"] == "other"


@pytest.mark.parametrize(
    ("field", "words", "code", "reason"),
    [
        ("substances", "mephadrone", "mephedrone", " "),
        ("substances", "mephadrone", "mephadrone", "why"),
        ("substances", "mephadrone", "other", "why"),
        ("advice", "mephadrone", "mephedrone", "why"),
        ("substances", "nobody said this", "mephedrone", "why"),
    ],
)
def test_what_cannot_be_recoded_changes_nothing(lead: Session, field: str, words: str, code: str, reason: str) -> None:
    one = said(lead, "mephadrone")
    with pytest.raises(BadInput):
        lead.recoding.recode("contact", field, [words], code, reason)
    assert lead.record("contact", one).corrections == ()


def test_a_data_officer_recodes_what_a_worker_wrote_and_a_worker_may_not(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead:
        worker_desk, data_desk = service.join(lead, "Wren", "worker"), service.join(lead, "Dee", "data")
        with worker_desk.opened() as worker, data_desk.opened() as data:
            one = said(worker, "mephadrone")
            with pytest.raises(NotPermitted):
                worker.recoding.words()
            in_step(worker, data)
            data.recoding.recode("contact", "substances", ["mephadrone"], "mephedrone", "pack of March")
            in_step(data, worker, lead)
            assert substances(worker, one) == (["mephedrone"], "mephadrone")
            assert [one.standing for one in lead.recoding.done()] == [1]
