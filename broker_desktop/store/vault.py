"""The vault: one encrypted file per seat, its key slots and its lock, in one folder (protocol.md 2.3).

Opening takes the lock first, so that a second process learns at once that the vault is in use and never touches the
file. Keys live in bytearrays that are wiped when the vault closes, as far as Python allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert

from broker_desktop.errors import BadInput, NotFound, StorageProblem, VaultOpen, WrongPassphrase
from broker_desktop.platform.files import FolderLock, FolderTaken, make_private_folder, replace_durably
from broker_desktop.platform.process import wipe
from broker_desktop.store.database import open_engine, quick_check, told_as_app_errors
from broker_desktop.store.projection import Projection
from broker_desktop.store.records import Records
from broker_desktop.store.tables import METADATA, table
from sync import errors as sync_errors
from sync.clock import Clock, Random
from sync.crypto import passphrase as slots
from sync.replica import METADATA as REPLICA_TABLES
from sync.replica import MayApply, Replica

SLOTS: Final = "slots"
_META = table("meta")
_PROJECTION: Final = "projection"


@dataclass(slots=True, repr=False)
class VaultKeys:
    """The keys of an open vault, 32 bytes each, wiped on closing."""

    dek: bytearray
    sign_seed: bytearray
    kem_seed: bytearray

    @classmethod
    def drawn(cls, random: Random) -> VaultKeys:
        """Draw the keys of a new vault."""
        return cls(bytearray(random.bytes(32)), bytearray(random.bytes(32)), bytearray(random.bytes(32)))

    def wipe(self) -> None:
        """Overwrite all three."""
        for key in (self.dek, self.sign_seed, self.kem_seed):
            wipe(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatIds:
    """Whose vault this is: the ids that the slots and every envelope carry."""

    team_id: bytes
    seat_id: bytes
    user_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """What a vault is given to work with."""

    clock: Clock
    random: Random
    projection: Projection
    may_apply: MayApply


@dataclass(slots=True)
class Vault:
    """An open vault. `identity` and `compartments` are kept by the session's enrolment, as JSON in `meta`."""

    folder: Path
    ids: SeatIds
    keys: VaultKeys
    writer: Engine
    reader: Engine
    replica: Replica
    projection: Projection
    records: Records
    _lock: FolderLock
    _closed: bool = field(default=False)

    def meta(self, name: str) -> Any:
        """Give a single kept value, None where there is none."""
        with self.reader.connect() as connection:
            text = connection.execute(select(_META.c.value).where(_META.c.name == name)).scalar()
        return None if text is None else json.loads(text)

    def set_meta(self, name: str, value: Any) -> None:
        """Keep a single value."""
        with told_as_app_errors(), self.replica.transaction() as tx:
            write_meta(tx.connection, name, value)

    def rebuild(self) -> None:
        """Throw the projection away and make it again from the merged records."""
        with told_as_app_errors():
            _rebuild(self.replica, self.projection)

    def close(self) -> None:
        """Close the file, wipe the keys, give the folder back; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.writer.dispose()
        self.reader.dispose()
        self.keys.wipe()
        self._lock.release()


def write_meta(connection: Connection, name: str, value: Any) -> None:
    """Keep a single value, inside somebody else's transaction."""
    text = json.dumps(value)
    statement = insert(_META).values(name=name, value=text)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": text}))
