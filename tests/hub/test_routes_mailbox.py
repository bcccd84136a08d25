"""read_card, put_mail, read_mail, delete_mail: what teams send each other through a hub that opens none of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sync import codec
from sync.control import build_add_seat, build_card_key_change, build_revoke
from sync.crypto.signing import SigningKey, verify
from sync.hub.outcomes import HubAnswer
from sync.hub.tables import table
from sync.protocol.enrolment import Role, with_invite
from sync.protocol.entries import card_signed_bytes
from sync.protocol.mail import CardAnswer, MailItem, read_mail
from sync.protocol.messages import HeadAnswer
from sync.testing import ManualClock
from tests.hub.neighbours import SHORT, Neighbours, message, neighbours_of
from tests.hub.world import DAY, TODAY, Person, World, epoch_key, refused, seed

FIRST, SECOND = seed("first", 16), seed("second", 16)


@pytest.fixture
def nearby(world: World) -> Neighbours:
    """Nora's team, which has paired Lena's."""
    return neighbours_of(world)


def card_of(nearby: Neighbours, who: Person) -> HubAnswer:
    return nearby.world.call("GET", f"/v1/cards/{nearby.team.hex()}", who=who)


def waiting(nearby: Neighbours, after: int = 0, who: Person | None = None) -> list[MailItem]:
    return read_mail(nearby.read(who or nearby.nora, after).body)


def mailbox_k(nearby: Neighbours) -> int:
    head = nearby.world.call("GET", f"/v1/teams/{nearby.team.hex()}/head", who=nearby.nora)
    return HeadAnswer.parse(head.body, nearby.team).mailbox


def delete(nearby: Neighbours, msg_id: bytes, who: Person | None = None) -> HubAnswer:
    path = f"/v1/teams/{nearby.team.hex()}/mailbox/{msg_id.hex()}"
    return nearby.world.call("DELETE", path, who=who or nearby.nora)


def test_read_card_ok(nearby: Neighbours) -> None:
    # Before a card is published, key and certificate alone: what the kit signed at genesis.
    bare = CardAnswer.parse(card_of(nearby, nearby.world.will).body)
    assert (bare.card_pk, bare.kit, bare.card) == (nearby.card_key.public, None, None)
    verify(nearby.tik.public, bare.cert, card_signed_bytes(nearby.team, bare.card_pk))
    nearby.publish_card(1)
    nearby.publish_card(2)
    answer = CardAnswer.parse(card_of(nearby, nearby.world.pia).body)
    assert codec.decode(answer.card or b"")[1] == 2


def test_a_new_card_key_ends_the_card_of_the_old_one(nearby: Neighbours) -> None:
    nearby.publish_card(1)
    fresh = SigningKey.from_seed(seed("another card key"))
    nearby.append(build_card_key_change(nearby.state, nearby.nora.seat, nearby.nora.key, fresh.public, nearby.tik))
    answer = CardAnswer.parse(card_of(nearby, nearby.world.lena).body)
    assert (answer.card_pk, answer.card) == (fresh.public, None)
    verify(nearby.tik.public, answer.cert, card_signed_bytes(nearby.team, fresh.public))


def test_an_ended_pairing_ends_card_and_mailbox(nearby: Neighbours) -> None:
    nearby.pair(nearby.world.team, None)
    lena = nearby.world.lena
    assert refused(card_of(nearby, lena)) == refused(nearby.put(FIRST, message(), lena)) == (404, "not_found", {})


def test_pairing_is_asked_of_the_team_that_receives(nearby: Neighbours) -> None:
    # Nora paired Lena's team; Lena's has not paired Nora's, so nothing comes back.
    lena = nearby.world.team.hex()
    back = nearby.world.call("PUT", f"/v1/mailbox/{lena}/{FIRST.hex()}", message(), who=nearby.nora)
    card = nearby.world.call("GET", f"/v1/cards/{lena}", who=nearby.nora)
    assert refused(back) == refused(card) == (404, "not_found", {})


def test_nobody_reads_the_card_of_their_own_team_here(nearby: Neighbours) -> None:
    assert refused(card_of(nearby, nearby.nora)) == (404, "not_found", {})


def test_put_mail_ok(nearby: Neighbours) -> None:
    world = nearby.world
    assert mailbox_k(nearby) == 0
    assert nearby.put(FIRST, message("one"), world.will).status == 200
    assert nearby.put(SECOND, message("two", comp=2, size=SHORT + 6 * 1024), world.lena).status == 200
    assert mailbox_k(nearby) == 2
    assert waiting(nearby) == [
        MailItem(1, FIRST, world.team, TODAY, message("one")),
        MailItem(2, SECOND, world.team, TODAY, message("two", comp=2, size=SHORT + 6 * 1024)),
    ]


def test_a_message_accepted_twice_is_one(nearby: Neighbours) -> None:
    will = nearby.world.will
    for _ in range(2):
        assert nearby.put(FIRST, message(), will).status == 200
    assert (mailbox_k(nearby), len(waiting(nearby))) == (1, 1)
    assert delete(nearby, FIRST).status == 200
    assert nearby.put(FIRST, message(), will).status == 200  # the answer to the first was lost, say
    assert (mailbox_k(nearby), waiting(nearby)) == (1, [])


def test_put_mail_malformed(nearby: Neighbours) -> None:
    will = nearby.world.will
    bodies = (b"", message(size=SHORT + 1), message(comp=0), message(comp=3), message(card_no=0), message()[:-1])
    for body in bodies:
        assert refused(nearby.put(FIRST, body, will))[:2] == (400, "malformed")
    assert nearby.put(FIRST, message(), will).status == 200
    assert refused(nearby.put(FIRST, message("another"), will))[:2] == (400, "malformed")


def test_put_mail_quota(nearby: Neighbours) -> None:
    # 2 MiB may wait from one team; a long message has 32 KiB + 1141 bytes: 61 fit, the 62nd does not.
    long = SHORT + 30 * 1024
    for number in range(61):
        assert nearby.put(seed(f"m {number}", 16), message(size=long), nearby.world.will).status == 200
    assert refused(nearby.put(FIRST, message(size=long), nearby.world.will))[:2] == (507, "quota")
    assert delete(nearby, seed("m 0", 16)).status == 200
    assert nearby.put(FIRST, message(size=long), nearby.world.will).status == 200


def test_read_mail_ok(nearby: Neighbours) -> None:
    for number, msg_id in enumerate((FIRST, SECOND)):
        nearby.put(msg_id, message(str(number)), nearby.world.will)
    assert [item.k for item in waiting(nearby)] == [1, 2]
    assert [item.k for item in waiting(nearby, after=1)] == [2]
    assert waiting(nearby, after=2) == []


def test_read_mail_malformed(nearby: Neighbours) -> None:
    answer = nearby.world.call("GET", f"/v1/teams/{nearby.team.hex()}/mailbox?after=x", who=nearby.nora)
    assert refused(answer)[:2] == (400, "malformed")


def joined(nearby: Neighbours, name: str, role: Role, comps: tuple[int, ...]) -> Person:
    person = Person(name, nearby.team, role, comps)
    key = SigningKey.from_seed(seed(f"invite {name}"))
    card = with_invite(person.card(), key, nearby.team, nearby.state.genesis_hash)
    nearby.append(build_add_seat(nearby.state, nearby.nora.seat, nearby.nora.key, card))
    return person


def test_a_seat_is_given_what_its_keys_open(nearby: Neighbours) -> None:
    nearby.put(FIRST, message("general"), nearby.world.will)
    nearby.put(SECOND, message("clinical", comp=2), nearby.world.will)
    wilma = joined(nearby, "wilma", Role.WORKER, (1, 3))
    paul = joined(nearby, "paul", Role.PEER, (3,))
    assert [item.msg_id for item in waiting(nearby, who=wilma)] == [FIRST]
    assert waiting(nearby, who=paul) == []


def test_delete_mail_ok(nearby: Neighbours) -> None:
    nearby.put(FIRST, message(), nearby.world.will)
    for _ in range(2):
        assert delete(nearby, FIRST).status == 200
    assert delete(nearby, SECOND).status == 200
    assert waiting(nearby) == []
    with nearby.world.hub.store.reading() as db:
        (row,) = db.execute(select(table("mailbox"))).all()
    assert (row.k, row.msg_id, row.from_team, row.bytes) == (1, FIRST, b"", b"")


def test_delete_mail_role(nearby: Neighbours) -> None:
    nearby.put(SECOND, message(comp=2), nearby.world.will)
    wilma = joined(nearby, "wilma", Role.WORKER, (1, 3))
    assert refused(delete(nearby, SECOND, wilma))[:2] == (403, "role")


def test_a_revoked_member_of_the_partner_is_refused(nearby: Neighbours) -> None:
    world = nearby.world
    epochs = [epoch_key(comp, 2) for comp in world.will.comps]
    world.append(build_revoke(world.state, world.lena.seat, world.lena.key, world.will.seat, [], epochs))
    assert refused(nearby.put(FIRST, message(), world.will))[:2] == (403, "seat_revoked")


def test_mail_goes_in_the_end_and_its_place_stays(nearby: Neighbours, clock: ManualClock) -> None:
    nearby.put(FIRST, message("one"), nearby.world.will)
    nearby.put(SECOND, message("two"), nearby.world.will)
    delete(nearby, FIRST)
    clock.advance(35 * DAY)
    nearby.world.hub.sweep()
    assert kept(nearby.world) == [(1, 0), (2, SHORT)]
    clock.advance(DAY)
    nearby.world.hub.sweep()
    assert kept(nearby.world) == [(2, SHORT)]
    clock.advance(54 * DAY)
    nearby.world.hub.sweep()
    assert kept(nearby.world) == [(2, SHORT)]
    clock.advance(DAY)
    nearby.world.hub.sweep()
    assert kept(nearby.world) == [(2, 0)]


def kept(world: World) -> list[tuple[int, int]]:
    with world.hub.store.reading() as db:
        mail = table("mailbox").c
        return [(row.k, len(row.bytes)) for row in db.execute(select(mail.k, mail.bytes).order_by(mail.k))]
