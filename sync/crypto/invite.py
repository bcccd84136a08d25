"""An invite: 16 secret bytes that carry a new laptop into a team, and the texts people pass on (protocol.md 2.8).

The code travels by voice, paper or screen and never through the hub; from it come the key that signs the join, the id
the hub knows and the key of the box that the hub stores. The check words are made here as numbers: the word list
belongs to the caller.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Final

from sync import codec
from sync.crypto.boxes import box_open, box_seal, hkdf
from sync.crypto.kit import entropy_of, words_of
from sync.crypto.signing import SigningKey
from sync.errors import CodecError
from sync.protocol.enrolment import InviteBox, invite_id_of
from sync.protocol.fields import as_bytes, as_list, as_text, as_uint

SECRET_SIZE: Final = 16
CODE_PREFIX: Final = "NX1-"
SECRET_WORDS: Final = 12
CHECK_WORDS: Final = 5
CHECK_LIST_SIZE: Final = 7776
CHECK_BYTES: Final = 9
"""How much of the join hash becomes check words."""

_CODE_VERSION: Final = 1
_MAX_URL: Final = 512


class Invite:
    """The keys that follow from an invite secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_SIZE:
            raise ValueError("an invite secret has 16 bytes")
        self.secret = secret
        self.key = SigningKey.from_seed(hkdf(secret, b"nx1/inv/key"))
        self.invite_id = invite_id_of(self.key.public)

    @property
    def box_key(self) -> bytes:
        """Key of the box that the hub stores."""
        return hkdf(self.secret, b"nx1/inv/box")

    @property
    def box_context(self) -> bytes:
        """What the box is bound to."""
        return b"nx1/inv/box\0" + self.invite_id

    def seal(self, content: InviteBox) -> bytes:
        """Return the box for the hub."""
        return box_seal(self.box_key, self.box_context, content.encode())

    def open(self, box: bytes) -> InviteBox:
        """Return what a box holds.

        Raises:
            BoxRefused: it was not made with this secret.
            CodecError: its content is not that of an invite, or names another invite key.
        """
        content = InviteBox.parse(box_open(self.box_key, self.box_context, box))
        if content.invite_pub != self.key.public:
            raise CodecError("the box belongs to another invite")
        return content

    def words(self) -> str:
        """Return the secret as 12 BIP39 words, for use with a typed address."""
        return words_of(self.secret)


def code_text(secret: bytes, url: str) -> str:
    """Return the code that is read out, printed or shown as a QR: secret and address of the hub."""
    packed = base64.b32encode(codec.encode([_CODE_VERSION, secret, url])).decode("ascii")
    return CODE_PREFIX + packed.rstrip("=")


def parse_code(text: str) -> tuple[bytes, str]:
    """Return secret and hub address of a code as somebody typed it.

    Case, spaces and hyphens after the first are ignored.

    Raises:
        ValueError: not a code of this version.
    """
    joined = "".join(text.split()).upper()
    if not joined.startswith(CODE_PREFIX):
        raise ValueError("a code starts with NX1-")
    packed = joined.removeprefix(CODE_PREFIX).replace("-", "")
    try:
        raw = base64.b32decode(packed + "=" * (-len(packed) % 8))
        version, secret, url = as_list(codec.decode(raw), 3)
        if as_uint(version) != _CODE_VERSION:
            raise ValueError("a code of another version")
        return as_bytes(secret, SECRET_SIZE), as_text(url, _MAX_URL)
    except (binascii.Error, CodecError):
        raise ValueError("this code was not copied exactly") from None


def parse_secret_words(text: str) -> bytes:
    """Return the secret that 12 words stand for; raise ValueError when they do not check."""
    typed = text.lower().split()
    if len(typed) != SECRET_WORDS:
        raise ValueError("an invite has 12 words")
    return entropy_of(typed)


def check_digits(joined: bytes) -> list[int]:
    """Return the five base-7776 digits of a join hash (or its first 9 bytes), most significant first."""
    number = int.from_bytes(joined[:CHECK_BYTES], "big") % CHECK_LIST_SIZE**CHECK_WORDS
    digits = []
    for _ in range(CHECK_WORDS):
        number, digit = divmod(number, CHECK_LIST_SIZE)
        digits.append(digit)
    return digits[::-1]


def check_words(joined: bytes, word_list: Sequence[str]) -> list[str]:
    """Return the five words that two people compare; `word_list` is the EFF large list."""
    if len(word_list) != CHECK_LIST_SIZE:
        raise ValueError("the word list of the check words has 7776 words")
    return [word_list[digit] for digit in check_digits(joined)]
