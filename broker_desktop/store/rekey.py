"""A whole vault under a new key, for a passphrase that somebody saw (protocol.md 2.3, Re-key).

Everything is exported into the file of the next generation, verified there, and only then do the slots change: their
rename is the one step that decides which file is the vault. Before it the old file stands untouched; after it what is
left of the old one is swept away, now or at the next opening. No passphrase is known here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from broker_desktop.errors import AppError, StorageProblem
from broker_desktop.platform.files import replace_durably, sync_folder
from broker_desktop.platform.process import wipe
from broker_desktop.store.database import connect, told_as_app_errors
from broker_desktop.store.folder import SLOTS
from broker_desktop.store.vault import Vault, database_name, parse_slots_of, remove_other_generations


def rekey(vault: Vault, dek: bytearray, sealed_for: Callable[[int], bytes]) -> None:
    """Put an open vault under a new key and close it; until the last step it stays as it was and open.

    Args:
        vault: open; nothing is written to it meanwhile.
        dek: the new key, 32 bytes; wiped at the end.
        sealed_for: makes the slots file of a generation, holding `dek`.

    Raises:
        DiskFull, StorageProblem: the old vault stands as it was, and is still open; but with code STORE-16 the vault
            is closed, and which of the two keys stands is the disk's to say.
    """
    folder = vault.folder
    generation = vault.generation + 1
    fresh = folder / database_name(generation)
    content = sealed_for(generation)
    failed: Exception | None = None
    with vault.replica.transaction():  # nobody writes while the copy is made
        try:
            with told_as_app_errors():
                _export(vault, fresh, dek)
                replace_durably(folder / SLOTS, content)
        except AppError as error:
            if _named_generation(folder) == vault.generation:
                _remove(fresh)
                raise
            failed = error  # the rename decides, whatever failed after it
        finally:
            wipe(dek)
    vault.close()
    if failed is not None:  # both files stay until the next opening: the rename may not have reached the disk
        raise StorageProblem(
            "The disk answered with an error. The vault opens with its new passphrase, or still with the old one.",
            code="STORE-16",
            remedy="It was locked. Open it again and look for room on the disk.",
        ) from failed
    with told_as_app_errors():
        remove_other_generations(folder, generation)


def _named_generation(folder: Path) -> int | None:
    """Give the generation that the slots on the disk name; None when they cannot be read now."""
    try:
        return parse_slots_of(folder).generation
    except AppError:
        return None


def _remove(fresh: Path) -> None:
    for left_over in fresh.parent.glob(f"{fresh.name}*"):
        with suppress(OSError):
            left_over.unlink()


def _export(vault: Vault, fresh: Path, dek: bytearray) -> None:
    """Copy schema and content, look at the copy through its own key, and bring it to the disk."""
    for left_over in fresh.parent.glob(f"{fresh.name}*"):
        left_over.unlink()
    old = fresh.parent / database_name(vault.generation)
    with closing(connect(old, vault.keys.dek, read_only=False)) as source:
        source.execute("ATTACH DATABASE ? AS fresh KEY ?", (str(fresh), "x'" + dek.hex() + "'"))
        source.execute("SELECT sqlcipher_export('fresh')")
        source.execute("DETACH DATABASE fresh")
        expected = _inventory(source)
    with closing(connect(fresh, dek, read_only=False)) as copy:
        damaged = copy.execute("PRAGMA cipher_integrity_check").fetchall()
        verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damaged or verdict != "ok" or _inventory(copy) != expected:
            raise StorageProblem("The copy under the new key is not complete.", code="STORE-15", remedy=_KEPT)
        copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    handle = os.open(fresh, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(fresh.parent)


_KEPT = "The vault is as it was, under its old passphrase. Look for room on the disk and try again."


def _inventory(connection: Any) -> list[tuple[str, str, int]]:
    """Give every object of the schema with its statement and, for tables, how many rows it has."""
    lines = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY name, type").fetchall()
    found = []
    for kind, name, sql in lines:
        quoted = name.replace('"', '""')
        count = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0] if kind == "table" else 0  # noqa: S608
        found.append((name, sql, count))
    return found
