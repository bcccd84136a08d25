"""Who is calling: the signed Authorization header of protocol.md 2.10, checked cheapest first.

There is no session and no token, so nothing here can expire into the loss of somebody's records.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from sync.control import ControlState
from sync.errors import CodecError, SignatureInvalid
from sync.hub import pairing
from sync.hub.outcomes import refuse
from sync.hub.route import Access, Call, Route
from sync.hub.store import access
from sync.hub.store.teams import SeatRow, control_entries, find_seat
from sync.hub.tables import SEAT_ACTIVE
from sync.protocol.enrolment import Role
from sync.protocol.messages import KIT_SEAT, Authorization
from sync.protocol.problems import Problem
from sync.protocol.version import REQUEST_WINDOW_MS


def authorization(call: Call) -> Authorization:
    """Read the header and check its time; refuse with `bad_sig` or `clock_skew`, which tells the hub's time as `t`."""
    try:
        signed = Authorization.parse(call.headers.get("authorization", ""))
    except CodecError as error:
        refuse(Problem.BAD_SIG, error.detail)
    if abs(signed.time_ms - call.now_ms) > REQUEST_WINDOW_MS:
        refuse(Problem.CLOCK_SKEW, "the request was signed too long ago or ahead", t=call.now_ms)
    return signed


def signed_by(call: Call, signed: Authorization, seat: SeatRow) -> Call:
    """Give the call with its caller once the signature verifies; refuse with `bad_sig`."""
    try:
        signed.verify(seat.sign_pk, hub_id=call.hub_id, method=call.method, target=call.target, body=call.body)
    except SignatureInvalid as error:
        refuse(Problem.BAD_SIG, error.detail)
    return replace(call, seat=seat, nonce=signed.nonce)


def authenticated(route: Route, call: Call) -> Call:
    """Give the call with its caller, or refuse it; a stranger and an unknown team both get `not_found`."""
    if route.access in {Access.ANYBODY, Access.FOUNDER}:
        return call
    signed, seat, replayed = known_seat(route, call)
    call = signed_by(call, signed, seat)
    if replayed:
        refuse(Problem.NONCE_REPLAY, "this nonce was used before")
    _check_rights(route, seat, call.today)
    return call


def known_seat(route: Route, call: Call) -> tuple[Authorization, SeatRow, bool]:
    """Find the seat that the header names and whether its nonce was used: all that can be known without the body."""
    signed = authorization(call)
    with call.reading() as db:
        seat = _find_seat(db, route, call.team_id, signed.seat)
        if seat is None:
            refuse(Problem.NOT_FOUND)
        replayed = route.writes and access.nonce_known(db, seat.team_id, seat.seat_id, signed.nonce)
    return signed, seat, replayed


def _find_seat(db: Connection, route: Route, team_id: bytes, seat_id: bytes) -> SeatRow | None:
    """Look for a seat in the team of the path, or for one of a partner in the teams that this team has paired."""
    if route.kit and seat_id == KIT_SEAT:
        return _kit(db, team_id)
    if route.access is not Access.PARTNER:
        return find_seat(db, team_id, seat_id)
    found = (find_seat(db, partner, seat_id) for partner in pairing.paired_teams(db, team_id))
    return next((seat for seat in found if seat is not None), None)


def _kit(db: Connection, team_id: bytes) -> SeatRow | None:
    """Let the recovery kit of today stand for a seat; it holds no compartment and no role."""
    log = control_entries(db, team_id)
    if not log:
        return None
    tik_pk = ControlState.replay(log).tik_pk
    return SeatRow(
        team_id=team_id, seat_id=KIT_SEAT, sign_pk=tik_pk, role=0, comps=b"", state=SEAT_ACTIVE, until_day=None
    )


def _check_rights(route: Route, seat: SeatRow, today: int) -> None:
    if not seat.may_write(today):
        refuse(Problem.SEAT_REVOKED, "this seat has ended")
    retired = seat.state != SEAT_ACTIVE
    if route.access in {Access.READER, Access.PARTNER} and retired:
        refuse(Problem.WRITE_ONLY, "a retired seat may only hand in")
    if route.access is Access.LEAD and (retired or seat.role != Role.LEAD):
        refuse(Problem.ROLE, "only a lead may do this")
