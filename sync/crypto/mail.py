"""Cards and messages between teams: making, sealing, opening, verifying (protocol.md 2.14). The client's alone.

A card is believed for the sake of the TIK that two leads compared aloud, never for the sake of the hub that served it.
A message names its recipient and the card it was sealed to inside the signature, so nobody can pass it on as meant for
somebody else.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from sync import codec
from sync.crypto.boxes import hpke_open, hpke_seal
from sync.crypto.keyring import EpochSecret, Keyring
from sync.crypto.signing import SIGNATURE_SIZE, SigningKey, sha256, verify
from sync.errors import BoxRefused, CodecError, MailRefused, SignatureInvalid
from sync.protocol.entries import card_signed_bytes
from sync.protocol.fields import as_bytes, as_map, as_uint, only_keys
from sync.protocol.mail import (
    MESSAGE_BUCKETS,
    MESSAGE_COMPS,
    CardAnswer,
    message_front,
    sealed_part,
    with_front,
)
from sync.protocol.team_entries import (
    CardKeys,
    TeamCard,
    card_key_fields,
    kit_signed_bytes,
    parse_card,
    team_card_signed_bytes,
)

_LENGTH: Final = 4
_FIELDS: Final = frozenset(range(1, 8))


class MailKind(IntEnum):
    """What a message is about: a referral, word that a message came, what the team says to it, its end, its recall."""

    NEW = 1
    RECEIVED = 2
    SEEN = 3
    OUTCOME = 4
    WITHDRAWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says. `ref_id` (16 bytes) names the referral for both teams; `in_reply_to` is a message hash."""

    ref_id: bytes
    kind: MailKind
    body: Mapping[str, Any]
    in_reply_to: bytes | None
    sender: bytes
    recipient: bytes

    @property
    def message_hash(self) -> bytes:
        """H(message) of protocol.md 2.1: over all but `card_hash`.

        A message that is sealed again, to a newer card or signed with a newer key, is so the same message and becomes
        the same record.
        """
        return sha256(b"nx1/mail\0", codec.encode(self._fields()))

    def inner(self, card_hash: bytes) -> bytes:
        """Return the CBOR that is signed: `{1 ref_id, 2 kind, 3 body, 4 in_reply_to, 5 from, 6 to, 7 card_hash}`."""
        return codec.encode({**self._fields(), 7: card_hash})

    def _fields(self) -> dict[int, Any]:
        fields: dict[int, Any] = {1: self.ref_id, 2: int(self.kind), 3: dict(self.body)}
        return fields | {4: self.in_reply_to, 5: self.sender, 6: self.recipient}


def card_keys(ring: Keyring, epochs: Mapping[int, int]) -> list[CardKeys]:
    """Return the lines of a card for the newest epochs; raise KeyMissing where a secret is not held.

    Args:
        ring: of a lead, who holds both compartments.
        epochs: compartment to newest epoch.
    """
    secrets = [ring.secret(comp, epochs[comp]) for comp in sorted(MESSAGE_COMPS & epochs.keys())]
    return [
        CardKeys(comp=one.comp, epoch=one.epoch, seal_pk=one.seal_pk, msg_pk=one.msg_key.public) for one in secrets
    ]  # fmt: skip


def sign_card(key: SigningKey, team: bytes, card_no: int, keys: Sequence[CardKeys], valid_from: int) -> bytes:
    """Return the card key's signature over a card."""
    return key.sign(team_card_signed_bytes(team, card_no, keys, valid_from))


def card_hash(team: bytes, card: TeamCard) -> bytes:
    """Return what names a card inside a message: H over "nx1/card", a zero byte, the team, CBOR of `{1, 2, 3}`."""
    fields = {1: card.card_no, 2: card_key_fields(card.keys), 3: card.valid_from}
    return sha256(b"nx1/card\0", team, codec.encode(fields))


def verified_card(answer: CardAnswer, team: bytes, tik_pk: bytes, last: TeamCard | None = None) -> TeamCard | None:
    """Return the card of a partner once everything about it verifies; None when it has published none yet.

    Args:
        answer: as the hub served it.
        team: the partner.
        tik_pk: its kit's key, as our control log pins it.
        last: the newest card we have believed; a lower number is refused, the same number must be the same card.

    Raises:
        MailRefused: `card_key` the certificate is not the pinned kit's, `card_signature`, `card_malformed`,
            `card_old` an older card than one we have seen, `card_fork` another card of the same number.
    """
    _check_certificate(answer, team, tik_pk)
    if answer.card is None:
        if last is not None and answer.kit is None:
            raise MailRefused("card_withheld", "a card that stood before is gone")
        return None
    try:
        card = parse_card(as_map(codec.decode(answer.card)))
        verify(answer.card_pk, card.sig, team_card_signed_bytes(team, card.card_no, card.keys, card.valid_from))
    except CodecError as error:
        raise MailRefused("card_malformed", error.detail) from None
    except SignatureInvalid as error:
        raise MailRefused("card_signature", error.detail) from None
    if last is not None and card.card_no < last.card_no:
        raise MailRefused("card_old", "an older card than the last one seen")
    if last is not None and card.card_no == last.card_no and card_hash(team, card) != card_hash(team, last):
        raise MailRefused("card_fork", "two cards of one number")
    return card


def line_of(card: TeamCard, comp: int) -> CardKeys:
    """Return the line of a compartment; raise MailRefused (`no_line`) where the card has none."""
    line = next((key for key in card.keys if key.comp == comp), None)
    if line is None:
        raise MailRefused("no_line", "the card has no keys for this compartment")
    return line


def seal_message(content: Content, msg_id: bytes, card: TeamCard, secret: EpochSecret) -> bytes:
    """Return a message, signed under our epoch secret and sealed to a partner's card.

    Args:
        content: what it says; `sender` is the team of `secret`.
        msg_id: 16 random bytes, by which the hub knows it.
        card: the recipient's, verified.
        secret: of the compartment on both sides; our own card shows its public half.

    Raises:
        MailRefused: `too_long`, `no_line`.
    """
    line, named = line_of(card, secret.comp), card_hash(content.recipient, card)
    inner = content.inner(named)
    plain = len(inner).to_bytes(_LENGTH, "big") + inner + secret.msg_key.sign(_signed_bytes(inner))
    bucket = next((size for size in MESSAGE_BUCKETS if len(plain) <= size), None)
    if bucket is None:
        raise MailRefused("too_long", "longer than the longest message")
    info = _info(content.sender, content.recipient, secret.comp, named, msg_id)
    sealed = hpke_seal(line.seal_pk, info, plain.ljust(bucket, b"\0"))
    return with_front(secret.comp, card.card_no, sealed)


def open_message(
    message: bytes, msg_id: bytes, *, sender: bytes, sender_card: TeamCard, team: bytes, cards: Sequence[TeamCard],
    ring: Keyring,
) -> Content:  # fmt: skip
    """Return what a message says, once every claim in it has been checked.

    Args:
        message: as it stood in the mailbox.
        msg_id: under which it stood there.
        sender: the team that the hub names; believed only as far as the signature bears it out.
        sender_card: the newest card of that team. A key of an older card signs nothing any more, so that whoever left
            that team cannot write in its name.
        team: ours.
        cards: our own, from the control log; messages may be sealed to an older one.
        ring: our keys.

    Raises:
        MailRefused: `malformed`, `card_unknown`, `unopened`, `recipient`, `sender`, `card`, `signature`.
        KeyMissing: sealed to an epoch that this seat does not hold.
    """
    try:
        front = message_front(message)
    except CodecError as error:
        raise MailRefused("malformed", error.detail) from None
    own = next((card for card in cards if card.card_no == front.card_no), None)
    if own is None:
        raise MailRefused("card_unknown", "sealed to a card that this team never published")
    secret = ring.secret(front.comp, line_of(own, front.comp).epoch)
    named = card_hash(team, own)
    try:
        plain = hpke_open(secret.seal_seed, _info(sender, team, front.comp, named, msg_id), sealed_part(message))
    except BoxRefused:
        raise MailRefused("unopened", "the message does not open under our key for this sender and id") from None
    inner, sig = _unpadded(plain)
    try:
        verify(line_of(sender_card, front.comp).msg_pk, sig, _signed_bytes(inner))
    except SignatureInvalid:
        raise MailRefused("signature", "not signed with a key of the sender's newest card") from None
    return _content(inner, sender, team, named)


def _check_certificate(answer: CardAnswer, team: bytes, tik_pk: bytes) -> None:
    if answer.kit is None:
        signed = card_signed_bytes(team, answer.card_pk)
    else:
        ctl_seq, prev, rk_pk = answer.kit
        signed = kit_signed_bytes(team, ctl_seq, prev, tik_pk, rk_pk, answer.card_pk)
    try:
        verify(tik_pk, answer.cert, signed)
    except SignatureInvalid:
        raise MailRefused("card_key", "the card key is not certified by the kit that was paired") from None


def _unpadded(plain: bytes) -> tuple[bytes, bytes]:
    end = _LENGTH + int.from_bytes(plain[:_LENGTH], "big")
    if end + SIGNATURE_SIZE > len(plain) or any(plain[end + SIGNATURE_SIZE :]):
        raise MailRefused("malformed", "the padding is not that of a message")
    return plain[_LENGTH:end], plain[end : end + SIGNATURE_SIZE]


def _content(inner: bytes, sender: bytes, team: bytes, named: bytes) -> Content:
    try:
        fields = as_map(codec.decode(inner))
        only_keys(fields, _FIELDS)
        reply = fields.get(4)
        content = Content(
            ref_id=as_bytes(fields.get(1), 16),
            kind=MailKind(as_uint(fields.get(2), max(MailKind), 1)),
            body=_body(fields.get(3)),
            in_reply_to=None if reply is None else as_bytes(reply, 32),
            sender=as_bytes(fields.get(5), 16),
            recipient=as_bytes(fields.get(6), 16),
        )
        named_inside = as_bytes(fields.get(7), 32)
    except CodecError as error:
        raise MailRefused("malformed", error.detail) from None
    if content.recipient != team:
        raise MailRefused("recipient", "meant for another team")
    if content.sender != sender:
        raise MailRefused("sender", "signed as another team")
    if not hmac.compare_digest(named_inside, named):
        raise MailRefused("card", "meant for another card")
    return content


def _body(value: codec.Value) -> Mapping[str, Any]:
    body = as_map(value)
    if not all(type(name) is str for name in body):
        raise CodecError("the names of a body are texts")
    return body


def _info(sender: bytes, recipient: bytes, comp: int, named: bytes, msg_id: bytes) -> bytes:
    return b"nx1/ref" + sender + recipient + bytes([comp]) + named + msg_id


def _signed_bytes(inner: bytes) -> bytes:
    return b"nx1/sig/mail\0" + sha256(inner)
