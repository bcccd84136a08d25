"""What a passphrase has to be: five generated words, or strong enough of one's own (protocol.md 2.3)."""

from __future__ import annotations

from typing import Final

from broker_desktop import assets
from broker_desktop.errors import BadInput
from broker_desktop.session.environment import Environment
from sync.crypto import passphrase

_LEAST_LENGTH: Final = 14
_LEAST_SCORE: Final = 4
_LEAST_WORDS: Final = 5
_JUDGED_LENGTH: Final = 72


def generate_passphrase(environment: Environment) -> str:
    """Draw five words of the EFF list."""
    return passphrase.generate_passphrase(assets.check_words(), environment.random)


def check_passphrase(text: str) -> str | None:
    """Say in a sentence what is wrong with a passphrase of one's own choice; None when it will do."""
    words = text.split()
    if len(words) >= _LEAST_WORDS and len(set(words)) == len(words) and set(words) <= set(assets.check_words()):
        return None
    if len(text) < _LEAST_LENGTH:
        return f"The passphrase needs {_LEAST_LENGTH} characters or more, or five words made for you."
    from zxcvbn import zxcvbn  # noqa: PLC0415  its word lists are loaded only where a passphrase is chosen

    if zxcvbn(text[:_JUDGED_LENGTH])["score"] < _LEAST_SCORE:
        return "This passphrase can be guessed. Make it longer and less usual, or take five words made for you."
    return None


def require_good(text: str) -> None:
    """Refuse a weak passphrase. Raises BadInput."""
    wrong = check_passphrase(text)
    if wrong is not None:
        raise BadInput(wrong, code="VAULT-WEAK")
