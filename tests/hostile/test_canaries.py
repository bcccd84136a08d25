"""Fifty invented words are typed into every text field of the window; nobody who takes a disk or a server finds one.

Saved, amended, left as a draft, searched, synced and counted: then the server's database and log, the vaults of both
laptops, their data folders, the programs' logs and the temporary files are scanned in every spelling.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from broker_desktop.records import CATALOGUE
from broker_desktop.records.field import Codes, Field, PersonCode, Text, Texts
from broker_desktop.records.record_type import ADMIN, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import When
from broker_desktop.records.structure import Group, Keyed, Rows
from broker_desktop.session import Session, month_period
from broker_desktop.session.events import UpToDate
from broker_desktop.ui.pages.exchange import ExchangePage
from broker_desktop.ui.pages.page import Place
from tests.common.canaries import canaries, found
from tests.common.examples import example
from tests.common.programs import AFTER_THE_SAMPLES, PASSPHRASE, Server, Team
from tests.common.trained import train
from tests.common.windows import CTRL, Hands

KEY = Qt.Key
WORDS = canaries(50)
MONTH = "2026-11"
SHORTEST = len(WORDS[0])
NOT_THE_LEADS = [kind for kind in CATALOGUE if ADMIN not in kind.compartments]
"""The types that a nurse may list."""
AT_ONCE = 2
"""How many of the words a note takes."""

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@dataclass
class Sower:
    """Hands out the words in turn and remembers which were typed."""

    words: Iterator[str] = field(default_factory=lambda: cycle(WORDS))
    typed: set[str] = field(default_factory=set)

    def some(self, count: int) -> list[str]:
        """Give the next few words."""
        given = [next(self.words) for _ in range(count)]
        self.typed.update(given)
        return given

    def text(self, longest: int) -> str:
        """Give as many words as fit, at most `AT_ONCE`."""
        return " ".join(self.some(max(1, min(AT_ONCE, (longest + 1) // (SHORTEST + 2)))))


def holds_words(one: Field) -> bool:
    """Tell whether a field takes words that people make up; initials are too short to hold one."""
    return isinstance(one, Texts | PersonCode) or (isinstance(one, Text) and one.longest > SHORTEST + 2)


def sown(fields: tuple[Field, ...], given: dict[str, Any], sower: Sower) -> dict[str, Any]:
    """Put words into every text field of an example, at every depth; links to other records are left out."""
    payload: dict[str, Any] = {}
    for one in fields:
        value = given.get(one.name)
        asked = one.when is None or one.when.holds(given)
        if isinstance(one, RecordRef) or not asked:
            continue
        if isinstance(one, PersonRef):
            payload[one.name] = {"code": sower.some(1)[0]}
        elif holds_words(one):
            payload[one.name] = words_for(one, sower)
        elif isinstance(one, Keyed):
            payload |= {one.name: value} if value else {}
        elif isinstance(one, Rows):
            payload[one.name] = [sown(one.fields, row, sower) for row in value or [required(one.fields)]]
        elif isinstance(one, Group):
            inner = sown(one.fields, value or {}, sower)
            payload |= {one.name: inner} if inner else {}
        elif value is not None and not isinstance(value, dict):
            payload[one.name] = value
    return payload


def words_for(one: Field, sower: Sower) -> Any:
    """Give the words for one field."""
    if isinstance(one, PersonCode):
        return sower.some(1)[0]
    if isinstance(one, Texts):
        return sower.some(4)
    assert isinstance(one, Text)
    return sower.text(one.longest)


def required(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Answer what a row of a list cannot be without: days."""
    return {one.name: "2026-11-20" for one in fields if one.required}


@dataclass
class Searched:
    """Everything that may be taken from somebody, and the words that were typed."""

    folder: Path
    team: Team
    sower: Sower

    def scan(self) -> list[str]:
        """Look for every word in every file of server, laptops and temporary folders."""
        return found([self.folder], WORDS)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead with a window and a nurse's laptop; all their files lie below one folder."""
    folder = tmp_path_factory.mktemp("canaries")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server, now=AFTER_THE_SAMPLES)
        team.join("Nora Birch", "nurse")
        yield team


def sow(hands: Hands, sower: Sower) -> None:
    """Type words into every text field of every form except what is asked later, into searches and into reasons."""
    train(hands.workspace.session)
    for kind in CATALOGUE:
        if kind.name == "nx_visit":
            visit_with_words(hands, sower)
        else:
            record_with_words(hands, kind, sower)
    unfinished_form(hands, sower)
    searches(hands, sower)


def record_with_words(hands: Hands, kind: RecordType, sower: Sower) -> None:
    """Fill in a whole form and save it, and once more where other answers bring up other text fields."""
    for given in variants(kind):
        hands.workspace.go(Place("new", type=kind.name))
        hands.idle()
        hands.fill(sown(tuple(one for one in kind.fields if not one.later), given, sower))
        hands.press(KEY.Key_S, CTRL)
        hands.until(lambda: "saved" in hands.said())
        hands.idle()


def variants(kind: RecordType) -> list[dict[str, Any]]:
    """Give as few examples as will do under which every text field of a type is asked, except what is asked later."""
    given = [example(kind.name)]
    wanted = {one.name for one in kind.fields if not one.later and takes_words(one)}
    for name in sorted(wanted):
        if any(name in asked_for(kind, payload) for payload in given):
            continue
        opened = opening(kind, kind.by_name[name], given[0])
        for at, before in enumerate(given[1:], 1):
            if asked_for(kind, before) | {name} <= asked_for(kind, before | opened):
                given[at] = before | opened
                break
        else:
            given.append(given[0] | opened)
    assert wanted == set().union(*(asked_for(kind, payload) for payload in given)), kind.name
    return given


def takes_words(one: Field) -> bool:
    """Tell whether a field takes words itself or in a part of it."""
    return holds_words(one) or any(takes_words(inner) for inner in getattr(one, "fields", ()))


def asked_for(kind: RecordType, payload: dict[str, Any]) -> set[str]:
    """Give the fields for words that a new form with these answers asks."""
    return {one.name for one in kind.fields if takes_words(one) and is_asked(kind, one, payload)}


def is_asked(kind: RecordType, one: Field, payload: dict[str, Any]) -> bool:
    """Tell whether a new form asks a field, and what it hangs on."""
    if one.later or one.when is None:
        return not one.later
    return one.when.holds(payload) and is_asked(kind, opener(kind, one.when), payload)


def opener(kind: RecordType, when: When) -> Field:
    """Give the question on whose answer a condition looks."""
    return kind.by_name[when.field.partition(".")[0]]


def opening(kind: RecordType, one: Field, given: dict[str, Any]) -> dict[str, Any]:
    """Give the answers under which a field is asked, those that open the question it hangs on among them."""
    if one.when is None:
        return {}
    code, asked = one.when.codes[0], opener(kind, one.when)
    before = opening(kind, asked, given) if not is_asked(kind, asked, given) else {}
    if isinstance(asked, Rows):
        row = given[asked.name][-1] | {one.when.field.rpartition(".")[2]: code}
        return before | {asked.name: [*given[asked.name], row]}
    return before | {asked.name: [code] if isinstance(asked, Codes) else code}


def visit_with_words(hands: Hands, sower: Sower) -> None:
    """Save a visit of somebody new at the counter, then write a note on it and say why."""
    hands.press(KEY.Key_F2)
    page = hands.page
    assert isinstance(page, ExchangePage)
    hands.idle()
    hands.until(page.who.finder.box.hasFocus)
    hands.letters(sower.some(1)[0])
    hands.press(KEY.Key_N, CTRL)
    hands.press(KEY.Key_1)
    hands.until(lambda: page.who.known and not page.deaf)
    hands.answer(page.side.questions["site_type"], "mobile")
    hands.tab_to(lambda focus: focus is page.footer.save)
    hands.press(KEY.Key_Return)
    hands.until(lambda: "saved" in hands.said())
    hands.idle()
    visit = hands.workspace.session.records("nx_visit", limit=1)[0]
    hands.workspace.go(Place("edit", type="nx_visit", id=visit.id))
    hands.idle()
    fields = next(kind for kind in CATALOGUE if kind.name == "nx_visit").fields
    typed = [one for one in fields if holds_words(one)]
    opening = {one.when.field: [one.when.codes[0]] for one in typed if one.when is not None}
    hands.fill(opening | {one.name: words_for(one, sower) for one in typed})
    footer: Any = hands.page
    hands.tab_to(lambda focus: focus is footer.footer.reason)
    hands.letters(sower.some(1)[0])
    hands.press(KEY.Key_S, CTRL)
    hands.until(lambda: "saved" in hands.said())
    hands.idle()


def unfinished_form(hands: Hands, sower: Sower) -> None:
    """Leave a form as a draft."""
    hands.press(KEY.Key_2, CTRL)
    hands.idle()
    hands.fill({"note": sower.text(500)})
    hands.press(KEY.Key_Escape)
    hands.until(hands.workspace.session.drafts)
    hands.idle()


def searches(hands: Hands, sower: Sower) -> None:
    """Search people, filter a list, ask the counter for a code and the command box for a command."""
    hands.press(KEY.Key_F3)
    hands.idle()
    hands.letters(sower.some(1)[0])
    hands.idle()
    hands.workspace.go(Place("list", type="contact"))
    hands.idle()
    hands.press(KEY.Key_F, CTRL)
    hands.letters(sower.some(1)[0])
    hands.idle()
    hands.press(KEY.Key_F2)
    hands.idle()
    hands.letters(sower.some(1)[0])
    hands.press(KEY.Key_K, CTRL)
    hands.letters(sower.some(1)[0])
    hands.press(KEY.Key_Escape)


@pytest.fixture(scope="module")
def sower() -> Sower:
    """Whoever hands out the words."""
    return Sower()


def test_no_word_typed_anywhere_is_found_outside_the_vaults(team: Team, sower: Sower, qtbot: QtBot) -> None:
    files = Searched(team.folder, team, sower)
    with Hands(team.lead.environment, qtbot) as hands:
        hands.open_window()
        hands.unlock(PASSPHRASE)
        sow(hands, sower)
        assert sower.typed == set(WORDS), "every word was typed somewhere"
        session = hands.workspace.session
        hands.press(KEY.Key_F5)
        hands.until(lambda: isinstance(session.sync_status(), UpToDate) and session.custody_counts().laptop == 0)
        assert files.scan() == [], "while the window is open: database, log of the database, shared memory"
        exports_hold_no_word(session, team.folder)
        hands.press(KEY.Key_F12)
        hands.until(lambda: hands.restarts)
    assert files.scan() == [], "after the window was locked"
    the_office_has_all_of_it(team, sower)
    assert team.server.database.with_name("hub.db-wal").exists(), "the server was scanned at work"
    assert team.server.log.stat().st_size > 0
    assert files.scan() == [], "after the second laptop synced"
    team.server.stop()
    assert files.scan() == [], "after the server was stopped"


def exports_hold_no_word(session: Session, folder: Path) -> None:
    """Export the month as a lead does; figures hold no word, and stay among the files that are scanned."""
    summary = session.summary(month_period(MONTH), "internal")
    assert any(line.value for line in summary.lines)
    for kind in ("json", "csv", "xlsx"):
        path = folder / f"month.{kind}"
        session.export(summary, kind, path)
        if kind == "xlsx":
            with zipfile.ZipFile(path) as book:
                book.extractall(folder / "workbook")


def the_office_has_all_of_it(team: Team, sower: Sower) -> None:
    """Sync, search and list on the second laptop: everything that was saved stands there, in clear, for the nurse."""
    nurse = team.laptops[1]
    nurse.sync()
    with nurse.opened() as session:
        rows = [row for kind in NOT_THE_LEADS for row in session.records(kind.name)]
        shown = json.dumps([row.payload for row in rows]).lower()
    assert [word for word in WORDS if word not in shown] == []
    assert nurse.good("record", "list", "contact").code == 0
    assert nurse.good("search", WORDS[0]).code == 0


def test_the_scan_is_not_blind(team: Team, tmp_path: Path) -> None:
    nurse = team.laptops[1]
    with nurse.opened() as session:
        saved = session.save("contact", example("contact") | {"person": {"code": WORDS[5]}, "note": WORDS[6]}).id
    shown = nurse.good("record", "show", "contact", saved).out
    (tmp_path / "shown.json").write_text(shown, encoding="utf-8")
    assert found([tmp_path], WORDS), "a record in clear is found"


def test_no_word_of_a_refused_record_is_repeated_in_an_error(team: Team, tmp_path: Path) -> None:
    nurse = team.laptops[1]
    bad = example("contact") | {"person": {"code": WORDS[1]}, "setting": WORDS[2], "note": WORDS[3]}
    file = tmp_path / "bad.ndjson"
    file.write_text(json.dumps({"type": "contact", **bad}) + "\n" + '{"note": "' + WORDS[4] + '", \n', encoding="utf-8")
    said = [
        nurse.run("record", "add", "contact", "--data", json.dumps(bad)),
        nurse.run("record", "import", "mixed", "--file", str(file)),
    ]
    for ended in said:
        assert ended.code == 3
        assert [word for word in WORDS if word in ended.out + ended.err] == []
