"""read_grants, put_grants, read_keyring, put_keyring: objects the hub only carries."""

from __future__ import annotations

from sync.hub.outcomes import HubAnswer
from sync.protocol.enrolment import Grant, encode_grants, parse_grants
from sync.protocol.messages import HeadAnswer
from tests.hub.world import Person, World, refused, seed


def grant(who: Person, comp: int = 3, epoch: int = 1, text: str = "") -> Grant:
    return Grant(comp=comp, epoch=epoch, seat=who.seat, blob=seed(f"grant {who.name} {comp} {epoch} {text}", 1170))


def put(world: World, version: str, *grants: Grant) -> HubAnswer:
    return world.call(
        "PUT", world.path("grants"), encode_grants(grants), who=world.lena, headers={"If-Match": f'"{version}"'}
    )  # fmt: skip


def etag(answer: HubAnswer) -> str:
    return dict(answer.headers)["ETag"].strip('"')


def read(world: World, who: Person) -> tuple[list[Grant], str]:
    answer = world.call("GET", world.path("grants"), who=who)
    return parse_grants(answer.body), etag(answer)


def test_put_grants_ok(world: World) -> None:
    version = etag(put(world, "0", grant(world.lena), grant(world.will)))
    head = HeadAnswer.parse(world.call("GET", world.path("head"), who=world.pia).body, world.team)
    assert str(head.grants_version) == version
    later = etag(put(world, version, grant(world.will, text="made anew")))
    assert later != version
    assert read(world, world.will) == ([grant(world.will, text="made anew")], later)


def test_read_grants_ok(world: World) -> None:
    version = etag(put(world, "0", grant(world.pia), grant(world.will, 1), grant(world.will, 3), grant(world.lena)))
    assert read(world, world.will) == ([grant(world.will, 1), grant(world.will, 3)], version)
    assert read(world, world.pia) == ([grant(world.pia)], version)


def test_a_lead_sees_whom_a_grant_is_missing_for(world: World) -> None:
    put(world, "0", grant(world.will, 1), grant(world.lena))
    lines, _ = read(world, world.lena)
    assert [(line.seat, line.comp, len(line.blob)) for line in lines] == [
        (world.lena.seat, 3, 1170),
        (world.will.seat, 1, 0),
    ]


def test_read_grants_before_the_first(world: World) -> None:
    assert read(world, world.pia) == ([], "0")


def test_put_grants_stale(world: World) -> None:
    version = etag(put(world, "0", grant(world.lena)))
    assert refused(put(world, "0", grant(world.will))) == (412, "stale", {"version": int(version)})


def test_put_grants_malformed(world: World) -> None:
    assert refused(put(world, "0", grant(world.stranger)))[:2] == (400, "malformed")
    assert refused(put(world, "0", Grant(comp=3, epoch=1, seat=world.will.seat, blob=b"")))[:2] == (400, "malformed")
    assert refused(put(world, "x", grant(world.will)))[:2] == (400, "malformed")
    for body in (b"", b"\xa0", encode_grants([grant(world.will)])):
        assert refused(world.call("PUT", world.path("grants"), body, who=world.lena))[:2] == (400, "malformed")


def ring(world: World, version: str, blob: bytes, comp: int = 1) -> HubAnswer:
    headers = {"If-Match": f'"{version}"'}
    return world.call("PUT", world.path(f"keyring/{comp}"), blob, who=world.lena, headers=headers)


def test_put_keyring_ok(world: World) -> None:
    assert etag(ring(world, "0", b"first")) == "1"
    assert etag(ring(world, "1", b"second")) == "2"
    head = HeadAnswer.parse(world.call("GET", world.path("head"), who=world.pia).body, world.team)
    assert dict(head.keyrings) == {1: 2}


def test_read_keyring_ok(world: World) -> None:
    ring(world, "0", b"first")
    answer = world.call("GET", world.path("keyring/1"), who=world.will)
    assert (answer.body, etag(answer)) == (b"first", "1")


def test_put_keyring_stale(world: World) -> None:
    ring(world, "0", b"first")
    for version in ("0", "2"):
        assert refused(ring(world, version, b"second")) == (412, "stale", {"version": 1})
    assert refused(ring(world, "1", b"x", comp=2)) == (412, "stale", {"version": 0})


def test_put_keyring_malformed(world: World) -> None:
    assert refused(ring(world, "0", b""))[:2] == (400, "malformed")
    assert refused(ring(world, "latest", b"x"))[:2] == (400, "malformed")
    assert refused(world.call("PUT", world.path("keyring/1"), b"x", who=world.lena))[:2] == (400, "malformed")


def test_read_keyring_role(world: World) -> None:
    ring(world, "0", b"first")
    assert refused(world.call("GET", world.path("keyring/1"), who=world.pia))[:2] == (403, "role")


def test_no_keyring_yet_is_not_found(world: World) -> None:
    assert refused(world.call("GET", world.path("keyring/1"), who=world.will))[:2] == (404, "not_found")


def test_a_compartment_is_one_byte(world: World) -> None:
    assert refused(ring(world, "0", b"x", comp=256))[:2] == (404, "not_found")
