"""Counting referrals: made, who sent them, and assessments or referrals (MS-13, MS-14, MS-15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from broker_desktop.records.measure.line import Figure, cells_by
from broker_desktop.records.measure.reading import code_of, codes_of, person_of

_OUTWARDS: Final = frozenset({"out", "internal"})
_ASSESSED_OR_REFERRED: Final = frozenset({"assessment_completed", "referral_made"})


def is_assessment_or_referral(contact: Mapping[str, Any]) -> bool:
    """Tell whether a contact with a person ended with an assessment or a referral; both count once."""
    return person_of(contact) is not None and not _ASSESSED_OR_REFERRED.isdisjoint(codes_of(contact, "outcome"))


class ReferralTally:
    """What one pass over the referrals of a period adds up."""

    def __init__(self) -> None:
        self._made: Counter[str | None] = Counter()
        self._without_contact = 0
        self._received = self._self = self._self_unprompted = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one referral."""
        direction = code_of(row, "direction")
        if direction in _OUTWARDS:
            self._made[code_of(row, "destination")] += 1
            contact = row.get("contact")
            self._without_contact += not (type(contact) is dict and "id" in contact)
        elif direction == "in":
            self._received += 1
            if code_of(row, "source") == "self":
                self._self += 1
                self._self_unprompted += code_of(row, "prompted_by") is None

    def figures(self, assessed_contacts: int) -> dict[str, Figure]:
        """Give the lines; `assessed_contacts` are the contacts that count in MS-15."""
        return {
            "MS-13.made": Figure(self._made.total(), cells=cells_by("destination", self._made)),
            "MS-14.self_raw": Figure(self._self, self._received),
            "MS-14.self_corrected": Figure(self._self_unprompted, self._received),
            "MS-15.assess_or_refer": Figure(assessed_contacts + self._without_contact),
        }
