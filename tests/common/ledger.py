"""A replica made of dictionaries: the least that can hold the merge rule, for vectors and properties."""

from collections.abc import Callable
from typing import TypeAlias

from sync import merge
from sync.clock import Stamp
from sync.operation import Operation

Apply: TypeAlias = Callable[[merge.RowState | None, Operation, bytes, merge.MaxHlc], merge.Outcome]


class Ledger:
    """Rows of one compartment, and the greatest hlc applied of each chain."""

    def __init__(self, apply: Apply = merge.apply) -> None:
        self.rows: dict[tuple[str, bytes], merge.RowState] = {}
        self.applied: dict[bytes, int] = {}
        self.refused: list[Stamp] = []
        self._apply = apply

    def apply(self, operation: Operation, chain: bytes) -> None:
        """Apply the next operation of a chain."""
        key = (operation.table, operation.row)
        outcome = self._apply(self.rows.get(key), operation, chain, self._max_hlc)
        self.rows[key] = outcome.state
        self.applied[chain] = operation.hlc
        if outcome.refused:
            self.refused.append(Stamp(operation.hlc, chain))

    def _max_hlc(self, chain: bytes) -> int:
        return self.applied.get(chain, 0)
