"""Contacts by time of day, people by the services they came to, opiates and crack without treatment (MS-01, 02, 24).

Everybody of MS-02 stands in exactly one part, so that what two services have in common can be read off. It says
nothing of services outside this team.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.dates import LONDON, parse_moment
from broker_desktop.records.measure.contacts import OPEN_ACCESS, was_met
from broker_desktop.records.measure.line import Asked, Definition, Figure, Of, Tally
from broker_desktop.records.measure.people import PeopleByAnswer
from broker_desktop.records.measure.reading import asked_once, code_of, codes_of, person_of
from broker_desktop.records.measure.seen import SEEN, is_service_user
from broker_desktop.records.measure.tally import Count, Cut, People, cells_of
from broker_desktop.records.nx_visit import NX_VISIT

_PARTS: Final = {
    (True, False, False): "exchange_only",
    (False, True, False): "open_access_only",
    (False, False, True): "outreach_only",
    (True, True, False): "exchange_and_open_access",
    (True, False, True): "exchange_and_outreach",
    (False, True, True): "open_access_and_outreach",
    (True, True, True): "all_three",
}
_BANDS: Final = ("night", "morning", "afternoon", "evening")
_NOT_IN_TREATMENT: Final = frozenset({"in_last_12m", "known_before", "never"})
_PROBLEM_DRUGS: Final = frozenset({"opiate", "crack"})


def service_of(row: Payload) -> str:
    """Name the service that a visit or contact belongs to: exchange, open_access, or outreach for all others."""
    if row["_type"] == NX_VISIT.name:
        return "exchange"
    return "open_access" if code_of(row, "kind") == OPEN_ACCESS else "outreach"


@dataclass(frozen=True, slots=True, eq=False)
class PeopleByService:
    """Everybody seen, in the one part that names all services they came to."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """The same records as MS-02."""
        return SEEN.parts

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _ServiceTally()


class _ServiceTally:
    def __init__(self) -> None:
        self._services: dict[str, set[str]] = {}

    def take(self, row: Payload) -> None:
        """Note where the person of a record was seen."""
        person = person_of(row)
        if person is not None:
            self._services.setdefault(person, set()).add(service_of(row))

    def figure(self) -> Figure:
        """Give everybody, by part."""
        counts: Counter[tuple[str | None, ...]] = Counter()
        for found in self._services.values():
            counts[(_PARTS["exchange" in found, "open_access" in found, "outreach" in found],)] += 1
        return Figure(len(self._services), cells=cells_of((Cut("seen_at", lambda row, asked: ()),), counts))


def _uses_opiates_or_crack(row: Payload, asked: Asked) -> bool:
    groups = {asked.codes.group("substance", code) for code in codes_of(row, "substances")}
    return is_service_user(row, asked) and not _PROBLEM_DRUGS.isdisjoint(groups)


_PDU: Final = (Of(CONTACT, _uses_opiates_or_crack),)


@asked_once
def hour_band(row: Payload, asked: Asked) -> tuple[str | None]:
    """Give the quarter of the London day in which a record happened, None where only its day is known."""
    moment = parse_moment(row.get("occurred_at"))
    if not isinstance(moment, datetime) or moment.year in (1, 9999):
        return (None,)
    return (_BANDS[moment.astimezone(LONDON).hour // 6],)


LINES: Final = (
    Definition(
        id="MS-01.met_by_hour_band",
        title="Contacts with somebody met, by time of day",
        unit="contacts",
        rule=Count((Of(CONTACT, was_met),), by=(Cut("hour_band", hour_band),)),
        notes=("Six hours each, from midnight, in London time.",),
    ),
    Definition(
        id="MS-02.services",
        title="People seen, by which services they came to",
        unit="people",
        rule=PeopleByService(),
        notes=("Needle exchange, open access (drop-in), and outreach for every other contact; one part each.",),
    ),
    Definition(
        id="MS-24.pdu_not_in_treatment",
        title="Contacts with people who use opiates or crack and are not in treatment",
        unit="contacts",
        rule=PeopleByAnswer(
            People(_PDU), where=lambda row, asked: code_of(row, "treatment_ring") in _NOT_IN_TREATMENT, records=True
        ),
        out_of=Count(_PDU),
        notes=("As they say. Who was not asked, or has no code or name, is not in it.",),
    ),
)
