"""The control log: what may follow what, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from sync.control import (
    ControlState,
    EntryType,
    Pin,
    build_add_seat,
    build_epoch,
    build_revoke,
    next_entry,
    parse_entry,
)
from sync.crypto.invite import Invite
from sync.errors import ControlRefused
from sync.protocol.enrolment import Role, SeatCard, with_invite
from sync.protocol.entries import Entry, build_entry, epoch_fields
from tests.unit.sync.parts import ANNA, BEN, CARA, KIT, TEAM, genesis, invited, secret, team_of_two

IDENTITY = (1).to_bytes(32, "little")


def refusal(state: ControlState | None, entry: Entry) -> str:
    """Return the code with which an entry is refused."""
    with pytest.raises(ControlRefused) as caught:
        ControlState.begin(entry) if state is None else state.extended(entry)
    return caught.value.code


def by_anna(state: ControlState, body: dict[int, Any]) -> Entry:
    return next_entry(state, ANNA.seat, ANNA.key, body)


def card_of(state: ControlState, **changes: Any) -> SeatCard:
    return replace(invited(CARA, Role.WORKER, (1, 3), state.genesis_hash), **changes)


def test_a_team_begins_with_its_lead() -> None:
    state = ControlState.begin(genesis())
    assert (state.ctl_seq, state.team, state.tik_pk) == (1, TEAM, KIT.tik.public)
    assert [seat.seat_id for seat in state.leads()] == [ANNA.seat]
    assert state.genesis_hash == state.ctl_hash == state.hash_at(1)
    assert state.hash_at(0) is None
    assert state.hash_at(2) is None
    assert state.epoch_key(2, 1) == secret(2).epoch_key()
    assert state.epoch_key(2, 2) is None


def test_the_pinned_genesis_is_the_only_one() -> None:
    entry = genesis()
    assert ControlState.begin(entry, entry.ctl_hash).ctl_hash == entry.ctl_hash
    with pytest.raises(ControlRefused) as caught:
        ControlState.replay([entry.raw], bytes(32))
    assert caught.value.code == "genesis"
    with pytest.raises(ControlRefused):
        ControlState.replay([])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first": ANNA.card(Role.WORKER, (0, 1, 2, 3))}, "author"),
        ({"first": invited(ANNA, Role.LEAD, (3,), bytes(32))}, "author"),
        ({"key": BEN.key}, "signature"),
        ({"card_pk": IDENTITY}, "signature"),
        ({"first": replace(ANNA.card(Role.LEAD, (3,)), sign_pk=IDENTITY)}, "signature"),
        ({"epochs": [secret(comp, 2).epoch_key() for comp in range(4)]}, "epochs"),
        ({"epochs": [secret(3).epoch_key()]}, "epochs"),
        ({"hub_id": b"short"}, "body"),
    ],
    ids=["worker", "invited", "other key", "card key", "small order", "second epoch", "compartment", "hub id"],
)
def test_a_genesis_that_is_refused(changes: dict[str, object], code: str) -> None:
    assert refusal(None, genesis(**changes)) == code  # type: ignore[arg-type]


@pytest.mark.parametrize("field", range(1, 11))
def test_the_kit_signs_every_field_of_a_genesis(field: int) -> None:
    entry = genesis()
    other = genesis(
        first=ANNA.card(Role.LEAD, (0, 1, 3)), card_pk=BEN.key.public, hub_id=bytes(32), log_id=bytes(16), tik=CARA.key,
        rk_pk=secret(1).drop_pk, epochs=[secret(comp).epoch_key() for comp in range(5)],
    )  # fmt: skip
    value = {1: 2, 2: 1, 3: 396, 4: 5} if field == 6 else other.body[field]
    assert value != entry.body[field]
    changed = build_entry(
        team=TEAM, ctl_seq=1, prev=bytes(32), author=ANNA.seat, body={**entry.body, field: value}, key=ANNA.key
    )
    assert refusal(None, changed) in ("signature", "epochs")


def test_a_seat_joins_by_invite() -> None:
    state = team_of_two()
    ben = state.seat(BEN.seat)
    assert ben is not None
    assert (ben.role, ben.comps, ben.active, ben.sign_pk) == (Role.WORKER, (1, 3), True, BEN.key.public)
    assert [seat.seat_id for seat in state.holders(1)] == [ANNA.seat, BEN.seat]
    assert [seat.seat_id for seat in state.holders(2)] == [ANNA.seat]
    assert ben.accepts(0, 99, bytes(32))


def test_only_the_next_entry_follows() -> None:
    state = team_of_two()
    good = build_epoch(state, ANNA.seat, ANNA.key, [secret(1, 2).epoch_key()])
    for ctl_seq, prev, team in ((2, state.ctl_hash, TEAM), (4, state.ctl_hash, TEAM), (3, bytes(32), TEAM)):
        other = build_entry(team=team, ctl_seq=ctl_seq, prev=prev, author=ANNA.seat, body=dict(good.body), key=ANNA.key)
        assert refusal(state, other) == "ctl_conflict"
    foreign = build_entry(
        team=b"\x12" * 16, ctl_seq=3, prev=state.ctl_hash, author=ANNA.seat, body=dict(good.body), key=ANNA.key
    )
    assert refusal(state, foreign) == "ctl_conflict"
    assert state.extended(good).ctl_seq == 3
    assert refusal(state.extended(good), good) == "ctl_conflict"


def test_every_flipped_bit_of_an_entry_is_refused() -> None:
    state = team_of_two()
    raw = build_revoke(
        state, ANNA.seat, ANNA.key, BEN.seat, [Pin(inc=0, seq=1, env_hash=bytes(32))],
        [secret(1, 2).epoch_key(), secret(3, 2).epoch_key()],
    ).raw  # fmt: skip
    sampled = [*range(250), *range(250, len(raw), 61), *range(len(raw) - 64, len(raw))]
    for at in sampled:
        changed = raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]
        with pytest.raises(ControlRefused):
            state.extended(parse_entry(changed))


def test_who_may_write() -> None:
    state = team_of_two()
    epochs = [secret(1, 2).epoch_key()]
    assert refusal(state, build_epoch(state, BEN.seat, BEN.key, epochs)) == "role"
    assert refusal(state, build_epoch(state, CARA.seat, CARA.key, epochs)) == "author"
    assert refusal(state, build_epoch(state, ANNA.seat, BEN.key, epochs)) == "signature"


def test_an_epoch_follows_the_last_one() -> None:
    state = team_of_two()
    for keys in ([secret(1, 1)], [secret(1, 3)], [secret(4, 2)], []):
        assert refusal(state, build_epoch(state, ANNA.seat, ANNA.key, [key.epoch_key() for key in keys])) == "epochs"
    after = state.extended(build_epoch(state, ANNA.seat, ANNA.key, [secret(1, 2).epoch_key(), secret(4).epoch_key()]))
    assert (after.newest_epoch(1), after.newest_epoch(4), after.epoch_at(1, 2), after.epoch_at(4, 2)) == (2, 1, 1, 0)
    unordered = {0: 6, 1: epoch_fields([secret(3, 2).epoch_key(), secret(1, 2).epoch_key()])[::-1], 2: 1}
    assert refusal(state, by_anna(state, unordered)) == "body"
    twice = {0: 6, 1: epoch_fields([secret(1, 2).epoch_key(), secret(1, 3).epoch_key()]), 2: 1}
    assert refusal(state, by_anna(state, twice)) == "body"


def test_nothing_is_used_twice() -> None:
    state = team_of_two()
    ben = state.seats[BEN.seat].card
    for again in ("seat", "sign_pk", "kem_pk"):
        card = replace(CARA.card(Role.WORKER, (3,)), **{again: getattr(ben, again)})
        entry = build_add_seat(state, ANNA.seat, ANNA.key, _signed(card, 3, state))
        assert refusal(state, entry) == "seen"
    same_invite = build_add_seat(state, ANNA.seat, ANNA.key, _signed(CARA.card(Role.WORKER, (3,)), BEN.number, state))
    assert refusal(state, same_invite) == "seen"


def _signed(card: SeatCard, invite: int, state: ControlState) -> SeatCard:
    return with_invite(card, Invite(bytes([invite]) * 16).key, TEAM, state.genesis_hash)


def test_what_a_seat_map_must_be() -> None:
    state = team_of_two()

    def added(**changes: Any) -> str:
        return refusal(state, build_add_seat(state, ANNA.seat, ANNA.key, card_of(state, **changes)))

    assert added(invite_id=None, invite_sig=None, invite_pub=None) == "invite"
    assert added(invite_sig=None) == "invite"
    assert added(invite_sig=bytes(64)) == "invite"
    assert added(invite_id=bytes(16)) == "invite"
    assert added(invite_pub=IDENTITY) == "invite"
    assert added(user=bytes(16)) == "invite"
    assert added(kem_pk=secret(1).drop_pk) == "invite"
    assert added(sign_pk=IDENTITY) == "signature"
    assert added(sign_pk=b"short") == "body"
    assert added(kem_pk=b"short") == "body"
    assert added(comps=(3, 1)) == "body"
    assert added(comps=(1, 1)) == "body"
    assert added(comps=(7,)) == "epochs"
    for role in (0, 7):
        fields = card_of(state).fields() | {2: role}
        assert refusal(state, by_anna(state, {0: 2, 1: fields})) == "body"
    assert refusal(state, by_anna(state, {0: 2, 1: card_of(state).fields() | {9: 1}})) == "body"


def test_role_and_compartments_are_the_leads_to_give() -> None:
    """The invite key signs who joins, not what they become: that is the lead's signature."""
    state = team_of_two()
    after = state.extended(build_add_seat(state, ANNA.seat, ANNA.key, card_of(state, role=Role.NURSE, comps=(1, 2, 3))))
    assert after.seats[CARA.seat].comps == (1, 2, 3)


def test_a_revoked_seat_has_nothing_left() -> None:
    state = team_of_two()
    pins = [Pin(inc=0, seq=4, env_hash=b"\x04" * 32), Pin(inc=2, seq=1, env_hash=b"\x01" * 32)]
    renewed = [secret(1, 2).epoch_key(), secret(3, 2).epoch_key()]
    after = state.extended(build_revoke(state, ANNA.seat, ANNA.key, BEN.seat, pins, renewed))
    ben = after.seats[BEN.seat]
    assert (ben.active, ben.comps, after.newest_epoch(1), after.newest_epoch(2)) == (False, (), 2, 1)
    accepted = [(inc, seq) for inc in range(3) for seq in range(1, 6) if ben.accepts(inc, seq, bytes([seq]) * 32)]
    assert accepted == [(0, 1), (0, 2), (0, 3), (0, 4), (2, 1)]
    assert not ben.accepts(0, 4, bytes(32))
    assert refusal(after, build_epoch(after, BEN.seat, BEN.key, [secret(1, 3).epoch_key()])) == "author"
    again = [secret(1, 3).epoch_key(), secret(3, 3).epoch_key()]
    assert refusal(after, build_revoke(after, ANNA.seat, ANNA.key, BEN.seat, pins, again)) == "pins"


def test_a_revoke_renews_what_was_lost_and_never_takes_the_last_lead() -> None:
    state = team_of_two()
    renewed = [secret(comp, 2).epoch_key() for comp in range(4)]
    assert refusal(state, build_revoke(state, ANNA.seat, ANNA.key, BEN.seat, [], [renewed[3]])) == "epochs"
    assert refusal(state, build_revoke(state, ANNA.seat, ANNA.key, ANNA.seat, [], renewed)) == "last_lead"
    assert refusal(state, build_revoke(state, ANNA.seat, ANNA.key, CARA.seat, [], renewed)) == "body"
    two_leads = team_of_two(Role.LEAD, (0, 1, 2, 3))
    gone = two_leads.extended(build_revoke(two_leads, ANNA.seat, ANNA.key, ANNA.seat, [], renewed))
    assert [seat.seat_id for seat in gone.leads()] == [BEN.seat]


@pytest.mark.parametrize("pins", [[[0, 0, bytes(32)]], [[1, 1, bytes(32)], [0, 1, bytes(32)]], [[0, 1, b"x"]], [[0]]])
def test_pins_that_are_none(pins: list[list[Any]]) -> None:
    state = team_of_two()
    renewed = epoch_fields([secret(1, 2).epoch_key(), secret(3, 2).epoch_key()])
    assert refusal(state, by_anna(state, {0: 5, 1: BEN.seat, 2: pins, 3: renewed})) == "body"


@pytest.mark.parametrize("kind", [12, 14, 99, 2**32 - 1])
def test_an_entry_that_is_not_understood_stops_the_log(kind: int) -> None:
    state = team_of_two()
    stopped = state.extended(by_anna(state, {0: int(kind), 1: "of a later version"}))
    assert stopped.update_needed
    assert (stopped.ctl_seq, stopped.seats, stopped.epochs) == (3, state.seats, state.epochs)
    following = build_epoch(stopped, ANNA.seat, ANNA.key, [secret(1, 2).epoch_key()])
    assert refusal(stopped, following) == "update_needed"


def test_a_known_type_with_an_unknown_field_is_not_understood() -> None:
    state = team_of_two()
    assert state.extended(by_anna(state, {0: 6, 1: [], 2: 1, 3: "new"})).update_needed
    later = {**genesis().body, 11: "new"}
    entry = build_entry(team=TEAM, ctl_seq=1, prev=bytes(32), author=ANNA.seat, body=later, key=ANNA.key)
    assert refusal(None, entry) == "update_needed"


def test_what_is_not_understood_is_still_checked() -> None:
    state = team_of_two()
    assert refusal(state, next_entry(state, CARA.seat, CARA.key, {0: 99})) == "author"
    assert refusal(state, next_entry(state, ANNA.seat, BEN.key, {0: 99})) == "signature"
    assert refusal(state, next_entry(state, BEN.seat, BEN.key, {0: int(EntryType.HEARTBEAT)})) == "role"
    later = {0: int(EntryType.RETIRE), 1: BEN.seat, 9: "new"}
    assert state.extended(next_entry(state, BEN.seat, BEN.key, later)).update_needed


def test_a_second_genesis_is_refused() -> None:
    state = team_of_two()
    assert refusal(state, by_anna(state, dict(genesis().body))) == "genesis"
    with pytest.raises(ControlRefused) as caught:
        ControlState.begin(by_anna(state, {0: 6, 1: [], 2: 1}))
    assert caught.value.code == "genesis"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        genesis().raw[:-1],
        genesis().raw + b"\0",
        b"NXC2" + genesis().raw[4:],
        genesis().raw[:76] + b"\xff\xff\xff\xff" + genesis().raw[80:],
        bytes(70_000),
    ],
    ids=["empty", "cut", "longer", "magic", "length", "too large"],
)
def test_frames_that_are_no_entry(data: bytes) -> None:
    with pytest.raises(ControlRefused) as caught:
        parse_entry(data)
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("body", [{}, {0: "type"}, {1: 1}, {0: -1}])
def test_bodies_without_a_type(body: dict[int, Any]) -> None:
    with pytest.raises(ControlRefused) as caught:
        build_entry(team=TEAM, ctl_seq=1, prev=bytes(32), author=ANNA.seat, body=body, key=ANNA.key)
    assert caught.value.code == "malformed"
