"""A sample of a team's own records for an audit: drawn so that everybody who draws it again gets the same records.

Leads and data officers draw; that it was drawn is noted. A sample names records and which answers are missing, never
what was answered: whoever audits opens each record, and that is noted, too (requirements.md HAMP10-232, BIRM15-126).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest
from typing import Final, NamedTuple

from broker_desktop.errors import BadInput, NotPermitted, UsageError
from broker_desktop.records.access import Role
from broker_desktop.records.answer import Payload
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.directory_entry import DIRECTORY_ENTRY
from broker_desktop.records.measure.line import Asked
from broker_desktop.records.measure.quality import LOOKED_AT, questions_of
from broker_desktop.records.measure.reading import code_of
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.referral import REFERRAL
from broker_desktop.records.safeguarding_concern import SAFEGUARDING_CONCERN
from broker_desktop.records.support_intervention import SUPPORT_INTERVENTION
from broker_desktop.session.context import Context
from broker_desktop.session.period import Period
from broker_desktop.store.facts import SqlFacts
from sync.ids import uuid_text

MOST: Final = 500
USUAL: Final = 20
"""How many records are drawn where nobody says how many."""
_MAY_DRAW: Final = frozenset({Role.LEAD, Role.DATA})
_ACUTE: Final = "acute_care"
_LIVER: Final = "hospital_liver"
Belongs = Callable[[Payload, "_Known"], bool]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One record of a sample. `asked` is None for a type whose answers MS-28 does not look at."""

    type: str
    id: str
    day: str
    team: str | None
    asked: int | None
    missing: tuple[str, ...]
    """The questions that had to be asked and were not answered."""


@dataclass(frozen=True, slots=True)
class AuditSample:
    """What was drawn: `records` of `of` that there are, from a seed that says which draw this is."""

    period: Period
    subject: str
    number: int
    seed: str
    of: int
    records: tuple[Drawn, ...]


class _Known(NamedTuple):
    codes: CodeLists
    sectors: dict[str, str | None]


def _any(row: Payload, known: _Known) -> bool:
    return True


def _to_hospital(row: Payload, known: _Known) -> bool:
    agency = row.get("agency")
    sector = known.sectors.get(agency.get("id", "")) if isinstance(agency, dict) else None
    return sector == _ACUTE or code_of(row, "destination") == _LIVER


def _about_work(row: Payload, known: _Known) -> bool:
    domain = code_of(row, "domain")
    return domain is not None and known.codes.group("support_domain", domain) == "ete"


SUBJECTS: Final[dict[str, tuple[tuple[RecordType, ...], Belongs]]] = {
    "records": (LOOKED_AT, _any),
    "safeguarding": ((SAFEGUARDING_CONCERN,), _any),
    "acute": ((REFERRAL,), _to_hospital),
    "employment": ((SUPPORT_INTERVENTION,), _about_work),
}
"""What an audit can be about: its record types, and which of their records."""


def open_to(context: Context) -> tuple[str, ...]:
    """Give the subjects that this seat may draw an audit of; none for who is neither lead nor data officer."""
    return tuple(one for one in SUBJECTS if context.role in _MAY_DRAW and _held_for(one) <= context.compartments)


def _held_for(subject: str) -> frozenset[int]:
    return frozenset[int]().union(*(kind.compartments for kind in SUBJECTS[subject][0]))


def draw(context: Context, period: Period, subject: str, many: int, number: int) -> AuditSample:
    """Draw `many` records of a period, or all where there are fewer; another `number` is another draw.

    The order is that of a hash over team, period, subject, number and the id of each record: it does not depend on the
    laptop, and a record that comes later takes at most one place.

    Raises:
        UsageError: not a subject, or a week or two. BadInput: less than one record or more than MOST. NotPermitted:
        neither lead nor data officer, or records of this subject are not open to this seat.
    """
    if subject not in SUBJECTS:
        raise UsageError(f"An audit is about one of: {', '.join(SUBJECTS)}.")
    if period.is_snapshot:
        raise UsageError("An audit is of a month or longer.")
    if not 1 <= many <= MOST:
        raise BadInput(f"A sample has 1 to {MOST} records.", code="AUDIT-1")
    if context.role not in _MAY_DRAW:
        raise NotPermitted("A sample for an audit is drawn by a team lead or data officer.")
    if not _held_for(subject) <= context.compartments:
        raise NotPermitted("This audit is about records that are not open to you.")
    seed = sha256(f"{uuid_text(context.vault.ids.team_id)}|{period.label}|{subject}|{number}".encode()).hexdigest()[:16]
    with context.vault.reader.connect() as connection:
        found = list(_found(SqlFacts(connection, context.vault.projection), period, subject, context.codes))
    drawn = nsmallest(many, found, key=lambda one: sha256(f"{seed}|{one.type}|{one.id}".encode()).digest())
    context.audit("audit_sample", subject, many=len(drawn))
    return AuditSample(period, subject, number, seed, len(found), tuple(drawn))


def _found(facts: SqlFacts, period: Period, subject: str, codes: CodeLists) -> Iterator[Drawn]:
    kinds, belongs = SUBJECTS[subject]
    entries = facts.rows(DIRECTORY_ENTRY.name, None, None)
    known = _Known(codes, {row["_id"]: code_of(row, "sector") for row in entries})
    counted = Asked(facts, period.first_day, period.last_day, codes)
    for kind in kinds:
        for row in facts.rows(kind.name, period.first_day, period.last_day):
            if belongs(row, known):
                many, missing = questions_of(row, counted) if kind in LOOKED_AT else (None, [])
                names = tuple(name.partition(".")[2] for name in missing)
                yield Drawn(kind.name, row["_id"], row["_day"], code_of(row, "team"), many, names)
