"""The vault: one encrypted file per seat, its key slots and its lock, in one folder (protocol.md 2.3).

Opening takes the lock first, so that a second process learns at once that the vault is in use and never touches the
file. Keys live in bytearrays that are wiped when the vault closes, as far as Python allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert

from broker_desktop.errors import BadInput, NotFound, StorageProblem, VaultOpen, WrongPassphrase
from broker_desktop.platform.files import FolderLock, FolderTaken, make_private_folder, replace_durably
from broker_desktop.platform.process import keep_out_of_swap, wipe
from broker_desktop.store.database import open_engine, quick_check, told_as_app_errors
from broker_desktop.store.folder import SLOTS, is_vault, remove_parts
from broker_desktop.store.projection import Projection
from broker_desktop.store.records import Records
from broker_desktop.store.tables import METADATA, table
from sync import errors as sync_errors
from sync.clock import Clock, Random, chain_id
from sync.control import Seat
from sync.crypto import passphrase as slots
from sync.crypto.signing import sha256
from sync.engine.identity import Identity
from sync.replica import METADATA as REPLICA_TABLES
from sync.replica import ChangedRow, MayApply, Program, Replica

_META = table("meta")
_PROJECTION: Final = "projection"
_IDENTITY: Final = "identity"
_SEALED_FOR: Final = "sealed_for_kit"


@dataclass(slots=True, repr=False)
class VaultKeys:
    """The keys of an open vault, 32 bytes each, wiped on closing."""

    dek: bytearray
    sign_seed: bytearray
    kem_seed: bytearray

    def __post_init__(self) -> None:
        for key in (self.dek, self.sign_seed, self.kem_seed):
            keep_out_of_swap(key)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """What a vault is given to work with."""

    clock: Clock
    projection: Projection
    may_apply: MayApply
    program: str


@dataclass(slots=True)
class Changed:
    """Passes on which rows a commit changed, once somebody listens."""

    listener: Callable[[Sequence[ChangedRow], bool], None] | None = None

    def tell(self, rows: Sequence[ChangedRow], own: bool) -> None:
        """Take the replica's word."""
        if self.listener is not None:
            self.listener(rows, own)


@dataclass(slots=True)
class Vault:
    """An open vault; `open_vault` and its like make it."""

    folder: Path
    ids: SeatIds
    keys: VaultKeys
    writer: Engine
    reader: Engine
    replica: Replica
    projection: Projection
    records: Records
    lock: FolderLock
    changed: Changed
    generation: int
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

    @property
    def identity(self) -> Identity:
        """Who this vault is to its team and its server. Raises NotFound before that is known."""
        kept = self.meta(_IDENTITY)
        if kept is None:
            raise NotFound("This vault belongs to no team yet.", code="TEAM-4")
        return Identity(
            team_id=self.ids.team_id,
            seat_id=self.ids.seat_id,
            user_id=bytes.fromhex(kept["user_id"]),
            sign_seed=bytes(self.keys.sign_seed),
            kem_seed=bytes(self.keys.kem_seed),
            hub_url=kept["hub_url"],
            hub_id=bytes.fromhex(kept["hub_id"]),
            ca=kept["ca"],
        )

    def keep_identity(self, identity: Identity) -> None:
        """Keep what of an identity is neither in the slots nor secret."""
        kept = {
            "user_id": identity.user_id.hex(),
            "hub_url": identity.hub_url,
            "hub_id": identity.hub_id.hex(),
            "ca": identity.ca,
        }
        self.set_meta(_IDENTITY, kept)

    def is_sealed_for(self, rk_pk: bytes) -> bool:
        """Tell whether the kit of this recovery key opens this vault."""
        return bool(self.meta(_SEALED_FOR) == sha256(rk_pk).hex())

    def seal_for_kit(self, rk_pk: bytes, random: Random) -> None:
        """Let the team's recovery kit open this vault, and no older kit."""
        with told_as_app_errors():
            parsed = slots.parse_slots((self.folder / SLOTS).read_bytes())
            kept = [slot for slot in parsed.slots if slot.kind != slots.KIND_RECOVERY]
            dek = bytes(self.keys.dek)
            added = slots.seal_recovery_slot(
                dek,
                rk_pk,
                team=parsed.team,
                generation=parsed.generation,
                seat=self.ids.seat_id,
                slot_id=random.bytes(16),
            )
            content = slots.build_slots(parsed.team, parsed.generation, [*kept, added], dek)
            replace_durably(self.folder / SLOTS, content)
        self.set_meta(_SEALED_FOR, sha256(rk_pk).hex())

    def seats(self) -> Mapping[bytes, Seat]:
        """Give the laptops that are in the team now; none before this one was let in."""
        control = self.replica.control
        return {} if control is None else {seat: one for seat, one in control.seats.items() if one.active}

    def own_seat(self) -> Seat | None:
        """Give this laptop as the team's log knows it, ended or not; None before it was let in."""
        control = self.replica.control
        return None if control is None else control.seat(self.ids.seat_id)

    def rebuild(self) -> None:
        """Throw the projection away and make it again from the merged records, in one transaction."""

        def empty(connection: Connection) -> None:
            self.projection.drop(connection)
            self.projection.create(connection)
            write_meta(connection, _PROJECTION, self.projection.version)

        with told_as_app_errors():
            self.replica.reproject(empty)

    @property
    def closed(self) -> bool:
        """Whether the keys are gone."""
        return self._closed

    def close(self) -> None:
        """Close the file, wipe the keys, give the folder back; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.writer.dispose()
        self.reader.dispose()
        self.keys.wipe()
        self.lock.release()


def write_meta(connection: Connection, name: str, value: Any) -> None:
    """Keep a single value, inside somebody else's transaction."""
    text = json.dumps(value)
    statement = insert(_META).values(name=name, value=text)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": text}))


def database_name(generation: int) -> str:
    """Name the database file of a generation."""
    return f"vault-{generation}.db"


def parse_slots_of(folder: Path) -> slots.SlotsFile:
    """Read what the slots file of a vault says without any key. Raises StorageProblem."""
    with told_as_app_errors():
        data = (folder / SLOTS).read_bytes()
    try:
        return slots.parse_slots(data)
    except sync_errors.SlotError:
        raise damaged_slots() from None


def damaged_slots() -> StorageProblem:
    """Say that the slots file is not what was written."""
    return StorageProblem("The file with the key slots is damaged or was changed.", code="STORE-13")


def remove_other_generations(folder: Path, generation: int) -> None:
    """Remove what a re-key, finished or not, left beside the file that the slots name."""
    kept = database_name(generation)
    for path in (*folder.glob("vault-*.db*"), folder / f"{SLOTS}.new"):
        if not path.name.startswith(kept):
            path.unlink(missing_ok=True)


def create_vault(folder: Path, ids: SeatIds, keys: VaultKeys, slot_bytes: bytes, machinery: Machinery) -> Vault:
    """Make a vault in a new or empty folder: the database first, the slots that open it last.

    Raises:
        BadInput: the folder holds a vault already. VaultOpen, StorageProblem.
    """
    if is_vault(folder):
        raise BadInput("There is a vault in this folder already.", code="VAULT-NEW")
    with told_as_app_errors():
        make_private_folder(folder)
    lock = _locked(folder)
    try:
        for left_over in folder.glob("vault-*.db*"):
            left_over.unlink()
        vault = _opened(folder, ids, keys, machinery, lock, generation=1)
        with told_as_app_errors():
            replace_durably(folder / SLOTS, slot_bytes)
    except BaseException:
        lock.release()
        raise
    return vault


def open_vault(folder: Path, passphrase: Callable[[], str], machinery: Machinery) -> Vault:
    """Open a vault with its passphrase, asked for once the vault is known to be free.

    Raises:
        NotFound: no vault there. VaultOpen: in use. WrongPassphrase. StorageProblem: damaged.
    """
    lock = _free(folder)
    try:
        with told_as_app_errors():
            data = (folder / SLOTS).read_bytes()
        keys, parsed = unlocked(data, passphrase())
        seat = next(iter(parsed.seats()))
        return _existing(folder, parsed.team, seat, keys, machinery, lock, parsed.generation)
    except BaseException:
        lock.release()
        raise


def open_with_keys(folder: Path, team: bytes, seat: bytes, keys: VaultKeys, machinery: Machinery) -> Vault:
    """Open a vault whose keys are in hand, without the cost of a passphrase: for tests and the demo.

    Raises:
        NotFound, VaultOpen, StorageProblem.
    """
    lock = _free(folder)
    try:
        generation = parse_slots_of(folder).generation
        return _existing(folder, team, seat, keys, machinery, lock, generation)
    except BaseException:
        lock.release()
        raise


def _free(folder: Path) -> FolderLock:
    if not is_vault(folder):
        raise NotFound("There is no vault in this folder.", code="VAULT-NONE")
    return _locked(folder)


def _locked(folder: Path) -> FolderLock:
    try:
        with told_as_app_errors():
            return FolderLock(folder)
    except FolderTaken:
        raise VaultOpen from None


def unlocked(data: bytes, passphrase: str) -> tuple[VaultKeys, slots.SlotsFile]:
    """Open a slots file with a passphrase. Raises WrongPassphrase, StorageProblem."""
    try:
        found, parsed = slots.open_with_passphrase(data, passphrase)
    except sync_errors.WrongPassphrase:
        raise WrongPassphrase from None
    except sync_errors.SlotError as error:
        if error.code == "memory":
            raise StorageProblem("There is not enough free memory to open the vault.", code="STORE-12") from None
        raise damaged_slots() from None
    return VaultKeys(bytearray(found.dek), bytearray(found.sign_seed), bytearray(found.kem_seed)), parsed


def _existing(
    folder: Path, team: bytes, seat: bytes, keys: VaultKeys, machinery: Machinery, lock: FolderLock, generation: int
) -> Vault:
    """Open the file of the generation that the slots name; files of other generations are left-overs of a re-key."""
    database = folder / database_name(generation)
    if not database.is_file() or not database.stat().st_size:  # an empty file would open as a new, empty database
        raise StorageProblem("The database of this vault is missing.", code="STORE-14")
    remove_other_generations(folder, generation)
    remove_parts(folder)
    return _opened(folder, SeatIds(team_id=team, seat_id=seat), keys, machinery, lock, generation)


def _opened(
    folder: Path, ids: SeatIds, keys: VaultKeys, machinery: Machinery, lock: FolderLock, generation: int
) -> Vault:
    path = folder / database_name(generation)
    writer = open_engine(path, keys.dek, read_only=False)
    reader = open_engine(path, keys.dek, read_only=True)
    changed = Changed()
    try:
        with told_as_app_errors():
            quick_check(writer)
            with writer.begin() as connection:
                METADATA.create_all(connection)
                REPLICA_TABLES.create_all(connection)
            replica = Replica(
                writer,
                chain=chain_id(ids.seat_id, 0),
                clock=machinery.clock,
                projector=machinery.projection,
                may_apply=machinery.may_apply,
                reader=reader,
                program=Program(app=machinery.program),
                on_committed=changed.tell,
            )
    except BaseException:
        writer.dispose()
        reader.dispose()
        raise
    vault = Vault(
        folder=folder,
        ids=ids,
        keys=keys,
        writer=writer,
        reader=reader,
        replica=replica,
        projection=machinery.projection,
        records=Records(machinery.projection),
        lock=lock,
        changed=changed,
        generation=generation,
    )
    if vault.meta(_PROJECTION) != machinery.projection.version:
        vault.rebuild()
    return vault
