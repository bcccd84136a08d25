"""Another passphrase for an open vault: the slot alone, or, when somebody saw it, the whole vault (protocol.md 2.3).

A changed passphrase does not help against a copy of the old slots file together with the old passphrase; a vault
under a new key does, from that moment on. What was copied before can be read with the old one for ever.
"""

from __future__ import annotations

from broker_desktop import errors
from broker_desktop.platform.files import replace_durably
from broker_desktop.session.context import Context
from broker_desktop.session.key_slots import SealSlots, sealed_by, to_seal
from broker_desktop.session.passphrases import require_good
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.folder import SLOTS
from broker_desktop.store.rekey import rekey
from broker_desktop.store.vault import unlocked


def change_passphrase(context: Context, old: str, new: str, seal: SealSlots | None = None) -> None:
    """Rewrite the slots: from now on `new` opens this vault.

    Args:
        context: of the open vault.
        old: asked for again, so that nobody changes it on a laptop left open.
        new: five generated words, or a strong one of one's own.
        seal: makes the slots; None seals under `new` at the cost measured here.

    Raises:
        WrongPassphrase, BadInput (weak, or the same again), StorageProblem: the old passphrase stands.
    """
    _check(context, old, new)
    content = (seal or sealed_by(context.environment, new))(to_seal(context))
    with told_as_app_errors():
        replace_durably(context.vault.folder / SLOTS, content)


def replace_keys(context: Context, old: str, new: str, seal: SealSlots | None = None) -> None:
    """Put the whole vault under a new key, because somebody saw the passphrase; the vault is closed afterwards.

    Arguments and errors as `change_passphrase`; after an error the vault is open and as it was.
    """
    _check(context, old, new)
    dek = bytearray(context.environment.random.bytes(32))
    sealing = seal or sealed_by(context.environment, new)
    rekey(context.vault, dek, lambda generation: sealing(to_seal(context, dek=bytes(dek), generation=generation)))


def _check(context: Context, old: str, new: str) -> None:
    with told_as_app_errors():
        data = (context.vault.folder / SLOTS).read_bytes()
    keys, _ = unlocked(data, old)
    keys.wipe()
    require_good(new)
    if new == old:
        raise errors.BadInput("That is the passphrase you have already.", code="VAULT-SAME")
