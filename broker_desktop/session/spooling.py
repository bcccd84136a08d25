"""The spool of this device for an open vault: what colleagues on the same laptop left, and what is left for them.

Never in the way: a spool that cannot be read or written is noted in the log, and vault and sync go on without it. The
records themselves lie in the vault whatever becomes of the folder.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from broker_desktop.errors import AppError
from broker_desktop.platform.files import sync_folder
from broker_desktop.session.context import Context
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.folder import is_vault
from sync.crypto.signing import SigningKey
from sync.engine.spool import SpoolFolder
from sync.engine.spooling import Spooling
from sync.errors import SyncError
from sync.protocol.frames import ChainHead
from sync.replica.values import Outgoing

_log = logging.getLogger(__name__)
_SPOOL: Final = "spool"


class DeviceSpool:
    """The spool as one session uses it (protocol.md 2.18)."""

    def __init__(self, context: Context) -> None:
        self._context = context
        vault, folder = context.vault, context.environment.data_dir / _SPOOL / context.vault.ids.team_id.hex()
        self._spooling = Spooling(
            SpoolFolder(folder, sync_folder),
            vault.replica,
            home=str(vault.folder.resolve()),
            is_here=lambda home: is_vault(Path(home)),
        )
        self._untold = 0

    def look(self) -> int:
        """Apply what colleagues on this laptop left; return how many operations are new."""
        try:
            with told_as_app_errors():
                operations = self._spooling.take_in()
        except (AppError, OSError, SyncError) as error:
            _noted(error)
            return 0
        if operations:
            self._context.refresh()
        self._untold += operations
        return operations

    def take_in(self) -> int:
        """Look, and return how many operations came this way since the last sync: they are part of its report."""
        self.look()
        operations, self._untold = self._untold, 0
        return operations

    def lacking(self, heads: Iterable[ChainHead]) -> list[Outgoing]:
        """Return what lies here of colleagues and the server lacks."""
        try:
            return self._spooling.lacking(heads)
        except OSError as error:
            _noted(error)
            return []

    def hand_over(self) -> None:
        """Leave for the other vaults of this laptop what the server has not got: before this vault closes."""
        try:
            with told_as_app_errors():
                self._spooling.hand_over(SigningKey.from_seed(bytes(self._context.vault.keys.sign_seed)))
        except (AppError, OSError, SyncError) as error:
            _noted(error)

    def register(self) -> None:
        """Let the other vaults of this laptop know that this one is here."""
        try:
            self._spooling.register()
        except OSError as error:
            _noted(error)


def _noted(error: Exception) -> None:
    code = getattr(error, "code", type(error).__name__)
    _log.warning("the spool of this laptop could not be used: %s", code)
