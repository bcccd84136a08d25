"""Who may be who, kept in memory while a vault is open: everybody's traits under the keys of `records/duplicates.py`.

Made when it is first asked for and kept in step by what the session publishes; gone with the session. Knows nothing of
decisions, aliases or what is closed: whoever asks looks at those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from sqlalchemy import Connection, select

from broker_desktop.records.duplicates import LISTED_FROM, Likeness, Traits, compare, keys_of, probes_of, traits_of
from broker_desktop.session.context import Context
from broker_desktop.session.events import Event, RecordsChanged
from broker_desktop.store.bodies import body_payload
from sync.ids import uuid_bytes
from sync.replica import chunked

Pair = tuple[bytes, bytes]
_PERSON: Final = "person"
_CROWD: Final = 100
"""A key under which more people stand than this says nothing about any two of them."""


class Alike:
    """The people of one vault, by what makes them alike."""

    def __init__(self, context: Context) -> None:
        """Listen to changes; nothing is read yet."""
        self._context = context
        self._lock = Lock()
        self._traits: dict[bytes, Traits] = {}
        self._buckets: dict[str, list[bytes]] = {}
        self._pairs: dict[Pair, Likeness] = {}
        self._paired: dict[bytes, set[Pair]] = {}
        self._last = 0
        self._all = True
        self._changed: set[bytes] = set()
        self._news = Lock()
        context.events.subscribe(self._heard)

    def like(self, traits: Traits, least: int) -> list[tuple[bytes, Likeness]]:
        """Give everybody at least so like somebody who need not be on record, the likest first."""
        with self._lock, self._context.vault.reader.connect() as connection:
            self._catch_up(connection)
            found = [
                (row, likeness)
                for row in self._met(traits, weak=least < LISTED_FROM)
                if (likeness := compare(traits, self._traits[row])).score >= least
            ]
        return sorted(found, key=lambda one: (-one[1].score, one[0]))

    def pairs(self) -> list[tuple[bytes, bytes, Likeness]]:
        """Give every pair that belongs on the list, the likest first."""
        with self._lock, self._context.vault.reader.connect() as connection:
            self._catch_up(connection)
            found = [(*pair, likeness) for pair, likeness in self._pairs.items()]
        return sorted(found, key=lambda one: (-one[2].score, one[0], one[1]))

    def of(self, one: bytes, other: bytes) -> Likeness:
        """Say how like two people on record are, whatever the score."""
        with self._lock, self._context.vault.reader.connect() as connection:
            self._catch_up(connection)
            first, second = self._traits.get(one), self._traits.get(other)
        return Likeness(0, ()) if first is None or second is None else compare(first, second)

    def _heard(self, event: Event) -> None:
        if isinstance(event, RecordsChanged) and _PERSON in event.types:
            with self._news:
                self._all |= not event.ids
                self._changed.update(uuid_bytes(one) for one in event.ids)

    def _catch_up(self, connection: Connection) -> None:
        with self._news:
            everything, changed = self._all, self._changed
            self._all, self._changed = False, set()
        if everything:
            self._traits, self._buckets, self._pairs, self._paired, self._last = {}, {}, {}, {}, 0
        rows = dict(self._new(connection))
        for row in changed:
            self._forget(row)
        rows.update(self._some(connection, changed - set(rows)))
        for row, traits in rows.items():
            self._traits[row] = traits
            for key in dict.fromkeys(keys_of(traits)):
                self._buckets.setdefault(key, []).append(row)
        for row, traits in rows.items():
            self._pair_up(row, traits)

    def _new(self, connection: Connection) -> Iterator[tuple[bytes, Traits]]:
        target = self._context.vault.projection.table(_PERSON)
        wanted = select(target.c.n, target.c.id, target.c.body).where(target.c.n > self._last, target.c.voided == 0)
        for n, row, body in connection.execute(wanted.order_by(target.c.n)):
            self._last = n
            traits = traits_of(body_payload(body))
            if traits is not None:
                yield row, traits

    def _some(self, connection: Connection, ids: Iterable[bytes]) -> Iterator[tuple[bytes, Traits]]:
        target = self._context.vault.projection.table(_PERSON)
        for part in chunked(ids):
            wanted = select(target.c.id, target.c.body).where(target.c.id.in_(part), target.c.voided == 0)
            for row, body in connection.execute(wanted):
                traits = traits_of(body_payload(body))
                if traits is not None:
                    yield row, traits

    def _forget(self, row: bytes) -> None:
        traits = self._traits.pop(row, None)
        if traits is None:
            return
        for key in dict.fromkeys(keys_of(traits)):
            self._buckets[key].remove(row)
        for pair in self._paired.pop(row, set()):
            self._pairs.pop(pair, None)

    def _pair_up(self, row: bytes, traits: Traits) -> None:
        for other in self._met(traits, weak=False):
            pair = (row, other) if row < other else (other, row)
            if other == row or pair in self._pairs:
                continue
            likeness = compare(traits, self._traits[other])
            if likeness.score >= LISTED_FROM:
                self._pairs[pair] = likeness
                for one in pair:
                    self._paired.setdefault(one, set()).add(pair)

    def _met(self, traits: Traits, *, weak: bool) -> set[bytes]:
        met: set[bytes] = set()
        for key in dict.fromkeys(probes_of(traits, weak=weak)):
            there = self._buckets.get(key, ())
            if len(there) <= _CROWD:
                met.update(there)
        return met


def alike_of(context: Context) -> Alike:
    """Give the people of this vault, by what makes them alike; made once."""
    if context.alike is None:
        context.alike = Alike(context)
    return context.alike
