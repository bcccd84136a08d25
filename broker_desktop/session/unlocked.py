"""Putting an open vault to work: what every vault of this program is given, and whom its commits are told to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from broker_desktop.records import CATALOGUE
from broker_desktop.records.access import may_apply
from broker_desktop.session.context import Context
from broker_desktop.session.environment import PROGRAM, Environment
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.reference_data import code_lists
from broker_desktop.store.projection import Projection
from broker_desktop.store.system_rows import CLOSED, PACK, SYSTEM_TABLES, TEAM
from broker_desktop.store.vault import Machinery, Vault
from sync.ids import uuid_text
from sync.replica import ChangedRow

_NAMED_AT_MOST: Final = 200


def machinery(environment: Environment) -> Machinery:
    """Give what every vault of this program works with."""
    return Machinery(
        clock=environment.clock,
        projection=Projection(CATALOGUE, code_lists(None)),
        may_apply=may_apply,
        program=PROGRAM,
    )


def context_of(vault: Vault, environment: Environment) -> Context:
    """Put an open vault to work: from now on its commits are told to the session's listeners."""
    context = Context(environment, vault)

    def committed(rows: Sequence[ChangedRow], own: bool) -> None:
        if any(row.table in (TEAM, PACK) for row in rows):
            context.refresh()
        if context.no_marks and any(row.table == CLOSED for row in rows):
            context.no_marks = False
        if not own:
            context.events.publish(_arrived(rows))

    vault.changed.listener = committed
    context.audit("unlock")
    return context


def _arrived(rows: Sequence[ChangedRow]) -> RecordsChanged:
    named = [row for row in rows if row.table not in SYSTEM_TABLES]
    ids = frozenset(uuid_text(row.row) for row in named) if len(named) <= _NAMED_AT_MOST else frozenset[str]()
    return RecordsChanged(frozenset(row.table for row in named), ids, "sync")
