"""Reading and extending a team's control log."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from sync.control import ControlState, parse_entry
from sync.errors import ControlRefused
from sync.hub.head import head_answer
from sync.hub.membership import followed, seat_rows
from sync.hub.outcomes import HubAnswer, octets, refuse
from sync.hub.route import Access, Call, Route
from sync.hub.store import teams
from sync.hub.store.teams import TeamRow
from sync.protocol.entries import Entry
from sync.protocol.frames import write_frames
from sync.protocol.problems import Problem
from sync.protocol.version import MAX_CONTROL_ENTRY_BYTES, MAX_PAGE_BYTES

_FRAME_SIZE: Final = 4


def read_control(call: Call) -> HubAnswer:
    """Give the entries beyond `after` as frames; a page holds at most 4 MiB and at least one entry."""
    after = call.number("after", 0)
    with call.reading() as db:
        entries = teams.control_entries(db, call.team_id, after=after)
    page: list[bytes] = []
    size = 0
    for entry in entries:
        size += _FRAME_SIZE + len(entry)
        if page and size > MAX_PAGE_BYTES:
            break
        page.append(entry)
    return octets(write_frames(page))


def append_control(call: Call) -> HubAnswer:
    """Append one verified entry by compare-and-swap on (ctl_seq, prev); the entry already held changes nothing.

    Any member may bring an entry: what counts is who signed it.
    """
    entry = _parsed(call)
    with call.reading() as db:
        team = call.team(db)
        if _held(db, team, entry):
            return head_answer(call, db, team)
        if (entry.ctl_seq, entry.prev) != (team.ctl_seq + 1, team.ctl_hash):
            _refuse_conflict(team)
        log = teams.control_entries(db, call.team_id)
    # Replaying takes a signature check per entry, so it happens before the team's row is locked.
    state = followed(ControlState.replay(log), entry)
    return call.write(lambda db: _append(call, db, entry, state))


def _parsed(call: Call) -> Entry:
    try:
        entry = parse_entry(call.body)
    except ControlRefused as error:
        refuse(Problem.MALFORMED, error.detail)
    if entry.team != call.team_id:
        refuse(Problem.MALFORMED, "an entry of another team")
    return entry


def _held(db: Connection, team: TeamRow, entry: Entry) -> bool:
    return entry.ctl_seq <= team.ctl_seq and teams.control_hash(db, team.team_id, entry.ctl_seq) == entry.ctl_hash


def _append(call: Call, db: Connection, entry: Entry, state: ControlState) -> HubAnswer:
    moved = teams.move_control_head(
        db, entry.team, seq=entry.ctl_seq, prev=entry.prev, new_hash=entry.ctl_hash
    )  # fmt: skip
    if not moved:
        _refuse_conflict(call.team(db))
    teams.add_control(db, entry.team, seq=entry.ctl_seq, ctl_hash=entry.ctl_hash, entry=entry.raw)
    teams.replace_seats(db, entry.team, seat_rows(state))
    return head_answer(call, db, call.team(db))


def _refuse_conflict(team: TeamRow) -> None:
    refuse(Problem.CTL_CONFLICT, "the log has gone on", ctl_seq=team.ctl_seq, ctl_hash=team.ctl_hash)


ROUTES: Final = (
    Route(
        name="read_control",
        method="GET",
        pattern="/v1/teams/{team}/control",
        access=Access.SEAT,
        kit=True,
        handler=read_control,
        outcomes=frozenset({Problem.MALFORMED}),
    ),
    Route(
        name="append_control",
        method="POST",
        pattern="/v1/teams/{team}/control",
        access=Access.SEAT,
        kit=True,
        handler=append_control,
        outcomes=frozenset({Problem.MALFORMED, Problem.ROLE, Problem.CTL_CONFLICT, Problem.PROTO}),
        max_body=MAX_CONTROL_ENTRY_BYTES,
    ),
)
