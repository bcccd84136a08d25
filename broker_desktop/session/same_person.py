"""Two records of one person: saying so, and taking it back; a lead or data officer, with a reason (protocol.md 2.4).

Nothing is moved: every record keeps its own person, lists and counts follow the alias, and undoing it restores both
exactly (requirements.md J8). Where either has health records, a nurse looks first: a result must not come to stand
under the wrong name. A seat that cannot read them cannot rule them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.access import Role
from broker_desktop.records.record_type import CLINICAL
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.queries import row_bytes
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import main_person, same_people
from broker_desktop.store.system_rows import CORRECTION
from broker_desktop.store.tables import table
from sync.ids import uuid_text
from sync.merge import shown
from sync.operation import ALIAS
from sync.replica import Transaction

DECIDERS: Final = frozenset({Role.LEAD, Role.DATA})
PERSON: Final = "person"


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
        _refuse_unseen(context, tx.connection, row, into)
        _say(context, tx, row, main_person(tx.connection, into), reason)
    _tell(context, row, into)


def unalias(context: Context, person_id: str, reason: str = "undo") -> None:
    """Say that a person is not the other one after all. Raises as `alias`; BadInput where nobody said they were."""
    row = row_bytes(person_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        _check(context, tx, (row,), reason)
        if _into(tx, row) is None:
            raise BadInput("Nobody said that this person is another one.", code="SAME-4")
        _say(context, tx, row, None, reason)
    _tell(context, row)


def health_records(context: Context, connection: Connection, people: Sequence[bytes]) -> bool | None:
    """Tell whether there are health records of any of these people; None where this seat could not read them."""
    if CLINICAL not in context.compartments:
        return None
    for kind in CATALOGUE:
        if CLINICAL in kind.compartments and kind.person_field is not None:
            target = context.vault.projection.table(kind.name)
            at = (target.c.person.in_(people), target.c.voided == 0, target.c.comp == CLINICAL)
            if connection.execute(select(target.c.n).where(*at).limit(1)).first() is not None:
                return True
    return False


def signed_off(connection: Connection, one: bytes, other: bytes) -> tuple[bytes, str] | None:
    """Give the seat of the nurse who looked at these two, or at others who are the same people, and what she noted.

    The note is empty where this seat may not read it; None where nobody has looked.
    """
    target = table("pair_sign_off")
    ones, others = same_people(connection, one), same_people(connection, other)
    at = (target.c.a.in_(ones) & target.c.b.in_(others)) | (target.c.a.in_(others) & target.c.b.in_(ones))
    newest = (target.c.at.desc(), (target.c.note == "").asc())
    found = connection.execute(select(target.c.seat, target.c.note).where(at).order_by(*newest)).first()
    return None if found is None else (bytes(found[0]), found[1])


def pair_key(first: bytes, second: bytes) -> bytes:
    """Give what the id of a decision about two people is derived from; the lower id comes first."""
    return b"pair\0" + first + second


def _refuse_unseen(context: Context, connection: Connection, one: bytes, other: bytes) -> None:
    people = (*same_people(connection, one), *same_people(connection, other))
    found = health_records(context, connection, people)
    if found is False or signed_off(connection, one, other) is not None:
        return
    why = "There are health records of one of them." if found else "This laptop cannot read health records."
    raise NotPermitted(
        f"{why} A result must not come to stand under the wrong name.",
        code="SAME-5",
        title="A nurse looks at these two first.",
        remedy="Nothing was changed. Ask a nurse to look at the pair and sign it off, then decide again.",
    )


def _check(context: Context, tx: Transaction, rows: tuple[bytes, ...], reason: str) -> None:
    if context.role not in DECIDERS:
        raise NotPermitted("Saying that two records are one person is for a team lead or data officer.")
    if not reason.strip():
        raise BadInput("This needs a reason in a word or two.")
    states = tx.states(PERSON, rows)
    if any(row not in states or states[row].erased for row in rows):
        raise NotFound("No person has this id here.")


def _into(tx: Transaction, row: bytes) -> bytes | None:
    state = tx.state(PERSON, row)
    value = shown(state).get(ALIAS) if state is not None else None
    return value if isinstance(value, bytes) else None


def _say(context: Context, tx: Transaction, row: bytes, into: bytes | None, reason: str) -> None:
    """Write the alias and the correction that remembers it when operations are long gone (protocol.md 2.4)."""
    before = _into(tx, row)
    tx.alias(PERSON, row, into)
    correction = {
        "type": PERSON,
        "row": row,
        "field": ALIAS,
        "old": before,
        "new": into,
        "reason": reason,
        "at": context.environment.moment(),
        "seat": context.vault.ids.seat_id,
    }
    comp = record_type(PERSON).compartment
    assert isinstance(comp, int)
    tx.create(CORRECTION, context.environment.new_id(), comp, correction, fresh=True)
    context.audit("alias" if into is not None else "unalias", PERSON, row, tx=tx)


def _tell(context: Context, *rows: bytes) -> None:
    context.publish(RecordsChanged(frozenset({PERSON}), frozenset(map(uuid_text, rows)), "local"))
