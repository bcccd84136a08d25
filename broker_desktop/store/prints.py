"""Prints of the records a month was counted from: enough to tell later which are new, changed or gone.

Ten bytes a record, six of its id and four of what it says and whom it is about, after aliases. Without them a record
that was written before a month was signed and arrived after it could not be told from one that was counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from broker_desktop.store.projection import Projection
from broker_desktop.store.tables import table
from sync.replica import chunked

_ID: Final = 6
_SAID: Final = 4
_WHOLE: Final = _ID + _SAID


@dataclass(frozen=True, slots=True)
class Print:
    """One record of a period as it stands now."""

    type: str
    id: bytes
    said: bytes

    @property
    def key(self) -> bytes:
        """The end of the id: random in every kind of id, where the beginning is a time in some."""
        return self.id[-_ID:]


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that is not as it was when the month was signed."""

    type: str
    id: bytes
    what: str
    """added, amended, merged (about somebody else now), voided, moved (to other days), erased."""
    reason: str = ""


def prints(
    connection: Connection, projection: Projection, types: Collection[str], first_day: str, last_day: str
) -> Iterator[Print]:
    """Give the prints of every record that counts in these days, in the order of type and id."""
    alias = table("alias")
    roots: dict[bytes, bytes] = {row[0]: row[1] for row in connection.execute(select(alias.c.id, alias.c.root))}
    for name in sorted(types):
        target = projection.table(name)
        statement = select(target.c.id, target.c.body, target.c.person).where(
            target.c.voided == 0, target.c.day.between(first_day, last_day)
        )
        for row, body, person in connection.execute(statement.order_by(target.c.id)):
            whom = roots.get(person, person) or b""
            yield Print(name, row, hashlib.sha256(body.encode() + b"\0" + whom).digest()[:_SAID])


def in_bytes(found: Collection[Print]) -> bytes:
    """Put prints together."""
    return b"".join(one.key + one.said for one in found)


def differences(
    connection: Connection, projection: Projection, now: Collection[Print], signed: bytes, types: Collection[str]
) -> list[Difference]:
    """Tell what is not as it was signed: `now` against the bytes of then."""
    then = {signed[at : at + _ID]: signed[at + _ID : at + _WHOLE] for at in range(0, len(signed), _WHOLE)}
    changed = [one for one in now if then.get(one.key) != one.said]
    gone = then.keys() - {one.key for one in now}
    reasons = _reasons(connection, [one.id for one in changed])
    found = [Difference(one.type, one.id, _what(one, then, reasons), reasons.get(one.id, "")) for one in changed]
    return found + (_gone(connection, projection, gone, types) if gone else [])


def _what(one: Print, then: Mapping[bytes, bytes], reasons: Mapping[bytes, str]) -> str:
    if one.key not in then:
        return "added"
    return "amended" if one.id in reasons else "merged"


def _gone(
    connection: Connection, projection: Projection, keys: Collection[bytes], types: Collection[str]
) -> list[Difference]:
    """Find what counted and does not any more; what is nowhere was erased and has no id left."""
    left, found = set(keys), []
    for name in sorted(types):
        target = projection.table(name)
        for row, voided in connection.execute(select(target.c.id, target.c.voided)):
            if row[-_ID:] in left:
                left.discard(row[-_ID:])
                found.append((name, row, "voided" if voided else "moved"))
    reasons = _reasons(connection, [row for _, row, _ in found])
    return [Difference(name, row, what, reasons.get(row, "")) for name, row, what in found] + [
        Difference("", b"", "erased") for _ in left
    ]


def _reasons(connection: Connection, rows: Collection[bytes]) -> dict[bytes, str]:
    """Give the last reason that stands beside a change of each record."""
    change = table("change")
    found: dict[bytes, str] = {}
    for some in chunked(rows):
        statement = select(change.c.row, change.c.reason).where(change.c.row.in_(some)).order_by(change.c.made_ms)
        found.update((row, reason) for row, reason in connection.execute(statement))
    return found
