"""The index of what waits: whatever order records come in, what stands open is what the declarations say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from broker_desktop.records.field import Code, Day, Field
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.rules import When
from broker_desktop.records.worklist import ClearedBy, Due, Waits, WaitsForPerson, later
from broker_desktop.session.reference_data import code_lists
from broker_desktop.store.database import open_engine
from broker_desktop.store.projection import Projection
from broker_desktop.store.tables import METADATA
from sync.replica import ChangedRow

PEOPLE = [bytes([0x20 + n]) * 16 for n in range(3)]
FIELDS: tuple[Field, ...] = (
    PersonRef(name="person", label="Who"),
    Day(name="on", label="On", required=True, refusable=False),
    Code(name="what", label="What", list_id="outcome"),
)


def third_dose(payloads: Sequence[object]) -> date | None:
    """A month after the last of fewer than three."""
    last = payloads[-1]
    assert isinstance(last, dict)
    return None if len(payloads) >= 3 else later(date.fromisoformat(last["on"]), months=1)


def kind(name: str, *waits: Waits | WaitsForPerson) -> RecordType:
    return RecordType(
        name=name, version=1, title=name, plural=name, icon="user", help=".", compartment=GENERAL, event_field="on",
        fields=FIELDS, waits=waits,
    )  # fmt: skip


STEP = Waits(
    worklist="W1", key="step", reason="Next step", when=(When("what", ("seen",)),), due=Due("on", days=7),
    cleared_by=(ClearedBy("step"), ClearedBy("help", when=(When("what", ("seen",)),))),
)  # fmt: skip
NEXT = WaitsForPerson(worklist="W5", key="dose", reason="Next dose", next_day=third_dose, action="new:dose")
TYPES = (kind("step", STEP), kind("help"), kind("dose", NEXT))


@dataclass(frozen=True)
class Row:
    """A record of the toy team."""

    type: str
    id: bytes
    person: bytes | None
    on: int
    what: str = "seen"
    voided: bool = False
    erased: bool = False

    def changed(self) -> ChangedRow:
        shown = {
            "person": self.person, "on": f"2026-11-{self.on:02d}", "what": self.what,
            "_made": {"at": "2026-11-30T09:00:00+00:00", "seat": b"s" * 16},
        }  # fmt: skip
        if self.voided:
            shown["_void"] = {"reason": "twice"}
        return ChangedRow(
            table=self.type, row=self.id, comp=GENERAL, shown={} if self.erased else shown, conflicts={}, own=True,
            recorded_ms=1000 + self.id[0], erased=self.erased,
        )  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = open_engine(Path(tmp_path_factory.mktemp("waiting")) / "v.db", bytearray(32), read_only=False)
    METADATA.create_all(made)
    yield made
    made.dispose()


def fresh(connection: Connection) -> Projection:
    projection = Projection(TYPES, code_lists(None))
    projection.drop(connection)
    projection.create(connection)
    return projection


def waiting(connection: Connection) -> list[tuple[bytes, str, str, bool]]:
    found = connection.exec_driver_sql("SELECT id, key, due, cleared_by IS NULL FROM waiting ORDER BY id, key")
    return [(row[0], row[1], row[2], bool(row[3])) for row in found]


def project(connection: Connection, projection: Projection, *batches: Sequence[Row]) -> None:
    for batch in batches:
        projection.project(connection, [row.changed() for row in batch])


def id_of(number: int) -> bytes:
    return bytes([number]) * 16


def test_a_step_waits_a_week_and_a_later_record_ends_it(engine: Engine) -> None:
    # Seen on the 2nd: due on the 9th. Seen again on the 5th: the first is ended, the second waits until the 12th.
    first, second = Row("step", id_of(1), PEOPLE[0], 2), Row("step", id_of(2), PEOPLE[0], 5)
    with engine.begin() as connection:
        projection = fresh(connection)
        project(connection, projection, [first])
        assert waiting(connection) == [(id_of(1), "step", "2026-11-09", True)]
        project(connection, projection, [second])
        expected = [(id_of(1), "step", "2026-11-09", False), (id_of(2), "step", "2026-11-12", True)]
        assert waiting(connection) == expected
        project(connection, projection, [replace(second, voided=True)])
        assert waiting(connection) == [(id_of(1), "step", "2026-11-09", True)], "taken out, it ends nothing"
        project(connection, projection, [replace(first, what="declined")])
        assert waiting(connection) == [], "nothing was agreed after all"


def test_of_two_steps_of_one_day_the_later_one_waits(engine: Engine) -> None:
    # Both on the 2nd, recorded one after the other (by their ids here): were each to end the other, both were lost.
    with engine.begin() as connection:
        projection = fresh(connection)
        project(connection, projection, [Row("step", id_of(1), PEOPLE[0], 2), Row("step", id_of(2), PEOPLE[0], 2)])
        assert [(row[0], row[3]) for row in waiting(connection)] == [(id_of(1), False), (id_of(2), True)]


def test_help_of_the_same_day_ends_the_wait_unless_it_says_otherwise(engine: Engine) -> None:
    step, help_ = Row("step", id_of(1), PEOPLE[0], 2), Row("help", id_of(2), PEOPLE[0], 2)
    with engine.begin() as connection:
        projection = fresh(connection)
        project(connection, projection, [help_], [step])
        assert [row[3] for row in waiting(connection)] == [False]
        project(connection, projection, [replace(help_, what="declined")])
        assert [row[3] for row in waiting(connection)] == [True], "the rule asks for help that was taken"
        project(connection, projection, [replace(help_, person=PEOPLE[1])])
        assert [row[3] for row in waiting(connection)] == [True], "somebody else was helped"
        project(connection, projection, [help_], [replace(help_, erased=True)])
        assert [row[3] for row in waiting(connection)] == [True], "what is erased ends nothing"


def test_what_waits_for_a_person_follows_all_their_records(engine: Engine) -> None:
    # Doses on 2 and 5 November: the third is due on 5 December. The second moves to somebody else: theirs is due then.
    doses = [Row("dose", id_of(1), PEOPLE[0], 2), Row("dose", id_of(2), PEOPLE[0], 5)]
    with engine.begin() as connection:
        projection = fresh(connection)
        project(connection, projection, doses)
        assert waiting(connection) == [(PEOPLE[0], "dose", "2026-12-05", True)]
        project(connection, projection, [replace(doses[1], person=PEOPLE[1])])
        expected = [(PEOPLE[0], "dose", "2026-12-02", True), (PEOPLE[1], "dose", "2026-12-05", True)]
        assert waiting(connection) == expected
        project(connection, projection, [Row("dose", id_of(3), PEOPLE[0], 9), Row("dose", id_of(4), PEOPLE[0], 9)])
        assert waiting(connection) == [(PEOPLE[1], "dose", "2026-12-05", True)], "three doses, nothing more is due"


_ROWS = st.builds(
    Row,
    type=st.sampled_from(["step", "help", "dose"]),
    id=st.integers(1, 9).map(id_of),
    person=st.sampled_from([*PEOPLE, None]),
    on=st.integers(1, 5),
    what=st.sampled_from(["seen", "declined"]),
    voided=st.booleans(),
    erased=st.sampled_from([False, False, False, True]),
)


def open_by_hand(rows: Sequence[Row]) -> set[tuple[bytes, str]]:
    """Say who waits by looking at every pair of records."""
    alive = [row for row in rows if not row.voided and not row.erased]

    def ended(step: Row) -> bool:
        return any(
            other.person == step.person is not None
            and other.id != step.id
            and (
                (other.type == "step" and (other.on, other.id) > (step.on, step.id))
                or (other.type == "help" and other.what == "seen" and other.on >= step.on)
            )
            for other in alive
        )

    doses = {
        (person, "dose")
        for person in PEOPLE
        if 0 < sum(row.type == "dose" and row.person == person for row in alive) < 3
    }
    return doses | {(row.id, "step") for row in alive if row.type == "step" and row.what == "seen" and not ended(row)}


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(_ROWS, min_size=1, max_size=4, unique_by=lambda row: row.id), max_size=6))
def test_any_order_of_changes_leaves_what_the_records_say(engine: Engine, batches: list[list[Row]]) -> None:
    kinds: dict[bytes, str] = {}
    last: dict[bytes, Row] = {}
    with engine.begin() as connection:
        projection = fresh(connection)
        for batch in batches:
            kept = [replace(row, type=kinds.setdefault(row.id, row.type)) for row in batch]
            kept = [row for row in kept if not (row.id in last and last[row.id].erased)]
            last.update((row.id, row) for row in kept)
            project(connection, projection, kept)
        told = {(row[0], row[1]) for row in waiting(connection) if row[3]}
        assert told == open_by_hand(list(last.values()))
        again = fresh(connection)
        project(connection, again, sorted(last.values(), key=lambda row: row.id, reverse=True))
        assert {(row[0], row[1]) for row in waiting(connection) if row[3]} == told
