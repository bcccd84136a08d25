"""Cards, messages and the digits two leads compare: what is believed of another team, and what is not."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import codec
from sync.crypto.boxes import hpke_open, hpke_seal
from sync.crypto.keyring import EpochSecret, Keyring
from sync.crypto.mail import (
    Content,
    MailKind,
    card_hash,
    card_keys,
    line_of,
    open_message,
    seal_message,
    sign_card,
    verified_card,
)
from sync.crypto.pairing import PairingText, pair_digits, tik_fingerprint
from sync.crypto.signing import SigningKey
from sync.errors import CodecError, KeyMissing, MailRefused
from sync.protocol.entries import card_signed_bytes
from sync.protocol.mail import CardAnswer, MailItem, message_front, read_mail, sealed_part, with_front, write_mail
from sync.protocol.team_entries import TeamCard, card_key_fields, kit_signed_bytes

OURS, THEIRS, OTHERS = b"\x0a" * 16, b"\x0b" * 16, b"\x0c" * 16
MSG = b"\x77" * 16
TIK = SigningKey.from_seed(b"\x01" * 32)
CARD_KEY = SigningKey.from_seed(b"\x02" * 32)


def ring_of(team: bytes, *epochs: int) -> Keyring:
    return Keyring(
        EpochSecret(team, comp, epoch, hashlib.sha256(team + bytes([comp, epoch])).digest())
        for comp in (1, 2)
        for epoch in epochs or (1,)
    )


def card_of(team: bytes, number: int = 1, epoch: int = 1, key: SigningKey = CARD_KEY) -> TeamCard:
    keys = tuple(card_keys(ring_of(team, epoch), {0: 1, 1: epoch, 2: epoch, 3: 1}))
    return TeamCard(card_no=number, keys=keys, valid_from=20_779, sig=sign_card(key, team, number, keys, 20_779))


def answer_with(card: TeamCard | None, **changes: object) -> CardAnswer:
    raw = None
    if card is not None:
        raw = codec.encode({1: card.card_no, 2: card_key_fields(card.keys), 3: card.valid_from, 4: card.sig})
    cert = TIK.sign(card_signed_bytes(THEIRS, CARD_KEY.public))
    return replace(CardAnswer(card_pk=CARD_KEY.public, cert=cert, card=raw), **changes)  # type: ignore[arg-type]


def content(**changes: object) -> Content:
    made = Content(
        ref_id=b"\x05" * 16, kind=MailKind.NEW, body={"made_on": "2026-11-20"}, in_reply_to=None, sender=OURS,
        recipient=THEIRS,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def sent(what: Content | None = None, comp: int = 1, card: TeamCard | None = None) -> bytes:
    return seal_message(what or content(), MSG, card or card_of(THEIRS), ring_of(OURS).secret(comp, 1))


def opened(message: bytes, **changes: object) -> Content:
    given = {
        "sender": OURS, "sender_card": card_of(OURS), "team": THEIRS, "cards": [card_of(THEIRS)],
        "ring": ring_of(THEIRS),
    } | changes  # fmt: skip
    return open_message(message, given.pop("msg_id", MSG), **given)  # type: ignore[arg-type]


def refusal(message: bytes, **changes: object) -> str:
    with pytest.raises(MailRefused) as caught:
        opened(message, **changes)
    return caught.value.code


def test_the_keys_of_a_card_are_those_of_protocol_2_2() -> None:
    # KDF(ES, "nx1/msg" || team || c || e, 32), HKDF-SHA-512 without salt, one block: by hand, with hmac alone.
    place = OURS + b"\x02" + (1).to_bytes(4, "big")
    extracted = hmac.digest(bytes(64), hashlib.sha256(OURS + b"\x02\x01").digest(), "sha512")
    seed = hmac.digest(extracted, b"nx1/msg" + place + b"\x01", "sha512")[:32]
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert [(line.comp, line.epoch) for line in card_of(OURS).keys] == [(1, 1), (2, 1)]
    assert line_of(card_of(OURS), 2).msg_pk == public
    seal_seed = hmac.digest(extracted, b"nx1/seal" + place + b"\x01", "sha512")[:32]
    line = line_of(card_of(OURS), 2)
    assert hpke_open(seal_seed, b"x", hpke_seal(line.seal_pk, b"x", b"for us")) == b"for us"


def test_a_message_says_what_was_said() -> None:
    for comp in (1, 2):
        assert opened(sent(comp=comp)) == content()
        assert message_front(sent(comp=comp)) == (comp, 1)


def test_messages_come_in_three_sizes() -> None:
    # 5 in front, 1120 + 16 of HPKE, and 2, 8 or 32 KiB.
    sizes = [len(sent(content(body={"note": "x" * length}))) for length in (0, 1700, 1900, 7900, 8200, 31_000)]
    assert sizes == [3189, 3189, 9333, 9333, 33_909, 33_909]
    with pytest.raises(MailRefused, match="too_long"):
        sent(content(body={"note": "x" * 32_768}))


def test_every_flipped_byte_is_noticed() -> None:
    message = sent()
    for place in (*range(45), *range(1100, 1200), *range(len(message) - 40, len(message))):
        bad = bytearray(message)
        bad[place] ^= 1
        try:
            opened(bytes(bad))
        except (MailRefused, KeyMissing):
            continue
        raise AssertionError(f"byte {place}")


def test_a_message_is_for_one_team_id_and_card() -> None:
    second = card_of(THEIRS, 2, 2)
    both = {"cards": [card_of(THEIRS), second], "ring": ring_of(THEIRS, 1, 2)}
    assert opened(sent(card=second), **both) == content()
    assert opened(sent(), **both) == content()  # sealed to an older card of ours: we can still open it
    assert refusal(sent(), msg_id=b"\x78" * 16) == "unopened"
    assert refusal(sent(), sender=OTHERS) == "unopened"
    assert refusal(sent(), team=OTHERS, cards=[card_of(OTHERS)], ring=ring_of(OTHERS)) == "unopened"
    assert refusal(sent(card=second)) == "card_unknown"
    renumbered = with_front(1, 2, sealed_part(sent()))
    assert refusal(renumbered, **both) == "unopened"


def test_nobody_passes_a_message_on_as_meant_for_somebody_else() -> None:
    # Their own member, who opened it, seals the same signed words to a third team.
    named = card_hash(THEIRS, card_of(THEIRS))
    info = b"nx1/ref" + OURS + THEIRS + b"\x01" + named + MSG
    plain = hpke_open(ring_of(THEIRS).secret(1, 1).seal_seed, info, sealed_part(sent()))
    third = card_of(OTHERS)
    passed_on = b"nx1/ref" + OURS + OTHERS + b"\x01" + card_hash(OTHERS, third) + MSG
    message = with_front(1, 1, hpke_seal(line_of(third, 1).seal_pk, passed_on, plain))
    assert refusal(message, team=OTHERS, cards=[third], ring=ring_of(OTHERS)) == "recipient"


def test_only_a_key_of_the_newest_card_signs() -> None:
    # After a rotation a former member still has the old key; the new card shows another one.
    assert refusal(sent(), sender_card=card_of(OURS, 2, 2)) == "signature"
    assert refusal(sent(), sender_card=card_of(OTHERS)) == "signature"


def test_padding_hides_nothing() -> None:
    card = card_of(THEIRS)
    inner = content().inner(card_hash(THEIRS, card))
    secret = ring_of(OURS).secret(1, 1)
    sig = secret.msg_key.sign(b"nx1/sig/mail\0" + hashlib.sha256(inner).digest())
    info = b"nx1/ref" + OURS + THEIRS + b"\x01" + card_hash(THEIRS, card) + MSG
    for length, tail, said in ((len(inner), b"", "ok"), (len(inner), b"\x01", "malformed"), (2040, b"", "malformed")):
        plain = length.to_bytes(4, "big") + inner + sig
        plain = plain.ljust(2048 - len(tail), b"\0") + tail
        message = with_front(1, 1, hpke_seal(line_of(card, 1).seal_pk, info, plain))
        if said == "ok":
            assert opened(message) == content()
        else:
            assert refusal(message) == said


def test_a_seat_without_the_epoch_leaves_the_message_to_others() -> None:
    with pytest.raises(KeyMissing):
        opened(sent(), ring=Keyring())


def test_a_message_sealed_again_is_the_same_message() -> None:
    fields = codec.encode({1: b"\x05" * 16, 2: 1, 3: {"made_on": "2026-11-20"}, 4: None, 5: OURS, 6: THEIRS})
    expected = hashlib.sha256(b"nx1/mail\0" + fields).digest()
    assert content().message_hash == expected
    again = opened(sent(card=card_of(THEIRS, 2)), cards=[card_of(THEIRS, 2)])
    assert again.message_hash == expected
    assert content(kind=MailKind.OUTCOME).message_hash != expected


def test_a_card_is_believed_for_the_sake_of_the_paired_kit() -> None:
    card = card_of(THEIRS)
    assert verified_card(answer_with(card), THEIRS, TIK.public) == card
    assert verified_card(answer_with(None), THEIRS, TIK.public) is None


def refused_card(answer: CardAnswer, last: TeamCard | None = None, tik: bytes = TIK.public) -> str:
    with pytest.raises(MailRefused) as caught:
        verified_card(answer, THEIRS, tik, last)
    return caught.value.code


def test_a_swapped_card_is_refused() -> None:
    hubs = SigningKey.from_seed(b"\x66" * 32)
    card = card_of(THEIRS)
    assert refused_card(answer_with(card_of(THEIRS, key=hubs), card_pk=hubs.public)) == "card_key"
    assert refused_card(answer_with(card_of(THEIRS, key=hubs))) == "card_signature"
    assert refused_card(answer_with(replace(card, valid_from=20_780))) == "card_signature"
    assert refused_card(answer_with(replace(card, keys=card_of(OTHERS).keys))) == "card_signature"
    assert refused_card(answer_with(card), tik=hubs.public) == "card_key"
    assert refused_card(replace(answer_with(card), card=b"\xa0")) == "card_malformed"


def test_only_a_later_card_follows() -> None:
    second = card_of(THEIRS, 2, 2)
    assert verified_card(answer_with(second), THEIRS, TIK.public, card_of(THEIRS)) == second
    assert verified_card(answer_with(second), THEIRS, TIK.public, second) == second
    assert refused_card(answer_with(card_of(THEIRS)), second) == "card_old"
    assert refused_card(answer_with(card_of(THEIRS, 2, 3)), second) == "card_fork"
    assert refused_card(answer_with(None), second) == "card_withheld"


def test_a_new_kit_certifies_its_card_key_once_it_is_paired() -> None:
    new = SigningKey.from_seed(b"\x09" * 32)
    prev, rk_pk = b"\x31" * 32, b"\x32" * 1216
    cert = new.sign(kit_signed_bytes(THEIRS, 40, prev, new.public, rk_pk, CARD_KEY.public))
    card = card_of(THEIRS, 3)
    answer = answer_with(card, cert=cert, kit=(40, prev, rk_pk))
    assert verified_card(answer, THEIRS, new.public) == card
    assert refused_card(answer) == "card_key"  # the old kit's key is still pinned: pair again, by voice
    assert CardAnswer.parse(answer.encode()) == answer


def test_both_leads_read_the_same_sixty_digits() -> None:
    ours, theirs = tik_fingerprint(OURS, TIK.public), tik_fingerprint(THEIRS, CARD_KEY.public)
    by_hand = [
        hashlib.sha256(b"nx1/tik\0" + OURS + TIK.public).digest(),
        hashlib.sha256(b"nx1/tik\0" + THEIRS + CARD_KEY.public).digest(),
    ]
    number = int(hashlib.sha512(b"nx1/pair\0" + min(by_hand) + max(by_hand)).hexdigest(), 16) % 10**60
    digits = pair_digits(ours, theirs)
    assert digits == pair_digits(theirs, ours)
    assert digits.replace(" ", "") == f"{number:060d}"
    assert [len(group) for group in digits.split(" ")] == [5] * 12


def test_a_pairing_text_survives_being_typed() -> None:
    said = PairingText(team=THEIRS, tik_pk=TIK.public, name="Hafen")
    assert PairingText.parse(said.text()) == said
    assert PairingText.parse("  " + said.text().lower().replace("p-", "p- \n")) == said
    for wrong in ("", "NX1-" + said.text()[5:], said.text()[:-4], said.text()[:20] + "1" + said.text()[21:]):
        with pytest.raises(CodecError):
            PairingText.parse(wrong)
    with pytest.raises(CodecError):  # a key under which one signature fits every message
        PairingText.parse(replace(said, tik_pk=bytes(32)).text())


def test_a_page_of_mail_is_cut_exactly() -> None:
    items = [MailItem(3, MSG, OURS, 20_779, b"one"), MailItem(7, MSG, THEIRS, 20_780, b"")]
    raw = write_mail(items)
    assert raw[:51] == bytes.fromhex("0000000000000003") + MSG + OURS + bytes.fromhex("0000512b00000003") + b"one"
    assert read_mail(raw) == items
    for torn in (raw[:-1], raw + b"\0", write_mail([items[1], items[0]])):
        with pytest.raises(CodecError):
            read_mail(torn)
