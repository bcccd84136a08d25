"""How well records are kept, counted by hand: MS-28. An answer is missing where nothing stands, or "not asked"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from tests.common.recount.reading import Line, Part, Service, Told, code, codes, days_from, london, middle, percent

Asked = Callable[[Line], bool]


def _is(name: str, *wanted: str) -> Asked:
    return lambda line: code(line, name) in wanted


def _has(name: str, *wanted: str) -> Asked:
    return lambda line: bool(set(codes(line, name)) & set(wanted))


def _ended_as_planned(line: Line) -> bool:
    events = line.get("events")
    return isinstance(events, list) and any(one["event"] in ("completed", "planned_discharge") for one in events)


def _always(line: Line) -> bool:
    return True


MUST_BE_ASKED: Mapping[str, Mapping[str, Asked]] = {
    "contact": {
        "setting": _always, "outcome": _always, "substances_other": _has("substances", "other", "nps_other"),
        "housing_need": _has("needs", "housing"),
    },
    "nx_visit": {"site_type": _always},
    "referral": {
        "destination": _is("direction", "out", "internal"), "source": _is("direction", "in"),
        "prompted_by": _is("source", "self"), "aftercare": _ended_as_planned,
    },
    "broker_contact": {
        "code": _is("state", "planned"), "planned_for": _is("state", "planned"),
        "occurred_at": _is("state", "met", "not_met"), "purpose": _is("state", "met"),
    },
}  # fmt: skip
"""The questions with a star in contract.md that may be refused, and those a form requires; people may be nobody."""


def is_missing(line: Line, name: str) -> bool:
    """Tell whether nobody asked."""
    return line.get(name) is None or line[name] == {"answer": "not_asked"}


def _of_95(days: list[int]) -> int | None:
    """Give the smallest number that 95 of 100 do not exceed."""
    return next((most for most in sorted(days) if sum(one <= most for one in days) * 100 >= 95 * len(days)), None)


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    lines = [line for kind in MUST_BE_ASKED for line in service.now(kind)]
    every, missing = 0, Counter[Part]()
    by_team: Counter[Part] = Counter()
    for line in lines:
        for name, must in MUST_BE_ASKED[line["type"]].items():
            if must(line):
                every += 1
                if is_missing(line, name):
                    missing[f"{line['type']}.{name}",] += 1
                    by_team[code(line, "team"),] += 1
    days = [(service.day(line), london(line.get("recorded_at"))) for line in lines]
    written = [max(days_from(day, on), 0) for day, on in days if day and on]
    both = [(london(line.get("recorded_at")), line.get("synced_on")) for line in lines]
    synced = [max(days_from(day, on), 0) for day, on in both if day and on]
    return {
        "MS-28.complete": Told(percent(every - missing.total(), every), every),
        "MS-28.missing": Told(missing.total(), cells=dict(missing)),
        "MS-28.missing_by_team": Told(by_team.total(), cells=dict(by_team)),
        "MS-28.days_until_written": Told(middle(written), len(lines)),
        "MS-28.days_until_written_95": Told(_of_95(written), len(lines)),
        "MS-28.days_until_synced": Told(middle(synced), len(lines)),
        "MS-28.days_until_synced_95": Told(_of_95(synced), len(lines)),
        "MS-28.merged": Told(service.merged),
    }
