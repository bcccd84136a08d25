"""Invites, codes, kit halves, and the bodies that enrolment sends."""

import base64
from dataclasses import replace

import pytest

from sync import codec
from sync.crypto import invite, kit
from sync.crypto.invite import Invite
from sync.errors import BoxRefused, CodecError, SignatureInvalid
from sync.protocol import enrolment
from sync.protocol.enrolment import (
    Grant,
    InviteBox,
    InvitePost,
    InviteResult,
    InviteState,
    KeyringObject,
    Role,
    WaitingInvite,
)
from sync.protocol.join_request import JoinRequest
from tests.unit.sync.parts import ANNA, BEN, TEAM, Dice, invited

SECRET = bytes(range(16))
URL = "https://server.example:8443/path"
CODE = invite.code_text(SECRET, URL)
BOX = InviteBox(
    team=TEAM,
    genesis_hash=b"\x01" * 32,
    ctl_seq=4,
    ctl_hash=b"\x02" * 32,
    hub_id=b"\x03" * 32,
    role=Role.PEER,
    comps=(3,),
    invite_pub=Invite(SECRET).key.public,
)


def test_a_code_survives_how_people_copy_it() -> None:
    spaced = " ".join(CODE[at : at + 5] for at in range(0, len(CODE), 5))
    hyphened = CODE[:4] + "-".join(CODE[at : at + 4] for at in range(4, len(CODE), 4))
    for typed in (CODE, CODE.lower(), spaced, hyphened, f"\n{CODE} "):
        assert invite.parse_code(typed) == (SECRET, URL)


@pytest.mark.parametrize(
    "typed",
    ["", "NX1-", CODE[4:], CODE[:-1], CODE[:-4], CODE + "A", CODE.replace("A", "1", 1), "NX2-" + CODE[4:], "NX1-ÄÖ"],
)
def test_a_code_copied_wrongly_is_noticed(typed: str) -> None:
    with pytest.raises(ValueError):
        invite.parse_code(typed)


def test_a_code_of_another_version_is_refused() -> None:
    later = base64.b32encode(codec.encode([2, SECRET, URL])).decode().rstrip("=")
    with pytest.raises(ValueError, match="another version"):
        invite.parse_code("NX1-" + later)


def test_words_with_a_mistake_are_noticed() -> None:
    words = Invite(SECRET).words().split()
    assert invite.parse_secret_words(" ".join(words).upper()) == SECRET
    for wrong in (words[:-1], [*words[1:], words[0]], [*words[:-1], "outreach"]):
        with pytest.raises(ValueError):
            invite.parse_secret_words(" ".join(wrong))


def test_an_invite_box_opens_for_its_invite_only() -> None:
    made = Invite(SECRET)
    assert made.open(made.seal(BOX)) == BOX
    other = Invite(bytes(16))
    with pytest.raises(BoxRefused):
        other.open(made.seal(BOX))
    with pytest.raises(CodecError):
        made.open(made.seal(replace(BOX, invite_pub=other.key.public)))
    with pytest.raises(ValueError):
        Invite(bytes(15))


def test_check_words_need_the_whole_list() -> None:
    with pytest.raises(ValueError):
        invite.check_words(bytes(32), ["amber"])
    assert invite.check_digits((7776**4 + 7776).to_bytes(9, "big")) == [1, 0, 0, 1, 0]


def test_kit_halves() -> None:
    seed = b"\x4b" * 32
    half_a, half_b = kit.split(seed, Dice())
    assert kit.join(half_a, half_b) == seed
    assert half_a not in (seed, half_b)
    words = kit.words_of(half_a)
    assert kit.half_of(words) == half_a
    assert kit.half_of("  " + words.upper().replace(" ", "\n")) == half_a
    for wrong in (words.rsplit(" ", 1)[0], " ".join(words.split()[::-1]), words.replace(words.split()[0], "broker", 1)):
        with pytest.raises(ValueError):
            kit.half_of(wrong)
    with pytest.raises(ValueError):
        kit.join(half_a, half_b[:-1])


def test_a_join_request_carries_the_card() -> None:
    card = invited(BEN, Role.WORKER, (1, 3), b"\x01" * 32)
    request = JoinRequest(card=card)
    assert JoinRequest.parse(request.encode()) == request
    assert len(request.encode()) < 8 * 1024
    enrolment.verify_invited(request.card, TEAM, b"\x01" * 32)
    with pytest.raises(SignatureInvalid):
        enrolment.verify_invited(request.card, TEAM, b"\x02" * 32)
    with pytest.raises(SignatureInvalid):
        enrolment.verify_invited(replace(card, kem_pk=bytes(1216)), TEAM, b"\x01" * 32)


def test_bodies_come_back() -> None:
    post = InvitePost(invite_id=bytes(16), expires_day=20787, box=b"box")
    assert InvitePost.parse(post.encode()) == post
    waiting = [
        WaitingInvite(invite_id=bytes(16), expires_day=1, state=InviteState.OPEN, request=None),
        WaitingInvite(invite_id=b"\x01" * 16, expires_day=2, state=InviteState.REQUESTED, request=b"request"),
    ]
    assert enrolment.parse_waiting(enrolment.encode_waiting(waiting)) == waiting
    result = InviteResult(state=InviteState.APPROVED, ctl_seq=7)
    assert InviteResult.parse(result.encode()) == result
    grants = [Grant(comp=1, epoch=2, seat=ANNA.seat, blob=b"blob")]
    assert enrolment.parse_grants(enrolment.encode_grants(grants)) == grants
    ring = KeyringObject(epoch=2, ctl_seq=3, blob=b"blob")
    assert KeyringObject.parse(ring.encode()) == ring
    assert InviteBox.parse(BOX.encode()) == BOX


@pytest.mark.parametrize(
    "parse",
    [
        InviteBox.parse,
        InvitePost.parse,
        InviteResult.parse,
        JoinRequest.parse,
        KeyringObject.parse,
        enrolment.parse_grants,
        enrolment.parse_waiting,
    ],
)
@pytest.mark.parametrize(
    "data", [b"", b"\xff", codec.encode({}), codec.encode([[1]]), codec.encode({1: 9, 2: 9, 3: 9})]
)
def test_other_bodies_are_refused(parse: object, data: bytes) -> None:
    assert callable(parse)
    with pytest.raises(CodecError):
        parse(data)
