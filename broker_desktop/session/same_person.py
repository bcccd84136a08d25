"""Two records of one person: saying so, and taking it back; a lead or data officer, with a reason (protocol.md 2.4).

Nothing is moved: every record keeps its own person, lists and counts follow the alias, and undoing it restores both
exactly (requirements.md J8).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records import record_type
from broker_desktop.records.access import Role
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.queries import row_bytes
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import main_person
from broker_desktop.store.system_rows import CORRECTION
from sync.merge import shown
from sync.operation import ALIAS
from sync.replica import Transaction

_MAY: Final = frozenset({Role.LEAD, Role.DATA})
_PERSON: Final = "person"


def alias(context: Context, person_id: str, into_id: str, reason: str) -> None:
    """Say that a person is another one, who stands for both from now on.

    Raises:
        NotPermitted: neither lead nor data officer. NotFound. BadInput: no reason, or they are the same already.
    """
    row, into = row_bytes(person_id), row_bytes(into_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        _check(context, tx, (row, into), reason)
        if row == into or main_person(tx.connection, row) == main_person(tx.connection, into):
            raise BadInput("These two are the same person already.", code="SAME-3")
        _say(context, tx, row, main_person(tx.connection, into), reason)
    _tell(context)


def unalias(context: Context, person_id: str, reason: str = "undo") -> None:
    """Say that a person is not the other one after all. Raises as `alias`; BadInput where nobody said they were."""
    row = row_bytes(person_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        _check(context, tx, (row,), reason)
        if _into(tx, row) is None:
            raise BadInput("Nobody said that this person is another one.", code="SAME-4")
        _say(context, tx, row, None, reason)
    _tell(context)


def _check(context: Context, tx: Transaction, rows: tuple[bytes, ...], reason: str) -> None:
    if context.role not in _MAY:
        raise NotPermitted("Saying that two records are one person is for a team lead or data officer.")
    if not reason.strip():
        raise BadInput("This needs a reason in a word or two.")
    states = tx.states(_PERSON, rows)
    if any(row not in states or states[row].erased for row in rows):
        raise NotFound("No person has this id here.")


def _into(tx: Transaction, row: bytes) -> bytes | None:
    state = tx.state(_PERSON, row)
    value = shown(state).get(ALIAS) if state is not None else None
    return value if isinstance(value, bytes) else None


def _say(context: Context, tx: Transaction, row: bytes, into: bytes | None, reason: str) -> None:
    """Write the alias and the correction that remembers it when operations are long gone (protocol.md 2.4)."""
    before = _into(tx, row)
    tx.alias(_PERSON, row, into)
    correction = {
        "type": _PERSON,
        "row": row,
        "field": ALIAS,
        "old": before,
        "new": into,
        "reason": reason,
        "at": context.environment.moment(),
        "seat": context.vault.ids.seat_id,
    }
    comp = record_type(_PERSON).compartment
    assert isinstance(comp, int)
    tx.create(CORRECTION, context.environment.new_id(), comp, correction, fresh=True)
    context.audit("alias" if into is not None else "unalias", _PERSON, row, tx=tx)


def _tell(context: Context) -> None:
    context.publish(RecordsChanged(frozenset({_PERSON}), frozenset(), "local"))
