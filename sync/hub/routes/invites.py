"""Joining: a lead's invite, the request of a new laptop, the lead's answer (protocol.md 2.8).

The box is sealed under the invite code, which never comes here. The invite key's signature over the request can be
checked here all the same, since its public half travels with it, so that nobody else takes the one place.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from sync.errors import CodecError, SignatureInvalid
from sync.hub.outcomes import HubAnswer, cbor, octets, refuse
from sync.hub.route import SMALL_BODY, Access, Call, Route
from sync.hub.store import invites, teams
from sync.hub.store.invites import InviteRow
from sync.protocol.enrolment import (
    InvitePost,
    InviteResult,
    InviteState,
    WaitingInvite,
    encode_waiting,
    verify_invited,
)
from sync.protocol.join_request import JoinRequest
from sync.protocol.problems import Problem
from sync.protocol.version import MAX_JOIN_BYTES

_BOX_MAX: Final = 2048
_RESULT_BODY: Final = 64


def post_invite(call: Call) -> HubAnswer:
    """Keep an invite of the team until its last day; the same again changes nothing."""
    try:
        post = InvitePost.parse(call.body)
    except CodecError as error:
        refuse(Problem.MALFORMED, error.detail)
    if post.expires_day < call.today or not 0 < len(post.box) <= _BOX_MAX:
        refuse(Problem.MALFORMED, "an invite lasts at least until today and has a box of at most 2 KiB")
    invite = InviteRow(
        invite_id=post.invite_id, team_id=call.team_id, expires_day=post.expires_day, box=post.box
    )  # fmt: skip

    def work(db: Connection) -> None:
        teams.lock_team(db, call.team_id)
        held = invites.find(db, post.invite_id)
        if held is None:
            invites.add(db, invite)
        elif (held.team_id, held.box) != (invite.team_id, invite.box):
            refuse(Problem.INVITE_USED, "another invite has this id")

    call.write(work)
    return octets(b"")


def list_invites(call: Call) -> HubAnswer:
    """Give the team's invites with the requests that wait for an answer."""
    with call.reading() as db:
        rows = invites.of_team(db, call.team_id, today=call.today)
    lines = [
        WaitingInvite(
            invite_id=row.invite_id, expires_day=row.expires_day, state=_result(row).state, request=row.request
        )
        for row in rows
    ]
    return cbor(encode_waiting(lines))


def put_result(call: Call) -> HubAnswer:
    """Keep the lead's answer; the state `open` clears the request, so that another laptop may post one."""
    try:
        result = InviteResult.parse(call.body)
    except CodecError as error:
        refuse(Problem.MALFORMED, error.detail)
    if result.state is InviteState.REQUESTED:
        refuse(Problem.MALFORMED, "only a laptop requests")

    def work(db: Connection) -> None:
        teams.lock_team(db, call.team_id)
        row = _open_invite(call, db)
        if row.team_id != call.team_id:
            refuse(Problem.NOT_FOUND)
        clears = result.state is InviteState.OPEN
        invites.set_result(
            db, row.invite_id, request=None if clears else row.request, result=None if clears else result.encode()
        )

    call.write(work)
    return octets(b"")


def read_invite(call: Call) -> HubAnswer:
    """Give the box of an invite, at most 20 times an hour to one address."""
    wait_s = call.box_reads.wait_s(call.peer, call.now_ms)
    if wait_s:
        refuse(Problem.RATE_LIMITED, "too many invites asked for", retry_after=wait_s)
    with call.reading() as db:
        row = _open_invite(call, db)
    if row.result is not None:
        refuse(Problem.INVITE_USED, "this invite has been answered")
    return octets(row.box)


def request_join(call: Call) -> HubAnswer:
    """Keep the first request that the invite key signed; the same request again changes nothing."""
    with call.reading() as db:
        row = _open_invite(call, db)
        genesis_hash = teams.control_hash(db, row.team_id, 1) or b""
    _check_request(call.body, row, genesis_hash)
    requested = InviteResult(state=InviteState.REQUESTED)
    if row.request == call.body:
        return cbor(_result(row).encode())
    taken = call.write(lambda db: invites.take_request(db, row.invite_id, call.body))
    if not taken:
        refuse(Problem.INVITE_USED, "another laptop asked first")
    return cbor(requested.encode())


def _check_request(body: bytes, row: InviteRow, genesis_hash: bytes) -> None:
    try:
        request = JoinRequest.parse(body)
        verify_invited(request.card, row.team_id, genesis_hash)
    except CodecError as error:
        refuse(Problem.MALFORMED, error.detail)
    except SignatureInvalid as error:
        refuse(Problem.BAD_SIG, error.detail)
    if request.card.invite_id != row.invite_id:
        refuse(Problem.MALFORMED, "a request for another invite")


def read_result(call: Call) -> HubAnswer:
    """Tell how far a join has come."""
    with call.reading() as db:
        return cbor(_result(_open_invite(call, db)).encode())


def _open_invite(call: Call, db: Connection) -> InviteRow:
    row = invites.find(db, bytes.fromhex(call.params["invite"]))
    if row is None or row.expires_day < call.today:
        refuse(Problem.NOT_FOUND)
    return row


def _result(row: InviteRow) -> InviteResult:
    if row.result is not None:
        return InviteResult.parse(row.result)
    return InviteResult(state=InviteState.OPEN if row.request is None else InviteState.REQUESTED)


ROUTES: Final = (
    Route(
        name="post_invite",
        method="POST",
        pattern="/v1/teams/{team}/invites",
        access=Access.LEAD,
        handler=post_invite,
        outcomes=frozenset({Problem.MALFORMED, Problem.INVITE_USED}),
        max_body=SMALL_BODY,
    ),
    Route(
        name="list_invites",
        method="GET",
        pattern="/v1/teams/{team}/invites",
        access=Access.LEAD,
        handler=list_invites,
    ),
    Route(
        name="put_result",
        method="PUT",
        pattern="/v1/teams/{team}/invites/{invite}/result",
        access=Access.LEAD,
        handler=put_result,
        outcomes=frozenset({Problem.MALFORMED}),
        max_body=_RESULT_BODY,
    ),
    Route(
        name="read_invite",
        method="GET",
        pattern="/v1/invites/{invite}",
        access=Access.ANYBODY,
        handler=read_invite,
        outcomes=frozenset({Problem.NOT_FOUND, Problem.INVITE_USED, Problem.RATE_LIMITED}),
    ),
    Route(
        name="request_join",
        method="POST",
        pattern="/v1/invites/{invite}/request",
        access=Access.ANYBODY,
        handler=request_join,
        outcomes=frozenset({Problem.NOT_FOUND, Problem.MALFORMED, Problem.BAD_SIG, Problem.INVITE_USED}),
        max_body=MAX_JOIN_BYTES,
    ),
    Route(
        name="read_result",
        method="GET",
        pattern="/v1/invites/{invite}/result",
        access=Access.ANYBODY,
        handler=read_result,
        outcomes=frozenset({Problem.NOT_FOUND}),
    ),
)
