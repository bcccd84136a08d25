"""The first and the last day on which people were seen, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table

from broker_desktop import assets
from broker_desktop.records import CATALOGUE
from broker_desktop.records.codelist import CodeLists
from broker_desktop.store.database import open_engine
from broker_desktop.store.projection import Projection
from broker_desktop.store.seen_days import first_days, last_days

A, B, C = b"\x01" * 16, b"\x02" * 16, b"\xff" * 16
SEEN = [  # person, team, day, voided, met
    (A, "van", "2026-03-02", 0, 1),
    (A, "van", "2026-03-01", 0, 0),
    (A, "van", "2026-05-09", 0, 1),
    (A, None, "2026-04-01", 0, 1),
    (A, "", "2026-04-02", 0, 1),
    (A, "night", "2026-01-01", 1, 1),
    (B, "night", "2026-02-02", 0, 0),
    (C, "night", "2026-06-30", 0, 1),
    (C, "night", None, 0, 1),
    (None, "van", "2020-01-01", 0, 1),
]


@pytest.fixture
def projection() -> Projection:
    return Projection(CATALOGUE, CodeLists.load(assets.codes_csv()))


@pytest.fixture
def empty(projection: Projection, tmp_path: Path) -> Iterator[Connection]:
    engine = open_engine(tmp_path / "vault.db", bytearray(32), read_only=False)
    with engine.begin() as connection:
        projection.create(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def connection(empty: Connection, projection: Projection) -> Connection:
    for name in ("contact", "nx_visit"):
        put(empty, projection.table(name))
    return empty


def put(connection: Connection, table: Table) -> None:
    for number, (person, team, day, voided, met) in enumerate(SEEN):
        row = {one.name: "" for one in table.c if not one.nullable and one.name != "n"}
        row |= {"recorded_by": b"", "id": bytes([number]), "person": person, "day": day, "voided": voided, "met": met}
        connection.execute(table.insert().values(row | ({"c_team": team} if "c_team" in table.c else {})))


def test_first_days_by_team_of_what_met_somebody(connection: Connection, projection: Projection) -> None:
    assert sorted(first_days(connection, projection.table("contact"), met=True), key=str) == sorted(
        [(A, None, "2026-04-01"), (A, "", "2026-04-02"), (A, "van", "2026-03-02"), (C, "night", "2026-06-30")], key=str
    )


def test_last_days_before_a_day(connection: Connection, projection: Projection) -> None:
    found = last_days(connection, projection.table("contact"), "2026-05-09", met=True)
    assert sorted(found, key=str) == sorted(
        [(A, None, "2026-04-01"), (A, "", "2026-04-02"), (A, "van", "2026-03-02")], key=str
    )


def test_a_type_without_teams_takes_everything_that_is_not_voided(
    connection: Connection, projection: Projection
) -> None:
    visits = projection.table("nx_visit")
    assert "c_team" not in visits.c
    assert first_days(connection, visits, met=False) == [
        (A, None, "2026-03-01"), (B, None, "2026-02-02"), (C, None, "2026-06-30"),
    ]  # fmt: skip
    assert last_days(connection, visits, "2027-01-01", met=False) == [
        (A, None, "2026-05-09"), (B, None, "2026-02-02"), (C, None, "2026-06-30"),
    ]  # fmt: skip


def test_nobody_seen(empty: Connection, projection: Projection) -> None:
    assert first_days(empty, projection.table("contact"), met=True) == []
