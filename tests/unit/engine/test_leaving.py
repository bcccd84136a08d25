"""Rights that change or end, between real laptops and a real hub core: role, retire, revoke, rotation."""

import pytest

from sync.control import SeatState, build_retire
from sync.engine.exchange import Caller, run
from sync.engine.hub_calls import HubCalls
from sync.errors import ControlRefused, HubRefused
from sync.protocol.enrolment import Role
from sync.protocol.version import DAY_MS, day_of
from sync.replica import Reason
from tests.common.laptops import CLINICAL, COMMON, GENERAL, Laptop, SmallTeam, row_id

EVERY = (0, GENERAL, CLINICAL, COMMON)


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


def epochs(laptop: Laptop) -> set[tuple[int, int]]:
    return {(one.comp, one.epoch) for one in laptop.replica.hub_side.keyring}


def reasons(laptop: Laptop) -> list[Reason]:
    return [one.reason for one in laptop.replica.quarantined()]


def record(laptop: Laptop, first: int, count: int = 1, comp: int = GENERAL) -> None:
    with laptop.replica.transaction() as tx:
        for number in range(first, first + count):
            tx.create("contact", row_id(number), comp, {"note": f"n{number}"})


def held(laptop: Laptop) -> int:
    return len([row for row in laptop.projection.rows.values() if not row.erased])


def today(team: SmallTeam) -> int:
    return day_of(team.clock.now_ms())


def test_a_lost_compartment_leaves_the_laptop_and_comes_back_with_the_role(team: SmallTeam) -> None:
    ben = team.joined(Role.NURSE, (GENERAL, CLINICAL, COMMON))
    record(team.lead, 1, 3, CLINICAL)
    record(ben, 4, 2, CLINICAL)
    record(ben, 6)
    for laptop in (team.lead, ben, team.lead):
        laptop.sync()
    assert held(ben) == 6
    team.lead.lead().change_role(ben.identity.seat_id, Role.WORKER, (GENERAL, COMMON))
    record(ben, 7, 1, CLINICAL)
    ben.sync()
    assert epochs(ben) == {(GENERAL, 1), (COMMON, 1)}
    assert {row.row for row in ben.projection.rows.values() if not row.erased} == {row_id(6), row_id(7)}
    assert (CLINICAL, 2) in epochs(team.lead)
    team.lead.sync()
    record(team.lead, 8, 1, CLINICAL)
    team.lead.lead().change_role(ben.identity.seat_id, Role.NURSE, (GENERAL, CLINICAL, COMMON))
    for laptop in (team.lead, ben, team.lead):
        laptop.sync()
    assert {row.row for row in ben.projection.rows.values() if not row.erased} == {row_id(one) for one in range(1, 9)}
    assert ben.replica.state_hash(CLINICAL) == team.lead.replica.state_hash(CLINICAL)
    assert epochs(ben) == {(GENERAL, 1), (COMMON, 1), (CLINICAL, 1), (CLINICAL, 2)}


def test_five_hundred_unsent_records_of_a_retired_laptop_arrive_and_are_flagged(team: SmallTeam) -> None:
    ben = team.joined()
    record(ben, 1, 2)
    ben.sync()
    team.lead.sync()
    record(ben, 1000, 500)
    until = today(team) + 30
    team.lead.lead().retire(ben.identity.seat_id, until)
    assert team.lead.replica.control is not None
    assert team.lead.replica.control.newest_epoch(GENERAL) == 2
    report = ben.sync()
    assert (report.pushed, report.unsent, report.attention) == (500, 0, ("seat_retired",))
    assert epochs(ben) == {(GENERAL, 1), (COMMON, 1)}
    team.lead.sync()
    assert held(team.lead) == 502
    assert team.lead.replica.hub_side.team.handed_in(ben.identity.seat_id) == 500
    with pytest.raises(HubRefused) as caught:
        _read_log(ben)
    assert caught.value.code == "write_only"


def _read_log(laptop: Laptop) -> None:
    caller = Caller(
        seat=laptop.identity.seat_id, key=laptop.identity.signing_key(), hub_id=laptop.identity.hub_id,
        clock=laptop.clock, random=laptop.random,
    )  # fmt: skip
    run(HubCalls(caller, laptop.identity.team_id).log_after(0, 1000, (1,)), laptop.transport)


def test_a_retired_laptop_amends_nobody(team: SmallTeam) -> None:
    ben = team.joined()
    record(team.lead, 1)
    team.lead.sync()
    ben.sync()
    team.lead.lead().retire(ben.identity.seat_id, today(team) + 30)
    ben.amend("contact", row_id(1), {"note": "mine now"})
    record(ben, 2)
    ben.sync()
    team.lead.sync()
    assert team.lead.shows("contact", row_id(1)) == {"note": "n1"}
    assert team.lead.shows("contact", row_id(2)) == {"note": "n2"}
    assert reasons(team.lead) == [Reason.NOT_PERMITTED]


def test_after_its_day_a_retired_laptop_is_refused_and_the_next_lead_closes_it(team: SmallTeam) -> None:
    ben = team.joined()
    team.lead.lead().retire(ben.identity.seat_id, today(team) + 30)
    record(ben, 1, 5)
    ben.seal_only()
    team.clock.advance(31 * DAY_MS)
    with pytest.raises(HubRefused) as caught:
        ben.sync()
    assert caught.value.code == "seat_revoked"
    team.lead.sync()
    assert team.lead.replica.control is not None
    assert team.lead.replica.control.seats[ben.identity.seat_id].state is SeatState.REVOKED
    assert held(team.lead) == 0
    entries = team.lead.replica.control.ctl_seq
    team.lead.sync()
    assert team.lead.replica.control.ctl_seq == entries


def test_on_its_last_day_it_still_hands_in(team: SmallTeam) -> None:
    ben = team.joined()
    team.lead.lead().retire(ben.identity.seat_id, today(team) + 30)
    record(ben, 1, 5)
    team.clock.advance(30 * DAY_MS)
    assert ben.sync().pushed == 5
    team.lead.sync()
    assert held(team.lead) == 5


def test_one_wrong_clock_closes_nothing(team: SmallTeam) -> None:
    ben = team.joined()
    team.lead.lead().retire(ben.identity.seat_id, today(team) + 30)
    team.lead.clock = type(team.clock)(team.clock.now_ms() + 400 * DAY_MS)
    team.lead.reopened().sync()
    record(ben, 1)
    assert ben.sync().pushed == 1


def test_a_revoked_laptop_is_ended_and_its_raced_push_is_for_a_lead_to_decide(team: SmallTeam) -> None:
    ben = team.joined()
    record(ben, 1, 2)
    ben.sync()
    team.lead.sync()
    record(ben, 3, 2)
    ben.sync()  # after the lead looked, before the lead ends it
    team.lead.lead().revoke(ben.identity.seat_id)
    team.lead.sync()
    side = team.lead.replica.hub_side.team
    assert (held(team.lead), reasons(team.lead), side.late()) == (2, [Reason.BEYOND_PIN], {ben.identity.seat_id: 1})
    with pytest.raises(HubRefused) as caught:
        ben.sync()
    assert caught.value.code == "seat_revoked"
    assert held(ben) == 4
    team.lead.lead().accept_late(ben.identity.seat_id)
    team.lead.sync()
    assert (held(team.lead), reasons(team.lead), side.late()) == (4, [], {})


def test_what_came_too_late_can_be_put_aside(team: SmallTeam) -> None:
    ben = team.joined()
    record(ben, 1)
    ben.sync()
    team.lead.lead().revoke(ben.identity.seat_id)
    team.lead.sync()
    assert team.lead.replica.hub_side.team.discard_late(ben.identity.seat_id) == 1
    team.lead.sync()
    assert (held(team.lead), reasons(team.lead)) == (0, [])


def test_nobody_ends_himself_or_the_last_lead(team: SmallTeam) -> None:
    ben = team.joined(Role.LEAD, EVERY)
    with pytest.raises(ControlRefused) as caught:
        team.lead.lead().revoke(team.lead.identity.seat_id)
    assert caught.value.code == "own_seat"
    ben.lead().revoke(team.lead.identity.seat_id)
    with pytest.raises(ControlRefused) as caught:
        ben.lead().revoke(ben.identity.seat_id)
    assert caught.value.code == "own_seat"
    with pytest.raises(ControlRefused) as caught:
        ben.lead().revoke(bytes(16))
    assert caught.value.code == "no_seat"


def test_each_step_may_be_repeated(team: SmallTeam) -> None:
    seat = team.joined().identity.seat_id
    desk = team.lead.lead()
    for step in (
        lambda: desk.change_role(seat, Role.PEER, (COMMON,)),
        lambda: desk.retire(seat, today(team) + 1),
        lambda: desk.revoke(seat),
    ):
        step()
        assert team.lead.replica.control is not None
        once = team.lead.replica.control.ctl_seq
        step()
        assert team.lead.replica.control.ctl_seq == once


def test_keys_are_renewed_every_quarter_by_a_leads_sync(team: SmallTeam) -> None:
    ben = team.joined()
    team.lead.sync()
    team.clock.advance(90 * DAY_MS)
    team.lead.sync()
    assert (GENERAL, 2) not in epochs(team.lead)
    team.clock.advance(DAY_MS)
    record(ben, 1)
    ben.sync()
    team.lead.sync()
    assert {(comp, 2) for comp in EVERY} <= epochs(team.lead)
    ben.sync()
    assert {(GENERAL, 2), (COMMON, 2)} <= epochs(ben)
    record(ben, 2)
    ben.sync()
    team.lead.sync()
    assert held(team.lead) == 2
    assert (GENERAL, 3) not in epochs(team.lead)


def test_a_seat_that_retires_itself_has_its_keys_renewed(team: SmallTeam) -> None:
    ben = team.joined()
    control = ben.replica.control
    assert control is not None
    key = ben.identity.signing_key()
    entry = build_retire(control, ben.identity.seat_id, key, ben.identity.seat_id, [], [], today(team) + 5)
    caller = Caller(
        seat=ben.identity.seat_id, key=key, hub_id=ben.identity.hub_id, clock=ben.clock, random=ben.random
    )  # fmt: skip
    run(HubCalls(caller, ben.identity.team_id).append_control(entry), ben.transport)
    team.lead.sync()
    assert team.lead.replica.control is not None
    assert [team.lead.replica.control.newest_epoch(comp) for comp in EVERY] == [1, 2, 1, 2]
