"""What has been kept as long as it had to be: the list, the legal hold, and erasing by two leads (domain.md 7).

`retain_until` is computed from the last contact, never stored. One lead proposes, another confirms, and the erasure is
the same as any other. Nothing is erased by itself.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, func, select

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.dates import london_day, parse_day
from broker_desktop.records.erasing import EraseReason, Keeping
from broker_desktop.records.record_type import ADMIN
from broker_desktop.session.context import Context
from broker_desktop.session.erasing import PERSON, erase_in, finish
from broker_desktop.session.oversight_views import DuePerson, Erasing, RetentionView
from broker_desktop.session.queries import label_of, row_bytes, worker_names
from broker_desktop.store.bodies import body_payload
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import main_people, main_person
from broker_desktop.store.system_rows import ERASURE, HOLD
from broker_desktop.store.tables import table
from sync.ids import uuid_text

_WHAT: Final = "Retention"


def retention(context: Context) -> RetentionView:
    """List the people whose records are due, the longest due first."""
    context.only_leads(_WHAT)
    keeping = keeping_of(context)
    today = context.environment.today()
    with context.vault.reader.connect() as connection:
        until = {row: found for row, found in _until(context, connection, keeping).items() if found[1] <= today}
        people = context.vault.records.some(connection, PERSON, list(until))
        holds = dict(connection.execute(select(table("hold").c.id, table("hold").c.reason)).all())
        proposals = _proposals(connection)
        names = worker_names(connection)
    due = []
    for row, (last, day) in sorted(until.items(), key=lambda item: item[1][1]):
        proposal = proposals.get(row)
        due.append(
            DuePerson(
                person_id=uuid_text(row), label=label_of(people[row].payload()), last_contact=last, retain_until=day,
                held=holds.get(row, ""), proposal="" if proposal is None else uuid_text(proposal.id),
                proposed_by="" if proposal is None else names.get(proposal.seat, ""),
                mine=proposal is not None and proposal.seat == context.vault.ids.seat_id,
            )
        )  # fmt: skip
    return RetentionView(years=keeping.years, said=keeping.said, due=tuple(due))


def keeping_of(context: Context) -> Keeping:
    """Give how long this service keeps records."""
    years = context.pack.retention_years if context.pack else None
    return Keeping() if years is None else Keeping(years, said=True)


def hold(context: Context, person_id: str, reason: str) -> None:
    """Keep a person's records whatever their age; an empty reason ends that. Raises NotPermitted, NotFound."""
    context.only_leads(_WHAT)
    row = _person(context, person_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        if tx.has(HOLD, row):
            tx.put(HOLD, row, {"reason": reason})
        else:
            tx.create(HOLD, row, ADMIN, {"reason": reason})
        context.audit("hold" if reason else "unhold", PERSON, row, tx=tx)


def propose(context: Context, person_id: str) -> str:
    """Propose to erase a person whose records are due; another lead confirms. Returns the proposal's id.

    Raises:
        NotPermitted. NotFound. BadInput: not due, held, or proposed already.
    """
    context.only_leads(_WHAT)
    row = _person(context, person_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        _check_due(context, tx.connection, row)
        if row in _proposals(tx.connection):
            raise BadInput("Erasing this person is proposed already; another lead has to confirm it.", code="KEEP-3")
        proposal = context.environment.new_id()
        made = {"at": context.environment.moment(), "seat": context.vault.ids.seat_id}
        fields = {"type": PERSON, "row": row, "reason": EraseReason.RETENTION.code, **made}
        tx.create(ERASURE, proposal, ADMIN, fields, fresh=True)
        context.audit("propose", PERSON, row, tx=tx)
    return uuid_text(proposal)


def confirm(context: Context, proposal_id: str) -> Erasing:
    """Confirm another lead's proposal: the person is erased.

    Raises:
        NotPermitted: not a lead, or the same person who proposed it. NotFound. BadInput: not due any more, or held.
    """
    context.only_leads(_WHAT)
    proposal = row_bytes(proposal_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        found = next((one for one in _proposals(tx.connection).values() if one.id == proposal), None)
        if found is None:
            raise NotFound("There is no proposal of that id.")
        if context.user_of(found.seat) == context.user_of(context.vault.ids.seat_id):
            raise NotPermitted("Another lead has to confirm what you proposed.", code="KEEP-5")
        _check_due(context, tx.connection, found.row)
        done = {"done_at": context.environment.moment(), "done_by": context.vault.ids.seat_id}
        tx.put(ERASURE, proposal, done)
        erased = erase_in(context, tx, record_type(PERSON), found.row, EraseReason.RETENTION)
    finish(context)
    return erased


def _person(context: Context, person_id: str) -> bytes:
    with context.vault.reader.connect() as connection:
        row = main_person(connection, row_bytes(person_id))
        if context.vault.records.one(connection, PERSON, row) is None:
            raise NotFound("No person has this id here.")
    return row


def _check_due(context: Context, connection: Connection, row: bytes) -> None:
    hold_row = connection.execute(select(table("hold").c.reason).where(table("hold").c.id == row)).scalar()
    if hold_row:
        raise BadInput("There is a hold on this person: the records must be kept.", code="KEEP-4")
    found = _until(context, connection, keeping_of(context)).get(row)
    if found is None or found[1] > context.environment.today():
        raise BadInput("These records are not due yet.", code="KEEP-2")


def _proposals(connection: Connection) -> dict[bytes, Any]:
    target = table("erasure")
    return {one.row: one for one in connection.execute(select(target).where(target.c.done_at == ""))}


def _until(context: Context, connection: Connection, keeping: Keeping) -> dict[bytes, tuple[str, str]]:
    """Give for each person, after aliases, the day of the last contact and the first day on which it is due."""
    roots = main_people(connection)
    people = context.vault.projection.table(PERSON)
    made: dict[bytes, str] = {}
    last: dict[bytes, str] = {}
    born: dict[bytes, date] = {}
    for line in connection.execute(select(people.c.id, people.c.recorded_at, people.c.body)):
        root = roots.get(line.id, line.id)
        made[root] = max(london_day(line.recorded_at) or "", made.get(root, ""))
        if (day := _born(line.body)) is not None:
            born[root] = max(day, born.get(root, day))
    for kind in CATALOGUE:
        if kind.person_field is not None and kind.event_field is not None:
            target = context.vault.projection.table(kind.name)
            wanted = select(target.c.person, func.max(target.c.day)).where(target.c.person.is_not(None))
            for person, day in connection.execute(wanted.group_by(target.c.person)):
                root = roots.get(person, person)
                if day and root in made:
                    last[root] = max(day, last.get(root, ""))
    return {
        row: (day, keeping.until(parsed, born.get(row)).isoformat())
        for row, day in (made | last).items()  # of somebody without any contact, the day they were recorded
        if (parsed := parse_day(day)) is not None
    }


def _born(body: str) -> date | None:
    """Read the day of birth; of a year alone the last day, so that nobody is taken for older than they are."""
    payload = body_payload(body)
    said, year = payload.get("born_on"), payload.get("year_of_birth")
    if isinstance(said, str):
        return parse_day(said)
    return date(year, 12, 31) if isinstance(year, int) else None
