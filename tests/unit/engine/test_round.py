"""Two laptops and a real hub core in one process: what a round sends, what it costs, what it survives."""

from __future__ import annotations

import pytest

from sync.errors import Unreachable
from sync.protocol.enrolment import Role
from sync.replica import Custody
from sync.testing import FlakyTransport
from tests.common.laptops import CLINICAL, COMMON, GENERAL, SmallTeam, row_id


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


def test_an_idle_sync_is_one_request(team: SmallTeam) -> None:
    kim = team.joined()
    kim.sync()
    report = kim.sync()
    assert (report.requests, report.pushed, report.pulled, report.unsent) == (1, 0, 0, 0)
    assert report.bytes_up == 0


def test_one_record_takes_two_requests_on_each_side(team: SmallTeam) -> None:
    kim = team.joined()
    kim.sync()
    team.lead.save("contact", row_id(1), {"site": "van"})
    sent = team.lead.sync()
    received = kim.sync()
    assert (sent.requests, sent.pushed, sent.unsent) == (2, 1, 0)
    assert (received.requests, received.pulled) == (2, 1)
    assert kim.shows("contact", row_id(1)) == {"site": "van"}
    assert kim.projection.values("contact") == {row_id(1): {"site": "van"}}
    assert sent.bytes_up + sent.bytes_down < 4096
    assert received.bytes_up + received.bytes_down < 4096
    assert team.lead.sync().requests == 1


def test_both_sides_come_to_the_same_state_hash(team: SmallTeam) -> None:
    kim = team.joined()
    for number in range(30):
        team.lead.save("contact", row_id(number), {"site": "van", "n": number})
        kim.save("contact", row_id(100 + number), {"site": "hub", "n": number})
    team.lead.sync()
    kim.sync()
    team.lead.sync()
    assert kim.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)
    assert kim.replica.applied_count() == team.lead.replica.applied_count() == 60


def test_custody_moves_from_the_laptop_to_the_hub_to_a_colleague(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})

    def custody() -> Custody:
        return kim.replica.custody("contact", [row_id(1)])[row_id(1)]

    assert custody() is Custody.LAPTOP
    kim.sync()
    assert custody() is Custody.HUB
    team.lead.sync()
    team.lead.save("contact", row_id(2), {"site": "hub"})
    team.lead.sync()
    kim.sync()
    assert custody() is Custody.SEEN
    counts = kim.replica.custody_counts(["contact"])
    assert (counts.laptop, counts.hub, counts.seen) == (0, 0, 2)
    kim.amend("contact", row_id(1), {"site": "street"})
    assert custody() is Custody.LAPTOP


def test_a_conflict_is_kept_on_both_and_ends_with_a_decision(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    team.lead.sync()
    kim.amend("contact", row_id(1), {"site": "street"})
    team.lead.amend("contact", row_id(1), {"site": "hub"})
    kim.sync()
    assert team.lead.sync().conflicts == 1
    assert kim.sync().conflicts == 1
    (row,) = kim.replica.conflicts()
    assert {one.value for one in row.fields["site"]} == {"street", "hub"}
    kim.amend("contact", row_id(1), {"site": "street"})
    assert kim.sync().conflicts == 0
    assert team.lead.sync().conflicts == 0
    assert team.lead.shows("contact", row_id(1)) == {"site": "street"}


def test_a_lost_reply_to_a_push_is_answered_by_the_same_bytes_again(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    flaky = FlakyTransport(kim.transport, lambda _n, request: "lost reply" if request.method == "POST" else "ok")
    with pytest.raises(Unreachable):
        kim.sync(flaky)
    assert kim.replica.unsent() == 1
    again = kim.reopened()
    report = again.sync()
    assert (report.pushed, report.unsent) == (1, 0)
    assert team.lead.sync().pulled == 1


def test_a_page_that_is_lost_half_way_is_read_on_from_there(team: SmallTeam) -> None:
    kim = team.joined()
    for number in range(40):
        team.lead.save("contact", row_id(number), {"note": f"{number}" * 400})
        team.lead.sync()
    kim.batch.size = 4096
    pages = []

    def fate(number: int, request: object) -> str:
        pages.append(number)
        return "lost request" if number >= 3 else "ok"

    with pytest.raises(Unreachable):
        kim.sync(FlakyTransport(kim.transport, fate))
    held = len(kim.projection.values("contact"))
    assert 0 < held < 40
    assert kim.reopened().sync().pulled == 40 - held


def test_a_peer_reads_the_common_compartment_only_and_checks_chains_by_stubs(team: SmallTeam) -> None:
    peer = team.joined(Role.PEER, (COMMON,))
    team.lead.save("contact", row_id(1), {"site": "van"}, GENERAL)
    team.lead.save("bbv_test", row_id(2), {"state": "offered"}, CLINICAL)
    team.lead.save("session", row_id(3), {"kind": "mobile_run"}, COMMON)
    team.lead.sync()
    report = peer.sync()
    assert (report.pulled, report.quarantined) == (1, 0)
    assert peer.shows("session", row_id(3)) == {"kind": "mobile_run"}
    assert peer.shows("contact", row_id(1)) is None
    assert {secret.comp for secret in peer.replica.hub_side.keyring} == {COMMON}
    assert peer.replica.state_hash(COMMON) == team.lead.replica.state_hash(COMMON)


def test_what_a_peer_records_about_a_person_is_sent_as_a_drop(team: SmallTeam) -> None:
    peer = team.joined(Role.PEER, (COMMON,))
    peer.save("contact", row_id(1), {"note": "met"}, GENERAL)
    assert peer.replica.custody("contact", [row_id(1)]) == {row_id(1): Custody.LAPTOP}
    report = peer.sync()
    assert (report.requests, report.pushed, report.unsent) == (2, 1, 0)
    assert peer.replica.custody("contact", [row_id(1)]) == {row_id(1): Custody.HUB}


def test_a_seat_that_waits_for_approval_says_so_and_keeps_what_it_records(team: SmallTeam) -> None:
    kim = team.asked(Role.WORKER, (GENERAL, COMMON))
    kim.save("contact", row_id(1), {"site": "van"})
    report = kim.sync()
    assert report.awaiting_approval
    assert report.unsent == 1
    desk = team.lead.lead()
    (asking,) = desk.asking()
    assert asking.check == kim.joining.check if kim.joining else False
    desk.approve(asking)
    assert kim.sync().pushed == 1
    assert team.lead.sync().pulled == 1


def test_after_a_rotation_both_seal_under_the_new_epoch(team: SmallTeam) -> None:
    kim = team.joined()
    team.lead.lead().rotate([GENERAL])
    kim.save("contact", row_id(1), {"site": "van"})
    assert kim.sync().pushed == 1
    assert team.lead.sync().pulled == 1
    late = team.joined()
    assert late.shows("contact", row_id(1)) == {"site": "van"}
    assert (GENERAL, 1) in late.replica.hub_side.keyring
