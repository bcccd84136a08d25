"""A hub that says no, later, or something else: local work stands and the next round goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.control import next_entry
from sync.engine.exchange import Request, Response
from sync.engine.round import SyncRound
from sync.errors import HubRefused, NotNx1, VerificationFailed
from sync.protocol.entries import EntryType
from sync.protocol.messages import HeadAnswer, PushAnswer
from sync.protocol.problems import Problem, problem_body
from sync.replica import StaleCheckpointError
from sync.testing import START_MS, FlakyTransport, ManualClock
from tests.common.laptops import GENERAL, Laptop, SmallTeam, new_laptop, row_id


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


@pytest.fixture
def kim(team: SmallTeam) -> Laptop:
    kim = team.joined()
    kim.sync()
    kim.save("contact", row_id(1), {"site": "van"})
    return kim


def instead(
    laptop: Laptop, method: str, ending: str, answer: Callable[[Response], Response]
) -> FlakyTransport:  # fmt: skip
    """The hub answers some requests otherwise than it does."""

    def change(request: Request, response: Response) -> Response:
        wanted = request.method == method and request.target.split("?")[0].endswith(ending)
        return answer(response) if wanted else response

    return FlakyTransport(laptop.transport, change=change)


def refusing(problem: Problem, **headers: str) -> Callable[[Response], Response]:
    refusal = Response(status=problem.status, body=problem_body(problem), headers=headers)
    return lambda _response: refusal


def test_a_laptop_with_a_wrong_clock_learns_the_hubs_time_once(kim: Laptop) -> None:
    kim.clock = ManualClock(START_MS + 3 * 3600 * 1000)
    assert kim.sync().requests == 3
    assert kim.sync().requests == 1
    again = kim.reopened()
    again.clock = kim.clock
    assert again.sync().requests == 1


@pytest.mark.parametrize("year_ms", [0, 4_291_747_200_000])
def test_a_clock_that_is_years_off_keeps_nobody_from_syncing_and_is_told(
    team: SmallTeam, kim: Laptop, year_ms: int
) -> None:
    kim.clock = ManualClock(year_ms)
    again = new_laptop(kim.identity, kim.engine, kim.transport, kim.clock, kim.random)
    again.amend("contact", row_id(1), {"site": "hub"})
    report = again.sync()
    assert (report.pushed, report.unsent, report.attention) == (2, 0, ("clock_differs",))
    assert team.lead.sync().quarantined == 0
    assert team.lead.shows("contact", row_id(1)) == {"site": "hub"}


def test_a_hub_frozen_for_more_than_90_days_gets_nothing_sealed(team: SmallTeam, kim: Laptop) -> None:
    def frozen(response: Response) -> Response:
        head = HeadAnswer.parse(response.body, kim.identity.team_id)
        checkpoint = replace(head.checkpoint, day=head.checkpoint.day - 91)
        return replace(response, body=replace(head, checkpoint=checkpoint, sig=checkpoint.sign(team.hub.key)).encode())

    kim.clock.advance(91 * 24 * 3600 * 1000)
    with pytest.raises(StaleCheckpointError):
        kim.sync(instead(kim, "GET", "/head", frozen))
    assert kim.replica.unsent() == 1
    assert kim.sync().pushed == 1


def test_a_pause_that_the_hub_asks_for_is_passed_on(kim: Laptop) -> None:
    busy = refusing(Problem.UNAVAILABLE, **{"retry-after": "7"})
    with pytest.raises(HubRefused) as refusal:
        kim.sync(instead(kim, "GET", "/head", busy))
    assert (refusal.value.status, refusal.value.extra["retry_after"]) == (503, 7)
    assert kim.sync().pushed == 1


@pytest.mark.parametrize(
    ("problem", "attention"),
    [(Problem.QUOTA, "quota"), (Problem.RESTORING, "restoring"), (Problem.GAP, "hub_lost_data")],
)
def test_a_hub_that_takes_nothing_more_still_hands_out_what_it_has(
    team: SmallTeam, kim: Laptop, problem: Problem, attention: str
) -> None:
    team.lead.save("contact", row_id(2), {"site": "hub"})
    team.lead.sync()

    def refused(request: Request, response: Response) -> Response:
        return refusing(problem)(response) if request.method == "POST" else response

    class Refusing(FlakyTransport):
        def send(self, request: Request) -> Response:
            return (
                refused(request, Response(status=200, body=b"")) if request.method == "POST" else super().send(request)
            )

    report = kim.sync(Refusing(kim.transport))
    assert (report.pulled, report.unsent, report.attention) == (1, 1, (attention,))
    assert kim.sync().pushed == 1


def test_a_seat_that_was_revoked_is_told_so_and_keeps_its_records(kim: Laptop) -> None:
    with pytest.raises(HubRefused) as refusal:
        kim.sync(instead(kim, "GET", "/head", refusing(Problem.SEAT_REVOKED)))
    assert refusal.value.code == "seat_revoked"
    assert kim.replica.unsent() == 1


def test_an_announced_restore_is_told_and_nothing_is_sent_or_forgotten(team: SmallTeam, kim: Laptop) -> None:
    def restored(response: Response) -> Response:
        head = HeadAnswer.parse(response.body, kim.identity.team_id)
        checkpoint = replace(head.checkpoint, log_id=bytes(16), n=0, h_n=bytes(32))
        sig = checkpoint.sign(team.hub.key)
        return replace(response, body=replace(head, checkpoint=checkpoint, sig=sig, restoring=True).encode())

    report = kim.sync(instead(kim, "GET", "/head", restored))
    assert (report.requests, report.unsent, report.attention) == (1, 1, ("restoring",))


@pytest.mark.parametrize(
    "answer",
    [
        Response(status=200, body=b"<html>"),
        Response(status=404, body=b"<html>"),
        Response(status=302, body=b""),
        Response(status=200, body=b"\xa0"),
    ],
)
def test_an_answer_that_is_not_nx1_is_told_from_one_that_fails_verification(kim: Laptop, answer: Response) -> None:
    with pytest.raises(NotNx1):
        kim.sync(instead(kim, "GET", "/head", lambda _response: answer))
    assert kim.sync().pushed == 1


def test_a_receipt_that_the_hub_did_not_sign_acknowledges_nothing(kim: Laptop) -> None:
    def forged(response: Response) -> Response:
        answer = PushAnswer.parse(response.body)
        return replace(response, body=replace(answer, receipt=bytes(64)).encode())

    with pytest.raises(VerificationFailed):
        kim.sync(instead(kim, "POST", "/log", forged))
    assert kim.replica.unsent() == 1
    assert kim.sync().pushed == 1


def test_places_moved_in_a_push_answer_break_its_receipt(kim: Laptop) -> None:
    def moved(response: Response) -> Response:
        answer = PushAnswer.parse(response.body)
        return replace(response, body=replace(answer, places=(answer.places[0] + 1,)).encode())

    with pytest.raises(VerificationFailed):
        kim.sync(instead(kim, "POST", "/log", moved))
    assert kim.sync().pushed == 1


def test_an_entry_of_a_later_version_stops_sealing_and_nothing_else(team: SmallTeam, kim: Laptop) -> None:
    team.lead.save("contact", row_id(2), {"site": "hub"})
    team.lead.sync()
    side, identity = kim.replica.hub_side, team.lead.identity
    assert side.control is not None
    entry = next_entry(side.control, identity.seat_id, identity.signing_key(), {0: int(EntryType.HEARTBEAT), 1: []})
    side.extend_control([entry], side.control.extended(entry))

    def agreeing(response: Response) -> Response:
        head = HeadAnswer.parse(response.body, kim.identity.team_id)
        checkpoint = replace(head.checkpoint, ctl_seq=entry.ctl_seq, ctl_hash=entry.ctl_hash)
        return replace(response, body=replace(head, checkpoint=checkpoint, sig=checkpoint.sign(team.hub.key)).encode())

    report = kim.sync(instead(kim, "GET", "/head", agreeing))
    assert (report.pulled, report.pushed, report.attention) == (1, 0, ("update_needed",))
    assert kim.replica.unsent() == 1


def test_a_round_that_is_thrown_away_half_way_leaves_nothing_broken(kim: Laptop) -> None:
    steps = SyncRound(kim.replica.hub_side, kim.identity, clock=kim.clock, random=kim.random).run()
    request = next(steps)
    steps.send(kim.transport.send(request))
    steps.close()
    assert kim.replica.unsent() == 1
    assert kim.sync().pushed == 1
    assert kim.replica.state_hash(GENERAL) != bytes(32)
