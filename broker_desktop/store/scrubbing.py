"""Writing over the places where erased values stood: the search index, freed pages, the write-ahead log.

`secure_delete` overwrites freed cells and pages by itself. The index keeps the words of deleted entries until its parts
are merged, and the log keeps old pages until it is cut off; both happen here (protocol.md 2.13). What stays is the
archive of envelopes, encrypted, until snapshots take its place.
"""

from __future__ import annotations

from typing import Any

from broker_desktop.store import search
from broker_desktop.store.vault import Vault


def scrub(vault: Vault) -> bool:
    """Write over what erasures left behind; False when readers were in the way and it is still due."""
    due = vault.replica.unscrubbed()
    if not due:
        return True
    with vault.replica.transaction() as tx:
        search.merge_index(tx.connection)
    if not _cut_log(vault):
        return False
    vault.replica.note_scrubbed(due)
    return True


def _cut_log(vault: Vault) -> bool:
    with vault.writer.connect() as connection:
        driver: Any = connection.connection.driver_connection
        busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy
