"""People who are closed to somebody of the team: their own record, a friend's, a relative's (domain.md 9, 16).

Who is closed to whom must not be readable, because it would tell that a colleague is a client. So the mark that travels
to everybody is a box that only the one laptop can open, and it holds a person's id; that two people are meant at all
stands in the leads' compartment. The program keeps the record closed; the keys of that laptop could still open it, as
the help page says.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, select

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records.record_type import ADMIN, COMMON
from broker_desktop.session.closing import mark_info
from broker_desktop.session.context import Context
from broker_desktop.session.erasing import PERSON
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.oversight_views import ClosedView
from broker_desktop.session.queries import label_of, row_bytes, worker_names
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import main_person
from broker_desktop.store.system_rows import CLOSED, INTEREST, wire_value
from broker_desktop.store.tables import table
from sync.crypto.boxes import hpke_seal
from sync.ids import uuid_bytes, uuid_text
from sync.replica import Transaction

_WHAT: Final = "Closing a record to a colleague"


def closed(context: Context) -> list[ClosedView]:
    """List which people are closed to whom; what names this laptop's own person is left out."""
    context.only_leads(_WHAT)
    own = context.user_of(context.vault.ids.seat_id)
    with context.vault.reader.connect() as connection:
        lines = [line for line in _interests(connection) if line.user != own]
        people = context.vault.records.some(connection, PERSON, [line.person for line in lines])
        names = worker_names(connection)
    by_user = {context.user_of(seat): names.get(seat, "") for seat in context.vault.seats()}
    return [
        ClosedView(
            id=uuid_text(line.id), person_id=uuid_text(line.person),
            label=label_of(people[line.person].payload()) if line.person in people else "",
            worker=by_user.get(line.user, ""),
        )
        for line in lines
    ]  # fmt: skip


def close_to(context: Context, person_id: str, seat: str) -> str:
    """Close a person to whoever works on a laptop, on all laptops of theirs; returns an id to open it again by.

    Raises:
        NotPermitted: not a lead. NotFound: no such person or laptop. BadInput: closed to them already.
    """
    context.only_leads(_WHAT)
    wanted = _seat(context, seat)
    user = context.user_of(wanted)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        person = main_person(tx.connection, row_bytes(person_id))
        if context.vault.records.one(tx.connection, PERSON, person) is None:
            raise NotFound("No person has this id here.")
        if any((line.person, line.user) == (person, user) for line in _interests(tx.connection)):
            raise BadInput("This person is closed to them already.", code="CLOSED-3")
        row = context.environment.new_id()
        marks = [[seat_id, _mark(context, tx, person, seat_id)] for seat_id in _seats_of(context, user)]
        tx.create(INTEREST, row, ADMIN, {"person": person, "user": user, "marks": marks}, fresh=True)
        context.audit("close", PERSON, person, tx=tx)
    _tell(context)
    return uuid_text(row)


def open_to(context: Context, interest_id: str) -> None:
    """Open a person again. Raises NotPermitted for anybody but a lead, and for the one whom it is closed to."""
    context.only_leads(_WHAT)
    row = row_bytes(interest_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        found = next((line for line in _interests(tx.connection) if line.id == row), None)
        if found is None:
            raise NotFound("Nothing is closed under that id.")
        if found.user == context.user_of(context.vault.ids.seat_id):
            raise NotPermitted("What is closed to you, another lead has to open.", code="CLOSED-5")
        tx.put(INTEREST, row, {"person": None, "marks": []})
        for _, mark in wire_value(found.marks):
            tx.put(CLOSED, mark, {"box": b""})
        context.audit("reopen", PERSON, found.person, tx=tx)
    _tell(context)


def mark_new_laptops(context: Context) -> None:
    """Give marks to laptops that joined after their person was found to have an interest; a lead's, after a sync."""
    with context.vault.reader.connect() as connection:
        missing = [(line, seats) for line in _interests(connection) if (seats := _unmarked(context, line))]
    if not missing:
        return
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        for line, seats in missing:
            marks = [[seat, _mark(context, tx, line.person, seat)] for seat in seats]
            tx.put(INTEREST, line.id, {"marks": [*wire_value(line.marks), *marks]})


def _interests(connection: Connection) -> list[Any]:
    target = table("interest")
    return list(connection.execute(select(target).where(target.c.person != b"").order_by(target.c.id)))


def _mark(context: Context, tx: Transaction, person: bytes, seat: bytes) -> bytes:
    mark = context.environment.new_id()
    card = context.vault.seats()[seat].card
    box = hpke_seal(card.kem_pk, mark_info(context.vault.ids.team_id, mark), person)
    tx.create(CLOSED, mark, COMMON, {"box": box}, fresh=True)
    return mark


def _unmarked(context: Context, interest: Any) -> list[bytes]:
    marked = {seat for seat, _ in wire_value(interest.marks)}
    return [seat for seat in _seats_of(context, interest.user) if seat not in marked]


def _seats_of(context: Context, user: bytes) -> list[bytes]:
    return sorted(seat for seat, one in context.vault.seats().items() if one.card.user == user)


def _seat(context: Context, text: str) -> bytes:
    try:
        seat = uuid_bytes(text)
    except ValueError:
        seat = b""
    if seat not in context.vault.seats():
        raise NotFound("No laptop of the team has this id.", code="TEAM-4")
    return seat


def _tell(context: Context) -> None:
    context.publish(RecordsChanged(frozenset({PERSON}), frozenset(), "local"))
