"""The whole life of every record type, from its declaration alone: whoever adds one adds nothing here.

Two laptops of leads and a worker's share one server; another team's vault is empty. Everything is done once for all
types, and each test looks at what became of one. Forms filled by keys: tests/ui/test_every_form.py.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from broker_desktop.records import CATALOGUE
from broker_desktop.records.answer import Reason, answer
from broker_desktop.records.field import Text
from broker_desktop.records.record_type import COMMON, GENERAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.structure import Chain
from broker_desktop.session import RecordView, Session, as_json
from broker_desktop.session.refusals import obstacle
from tests.common.examples import example
from tests.common.trained import train
from tests.common.vaults import Service, in_step

UNKNOWN, DECLINED, UNASKED = (answer(reason) for reason in (Reason.UNKNOWN, Reason.DECLINED, Reason.NOT_ASKED))


@dataclass
class Life:
    """One record of a type: what it was, which questions were changed where, and what stood afterwards."""

    kind: RecordType
    id: str
    first: dict[str, Any]
    fields: list[str]
    listed: dict[str, Any] = field(default_factory=dict)
    spoken: str = ""
    found: bool = False
    comp: int | None = None
    worker_has: bool = False
    merged: dict[str, RecordView] = field(default_factory=dict)
    settled: dict[str, RecordView] = field(default_factory=dict)
    listed_after_void: list[str] = field(default_factory=list)
    voided: str | None = None
    again: tuple[int, ...] = ()
    elsewhere: dict[str, Any] = field(default_factory=dict)


def changeable(session: Session, kind: RecordType, payload: dict[str, Any]) -> list[str]:
    """Name three questions that can be refused now, one after the other, without another rule standing against it."""
    after, found = dict(payload), []
    cut = getattr(kind.compartment, "field", None)
    for one in kind.fields:
        fixed = not one.refusable or one.name in (kind.event_field, kind.state_field, cut)
        if fixed or isinstance(one, Chain | PersonRef):
            continue
        tried = {**after, one.name: UNKNOWN}
        if obstacle(session.check(kind.name, tried)) is None:
            after = tried
            found.append(one.name)
    return found[:3]


def numbers(session: Session, kind: RecordType, folder: Path, line: dict[str, Any]) -> tuple[int, ...]:
    path = folder / f"{kind.name}.ndjson"
    path.write_text(as_json.line(line) + "\n", encoding="utf-8")
    return tuple(session.import_file(kind.name, path).to_json().values())


def comp_of(session: Session, life: Life) -> int | None:
    table = session._context.vault.projection.table(life.kind.name)
    with session._context.vault.reader.connect() as connection:
        statement = select(table.c.comp).where(table.c.id == bytes.fromhex(life.id.replace("-", "")))
        found: int | None = connection.execute(statement).scalar()
        return found


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Life]]:
    folder = tmp_path_factory.mktemp("lives")
    service = Service(folder / "one")
    with service.found().opened() as first:
        desks = service.join(first, "Second Lead", "lead"), service.join(first, "Will Worker", "worker")
        with (
            desks[0].opened() as second,
            desks[1].opened() as worker,
            Service(folder / "two").found().opened() as other,
        ):
            train(first)
            train(other)
            found = [_born(first, kind) for kind in CATALOGUE]
            for life in found:
                life.again = numbers(first, life.kind, folder, life.listed)
                life.comp = comp_of(first, life)
                numbers(other, life.kind, folder, life.listed)
                rows = other.records(life.kind.name, where=[("id", life.id)])
                life.elsewhere = rows[0].payload if rows else {}
            in_step(first, second, worker)
            for life in found:
                mine, theirs, both = life.fields
                first.amend(life.kind.name, life.id, {mine: UNKNOWN, both: UNKNOWN}, "mine")
                second.amend(life.kind.name, life.id, {theirs: UNKNOWN, both: DECLINED}, "theirs")
            in_step(first, second, worker)
            for life in found:
                life.worker_has = comp_of(worker, life) is not None
                for name, session in (("first", first), ("second", second)):
                    life.merged[name] = session.record(life.kind.name, life.id)
            for life in found:
                (conflict,) = [one for one in life.merged["first"].conflicts if one.field == life.fields[2]]
                first.resolve_with(conflict.id, UNASKED)
            in_step(first, second)
            for life in found:
                life.settled["second"] = second.record(life.kind.name, life.id)
                first.void(life.kind.name, life.id, "a mistake")
            in_step(first, second)
            for life in found:
                life.listed_after_void = [row.id for row in second.records(life.kind.name)]
                life.voided = second.record(life.kind.name, life.id).voided
            yield {life.kind.name: life for life in found}


def _born(session: Session, kind: RecordType) -> Life:
    payload = example(kind.name)
    saved = session.save(kind.name, payload)
    (row,) = session.records(kind.name, where=[("id", saved.id)])
    life = Life(kind, saved.id, row.payload, changeable(session, kind, row.payload))
    life.listed, life.spoken = json.loads(as_json.line(as_json.row_json(row))), row.summary
    texts = [payload.get(one.name) for one in kind.fields if one.searchable and isinstance(one, Text)]
    words = next((text for text in texts if isinstance(text, str)), None)
    life.found = words is None or saved.id in {one.id for one in session.search(words)}
    return life


each_type = pytest.mark.parametrize("name", [kind.name for kind in CATALOGUE])


@each_type
def test_it_is_saved_listed_and_found_by_its_words(lives: dict[str, Life], name: str) -> None:
    life = lives[name]
    for key, value in example(name).items():
        stored = life.first[key]
        if isinstance(value, dict):  # what was not offered is said to be so when it is saved
            stored = {inner: stored[inner] for inner in value}
        assert stored == value, key
    assert life.spoken.startswith(life.kind.title)
    assert life.found


@each_type
def test_a_listing_is_imported_again_unchanged_and_elsewhere_as_it_was(lives: dict[str, Life], name: str) -> None:
    life = lives[name]
    assert life.again == (1, 0, 1, 0, 0)  # read, added, unchanged, amended, refused
    assert {key: value for key, value in life.elsewhere.items() if key in life.first} == life.first


@each_type
def test_it_is_sealed_for_its_compartment_and_a_worker_reads_it_only_with_that_key(
    lives: dict[str, Life], name: str
) -> None:
    life = lives[name]
    assert life.comp in life.kind.compartments
    assert life.worker_has is (life.comp in {GENERAL, COMMON})


@each_type
def test_changes_of_two_laptops_merge_and_the_same_question_is_a_conflict(lives: dict[str, Life], name: str) -> None:
    life = lives[name]
    mine, theirs, both = life.fields
    assert life.merged["first"].payload == life.merged["second"].payload
    for view in life.merged.values():
        assert (view.payload[mine], view.payload[theirs]) == (UNKNOWN, UNKNOWN)
        assert {(one.field, one.reason) for one in view.corrections} >= {(mine, "mine"), (theirs, "theirs")}
        (conflict,) = view.conflicts
        values = [json.dumps(one.value) for one in conflict.values]
        assert (conflict.field, sorted(values)) == (both, sorted(map(json.dumps, (UNKNOWN, DECLINED))))
    assert life.settled["second"].conflicts == ()
    assert life.settled["second"].payload[both] == UNASKED


@each_type
def test_taken_out_it_is_listed_no_more_and_stays_with_its_reason(lives: dict[str, Life], name: str) -> None:
    life = lives[name]
    assert (life.id in life.listed_after_void, life.voided) == (False, "a mistake")
