"""Role, retire and revoke in the control log: who may, what must be renewed, and which envelopes they cover."""

from collections.abc import Sequence
from typing import Any

import pytest

from sync.control import (
    ControlState,
    Entry,
    Pin,
    SeatState,
    build_add_seat,
    build_epoch,
    build_retire,
    build_revoke,
    build_role,
    next_entry,
    parse_entry,
)
from sync.crypto.keyring import EpochSecret
from sync.hub import tables
from sync.protocol.enrolment import Role
from tests.unit.sync.parts import ANNA, BEN, CARA, Member, invited, secret, team_of_two
from tests.unit.sync.test_control import refusal

PIN = Pin(inc=0, seq=4, env_hash=b"\x04" * 32)
RENEWED = [secret(1, 2), secret(3, 2)]
DAY = 20_800


def keys(secrets: Sequence[EpochSecret]) -> list[Any]:
    return [one.epoch_key() for one in secrets]


def two_leads() -> ControlState:
    return team_of_two(Role.LEAD, (0, 1, 2, 3))


def role(
    state: ControlState, to: Role, comps: tuple[int, ...], lost: Sequence[EpochSecret] = (), by: Member = ANNA,
    of: Member = BEN,
) -> Entry:  # fmt: skip
    return build_role(state, by.seat, by.key, of.seat, to, comps, [PIN], keys(lost))


def retire(
    state: ControlState, by: Member = ANNA, of: Member = BEN, epochs: Sequence[EpochSecret] = RENEWED
) -> Entry:  # fmt: skip
    return build_retire(state, by.seat, by.key, of.seat, [PIN], keys(epochs), DAY)


def revoke(state: ControlState, pins: Sequence[Pin], epochs: Sequence[EpochSecret], by: Member = ANNA) -> Entry:
    return build_revoke(state, by.seat, by.key, BEN.seat, pins, keys(epochs))


def judged(state: ControlState, inc: int, seq: int, env_hash: bytes | None = None) -> tuple[Role, tuple[int, ...]]:
    """Return role and compartments that an envelope of Ben's is judged by."""
    standing = state.standing_of(BEN.seat, inc, seq, env_hash or bytes([seq]) * 32)
    assert standing is not None
    return standing.role, standing.comps


def test_a_role_counts_from_its_pin_on() -> None:
    state = team_of_two()
    after = state.extended(role(state, Role.PEER, (3,), [secret(1, 2)]))
    assert (after.seats[BEN.seat].role, after.seats[BEN.seat].comps) == (Role.PEER, (3,))
    assert (after.newest_epoch(1), after.newest_epoch(3)) == (2, 1)
    assert judged(after, 0, 4) == (Role.WORKER, (1, 3))
    assert judged(after, 0, 4, bytes(32)) == (Role.PEER, (3,))
    assert judged(after, 0, 5) == (Role.PEER, (3,))
    assert judged(after, 1, 1) == (Role.PEER, (3,))
    assert [seat.seat_id for seat in after.holders(1)] == [ANNA.seat]


def test_the_newest_pin_that_lies_behind_an_envelope_decides() -> None:
    state = team_of_two()
    state = state.extended(role(state, Role.PEER, (3,), [secret(1, 2)]))
    later = Pin(inc=0, seq=9, env_hash=b"\x09" * 32)
    entry = build_role(state, ANNA.seat, ANNA.key, BEN.seat, Role.NURSE, (1, 2, 3), [later], [])
    state = state.extended(entry)
    assert [judged(state, 0, seq)[0] for seq in (3, 5, 9, 10)] == [Role.WORKER, Role.PEER, Role.PEER, Role.NURSE]
    assert judged(state, 1, 1)[0] is Role.NURSE


def test_what_a_role_is_refused_for() -> None:
    state = team_of_two()
    assert refusal(state, role(state, Role.PEER, (3,))) == "epochs"
    assert refusal(state, role(state, Role.PEER, (3,), [secret(3, 2)])) == "epochs"
    assert refusal(state, role(state, Role.WORKER, (1, 3, 4))) == "epochs"
    assert refusal(state, role(state, Role.WORKER, (1, 3), by=BEN)) == "role"
    assert refusal(state, role(state, Role.WORKER, (1, 3), of=CARA)) == "body"
    assert refusal(state, role(state, Role.WORKER, (0, 1, 2, 3), of=ANNA)) == "last_lead"
    forged = build_role(state, ANNA.seat, BEN.key, BEN.seat, Role.WORKER, (1, 2, 3), [], [])
    assert refusal(state, forged) == "signature"
    unordered = {0: 3, 1: BEN.seat, 2: 2, 3: [3, 1], 4: [], 5: []}
    assert refusal(state, next_entry(state, ANNA.seat, ANNA.key, unordered)) == "body"
    young = state.extended(role(state, Role.WORKER, (1, 3, 4), [secret(4, 1)]))
    assert young.seats[BEN.seat].comps == (1, 3, 4)


def test_a_lead_steps_down_when_another_stays() -> None:
    state = two_leads()
    after = state.extended(role(state, Role.WORKER, (1, 3), [secret(0, 2), secret(2, 2)], by=ANNA, of=ANNA))
    assert [seat.seat_id for seat in after.leads()] == [BEN.seat]
    assert refusal(after, build_epoch(after, ANNA.seat, ANNA.key, [secret(1, 2).epoch_key()])) == "role"


def test_a_retired_seat_may_hand_in_and_nothing_else() -> None:
    state = team_of_two()
    after = state.extended(retire(state))
    ben = after.seats[BEN.seat]
    assert (ben.active, ben.state, ben.until_day, ben.comps) == (False, SeatState.RETIRED, DAY, (1, 3))
    assert [seat.seat_id for seat in after.holders(1)] == [ANNA.seat]
    beyond = after.standing_of(BEN.seat, 0, 5, bytes(32))
    assert beyond is not None
    assert (beyond.last_renewal(2), beyond.last_renewal(3)) == (2, 2)
    assert after.epoch_at(1, beyond.last_renewal(after.ctl_seq)) == 1
    assert refusal(after, build_epoch(after, BEN.seat, BEN.key, keys([secret(1, 3)]))) == "author"
    assert refusal(after, retire(after, epochs=[secret(1, 3), secret(3, 3)])) == "body"


def test_what_a_retire_is_refused_for() -> None:
    state = team_of_two()
    assert refusal(state, retire(state, epochs=[secret(1, 2)])) == "epochs"
    assert refusal(state, retire(state, by=BEN, of=ANNA)) == "role"
    assert refusal(state, retire(state, of=ANNA, epochs=[secret(comp, 2) for comp in range(4)])) == "last_lead"
    body = {0: 4, 1: BEN.seat, 2: [], 3: [], 4: 2**32}
    assert refusal(state, next_entry(state, BEN.seat, BEN.key, body)) == "body"


def test_a_seat_retires_itself_and_the_keys_are_renewed_later() -> None:
    state = team_of_two()
    assert refusal(state, retire(state, by=BEN)) == "epochs"
    after = state.extended(retire(state, by=BEN, epochs=()))
    assert after.seats[BEN.seat].state is SeatState.RETIRED
    assert after.readable_by(after.seats[BEN.seat]) == {1, 3}
    assert refusal(after, revoke(after, [PIN], [secret(1, 2)])) == "epochs"
    closed = after.extended(revoke(after, [PIN], RENEWED))
    assert closed.readable_by(closed.seats[BEN.seat]) == set()


def test_a_closed_seat_keeps_what_it_handed_in() -> None:
    state = team_of_two()
    state = state.extended(retire(state))
    last = Pin(inc=0, seq=7, env_hash=b"\x07" * 32)
    state = state.extended(revoke(state, [last], []))
    standings = [state.standing_of(BEN.seat, 0, seq, bytes([seq]) * 32) for seq in (4, 5, 7, 8)]
    assert [one and one.state for one in standings] == [
        SeatState.ACTIVE, SeatState.RETIRED, SeatState.RETIRED, SeatState.REVOKED,
    ]  # fmt: skip
    assert not state.seats[BEN.seat].accepts(1, 1, bytes(32))


def test_a_correction_adds_to_what_counts() -> None:
    state = team_of_two()
    state = state.extended(revoke(state, [PIN], RENEWED))
    ben = state.seats[BEN.seat]
    assert (ben.accepts(0, 5, b"\x05" * 32), ben.accepts(1, 1, bytes(32))) == (False, False)
    raced = Pin(inc=0, seq=5, env_hash=b"\x05" * 32)
    corrected = state.extended(revoke(state, [raced, Pin(inc=1, seq=1, env_hash=bytes(32))], []))
    ben = corrected.seats[BEN.seat]
    assert [ben.accepts(0, seq, bytes([seq]) * 32) for seq in (4, 5, 6)] == [True, True, False]
    assert (ben.accepts(1, 1, bytes(32)), judged(corrected, 0, 5)) == (True, (Role.WORKER, (1, 3)))
    for worse in ([PIN], [Pin(inc=0, seq=3, env_hash=bytes(32))], [], [Pin(inc=0, seq=4, env_hash=bytes(32))]):
        assert refusal(state, revoke(state, worse, [])) == "pins"


def test_the_last_lead_is_never_removed_by_anybody() -> None:
    state = two_leads()
    every = [secret(comp, 2) for comp in range(4)]
    state = state.extended(build_revoke(state, BEN.seat, BEN.key, ANNA.seat, [], keys(every)))
    again = [secret(comp, 3) for comp in range(4)]
    assert refusal(state, build_revoke(state, BEN.seat, BEN.key, BEN.seat, [], keys(again))) == "last_lead"
    assert refusal(state, retire(state, by=BEN, of=BEN, epochs=again)) == "last_lead"
    assert refusal(state, role(state, Role.PEER, (3,), again, by=BEN, of=BEN)) == "last_lead"


def test_a_replay_comes_to_the_same_team() -> None:
    """Folding the bytes from the genesis on says the same as extending step by step."""
    state = team_of_two()
    cara = build_add_seat(state, ANNA.seat, ANNA.key, invited(CARA, Role.LEAD, (0, 1, 2, 3), state.genesis_hash))
    raws: list[bytes] = []
    for make in (
        lambda _: cara,
        lambda now: role(now, Role.PEER, (3,), [secret(1, 2)]),
        lambda now: retire(now, by=CARA, epochs=[secret(3, 2)]),
        lambda now: revoke(now, [Pin(inc=0, seq=6, env_hash=bytes(32))], []),
    ):
        entry = make(state)
        raws.append(entry.raw)
        state = state.extended(entry)
    from_two = team_of_two()
    again = from_two
    for raw in raws:
        again = again.extended(parse_entry(raw))
    assert again == state
    assert {seat.seat_id: (seat.role, seat.state) for seat in again.seats.values()} == {
        ANNA.seat: (Role.LEAD, SeatState.ACTIVE),
        BEN.seat: (Role.PEER, SeatState.REVOKED),
        CARA.seat: (Role.LEAD, SeatState.ACTIVE),
    }


@pytest.mark.parametrize("state", list(SeatState))
def test_states_have_the_numbers_of_the_hub(state: SeatState) -> None:
    assert getattr(tables, f"SEAT_{state.name}") == state
