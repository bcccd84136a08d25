"""What counts as having met somebody, for whatever waits until they are met again. Reads nothing."""

from __future__ import annotations

from typing import Final

from broker_desktop.records.rules import When
from broker_desktop.records.worklist import ClearedBy

MET_OUTCOMES: Final = (
    "seen",
    "engaged",
    "information_given",
    "supplies_given",
    "test_done",
    "assessment_completed",
    "referral_made",
    "accompanied",
    "appointment_booked",
    "emergency_services",
    "moved_on",
    "asked_not_to_be_contacted",
)
"""The outcomes of group `met` (contract.md, "Met and attempted"); a test holds the two together."""

LATER_CONTACT: Final = ClearedBy("contact", (When("outcome", MET_OUTCOMES),))
"""A later contact at which they were met; an attempt ends nothing."""

MET_AGAIN: Final = (LATER_CONTACT, ClearedBy("nx_visit"), ClearedBy("broker_contact", (When("state", ("met",)),)))
"""A later meeting with the person, whoever of us it was with."""
