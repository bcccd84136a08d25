"""A vault's files as somebody sees them who has its key: every page, free ones and old ones in the WAL included.

SQLCipher 4 with a raw key: pages of 4096 bytes, each AES-256-CBC under the key itself, with its IV and a MAC in the
last 80 bytes; the first page of the file begins with 16 bytes of salt in clear.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from broker_desktop.session import Session
from sync.crypto.sealing import open_envelope
from sync.errors import KeyMissing
from sync.protocol.envelope import Envelope, parse_item
from tests.common.canaries import spellings

_PAGE = 4096
_RESERVED = 80
_IV = 16
_SALT = 16
_WAL_HEAD = 32
_FRAME_HEAD = 24


def pages(folder: Path, dek: bytes) -> bytes:
    """Return the content of every page of a vault's database and of its WAL, one after the other."""
    (database,) = folder.glob("vault-*.db")
    raw = database.read_bytes()
    heap = [_page(raw[at : at + _PAGE], dek, first=at == 0) for at in range(0, len(raw) - _PAGE + 1, _PAGE)]
    assert heap[0][:2] == _PAGE.to_bytes(2, "big"), "the pages were opened with the right key"
    for wal in folder.glob("vault-*.db-wal"):
        frames = wal.read_bytes()
        for at in range(_WAL_HEAD, len(frames) - _PAGE - _FRAME_HEAD + 1, _FRAME_HEAD + _PAGE):
            number = int.from_bytes(frames[at : at + 4], "big")
            page = frames[at + _FRAME_HEAD : at + _FRAME_HEAD + _PAGE]
            heap.append(_page(page, dek, first=number == 1))
    return b"".join(heap)


def _page(page: bytes, dek: bytes, *, first: bool) -> bytes:
    body = page[_SALT if first else 0 : _PAGE - _RESERVED]
    iv = page[_PAGE - _RESERVED : _PAGE - _RESERVED + _IV]
    opened = Cipher(algorithms.AES(dek), modes.CBC(iv)).decryptor()
    return opened.update(body) + opened.finalize()


def values(session: Session) -> bytes:
    """Return every value of every table of an open vault, and what its keys open and what inflates."""
    heap: list[bytes] = []
    with session._context.vault.reader.connect() as db:
        names = [row[0] for row in db.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            for row in db.exec_driver_sql(f'SELECT * FROM "{name}"'):
                heap += [form for value in row for form in _forms(value)]
        for (raw,) in db.exec_driver_sql("SELECT bytes FROM envelope"):
            heap += _body(session, raw)
    return b"\0".join(heap)


def _forms(value: Any) -> Iterator[bytes]:
    plain = value if isinstance(value, bytes) else str(value).encode()
    yield plain
    if isinstance(value, bytes) and value[:1] == b"\x78":
        try:
            yield zlib.decompress(value)
        except zlib.error:
            return


def _body(session: Session, raw: bytes) -> list[bytes]:
    """What an archived envelope says, if any key held here opens it."""
    item = parse_item(raw)
    if not isinstance(item, Envelope):
        return []
    try:
        secret = session._context.vault.replica.hub_side.keyring.secret(item.header.comp, item.header.epoch)
    except KeyMissing:
        return []
    return [one.cbor for one in open_envelope(item, secret).ops]


def standing(words: list[str], heap: bytes) -> list[str]:
    """Return those of the words that stand in a heap of bytes, in whatever spelling."""
    return [word for word in words if any(data in heap for _, data in spellings(word))]
