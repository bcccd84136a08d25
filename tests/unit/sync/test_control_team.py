"""Control entries about settings, cards, other teams, the kit and the log of the hub."""

from dataclasses import replace
from typing import Any

import pytest

from sync.control import (
    CardKeys,
    ControlState,
    Entry,
    LogReset,
    Policy,
    build_card,
    build_card_key_change,
    build_epoch,
    build_fork_resolve,
    build_kit_change,
    build_log_reset_ack,
    build_pair,
    build_policy,
    build_recover_lead,
    next_entry,
)
from sync.crypto.boxes import kem_public
from sync.crypto.kit import KitKeys
from sync.crypto.signing import SigningKey
from sync.protocol.enrolment import Role
from sync.protocol.team_entries import team_card_signed_bytes
from tests.unit.sync.parts import ANNA, BEN, CARA, KIT, TEAM, invited, secret, team_of_two
from tests.unit.sync.test_control import IDENTITY, refusal

CARD_KEY = SigningKey.from_seed(b"\x0b" * 32)
NEW_KIT = KitKeys.of(b"\x4c" * 32)
SEAL = kem_public(b"\x71" * 32)
MSG = SigningKey.from_seed(b"\x72" * 32).public
LINES = [CardKeys(comp=comp, epoch=1, seal_pk=SEAL, msg_pk=MSG) for comp in (1, 2)]
OTHER_TEAM = b"\x77" * 16


def by_anna(state: ControlState, body: dict[int, Any]) -> Entry:
    return next_entry(state, ANNA.seat, ANNA.key, body)


def card(state: ControlState, number: int, lines: list[CardKeys], key: SigningKey = CARD_KEY) -> Entry:
    sig = key.sign(team_card_signed_bytes(TEAM, number, lines, 20_000))
    return build_card(state, ANNA.seat, ANNA.key, number, lines, 20_000, sig)


def test_a_policy_replaces_the_settings_and_never_lowers_a_floor() -> None:
    state = team_of_two()
    strict = Policy(min_suite=1, min_dm=2, retention_days=90, autolock_min=3)
    after = state.extended(build_policy(state, ANNA.seat, ANNA.key, strict))
    assert after.policy == strict
    assert refusal(after, build_policy(after, ANNA.seat, ANNA.key, Policy())) == "policy"
    loose = after.extended(build_policy(after, ANNA.seat, ANNA.key, replace(strict, retention_days=400)))
    assert loose.policy.retention_days == 400
    assert refusal(state, build_policy(state, BEN.seat, BEN.key, strict)) == "role"
    assert refusal(state, build_policy(state, ANNA.seat, ANNA.key, replace(strict, autolock_min=16))) == "body"
    assert state.extended(by_anna(state, {0: 7, **strict.fields(), 5: 1})).update_needed


def test_cards_rise_and_are_signed_by_the_card_key() -> None:
    state = team_of_two()
    first = state.extended(card(state, 1, LINES))
    assert first.card is not None
    assert (first.card.card_no, first.card.keys, first.card.valid_from) == (1, tuple(LINES), 20_000)
    third = first.extended(card(first, 3, LINES[:1]))
    assert [one.card_no for one in third.cards] == [1, 3]
    assert refusal(third, card(third, 3, LINES)) == "card"
    assert refusal(state, card(state, 1, LINES, ANNA.key)) == "signature"
    assert refusal(state, card(state, 1, [replace(LINES[0], epoch=2)])) == "epochs"
    assert refusal(state, card(state, 1, [])) == "body"
    assert refusal(state, card(state, 1, [replace(LINES[0], msg_pk=IDENTITY)])) == "signature"
    sig = CARD_KEY.sign(team_card_signed_bytes(TEAM, 1, LINES, 20_000))
    assert refusal(state, build_card(state, BEN.seat, BEN.key, 1, LINES, 20_000, sig)) == "role"
    assert refusal(state, build_card(state, ANNA.seat, ANNA.key, 2, LINES, 20_000, sig)) == "signature"


def test_teams_are_paired_and_unpaired() -> None:
    state = team_of_two()
    paired = state.extended(build_pair(state, ANNA.seat, ANNA.key, OTHER_TEAM, MSG))
    assert dict(paired.paired) == {OTHER_TEAM: MSG}
    apart = paired.extended(build_pair(paired, ANNA.seat, ANNA.key, OTHER_TEAM, None))
    assert dict(apart.paired) == {}
    assert refusal(state, build_pair(state, ANNA.seat, ANNA.key, OTHER_TEAM, None)) == "body"
    assert refusal(state, build_pair(state, ANNA.seat, ANNA.key, TEAM, MSG)) == "body"
    assert refusal(state, build_pair(state, ANNA.seat, ANNA.key, OTHER_TEAM, IDENTITY)) == "signature"
    assert refusal(state, build_pair(state, BEN.seat, BEN.key, OTHER_TEAM, MSG)) == "role"


def test_a_prune_raises_the_floor() -> None:
    state = team_of_two()
    body = {0: 10, 1: 50, 2: bytes(32), 3: [b"\x01" * 32], 4: [b"\x02" * 32]}
    after = state.extended(by_anna(state, body))
    assert after.pruned is not None
    assert (after.pruned.floor_n, after.pruned.endorsements) == (50, (b"\x02" * 32,))
    assert refusal(after, by_anna(after, body)) == "log"
    for wrong in ({1: 0}, {3: []}, {4: []}, {2: b"x"}):
        assert refusal(state, by_anna(state, {**body, **wrong})) == "body"


def test_a_restore_is_acknowledged_once() -> None:
    state = team_of_two()
    reset = LogReset(log_id=b"\x45" * 16, old_log_id=state.log_id, n0=7, h_n0=b"\x01" * 32)
    after = state.extended(build_log_reset_ack(state, ANNA.seat, ANNA.key, reset))
    assert (after.log_id, after.resets) == (b"\x45" * 16, (reset,))
    assert refusal(after, build_log_reset_ack(after, ANNA.seat, ANNA.key, reset)) == "log"
    same = replace(reset, log_id=state.log_id)
    assert refusal(state, build_log_reset_ack(state, ANNA.seat, ANNA.key, same)) == "log"
    assert refusal(state, build_log_reset_ack(state, BEN.seat, BEN.key, reset)) == "role"


def test_the_kit_replaces_the_card_key() -> None:
    state = team_of_two()
    after = state.extended(build_card_key_change(state, ANNA.seat, ANNA.key, MSG, KIT.tik))
    assert after.card_pk == MSG
    assert refusal(after, card(after, 1, LINES)) == "signature"
    assert refusal(state, build_card_key_change(state, ANNA.seat, ANNA.key, MSG, ANNA.key)) == "signature"
    assert refusal(state, build_card_key_change(state, ANNA.seat, ANNA.key, IDENTITY, KIT.tik)) == "signature"
    assert refusal(state, build_card_key_change(state, BEN.seat, BEN.key, MSG, KIT.tik)) == "role"


def test_the_kit_names_a_new_lead() -> None:
    state = team_of_two()
    cara = CARA.card(Role.LEAD, (0, 1, 2, 3))
    after = state.extended(build_recover_lead(state, cara, CARA.key, KIT.tik))
    assert [seat.seat_id for seat in after.leads()] == [ANNA.seat, CARA.seat]
    assert after.extended(build_epoch(after, CARA.seat, CARA.key, [secret(1, 2).epoch_key()])).newest_epoch(1) == 2
    assert refusal(state, build_recover_lead(state, cara, CARA.key, BEN.key)) == "signature"
    assert refusal(state, build_recover_lead(state, cara, BEN.key, KIT.tik)) == "signature"
    assert refusal(state, build_recover_lead(state, replace(cara, role=Role.DATA), CARA.key, KIT.tik)) == "role"
    by_invite = invited(CARA, Role.LEAD, (0, 1, 2, 3), state.genesis_hash)
    assert refusal(state, build_recover_lead(state, by_invite, CARA.key, KIT.tik)) == "role"
    ben = BEN.card(Role.LEAD, (0, 1, 2, 3))
    assert refusal(state, build_recover_lead(state, ben, BEN.key, KIT.tik)) == "seen"
    other = next_entry(state, b"\x99" * 16, CARA.key, dict(build_recover_lead(state, cara, CARA.key, KIT.tik).body))
    assert refusal(state, other) == "author"
    later = team_of_two().extended(build_epoch(state, ANNA.seat, ANNA.key, [secret(1, 2).epoch_key()]))
    moved = next_entry(later, CARA.seat, CARA.key, dict(build_recover_lead(state, cara, CARA.key, KIT.tik).body))
    assert refusal(later, moved) == "signature"


def changed_kit(state: ControlState, old: SigningKey = KIT.tik, new: SigningKey = NEW_KIT.tik) -> Entry:
    return build_kit_change(
        state, ANNA.seat, ANNA.key, NEW_KIT.tik.public, NEW_KIT.rk_pk, MSG, old, new
    )  # fmt: skip


def test_a_new_kit_ends_the_old_one() -> None:
    state = team_of_two()
    after = state.extended(changed_kit(state))
    assert (after.tik_pk, after.rk_pk, after.card_pk, after.kit_changes) == (
        NEW_KIT.tik.public, NEW_KIT.rk_pk, MSG, 1,
    )  # fmt: skip
    cara = CARA.card(Role.LEAD, (0, 1, 2, 3))
    assert refusal(after, build_recover_lead(after, cara, CARA.key, KIT.tik)) == "signature"
    assert len(after.extended(build_recover_lead(after, cara, CARA.key, NEW_KIT.tik)).leads()) == 2
    assert refusal(after, build_card_key_change(after, ANNA.seat, ANNA.key, MSG, KIT.tik)) == "signature"
    assert refusal(state, changed_kit(state, old=NEW_KIT.tik)) == "signature"
    assert refusal(state, changed_kit(state, new=KIT.tik)) == "signature"
    same = build_kit_change(state, ANNA.seat, ANNA.key, KIT.tik.public, KIT.rk_pk, MSG, KIT.tik, KIT.tik)
    assert refusal(state, same) == "body"
    by_ben = build_kit_change(
        state, BEN.seat, BEN.key, NEW_KIT.tik.public, NEW_KIT.rk_pk, MSG, KIT.tik, NEW_KIT.tik
    )  # fmt: skip
    assert refusal(state, by_ben) == "role"
    later = state.extended(build_pair(state, ANNA.seat, ANNA.key, OTHER_TEAM, MSG))
    assert refusal(later, by_anna(later, dict(changed_kit(state).body))) == "signature"


def test_the_kit_says_which_entry_stands() -> None:
    state = team_of_two()
    kept = state.hashes[1]
    after = state.extended(build_fork_resolve(state, ANNA.seat, ANNA.key, 2, kept, KIT.tik))
    assert dict(after.resolved) == {2: kept}
    other = build_fork_resolve(state, ANNA.seat, ANNA.key, 2, bytes(32), KIT.tik)
    assert refusal(state, other) == "fork"
    assert refusal(state, build_fork_resolve(state, ANNA.seat, ANNA.key, 2, kept, ANNA.key)) == "signature"
    assert refusal(state, build_fork_resolve(state, BEN.seat, BEN.key, 2, kept, KIT.tik)) == "role"


@pytest.mark.parametrize("kind", [7, 8, 9, 10, 11, 13, 16, 17])
def test_an_empty_body_of_a_known_type_is_refused(kind: int) -> None:
    state = team_of_two()
    assert refusal(state, by_anna(state, {0: kind})) == "body"
