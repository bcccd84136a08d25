"""Sessions, zones, drugs injected, sources of doses, waits: further cuts of MS-01, MS-04, MS-12, MS-13 and MS-24.

Each counts the records of its number again in parts of its own (requirements.md HAMP10-169, -178, -192, -201, -204,
-209, -250). It declares no figure of a new number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.bbv_vaccination import BBV_VACCINATION
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.hepatitis_b import was_declined
from broker_desktop.records.measure.contact_cuts import BY_AREA, area_of
from broker_desktop.records.measure.contacts import was_met
from broker_desktop.records.measure.line import PERCENT, Asked, Cell, Definition, Figure, Of, Tally, all_of
from broker_desktop.records.measure.pathway import steps_of, waiting_days
from broker_desktop.records.measure.reading import code_of, codes_of, days_between
from broker_desktop.records.measure.seen import is_service_user
from broker_desktop.records.measure.tally import Count, Cut, by_code, by_codes
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.outreach_session import OUTREACH_SESSION
from broker_desktop.records.referral import REFERRAL

_LONGEST: Final = 10
_SEXUAL_HEALTH: Final = frozenset({"gum", "sexual_health"})
_TWO_DAYS: Final = 2


def _zone(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    """Give the zone of a contact's area exactly as the pack says it; no map and no compass is asked."""
    (locality,) = area_of(row, asked)
    return (None if locality is None else asked.codes.group("locality", locality) or None,)


def _drugs_or_alcohol(row: Payload, asked: Asked) -> tuple[str]:
    codes = set(codes_of(row, "substances"))
    if "alcohol" not in codes:
        return ("drugs",)
    return ("both",) if len(codes) > 1 else ("alcohol",)


def _names_a_substance(row: Payload, asked: Asked) -> bool:
    return is_service_user(row, asked) and any(codes_of(row, "substances"))


def _went_ahead(row: Payload, asked: Asked) -> bool:
    return code_of(row, "status") != "cancelled"


def _was_in_reach(row: Payload, asked: Asked) -> bool:
    return _went_ahead(row, asked) and any(codes_of(row, "in_reach_partners"))


def _to_sexual_health(row: Payload, asked: Asked) -> bool:
    return code_of(row, "direction") != "in" and code_of(row, "destination") in _SEXUAL_HEALTH


def _offered_at_all(row: Payload, asked: Asked) -> bool:
    return _days_to_offer(row, asked) is not None


def _offered_in_time(row: Payload, asked: Asked) -> bool:
    days = _days_to_offer(row, asked)
    return days is not None and days <= _TWO_DAYS


def _days_to_offer(row: Payload, asked: Asked) -> int | None:
    """Give the days from a referral to the first appointment that was offered or booked."""
    steps = steps_of(row, asked)
    offered = [steps[code] for code in ("appointment_offered", "booked") if steps.get(code)]
    return days_between(row.get("_day"), min(offered)) if offered else None


@dataclass(frozen=True, slots=True, eq=False)
class Longest:
    """The longest of a number that records give, the ten greatest each with its place and where it was."""

    parts: tuple[Of, ...]
    number: Callable[[Payload, Asked], int | None]

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _LongestTally(self, asked)


class _LongestTally:
    def __init__(self, rule: Longest, asked: Asked) -> None:
        self._rule, self._asked = rule, asked
        self._found: list[tuple[int, str]] = []
        self._n = 0

    def take(self, row: Payload) -> None:
        """Note the number of a record."""
        self._n += 1
        number = self._rule.number(row, self._asked)
        if number is not None:
            self._found.append((number, code_of(row, "destination") or ""))

    def figure(self) -> Figure:
        """Give the ten greatest, the greatest of all as the value."""
        first = sorted(self._found, key=lambda one: (-one[0], one[1]))[:_LONGEST]
        cells = tuple(
            Cell({"place": f"{place:02}", "destination": where or None}, days, 1)
            for place, (days, where) in enumerate(first, start=1)
        )
        value = first[0][0] if first else None
        rests_on = 1 if first else None
        return Figure(len(self._found), self._n, cells, value=value, has_own_value=True, rests_on=rests_on)


LINES: Final = (
    Definition(
        id="MS-01.met_by_zone",
        title="Contacts with somebody met, by zone and area",
        unit="contacts",
        rule=Count((Of(CONTACT, was_met),), by=(Cut("zone", _zone), BY_AREA)),
        notes=("Zones are those of the area pack, as printed there.",),
    ),
    Definition(
        id="MS-01.sessions",
        title="Sessions held, by kind",
        unit="sessions",
        rule=Count((Of(OUTREACH_SESSION, _went_ahead),), by=(by_code("kind", "session_kind"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-01.in_reach",
        title="Sessions that other services came in to, by service",
        unit="sessions",
        rule=Count((Of(OUTREACH_SESSION, _was_in_reach),), by=(by_codes("in_reach_partners", "in_reach_partner"),)),
        notes=("A session may stand in several parts.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-01.sessions_cancelled",
        title="Sessions cancelled, by reason",
        unit="sessions",
        rule=Count(
            (Of(OUTREACH_SESSION, lambda row, asked: not _went_ahead(row, asked)),),
            by=(by_code("kind", "session_kind"), by_code("cancel_reason", "session_cancel_reason")),
        ),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-04.by_drug",
        title="Needle-exchange visits, by drug injected",
        unit="visits",
        rule=Count((Of(NX_VISIT),), by=(by_codes("drug_injected"),)),
        notes=("A visit may stand in several parts.",),
    ),
    Definition(
        id="MS-12.known_by_source",
        title="Hepatitis B doses known, by who gave them or told of them",
        unit="doses",
        rule=Count(
            (Of(BBV_VACCINATION, lambda row, asked: not was_declined(row)),),
            by=(by_code("source", "vaccination_source"),),
        ),
    ),
    Definition(
        id="MS-13.longest_waits",
        title="The ten longest waits from referral to first appointment",
        unit="days",
        rule=Longest((Of(REFERRAL),), waiting_days),
        is_rate=True,
        notes=("Of the referrals whose first appointment was attended, as known now.",),
    ),
    Definition(
        id="MS-13.offered_in_48h",
        title="Sexual health referrals offered an appointment within 48 hours",
        unit=PERCENT,
        rule=Count((Of(REFERRAL, all_of(_to_sexual_health, _offered_in_time)),)),
        out_of=Count((Of(REFERRAL, all_of(_to_sexual_health, _offered_at_all)),)),
        is_rate=True,
        notes=("Of those offered one; two days, as no hour is kept.",),
    ),
    Definition(
        id="MS-24.contacts",
        title="Contacts that name a substance, by drugs and alcohol",
        unit="contacts",
        rule=Count((Of(CONTACT, _names_a_substance),), by=(Cut("problem", _drugs_or_alcohol),)),
        notes=("Both is drugs and alcohol together.",),
    ),
)
