"""Sending a referral to another team, and how the referrals between teams stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records import record_type
from broker_desktop.records.record_type import CLINICAL, GENERAL
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.mail_rows import DUE_DAYS, Loop, all_loops, feedback_agreed, payloads
from broker_desktop.session.pairing import partner_names, partners, team_bytes
from broker_desktop.session.partner_views import PartnerRow, SentReferral
from broker_desktop.session.people_rules import refuse_against_wishes
from broker_desktop.session.queries import row_bytes
from broker_desktop.session.referral_desk import new_letter
from broker_desktop.session.times import iso_day
from broker_desktop.session.views import TodoItem
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.system_rows import MAIL
from sync.ids import uuid_bytes, uuid_text

_REFERRAL: Final = record_type("referral")
_REF_SIZE: Final = 16


def send(context: Context, referral_id: str, team: str) -> SentReferral:
    """Make a referral ready for another team; it leaves with the next sync, once the server holds its record.

    Args:
        context: of any seat that holds the referral.
        referral_id: a referral that goes out.
        team: id or name of a paired team.

    Raises:
        NotFound: no such referral or team. BadInput: it comes in, names nobody, or went to that team already.
        NotPermitted: this seat holds no key to write to other teams.
    """
    if context.compartments.isdisjoint({GENERAL, CLINICAL}):
        raise NotPermitted("Referrals to other teams are sent by staff. Hand the person to a worker.", code="PAIR-6")
    partner = _partner(context, team)
    row = row_bytes(referral_id)
    payload = _payload(context, row)
    _check_sendable(context, payload)
    with context.vault.reader.connect() as connection:
        refuse_against_wishes(context, connection, _REFERRAL, payload)
    existing = [one for one in _loops(context) if one.new.referral == row and uuid_text(one.new.team) == partner.team]
    if any(not loop.withdrawn for loop in existing):
        raise BadInput("This referral went to that team already.", code="PAIR-7", remedy="See how it stands.")
    random = context.environment.random
    letter = new_letter(uuid_bytes(partner.team), random.bytes(_REF_SIZE), row, context.environment.today())
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        tx.create(MAIL, context.environment.new_id(), payload["_comp"], {**letter, "_made": context.made()})
    context.publish(RecordsChanged(frozenset({_REFERRAL.name}), frozenset({referral_id}), "local"))
    return next(one for one in of_referral(context, referral_id) if one.team == partner.team and not one.closed)


def between_teams(context: Context) -> list[SentReferral]:
    """List the referrals to and from other teams, overdue ones first, then the newest."""
    with context.vault.reader.connect() as connection:
        loops = all_loops(connection)
        found = payloads(context, connection, (loop.new.referral for loop in loops))
    names, today = partner_names(context), date.fromisoformat(context.environment.today())
    rows = [
        _view(context, loop, found[loop.new.referral], names, today) for loop in loops if loop.new.referral in found
    ]
    newest = sorted(rows, key=lambda row: row.due_on, reverse=True)
    return sorted(newest, key=lambda row: (not row.overdue, row.due_on if row.overdue else ""))


def of_referral(context: Context, referral_id: str) -> list[SentReferral]:
    """Give how one referral stands with each team that it went to or came from."""
    return [one for one in between_teams(context) if one.referral == referral_id]


def overdue(context: Context) -> list[SentReferral]:
    """List our referrals of which nothing final was heard in time, the longest overdue first."""
    return [one for one in between_teams(context) if one.overdue]


def todo(context: Context) -> list[TodoItem]:
    """Give the line of the Today page about referrals that are overdue; none while nothing is."""
    late = len(overdue(context))
    return (
        [TodoItem(kind="overdue", text="Referred to another team, nothing heard in time", count=late)] if late else []
    )


def _view(
    context: Context, loop: Loop, payload: Mapping[str, Any], names: Mapping[bytes, str], today: date
) -> SentReferral:  # fmt: skip
    sent_on = iso_day(loop.new.sent_day) if loop.new.sent_day else None
    began = sent_on or loop.new.on_day
    due = date.fromisoformat(began) + timedelta(days=DUE_DAYS)
    feedback = feedback_agreed(dict(payload))
    closed = loop.closed(feedback=feedback)
    plain = {name: value for name, value in payload.items() if not name.startswith("_")}
    return SentReferral(
        referral=uuid_text(loop.new.referral),
        team=uuid_text(loop.new.team),
        team_name=names.get(loop.new.team, ""),
        incoming=not loop.outgoing,
        summary=_REFERRAL.summary_line(plain, context.codes),
        sent_on=sent_on if loop.outgoing else loop.new.on_day,
        state=loop.state(),
        due_on=due.isoformat(),
        overdue=loop.outgoing and not closed and due < today,
        closed=closed,
        feedback=feedback,
    )


def _partner(context: Context, team: str) -> PartnerRow:
    rows = partners(context)
    found = [row for row in rows if row.name.lower() == team.strip().lower()]
    if len(found) != 1:
        wanted = uuid_text(team_bytes(team)) if "-" in team or len(team) == 32 else ""
        found = [row for row in rows if row.team == wanted]
    if not found:
        raise NotFound(
            "No paired team has that id or name.", code="PAIR-2", remedy="See the list of partners; a lead pairs teams."
        )
    return found[0]


def _check_sendable(context: Context, payload: Mapping[str, Any]) -> None:
    if payload.get("direction") == "in":
        raise BadInput("This referral came in. Record a new one to send somebody on.", code="PAIR-8")
    person = payload.get("person")
    row = uuid_bytes(person["id"]) if isinstance(person, dict) and "id" in person else b""
    with context.vault.reader.connect() as connection:
        stored = context.vault.records.one(connection, "person", row) if row else None
    if stored is None or not isinstance(stored.payload().get("code"), str):
        raise BadInput(
            "The other team could not tell who is meant: the referral names nobody with a code.", code="PAIR-9"
        )  # fmt: skip


def _payload(context: Context, row: bytes) -> dict[str, Any]:
    with context.vault.reader.connect() as connection:
        found = payloads(context, connection, [row])
    if row not in found:
        raise NotFound("No referral has this id here.")
    return found[row]


def _loops(context: Context) -> Sequence[Loop]:
    with context.vault.reader.connect() as connection:
        return all_loops(connection)
