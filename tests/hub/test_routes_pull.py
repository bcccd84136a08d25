"""pull: pages, stubs, and who gets a body."""

from __future__ import annotations

from sync.protocol.envelope import Envelope, EnvelopeType, Stub, parse_envelope, parse_item, stub_of
from sync.protocol.frames import Pulled, read_pulled
from tests.hub.world import TODAY, Person, World, refused

KIB_ENVELOPE = 1260
STUB = 196
FRAME = 12


def page(world: World, query: str = "", who: Person | None = None) -> list[Pulled]:
    return read_pulled(world.call("GET", world.path(f"log{query}"), who=who or world.lena).body)


def kinds(pulled: list[Pulled]) -> list[str]:
    return ["stub" if isinstance(parse_item(one.item), Stub) else "whole" for one in pulled]


def test_pull_ok(world: World) -> None:
    envelopes = [world.lena.envelope(comp) for comp in (0, 1, 2, 3)]
    world.push(*envelopes)
    assert page(world) == [Pulled(n, raw) for n, raw in enumerate(envelopes, start=1)]
    assert page(world, "?after=2") == [Pulled(3, envelopes[2]), Pulled(4, envelopes[3])]
    answer = world.call("GET", world.path("log?after=3"), who=world.lena)
    assert dict(answer.headers)["NX-Head"] == "4"


def test_an_empty_page_still_names_the_head(world: World) -> None:
    world.push(world.lena.envelope())
    answer = world.call("GET", world.path("log?after=9"), who=world.lena)
    assert (answer.status, answer.body, dict(answer.headers)["NX-Head"]) == (200, b"", "1")


def test_a_seat_gets_stubs_of_compartments_it_does_not_hold(world: World) -> None:
    envelopes = [world.lena.envelope(comp) for comp in (0, 1, 2, 3)]
    world.push(*envelopes)
    for_pia = page(world, who=world.pia)
    assert kinds(for_pia) == ["stub", "stub", "stub", "whole"]
    assert for_pia[0].item == stub_of(parse_envelope(envelopes[0]))
    assert kinds(page(world, who=world.will)) == ["stub", "whole", "stub", "whole"]


def test_asking_for_more_compartments_than_held_gives_no_body(world: World) -> None:
    world.push(*[world.lena.envelope(comp) for comp in (0, 1, 2, 3)])
    assert kinds(page(world, "?comps=0,1,2,3,255", who=world.pia)) == ["stub", "stub", "stub", "whole"]


def test_asking_for_fewer_compartments_gives_stubs_of_the_rest(world: World) -> None:
    world.push(*[world.lena.envelope(comp) for comp in (0, 1, 2, 3)])
    assert kinds(page(world, "?comps=1,3")) == ["stub", "whole", "stub", "whole"]
    assert kinds(page(world, "?comps=")) == ["stub"] * 4


def test_ones_own_drop_comes_back_as_a_stub(world: World) -> None:
    world.push(world.pia.envelope(1, kind=EnvelopeType.DROP), who=world.pia)
    assert kinds(page(world, who=world.pia)) == ["stub"]
    assert kinds(page(world, who=world.will)) == ["whole"]


def test_a_page_ends_before_its_limit_and_the_next_goes_on(world: World) -> None:
    envelopes = world.lena.envelopes(5)
    world.push(*envelopes)
    room_for_two = 2 * (KIB_ENVELOPE + FRAME)
    assert [one.n for one in page(world, f"?max={room_for_two}")] == [1, 2]
    assert [one.n for one in page(world, f"?after=2&max={room_for_two + KIB_ENVELOPE}")] == [3, 4]
    assert [one.n for one in page(world, f"?after=4&max={room_for_two}")] == [5]


def test_a_stub_counts_as_what_is_sent(world: World) -> None:
    world.push(*world.lena.envelopes(4, comp=1), world.lena.envelope(3))
    three_stubs = 3 * (STUB + FRAME)
    assert [one.n for one in page(world, f"?max={three_stubs}", who=world.pia)] == [1, 2, 3]


def test_a_page_holds_at_least_one_envelope(world: World) -> None:
    world.push(*world.lena.envelopes(2))
    assert [one.n for one in page(world, "?max=0")] == [1]


def test_a_page_is_never_longer_than_4_mib(world: World) -> None:
    for _ in range(2):
        world.push(*[world.lena.envelope(bucket=256 * 1024) for _ in range(9)])
    sizes = [
        len(parsed.raw) for one in page(world, "?max=99999999") if isinstance(parsed := parse_item(one.item), Envelope)
    ]
    assert len(sizes) == 15
    assert sum(sizes) <= 4 * 1024 * 1024


def test_pull_malformed(world: World) -> None:
    for query in ("?after=x", "?max=-1", "?comps=1,", "?comps=a", "?comps=1;3", "?after=1&after=2"):
        assert refused(world.call("GET", world.path(f"log{query}"), who=world.lena))[:2] == (400, "malformed")


def test_a_seat_that_joined_later_gets_what_came_before(world: World) -> None:
    world.push(world.lena.envelope(3))
    world.join(world.stranger)
    assert kinds(page(world, who=world.stranger)) == ["whole"]


def test_a_retired_seat_does_not_pull(world: World) -> None:
    world.retire(world.will, until_day=TODAY)
    assert refused(world.call("GET", world.path("log"), who=world.will))[:2] == (403, "write_only")
