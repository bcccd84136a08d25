"""What an operator may know of a hub: counts and bytes; and whether what it holds is whole.

`findings` names teams by the ids the database holds and nothing else, since nothing else is known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from sync.control import ControlState
from sync.errors import ControlRefused, EnvelopeRefused
from sync.hub.membership import seat_rows
from sync.hub.store import Store, access, invites, log, teams
from sync.hub.store.log import EnvelopeRow
from sync.hub.store.teams import TeamRow
from sync.protocol.envelope import ZERO_HASH, parse_envelope
from sync.protocol.messages import hub_id_of, log_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Counts and bytes of one hub."""

    hub_id: str
    teams: int
    seats: int
    envelopes: int
    bytes: int
    invites: int
    unused_tokens: int

    def fields(self) -> dict[str, int | str]:
        """Give the status for JSON."""
        return asdict(self)


def status(store: Store, today: int) -> Status:
    """Count what the hub holds."""
    with store.reading() as db:
        all_teams = teams.all_teams(db)
        public = access.hub_public(db)
        return Status(
            hub_id=hub_id_of(public).hex() if public else "",
            teams=len(all_teams),
            seats=sum(len(teams.all_seats(db, team.team_id)) for team in all_teams),
            envelopes=sum(team.head_n for team in all_teams),
            bytes=sum(team.used_bytes for team in all_teams),
            invites=invites.count(db, today=today),
            unused_tokens=access.count_tokens(db),
        )


def findings(store: Store) -> list[str]:
    """Recompute what can be recomputed and name every difference; an empty list means that the hub is whole."""
    found: list[str] = []
    with store.reading() as db:
        if access.hub_public(db) is None:
            found.append("the server has no key yet")
        for team in teams.all_teams(db):
            name = f"team {team.team_id.hex()}"
            found += [f"{name}: {problem}" for problem in (*_log_problems(db, team), *_control_problems(db, team))]
    return found


def _log_problems(db: Connection, team: TeamRow) -> Iterator[str]:
    """Walk the log: numbers without a gap, every body under its hash, the running head, the bytes of the quota."""
    expected, head, stored = 1, ZERO_HASH, 0
    for row in log.whole(db, team.team_id):
        if row.n != expected:
            yield f"envelope {expected} is missing"
            return
        if not _matches_its_hash(row):
            yield f"envelope {row.n} differs from its hash"
        head = log_hash(head, row.n, row.env_hash)
        stored += len(row.wire)
        expected += 1
    if expected != team.next_n:
        yield f"the log ends at {expected - 1}, its counter says {team.head_n}"
    elif head != team.head_h:
        yield "the running head differs from the log"
    if stored != team.used_bytes:
        yield "the bytes used differ from the log"


def _matches_its_hash(row: EnvelopeRow) -> bool:
    if row.body is None:
        return True
    try:
        return parse_envelope(row.wire).env_hash == row.env_hash
    except EnvelopeRefused:
        return False


def _control_problems(db: Connection, team: TeamRow) -> Iterator[str]:
    """Replay the control log, every signature of it, and compare head and seat table."""
    try:
        state = ControlState.replay(teams.control_entries(db, team.team_id))
    except ControlRefused as error:
        yield f"the control log does not verify ({error.code})"
        return
    if (state.ctl_seq, state.ctl_hash) != (team.ctl_seq, team.ctl_hash):
        yield "the control head differs from the control log"
    if seat_rows(state) != teams.all_seats(db, team.team_id):
        yield "the seat table differs from the control log"
