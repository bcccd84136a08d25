"""Seats as the control log says: the bridge between sync.control and the hub's seat table.

The hub vouches for no key. Its seat table is a copy of what the signed log says, written anew after every entry, and
`broker-hub check` compares the two.
"""

from __future__ import annotations

from typing import Final

from sync.control import ControlState
from sync.errors import ControlRefused
from sync.hub.outcomes import refuse
from sync.hub.store.teams import SeatRow
from sync.protocol.entries import Entry
from sync.protocol.problems import Problem

_PROBLEMS: Final = {"role": Problem.ROLE, "author": Problem.ROLE, "update_needed": Problem.PROTO}


def seat_rows(state: ControlState) -> list[SeatRow]:
    """Give the rows of the seat table that a control log amounts to, by seat id."""
    rows = [
        SeatRow(
            team_id=state.team,
            seat_id=seat.seat_id,
            sign_pk=seat.sign_pk,
            role=int(seat.role),
            comps=bytes(seat.comps),
            state=int(seat.state),
            until_day=seat.until_day,
        )
        for seat in state.seats.values()
    ]
    return sorted(rows, key=lambda row: row.seat_id)


def founded(entry: Entry) -> ControlState:
    """Give the state after a genesis, or refuse it."""
    try:
        return _understood(ControlState.begin(entry))
    except ControlRefused as error:
        refuse(_PROBLEMS.get(error.code, Problem.MALFORMED), _reason(error))


def followed(state: ControlState, entry: Entry) -> ControlState:
    """Give the state after one more entry, or refuse it; that it is the next one was checked before."""
    try:
        return _understood(state.extended(entry))
    except ControlRefused as error:
        refuse(_PROBLEMS.get(error.code, Problem.MALFORMED), _reason(error))


def _understood(state: ControlState) -> ControlState:
    # Whoever cannot tell what an entry allows cannot enforce it (protocol.md 2.17): the laptop keeps it until this
    # server has been updated.
    if state.update_needed:
        refuse(Problem.PROTO, "this server does not know control entries of this type")
    return state


def _reason(error: ControlRefused) -> str:
    return f"{error.code}: {error.detail}"
