"""What a person does about passphrases and the recovery kit in an open vault. A facade: one line a use case."""

from __future__ import annotations

from collections.abc import Sequence

from broker_desktop.errors import AppError
from broker_desktop.session import kit_check, new_keys
from broker_desktop.session.background import Background
from broker_desktop.session.context import Context


class KeysDesk:
    """The ways into this vault."""

    def __init__(self, context: Context, background: Background) -> None:
        """Take an open vault and what syncs it."""
        self._context = context
        self._background = background

    def change_passphrase(self, old: str, new: str) -> None:
        """Let `new` open this vault from now on. Raises WrongPassphrase, BadInput, StorageProblem."""
        new_keys.change_passphrase(self._context, old, new)

    def passphrase_was_seen(self, old: str, new: str) -> None:
        """Put the whole vault under a new key and `new`; the session is closed afterwards. Raises as above."""
        syncing = self._background.running
        self._background.close()
        try:
            new_keys.replace_keys(self._context, old, new)
        except AppError:
            if syncing and not self._context.vault.closed:
                self._background.start()
            raise

    # The recovery kit

    @property
    def kit_unchecked(self) -> bool:
        """Whether the kit that was made on this laptop was never typed back."""
        return bool(self._context.vault.meta(kit_check.UNCHECKED))

    def check_kit(self, halves: Sequence[str]) -> None:
        """Prove two typed halves without using them up: they are the team's, and open this vault.

        Raises:
            BadInput: a word is wrong, or they belong to another kit. NotPermitted: not let in yet.
        """
        kit_check.check_kit(self._context, halves)
