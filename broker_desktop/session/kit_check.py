"""Proving a recovery kit, without using it up: both halves typed back are the team's, and open this very vault.

Protocol.md 2.2: compared with the public keys in the control log; the seed itself is kept nowhere. That is also the
drill that a team repeats: whoever holds the halves types them, and learns that they would open a vault.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from broker_desktop.errors import BadInput, NotPermitted
from broker_desktop.records.record_type import COMMON
from broker_desktop.session.context import Context
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.folder import SLOTS
from sync.crypto import kit, passphrase
from sync.crypto.signing import sha256
from sync.errors import SlotError, WrongPassphrase

UNCHECKED: Final = "kit_unchecked"
"""Name of the kept value that stands while nobody has typed back the kit that was made on this laptop."""

_TAKEN: Final = "kit_taken"
"""Table of one row a laptop, which it makes itself: hash of the recovery key that its vault was last sealed for."""

_USES: Final = "kit_uses"
"""Name of the kept value with the kit changes seen, and the seats that a kit had made leads until then."""

FILES: Final = "kit_file"
"""Name of the kept value with the files that the kit was written to."""


def seed_of(halves: Sequence[str]) -> bytes:
    """Give the seed of two typed halves, in any order.

    Raises:
        BadInput: words that are not a half, or one half typed twice.
    """
    found = []
    for number, words in enumerate(halves, start=1):
        try:
            found.append(kit.half_of(words))
        except ValueError:
            raise BadInput(
                f"The {('first', 'second')[number - 1]} half that was typed is not a half: 24 words, each exactly as "
                "on the paper.",
                code="KIT-1",
                title="A word is wrong.",
                remedy="Nothing was changed. Look at the paper again.",
            ) from None
    if len(found) != 2 or found[0] == found[1]:
        raise BadInput(
            "Both halves are needed, and they are not the same.",
            code="KIT-2",
            title="Something is missing.",
            remedy="Type the first, then the second.",
        )
    return kit.join(found[0], found[1])


def own_seed(context: Context, halves: Sequence[str]) -> bytes:
    """Read two typed halves as the seed of this team's kit.

    Raises:
        BadInput: a word is wrong, or they are the halves of another kit. NotPermitted: not let in yet.
    """
    control = context.vault.replica.control
    if control is None:
        raise NotPermitted("This laptop has not been let into the team yet.", code="TEAM-5", title="Not let in yet.")
    seed = seed_of(halves)
    keys = kit.KitKeys.of(seed)
    if (keys.tik.public, keys.rk_pk) != (control.tik_pk, control.rk_pk):
        raise another_kit()
    return seed


def check_kit(context: Context, halves: Sequence[str]) -> None:
    """Check two typed halves against the team's kit, and open this vault's recovery slot with them.

    Raises:
        BadInput: a word is wrong, or they are the halves of another kit. NotPermitted: not let in yet.
    """
    seed = own_seed(context, halves)
    if not _opens(context, seed):
        context.vault.seal_for_kit(kit.KitKeys.of(seed).rk_pk, context.environment.random)
    if not _opens(context, seed):
        raise another_kit()
    context.vault.set_meta(UNCHECKED, None)


def kit_uses(context: Context) -> list[bytes]:
    """Give the seats that the kit made leads and that no newer kit has answered yet: everybody is told of them."""
    known = context.vault.meta(_USES) or {"seats": []}
    return [seat for seat in _made_by_kit(context) if seat.hex() not in known["seats"]]


def _made_by_kit(context: Context) -> list[bytes]:
    control = context.vault.replica.control
    seats = [] if control is None else list(control.seats.values())
    return [one.seat_id for one in seats if one.card.invite_pub is None and one.joined > 1]


def settle_kit(context: Context) -> None:
    """See to it that the team's kit of today opens this vault, and no older one: at every unlock and after syncing."""
    control = context.vault.replica.control
    known = context.vault.meta(_USES) or {"changes": 0}
    if control is not None and control.kit_changes > known["changes"]:
        answered = {"changes": control.kit_changes, "seats": [seat.hex() for seat in _made_by_kit(context)]}
        context.vault.set_meta(_USES, answered)
    if control is not None and not context.vault.is_sealed_for(control.rk_pk):
        context.vault.seal_for_kit(control.rk_pk, context.environment.random)


def note_taken(context: Context) -> None:
    """Tell the team that this vault is sealed for the kit of today, once there was another one before."""
    control, seat = context.vault.replica.control, context.vault.ids.seat_id
    if control is None or not control.kit_changes:
        return
    taken = {"kit": sha256(control.rk_pk)[:16]}
    if context.vault.replica.shown(_TAKEN, [seat]).get(seat, {}).get("kit") == taken["kit"]:
        return
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        if tx.has(_TAKEN, seat):
            tx.put(_TAKEN, seat, taken)
        else:
            tx.create(_TAKEN, seat, COMMON, taken)


def not_taken(context: Context) -> list[bytes]:
    """Give the laptops whose vaults the old kit may still open; none while the first kit counts."""
    control = context.vault.replica.control
    if control is None or not control.kit_changes:
        return []
    taken, seats = sha256(control.rk_pk)[:16], list(context.vault.seats())
    known = context.vault.replica.shown(_TAKEN, seats)
    return [seat for seat in seats if known.get(seat, {}).get("kit") != taken]


def another_kit() -> BadInput:
    """Say that two good halves belong to another kit."""
    return BadInput(
        "These two halves are not this team's kit: perhaps an older one, or one half of each.",
        code="KIT-5",
        title="That is another kit.",
        remedy="Nothing was changed. Look for the halves that were made last.",
    )


def kit_files_left(context: Context) -> list[Path]:
    """Give the files with the kit that still lie on this computer."""
    kept = context.vault.meta(FILES)
    names = [kept] if isinstance(kept, str) else kept or []
    return [path for name in names if (path := Path(name)).exists()]


def _opens(context: Context, seed: bytes) -> bool:
    with told_as_app_errors():
        data = (context.vault.folder / SLOTS).read_bytes()
    try:
        dek, _ = passphrase.open_with_kit(data, seed)
    except (WrongPassphrase, SlotError):
        return False
    return dek == bytes(context.vault.keys.dek)
