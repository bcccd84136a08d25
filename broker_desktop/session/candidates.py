"""Who may be meant by a few typed letters: at most three people, masked until one exact code fits (look.md 5).

Age band, sex and area only, never a list of people, never anything about earlier visits. Where nothing fits, codes that
are one slip away or sound the same, and nicknames, are offered. What was typed is not remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from broker_desktop.session.closing import closed_people
from broker_desktop.session.codes_shown import fits, grouped, masked, split_typed
from broker_desktop.session.context import Context
from broker_desktop.session.spelling import likeness
from broker_desktop.session.views import Candidate, Candidates
from broker_desktop.store.records import StoredRecord, main_people
from broker_desktop.store.search import find
from sync.ids import normalise_code, uuid_text

_SHOWN: Final = 3
_LOOKED_AT: Final = 2000
_ENOUGH: Final = 3
"""Fewer signs are like every code and like none: nobody's is read for them."""


def candidates(context: Context, text: str) -> Candidates:
    """Give the people whose code fits what was typed; nothing for nothing."""
    typed = normalise_code(text)
    if not typed:
        return Candidates(exact=None, matches=(), count=0)
    letters, _ = split_typed(typed)
    prefix = letters if letters and typed.startswith(letters) else typed
    with context.vault.reader.connect() as connection:
        roots = main_people(connection)
        people = context.vault.records.people_with_code(connection, prefix, _LOOKED_AT)
        closed = closed_people(context, connection)
    people = _main_ones([one for one in people if one.id not in closed], roots)
    found = [(code, one) for one in people if fits(code := _code(one), typed)]
    exact = [one for code, one in found if code == typed]
    if len(found) == 1 or len(exact) == 1:
        one = exact[0] if len(exact) == 1 else found[0][1]
        return Candidates(exact=_candidate(context, one, roots, hidden=False), matches=(), count=len(found))
    if not found:
        return _alike(context, text, typed, closed, roots)
    shown = tuple(_candidate(context, one, roots, hidden=True) for _, one in found[:_SHOWN])
    return Candidates(exact=None, matches=shown, count=len(found))


def _alike(
    context: Context, text: str, typed: str, closed: frozenset[bytes], roots: Mapping[bytes, bytes]
) -> Candidates:
    """Give whoever may be meant by a slip of the fingers, a spelling by ear or a nickname: masked, and none fits."""
    with context.vault.reader.connect() as connection:
        codes = context.vault.records.codes_of_people(connection) if len(typed) >= _ENOUGH else []
        near = [(far, row) for row, code in codes if (far := likeness(code, typed)) is not None]
        order = [row for _, row in sorted(near, key=lambda pair: pair[0])]
        order += [row for _, row in find(connection, text, ["person"], _SHOWN)]
        rows = list(dict.fromkeys(row for row in order if row not in closed))
        stored = context.vault.records.some(connection, "person", rows[:_LOOKED_AT])
    people = _main_ones([stored[row] for row in rows if row in stored and not stored[row].voided], roots)
    shown = tuple(_candidate(context, one, roots, hidden=True) for one in people[:_SHOWN])
    return Candidates(exact=None, matches=shown, count=0)


def _main_ones(people: Sequence[StoredRecord], roots: Mapping[bytes, bytes]) -> list[StoredRecord]:
    """Leave out whoever turned out to be another one who is there under the same code."""
    here = {one.id for one in people}
    return [one for one in people if (main := roots.get(one.id, one.id)) == one.id or main not in here]


def _code(stored: StoredRecord) -> str:
    code = stored.payload().get("code")
    return code if isinstance(code, str) else ""


def _candidate(context: Context, stored: StoredRecord, roots: Mapping[bytes, bytes], *, hidden: bool) -> Candidate:
    payload = stored.payload()
    code = _code(stored)
    return Candidate(
        id=uuid_text(roots.get(stored.id, stored.id)),
        label=masked(code) if hidden else grouped(code),
        detail=_detail(context, payload),
        masked=hidden,
    )


def _detail(context: Context, payload: Mapping[str, Any]) -> str:
    told = [(name, payload.get(name)) for name in ("age_band", "sex", "locality")]
    return ", ".join(context.codes.label(name, value) for name, value in told if isinstance(value, str))
