"""From what people say about a record to the id it has: codes, another program's ids, and new ids (protocol.md 2.1).

Two laptops that hear the same code, or read the same external id, give the same id without asking each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from sqlalchemy import Connection

from broker_desktop.records import record_type
from broker_desktop.records.record_type import RecordType
from broker_desktop.session.context import Context
from sync.ids import derived_id, external_input, normalise_code, person_input, uuid_bytes, uuid_text
from sync.replica import Transaction

_PERSON = "person"


class References:
    """Resolves references within one transaction and makes the people that are first met by a code in it."""

    def __init__(self, context: Context, tx: Transaction) -> None:
        self._context = context
        self._tx = tx
        self._salt = context.row_salt
        self._people: dict[str, tuple[bytes, str]] = {}
        self._here: set[bytes] = set()
        self._new: set[bytes] = set()
        self._birth = context.made()
        self.made: set[bytes] = set()
        """People of this transaction that only a reference has made so far."""

    def person(self, code: str) -> str:
        """Give the id of the person with this code, making the person when the code is new."""
        row, text = self._person(code)
        if row not in self._here and row not in self.made:
            if row not in self._new:
                self.expect([code])
            if row not in self._here:
                self._make(row, code)
        return text

    def named(self, code: str) -> str:
        """Give the id that the person with this code has or will have; makes nobody and looks nobody up."""
        return self._person(code)[1]

    def external(self, type_name: str, external_id: str) -> str:
        """Give the id of another program's record, here or not."""
        return uuid_text(self._living(lambda g: external_input(type_name, external_id, g)))

    def expect(self, codes: Iterable[str]) -> None:
        """Look many codes up at once, before `person` is asked for each."""
        rows = {self._person(code)[0] for code in codes} - self._here - self.made - self._new
        if rows:
            known = self._tx.known(_PERSON, list(rows))
            self._here |= known
            self._new |= rows - known

    def keep(self, row: bytes) -> None:
        """Take note that a row has answers of its own now."""
        self._here.add(row)
        self.made.discard(row)
        self._new.discard(row)

    def own_id(self, kind: RecordType, payload: Mapping[str, Any], *, someone_else: bool = False) -> bytes | None:
        """Give the id that a new record's own words fix: its id, its code, its external id; None when nothing does."""
        given, code, external = payload.get("id"), payload.get("code"), payload.get("external_id")
        if isinstance(given, str):
            return uuid_bytes(given)
        if kind.name == _PERSON and isinstance(code, str) and not someone_else:
            return self._person(code)[0]
        if isinstance(external, str):
            return self._living(lambda g: external_input(kind.name, external, g))
        return None

    def _person(self, code: str) -> tuple[bytes, str]:
        found = self._people.get(code)
        if found is None:
            row = self._living(lambda g: person_input(code, g))
            found = self._people[code] = row, uuid_text(row)
        return found

    def _living(self, input_of: Callable[[int], bytes]) -> bytes:
        return living_id(self._context, self._tx.connection, input_of)

    def _make(self, row: bytes, code: str) -> None:
        kind = record_type(_PERSON)
        payload = {"identity_level": "code", "code": normalise_code(code)}
        fields = {**kind.to_wire(payload), "_made": self._birth}
        self._tx.create(_PERSON, row, kind.compartment_of(payload, self._context.codes), fields)
        self.made.add(row)
        self._new.discard(row)


def living_id(context: Context, connection: Connection, input_of: Callable[[int], bytes]) -> bytes:
    """Give the derived id of the first generation that is not erased: who was erased and returns starts clean.

    `input_of` gives the input of a generation counted from 0 (protocol.md 2.1).
    """
    for generation in count():
        row = derived_id(context.row_salt, input_of(generation))
        if not context.vault.projection.erased(connection, [row]):
            break
    return row
