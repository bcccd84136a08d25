"""Another passphrase, and a whole new key: at every moment the old one or the new one opens the vault."""

import contextlib
import errno
from functools import cache
from pathlib import Path

import pytest

from broker_desktop.errors import BadInput, DiskFull, StorageProblem, WrongPassphrase
from broker_desktop.session import Session, open_with_keys
from broker_desktop.session.new_keys import change_passphrase, replace_keys
from broker_desktop.store.database import connect
from broker_desktop.store.vault import VaultKeys
from sync.crypto import passphrase
from sync.errors import WrongPassphrase as WrongPassphraseError
from tests.common.locked import OTHER, PASSPHRASE, at_every_file_step, cheaply, lock_with, power_cuts, unlocked
from tests.common.vaults import Desk

VISIT = {
    "occurred_at": "2026-12-01T10:00:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},
    "person": {"code": "JOHN80M"}, "note": "by the lantern",
}  # fmt: skip


@pytest.fixture
def desk(lead_desk: Desk) -> Desk:
    lock_with(lead_desk)
    with unlocked(lead_desk.folder, lead_desk.environment) as session:
        session.save("nx_visit", VISIT)
    return lead_desk


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}


def notes(session: Session) -> list[str]:
    return [row.payload["note"] for row in session.records("nx_visit")]


@cache
def opens(slots: bytes) -> tuple[str, passphrase.VaultKeys, passphrase.SlotsFile]:
    try:
        return PASSPHRASE, *passphrase.open_with_passphrase(slots, PASSPHRASE)
    except WrongPassphraseError:
        return OTHER, *passphrase.open_with_passphrase(slots, OTHER)


def opened_by(desk: Desk, folder: Path) -> str:
    """Return which of the two passphrases opens a vault in which the visit stands; the other one does not."""
    phrase, keys, parsed = opens((folder / "slots").read_bytes())
    held = VaultKeys(bytearray(keys.dek), bytearray(keys.sign_seed), bytearray(keys.kem_seed))
    session = open_with_keys(folder, parsed.team, next(iter(parsed.seats())), held, desk.environment)
    assert notes(session) == ["by the lantern"]
    assert [row.type for row in session.search("lantern")] == ["nx_visit"]
    session.close()
    return phrase


def test_a_change_needs_the_old_passphrase_and_a_good_new_one(desk: Desk) -> None:
    with unlocked(desk.folder, desk.environment) as session:
        before = content(desk.folder)
        with pytest.raises(WrongPassphrase):
            session.keys.change_passphrase("not the passphrase", OTHER)
        for weak in ("short", "passwordpassword", "aaaaaaaaaaaaaaaa"):
            with pytest.raises(BadInput) as caught:
                session.keys.change_passphrase(PASSPHRASE, weak)
            assert caught.value.code == "VAULT-WEAK"
        with pytest.raises(BadInput) as same:
            session.keys.change_passphrase(PASSPHRASE, PASSPHRASE)
        assert same.value.code == "VAULT-SAME"
        assert content(desk.folder) == before


def test_the_power_may_go_at_every_step_of_a_change(desk: Desk, tmp_path: Path) -> None:
    with desk.opened() as session:
        database = (desk.folder / "vault-1.db").read_bytes()
        with power_cuts(desk.folder, tmp_path) as cuts:
            change_passphrase(session._context, PASSPHRASE, OTHER, cheaply(desk.environment, OTHER))
        assert (desk.folder / "vault-1.db").read_bytes() == database
    said = [opened_by(desk, cut) for cut in cuts]
    assert len(said) >= 4
    assert said == [PASSPHRASE] * said.count(PASSPHRASE) + [OTHER] * said.count(OTHER)
    assert said[-1] == OTHER


def test_the_power_may_go_at_every_step_of_a_new_key(desk: Desk, tmp_path: Path) -> None:
    session = desk.open()
    with power_cuts(desk.folder, tmp_path) as cuts:
        replace_keys(session._context, PASSPHRASE, OTHER, cheaply(desk.environment, OTHER))
    said = [opened_by(desk, cut) for cut in cuts]
    assert len(said) >= 7
    assert said == [PASSPHRASE] * said.count(PASSPHRASE) + [OTHER] * said.count(OTHER)
    assert said[-1] == OTHER
    for cut in cuts:  # opening swept away what the other generation left
        assert len(list(cut.glob("vault-*.db"))) == 1
        assert not (cut / "slots.new").exists()


@pytest.mark.parametrize("part", [0, 1, 4096, 100_000])
def test_half_a_copy_is_swept_away(desk: Desk, part: int) -> None:
    (desk.folder / "vault-2.db").write_bytes((desk.folder / "vault-1.db").read_bytes()[:part])
    (desk.folder / "vault-2.db-journal").write_bytes(b"unfinished")
    assert opened_by(desk, desk.folder) == PASSPHRASE
    assert {path.name for path in desk.folder.glob("vault-*")} == {"vault-1.db"}


def test_after_a_new_key_nothing_of_the_old_one_opens_anything(desk: Desk) -> None:
    old_slots = (desk.folder / "slots").read_bytes()
    session = desk.open()
    replace_keys(session._context, PASSPHRASE, OTHER, cheaply(desk.environment, OTHER))
    session.close()
    assert {path.name for path in desk.folder.glob("vault-*")} == {"vault-2.db"}
    with pytest.raises(Exception, match="not a database"):
        connect(desk.folder / "vault-2.db", bytearray(desk.keys.keys.dek), read_only=True)
    new_slots = (desk.folder / "slots").read_bytes()
    (desk.folder / "slots").write_bytes(old_slots)
    with pytest.raises(StorageProblem):
        opened_by(desk, desk.folder)
    (desk.folder / "slots").write_bytes(new_slots)
    with unlocked(desk.folder, desk.environment, OTHER) as again:
        again.save("nx_visit", {**VISIT, "note": "after it"})
        assert sorted(notes(again)) == ["after it", "by the lantern"]
        assert again.sync_once().unsent == 0


def test_a_disk_that_is_full_from_any_step_on_loses_nothing(desk: Desk) -> None:
    seal, ended = cheaply(desk.environment, OTHER), []
    for full_at in range(1, 20):

        def full(number: int, full_at: int = full_at) -> None:
            if number >= full_at:
                raise OSError(errno.ENOSPC, "No space left on device")

        session = desk.open()
        with at_every_file_step(desk.folder, full), contextlib.suppress(DiskFull, StorageProblem):
            replace_keys(session._context, PASSPHRASE, OTHER, seal)
        closed = session._context.vault.closed
        if not closed:
            assert notes(session) == ["by the lantern"]
        session.close()
        ended.append((closed, opened_by(desk, desk.folder)))
        if ended[-1][1] == OTHER:
            break
    assert (False, OTHER) not in ended
    assert len(ended) >= 4
    assert ended[-1] == (True, OTHER)
