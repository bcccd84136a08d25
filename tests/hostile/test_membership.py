"""A server that works with somebody who has left, been demoted or retired: what they send and what they can still read.

The server of these tests keeps serving the seat that the team's log has ended, and the seat's program is one that signs
whatever it likes: nothing but the pins, the roles and the keys of the others stands in the way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sync.clock import chain_id, split_chain
from sync.control import ControlState, SeatState
from sync.crypto.keyring import open_grant, open_keyring
from sync.crypto.sealing import Gossip, Preamble, Tip, open_envelope, seal_bundles
from sync.errors import BoxRefused, EnvelopeRefused, VerificationFailed
from sync.hub.store import keys, log, teams
from sync.hub.tables import SEAT_ACTIVE
from sync.operation import create, erase
from sync.protocol.enrolment import Grant, KeyringObject, Role
from sync.protocol.envelope import parse_envelope
from sync.protocol.frames import write_frames
from sync.protocol.messages import sign_request
from sync.protocol.version import DAY_MS, day_of
from sync.replica import Reason
from sync.testing.fakes import LoopbackTransport
from sync.testing.fleet import Fleet, Laptop
from sync.testing.hostile import HostileHub
from tests.common.fleets import memory_team
from tests.hostile.besieged import GENERAL

FIELDS = {"note": "signed too late"}
BEYOND_ANY = 1 << 63


def may_apply(role: Role, kind: int, _table: str, _own: bool) -> bool:
    """Only a lead erases (protocol.md 2.8)."""
    return kind != 4 or role is Role.LEAD


class Collusion:
    """A fleet whose server serves one seat as if nothing had happened, and that seat's own program."""

    def __init__(self, name: str = "worker") -> None:
        image, self.database, laptops = memory_team()
        self.fleet = Fleet(image, self.database, laptops, may_apply)
        self.outlaw = self.fleet.laptops[name]
        self.sync(name, "lead", "nurse", name)

    @property
    def control(self) -> ControlState:
        return self.fleet.control

    def desk(self) -> Any:
        return self.fleet.lead.lead(LoopbackTransport(self.fleet))

    def sync(self, *names: str) -> None:
        for name in names:
            self.fleet.laptops[name].sync(LoopbackTransport(self.fleet))

    def save(self, name: str, number: int) -> None:
        with self.fleet.laptops[name].replica.transaction() as tx:
            tx.create("contact", number.to_bytes(16, "big"), GENERAL, {"note": f"by {name}"})

    def reinstate(self) -> None:
        """Let the server treat the outlaw as active, whatever the log says."""

        def work(db: Any) -> None:
            rows = teams.all_seats(db, self.outlaw.identity.team_id)
            changed = [
                replace(row, state=SEAT_ACTIVE, until_day=None, comps=bytes((1, 2, 3)))
                if row.seat_id == self.outlaw.seat else row
                for row in rows
            ]  # fmt: skip
            teams.replace_seats(db, self.outlaw.identity.team_id, changed)

        self.fleet.hub.store.write(work)

    def forged(self, ops: Sequence[bytes], *, ctl_seq: int, epoch: int = 1, inc: int = 0) -> bytes:
        """Seal operations as the outlaw, as of any control entry and under any key it has."""
        replica = self.outlaw.replica.hub_side
        chain = chain_id(self.outlaw.seat, inc)
        pins = {pin.inc: pin for pin in replica.team.pins(self.outlaw.seat)}
        end = pins.get(inc)
        last = max(pins.values(), key=lambda pin: pin.inc, default=None)
        prev = end.env_hash if end else (last.env_hash if last and inc else bytes(32))
        ctl_hash = self.control.hash_at(ctl_seq)
        assert ctl_hash is not None
        gossip = Gossip(log_id=self.control.log_id, n=0, h_n=bytes(32), ctl_seq=ctl_seq, ctl_hash=ctl_hash)
        seat, inc = split_chain(chain)
        tip = Tip(
            team=self.control.team, seat=seat, inc=inc, seq=(end.seq if end else 0) + 1, prev=prev, ctl_seq=ctl_seq
        )  # fmt: skip
        secret = replica.keyring.secret(GENERAL, epoch)
        (sealed,) = seal_bundles(
            ops, Preamble(dm=1, min_dm=1, app="", gossip=gossip), secret, tip, self.outlaw.identity.signing_key()
        )  # fmt: skip
        return sealed.envelope.raw

    def push(self, *envelopes: bytes) -> int:
        """Push as the outlaw; return the status."""
        identity = self.outlaw.identity
        target, body = f"/v1/teams/{identity.team_id.hex()}/log", write_frames(envelopes)
        signed = sign_request(
            identity.signing_key(), hub_id=identity.hub_id, seat=identity.seat_id, method="POST", target=target,
            body=body, time_ms=self.fleet.clock.now_ms(), nonce=envelopes[0][-16:],
        )  # fmt: skip
        return self.fleet.handle("POST", target, {"Authorization": signed.header()}, body).status


def contacts(laptop: Laptop) -> set[int]:
    return {int.from_bytes(row, "big") for table, row in laptop.shown() if table == "contact"}


def reasons(laptop: Laptop) -> list[Reason]:
    return [one.reason for one in laptop.replica.quarantined()]


def made(*numbers: int) -> list[bytes]:
    return [create("contact", one.to_bytes(16, "big"), BEYOND_ANY + one, FIELDS).cbor for one in numbers]


@pytest.mark.parametrize("inc", [0, 7])
def test_nothing_of_a_revoked_seat_counts_beyond_its_pin_and_no_new_key_opens(inc: int) -> None:
    team = Collusion()
    team.save("worker", 1)
    team.sync("worker", "lead", "nurse")
    before = team.control.ctl_seq
    team.desk().revoke(team.outlaw.seat)
    team.sync("lead")
    team.save("lead", 2)
    team.sync("lead", "nurse")
    team.reinstate()
    assert team.push(team.forged(made(3), ctl_seq=before, inc=inc)) == 200
    team.sync("lead", "nurse")
    for name in ("lead", "nurse"):
        laptop = team.fleet.laptops[name]
        assert (contacts(laptop), reasons(laptop)) == ({1, 2}, [Reason.BEYOND_PIN])
    assert opened_with_old_keys(team) == []


def opened_with_old_keys(team: Collusion) -> list[str]:
    """Try every secret and seed of the outlaw on everything the server holds of the new epoch."""
    identity, ring = team.outlaw.identity, list(team.outlaw.replica.hub_side.keyring)
    new = {comp for comp in (GENERAL, 3) if team.control.newest_epoch(comp) == 2}
    assert new == {GENERAL, 3}
    with team.fleet.hub.store.reading() as db:
        grants = [
            one for seat in team.control.seats for one in keys.grants_of(db, identity.team_id, seat) if one.epoch == 2
        ]  # fmt: skip
        rings = {comp: keys.keyring(db, identity.team_id, comp) for comp in new}
        envelopes = [parse_envelope(row.wire) for row in log.whole(db, identity.team_id)]
    assert grants
    assert all(rings.values())
    assert [one for one in envelopes if one.header.epoch == 2]
    return [*_grants(team, grants), *_envelopes(envelopes, ring, new), *_rings(team, rings, ring)]


def _grants(team: Collusion, grants: Collection[Any]) -> list[str]:
    found = []
    for row in grants:
        grant = Grant(comp=row.comp, epoch=row.epoch, seat=team.outlaw.seat, blob=row.blob)
        key = team.control.epoch_key(row.comp, row.epoch)
        assert key is not None
        try:
            open_grant(grant, team.outlaw.identity.kem_seed, team.outlaw.identity.team_id, key)
        except BoxRefused:
            continue
        found.append("grant")
    return found


def _envelopes(envelopes: Collection[Any], ring: Collection[Any], new: Collection[int]) -> list[str]:
    found = []
    for envelope in envelopes:
        if envelope.header.epoch != 2 or envelope.header.comp not in new:
            continue
        for secret in ring:
            try:
                open_envelope(envelope, secret)
            except EnvelopeRefused:
                continue
            found.append("envelope")
    return found


def _rings(team: Collusion, rings: dict[int, Any], ring: Collection[Any]) -> list[str]:
    found = []
    for comp, (_, blob) in rings.items():
        line = [key for _, key in team.control.epochs[comp]]
        for secret in ring:
            try:
                open_keyring(secret, KeyringObject.parse(blob), line)
            except BoxRefused:
                continue
            found.append("keyring")
    return found


@pytest.mark.parametrize("inc", [0, 7])
def test_a_demoted_lead_signs_no_erase_as_of_before(inc: int) -> None:
    team = Collusion("nurse")
    team.desk().change_role(team.outlaw.seat, Role.LEAD, (0, 1, 2, 3))
    team.save("lead", 1)
    team.sync("lead", "nurse", "lead")
    as_lead = team.control.ctl_seq
    team.desk().change_role(team.outlaw.seat, Role.WORKER, (1, 3))
    gone = erase("contact", (1).to_bytes(16, "big"), BEYOND_ANY, 1).cbor
    assert team.push(team.forged([gone, *made(2)], ctl_seq=as_lead, inc=inc)) == 200
    team.sync("lead", "worker")
    for name in ("lead", "worker"):
        laptop = team.fleet.laptops[name]
        assert (contacts(laptop), reasons(laptop)) == ({1, 2}, [Reason.NOT_PERMITTED])


def test_a_retired_seat_brings_nothing_after_its_day_even_with_the_servers_help() -> None:
    team = Collusion()
    until = day_of(team.fleet.clock.now_ms()) + 30
    team.desk().retire(team.outlaw.seat, until)
    team.sync("nurse")
    retired = team.control.ctl_seq
    in_time = team.forged(made(1), ctl_seq=retired)
    assert team.push(in_time) == 200
    team.sync("lead", "nurse")
    assert contacts(team.fleet.lead) == {1}
    for clock in (team.fleet.clock, *(laptop.clock for laptop in team.fleet.laptops.values())):
        clock.advance(31 * DAY_MS)
    team.reinstate()
    late = create("contact", (2).to_bytes(16, "big"), BEYOND_ANY + 9, FIELDS).cbor
    team.sync("nurse")
    assert team.push(_second(team, in_time, late, retired)) == 200
    team.sync("nurse")
    assert (contacts(team.fleet.laptops["nurse"]), reasons(team.fleet.laptops["nurse"])) == ({1}, [Reason.AFTER_UNTIL])
    team.sync("lead")
    assert team.control.seats[team.outlaw.seat].state is SeatState.REVOKED
    team.sync("nurse", "lead")
    for name in ("lead", "nurse"):
        laptop = team.fleet.laptops[name]
        assert (contacts(laptop), reasons(laptop)) == ({1}, [Reason.BEYOND_PIN])


def _second(team: Collusion, first: bytes, op: bytes, ctl_seq: int) -> bytes:
    """Seal one more envelope of the outlaw behind one that its own vault knows nothing of."""
    before = parse_envelope(first)
    control = team.control
    ctl_hash = control.hash_at(ctl_seq)
    assert ctl_hash is not None
    gossip = Gossip(log_id=control.log_id, n=0, h_n=bytes(32), ctl_seq=ctl_seq, ctl_hash=ctl_hash)
    tip = Tip(
        team=control.team, seat=team.outlaw.seat, inc=0, seq=before.header.seq + 1, prev=before.env_hash,
        ctl_seq=ctl_seq,
    )  # fmt: skip
    secret = team.outlaw.replica.hub_side.keyring.secret(GENERAL, 1)
    key = team.outlaw.identity.signing_key()
    (sealed,) = seal_bundles([op], Preamble(dm=1, min_dm=1, app="", gossip=gossip), secret, tip, key)
    return sealed.envelope.raw


def test_a_server_restored_to_before_a_revocation_is_noticed_by_everybody_who_knew_of_it() -> None:
    team = Collusion()
    backup = team.database.image()
    team.desk().revoke(team.outlaw.seat)
    team.sync("lead", "nurse")
    team.database.load(backup)
    team.fleet.restart_hub()
    for name in ("lead", "nurse"):
        with pytest.raises(VerificationFailed) as noticed:
            team.sync(name)
        assert noticed.value.code == "control_regressed"
        team.save(name, 5 if name == "lead" else 6)
    assert contacts(team.fleet.lead) == {5}


def test_a_hidden_revocation_is_told_by_the_next_colleague_who_knows_of_it() -> None:
    team = Collusion()
    team.desk().revoke(team.outlaw.seat)
    known = team.control
    team.save("lead", 1)
    team.sync("lead")
    hub = HostileHub(team.fleet)
    hub.lie = hub.shorter_control
    nurse = team.fleet.laptops["nurse"]
    report = nurse.sync(LoopbackTransport(hub))
    assert "control_withheld" in report.attention
    assert contacts(nurse) == set()
    team.sync("nurse")
    assert (nurse.replica.control, contacts(nurse)) == (known, {1})
