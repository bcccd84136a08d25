"""A vault that is being made: sealed first, filled next, and taken away again when something after it goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from broker_desktop.session.environment import Environment
from broker_desktop.session.unlocked import machinery
from broker_desktop.store import vault as vaults
from sync.crypto import passphrase
from sync.engine.enrolment import SeatKeys
from sync.system import monotonic_s

_GENERATION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSeal:
    """What the slots of a new vault hold, and for which seat. `rk_pk`: the team's recovery key, where it is known."""

    team: bytes
    seat: bytes
    keys: passphrase.VaultKeys = field(repr=False)
    rk_pk: bytes | None


SealSlots = Callable[[ToSeal], bytes]
"""Makes the slots file of a new vault. Real ones take a passphrase; tests keep the keys themselves."""


def sealed_by(environment: Environment, phrase: str) -> SealSlots:
    """Seal under a passphrase, at a cost calibrated on this machine, and under the recovery kit where it is known."""

    def seal(wanted: ToSeal) -> bytes:
        random = environment.random
        slots = [
            passphrase.seal_passphrase_slot(
                wanted.keys,
                phrase,
                team=wanted.team,
                generation=_GENERATION,
                seat=wanted.seat,
                slot_id=random.bytes(16),
                salt=random.bytes(16),
                cost=passphrase.calibrate(monotonic_s),
            )
        ]
        if wanted.rk_pk is not None:
            slots.append(
                passphrase.seal_recovery_slot(
                    wanted.keys.dek,
                    wanted.rk_pk,
                    team=wanted.team,
                    generation=_GENERATION,
                    seat=wanted.seat,
                    slot_id=random.bytes(16),
                )
            )
        return passphrase.build_slots(wanted.team, _GENERATION, slots, wanted.keys.dek)

    return seal


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
