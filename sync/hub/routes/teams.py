"""Who this hub is, making a team, and a team's head."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from sync import codec
from sync.control import ControlState, parse_entry
from sync.crypto.signing import sha256
from sync.errors import CodecError, ControlRefused
from sync.hub import auth
from sync.hub.head import head_answer
from sync.hub.membership import founded, seat_rows
from sync.hub.outcomes import HubAnswer, cbor, refuse
from sync.hub.route import Access, Call, Route
from sync.hub.store import access, teams
from sync.hub.store.teams import TeamRow
from sync.hub.tables import TEAM_OPEN
from sync.protocol.entries import Entry
from sync.protocol.envelope import ZERO_HASH
from sync.protocol.fields import as_bytes, as_map, as_text
from sync.protocol.messages import INFO_NONCE_SIZE, Info
from sync.protocol.problems import Problem
from sync.protocol.version import MAX_CONTROL_ENTRY_BYTES

_INFO_NONCE: Final = re.compile(f"[0-9a-f]{{{2 * INFO_NONCE_SIZE}}}")
_TOKEN_ROOM: Final = 512


@dataclass(frozen=True, slots=True)
class _Founding:
    """Body of `POST teams`: `{1 genesis entry, 2 operator token}`."""

    entry: Entry
    token: str

    @classmethod
    def parse(cls, body: bytes) -> _Founding:
        try:
            fields = as_map(codec.decode(body))
            return cls(entry=parse_entry(as_bytes(fields.get(1))), token=as_text(fields.get(2)))
        except (CodecError, ControlRefused) as error:
            refuse(Problem.MALFORMED, error.detail)


def info(call: Call) -> HubAnswer:
    """Prove to anybody who this hub is, by signing a nonce of theirs; tells its time and limits."""
    nonce = call.query.get("nonce", "")
    if not _INFO_NONCE.fullmatch(nonce):
        refuse(Problem.MALFORMED, "nonce is 32 bytes in hex")
    return cbor(Info.build(call.key, bytes.fromhex(nonce), call.now_ms).encode())


def found_team(call: Call) -> HubAnswer:
    """Make a team from its genesis; the operator token is spent. The same genesis again changes nothing."""
    founding = _Founding.parse(call.body)
    state = founded(founding.entry)
    call = auth.signed_by(call, auth.authorization(call), seat_rows(state)[0])
    if state.hub_id != call.hub_id:
        refuse(Problem.MALFORMED, "this genesis was made for another server")
    with call.reading() as db:
        if access.nonce_known(db, call.caller.team_id, call.caller.seat_id, call.nonce):
            refuse(Problem.NONCE_REPLAY, "this nonce was used before")
        known = teams.find_team(db, state.team)
        if known is not None and teams.control_hash(db, state.team, 1) == state.genesis_hash:
            return head_answer(call, db, known)
    if known is not None:
        refuse(Problem.CTL_CONFLICT, "another team has this id")

    def work(db: Connection) -> HubAnswer:
        if not access.spend_token(db, sha256(founding.token.encode())):
            refuse(Problem.ROLE, "no such operator token")
        return head_answer(call, db, _store_team(call, db, state, founding.entry.raw))

    return call.write(work)


def _store_team(call: Call, db: Connection, state: ControlState, genesis: bytes) -> TeamRow:
    team = TeamRow(
        team_id=state.team,
        log_id=state.log_id,
        next_n=1,
        head_h=ZERO_HASH,
        floor_n=0,
        ctl_seq=state.ctl_seq,
        ctl_hash=state.ctl_hash,
        state=TEAM_OPEN,
        quota_bytes=call.config.quota_bytes,
        used_bytes=0,
    )
    teams.add_team(db, team)
    teams.add_control(db, team.team_id, seq=1, ctl_hash=state.ctl_hash, entry=genesis)
    teams.replace_seats(db, team.team_id, seat_rows(state))
    return team


def head(call: Call) -> HubAnswer:
    """Give the signed head of the team."""
    with call.reading() as db:
        return head_answer(call, db, call.team(db))


ROUTES: Final = (
    Route(
        name="info",
        method="GET",
        pattern="/v1/info",
        access=Access.ANYBODY,
        handler=info,
        outcomes=frozenset({Problem.MALFORMED}),
    ),
    Route(
        name="found_team",
        method="POST",
        pattern="/v1/teams",
        access=Access.FOUNDER,
        handler=found_team,
        outcomes=frozenset({Problem.MALFORMED, Problem.ROLE, Problem.CTL_CONFLICT, Problem.PROTO}),
        max_body=MAX_CONTROL_ENTRY_BYTES + _TOKEN_ROOM,
    ),
    Route(
        name="head",
        method="GET",
        pattern="/v1/teams/{team}/head",
        access=Access.SEAT,
        handler=head,
    ),
)
