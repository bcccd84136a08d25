"""Everything the hub reads from and writes to its database: one SQL for SQLite and PostgreSQL.

`connection.py` gives transactions; each other module holds the statements of one subject as functions of a connection.
Nothing here decides: what may be stored is judged in routes/.
"""

from sync.hub.store.connection import Store, StoreBusy

__all__ = ["Store", "StoreBusy"]
