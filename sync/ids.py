"""Row ids and their text forms (protocol.md 2.1).

Row ids live inside ciphertext only. Ids that the hub sees (team, seat, user, log) are 16 random bytes and are not made
here, since a time-ordered id would tell when something was made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Final

# A pattern and a slice instead of uuid.UUID: an import turns ids to and fro several times a line.
_CANONICAL: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch
_HYPHENS: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")


def uuid7(unix_ms: int, random10: bytes) -> bytes:
    """Return a UUIDv7 (RFC 9562) for a time in milliseconds and 10 random bytes, of which 74 bits are used."""
    if len(random10) != 10:
        raise ValueError("uuid7 needs 10 random bytes")
    raw = bytearray(unix_ms.to_bytes(6, "big") + random10)
    return _stamped(raw, version=7)


def derived_id(row_salt: bytes, x: bytes) -> bytes:
    """Return did(x): the UUIDv8 that every laptop of the team derives for the same thing.

    `x` comes from one of the `*_input` functions below; `row_salt` is the 32-byte secret of the team record.
    """
    return _stamped(bytearray(hmac.digest(row_salt, x, hashlib.sha256)[:16]), version=8)


def _stamped(raw: bytearray, *, version: int) -> bytes:
    raw[6] = (raw[6] & 0x0F) | version << 4
    raw[8] = (raw[8] & 0x3F) | 0x80
    return bytes(raw)


def normalise_code(code: str) -> str:
    """Return a client code as it is compared: NFKC, upper case, without white space and hyphens."""
    if code.isascii() and code.isalnum():
        return code.upper()
    upper = unicodedata.normalize("NFKC", code).upper()
    return "".join(character for character in upper if not character.isspace() and character not in _HYPHENS)


def person_input(code: str, g: int = 0) -> bytes:
    """Return the input of the id of a person first entered by code; `g` counts erased generations before this one."""
    return b"person\0" + normalise_code(code).encode() + b"\0" + g.to_bytes(4, "big")


def external_input(record_type: str, external_id: str, g: int = 0) -> bytes:
    """Return the input of the id of a record that another program named."""
    return b"ext\0" + record_type.encode() + b"\0" + external_id.encode() + b"\0" + g.to_bytes(4, "big")


def element_input(parent: bytes, code: str) -> bytes:
    """Return the input of the id of one element of a set that must unify between laptops."""
    return b"elem\0" + parent + code.encode()


def mail_input(message_hash: bytes) -> bytes:
    """Return the input of the id of the row that a mailbox message becomes."""
    return b"mail\0" + message_hash


def uuid_text(raw: bytes) -> str:
    """Return 16 bytes in the 8-4-4-4-12 form; raise ValueError for any other number of bytes."""
    if len(raw) != 16:
        raise ValueError("a uuid is 16 bytes")
    h = raw.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def uuid_bytes(text: str) -> bytes:
    """Return the 16 bytes of the canonical text form; raise ValueError for every other spelling."""
    if _CANONICAL(text) is None:
        raise ValueError("not a uuid in the 8-4-4-4-12 form")
    return bytes.fromhex(text.replace("-", ""))
