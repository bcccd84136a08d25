"""A year of an invented team's work, as lines that `record import mixed` reads.

Everybody here is invented: codes are a bird or plant, a year and a letter. The lines follow from the day alone, by
plain arithmetic, so that two demos of one day show the same figures. Nothing here reads a clock or a file.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

Line = dict[str, Any]

LONDON: Final = ZoneInfo("Europe/London")
_STEMS: Final = (
    "ALDR BEEC BRCH CEDR COOT CROW DOVE ELMS FERN FINC GORS GULL HAWK HAZL HERN IRIS IVYL JAYS KITE KNOT LARK LILY "
    "MOSS OAKS PINE REED ROBN ROOK ROSE RUSH SAGE SEDG SWAN SWFT TEAL TERN WREN YEWS"
).split()
_BANDS: Final = ("25_34", "35_44", "45_54", "55_64", "18_24")
_HOUSING: Final = ("hostel", "private_tenant", "rough_sleeping", "housing_association", "sofa_surfing")
_RINGS: Final = ("never", "known_before", "in_last_12m", "in_now", "unknown")
_PACKS: Final = (
    {"PK_1ML_10": 2},
    {"PK_1ML_20": 1},
    {"PK_2ML_10": 1, "PK_1ML_10": 1},
    {"PK_FOIL_10": 1},
    {"PK_ONEHIT_1": 4},
)
_DESTINATIONS: Final = (
    "community_prescribing",
    "structured_counselling",
    "housing",
    "gp",
    "alcohol_service",
    "open_access",
)
_SOURCES: Final = ("self", "hostel_worker", "gp", "self", "community_warden", "homelessness_service", "pharmacy")
_DECLINED: Final = {"answer": "declined"}
_NOT_ASKED: Final = {"answer": "not_asked"}
_PEOPLE: Final = 76
_DAYS: Final = 365


def code(number: int) -> str:
    """Return the invented code of person `number`."""
    return f"{_STEMS[number % len(_STEMS)]}{62 + number * 7 % 37}{'MF'[number % 3 == 0]}"


def year(today: date) -> Iterator[Line]:
    """Yield the people, then the work of the year that ends the day before `today`, oldest first."""
    yield from (_person(number) for number in range(_PEOPLE))
    for back in range(_DAYS, 0, -1):
        day = today - timedelta(days=back)
        if day.weekday() < 5:
            yield from _van(day)
            yield from _day_service(day)
        if day.weekday() in {1, 3}:
            yield from _clinic(day, back)
        if day.weekday() in {0, 2, 4}:
            yield from _outreach(day)


def _person(number: int) -> Line:
    return {
        "type": "person",
        "identity_level": "code",
        "code": code(number),
        "age_band": _BANDS[number % 5] if number % 11 else _DECLINED,
        "sex": "female" if number % 3 == 0 else "male",
        "accommodation_status": _HOUSING[number % 5] if number % 7 else _NOT_ASKED,
        "treatment_ring": _RINGS[number * 3 % 5],
    }


def _moment(day: date, hour: int, minute: int) -> str:
    return datetime.combine(day, time(hour, minute), LONDON).isoformat()


def _who(number: int) -> Line | None:
    """Refer to a person by code, or to nobody: one visit in fifteen stays anonymous."""
    return None if number % 15 == 0 else {"code": code(number % _PEOPLE)}


def _van(day: date) -> Iterator[Line]:
    seed = day.toordinal()
    run = f"demo-run-{day.isoformat()}"
    yield {
        "type": "session",
        "external_id": run,
        "kind": "mobile_run",
        "started_at": _moment(day, 17, 40),
        "ended_at": _moment(day, 21, 30),
        "team": "nx",
        "venue": "mobile_exchange",
        "status": "closed",
        "turned_away": 0,
    }
    for stop in range(2 + seed % 3):
        yield _visit(f"demo-nx-{day.isoformat()}-{stop}", seed * 5 + stop * 13, _moment(day, 18 + stop, seed % 60), run)


def _visit(external_id: str, seed: int, moment: str, run: str | None) -> Line:
    line: Line = {
        "type": "nx_visit",
        "external_id": external_id,
        "occurred_at": moment,
        "site_type": "mobile" if run else "fixed",
        "site": "mobile_exchange" if run else "static_clinic",
        "person": _who(seed),
        "items": {"CONDOM": 6} if seed % 4 == 0 else {},
        "packs": _PACKS[seed % 5],
        "drug_injected": ["heroin", "crack"] if seed % 5 else _DECLINED,
        "collecting_for": "self_and_others" if seed % 6 == 0 else "self",
        "returns": {"method": "bins", "bins": [{"bin": "BIN_1", "n": 1, "fill": 75}]}
        if seed % 2
        else {"method": "none"},
        "offers": {
            "bbv": ("declined", "not_asked", "accepted")[seed % 3],
            "naloxone": ("accepted", "declined")[seed % 2],
        },
    }
    if run:
        line["session"] = {"external_id": run}
    if seed % 6 == 0:
        line["people_covered"] = 2 + seed % 3
    return line


def _day_service(day: date) -> Iterator[Line]:
    seed = day.toordinal()
    for visit in range(3 + seed % 4):
        number = seed * 3 + visit * 17
        yield {
            "type": "contact",
            "external_id": f"demo-oa-{day.isoformat()}-{visit}",
            "occurred_at": _moment(day, 10 + visit, number % 60),
            "kind": "drop_in",
            "outcome": ["seen", "information_given"] if number % 3 else ["engaged"],
            "setting": "day_centre",
            "team": "open-access",
            "venue": "drop_in_day_service",
            "person": _who(number),
            "needs": (["housing"], ["prescribing", "benefits"], ["food_clothing"])[number % 3],
        }


def _outreach(day: date) -> Iterator[Line]:
    seed = day.toordinal()
    number = seed * 11 % _PEOPLE
    met = seed % 4 != 0
    contact = f"demo-ao-{day.isoformat()}"
    yield {
        "type": "contact",
        "external_id": contact,
        "occurred_at": _moment(day, 6, 30),
        "kind": "found_on_shift" if met else "attempt",
        "outcome": (["referral_made"] if seed % 3 == 0 else ["assessment_completed"]) if met else ["not_found"],
        "setting": "street",
        "team": "assertive-outreach",
        "person": {"code": code(number)},
    }
    if met and seed % 3 == 0:
        yield {
            "type": "referral",
            "external_id": f"demo-out-{day.isoformat()}",
            "made_on": day.isoformat(),
            "direction": "out",
            "destination": _DESTINATIONS[seed % 6],
            "person": {"code": code(number)},
            "contact": {"external_id": contact},
            "urgency": "routine",
            "consent": {"feedback": "yes" if seed % 2 else "no", "recorded_on": day.isoformat()},
            "events": [{"event": "made", "on": day.isoformat(), "evidence": "with_broker"}],
        }
    if seed % 5 < 2:
        yield {
            "type": "referral",
            "external_id": f"demo-in-{day.isoformat()}",
            "made_on": day.isoformat(),
            "direction": "in",
            "source": _SOURCES[seed % 7],
            "person": {"code": code(number + 9)},
            "contact": None,
            **({"prompted_by": "hostel_worker"} if seed % 7 == 3 else {}),
            "events": [{"event": "received", "on": day.isoformat(), "evidence": "service_confirmed"}],
        }


def _clinic(day: date, age: int) -> Iterator[Line]:
    seed = day.toordinal()
    for place in range(1 + seed % 2):
        number = seed * 7 + place * 23
        line: Line = {
            "type": "bbv_test",
            "external_id": f"demo-bbv-{day.isoformat()}-{place}",
            "offered_on": day.isoformat(),
            "state": "declined",
            "setting": "fixed_nx",
            "person": {"code": code(number % _PEOPLE)},
        }
        if number % 5:
            line |= _taken(day, age, f"DEMO{seed}{place}")
        yield line
        yield _visit(f"demo-fx-{day.isoformat()}-{place}", number + 4, _moment(day, 13, number % 60), None)


def _taken(day: date, age: int, card: str) -> Line:
    """Return what is known of a sample `age` days after it was taken: nobody knows a result before it is back."""
    line: Line = {
        "state": "sample_taken",
        "method": "dried_blood_spot",
        "analytes": ["HCV_RNA", "HBSAG"],
        "card_id": card,
        "taken_at": _moment(day, 11, 20),
    }
    if age > 1:
        line |= {"state": "dispatched", "dispatched_on": (day + timedelta(days=1)).isoformat()}
    if age > 8:
        reported = {"result": "not_detected", "reported_on": (day + timedelta(days=8)).isoformat()}
        line |= {"state": "resulted", "results": {"HCV_RNA": reported, "HBSAG": reported}}
    if age > 10:
        given = (day + timedelta(days=10)).isoformat()
        line |= {"state": "delivered", "result_given_on": given, "result_given_how": "in_person"}
    return line
