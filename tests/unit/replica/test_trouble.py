"""What is wrong with what comes: set aside with a reason, and nothing else held up (protocol.md 2.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync import operation
from sync.crypto.sealing import Gossip
from sync.engine.exchange import Request, Response
from sync.errors import VerificationFailed
from sync.operation import Kind
from sync.protocol.enrolment import Role
from sync.protocol.envelope import STUB_SIZE, ZERO_HASH
from sync.protocol.frames import Pulled, read_pulled, write_pulled
from sync.protocol.messages import HeadAnswer
from sync.replica import Reason
from sync.testing import FlakyTransport
from tests.common.insider import Insider, create
from tests.common.laptops import COMMON, GENERAL, Laptop, SmallTeam, row_id

LAST_HLC = 2**64 - 1


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


def reasons(laptop: Laptop) -> list[Reason]:
    return [one.reason for one in laptop.replica.quarantined()]


def test_an_envelope_that_does_not_open_pauses_its_chain_in_its_compartment_only(team: SmallTeam) -> None:
    kim = Insider(team.joined())
    ana = team.joined()
    kim.push(kim.garbage(GENERAL))
    kim.push(kim.bundle(COMMON, create(1, 10, "session")))
    kim.push(kim.bundle(GENERAL, create(2, 20)))
    ana.save("contact", row_id(3), {"site": "hub"})
    ana.sync()
    report = team.lead.sync()
    assert reasons(team.lead) == [Reason.AEAD]
    assert (report.pulled, report.quarantined) == (2, 1)
    assert team.lead.shows("session", row_id(1)) == {"site": "van"}
    assert team.lead.shows("contact", row_id(2)) is None
    assert team.lead.shows("contact", row_id(3)) == {"site": "hub"}
    assert team.lead.sync().requests == 1


@pytest.mark.parametrize(
    ("ops", "reason"),
    [
        ((create(1, 20), create(2, 10)), Reason.HLC),
        ((b"\x82\x01\x02",), Reason.CODEC),
    ],
)
def test_a_body_that_breaks_the_rules_is_set_aside_whole(
    team: SmallTeam, ops: tuple[bytes, ...], reason: Reason
) -> None:  # fmt: skip
    kim = Insider(team.joined())
    kim.push(kim.bundle(GENERAL, *ops))
    team.lead.sync()
    assert reasons(team.lead) == [reason]
    assert team.lead.shows("contact", row_id(1)) is None


def test_an_hlc_that_falls_back_within_a_chain_is_set_aside(team: SmallTeam) -> None:
    kim = Insider(team.joined())
    kim.push(kim.bundle(GENERAL, create(1, 20)))
    kim.push(kim.bundle(GENERAL, create(2, 20)))
    team.lead.sync()
    assert reasons(team.lead) == [Reason.HLC]


def test_a_clock_at_the_end_of_time_is_accepted_and_drags_nobody_along(team: SmallTeam) -> None:
    kim = Insider(team.joined())
    kim.push(kim.bundle(GENERAL, create(1, LAST_HLC)))
    assert team.lead.sync().quarantined == 0
    team.lead.amend("contact", row_id(1), {"site": "hub"})
    assert team.lead.shows("contact", row_id(1)) == {"site": "hub"}
    assert team.lead.sync().pushed == 1


def test_an_operation_of_an_unknown_kind_is_set_aside_alone(team: SmallTeam) -> None:
    kim = Insider(team.joined())
    strange = operation.create("contact", row_id(1), 10, {"a": 1}).cbor.replace(b"\x85\x06", b"\x85\x17", 1)
    kim.push(kim.bundle(GENERAL, strange, create(2, 20)))
    report = team.lead.sync()
    assert (report.pulled, reasons(team.lead)) == (1, [Reason.UNKNOWN])
    assert team.lead.shows("contact", row_id(2)) == {"site": "van"}


def test_what_a_role_may_not_do_is_set_aside_alone(team: SmallTeam) -> None:
    kim = Insider(team.joined())

    def not_erase(role: Role, kind: Kind, _table: str, _own: bool) -> bool:
        return kind is not Kind.ERASE or role is Role.LEAD

    team.lead.replica._core.may_apply = not_erase
    team.lead.save("contact", row_id(1), {"site": "hub"})
    kim.push(kim.bundle(GENERAL, operation.erase("contact", row_id(1), 10, 1).cbor, create(2, 20)))
    team.lead.sync()
    assert reasons(team.lead) == [Reason.NOT_PERMITTED]
    assert team.lead.shows("contact", row_id(1)) == {"site": "hub"}
    assert team.lead.shows("contact", row_id(2)) == {"site": "van"}


def test_a_write_to_an_erased_row_is_kept_and_counted(team: SmallTeam) -> None:
    kim = team.joined()
    insider = Insider(team.joined())
    team.lead.save("contact", row_id(1), {"site": "hub"})
    team.lead.sync()
    kim.sync()
    insider.push(insider.bundle(GENERAL, operation.erase("contact", row_id(1), 10, 1).cbor))
    team.lead.sync()
    kim.amend("contact", row_id(1), {"site": "van"})
    kim.sync()
    assert kim.shows("contact", row_id(1)) == {}
    team.lead.sync()
    assert reasons(team.lead) == [Reason.ERASED]
    assert kim.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_a_bundle_of_an_older_epoch_waits_and_nothing_of_it_is_shown(team: SmallTeam) -> None:
    kim = Insider(team.joined())
    team.lead.lead().rotate([GENERAL])
    kim.laptop.sync()
    control = kim.laptop.replica.control
    assert control is not None
    kim.control = control
    kim.push(kim.bundle(GENERAL, create(1, 10), epoch=1))
    team.lead.sync()
    assert reasons(team.lead) == [Reason.EPOCH]
    assert team.lead.shows("contact", row_id(1)) is None


def test_a_lie_about_the_log_is_an_alarm_and_what_came_with_it_is_kept(team: SmallTeam) -> None:
    kim = Insider(team.joined())
    team.lead.save("contact", row_id(1), {"site": "hub"})
    team.lead.sync()
    cursor = team.lead.replica.hub_side.cursor
    assert cursor is not None
    told = Gossip(
        log_id=cursor.log_id, n=1, h_n=bytes(32), ctl_seq=kim.control.ctl_seq, ctl_hash=kim.control.ctl_hash
    )  # fmt: skip
    kim.push(kim.bundle(GENERAL, create(2, 10), gossip=told))
    report = team.lead.sync()
    assert report.attention == ("log_fork",)
    assert team.lead.shows("contact", row_id(2)) == {"site": "van"}
    assert team.lead.sync().attention == ("log_fork",)
    team.lead.replica.hub_side.dismiss_alarms()
    assert team.lead.sync().attention == ()


def flipped(request: Request, response: Response, offset: int = -100) -> Response:
    if "/log?" not in request.target:
        return response
    body = bytearray(response.body)
    body[offset] ^= 1
    return replace(response, body=bytes(body))


def test_bodies_and_hashes_changed_on_the_way_fail_verification_and_the_next_sync_heals_it(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    with pytest.raises(VerificationFailed):
        team.lead.sync(FlakyTransport(team.lead.transport, change=lambda one, two: flipped(one, two, 12 + 110)))
    assert team.lead.shows("contact", row_id(1)) is None
    report = team.lead.sync()
    assert (report.pulled, report.quarantined, report.attention) == (1, 0, ())


def test_a_page_damaged_once_is_read_again_in_the_same_sync(team: SmallTeam) -> None:
    kim = team.joined()
    for number in range(4):
        kim.save("contact", row_id(number), {"site": "van"})
        kim.sync()
    pages = []

    def first_flipped(request: Request, response: Response) -> Response:
        pages.append(request.target)
        return flipped(request, response) if sum("/log?" in target for target in pages) == 1 else response

    team.lead.batch.size = 1300
    report = team.lead.sync(FlakyTransport(team.lead.transport, change=first_flipped))
    assert (report.quarantined, report.attention) == (0, ())
    assert len(team.lead.projection.values("contact")) == 4
    assert kim.sync().quarantined == 0
    assert kim.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def resigned(team: SmallTeam, **changes: object):  # type: ignore[no-untyped-def]
    """Let the hub sign another head than its own."""

    def change(request: Request, response: Response) -> Response:
        if not request.target.endswith("/head"):
            return response
        head = HeadAnswer.parse(response.body, team.lead.identity.team_id)
        checkpoint = replace(head.checkpoint, **changes)
        return replace(response, body=replace(head, checkpoint=checkpoint, sig=checkpoint.sign(team.hub.key)).encode())

    return change


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"n": 0, "h_n": ZERO_HASH}, "log_regressed"),
        ({"h_n": bytes(range(32))}, "log_fork"),
        ({"log_id": bytes(16)}, "log_reset"),
        ({"ctl_seq": 1}, "control_regressed"),
        ({"ctl_hash": bytes(32)}, "control_fork"),
    ],
)
def test_a_hub_that_contradicts_what_it_signed_before_is_refused(
    team: SmallTeam, changes: dict[str, object], code: str
) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    kim.save("contact", row_id(2), {"site": "van"})
    with pytest.raises(VerificationFailed) as failure:
        kim.sync(FlakyTransport(kim.transport, change=resigned(team, **changes)))
    assert failure.value.code == code
    assert kim.replica.unsent() == 1
    assert kim.sync().pushed == 1


def test_a_head_of_another_key_is_refused(team: SmallTeam) -> None:
    def broken(request: Request, response: Response) -> Response:
        if not request.target.endswith("/head"):
            return response
        head = HeadAnswer.parse(response.body, team.lead.identity.team_id)
        return replace(response, body=replace(head, sig=bytes(64)).encode())

    with pytest.raises(VerificationFailed):
        team.lead.sync(FlakyTransport(team.lead.transport, change=broken))


def damaged_at(place: int, offset: int):  # type: ignore[no-untyped-def]
    """A hub whose disk has flipped one bit of the envelope at a place of the log; its stubs are whole."""

    def change(request: Request, response: Response) -> Response:
        if "/log?" not in request.target:
            return response
        frames = read_pulled(response.body)
        served = [
            Pulled(n, _flip(item, offset) if n == place and len(item) > STUB_SIZE else item) for n, item in frames
        ]
        return replace(response, body=write_pulled(served))

    return change


def _flip(item: bytes, offset: int) -> bytes:
    damaged = bytearray(item)
    damaged[offset] ^= 1
    return bytes(damaged)


@pytest.mark.parametrize("offset", [200, -1])
def test_one_damaged_envelope_on_the_hub_holds_up_its_chain_in_its_compartment_only(
    team: SmallTeam, offset: int
) -> None:
    kim, ana = team.joined(), team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    kim.save("session", row_id(2), {"kind": "drop_in"}, COMMON)
    kim.sync()
    ana.save("contact", row_id(3), {"site": "hub"})
    ana.sync()
    damaged = FlakyTransport(team.lead.transport, change=damaged_at(1, offset))
    assert team.lead.sync(damaged).attention == ("damaged",)
    assert len(team.lead.replica.quarantined()) >= 1
    assert team.lead.shows("contact", row_id(1)) is None
    assert team.lead.shows("contact", row_id(3)) == {"site": "hub"}
    team.lead.sync()
    assert team.lead.replica.quarantined() == []
    assert team.lead.shows("contact", row_id(1)) == {"site": "van"}
    assert team.lead.shows("session", row_id(2)) == {"kind": "drop_in"}
    assert kim.sync().quarantined == 0
    assert kim.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)
    assert team.lead.sync().requests == 1


def test_a_body_damaged_on_the_hub_leaves_the_other_compartments_of_its_chain_alone(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    kim.save("session", row_id(2), {"kind": "drop_in"}, COMMON)
    kim.sync()
    report = team.lead.sync(FlakyTransport(team.lead.transport, change=damaged_at(1, 200)))
    assert (report.pulled, reasons(team.lead)) == (1, [Reason.AEAD])
    assert team.lead.shows("session", row_id(2)) == {"kind": "drop_in"}
