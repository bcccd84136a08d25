"""What a summary rests on: compartments held, laptops not heard from, sheets that came; kept with a signed month.

Pure. Nothing here counts; the session says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHeardFrom:
    """A laptop whose records of the period may be missing, and the day it was last heard from."""

    seat: str
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What a summary rests on."""

    compartments: tuple[str, ...]
    seats: int
    not_heard_from: tuple[NotHeardFrom, ...]
    sites_expected: int
    sites_reported: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Completeness:
        """Read what `to_json` wrote. Raises KeyError and TypeError for what a newer program wrote otherwise."""
        heard = tuple(NotHeardFrom(seat=one["seat"], last=one["last"]) for one in told["not_heard_from"])
        return cls(
            compartments=tuple(told["compartments"]), seats=told["seats"], not_heard_from=heard,
            sites_expected=told["sites_expected"], sites_reported=told["sites_reported"],
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Give the completeness of the summary."""
        return {
            "compartments": list(self.compartments),
            "seats": self.seats,
            "not_heard_from": [{"seat": one.seat, "last": one.last} for one in self.not_heard_from],
            "sites_expected": self.sites_expected,
            "sites_reported": self.sites_reported,
        }
