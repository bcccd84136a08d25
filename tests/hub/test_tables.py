"""T-META: every table and column the hub has. A change here needs the same change in protocol.md 2.17 first."""

from __future__ import annotations

from sqlalchemy import inspect

from sync.hub.store import Store
from sync.hub.tables import METADATA

# protocol.md 2.17, "Hub tables", word for word; `operator_token` is where the hash of a one-time token waits, and
# `alembic_version` where Alembic keeps the number of the last migration.
TABLES = {
    "hub": "id sign_seed sign_pk",
    "team": "team_id log_id next_n head_h floor_n ctl_seq ctl_hash state quota_bytes used_bytes",
    "envelope": "team_id n seat_id inc seq type comp env_hash header body sig day",
    "control": "team_id ctl_seq hash bytes",
    "seat": "team_id seat_id sign_pk role comps state until_day",
    "grants": "team_id comp epoch seat_id blob",
    "keyring": "team_id comp version blob",
    "snapshot": "team_id snap_id state manifest",
    "part": "team_id snap_id i sha256 bytes",
    "mailbox": "team_id k msg_id from_team bytes day",
    "invite": "invite_id team_id expires_day box request result",
    "nonce": "team_id seat_id nonce expires",
    "operator_token": "hash day",
    "alembic_version": "version_num",
}
KEYS = {
    "hub": "id",
    "team": "team_id",
    "envelope": "team_id n",
    "control": "team_id ctl_seq",
    "seat": "team_id seat_id",
    "grants": "team_id comp epoch seat_id",
    "keyring": "team_id comp",
    "snapshot": "team_id snap_id",
    "part": "team_id snap_id i",
    "mailbox": "team_id k",
    "invite": "invite_id",
    "nonce": "team_id seat_id nonce",
    "operator_token": "hash",
}
NOT_SHARDED = {"hub", "invite", "operator_token"}


def test_the_database_holds_these_columns_and_no_other(hub_store: Store) -> None:
    inspector = inspect(hub_store.engine)
    found = {
        name: " ".join(column["name"] for column in inspector.get_columns(name)) for name in inspector.get_table_names()
    }
    assert found == TABLES


def test_primary_keys_start_with_the_shard_key(hub_store: Store) -> None:
    inspector = inspect(hub_store.engine)
    keys = {name: " ".join(inspector.get_pk_constraint(name)["constrained_columns"]) for name in KEYS}
    assert keys == KEYS
    assert {name for name, key in keys.items() if not key.startswith("team_id")} == NOT_SHARDED


def test_an_envelope_has_one_place_in_its_chain(hub_store: Store) -> None:
    (unique,) = inspect(hub_store.engine).get_unique_constraints("envelope")
    assert unique["column_names"] == ["team_id", "seat_id", "inc", "seq"]


def test_no_column_can_hold_text_or_a_clock() -> None:
    # Bytes and whole numbers only: no name, address or time of day has a type to hide in.
    kinds = {column.type.python_type for table in METADATA.tables.values() for column in table.columns}
    assert kinds == {bytes, int}
