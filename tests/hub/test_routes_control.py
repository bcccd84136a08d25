"""read_control, append_control: the log that says who is in the team."""

from __future__ import annotations

from sync.control import ControlState, build_epoch, build_recover_lead, parse_entry
from sync.crypto.signing import SigningKey
from sync.hub.core import Hub
from sync.hub.store import teams
from sync.protocol.enrolment import Role
from sync.protocol.frames import read_frames
from sync.protocol.messages import KIT_SEAT, HeadAnswer
from sync.testing import ManualClock
from tests.hub.world import Person, World, epoch_key, new_world, refused, seed


def entries(world: World, query: str = "", who: Person | None = None) -> list[bytes]:
    return read_frames(world.call("GET", world.path(f"control{query}"), who=who or world.pia).body)


def test_read_control_ok(world: World) -> None:
    log = entries(world)
    assert ControlState.replay(log, world.genesis.ctl_hash).ctl_hash == world.state.ctl_hash
    assert [parse_entry(raw).ctl_seq for raw in log] == [1, 2, 3]
    assert entries(world, "?after=2") == log[2:]
    assert entries(world, "?after=3") == []
    assert entries(world, "?after=9223372036854775807") == []


def test_read_control_is_cut_into_pages(world: World) -> None:
    # 4,900 bytes an entry with four drop keys: 4 MiB hold at least 800 of them, and the page ends before the limit.
    def work(db: object) -> None:
        for seq in range(4, 100):
            teams.add_control(db, world.team, seq=seq, ctl_hash=bytes(32), entry=bytes(60_000))  # type: ignore[arg-type]

    world.hub.store.write(work)
    page = entries(world, "?after=3")
    assert len(page) == (4 * 1024 * 1024) // 60_004


def test_read_control_malformed(world: World) -> None:
    for query in ("?after=-1", "?after=", "?after=1.5", "?after=0x1", "?after=9223372036854775808", "?after=1&after=1"):
        assert refused(world.call("GET", world.path(f"control{query}"), who=world.pia))[:2] == (400, "malformed")


def test_append_control_ok(hub: Hub, clock: ManualClock) -> None:
    world = World(hub, clock)
    world.found()
    answer = HeadAnswer.parse(world.append(world.add_seat(world.will)).body, world.team)
    answer.verify(hub.key.public)
    assert (answer.checkpoint.ctl_seq, answer.checkpoint.ctl_hash) == (2, world.state.ctl_hash)
    assert world.call("GET", world.path("head"), who=world.will).status == 200


def test_append_control_twice_changes_nothing(world: World) -> None:
    entry = build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(1, 2)])
    for _ in range(2):
        answer = HeadAnswer.parse(world.call("POST", world.path("control"), entry.raw, who=world.lena).body, world.team)
        assert answer.checkpoint.ctl_seq == 4


def test_an_entry_may_be_brought_by_any_member(world: World) -> None:
    entry = build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(1, 2)])
    assert world.call("POST", world.path("control"), entry.raw, who=world.pia).status == 200


def test_a_revoked_seat_is_refused_at_once(world: World) -> None:
    assert world.append(world.revocation(world.will)).status == 200
    assert refused(world.call("GET", world.path("head"), who=world.will))[:2] == (403, "seat_revoked")
    with world.hub.store.reading() as db:
        will = teams.find_seat(db, world.team, world.will.seat)
    assert will is not None
    assert (will.comps, will.state) == (b"", 3)


def test_append_control_ctl_conflict(world: World) -> None:
    mine = build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(1, 2)])
    other = build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(2, 2)])
    assert world.call("POST", world.path("control"), mine.raw, who=world.lena).status == 200
    answer = world.call("POST", world.path("control"), other.raw, who=world.lena)
    assert refused(answer) == (409, "ctl_conflict", {"ctl_seq": 4, "ctl_hash": mine.ctl_hash.hex()})


def test_append_control_role(world: World) -> None:
    entry = build_epoch(world.state, world.will.seat, world.will.key, [epoch_key(1, 2)])
    assert refused(world.call("POST", world.path("control"), entry.raw, who=world.lena))[:2] == (403, "role")
    stranger = build_epoch(world.state, world.stranger.seat, world.stranger.key, [epoch_key(1, 2)])
    assert refused(world.call("POST", world.path("control"), stranger.raw, who=world.lena))[:2] == (403, "role")


def test_append_control_proto(world: World) -> None:
    heartbeat = world.sign_entry({0: 14, 1: [bytes(16), 0, bytes(32)]}, ctl_seq=4, prev=world.state.ctl_hash)
    assert refused(world.call("POST", world.path("control"), heartbeat.raw, who=world.lena))[:2] == (426, "proto")


def test_append_control_malformed(world: World) -> None:
    good = build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(1, 2)]).raw
    skipped_epoch = build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(1, 3)]).raw
    forged = good[:-1] + bytes([good[-1] ^ 1])
    last_lead = world.revocation(world.lena).raw
    other_team = Person("ada", bytes(16), world.lena.role, (0,))
    elsewhere = world.sign_entry({0: 6}, ctl_seq=4, prev=world.state.ctl_hash, who=other_team).raw
    moved = elsewhere[:4] + bytes(16) + elsewhere[20:]
    for body in (b"", b"NXC1", good[:-1], good + b"\0", skipped_epoch, forged, last_lead, moved):
        assert refused(world.call("POST", world.path("control"), body, who=world.lena))[:2] == (400, "malformed")
    assert len(entries(world)) == 3


def test_two_leads_at_once_one_of_them_learns_that_the_log_went_on(hub: Hub, clock: ManualClock) -> None:
    world = new_world(hub, clock)
    mine, other = (
        build_epoch(world.state, world.lena.seat, world.lena.key, [epoch_key(comp, 2)]) for comp in (1, 2)
    )  # fmt: skip
    statuses = [world.call("POST", world.path("control"), entry.raw, who=world.lena).status for entry in (mine, other)]
    assert statuses == [200, 409]


def test_append_control_by_the_kit_alone(world: World) -> None:
    kit, stranger = (Person(name, world.team, Role.PEER, ()) for name in ("kit", "a stranger"))
    kit.key = SigningKey.from_seed(seed("tik"))
    kit.seat = stranger.seat = KIT_SEAT
    nora = Person("nora", world.team, Role.LEAD, world.lena.comps)
    assert entries(world, who=kit) == entries(world)
    assert refused(world.call("GET", world.path("control"), who=stranger))[:2] == (401, "bad_sig")
    assert refused(world.call("GET", world.path("head"), who=kit))[:2] == (404, "not_found")
    entry = build_recover_lead(world.state, nora.card(), nora.key, kit.key)
    assert world.call("POST", world.path("control"), entry.raw, who=kit).status == 200
    assert world.call("GET", world.path("head"), who=nora).status == 200
