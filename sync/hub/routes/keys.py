"""Grants and keyrings: objects for seats that this hub can only carry."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection

from sync.errors import CodecError
from sync.hub.head import grants_version
from sync.hub.outcomes import HubAnswer, cbor, octets, refuse
from sync.hub.route import Access, Call, Route
from sync.hub.store import keys
from sync.hub.store.keys import GrantRow
from sync.hub.store.teams import all_seats, lock_team
from sync.protocol.enrolment import Grant, Role, encode_grants, parse_grants
from sync.protocol.fields import U8
from sync.protocol.problems import Problem

_VERSION: Final = re.compile(r'"(0|[1-9][0-9]{0,18})"')
_KEY_BODY: Final = 1024 * 1024


def read_grants(call: Call) -> HubAnswer:
    """Give the caller's grants; a lead also gets a line with an empty blob for each grant of another seat.

    So a lead sees whom a grant is missing for, and nobody downloads what opens to somebody else only.
    """
    seat = call.caller
    with call.reading() as db:
        version = grants_version(db, call.team_id)
        grants = keys.grants_of(db, call.team_id, seat.seat_id)
        if seat.role == Role.LEAD:
            marks = keys.grant_marks(db, call.team_id)
            grants += [mark._replace(blob=b"") for mark in marks if mark.seat_id != seat.seat_id]
    lines = [Grant(comp=row.comp, epoch=row.epoch, seat=row.seat_id, blob=row.blob) for row in grants]
    return cbor(encode_grants(lines), ETag=f'"{version}"')


def put_grants(call: Call) -> HubAnswer:
    """Add or replace the grants sent, if those of the team are still of the version that the lead saw."""
    try:
        grants = parse_grants(call.body)
    except CodecError as error:
        refuse(Problem.MALFORMED, error.detail)
    if not all(grant.blob for grant in grants):
        refuse(Problem.MALFORMED, "a grant without content")
    expected = _if_match(call)
    rows = [GrantRow(grant.comp, grant.epoch, grant.seat, grant.blob) for grant in grants]

    def work(db: Connection) -> HubAnswer:
        lock_team(db, call.team_id)
        version = grants_version(db, call.team_id)
        if version != expected:
            refuse(Problem.STALE, "the grants have changed", version=version)
        if not {row.seat_id for row in rows} <= {seat.seat_id for seat in all_seats(db, call.team_id)}:
            refuse(Problem.MALFORMED, "a grant for a stranger")
        keys.put_grants(db, call.team_id, rows)
        return octets(b"", {"ETag": f'"{grants_version(db, call.team_id)}"'})

    return call.write(work)


def read_keyring(call: Call) -> HubAnswer:
    """Give the keyring of a compartment as it was put, to a seat that holds the compartment."""
    comp = _comp(call)
    if comp not in call.caller.comps:
        refuse(Problem.ROLE, "this seat does not hold the compartment")
    with call.reading() as db:
        held = keys.keyring(db, call.team_id, comp)
    if held is None:
        refuse(Problem.NOT_FOUND)
    return octets(held[1], {"ETag": f'"{held[0]}"'})


def put_keyring(call: Call) -> HubAnswer:
    """Replace the keyring of a compartment, if it is still of the version that the lead saw (0: none yet)."""
    comp, expected = _comp(call), _if_match(call)
    if not call.body:
        refuse(Problem.MALFORMED, "a keyring without content")

    def work(db: Connection) -> HubAnswer:
        lock_team(db, call.team_id)
        if not keys.put_keyring(db, call.team_id, comp, expected=expected, blob=call.body):
            version = keys.keyring_versions(db, call.team_id).get(comp, 0)
            refuse(Problem.STALE, "the keyring has changed", version=version)
        return octets(b"", {"ETag": f'"{expected + 1}"'})

    return call.write(work)


def _comp(call: Call) -> int:
    comp = int(call.params["comp"])
    if comp > U8:
        refuse(Problem.NOT_FOUND)
    return comp


def _if_match(call: Call) -> int:
    found = _VERSION.fullmatch(call.headers.get("if-match", ""))
    if found is None or int(found[1]) >= 2**63:
        refuse(Problem.MALFORMED, "If-Match must name the version that is replaced")
    return int(found[1])


ROUTES: Final = (
    Route(
        name="read_grants",
        method="GET",
        pattern="/v1/teams/{team}/grants",
        access=Access.READER,
        handler=read_grants,
    ),
    Route(
        name="put_grants",
        method="PUT",
        pattern="/v1/teams/{team}/grants",
        access=Access.LEAD,
        handler=put_grants,
        outcomes=frozenset({Problem.MALFORMED, Problem.STALE}),
        max_body=_KEY_BODY,
    ),
    Route(
        name="read_keyring",
        method="GET",
        pattern="/v1/teams/{team}/keyring/{comp}",
        access=Access.READER,
        handler=read_keyring,
        outcomes=frozenset({Problem.ROLE}),
    ),
    Route(
        name="put_keyring",
        method="PUT",
        pattern="/v1/teams/{team}/keyring/{comp}",
        access=Access.LEAD,
        handler=put_keyring,
        outcomes=frozenset({Problem.MALFORMED, Problem.STALE}),
        max_body=_KEY_BODY,
    ),
)
