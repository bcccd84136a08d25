"""Signed months as leads left them: their rows in the operations, and reading them back.

A sign-off is one system row and as many parts as the prints of its records need; all of it lies in the admin
compartment. Nothing here counts or decides; a row that cannot be read was written by a newer program and is passed
over.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from broker_desktop.records.measure import Completeness, Line, lines_of
from broker_desktop.store.tables import table

_MOST_TEXT: Final = 16 * 1024 * 1024
_PART: Final = 96 * 1024
"""An operation holds 128 KiB (sync/operation.py)."""


@dataclass(frozen=True, slots=True)
class SignedMonth:
    """One issue of a period as it was signed."""

    id: bytes
    issue: int
    """From 1, in the order in which they were signed."""
    period: Mapping[str, str]
    recipient: str
    hash: str
    pack: str
    operator: str
    pack_version: str
    definitions: str
    completeness: Completeness
    marks: list[Any]
    commentary: Mapping[str, str]
    lines: tuple[Line, ...]
    """Exact lines."""
    at: str
    seat: bytes


def packed(text: str) -> bytes:
    """Squeeze a text for an operation."""
    return zlib.compress(text.encode(), 9)


def unpacked(data: bytes) -> str:
    """Give the text back. Raises ValueError for what is none, or is far too long."""
    reader = zlib.decompressobj()
    try:
        text = reader.decompress(data, _MOST_TEXT)
    except zlib.error as error:
        raise ValueError("not a squeezed text") from error
    if reader.unconsumed_tail or not reader.eof:
        raise ValueError("a squeezed text that is too long, or short of its end")
    return text.decode()


def parts_of(prints: bytes) -> Iterator[bytes]:
    """Cut the prints of records into pieces that an operation can hold."""
    for start in range(0, len(prints), _PART):
        yield prints[start : start + _PART]


def signed_months(connection: Connection, first_day: str, last_day: str) -> list[SignedMonth]:
    """Give the issues of one period, the first one first."""
    target = table("sign_off")
    statement = select(target).where(target.c.first_day == first_day, target.c.last_day == last_day)
    ordered = connection.execute(statement.order_by(target.c.rank, target.c.at, target.c.id)).all()
    return [found for issue, row in enumerate(ordered, start=1) if (found := _read(row, issue)) is not None]


def next_rank(connection: Connection, first_day: str, last_day: str) -> int:
    """Give the rank of a further issue of a period: above all that are known, read or not, whatever the clocks say."""
    target = table("sign_off")
    statement = select(func.max(target.c.rank)).where(target.c.first_day == first_day, target.c.last_day == last_day)
    return (connection.execute(statement).scalar() or 0) + 1


def prints_of(connection: Connection, signed: bytes) -> bytes:
    """Give the prints of the records that an issue was counted from, put together again."""
    part = table("sign_off_part")
    pieces = connection.execute(select(part.c.body).where(part.c.of == signed).order_by(part.c.n)).scalars()
    return b"".join(pieces)


def _read(row: Any, issue: int) -> SignedMonth | None:
    try:
        about = json.loads(row.about)
        return SignedMonth(
            id=row.id,
            issue=issue,
            period=about["period"],
            recipient=about["recipient"],
            hash=about["hash"],
            pack=about["pack"],
            operator=about["operator"],
            pack_version=about["pack_version"],
            definitions=about["definitions"],
            completeness=Completeness.of(about["completeness"]),
            marks=about["marks"],
            commentary=about["commentary"],
            lines=lines_of(unpacked(row.figures)),
            at=row.at,
            seat=row.seat,
        )
    except (ValueError, KeyError, TypeError):
        return None
