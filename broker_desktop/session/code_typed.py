"""An invitation as people pass it on: one code, twelve words with an address, or a picture for a camera."""

from __future__ import annotations

import segno

from broker_desktop.errors import BadInput
from sync.crypto.invite import CODE_PREFIX, code_text, parse_secret_words


def typed_code(typed: str, address: str) -> str:
    """Give the code of what somebody typed: the code itself, or its twelve words and the server's address.

    Raises:
        BadInput: words that do not check, or no address beside them.
    """
    if len(typed.split()) < 2 or typed.strip().upper().startswith(CODE_PREFIX):
        return typed.strip()
    try:
        secret = parse_secret_words(typed)
    except ValueError:
        raise BadInput("The twelve words were not copied exactly. Please check them.", code="TEAM-3") from None
    if "://" not in address or not address.partition("://")[2].strip():
        raise BadInput("With the twelve words the address of the server is needed too.", code="TEAM-10")
    return code_text(secret, address.strip().rstrip("/"))


def code_squares(code: str) -> tuple[tuple[bool, ...], ...]:
    """Give the squares of a QR code, dark ones true, without the quiet zone around them.

    A base32 code is of the alphanumeric kind, so that the picture stays coarse; half of a smudged one can be missing.
    """
    made = segno.make_qr(code, error="m", boost_error=True)
    return tuple(tuple(bool(square) for square in line) for line in made.matrix)
