"""The ways into a vault, as its slots file holds them: a passphrase, and the team's recovery kit (protocol.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from broker_desktop.errors import StorageProblem
from broker_desktop.platform.memory import free_memory
from broker_desktop.session.context import Context
from broker_desktop.session.environment import Environment
from sync.crypto import passphrase
from sync.errors import SlotError
from sync.system import monotonic_s

_LOW_MEMORY: Final = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSeal:
    """What the slots of a vault hold, and for which seat. `rk_pk`: the team's recovery key, where it is known."""

    team: bytes
    seat: bytes
    keys: passphrase.VaultKeys = field(repr=False)
    rk_pk: bytes | None
    generation: int = 1


SealSlots = Callable[[ToSeal], bytes]
"""Makes the slots file of a vault. Real ones take a passphrase; tests keep the keys themselves."""


def calibrated() -> passphrase.Cost:
    """Measure what a guess shall cost on this machine; never below the floor, 64 MiB where memory is short."""
    free = free_memory()
    try:
        return passphrase.calibrate(monotonic_s, low_memory=free is not None and free < _LOW_MEMORY)
    except SlotError:  # the system said there was room, and there was none
        return passphrase.Cost(m_kib=passphrase.FLOOR_M_KIB)


def sealed_by(environment: Environment, phrase: str, cost: passphrase.Cost | None = None) -> SealSlots:
    """Seal under a passphrase, and under the recovery kit where it is known.

    Args:
        environment: for randomness.
        phrase: judged before (`passphrases.require_good`).
        cost: of a guess; None measures it.
    """

    def seal(wanted: ToSeal) -> bytes:
        random = environment.random
        try:
            first = passphrase.seal_passphrase_slot(
                wanted.keys, phrase, team=wanted.team, generation=wanted.generation, seat=wanted.seat,
                slot_id=random.bytes(16), salt=random.bytes(16), cost=cost or calibrated(),
            )  # fmt: skip
        except SlotError:
            raise StorageProblem(
                "There is not enough free memory to lock the vault.", code="STORE-12", remedy="Close other programs."
            ) from None
        slots = [first]
        if wanted.rk_pk is not None:
            slots.append(
                passphrase.seal_recovery_slot(
                    wanted.keys.dek, wanted.rk_pk, team=wanted.team, generation=wanted.generation, seat=wanted.seat,
                    slot_id=random.bytes(16),
                )
            )  # fmt: skip
        return passphrase.build_slots(wanted.team, wanted.generation, slots, wanted.keys.dek)

    return seal


def to_seal(context: Context, *, dek: bytes | None = None, generation: int | None = None) -> ToSeal:
    """Give what the slots of an open vault hold, as it is or under another key and generation."""
    vault = context.vault
    held, control = vault.keys, vault.replica.control
    keys = passphrase.VaultKeys(dek or bytes(held.dek), bytes(held.sign_seed), bytes(held.kem_seed))
    return ToSeal(
        team=vault.ids.team_id,
        seat=vault.ids.seat_id,
        keys=keys,
        rk_pk=None if control is None else control.rk_pk,
        generation=generation or vault.generation,
    )
