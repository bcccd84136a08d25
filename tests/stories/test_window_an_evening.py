"""An evening at the counter and on the street, in the real window, by keys alone; then the office sees all of it."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from broker_desktop.session import as_json
from broker_desktop.session.events import UpToDate
from broker_desktop.ui.pages.exchange import ExchangePage
from broker_desktop.ui.start import Behind, Left, Start
from tests.common.programs import PASSPHRASE, Laptop, Server, Team
from tests.common.windows import CTRL, HANDS, Hands

KEY = Qt.Key
REPEAT_VISIT = {"packs": {"PK_1ML_10": 2}, "items": {"CITRIC": 20}}


@dataclass
class Evening:
    """The van's laptop with its window, and the office's laptop."""

    hands: Hands
    van: Laptop
    office: Laptop
    server: Server

    def records(self, type_name: str) -> list[dict[str, Any]]:
        """List what the window's vault holds, newest event first."""
        return [as_json.row_json(row) for row in self.hands.workspace.session.records(type_name)]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead in the van and a nurse in the office; one person came last week."""
    folder = tmp_path_factory.mktemp("evening")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server)
        team.join("Nora Birch", "nurse")
        with team.lead.opened() as van:
            last_week = {"occurred_at": van.today().day, "site_type": "mobile", "site": "mobile_exchange"}
            van.save("nx_visit", {**last_week, **REPEAT_VISIT, "person": {"code": "JOHN80M"}})
        yield team


@pytest.fixture
def evening(team: Team, qtbot: QtBot) -> Iterator[Evening]:
    """The window unlocked by its passphrase."""
    with Hands(team.lead.environment, qtbot) as hands:
        hands.program.window.resize(1280, 720)
        hands.open_window()
        hands.unlock(PASSPHRASE)
        yield Evening(hands, team.lead, team.laptops[1], team.server)


def exchange(hands: Hands) -> ExchangePage:
    """Open the needle exchange and wait for the cursor in "Who is it?"."""
    hands.press(KEY.Key_F2)
    page = hands.page
    assert isinstance(page, ExchangePage)
    hands.idle()
    hands.until(page.who.finder.box.hasFocus)
    return page


def test_a_repeat_visit_needs_six_presses(evening: Evening) -> None:
    hands = evening.hands
    before = len(evening.records("nx_visit"))
    hands.presses = 0
    page = exchange(hands)
    hands.letters("JO8")
    hands.press(KEY.Key_Return)
    hands.idle()
    hands.until(lambda: not page.deaf and page.footer.save.hasFocus())
    hands.press(KEY.Key_Return)
    hands.until(lambda: "saved" in hands.said())
    assert hands.presses == 6
    visits = evening.records("nx_visit")
    assert len(visits) == before + 1
    assert {name: visits[0][name] for name in REPEAT_VISIT} == REPEAT_VISIT
    assert visits[0]["person"] == visits[-1]["person"], "the same person as last week"
    assert visits[0]["custody"] == "laptop"
    hands.idle()
    assert page.who.finder.box.hasFocus(), "the next visit needs five"


def test_an_anonymous_visit_needs_four_presses(evening: Evening) -> None:
    hands = evening.hands
    before = len(evening.records("nx_visit"))
    hands.presses = 0
    page = exchange(hands)
    hands.press(KEY.Key_F8)
    hands.press(KEY.Key_1)
    hands.until(lambda: not page.deaf and page.footer.save.hasFocus())
    hands.press(KEY.Key_Return)
    hands.until(lambda: "saved" in hands.said())
    assert hands.presses == 4
    newest = evening.records("nx_visit")[0]
    assert len(evening.records("nx_visit")) == before + 1
    assert newest["person"] is None
    first_pack = page.supplies.tiles[0].code
    assert newest["packs"] == {first_pack: 1}


def new_by_name(hands: Hands, words: str) -> None:
    """Open a new form by the command box."""
    hands.press(KEY.Key_K, CTRL)
    hands.letters(words)
    hands.press(KEY.Key_Return)
    hands.idle()


def saved_by_keys(evening: Evening, type_name: str, answers: dict[str, Any]) -> dict[str, Any]:
    """Fill in the open form, save with Ctrl+S, and give the record."""
    hands = evening.hands
    before = {record["id"] for record in evening.records(type_name)}
    hands.idle()
    hands.fill(answers)
    hands.press(KEY.Key_S, CTRL)
    hands.until(lambda: "saved" in hands.said())
    hands.idle()
    new = [record for record in evening.records(type_name) if record["id"] not in before]
    assert len(new) == 1
    return new[0]


def test_one_record_of_each_type_stands_in_the_office_after_both_sync(evening: Evening) -> None:
    hands = evening.hands
    day = hands.workspace.session.today().day
    person = {"code": "WREN84M"}
    new_by_name(hands, "new person")
    somebody = saved_by_keys(
        evening, "person", {"identity_level": "code", "code": "wren 84 m", "age_band": "35_44", "sex": "male"}
    )
    assert (somebody["code"], somebody["age_band"], somebody["sex"]) == ("WREN84M", "35_44", "male")
    new_by_name(hands, "new session")
    session = saved_by_keys(evening, "session", {"kind": "mobile_run", "staff": 2, "note": "wet and quiet"})
    assert (session["kind"], session["staff"], session["note"]) == ("mobile_run", 2, "wet and quiet")
    hands.press(KEY.Key_2, CTRL)
    contact = saved_by_keys(
        evening, "contact",
        {"kind": "found_on_shift", "setting": "street", "person": person, "needs": ["housing"],
         "housing_need": "urgent_problem",
         "offers": {"bbv": "declined"}, "outcome": ["seen", "referral_made"],
         "next_step": {"type": "see_again", "note": "by the bridge"}, "note": "under the arches"},
    )  # fmt: skip
    assert contact["person"] == {"id": somebody["id"]}
    assert contact["outcome"] == ["seen", "referral_made"]
    assert contact["offers"] == {
        "bbv": "declined", "needle_exchange": "not_asked", "naloxone": "not_asked", "broker": "not_asked",
        "referral": "not_asked",
    }  # fmt: skip
    assert contact["next_step"] == {"type": "see_again", "note": "by the bridge"}
    hands.press(KEY.Key_3, CTRL)
    referral = saved_by_keys(
        evening, "referral",
        {"person": person, "contact": {"id": contact["id"]}, "direction": "out", "destination": "housing",
         "consent": {"feedback": "yes", "recorded_on": day},
         "events": [{"event": "made", "on": day, "evidence": "with_broker"}]},
    )  # fmt: skip
    assert (referral["made_on"], referral["contact"]) == (day, {"id": contact["id"]})
    assert referral["events"] == [{"event": "made", "on": day, "evidence": "with_broker"}]
    hands.press(KEY.Key_4, CTRL)
    test = saved_by_keys(
        evening, "bbv_test",
        {"person": person, "setting": "mobile_van", "state": "sample_taken", "method": "dried_blood_spot",
         "analytes": ["ANTI_HCV", "HBSAG"], "card_id": "DBS2611001", "taken_at": f"{day}T00:01"},
    )  # fmt: skip
    assert (test["analytes"], test["card_id"]) == (["ANTI_HCV", "HBSAG"], "DBS2611001")

    hands.press(KEY.Key_F5)
    hands.until(lambda: isinstance(hands.workspace.session.sync_status(), UpToDate))
    hands.until(lambda: hands.workspace.session.custody_counts().laptop == 0)
    evening.office.sync()
    stands_in_the_office(evening, person=somebody, session=session, contact=contact, referral=referral, bbv_test=test)


def stands_in_the_office(evening: Evening, **written: dict[str, Any]) -> None:
    """Compare every list word for word; custody is the only thing that may differ between two laptops."""
    told = ("custody", "recorded_at")
    for name in (*written, "nx_visit"):
        theirs = {one["id"]: one for one in evening.office.good("record", "list", name).lines}
        ours = {one["id"]: one for one in evening.records(name)}
        assert ours
        assert [without(one, told) for one in theirs.values()] == [without(one, told) for one in ours.values()]
        assert all(one["custody"] in ("hub", "seen") for one in ours.values())
    for name, record in written.items():
        shown = evening.office.good("record", "show", name, record["id"]).json
        assert {field: shown[field] for field in record if field not in told} == without(record, told)


def without(record: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Leave names out of a record."""
    return {name: value for name, value in record.items() if name not in names}


@pytest.mark.parametrize("way", sorted(HANDS))
def test_f12_hides_everything_at_once_and_the_form_comes_back(team: Team, qtbot: QtBot, way: str) -> None:
    with HANDS[way](team.lead.environment, qtbot) as hands:
        f12_in_the_middle_of_a_word(hands, team)
    with HANDS[way](team.lead.environment, qtbot) as hands:
        the_form_is_back(hands)
    with team.lead.opened() as session:
        for draft in session.drafts():  # closing the window kept the form once more
            session.drop_draft(draft.id)


def f12_in_the_middle_of_a_word(hands: Hands, team: Team) -> None:
    """Hide a half-written contact, and press what somebody else would press then."""
    hands.open_window()
    hands.unlock(PASSPHRASE)
    hands.press(KEY.Key_2, CTRL)
    hands.idle()
    hands.fill({"kind": "phone", "note": "half a senten"})
    hands.press(KEY.Key_F12)
    hands.until(lambda: hands.restarts)
    assert hands.program.shield.isVisible()
    assert hands.program.window.workspace() is None
    assert hands.program.window.windowTitle() == "Broker Desktop"
    start = Start.read(hands.restarts[0])
    assert (start.folder, start.behind, start.left, start.vault) == (
        team.lead.environment.data_dir, Behind.SHIELD, Left.FORM, 1
    )  # fmt: skip
    hands.press(KEY.Key_Space)
    hands.letters("anything")
    assert hands.program.shield.isVisible(), "nothing but Enter leaves the shield"
    with team.lead.opened() as free:
        assert [draft.payload["note"] for draft in free.drafts() if draft.type == "contact"] == ["half a senten"]


def the_form_is_back(hands: Hands) -> None:
    """Come back in the process that the lock left behind: shield, passphrase, the form with its cursor."""
    hands.show()
    hands.program.start_shielded()
    hands.press(KEY.Key_Return)
    hands.until(lambda: not hands.program.shield.isVisible())
    hands.unlock(PASSPHRASE)
    hands.until(lambda: hands.workspace.place.page == "new")
    hands.idle()
    note = hands.form.questions["note"]
    hands.until(lambda: hands.form.question_of(hands.focus) is note)
    hands.press(KEY.Key_End, CTRL)
    hands.letters("ce")
    assert note.value() == "half a sentence"
    assert hands.form.questions["kind"].value() == "phone"


def test_f12_locks_even_when_there_is_no_room_for_the_draft(team: Team, qtbot: QtBot) -> None:
    with Hands(team.lead.environment, qtbot) as hands:
        hands.open_window()
        hands.unlock(PASSPHRASE)
        hands.press(KEY.Key_2, CTRL)
        hands.idle()
        hands.fill({"note": "nowhere to put this"})
        with no_file_may_grow():
            hands.press(KEY.Key_F12)
        hands.until(lambda: hands.restarts)
        assert hands.program.shield.isVisible()
        with team.lead.opened() as free:
            assert free.drafts() == []


@contextmanager
def no_file_may_grow() -> Iterator[None]:
    """Take every byte of the disk away from this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_wrong_passphrase_keeps_what_was_typed(team: Team, qtbot: QtBot) -> None:
    with Hands(team.lead.environment, qtbot) as hands:
        hands.open_window()
        page: Any = hands.program.window.centralWidget()
        hands.until(page.box.hasFocus)
        hands.letters("not the passphrase")
        hands.press(KEY.Key_Return)
        hands.until(page._wrong_line.isVisible)
        assert page._wrong.text().startswith("That is not the passphrase. Nothing is lost.")
        assert page.box.hasSelectedText(), "the next key replaces it"
        assert page.box.text() == "not the passphrase"
        hands.unlock(PASSPHRASE)
