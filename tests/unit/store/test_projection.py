"""The projection is derived: it can be thrown away at any time and comes back as it was."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.records import CATALOGUE
from broker_desktop.session import Session
from broker_desktop.session.reference_data import code_lists
from broker_desktop.store.bodies import body_payload, body_text
from broker_desktop.store.projection import Projection, code_columns
from broker_desktop.store.search import match_expression
from broker_desktop.store.system_rows import wire_json, wire_value
from tests.common.examples import example
from tests.common.trained import train
from tests.common.vaults import Desk, Service


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Service(tmp_path_factory.mktemp("service")).found()


@pytest.fixture
def lead(made_once: Desk, tmp_path: Path) -> Iterator[Session]:
    folder = tmp_path / "vault"
    shutil.copytree(made_once.folder, folder)
    with Desk(folder, made_once.environment, made_once.transport, made_once.keys).opened() as session:
        yield session


def everything(session: Session) -> dict[str, list[object]]:
    tables = {}
    with session._context.vault.reader.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name GLOB 'r_*' OR name IN "
            "('team', 'worker', 'change', 'alias', 'search_entry', 'waiting', 'quiet'))"
        ).scalars()
        for name in sorted(names):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()
            tables[name] = sorted(repr({key: row[key] for key in row if key != "n"}) for row in rows)
    return tables


def test_a_rebuilt_projection_is_the_same(lead: Session) -> None:
    train(lead)
    for kind in CATALOGUE:
        lead.save(kind.name, example(kind.name))
    lead.void("referral", lead.records("referral")[0].id, "entered twice")
    visit = lead.save("nx_visit", example("nx_visit"))
    lead.amend("nx_visit", visit.id, {"note": "harbour lantern"}, "said later")
    before = everything(lead)
    lead.rebuild()
    assert everything(lead) == before
    assert [row.id for row in lead.search("harbour lantern")] == [visit.id]


def test_changed_declarations_rebuild_the_projection_when_the_vault_opens(made_once: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    shutil.copytree(made_once.folder, folder)
    desk = Desk(folder, made_once.environment, made_once.transport, made_once.keys)
    with desk.opened() as session:
        saved = session.save("nx_visit", example("nx_visit"))
        vault = session._context.vault
        with vault.replica.transaction() as tx:
            tx.connection.exec_driver_sql("DROP TABLE r_nx_visit")
            tx.connection.exec_driver_sql("CREATE TABLE r_gone_type (n INTEGER PRIMARY KEY)")
        vault.set_meta("projection", "made from older declarations")
    with desk.opened() as session:
        assert [row.id for row in session.records("nx_visit")] == [saved.id]
        assert "r_gone_type" not in everything(session)


def test_every_declaration_change_is_another_version() -> None:
    codes = code_lists(None)
    versions = {Projection(CATALOGUE[:count], codes).version for count in range(1, len(CATALOGUE) + 1)}
    assert len(versions) == len(CATALOGUE)


def test_teams_places_and_list_columns_have_columns_of_their_own() -> None:
    columns = {kind.name: set(code_columns(kind)) for kind in CATALOGUE}
    assert {"team", "venue", "kind"} <= columns["contact"]
    assert {"site", "site_type"} <= columns["nx_visit"]
    assert "code" in columns["person"]


def test_decimals_come_back_exactly() -> None:
    text = body_text(body_payload('{"weight_kg":0.125,"n":3}'))
    assert text == '{"n":3,"weight_kg":0.125}'


def test_values_of_corrections_come_back_bytes_and_all() -> None:
    value = {"a": [1, None, True], "row": b"\x00\xff", "text": "é"}
    assert wire_value(wire_json(value)) == value


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("", None),
        ('"*:', None),
        ("fern", '("fern"*) OR "FERN"*'),
        ("lynx 76", '("lynx"* AND "76"*) OR "LYNX76"*'),
    ],
)
def test_what_is_typed_never_becomes_search_syntax(typed: str, expression: str | None) -> None:
    assert match_expression(typed) == expression
