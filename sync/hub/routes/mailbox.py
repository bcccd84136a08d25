"""Between teams: cards and sealed messages (protocol.md 2.10, 2.14). The hub learns who writes to whom on which day.

Whether a team may write to another is said by the control log of the one that receives, never by a table of the hub.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from sync.errors import CodecError
from sync.hub import pairing
from sync.hub.outcomes import HubAnswer, cbor, octets, refuse
from sync.hub.route import Access, Call, Route
from sync.hub.store import mailbox
from sync.hub.store.mailbox import MailRow
from sync.hub.store.teams import lock_team
from sync.protocol.mail import MAX_MESSAGE_BYTES, MESSAGE_COMPS, MailItem, message_front, write_mail
from sync.protocol.problems import Problem

_PAGE_ROWS: Final = 64


def read_card(call: Call) -> HubAnswer:
    """Give card key, certificate and latest card of the team in the path to a seat of a team that it has paired."""
    with call.reading() as db:
        answer = pairing.card_answer(db, call.team_id)
    if answer is None:
        refuse(Problem.NOT_FOUND)
    return cbor(answer.encode())


def put_mail(call: Call) -> HubAnswer:
    """Keep a message for the team in the path; the same id again changes nothing, even when it was deleted since."""
    try:
        message_front(call.body)
    except CodecError as error:
        refuse(Problem.MALFORMED, error.detail)
    sender, msg_id = call.caller.team_id, _msg_id(call)

    def work(db: Connection) -> None:
        lock_team(db, call.team_id)
        held = mailbox.find(db, call.team_id, msg_id)
        if held is not None:
            if held.content and (held.from_team, held.content) != (sender, call.body):
                refuse(Problem.MALFORMED, "another message has this id")
            return
        if mailbox.waiting_bytes(db, call.team_id, sender) + len(call.body) > call.config.mailbox_bytes:
            refuse(Problem.QUOTA, "too many messages of this team wait for that one")
        mailbox.add(
            db,
            MailRow(
                team_id=call.team_id,
                k=mailbox.last_k(db, call.team_id) + 1,
                msg_id=msg_id,
                from_team=sender,
                content=call.body,
                day=call.today,
            ),
        )

    call.write(work)
    return octets(b"")


def read_mail(call: Call) -> HubAnswer:
    """Give the messages beyond `after` of the compartments that the caller holds, a page at a time."""
    after = call.number("after", 0)
    fronts = [bytes([comp]) for comp in sorted(MESSAGE_COMPS & set(call.caller.comps))]
    with call.reading() as db:
        rows = mailbox.after(db, call.team_id, k=after, fronts=fronts, limit=_PAGE_ROWS)
    return octets(write_mail(MailItem(row.k, row.msg_id, row.from_team, row.day, row.content) for row in rows))


def delete_mail(call: Call) -> HubAnswer:
    """Delete a message that a laptop of the team has taken in; one that is gone already is no error."""
    msg_id = _msg_id(call)

    def work(db: Connection) -> None:
        lock_team(db, call.team_id)
        held = mailbox.find(db, call.team_id, msg_id)
        if held is None or not held.content:
            return
        if held.content[0] not in call.caller.comps:
            refuse(Problem.ROLE, "this seat does not hold the compartment of the message")
        mailbox.empty(db, call.team_id, msg_id, call.today)

    call.write(work)
    return octets(b"")


def _msg_id(call: Call) -> bytes:
    return bytes.fromhex(call.params["msg"])


ROUTES: Final = (
    Route(
        name="read_card",
        method="GET",
        pattern="/v1/cards/{team}",
        access=Access.PARTNER,
        handler=read_card,
    ),
    Route(
        name="put_mail",
        method="PUT",
        pattern="/v1/mailbox/{team}/{msg}",
        access=Access.PARTNER,
        handler=put_mail,
        outcomes=frozenset({Problem.MALFORMED, Problem.QUOTA}),
        max_body=MAX_MESSAGE_BYTES,
    ),
    Route(
        name="read_mail",
        method="GET",
        pattern="/v1/teams/{team}/mailbox",
        access=Access.READER,
        handler=read_mail,
        outcomes=frozenset({Problem.MALFORMED}),
    ),
    Route(
        name="delete_mail",
        method="DELETE",
        pattern="/v1/teams/{team}/mailbox/{msg}",
        access=Access.READER,
        handler=delete_mail,
        outcomes=frozenset({Problem.ROLE}),
    ),
)
