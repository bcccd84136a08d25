"""Founding, inviting, joining, approving, rotating, against a real hub core (protocol.md 2.8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.control import build_epoch
from sync.crypto.invite import code_text
from sync.engine.control_log import append
from sync.engine.enrolment import SeatKeys, TeamSeeds, ask_to_join, found_team, open_invite
from sync.engine.exchange import Request, Response, run
from sync.engine.lead import Lead
from sync.errors import ControlRefused, HubRefused, Unreachable, VerificationFailed
from sync.protocol.enrolment import Role
from sync.replica.values import InvitedRights
from sync.testing import FlakyTransport, LoopbackTransport, plain_engine
from tests.common.laptops import CLINICAL, COMMON, GENERAL, HUB_URL, Laptop, SmallTeam, new_laptop, row_id


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


def flaky_lead(laptop: Laptop, transport: FlakyTransport) -> Lead:
    return Lead(transport, laptop.identity, laptop.replica.hub_side, clock=laptop.clock, random=laptop.random)


def test_a_token_that_was_not_issued_founds_nothing(team: SmallTeam) -> None:
    keys, seeds = SeatKeys.draw(team.random), TeamSeeds.draw(team.random)
    draft = keys.identity(team_id=seeds.team_id, hub_id=team.hub.hub_id, hub_url=HUB_URL, ca=None)
    laptop = new_laptop(draft, plain_engine(), LoopbackTransport(team.hub), team.clock, team.random)
    with pytest.raises(HubRefused) as refusal:
        found_team(
            laptop.transport, laptop.replica.hub_side, seeds, keys, token="guessed", hub_url=HUB_URL,
            clock=team.clock, random=team.random,
        )  # fmt: skip
    assert refusal.value.code == "role"
    assert laptop.replica.control is None


def test_a_founder_holds_every_compartment_and_the_key_of_each(team: SmallTeam) -> None:
    control = team.lead.replica.control
    assert control is not None
    (lead,) = control.leads()
    assert lead.comps == (0, 1, 2, 3)
    assert {(one.comp, one.epoch) for one in team.lead.replica.hub_side.keyring} == {(0, 1), (1, 1), (2, 1), (3, 1)}


def test_a_code_of_another_invite_opens_nothing(team: SmallTeam) -> None:
    with pytest.raises(HubRefused):
        open_invite(
            LoopbackTransport(team.hub), code_text(bytes(16), HUB_URL), clock=team.clock, random=team.random
        )  # fmt: skip


def test_a_hub_that_hands_out_another_box_is_caught(team: SmallTeam) -> None:
    invited = team.lead.lead().invite(Role.PEER, (COMMON,))

    def change(request: Request, response: Response) -> Response:
        return replace(response, body=response.body[:-1] + b"x") if "/v1/invites/" in request.target else response

    transport = FlakyTransport(LoopbackTransport(team.hub), change=change)
    with pytest.raises(VerificationFailed) as failure:
        open_invite(transport, invited.code, clock=team.clock, random=team.random)
    assert failure.value.code == "invite_box"


def test_two_laptops_with_one_code_only_the_first_is_heard(team: SmallTeam) -> None:
    invited = team.lead.lead().invite(Role.PEER, (COMMON,))
    transport = LoopbackTransport(team.hub)
    opened = open_invite(transport, invited.code, clock=team.clock, random=team.random)
    first = SeatKeys.draw(team.random)
    ask_to_join(transport, opened, first, clock=team.clock, random=team.random)
    _, again = ask_to_join(transport, opened, first, clock=team.clock, random=team.random)
    with pytest.raises(HubRefused):
        ask_to_join(transport, opened, SeatKeys.draw(team.random), clock=team.clock, random=team.random)
    assert [asking.check for asking in team.lead.lead().asking()] == [again.check]


def test_a_laptop_gets_the_rights_it_was_invited_to_whatever_it_asks_for(team: SmallTeam) -> None:
    invited = team.lead.lead().invite(Role.PEER, (COMMON,))
    transport = LoopbackTransport(team.hub)
    opened = open_invite(transport, invited.code, clock=team.clock, random=team.random)
    greedy = replace(opened, box=replace(opened.box, role=Role.LEAD, comps=(0, 1, 2, 3)))
    keys = SeatKeys.draw(team.random)
    ask_to_join(transport, greedy, keys, clock=team.clock, random=team.random)
    (asking,) = team.lead.lead().asking()
    assert asking.rights == InvitedRights(role=Role.PEER, comps=(COMMON,))
    team.lead.lead().approve(asking)
    control = team.lead.replica.control
    assert control is not None
    assert (control.seats[keys.seat_id].role, control.seats[keys.seat_id].comps) == (Role.PEER, (COMMON,))


def test_an_invite_made_elsewhere_needs_its_rights_named(team: SmallTeam) -> None:
    other = team.joined(Role.LEAD, (0, 1, 2, 3))
    kim = team.asked(Role.WORKER, (GENERAL, COMMON))
    (asking,) = other.lead().asking()
    with pytest.raises(ControlRefused) as refusal:
        other.lead().approve(asking)
    assert refusal.value.code == "invite_unknown"
    other.lead().approve(asking, InvitedRights(role=Role.NURSE, comps=(GENERAL, CLINICAL, COMMON)))
    assert kim.sync().attention == ("join_differs",)


def test_a_request_can_be_refused(team: SmallTeam) -> None:
    kim = team.asked(Role.PEER, (COMMON,))
    (asking,) = team.lead.lead().asking()
    team.lead.lead().refuse(asking)
    with pytest.raises(ControlRefused) as refusal:
        kim.sync()
    assert refusal.value.code == "join_refused"
    assert team.lead.lead().asking() == []


@pytest.mark.parametrize("lost", ["lost request", "lost reply"])
@pytest.mark.parametrize("step", range(5))
def test_an_approval_cut_off_anywhere_is_finished_by_repeating_it(team: SmallTeam, step: int, lost: str) -> None:
    kim = team.asked(Role.WORKER, (GENERAL, COMMON))
    (asking,) = team.lead.lead().asking()
    flaky = FlakyTransport(team.lead.transport, lambda number, _request: lost if number == step else "ok")
    with pytest.raises(Unreachable):
        flaky_lead(team.lead, flaky).approve(asking)
    team.lead = team.lead.reopened()
    team.lead.lead().approve(asking)
    kim.save("contact", row_id(1), {"site": "van"})
    assert kim.sync().pushed == 1
    assert team.lead.sync().pulled == 1


@pytest.mark.parametrize("lost", ["lost request", "lost reply"])
@pytest.mark.parametrize("step", range(5))
def test_a_rotation_cut_off_anywhere_loses_no_key(team: SmallTeam, step: int, lost: str) -> None:
    kim = team.joined()
    flaky = FlakyTransport(team.lead.transport, lambda number, _request: lost if number == step else "ok")
    with pytest.raises(Unreachable):
        flaky_lead(team.lead, flaky).rotate([GENERAL])
    team.lead = team.lead.reopened()
    team.lead.sync()
    team.lead.lead().grant_missing()
    for laptop, number in ((kim, 1), (team.lead, 2)):
        laptop.save("contact", row_id(number), {"site": "van"})
        assert laptop.sync().unsent == 0
    assert kim.sync().quarantined == team.lead.sync().quarantined == 0
    assert kim.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_two_leads_who_rotate_at_once_both_end_with_the_keys_of_the_log(team: SmallTeam) -> None:
    other = team.joined(Role.LEAD, (0, 1, 2, 3))
    team.lead.lead().rotate([GENERAL])
    other.lead().rotate([GENERAL])
    for laptop in (team.lead, other):
        laptop.sync()
        control = laptop.replica.control
        assert control is not None
        assert control.newest_epoch(GENERAL) == 3
        for epoch in (1, 2, 3):
            key = control.epoch_key(GENERAL, epoch)
            assert key is not None
            assert laptop.replica.hub_side.keyring.secret(GENERAL, epoch).matches(key)


def test_an_entry_that_lost_the_race_is_built_anew_behind_the_winner(team: SmallTeam) -> None:
    other = team.joined(Role.LEAD, (0, 1, 2, 3))
    raced = []

    def race(number: int, request: Request) -> str:
        if request.method == "POST" and request.target.endswith("/control") and not raced:
            raced.append(number)
            other.lead().rotate([CLINICAL])
        return "ok"

    flaky_lead(team.lead, FlakyTransport(team.lead.transport, race)).rotate([GENERAL])
    control = team.lead.replica.control
    assert control is not None
    assert (control.newest_epoch(CLINICAL), control.newest_epoch(GENERAL)) == (2, 2)
    assert raced


def test_a_worker_cannot_write_the_control_log(team: SmallTeam) -> None:
    kim = team.joined()
    desk = kim.lead()
    secret = kim.replica.hub_side.keyring.secret(GENERAL, 1)
    with pytest.raises(ControlRefused):
        run(
            append(
                kim.replica.hub_side, desk._calls, team.hub.key.public,
                lambda control: build_epoch(
                    control, kim.identity.seat_id, kim.identity.signing_key(),
                    [replace(secret.epoch_key(), epoch=2)],
                ),
            ),
            kim.transport,
        )  # fmt: skip
