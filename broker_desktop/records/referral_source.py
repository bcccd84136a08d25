"""Where a referral came from: whom it counts to, what the national code is, and who may hear how it went.

"Self" is over-recorded wherever somebody walks in (domain.md 5.2). What we did with the person in the ninety days
before is therefore shown and offered as an answer; it is a suggestion and changes nothing by itself. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.met import MET_OUTCOMES

LOOK_BACK: Final = timedelta(days=90)
"""domain.md 5.2, rule 3; a pack may say another time (`settings.self_referral_days`)."""
POLICE_SOURCES: Final = frozenset({"police", "pcso"})
_BY_SITE: Final = {
    "mobile": "nx_mobile", "fixed": "nx_fixed", "pharmacy": "pharmacy", "outreach": "street_outreach",
    "peer": "peer_broker",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class EarlierContact:
    """Something that we did with a person before they came "by themselves"."""

    day: str
    type: str
    source: str
    """The code of referral_source that it would count as."""


def counts_as(type_name: str, payload: Mapping[str, Any]) -> str | None:
    """Give the source that a record of ours would count as, None for one that is no contact with the person."""
    if type_name == "nx_visit":
        site = payload.get("site_type")
        return _BY_SITE.get(site, "nx_fixed") if isinstance(site, str) else "nx_fixed"
    if type_name == "broker_contact":
        return "peer_broker" if payload.get("state") == "met" else None
    if type_name == "group_attendance":
        return "workshop"
    if type_name == "contact":
        outcome = payload.get("outcome")
        said = {one for one in outcome if isinstance(one, str)} if isinstance(outcome, list) else set()
        return "street_outreach" if said & set(MET_OUTCOMES) else None
    if type_name == "referral":
        return "street_outreach" if payload.get("direction") in {"out", "internal"} else None
    return None


def earlier_contacts(
    records: Iterable[tuple[str, str | None, Mapping[str, Any]]], before: date, look_back: timedelta = LOOK_BACK
) -> list[EarlierContact]:
    """Give what we did with somebody in the time before a day, that day included; the newest first.

    Args:
        records: type, London day and payload of everything recorded about the person.
        before: the day of the referral.
        look_back: how long before it, where the team's pack says so.
    """
    earliest = (before - look_back).isoformat()
    found = {
        EarlierContact(day, type_name, source)
        for type_name, day, payload in records
        if day and earliest <= day <= before.isoformat()
        for source in [counts_as(type_name, payload)]
        if source is not None
    }
    return sorted(found, reverse=True)


def rfls(source: object, prompted_by: object, codes: CodeLists) -> str | None:
    """Give the NDTMS code of a source after linking: of whoever had the idea, else of the source itself.

    domain.md 5.2, rule 5; None without a real answer.
    """
    for code in (prompted_by if source == "self" else None, source):
        if isinstance(code, str):
            return codes.group("ndtms_rfls", code) or None
    return None


def may_hear_outcome(payload: Mapping[str, Any]) -> bool:
    """Tell whether whoever sent somebody hears how it went: with the person's yes, and never the police (PORT09-065).

    No answer is no.
    """
    consent = payload.get("consent")
    agreed = isinstance(consent, dict) and consent.get("feedback") == "yes"
    return agreed and not from_police(payload)


def from_police(payload: Mapping[str, Any]) -> bool:
    """Tell whether the police sent somebody: nothing at all goes back to them."""
    source = payload.get("source")
    return isinstance(source, str) and source in POLICE_SOURCES
