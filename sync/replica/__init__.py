"""One seat's copy of its team's log, the records merged from it, and where everything is.

Lives inside the vault's database and transactions; knows no network and no record type.
"""

from sync.replica.chunks import chunked
from sync.replica.core import OnCommitted, ReplicaBusyError
from sync.replica.drops import NotDroppableError
from sync.replica.hub_side import HubSide
from sync.replica.oplog import RowUnknownError, SeatMissingError, Transaction
from sync.replica.outbox import Program, StaleCheckpointError
from sync.replica.replica import Replica
from sync.replica.rows import Projector
from sync.replica.tables import METADATA
from sync.replica.trail import Deed, Flaw, NumberedDeed, SeenHead
from sync.replica.values import (
    ChangedRow,
    ConflictingRow,
    Counts,
    Custody,
    CustodyCounts,
    Delivered,
    Erased,
    MayApply,
    Missing,
    Quarantined,
    Reason,
)

__all__ = [
    "METADATA", "ChangedRow", "ConflictingRow", "Counts", "Custody", "CustodyCounts", "Deed", "Delivered", "Erased",
    "Flaw", "HubSide", "MayApply", "Missing", "NotDroppableError", "NumberedDeed", "OnCommitted", "Program",
    "Projector", "Quarantined", "Reason", "Replica", "ReplicaBusyError", "RowUnknownError", "SeatMissingError",
    "SeenHead", "StaleCheckpointError", "Transaction", "chunked",
]  # fmt: skip
