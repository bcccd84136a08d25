"""Eight laptops push at once: numbers without a gap, handed out in the order of commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sync.hub import check
from sync.protocol.enrolment import Grant, Role, encode_grants
from sync.protocol.frames import read_pulled, write_frames
from sync.protocol.messages import PushAnswer
from tests.hub.world import Person, World, genesis_of, seed

LAPTOPS = 8
PUSHES = 6
SIZE = 5


def test_numbers_have_no_gap_and_follow_the_order_of_commits(world: World) -> None:
    people = [Person(f"p{i}", world.team, Role.WORKER, (1, 3)) for i in range(LAPTOPS)]
    world.join(*people)
    work = [
        [(person, write_frames(person.envelopes(SIZE))) for _ in range(PUSHES)] for person in people
    ]  # fmt: skip
    signed = [
        [(body, world.signed("POST", world.path("log"), body, person)) for person, body in pushes] for pushes in work
    ]

    def laptop(pushes: list[tuple[bytes, dict[str, str]]]) -> list[tuple[int, ...]]:
        answers = [world.hub.handle("POST", world.path("log"), headers, body) for body, headers in pushes]
        return [PushAnswer.parse(answer.body).places for answer in answers]

    with ThreadPoolExecutor(LAPTOPS) as pool:
        places = list(pool.map(laptop, signed))

    for own in places:
        flat = [n for push in own for n in push]
        assert flat == sorted(flat)
        assert all(list(push) == list(range(push[0], push[0] + SIZE)) for push in own)
    assert sorted(n for own in places for push in own for n in push) == list(range(1, LAPTOPS * PUSHES * SIZE + 1))
    assert check.findings(world.hub.store) == []


def test_a_reader_that_follows_the_log_never_misses_an_envelope(world: World) -> None:
    # A cursor is enough because n is handed out under the lock that is held until the commit: whoever has seen n has
    # seen everything before it.
    people = [Person(f"p{i}", world.team, Role.WORKER, (1, 3)) for i in range(4)]
    world.join(*people)
    jobs = []
    for person in people:
        for _ in range(10):
            body = write_frames(person.envelopes(1))
            jobs.append((body, world.signed("POST", world.path("log"), body, person)))
    by_person = [jobs[i * 10 : (i + 1) * 10] for i in range(4)]

    def laptop(pushes: list[tuple[bytes, dict[str, str]]]) -> None:
        for body, headers in pushes:
            assert world.hub.handle("POST", world.path("log"), headers, body).status == 200

    seen: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(laptop, pushes) for pushes in by_person]
        while len(seen) < 40:
            after = seen[-1] if seen else 0
            answer = world.call("GET", world.path(f"log?after={after}"), who=world.lena)
            seen += [one.n for one in read_pulled(answer.body)]
            assert seen == list(range(1, len(seen) + 1))
        for one in running:
            one.result()


def test_the_same_push_from_many_threads_is_stored_once(world: World) -> None:
    body = write_frames(world.will.envelopes(10))
    headers = [world.signed("POST", world.path("log"), body, world.will) for _ in range(6)]

    def push(signed: dict[str, str]) -> tuple[int, ...]:
        return PushAnswer.parse(world.hub.handle("POST", world.path("log"), signed, body).body).places

    with ThreadPoolExecutor(6) as pool:
        places = set(pool.map(push, headers))
    assert places == {tuple(range(1, 11))}
    assert check.findings(world.hub.store) == []


def test_of_leads_who_replace_the_same_version_one_succeeds(world: World) -> None:
    calls = []
    for target in (world.path("grants"), world.path("keyring/1")):
        for i in range(4):
            grant = Grant(comp=1, epoch=1, seat=world.will.seat, blob=seed(f"grant {i}", 1170))
            body = encode_grants([grant]) if "grants" in target else grant.blob
            calls.append((target, body, {"If-Match": '"0"', **world.signed("PUT", target, body, world.lena)}))
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda call: world.hub.handle("PUT", call[0], call[2], call[1]).status, calls))
    assert [sorted(statuses[:4]), sorted(statuses[4:])] == [[200, 412, 412, 412]] * 2


def test_one_operator_token_makes_one_team(world: World) -> None:
    token = world.hub.issue_token()
    founders = [Person(f"f{i}", seed(f"team {i}", 16), Role.LEAD, (0, 1, 2, 3)) for i in range(4)]
    calls = []
    for founder in founders:
        body = world.founding(token, genesis_of(founder, world.hub.hub_id).raw)
        calls.append((body, world.signed("POST", "/v1/teams", body, founder)))
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda call: world.hub.handle("POST", "/v1/teams", call[1], call[0]).status, calls)
    assert sorted(answers) == [200, 403, 403, 403]
