"""Referrals: made, who sent them, and assessments or referrals (MS-13, MS-14, MS-15)."""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Of
from broker_desktop.records.measure.reading import code_of, codes_of, person_of
from broker_desktop.records.measure.tally import Count, by_code
from broker_desktop.records.referral import REFERRAL

_OUTWARDS: Final = frozenset({"out", "internal"})
_ASSESSED_OR_REFERRED: Final = frozenset({"assessment_completed", "referral_made"})
_OF_ALL: Final = "Of all referrals in, an unanswered source included."


def is_outwards(row: Payload, asked: Asked) -> bool:
    """Tell whether a referral was made by us: out, or between our teams."""
    return code_of(row, "direction") in _OUTWARDS


def is_inwards(row: Payload, asked: Asked) -> bool:
    """Tell whether a referral came to us."""
    return code_of(row, "direction") == "in"


def _is_self(row: Payload, asked: Asked) -> bool:
    return is_inwards(row, asked) and code_of(row, "source") == "self"


def _is_unprompted_self(row: Payload, asked: Asked) -> bool:
    """Ask whether nobody had the idea: "self" once more is nobody else."""
    return _is_self(row, asked) and code_of(row, "prompted_by") in (None, "self")


def is_assessment_or_referral(row: Payload, asked: Asked) -> bool:
    """Tell whether a contact with a person ended with an assessment or a referral; both count once."""
    return person_of(row) is not None and not _ASSESSED_OR_REFERRED.isdisjoint(codes_of(row, "outcome"))


def _has_no_contact(row: Payload, asked: Asked) -> bool:
    contact = row.get("contact")
    return is_outwards(row, asked) and not (type(contact) is dict and "id" in contact)


RECEIVED: Final = Count((Of(REFERRAL, is_inwards),))

LINES: Final = (
    Definition(
        id="MS-13.made",
        title="Referrals made",
        unit="referrals",
        rule=Count((Of(REFERRAL, is_outwards),), by=(by_code("destination"),)),
    ),
    Definition(
        id="MS-14.self_raw",
        title="Self-referrals, as recorded",
        unit=PERCENT,
        rule=Count((Of(REFERRAL, _is_self),)),
        out_of=RECEIVED,
        is_rate=True,
        notes=(_OF_ALL,),
    ),
    Definition(
        id="MS-14.self_corrected",
        title="Self-referrals that nobody prompted",
        unit=PERCENT,
        rule=Count((Of(REFERRAL, _is_unprompted_self),)),
        out_of=RECEIVED,
        is_rate=True,
        notes=(_OF_ALL,),
    ),
    Definition(
        id="MS-15.assess_or_refer",
        title="Assessments and referrals",
        unit="contacts and referrals",
        rule=Count((Of(CONTACT, is_assessment_or_referral), Of(REFERRAL, _has_no_contact))),
        notes=("A referral that came out of a contact is counted with that contact.",),
    ),
)
