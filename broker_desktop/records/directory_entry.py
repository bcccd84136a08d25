"""Record type `directory_entry`: agencies, services, venues and mutual-aid meetings, for everybody and offline.

What anybody could read on a notice board: no person who uses a service, no list of who goes to a meeting. It lies in
the common compartment, so a change reaches every laptop with the next sync (requirements.md PORT12-16, PORT12-51).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from broker_desktop.records.field import Code, Codes, Day, Text, YesNo
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import NotBefore, When, day_at
from broker_desktop.records.worklist import Due, Waits

_WHAT: Final = "What it is"
_WHERE: Final = "Where and when"
_WHO: Final = "For whom"
_KEPT: Final = "Kept right"

CHECK_AFTER_DAYS: Final = 90
"""requirements.md PORT12-51."""
_MEETING: Final = When("kind", ("meeting", "peer_group"))
_AGENCY: Final = When("kind", ("agency", "hub", "spoke", "service", "housing", "hospital"))

DIRECTORY_ENTRY: Final = RecordType(
    name="directory_entry",
    version=1,
    title="Directory entry",
    plural="Directory",
    icon="map-pin",
    help="An agency, a service, a venue or a meeting: where, when, for whom, and when that was last checked.",
    compartment=COMMON,
    waits=(
        Waits(
            worklist="W1",
            key="to_check",
            reason="Check that this entry is still right",
            when=(_MEETING,),
            due=Due("last_checked", days=CHECK_AFTER_DAYS),
            red_after=90,
        ),
    ),
    fields=(
        Code(
            name="kind",
            label="What it is",
            section=_WHAT,
            list_id="directory_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Text(name="name", label="Name", section=_WHAT, longest=120, required=True, column=True, searchable=True),
        Code(
            name="fellowship",
            label="Which kind of group",
            section=_WHAT,
            list_id="introduced_to",
            when=_MEETING,
            column=True,
            searchable=True,
        ),
        Codes(name="destinations", label="Takes referrals for", section=_WHAT, list_id="referral_destination"),
        Code(name="tier", label="Tier", section=_WHAT, list_id="tier", when=_AGENCY),
        Code(name="sector", label="Sector", section=_WHAT, list_id="agency_sector", when=_AGENCY),
        Code(name="relation", label="How it works with us", section=_WHAT, list_id="agency_relation", when=_AGENCY),
        Code(
            name="supply_area",
            label="Part of the supply chain",
            section=_WHAT,
            list_id="supply_chain_area",
            when=_AGENCY,
        ),
        Codes(
            name="weekdays",
            label="Which days",
            section=_WHERE,
            list_id="weekday",
            column=True,
            searchable=True,
        ),
        Text(name="time", label="What time", section=_WHERE, longest=60, column=True, help="Such as 18:30 to 20:00."),
        Text(name="address", label="Address or how to find it", section=_WHERE, longest=200, searchable=True),
        Text(name="area", label="Part of town", section=_WHERE, longest=80, searchable=True),
        Text(name="opening", label="Opening hours", section=_WHERE, longest=200),
        Text(name="phone", label="Phone", section=_WHERE, longest=60, help="The service's own number."),
        Text(name="offers", label="What they offer", section=_WHO, longest=500, lines=True, searchable=True),
        Text(name="eligibility", label="Whom they take", section=_WHO, longest=300, lines=True),
        YesNo(name="women_only", label="For women only", section=_WHO),
        Day(
            name="last_checked",
            label="Last checked on",
            section=_KEPT,
            column=True,
            help="A meeting that nobody has checked for 90 days stands on Today.",
        ),
        Day(name="sharing_from", label="Sharing agreement from", section=_KEPT, future=True, when=_AGENCY),
        Day(name="sharing_until", label="Sharing agreement until", section=_KEPT, future=True, when=_AGENCY),
        Day(name="valid_from", label="Open since", section=_KEPT, future=True),
        Day(name="valid_to", label="Closed after", section=_KEPT, future=True),
    ),
    rules=(
        NotBefore(field="valid_to", other="valid_from", message="It closes before it opens. Please check both days."),
        NotBefore(
            field="sharing_until", other="sharing_from", message="It ends before it begins. Please check both days."
        ),
    ),
)


def is_open(entry: Mapping[str, Any], day: date) -> bool:
    """Tell whether an entry holds on a day: not before it opens and not after it closed."""
    opens, closes = (day_at(entry, name) for name in ("valid_from", "valid_to"))
    return (opens is None or opens <= day) and (closes is None or day <= closes)
