"""The vault: one process, its own key, nothing readable beside it, told apart when it is damaged."""

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, NotFound, StorageProblem, VaultOpen, WrongPassphrase
from broker_desktop.session.unlocked import machinery
from broker_desktop.store import vault as vaults
from broker_desktop.store.vault import SeatIds, VaultKeys
from sync.crypto import passphrase
from sync.testing import SeededRandom
from tests.common.vaults import Desk, Service

CANARY = "canary-lantern-4711"
PASSPHRASE = "glove amber canal tiger plaza"
LEAST = passphrase.Cost(m_kib=passphrase.FLOOR_M_KIB, t=passphrase.FLOOR_T, p=4)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Service(tmp_path_factory.mktemp("service")).found(person=CANARY)


@pytest.fixture
def desk(made_once: Desk, tmp_path: Path) -> Desk:
    folder = tmp_path / "vault"
    shutil.copytree(made_once.folder, folder)
    return Desk(folder, made_once.environment, made_once.transport, made_once.keys)


def database(desk: Desk) -> Path:
    return desk.folder / "vault-1.db"


def test_a_second_opening_is_told_that_the_vault_is_open(desk: Desk) -> None:
    with desk.opened(), pytest.raises(VaultOpen) as caught:
        desk.open()
    assert (caught.value.exit_code, caught.value.code) == (4, "VAULT-OPEN")
    with desk.opened() as again:
        assert again.seat.person == CANARY


def test_nothing_of_a_record_is_readable_in_the_folder(desk: Desk) -> None:
    with desk.opened() as session:
        session.save("contact", {
            "occurred_at": "2026-12-01T10:00:00+00:00", "kind": "drop_in", "outcome": ["seen"], "setting": "street",
            "note": CANARY, "person": {"code": "CANARY4711"}, "next_step": {"type": "none"},
        })  # fmt: skip
        session.keep_draft("contact", {"note": CANARY}, "note")
        session.search(CANARY)
        held = {path: path.read_bytes() for path in desk.folder.iterdir()}
    held |= {path: path.read_bytes() for path in desk.folder.iterdir()}
    for path, content in held.items():
        for text in (CANARY, "CANARY4711", "Harbour"):
            for form in (text.encode(), text.encode("utf-16-le"), text.encode().hex().encode()):
                assert form not in content, path.name


def test_the_file_is_no_plain_sqlite_and_opens_with_no_other_key(desk: Desk) -> None:
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(database(desk)) as plain:
        plain.execute("SELECT count(*) FROM sqlite_schema")
    plain.close()
    wrong = VaultKeys.drawn(SeededRandom("other"))
    with pytest.raises(StorageProblem) as caught:
        vaults.open_with_keys(desk.folder, desk.keys.team, desk.keys.seat, wrong, machinery(desk.environment))
    assert (caught.value.exit_code, caught.value.code) == (8, "STORE-26")


def test_a_damaged_file_is_a_storage_problem_and_gives_the_folder_back(desk: Desk) -> None:
    raw = bytearray(database(desk).read_bytes())
    for place in range(4096, len(raw), 4096):
        raw[place + 100] ^= 0xFF
    database(desk).write_bytes(raw)
    for _ in range(2):
        with pytest.raises(StorageProblem) as caught:
            desk.open()
        assert caught.value.exit_code == 8


def test_a_missing_database_is_a_storage_problem(desk: Desk) -> None:
    database(desk).unlink()
    with pytest.raises(StorageProblem) as caught:
        desk.open()
    assert caught.value.code == "STORE-14"


def test_a_folder_without_a_vault_says_so(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(NotFound):
        Desk(tmp_path / "none", desk.environment, desk.transport, desk.keys).open()


def test_closing_wipes_the_keys(desk: Desk) -> None:
    session = desk.open()
    keys = session._context.vault.keys
    assert any(keys.dek)
    session.close()
    session.close()
    assert not any((*keys.dek, *keys.sign_seed, *keys.kem_seed))


def test_left_overs_of_another_generation_are_removed(desk: Desk) -> None:
    left_over = desk.folder / "vault-2.db"
    left_over.write_bytes(b"unfinished")
    parts = desk.folder / "parts-x1"  # of a workbook whose process was killed
    parts.mkdir()
    (parts / "sheet").write_text("figures")
    with desk.opened():
        assert not left_over.exists()
        assert not parts.exists()


def test_pragmas_are_those_of_the_protocol(desk: Desk) -> None:
    with desk.opened() as session:
        vault = session._context.vault
        with vault.writer.connect() as writer, vault.reader.connect() as reader:
            wanted = {
                "journal_mode": "wal",
                "synchronous": 2,
                "secure_delete": 1,
                "temp_store": 2,
                "foreign_keys": 1,
                "trusted_schema": 0,
            }
            assert {name: writer.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
            assert reader.exec_driver_sql("PRAGMA query_only").scalar() == 1


def sealed(keys: VaultKeys, random: SeededRandom) -> bytes:
    held = passphrase.VaultKeys(bytes(keys.dek), bytes(keys.sign_seed), bytes(keys.kem_seed))
    slot = passphrase.seal_passphrase_slot(
        held, PASSPHRASE, team=b"t" * 16, generation=1, seat=b"s" * 16, slot_id=random.bytes(16),
        salt=random.bytes(16), cost=LEAST,
    )  # fmt: skip
    return passphrase.build_slots(b"t" * 16, 1, [slot], held.dek)


def test_a_passphrase_opens_and_another_one_does_not(tmp_path: Path, desk: Desk) -> None:
    random = SeededRandom("slots")
    keys, folder = VaultKeys.drawn(random), tmp_path / "new"
    work = machinery(desk.environment)
    ids = SeatIds(team_id=b"t" * 16, seat_id=b"s" * 16)
    vaults.create_vault(folder, ids, keys, sealed(keys, random), work).close()
    with pytest.raises(BadInput):
        vaults.create_vault(folder, ids, VaultKeys.drawn(random), b"", work)
    with pytest.raises(WrongPassphrase) as caught:
        vaults.open_vault(folder, lambda: "another one entirely", machinery(desk.environment))
    assert caught.value.exit_code == 4
    vaults.open_vault(folder, lambda: PASSPHRASE, machinery(desk.environment)).close()
    (folder / "slots").write_bytes((folder / "slots").read_bytes()[:-1] + b"\x00")
    with pytest.raises(StorageProblem) as tampered:
        vaults.open_vault(folder, lambda: PASSPHRASE, machinery(desk.environment))
    assert tampered.value.code == "STORE-13"


def test_the_folder_is_this_users_alone(desk: Desk) -> None:
    assert stat.S_IMODE(desk.environment.data_dir.joinpath("vault").stat().st_mode) == 0o700
