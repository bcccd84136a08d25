"""What two leads exchange and compare before their teams write to each other (protocol.md 2.14).

The text may travel by any way, because nothing in it is believed until both have heard the same 60 digits.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from sync import codec
from sync.crypto.signing import check_public_key, sha256
from sync.errors import CodecError, SignatureInvalid
from sync.protocol.fields import as_bytes, as_list, as_text, as_uint

_PREFIX: Final = "NX1P-"
_FORMAT: Final = 1
_DIGITS: Final = 60
_GROUP: Final = 5
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingText:
    """What a team says of itself to be paired: id (16 bytes), TIK public key (32 bytes), and the name it goes by."""

    team: bytes
    tik_pk: bytes
    name: str

    def text(self) -> str:
        """Return `NX1P-` and base32 (RFC 4648, no padding) of CBOR `[1, team_id, TIK pub, name]`."""
        raw = codec.encode([_FORMAT, self.team, self.tik_pk, self.name[:_LONGEST_NAME]])
        return _PREFIX + base64.b32encode(raw).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> PairingText:
        """Return the text of another team; case, spaces and line breaks do not matter.

        Raises:
            CodecError: mistyped, cut short, or no pairing text at all.
        """
        plain = "".join(text.split()).upper()
        if not plain.startswith(_PREFIX):
            raise CodecError("a pairing text begins with NX1P-")
        body = plain.removeprefix(_PREFIX).replace("-", "")
        try:
            raw = base64.b32decode(body + "=" * (-len(body) % 8))
        except binascii.Error:
            raise CodecError("a letter of the pairing text is wrong or missing") from None
        number, team, tik_pk, name = as_list(codec.decode(raw), 4)
        as_uint(number, _FORMAT, _FORMAT)
        found = cls(team=as_bytes(team, 16), tik_pk=as_bytes(tik_pk, 32), name=as_text(name, _LONGEST_NAME))
        try:
            check_public_key(found.tik_pk)
        except SignatureInvalid as error:
            raise CodecError(error.detail) from None
        return found


def tik_fingerprint(team: bytes, tik_pk: bytes) -> bytes:
    """Return H over "nx1/tik", a zero byte, the team and the TIK public key."""
    return sha256(b"nx1/tik\0", team, tik_pk)


def pair_digits(*fingerprints: bytes) -> str:
    """Return the 60 digits that both leads read out, in groups of five.

    SHA-512 over "nx1/pair", a zero byte, and the two fingerprints of `tik_fingerprint`, the lesser first; as a number
    modulo 10^60. The same from either side, 199 bits, and no digit belongs to one team alone: an in-between who wants
    two kits of his own whose digits agree has some 2^99 of them to try.
    """
    digest = hashlib.sha512(b"nx1/pair\0" + b"".join(sorted(fingerprints))).digest()
    digits = str(int.from_bytes(digest, "big") % 10**_DIGITS).zfill(_DIGITS)
    return " ".join(digits[at : at + _GROUP] for at in range(0, _DIGITS, _GROUP))
