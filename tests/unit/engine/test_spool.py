"""Vaults on one laptop that share records with no network (protocol.md 2.18, T-MULTI)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync.clock import chain_id
from sync.engine.spool import SpoolFolder
from sync.engine.spooling import Spooling
from sync.protocol.enrolment import Role
from sync.protocol.envelope import STUB_SIZE
from sync.protocol.frames import whole_frames, write_frames
from sync.replica import Replica
from sync.replica.tables import EnvelopeState, table
from sync.testing import plain_engine
from tests.common.laptops import CLINICAL, COMMON, GENERAL, Laptop, Shown, SmallTeam, anybody_may, row_id

DAY_MS = 24 * 3600 * 1000


class Device:
    """One laptop on which several people have their vaults."""

    def __init__(self, folder: Path, *vaults: Laptop) -> None:
        self.files = folder
        self.folder = SpoolFolder(folder, lambda _folder: None)
        self.gone: set[str] = set()
        for vault in vaults:
            self.spool(vault).register()

    def spool(self, vault: Laptop) -> Spooling:
        return Spooling(
            self.folder, vault.replica, home=vault.identity.seat_id.hex(), is_here=lambda home: home not in self.gone
        )

    def lock(self, vault: Laptop) -> None:
        self.spool(vault).hand_over(vault.identity.signing_key())

    def unlock(self, vault: Laptop) -> int:
        return self.spool(vault).take_in()

    def file(self, vault: Laptop, inc: int = 0) -> Path:
        return self.files / f"{vault.identity.seat_id.hex()}-{inc}.frames"


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


def raw_count(laptop: Laptop, *where: object) -> int:
    envelope = table("envelope")
    with laptop.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(envelope).where(*where)).scalar_one()  # type: ignore[arg-type]


def test_records_reach_every_vault_that_may_read_them_and_no_other(team: SmallTeam, tmp_path: Path) -> None:
    lead, worker, peer = team.lead, team.joined(), team.joined(Role.PEER, (COMMON,))
    worker.sync()
    device = Device(tmp_path, lead, worker, peer)
    lead.transport.online = worker.transport.online = peer.transport.online = False
    lead.save("bbv_test", row_id(1), {"note": "clinical"}, CLINICAL)
    lead.save("contact", row_id(2), {"note": "by the lead"}, GENERAL)
    worker.save("contact", row_id(3), {"note": "by the worker"}, GENERAL)
    peer.save("session", row_id(4), {"note": "by the peer"}, COMMON)

    for vault in (lead, worker, peer, lead, worker, peer):
        device.unlock(vault)
        device.lock(vault)

    contacts = {row_id(2): {"note": "by the lead"}, row_id(3): {"note": "by the worker"}}
    assert lead.projection.values("contact") == contacts
    assert worker.projection.values("contact") == contacts
    assert peer.projection.values("contact") == {}
    assert peer.projection.values("bbv_test") == worker.projection.values("bbv_test") == {}
    for vault in (lead, worker, peer):
        assert vault.projection.values("session") == {row_id(4): {"note": "by the peer"}}
    envelope = table("envelope")
    assert raw_count(peer, envelope.c.comp != COMMON, func.length(envelope.c.bytes) != STUB_SIZE) == 0
    assert raw_count(peer, envelope.c.comp != COMMON, envelope.c.state == EnvelopeState.STUB) == 3
    assert not any(vault.replica.quarantined() for vault in (lead, worker, peer))


def test_one_sync_brings_everything_to_the_server_and_nobody_has_it_twice(team: SmallTeam, tmp_path: Path) -> None:
    lead, worker, peer = team.lead, team.joined(), team.joined(Role.PEER, (COMMON,))
    worker.sync()
    device = Device(tmp_path, lead, worker, peer)
    before = lead.replica.hub_side.cursor
    lead.save("contact", row_id(1), {"note": "one"})
    worker.save("contact", row_id(2), {"note": "two"})
    for vault in (lead, worker, peer):
        device.unlock(vault)
        device.lock(vault)
    worker.amend("contact", row_id(2), {"note": "two, mended"})
    device.lock(worker)

    peer.sync(spool=device.spool(peer))

    for vault in (lead, worker, peer):
        report = vault.sync(spool=device.spool(vault))
        assert report.unsent == report.quarantined == 0
        assert report.attention == ()
        for comp in (GENERAL, COMMON) if vault is not peer else (COMMON,):
            assert vault.replica.state_hash(comp) == lead.replica.state_hash(comp)
        cursor = vault.replica.hub_side.cursor
        assert before is not None
        assert cursor is not None
        assert cursor.n == before.n + 3
        assert raw_count(vault) == raw_count(vault, table("envelope").c.n.is_not(None)) == cursor.n
    assert lead.projection.values("contact")[row_id(2)] == {"note": "two, mended"}


def test_a_last_frame_torn_at_any_byte_is_passed_over_and_written_again(team: SmallTeam, tmp_path: Path) -> None:
    worker = team.joined()
    device = Device(tmp_path, team.lead, worker)
    for number in (1, 2):
        worker.save("contact", row_id(number), {"note": "number"})
        device.lock(worker)
    path, chain = device.file(worker), chain_id(worker.identity.seat_id, 0)
    whole = path.read_bytes()
    frames = whole_frames(whole)
    start = len(write_frames(frames[:-1]))

    for cut in range(start, len(whole)):
        path.write_bytes(whole[:cut])
        assert device.folder.frames()[chain] == frames[:-1]
        if cut % 60 == 0:
            device.unlock(team.lead)
            assert set(team.lead.projection.values("contact")) == {row_id(1)}
            device.lock(worker)
            assert path.read_bytes() == whole

    device.lock(worker)
    assert device.unlock(team.lead) == 1
    assert set(team.lead.projection.values("contact")) == {row_id(1), row_id(2)}


def test_frames_leave_when_the_server_has_them_and_every_vault_has_read_them(team: SmallTeam, tmp_path: Path) -> None:
    lead, worker, peer = team.lead, team.joined(), team.joined(Role.PEER, (COMMON,))
    device = Device(tmp_path, lead, worker, peer)
    worker.save("contact", row_id(1), {"note": "one"})
    device.lock(worker)
    assert [len(raw) > STUB_SIZE for raw in whole_frames(device.file(worker).read_bytes())] == [True]
    device.unlock(lead)
    device.unlock(peer)
    device.lock(worker)
    assert [len(raw) > STUB_SIZE for raw in whole_frames(device.file(worker).read_bytes())] == [True], "not on the hub"

    worker.sync(spool=device.spool(worker))
    worker.save("contact", row_id(2), {"note": "two"})
    device.lock(worker)
    worker.sync(spool=device.spool(worker))
    device.unlock(lead)
    device.lock(worker)
    assert [len(raw) > STUB_SIZE for raw in whole_frames(device.file(worker).read_bytes())] == [True], (
        "one has not read"
    )

    device.gone.add(peer.identity.seat_id.hex())
    device.lock(worker)

    (tail,) = whole_frames(device.file(worker).read_bytes())
    assert len(tail) == STUB_SIZE


def test_a_vault_that_is_alone_on_its_laptop_seals_at_its_sync(team: SmallTeam, tmp_path: Path) -> None:
    device = Device(tmp_path, team.lead)
    team.lead.save("contact", row_id(1), {"note": "one"})

    device.lock(team.lead)

    assert raw_count(team.lead, table("envelope").c.state == EnvelopeState.OUT) == 0
    assert not device.file(team.lead).exists()


def test_nothing_is_sealed_under_a_word_of_the_server_that_is_too_old(team: SmallTeam, tmp_path: Path) -> None:
    worker = team.joined()
    device = Device(tmp_path, team.lead, worker)
    worker.save("contact", row_id(1), {"note": "one"})
    team.clock.advance(91 * DAY_MS)

    device.lock(worker)

    assert worker.replica.unsent() == 1
    assert raw_count(worker, table("envelope").c.state == EnvelopeState.OUT) == 0


def test_the_team_as_one_vault_knows_it_reaches_the_others(team: SmallTeam, tmp_path: Path) -> None:
    worker = team.joined()
    device = Device(tmp_path, team.lead, worker)
    team.joined(Role.NURSE, (GENERAL, CLINICAL, COMMON))
    team.lead.save("contact", row_id(1), {"note": "as of an entry that the worker has not heard of"})

    device.lock(team.lead)
    assert device.unlock(worker) == 1

    assert worker.replica.control is not None
    assert team.lead.replica.control is not None
    assert worker.replica.control.ctl_seq == team.lead.replica.control.ctl_seq
    assert not worker.replica.hub_side.alarms()


def test_what_is_sealed_under_a_key_that_is_still_to_come_waits_in_the_spool(team: SmallTeam, tmp_path: Path) -> None:
    worker = team.joined()
    device = Device(tmp_path, team.lead, worker)
    team.lead.lead().rotate([GENERAL])
    team.lead.save("contact", row_id(1), {"note": "under the second key"})
    device.lock(team.lead)

    assert device.unlock(worker) == 0
    assert not worker.replica.quarantined()
    worker.sync(spool=device.spool(worker))

    assert worker.projection.values("contact") == {row_id(1): {"note": "under the second key"}}


def test_a_forged_or_foreign_frame_changes_nothing(team: SmallTeam, tmp_path: Path) -> None:
    worker, stranger = team.joined(), SmallTeam.founded("strangers").lead
    device = Device(tmp_path, team.lead, worker)
    worker.save("contact", row_id(1), {"note": "one"})
    device.lock(worker)
    path = device.file(worker)
    good = path.read_bytes()
    stored = raw_count(team.lead)
    for at in (3, 4, 30, 60, 300, len(good) - 1):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert device.unlock(team.lead) == 0
    stranger.save("contact", row_id(9), {"note": "of another team"})
    stranger.sync()
    stranger.save("contact", row_id(10), {"note": "of another team"})
    stranger.replica.hub_side.seal(stranger.identity.signing_key())
    path.write_bytes(write_frames(stranger.replica.spool_side.unacknowledged()))
    assert device.unlock(team.lead) == 0

    assert raw_count(team.lead) == stored
    assert not team.lead.replica.quarantined()
    path.write_bytes(good)
    assert device.unlock(team.lead) == 1


def restored(laptop: Laptop, image: bytes) -> Laptop:
    """The same vault, set back to an older image of it."""
    engine = plain_engine()
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.deserialize(image)
    projection = Shown()
    replica = Replica(
        engine, chain=chain_id(laptop.identity.seat_id, 0), clock=laptop.clock, projector=projection,
        may_apply=anybody_may,
    )  # fmt: skip
    return Laptop(laptop.identity, engine, replica, laptop.transport, projection, laptop.clock, laptop.random)


def image_of(laptop: Laptop) -> bytes:
    with laptop.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        image: bytes = driver.serialize()
        return image


def test_a_vault_restored_from_an_image_goes_on_with_what_it_had_left_in_the_spool(
    team: SmallTeam, tmp_path: Path
) -> None:
    worker = team.joined()
    device = Device(tmp_path, team.lead, worker)
    worker.save("contact", row_id(1), {"note": "before the image"})
    image = image_of(worker)
    device.lock(worker)
    worker.save("contact", row_id(2), {"note": "after the image"})
    device.lock(worker)
    device.unlock(team.lead)

    again = restored(worker, image)
    device.unlock(again)
    again.save("contact", row_id(3), {"note": "after the restore"})
    device.lock(again)
    device.unlock(team.lead)

    wanted = {row_id(1), row_id(2), row_id(3)}
    assert set(team.lead.projection.values("contact")) == wanted
    assert again.replica.chain == chain_id(worker.identity.seat_id, 1)
    for vault in (again, team.lead, again):
        report = vault.sync(spool=device.spool(vault))
        assert (report.unsent, report.quarantined, report.attention) == (0, 0, ())
    assert again.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)
    assert not team.lead.replica.hub_side.alarms()


def test_a_restored_vault_whose_later_work_is_on_the_server_alone_seals_nothing_before_it_asked(
    team: SmallTeam, tmp_path: Path
) -> None:
    worker = team.joined()
    device = Device(tmp_path, team.lead, worker)
    image = image_of(worker)
    worker.save("contact", row_id(1), {"note": "after the image"})
    worker.sync(spool=device.spool(worker))
    device.unlock(team.lead)
    device.lock(worker)

    again = restored(worker, image)
    device.unlock(again)
    again.save("contact", row_id(2), {"note": "after the restore"})
    device.lock(again)
    assert again.replica.unsent() == 1
    assert raw_count(again, table("envelope").c.state == EnvelopeState.OUT) == 0
    again.sync(spool=device.spool(again))

    team.lead.sync(spool=device.spool(team.lead))
    assert set(team.lead.projection.values("contact")) == {row_id(1), row_id(2)}
    assert not team.lead.replica.hub_side.alarms()
