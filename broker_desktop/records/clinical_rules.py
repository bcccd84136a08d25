"""Clinical rules: schedules, windows, timers and vocabularies that a clinical lead signs off, read from data files.

Each file of `resources/clinical` carries a version, its source and who signed it off; until somebody did, the program
says so. Parsing is pure: texts are handed in. `in_force` gives what ships, read once per process, so that two laptops
of one version work alike. Nothing here knows a record or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from broker_desktop import assets
from broker_desktop.records.worklist import later

FILES: Final = ("hepatitis_b", "results", "testing", "timers")
"""The files of `resources/clinical`, without `.yaml`."""

ANY: Final = "any"


class ClinicalRulesInvalid(ValueError):
    """A file of clinical rules cannot be used; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """Where a file of rules comes from, and who stands for it."""

    file: str
    version: str
    source: str
    by: str | None
    on: str | None

    @property
    def signed(self) -> bool:
        """Tell whether somebody put name and day to it."""
        return bool(self.by and self.on)


@dataclass(frozen=True, slots=True)
class Span:
    """So many months and days."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """Give the day so long after another one; the day of the month clamps to the month's end."""
        return later(day, months=self.months, days=self.days)

    def before(self, day: date) -> date:
        """Give the day so long before another one."""
        return later(day, months=-self.months, days=-self.days)


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of a schedule."""

    after_first: Span
    least_gap_days: int
    """The fewest days after the dose before; a dose given sooner does not count."""


@dataclass(frozen=True, slots=True)
class ClinicalRules:
    """Everything the files say."""

    sign_offs: tuple[SignOff, ...]
    schedules: Mapping[str, tuple[Dose, ...]]
    usual_schedule: str
    overdue_days: int
    evidence: frozenset[str]
    windows: Mapping[str, Mapping[str, Span]]
    intervals: Mapping[str, Mapping[str, Span]]
    timers: Mapping[str, int]
    results: Mapping[str, frozenset[str]]
    rapid: frozenset[str]

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Name the files that nobody has signed off."""
        return tuple(one.file for one in self.sign_offs if not one.signed)

    def window(self, analyte: str, method: str | None) -> Span | None:
        """Give how long after a risk a test can miss an infection; None for a test without a figure."""
        by_method = self.windows.get(analyte, {})
        return by_method.get(method or ANY, by_method.get(ANY))

    def interval(self, risk: str, infection: str) -> Span | None:
        """Give how long after a test the next one is due while a risk goes on."""
        by_infection = self.intervals.get(risk, {})
        return by_infection.get(infection, by_infection.get(ANY))

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> ClinicalRules:
        """Read the files, by their names of `FILES`.

        Raises:
            ClinicalRulesInvalid: one is missing, is not YAML, or lacks something; the message says which and what.
        """
        files = {name: _document(name, texts) for name in FILES}
        hepatitis_b, testing = files["hepatitis_b"], files["testing"]
        timers, results = files["timers"], files["results"]
        always = frozenset(_texts("results", results, "any_test"))
        vocabulary = _mapping("results", results, "results")
        schedules = {
            name: tuple(_dose(name, one) for one in doses)
            for name, doses in _mapping("hepatitis_b", hepatitis_b, "schedules").items()
        }
        usual = hepatitis_b.get("usual_schedule")
        if usual not in schedules:
            raise ClinicalRulesInvalid("hepatitis_b.yaml: usual_schedule has to be one of schedules.")
        return cls(
            sign_offs=tuple(_sign_off(name, files[name]) for name in FILES),
            schedules=schedules,
            usual_schedule=usual,
            overdue_days=_number("hepatitis_b", hepatitis_b, "overdue_days"),
            evidence=frozenset(_texts("hepatitis_b", hepatitis_b, "evidence")),
            windows=_spans("testing", testing, "windows"),
            intervals=_spans("testing", testing, "intervals"),
            timers={name: _number("timers", timers, name) for name in timers if name not in _HEAD},
            results={name: always | frozenset(_texts("results", vocabulary, name)) for name in vocabulary},
            rapid=frozenset(_texts("results", results, "rapid")),
        )


_HEAD: Final = ("version", "source", "signed_off_by", "signed_off_on")


@cache
def in_force() -> ClinicalRules:
    """Give the rules that ship with this program."""
    return ClinicalRules.parse({name: assets.clinical_text(name) for name in FILES})


def timer(name: str) -> int:
    """Give one timer of the rules in force. Raises KeyError for a name that `timers.yaml` does not have."""
    return in_force().timers[name]


def _document(name: str, texts: Mapping[str, str]) -> Mapping[str, Any]:
    import yaml  # noqa: PLC0415  the gate declares fields and reads no rules

    if name not in texts:
        raise ClinicalRulesInvalid(f"{name}.yaml is missing.")
    try:
        document = yaml.safe_load(texts[name])
    except yaml.YAMLError as error:
        raise ClinicalRulesInvalid(f"{name}.yaml is not valid YAML.") from error
    if not isinstance(document, dict):
        raise ClinicalRulesInvalid(f"{name}.yaml has no names at the top.")
    for part in _HEAD:
        if part not in document:
            raise ClinicalRulesInvalid(f"{name}.yaml: {part} is missing; write null where nobody signed it off.")
    return document


def _sign_off(name: str, document: Mapping[str, Any]) -> SignOff:
    by, on = document["signed_off_by"], document["signed_off_on"]
    version, source = str(document["version"]), str(document["source"])
    return SignOff(name, version, source, None if by is None else str(by), None if on is None else str(on))


def _mapping(file: str, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    if not isinstance(found, dict) or not found:
        raise ClinicalRulesInvalid(f"{file}.yaml: {name} has to hold names with values.")
    return found


def _texts(file: str, document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = document.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ClinicalRulesInvalid(f"{file}.yaml: {name} has to be a list of codes.")
    return tuple(found)


def _number(file: str, document: Mapping[str, Any], name: str) -> int:
    found = document.get(name)
    if type(found) is not int or found < 1:
        raise ClinicalRulesInvalid(f"{file}.yaml: {name} has to be a whole number of 1 or more.")
    return found


def _span(place: str, value: object) -> Span:
    if isinstance(value, dict) and value and set(value) <= {"months", "days"}:
        numbers = list(value.values())
        if all(type(one) is int and one >= 0 for one in numbers):
            return Span(**value)
    raise ClinicalRulesInvalid(f"{place} has to be {{days: n}} or {{months: n}}.")


def _spans(file: str, document: Mapping[str, Any], name: str) -> dict[str, dict[str, Span]]:
    outer = _mapping(file, document, name)
    return {
        key: {part: _span(f"{file}.yaml: {name}.{key}.{part}", one) for part, one in _mapping(file, outer, key).items()}
        for key in outer
    }


def _dose(schedule: str, value: object) -> Dose:
    place = f"hepatitis_b.yaml: a dose of {schedule}"
    gap = value.get("least_gap_days", 1) if isinstance(value, dict) else None
    if not isinstance(value, dict) or type(gap) is not int or gap < 1:
        raise ClinicalRulesInvalid(f"{place} has to be {{after_first: ..., least_gap_days: n}}.")
    return Dose(_span(place, value.get("after_first")), gap)
