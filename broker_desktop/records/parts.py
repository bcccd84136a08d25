"""Parts of figures and their codes: which lists the name of a part is of, and packs that ask for a part there is not.

Pure; counts nothing, and does not say which parts a line has (that is `records.measure.cuts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.records.answer import Reason
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import PackInvalid
from broker_desktop.records.pack.kinds import did_you_mean, wrong
from broker_desktop.records.pack.tree import Finding, Spot, read_tree

_LISTS: Final = {
    "activity": ("activity", "visit_activity"),
    "item": ("equipment_item",),
    "destination": ("referral_destination",),
    "source": ("referral_source",),
    "prompted_by": ("referral_source",),
    "stage": ("referral_event",),
    "direction": ("referral_direction",),
    "purpose": ("contact_purpose", "broker_purpose"),
    "product": ("naloxone_product",),
    "topic": ("group_topic",),
    "venue": ("place",),
    "site": ("place",),
    "target_group": ("session_tag",),
    "reason": ("referral_reject_reason", "disruption_reason"),
    "outcome": ("support_outcome", "reversal_outcome"),
    "supply_type": ("naloxone_supply_type",),
    "confidence": ("report_confidence",),
    "subject": ("contact_subject",),
    "kind": ("safeguarding_kind",),
    "decline_reason": ("vaccination_decline_reason",),
}
"""Parts of figures whose code lists have another name, or are several."""


def lists_of(name: str, codes: CodeLists) -> tuple[str, ...]:
    """Give the lists that the codes of a part are of; none for what is worked out and has no list."""
    return tuple(one for one in _LISTS.get(name, (name,)) if one in codes)


def refuse_unknown_parts(text: str, codes: CodeLists) -> None:
    """Look at the parts that the indicators of a sound pack ask for; `codes` are those of the pack.

    A part without a list (a dose, a zone) and the reasons for no answer are not looked at.

    Raises:
        PackInvalid: a code that no list of the part has: the indicator would be 0 for ever.
    """
    tree = read_tree(text)
    asked = (spot.at("by") for name in ("kpi", "indicators") for spot in _rows(tree.at(name)))
    findings = [found for by in asked if by is not None for found in _unknown(by, codes)]
    if findings:
        raise PackInvalid(findings)


def _rows(spot: Spot | None) -> list[Spot]:
    return spot.value if spot is not None and isinstance(spot.value, list) else []


def _unknown(by: Spot, codes: CodeLists) -> Iterator[Finding]:
    for name, part in by.value.items() if isinstance(by.value, dict) else ():
        lists = lists_of(name, codes)
        known = [*dict.fromkeys(code for one in lists for code in codes.known(one))]
        if lists and part.value not in {*known, *Reason}:
            yield wrong(part, f"There is no {name} {part.value}.", did_you_mean(str(part.value), known))
