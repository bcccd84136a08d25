"""What a hub can try on a laptop that is not in the team yet: another key, another box, another team."""

from __future__ import annotations

import pytest

from sync.engine.enrolment import SeatKeys, ask_to_join, open_invite
from sync.errors import VerificationFailed
from sync.hub.outcomes import HubAnswer
from sync.protocol.enrolment import Role
from sync.testing.fakes import LoopbackTransport, ManualClock, SeededRandom
from sync.testing.fleet import Fleet, Laptop
from sync.testing.hostile import Asked, HostileHub
from tests.common.fleets import memory_team
from tests.hostile.besieged import may_apply


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(*memory_team(), may_apply)


@pytest.fixture
def hub(fleet: Fleet) -> HostileHub:
    return HostileHub(fleet)


@pytest.fixture
def newcomer(fleet: Fleet) -> Laptop:
    """Has asked to be let in, and was."""
    fleet.let_in("newcomer")
    return fleet.laptops["newcomer"]


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ("wrong_key", "wrong_hub"),
        ("fake_seat", "control_signature"),
        ("withheld_control", "control_withheld"),
        ("forged_checkpoint", "checkpoint_signature"),
    ],
)
def test_a_first_sync_believes_nothing_that_the_invite_does_not_pin(
    hub: HostileHub, newcomer: Laptop, lie: str, code: str
) -> None:
    hub.lie = getattr(hub, lie)
    with pytest.raises(VerificationFailed) as noticed:
        newcomer.sync(LoopbackTransport(hub))
    assert noticed.value.code == code
    hub.lie = hub.honest
    assert not newcomer.sync(LoopbackTransport(hub)).awaiting_approval
    assert newcomer.replica.control is not None


def test_a_first_sync_is_not_shown_the_log_of_before_its_approval(hub: HostileHub, newcomer: Laptop) -> None:
    hub.lie = hub.old_control
    with pytest.raises(VerificationFailed):
        newcomer.sync(LoopbackTransport(hub))
    hub.lie = hub.honest
    newcomer.sync(LoopbackTransport(hub))


def test_an_invite_opens_for_the_pinned_hub_only(fleet: Fleet, hub: HostileHub) -> None:
    code = fleet.lead.lead(LoopbackTransport(fleet)).invite(Role.WORKER, (1, 3)).code
    hub.lie = hub.wrong_key
    with pytest.raises(VerificationFailed) as noticed:
        open_invite(LoopbackTransport(hub), code, clock=ManualClock(), random=SeededRandom("guest"))
    assert noticed.value.code == "wrong_hub"


def test_the_box_of_another_invite_does_not_open(fleet: Fleet, hub: HostileHub) -> None:
    desk = fleet.lead.lead(LoopbackTransport(fleet))
    mine, other = desk.invite(Role.WORKER, (1, 3)), desk.invite(Role.LEAD, (0, 1, 2, 3))

    def other_box(asked: Asked, answer: HubAnswer) -> HubAnswer:
        theirs = asked.target.replace(mine.invite_id.hex(), other.invite_id.hex())
        return fleet.handle(asked.method, theirs, asked.headers, asked.body) if asked.call == "invites" else answer

    hub.lie = other_box
    with pytest.raises(VerificationFailed) as noticed:
        open_invite(LoopbackTransport(hub), mine.code, clock=ManualClock(), random=SeededRandom("guest"))
    assert noticed.value.code == "invite_box"


def test_a_request_whose_keys_the_hub_replaced_is_not_shown_to_the_lead(fleet: Fleet, hub: HostileHub) -> None:
    desk = fleet.lead.lead(LoopbackTransport(hub))
    code = desk.invite(Role.WORKER, (1, 3)).code
    clock, random = ManualClock(), SeededRandom("guest")
    opened = open_invite(LoopbackTransport(fleet), code, clock=clock, random=random)
    keys = SeatKeys.draw(random)
    identity, _ = ask_to_join(LoopbackTransport(fleet), opened, keys, clock=clock, random=random)

    def replaced(asked: Asked, answer: HubAnswer) -> HubAnswer:
        key = identity.signing_key().public
        changed = answer.body.replace(key, fleet.lead.identity.signing_key().public)
        assert changed != answer.body or asked.call != "invites"
        return HubAnswer(status=answer.status, headers=answer.headers, body=changed)

    hub.lie = replaced
    assert keys.seat_id not in {asking.card.seat for asking in desk.asking()}
    hub.lie = hub.honest
    assert keys.seat_id in {asking.card.seat for asking in desk.asking()}
