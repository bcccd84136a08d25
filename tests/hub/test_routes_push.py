"""push: what the hub takes, what it refuses, and how far it got."""

from __future__ import annotations

import hashlib

import pytest

from sync.hub.config import HubConfig
from sync.hub.core import Hub
from sync.hub.outcomes import HubAnswer
from sync.hub.store import Store
from sync.protocol.envelope import EnvelopeType, parse_envelope
from sync.protocol.frames import write_frames
from sync.protocol.messages import HeadAnswer, PushAnswer, Receipt, fold_log
from sync.testing import ManualClock, SeededRandom
from tests.hub.world import DAY, TODAY, Person, World, new_world, refused, seed


def hash_of(raw: bytes) -> bytes:
    return parse_envelope(raw).env_hash


def answered(world: World, answer: HubAnswer, *envelopes: bytes) -> PushAnswer:
    """Read a push answer and verify its receipt over the envelopes that were answered for."""
    assert answer.status == 200
    push = PushAnswer.parse(answer.body)
    items = [(n, hash_of(raw)) for n, raw in zip(push.places, envelopes, strict=False)]
    receipt = Receipt(team=world.team, log_id=seed("log", 16), items=items, day=TODAY)
    receipt.verify(world.hub.key.public, push.receipt or b"")
    return push


def head(world: World) -> HeadAnswer:
    return HeadAnswer.parse(world.call("GET", world.path("head"), who=world.lena).body, world.team)


def test_push_ok(world: World) -> None:
    first, second, third = *world.lena.envelopes(2), world.will.envelope(3)
    push = answered(world, world.push(first, second, third), first, second, third)
    assert (push.places, push.day, push.error_code) == ((1, 2, 3), TODAY, None)
    expected = fold_log(bytes(32), [(1, hash_of(first)), (2, hash_of(second)), (3, hash_of(third))])
    assert (head(world).checkpoint.n, head(world).checkpoint.h_n) == (3, expected)


def test_the_running_head_is_that_of_the_vectors(world: World) -> None:
    # h_1 = H("nx1/log\0" || h_0 || 1 || env_hash): worked out here by hand, not by the code under test.
    (only,) = world.lena.envelopes(1)
    world.push(only)
    by_hand = hashlib.sha256(b"nx1/log\0" + bytes(32) + (1).to_bytes(8, "big") + hash_of(only)).digest()
    assert head(world).checkpoint.h_n == by_hand


def test_pushing_again_answers_with_the_same_places_and_stores_nothing(world: World) -> None:
    envelopes = world.lena.envelopes(3)
    world.push(*envelopes)
    fourth = world.lena.envelope()
    push = answered(world, world.push(*envelopes, fourth), *envelopes, fourth)
    assert push.places == (1, 2, 3, 4)
    assert head(world).checkpoint.n == 4


def test_an_envelope_twice_in_one_push_gets_one_place(world: World) -> None:
    first = world.lena.envelope()
    push = answered(world, world.push(first, first), first, first)
    assert push.places == (1, 1)
    assert head(world).checkpoint.n == 1


def test_a_member_may_bring_the_envelopes_of_another(world: World) -> None:
    envelopes = world.will.envelopes(2)
    assert answered(world, world.push(*envelopes, who=world.pia), *envelopes).places == (1, 2)


def test_a_retired_seat_hands_in_until_its_last_day(world: World, clock: ManualClock) -> None:
    world.retire(world.will, until_day=TODAY + 1)
    clock.advance(DAY)
    assert world.push(world.will.envelope(), who=world.will).status == 200
    clock.advance(DAY)
    assert refused(world.push(world.will.envelope(), who=world.will))[:2] == (403, "seat_revoked")
    assert refused(world.push(world.will.envelope(), who=world.lena))[:2] == (403, "seat_revoked")


def test_a_drop_into_a_compartment_its_author_cannot_read_is_taken(world: World) -> None:
    drop = world.pia.envelope(2, kind=EnvelopeType.DROP)
    assert answered(world, world.push(drop, who=world.pia), drop).places == (1,)


def test_push_gap(world: World) -> None:
    world.push(world.lena.envelope())
    skipped = world.lena.envelope(seq=3)
    assert refused(world.push(skipped)) == (409, "gap", {"expected": 2})
    assert refused(world.push(world.will.envelope(seq=2, prev=seed("x")))) == (409, "gap", {"expected": 1})


def test_a_push_stops_at_the_first_refusal_and_keeps_what_came_before(world: World) -> None:
    first, second = world.lena.envelopes(2)
    gap, after = world.lena.envelope(seq=4), world.will.envelope()
    push = answered(world, world.push(first, second, gap, after), first, second)
    assert (push.places, push.error_code) == ((1, 2), "gap")
    assert dict(push.error_extra or {})["expected"] == 3
    assert head(world).checkpoint.n == 2


def test_the_place_that_a_refused_envelope_would_have_had_goes_to_the_next(world: World) -> None:
    world.push(world.lena.envelope(), world.lena.envelope(seq=3))
    second = world.lena.envelope()
    assert answered(world, world.push(second), second).places == (2,)


def test_push_prev_mismatch(world: World) -> None:
    world.push(world.lena.envelope())
    assert refused(world.push(world.lena.envelope(prev=seed("other"))))[:2] == (409, "prev_mismatch")
    assert refused(world.push(world.will.envelope(prev=seed("other"))))[:2] == (409, "prev_mismatch")


def test_push_chain_fork(world: World) -> None:
    first = world.lena.envelope()
    world.push(first)
    other = world.lena.envelope(seq=1, prev=bytes(32), comp=3)
    assert refused(world.push(other)) == (409, "chain_fork", {"have": hash_of(first).hex()})


def test_a_fork_inside_one_push_is_seen(world: World) -> None:
    first = world.lena.envelope()
    other = world.lena.envelope(seq=1, prev=bytes(32), comp=3)
    push = answered(world, world.push(first, other), first)
    assert (push.places, push.error_code) == ((1,), "chain_fork")
    assert dict(push.error_extra or {})["have"] == hash_of(first)


def test_a_later_incarnation_begins_with_whatever_its_laptop_knew(world: World) -> None:
    world.push(world.lena.envelope())
    world.lena.inc, world.lena.seq, world.lena.prev = 1, 0, seed("an envelope that never came here")
    again = world.lena.envelope()
    assert answered(world, world.push(again), again).places == (2,)


def test_push_ctl_conflict(world: World) -> None:
    assert refused(world.push(world.lena.envelope(ctl_seq=4)))[:2] == (409, "ctl_conflict")
    world.lena.ctl_seq = 3
    world.push(world.lena.envelope())
    assert refused(world.push(world.lena.envelope(ctl_seq=2))) == (409, "ctl_conflict", {"ctl_seq": 3})


def test_push_bad_sig_of_an_envelope(world: World) -> None:
    raw = world.lena.envelope()
    forged = raw[:-1] + bytes([raw[-1] ^ 1])
    assert refused(world.push(forged))[:2] == (401, "bad_sig")
    changed = raw[:200] + bytes([raw[200] ^ 1]) + raw[201:]
    assert refused(world.push(changed))[:2] == (401, "bad_sig")


def test_push_by_a_stranger_or_of_a_stranger_is_not_found(world: World) -> None:
    assert refused(world.push(world.stranger.envelope()))[:2] == (404, "not_found")


def test_push_of_a_revoked_seat_is_refused_whoever_brings_it(world: World) -> None:
    world.append(world.revocation(world.will))
    assert refused(world.push(world.will.envelope()))[:2] == (403, "seat_revoked")


def test_push_proto(world: World) -> None:
    raw = world.lena.envelope()
    for at, value in ((4, 2), (5, 3), (5, 9), (7, 1)):
        changed = raw[:at] + bytes([value]) + raw[at + 1 :]
        assert refused(world.push(changed))[:2] == (426, "proto")


def test_push_malformed(world: World) -> None:
    raw = world.lena.envelope()
    other_team = Person("ada", bytes(16), world.lena.role, (1,)).envelope()
    bodies = (
        *(
            b"",
            b"\0\0\0",
            b"\0\0\0\x05abcd",
            write_frames([b""]),
            write_frames([raw[:-1]]),
            write_frames([raw + b"\0"]),
        ),
        *(write_frames([b"NXE2" + raw[4:]]), write_frames([other_team]), write_frames([raw]) + b"\0"),
    )
    for body in bodies:
        assert refused(world.call("POST", world.path("log"), body, who=world.lena))[:2] == (400, "malformed")


def test_push_too_large_in_envelopes(world: World) -> None:
    assert refused(world.push(*world.lena.envelopes(101)))[:2] == (413, "too_large")


def test_a_hundred_envelopes_are_one_push(world: World) -> None:
    envelopes = world.lena.envelopes(100)
    assert answered(world, world.push(*envelopes), *envelopes).places == tuple(range(1, 101))


def test_push_quota(hub_store: Store, clock: ManualClock) -> None:
    world = new_world(Hub(hub_store, clock, SeededRandom(), HubConfig(quota_bytes=3 * 1260)), clock)
    envelopes = world.lena.envelopes(4)
    push = answered(world, world.push(*envelopes), *envelopes[:3])
    assert (push.places, push.error_code) == ((1, 2, 3), "quota")
    assert refused(world.push(envelopes[3]))[:2] == (507, "quota")


@pytest.mark.parametrize("bucket", [1024, 16 * 1024, 256 * 1024])
def test_every_size_is_stored_word_for_word(world: World, bucket: int) -> None:
    raw = world.lena.envelope(bucket=bucket)
    world.push(raw)
    page = world.call("GET", world.path("log?after=0"), who=world.lena)
    assert page.body == (1).to_bytes(8, "big") + len(raw).to_bytes(4, "big") + raw
