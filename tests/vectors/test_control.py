"""control_v1.json: genesis, add_seat, epoch and revoke as one log; every byte is exact."""

from dataclasses import replace

from sync.control import ControlState, EpochKey, Pin, Policy, build_add_seat, build_epoch, build_genesis, build_revoke
from sync.crypto.boxes import kem_public
from sync.crypto.invite import Invite
from sync.crypto.keyring import EpochSecret
from sync.crypto.kit import KitKeys
from sync.crypto.signing import SigningKey
from sync.protocol.enrolment import Role, SeatCard, join_hash, with_invite
from sync.protocol.entries import Entry
from sync.protocol.messages import hub_id_of
from tests.vectors.files import unhex, vectors

FILE = vectors("control")
RAW = [unhex(entry["bytes"]) for entry in FILE["entries"]]
HASHES = [entry["ctl_hash"] for entry in FILE["entries"]]
TEAM = unhex(FILE["team"])
LEAD_SEAT, JOINER_SEAT = unhex(FILE["lead"]["seat"]), unhex(FILE["joiner"]["seat"])
LEAD = SigningKey.from_seed(unhex(FILE["lead"]["sign_seed"]))
JOINER = SigningKey.from_seed(unhex(FILE["joiner"]["sign_seed"]))


def epoch_key(comp: int, epoch: int) -> EpochKey:
    return EpochSecret(TEAM, comp, epoch, unhex(FILE["epoch_secrets"][f"{comp}.{epoch}"])).epoch_key()


def rebuilt_genesis() -> Entry:
    kit = KitKeys.of(unhex(FILE["kit_s"]))
    first = SeatCard(
        seat=LEAD_SEAT,
        user=b"\x24" * 16,
        role=Role.LEAD,
        sign_pk=LEAD.public,
        kem_pk=kem_public(unhex(FILE["lead"]["kem_seed"])),
        comps=(0, 1, 2, 3),
    )
    return build_genesis(
        team=TEAM,
        tik=kit.tik,
        rk_pk=kit.rk_pk,
        card_pk=SigningKey.from_seed(unhex(FILE["card_seed"])).public,
        first=first,
        key=LEAD,
        policy=Policy(min_suite=1, min_dm=1, retention_days=396, autolock_min=5),
        epochs=[epoch_key(comp, 1) for comp in range(4)],
        hub_id=unhex(FILE["hub_id"]),
        log_id=unhex(FILE["log_id"]),
    )


def joiner_card() -> SeatCard:
    card = SeatCard(
        seat=JOINER_SEAT,
        user=b"\x25" * 16,
        role=Role.PEER,
        sign_pk=JOINER.public,
        kem_pk=kem_public(unhex(FILE["joiner"]["kem_seed"])),
        comps=(3,),
    )
    return with_invite(card, Invite(unhex(FILE["invite_secret"])).key, TEAM, unhex(HASHES[0]))


def test_hub_id_and_join_hash() -> None:
    assert hub_id_of(unhex(FILE["hub_pk"])).hex() == FILE["hub_id"]
    assert join_hash(TEAM, joiner_card(), unhex(HASHES[0])).hex() == FILE["join_hash"]


def test_every_entry_is_built_byte_for_byte() -> None:
    genesis = rebuilt_genesis()
    assert genesis.raw == RAW[0]
    state = ControlState.begin(genesis)
    added = build_add_seat(state, LEAD_SEAT, LEAD, joiner_card())
    assert added.raw == RAW[1]
    state = state.extended(added)
    rotated = build_epoch(state, LEAD_SEAT, LEAD, [epoch_key(3, 2), epoch_key(1, 2)])
    assert rotated.raw == RAW[2]
    state = state.extended(rotated)
    pins = [Pin(inc=0, seq=7, env_hash=b"\x79" * 32)]
    assert build_revoke(state, LEAD_SEAT, LEAD, JOINER_SEAT, pins, [epoch_key(3, 3)]).raw == RAW[3]


def test_the_log_is_accepted_and_says_what_it_says() -> None:
    state = ControlState.replay(RAW, genesis_hash=unhex(HASHES[0]))
    assert [one.hex() for one in state.hashes] == HASHES
    assert state.tik_pk.hex() == FILE["tik_pk"]
    assert (state.hub_id.hex(), state.log_id.hex()) == (FILE["hub_id"], FILE["log_id"])
    assert [seat.seat_id for seat in state.active_seats()] == [LEAD_SEAT]
    assert not state.update_needed
    assert [state.epoch_at(3, seq) for seq in (0, 1, 2, 3, 4)] == [0, 1, 1, 2, 3]
    assert [state.newest_epoch(comp) for comp in range(5)] == [1, 2, 1, 3, 0]


def test_the_revoked_seat_counts_up_to_its_pin() -> None:
    joiner = ControlState.replay(RAW).seats[JOINER_SEAT]
    assert joiner.card == replace(joiner_card())
    assert not joiner.active
    before = joiner.standing_of(0, 6, b"\x01" * 32)
    assert joiner.joined == 2
    assert (before.role, before.comps, before.active) == (Role.PEER, (3,), True)
    assert joiner.accepts(0, 6, b"\x01" * 32)
    assert joiner.accepts(0, 7, b"\x79" * 32)
    assert not joiner.accepts(0, 7, b"\x01" * 32)
    assert not joiner.accepts(0, 8, b"\x79" * 32)
    assert not joiner.accepts(1, 1, b"\x79" * 32)
