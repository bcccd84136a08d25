"""Pages as a hub may serve them, applied without a hub: order, duplicates, forks, strangers (protocol.md 2.6)."""

from __future__ import annotations

import pytest

from sync.control import build_epoch, build_revoke
from sync.crypto.keyring import EpochSecret
from sync.crypto.sealing import Gossip
from sync.errors import VerificationFailed
from sync.protocol.entries import Pin, parse_entry
from sync.protocol.envelope import ZERO_HASH, Envelope, stub_of
from sync.protocol.frames import Pulled
from sync.protocol.messages import Checkpoint, fold_log
from sync.protocol.version import day_of
from sync.replica import Program, Reason, Replica, trust
from sync.replica.archive import arrival_of
from sync.replica.values import PageResult
from sync.testing import START_MS
from tests.common.insider import Insider, create
from tests.common.laptops import COMMON, GENERAL, Laptop, SmallTeam, anybody_may, row_id


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


class Page:
    """A log that grows by what a test puts into it."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.n, self.h = 0, ZERO_HASH

    def serve(self, *items: Envelope, raw: bytes | None = None) -> PageResult:
        page = []
        for item in items:
            self.n += 1
            self.h = fold_log(self.h, [(self.n, item.env_hash)])
            page.append(Pulled(self.n, raw or item.raw))
        return self.laptop.replica.hub_side.apply_page(page, self.checkpoint())

    def checkpoint(self) -> Checkpoint:
        side = self.laptop.replica.hub_side
        assert side.cursor is not None
        assert side.control is not None
        return Checkpoint(
            team=side.control.team, log_id=side.cursor.log_id, n=self.n, h_n=self.h, ctl_seq=side.control.ctl_seq,
            ctl_hash=side.control.ctl_hash, day=day_of(START_MS),
        )  # fmt: skip

    def reasons(self) -> list[Reason]:
        return [one.reason for one in self.laptop.replica.quarantined()]


def sealed(insider: Insider, comp: int, *ops: bytes) -> Envelope:
    envelope = insider.bundle(comp, *ops)
    insider.seq, insider.prev = envelope.header.seq, envelope.env_hash
    return envelope


def test_the_same_envelope_twice_is_applied_once(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    first = sealed(kim, GENERAL, create(1, 10))
    assert page.serve(first).operations == 1
    assert page.serve(first).operations == 0
    assert page.reasons() == []


def test_an_envelope_ahead_of_its_chain_waits_until_the_gap_is_filled(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    first, second, third = (sealed(kim, GENERAL, create(number, number)) for number in (1, 2, 3))
    page.serve(second, third)
    assert page.reasons() == [Reason.CHAIN, Reason.CHAIN]
    assert page.serve(first).operations == 3
    assert page.reasons() == []


def test_two_envelopes_for_one_place_of_a_chain_are_an_alarm_and_the_first_stands(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    other = kim.bundle(GENERAL, create(2, 20))
    page.serve(sealed(kim, GENERAL, create(1, 10)))
    page.serve(other)
    assert page.reasons() == [Reason.CHAIN]
    assert team.lead.replica.hub_side.alarms() == ("chain_fork",)
    assert team.lead.shows("contact", row_id(1)) == {"site": "van"}
    assert team.lead.shows("contact", row_id(2)) is None
    assert team.lead.replica.hub_side.retry_quarantine().operations == 0
    assert team.lead.shows("contact", row_id(2)) is None


def test_a_damaged_copy_is_forgotten_when_the_whole_one_comes(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    whole = sealed(kim, GENERAL, create(1, 10))
    damaged = bytearray(whole.raw)
    damaged[-1] ^= 1
    page.serve(whole, raw=bytes(damaged))
    assert page.reasons() == [Reason.SIGNATURE]
    assert page.serve(whole).operations == 1
    assert page.reasons() == []


def test_a_seat_nobody_knows_is_set_aside_until_the_control_log_names_it(team: SmallTeam) -> None:
    ana = team.joined()
    kim, page = Insider(team.joined()), Page(ana)
    page.serve(sealed(kim, GENERAL, create(1, 10)), sealed(kim, GENERAL, create(2, 20)))
    assert page.reasons() == [Reason.UNKNOWN_SEAT, Reason.UNKNOWN_SEAT]
    side = ana.replica.hub_side
    assert side.control is not None
    with team.lead.engine.begin() as connection:
        newest = parse_entry(trust.read_entries(connection)[-1])
    side.extend_control([newest], side.control.extended(newest))
    assert side.retry_quarantine().operations == 2
    assert page.reasons() == []


def test_a_revoked_seat_counts_up_to_its_pin_and_not_beyond(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    first, second = sealed(kim, GENERAL, create(1, 10)), sealed(kim, GENERAL, create(2, 20))
    side, identity = team.lead.replica.hub_side, team.lead.identity
    assert side.control is not None
    fresh = [EpochSecret(side.control.team, comp, 2, bytes([comp] * 32)) for comp in (GENERAL, COMMON)]
    entry = build_revoke(
        side.control, identity.seat_id, identity.signing_key(), kim.laptop.identity.seat_id,
        [Pin(inc=0, seq=1, env_hash=first.env_hash)], [one.epoch_key() for one in fresh],
    )  # fmt: skip
    side.keep_fresh_secrets(fresh)
    side.extend_control([entry], side.control.extended(entry))
    page.serve(first, second)
    assert page.reasons() == [Reason.BEYOND_PIN]
    assert team.lead.shows("contact", row_id(1)) == {"site": "van"}
    assert team.lead.shows("contact", row_id(2)) is None


def test_ctl_seq_never_falls_within_a_chain(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    team.joined()
    now = team.lead.replica.control
    assert now is not None
    earlier = kim.control
    kim.control = now
    page.serve(sealed(kim, GENERAL, create(1, 10)))
    kim.control = earlier
    page.serve(sealed(kim, GENERAL, create(2, 20)))
    assert page.reasons() == [Reason.CTL_ORDER]


def test_an_epoch_without_a_key_waits_for_the_key(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    side, identity = team.lead.replica.hub_side, team.lead.identity
    assert side.control is not None
    fresh = EpochSecret(side.control.team, GENERAL, 2, bytes(32))
    entry = build_epoch(side.control, identity.seat_id, identity.signing_key(), [fresh.epoch_key()])
    side.extend_control([entry], side.control.extended(entry))
    kim.control = side.control
    kim.laptop.replica.hub_side.extend_control([entry], side.control)
    kim.laptop.replica.hub_side.add_secrets([fresh])
    envelope = kim.bundle(GENERAL, create(1, 10), epoch=2)
    page.serve(envelope)
    assert page.reasons() == [Reason.EPOCH]
    side.add_secrets([fresh])
    assert side.retry_quarantine().operations == 1
    assert page.reasons() == []


def test_a_body_that_is_withheld_pauses_its_compartment_and_the_chain_goes_on(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    first = sealed(kim, GENERAL, create(1, 10))
    page.serve(first, raw=stub_of(first))
    page.serve(sealed(kim, COMMON, create(2, 20, "session")))
    assert page.reasons() == [Reason.AEAD]
    assert team.lead.shows("session", row_id(2)) == {"site": "van"}


@pytest.mark.parametrize("raw", [b"", b"NXE1", bytes(196), bytes(2000), b"NXE1\x01\x09" + bytes(1254)])
def test_bytes_that_are_no_envelope_are_kept_aside(team: SmallTeam, raw: bytes) -> None:
    side = team.lead.replica.hub_side
    h = fold_log(ZERO_HASH, [(1, arrival_of(raw).env_hash)])
    page = Page(team.lead)
    page.n, page.h = 1, h
    side.apply_page([Pulled(1, raw)], page.checkpoint())
    assert len(page.reasons()) == 1


def test_a_page_with_a_place_missing_is_refused(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    first, second = sealed(kim, GENERAL, create(1, 10)), sealed(kim, GENERAL, create(2, 20))
    page.n = 3
    with pytest.raises(VerificationFailed):
        team.lead.replica.hub_side.apply_page([Pulled(1, first.raw), Pulled(3, second.raw)], page.checkpoint())
    assert team.lead.shows("contact", row_id(1)) is None


def test_an_envelope_that_a_colleague_names_and_that_does_not_come_is_told_after_7_days(team: SmallTeam) -> None:
    kim, ana, page = Insider(team.joined()), Insider(team.joined()), Page(team.lead)
    withheld = kim.bundle(GENERAL, create(1, 10))
    chain = withheld.header.chain
    page.serve(ana.bundle(GENERAL, create(2, 10), seen={chain: (1, withheld.env_hash[:16])}))
    assert team.lead.replica.missing() == []
    team.clock.advance(7 * 24 * 3600 * 1000)
    (missing,) = team.lead.replica.missing()
    assert (missing.seat, missing.seq, missing.named_by) == (chain[:16], 1, ana.laptop.identity.seat_id)
    page.serve(withheld)
    assert team.lead.replica.missing() == []


def test_a_colleague_who_saw_another_envelope_in_a_place_of_a_chain_proves_a_fork(team: SmallTeam) -> None:
    kim, ana, page = Insider(team.joined()), Insider(team.joined()), Page(team.lead)
    page.serve(sealed(kim, GENERAL, create(1, 10)))
    chain = kim.tip().seat + bytes(4)
    page.serve(ana.bundle(GENERAL, create(2, 10), seen={chain: (1, bytes(16))}))
    assert team.lead.replica.hub_side.alarms() == ("chain_fork",)


def test_a_body_that_needs_a_later_program_waits_for_it(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    page.serve(kim.bundle(GENERAL, create(1, 10), min_dm=2))
    assert page.reasons() == [Reason.UNKNOWN]
    again = Replica(
        team.lead.engine, chain=team.lead.identity.chain, clock=team.clock, projector=team.lead.projection,
        may_apply=anybody_may, program=Program(dm=2),
    )  # fmt: skip
    assert again.hub_side.retry_quarantine().operations == 1
    assert again.quarantined() == []


def test_a_control_log_that_a_colleague_saw_and_we_did_not_is_an_alarm(team: SmallTeam) -> None:
    kim, page = Insider(team.joined()), Page(team.lead)
    cursor = team.lead.replica.hub_side.cursor
    assert cursor is not None
    told = Gossip(log_id=cursor.log_id, n=0, h_n=ZERO_HASH, ctl_seq=99, ctl_hash=bytes(32))
    page.serve(kim.bundle(GENERAL, create(1, 10), gossip=told))
    assert team.lead.replica.hub_side.alarms() == ("control_withheld",)
