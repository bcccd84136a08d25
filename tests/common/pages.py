"""A vault's database file and its write-ahead log with every page decrypted: what a thief with the key could read.

SQLCipher 4: pages of 4096 bytes whose last 80 are the initialisation vector (16) and the authentication code (64);
AES-256-CBC under the raw key; the first 16 bytes of the file are a salt in the clear.
"""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE = 4096
RESERVED = 80
_SALT = 16
_WAL_HEAD = 32
_FRAME_HEAD = 24


def decrypted(database: Path, key: bytes) -> bytes:
    """Return all pages of a database and of its log, free ones included."""
    content = database.read_bytes()
    pages = [(content[at : at + PAGE], at == 0) for at in range(0, len(content), PAGE)]
    log = database.with_name(database.name + "-wal")
    frames = log.read_bytes()[_WAL_HEAD:] if log.exists() else b""
    for at in range(0, len(frames), _FRAME_HEAD + PAGE):
        number = int.from_bytes(frames[at : at + 4], "big")
        pages.append((frames[at + _FRAME_HEAD : at + _FRAME_HEAD + PAGE], number == 1))
    return b"".join(_page(page, key, first=first) for page, first in pages)


def _page(page: bytes, key: bytes, *, first: bool) -> bytes:
    if not any(page):
        return page  # a page that was never written
    start, end = _SALT if first else 0, PAGE - RESERVED
    opener = Cipher(AES256(key), CBC(page[end : end + 16])).decryptor()
    return opener.update(page[start:end]) + opener.finalize()
