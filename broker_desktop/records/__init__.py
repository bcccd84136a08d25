"""What we record: declarations and pure rules, with no window, no storage and no network.

`AREAS` is the one list of record types. To add one, write its file and put its name here
(`broker_desktop/docs/how-to-add-a-record-type.md`).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.area import Area
from broker_desktop.records.bbv_test import BBV_TEST
from broker_desktop.records.bbv_vaccination import BBV_VACCINATION
from broker_desktop.records.broker_contact import BROKER_CONTACT
from broker_desktop.records.broker_wellbeing import BROKER_WELLBEING
from broker_desktop.records.consent import CONSENT
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.directory_entry import DIRECTORY_ENTRY
from broker_desktop.records.disclosure import DISCLOSURE
from broker_desktop.records.feedback import FEEDBACK
from broker_desktop.records.group_attendance import GROUP_ATTENDANCE
from broker_desktop.records.group_session import GROUP_SESSION
from broker_desktop.records.hcv_cascade import HCV_CASCADE
from broker_desktop.records.home_assessment import HOME_ASSESSMENT
from broker_desktop.records.incentive import INCENTIVE
from broker_desktop.records.incident import INCIDENT
from broker_desktop.records.lone_working import LONE_WORKING
from broker_desktop.records.naloxone_reversal import NALOXONE_REVERSAL
from broker_desktop.records.naloxone_supply import NALOXONE_SUPPLY
from broker_desktop.records.nx_tally import NX_TALLY
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.outreach_session import OUTREACH_SESSION
from broker_desktop.records.person import PERSON
from broker_desktop.records.police_request import POLICE_REQUEST
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.reference_table import REFERENCE_TABLE
from broker_desktop.records.referral import REFERRAL
from broker_desktop.records.safeguarding_concern import SAFEGUARDING_CONCERN
from broker_desktop.records.sharps_calibration import SHARPS_CALIBRATION
from broker_desktop.records.site_report import SITE_REPORT
from broker_desktop.records.stock_count import STOCK_COUNT
from broker_desktop.records.stock_movement import STOCK_MOVEMENT
from broker_desktop.records.support_intervention import SUPPORT_INTERVENTION
from broker_desktop.records.top_marker import TOP_MARKER
from broker_desktop.records.training import TRAINING
from broker_desktop.records.uam_tally import UAM_TALLY

AREAS: Final = (
    Area(
        "People and contacts",
        "users",
        everyday=(PERSON, OUTREACH_SESSION, CONTACT),
        others=(
            CONSENT,
            DISCLOSURE,
        ),
    ),
    Area(
        "Needle exchange and supplies",
        "package",
        everyday=(NX_VISIT,),
        others=(NX_TALLY, NALOXONE_SUPPLY, NALOXONE_REVERSAL, STOCK_MOVEMENT, STOCK_COUNT, SHARPS_CALIBRATION),
    ),
    Area(
        "Testing and vaccination",
        "droplet",
        everyday=(BBV_TEST,),
        others=(
            BBV_VACCINATION,
            HCV_CASCADE,
            UAM_TALLY,
        ),
    ),
    Area(
        "Referrals and support",
        "send",
        everyday=(REFERRAL, BROKER_CONTACT, GROUP_SESSION),
        others=(SUPPORT_INTERVENTION, TOP_MARKER, GROUP_ATTENDANCE, INCENTIVE, BROKER_WELLBEING),
    ),
    Area(
        "Safety", "shield", everyday=(SAFEGUARDING_CONCERN,), others=(HOME_ASSESSMENT, INCIDENT, LONE_WORKING, TRAINING)
    ),
    Area(
        "The area",
        "map-pin",
        everyday=(),
        others=(SITE_REPORT, DIRECTORY_ENTRY, FEEDBACK, REFERENCE_TABLE, POLICE_REQUEST),
    ),
)
"""Every record type once, by what it is about, in the order in which pages and menus name them."""

CATALOGUE: Final[tuple[RecordType, ...]] = tuple(kind for area in AREAS for kind in area.types)
"""Every record type, in the order in which imports and commands name them."""

EVERYDAY: Final = frozenset(kind.name for area in AREAS for kind in area.everyday)
"""What is recorded every day and stands in the rail; everything else is one page further."""

BY_NAME: Final = {one.name: one for one in CATALOGUE}
"""The record types by their names."""


def record_type(name: str) -> RecordType:
    """Give the record type of that name; KeyError for a name that is none."""
    return BY_NAME[name]
