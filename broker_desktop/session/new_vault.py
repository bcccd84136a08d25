"""A vault that is being made: sealed first, filled next, and taken away again when something after it goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker_desktop.session.environment import Environment
from broker_desktop.session.key_slots import SealSlots, ToSeal
from broker_desktop.session.unlocked import machinery
from broker_desktop.store import vault as vaults
from sync.crypto import passphrase
from sync.engine.enrolment import SeatKeys


@contextmanager
def new_vault(
    environment: Environment, folder: Path, team: bytes, keys: SeatKeys, seal: SealSlots, rk_pk: bytes | None
) -> Iterator[vaults.Vault]:
    """Make a vault and close it at the end; when what is done with it fails, take it away again.

    Raises:
        BadInput, VaultOpen, StorageProblem: as `create_vault`.
    """
    dek = environment.random.bytes(32)
    content = seal(
        ToSeal(
            team=team,
            seat=keys.seat_id,
            keys=passphrase.VaultKeys(dek, keys.sign_seed, keys.kem_seed),
            rk_pk=rk_pk,
        )
    )
    held = vaults.VaultKeys(bytearray(dek), bytearray(keys.sign_seed), bytearray(keys.kem_seed))
    ids = vaults.SeatIds(team_id=team, seat_id=keys.seat_id)
    existed = folder.exists()
    vault = vaults.create_vault(folder, ids, held, content, machinery(environment))
    try:
        yield vault
    except BaseException:
        vault.close()
        _take_away(folder, whole=not existed)
        raise
    vault.close()


def _take_away(folder: Path, *, whole: bool) -> None:
    if whole:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name in ("slots", "lock", "card.json", "vault-1.db", "vault-1.db-wal", "vault-1.db-shm"):
        (folder / name).unlink(missing_ok=True)
