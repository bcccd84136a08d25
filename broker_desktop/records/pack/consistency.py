"""What makes a pack wrong although each of its values is right: ids twice, ends before beginnings, broken promises.

Looks at a tree whose shape the schema has passed already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from broker_desktop.records.pack.indicators import first_day_of
from broker_desktop.records.pack.kinds import day_or_month, did_you_mean, wrong
from broker_desktop.records.pack.known_indicators import KNOWN
from broker_desktop.records.pack.schema import Names
from broker_desktop.records.pack.tree import Finding, Spot

_IDS: Final = (("services", "id"), ("teams", "id"), ("places", "code"), ("kpi", "id"), ("indicators", "id"))
_BAND: Final = 2

_FIXED_LISTS: Final = ("bbv_state", "equipment_pack_item", "referral_event")
"""Lists that are a workflow or a recipe: a code more would have no place in it."""


def clashes(tree: Spot, names: Names) -> Iterator[Finding]:
    """Give every finding that needs more than one place of the pack."""
    for spot in tree.walk():
        if isinstance(spot.value, dict):
            yield from _ends_before_it_begins(spot)
    for list_name, key in _IDS:
        yield from _twice(tree.at(list_name), key)
    zones = tree.at("geography", "zones")
    yield from _twice(zones, "id")
    for one in _members(tree.at("codes")):
        yield from _twice(one, "code")
    yield from _counted_alike(tree)
    yield from _lead_reads_all(tree)
    yield from _peer_word(tree)
    yield from _route(tree)
    yield from _hubs(tree)
    for name in ("kpi", "indicators"):
        for one in _members(tree.at(name)):
            yield from _indicator(one)
            yield from _counted_by(one, names.lines or {})


def _members(spot: Spot | None) -> list[Spot]:
    if spot is None:
        return []
    if isinstance(spot.value, dict):
        return list(spot.value.values())
    return spot.value if isinstance(spot.value, list) else []


def _ends_before_it_begins(spot: Spot) -> Iterator[Finding]:
    first, last = spot.at("valid_from"), spot.at("valid_to")
    begins = None if first is None else day_or_month(first.value)
    if last is not None and isinstance(last.value, date) and begins is not None and last.value < begins:
        yield wrong(last, "This ends before it begins.", "Write a valid_to that is not before valid_from.")


def _twice(spot: Spot | None, key: str) -> Iterator[Finding]:
    seen: set[object] = set()
    for one in _members(spot):
        named = one.at(key)
        if named is None or not isinstance(named.value, str):
            continue
        if named.value in seen:
            yield wrong(named, f"The {key} {named.value} stands here twice.", f"Give one of them another {key}.")
        seen.add(named.value)


def _counted_alike(tree: Spot) -> Iterator[Finding]:
    """What counts as met is the same for every service (contract.md, Met and attempted)."""
    for name in _FIXED_LISTS:
        fixed = tree.at("codes", name)
        if fixed is not None:
            yield wrong(fixed, f"The list {name} is the program's.", "Take it out; ask for the code in a new version.")
    for one in _members(tree.at("codes", "outcome")):
        group = one.at("group")
        if group is not None:
            yield wrong(group, "A pack does not decide what counts as met.", "Take group out.")


def _lead_reads_all(tree: Spot) -> Iterator[Finding]:
    """Without all keys nobody could hand them out (protocol.md 2.2)."""
    given = tree.at("roles", "lead", "compartments")
    if given is not None and given.value is not None:
        yield wrong(given, "A pack cannot change what a lead reads.", "Take compartments of lead out.")


def _peer_word(tree: Spot) -> Iterator[Finding]:
    """A word that means somebody else in this area is not used for peers (requirements.md section 6, caution 2)."""
    taken = tree.at("label_clash", "seed_term")
    if taken is None or not isinstance(taken.value, str):
        return
    for label in (tree.at("labels", "peer"), tree.at("peer_role", "label"), tree.at("roles", "peer", "label")):
        if label is not None and isinstance(label.value, str) and taken.value.lower() in label.value.lower():
            text = f"The word {taken.value} means somebody else in this area (label_clash)."
            yield wrong(label, text, "Choose another word for peers, such as peer worker.")


def _route(tree: Spot) -> Iterator[Finding]:
    """PORT12-66: criminal-justice referrals go to a team that there is."""
    route = tree.at("settings", "cj_route")
    if route is None or route.value is None or (route.value == "hub" and _holds(tree.at("hub", "single_team"))):
        return
    ids = [one.at("id") for one in _members(tree.at("teams"))]
    if route.value not in [one.value for one in ids if one is not None]:
        yield wrong(route, f"There is no team {route.value}.", f"Add a team with the id {route.value}.")


def _holds(spot: Spot | None) -> bool:
    return spot is not None and spot.value is True


def _hubs(tree: Spot) -> Iterator[Finding]:
    """LEIC15-34: a pack that asks for two hubs names at least two."""
    least, names = tree.at("venues", "hubs", "minimum"), tree.at("venues", "hubs", "names")
    if least is None or names is None or not isinstance(names.value, list) or not isinstance(least.value, int):
        return
    if len(names.value) < least.value:
        text = f"Rule venues.hubs.minimum: at least {least.value} hubs, and here stand {len(names.value)}."
        yield wrong(names, text, "Name the other hubs, or lower the minimum.")


def _indicator(spot: Spot) -> Iterator[Finding]:
    if spot.at("id") is None and spot.at("external_tags") is None:
        yield wrong(spot, "The key id is missing here.", "Add id: with its value.")
    band = spot.at("reference")
    if band is not None and isinstance(band.value, list):
        ends = [one.value for one in band.value]
        if len(ends) != _BAND or ends[0] > ends[1]:
            yield wrong(band, "A band has two numbers, the smaller one first.", "Write it as [120, 140].")
    begins = spot.at("from")
    if begins is not None and begins.value is not None and first_day_of(begins.value, 1) is None:
        yield wrong(begins, "This is no day, month or year.", "Write it such as 2016-03-01, 2016-03 or 2016/17.")


def _counted_by(spot: Spot, known: Mapping[str, tuple[str, ...] | None]) -> Iterator[Finding]:
    """Give the lines that there are not, and the parts that a line does not have; nothing without lines to look at."""
    if not known:
        return
    named = [one for name in ("line", "out_of") for one in _texts(spot.at(name))]
    missing = [one for one in named if one.value not in known]
    for one in missing:
        yield wrong(one, f"The summary has no line {one.value}.", did_you_mean(str(one.value), known))
    if missing:
        return
    cuts = [cut for one in _lines(spot) if (cut := known.get(one)) is not None]
    by = spot.at("by")
    for name, part in by.value.items() if by is not None and isinstance(by.value, dict) else ():
        if any(name not in cut for cut in cuts):
            lacking = next(cut for cut in cuts if name not in cut)
            remedy = did_you_mean(name, lacking) if lacking else "Take by out, or name a line that has parts."
            yield wrong(part, f"The line has no parts by {name}.", remedy)


def _lines(spot: Spot) -> list[str]:
    """Give the lines of an indicator: the pack's own, or else those its id is known by."""
    own, named = [str(one.value) for one in _texts(spot.at("line"))], spot.at("id")
    known = KNOWN.get(str(named.value), ()) if named is not None else ()
    return own or [line for one in known for line in one.lines]


def _texts(spot: Spot | None) -> list[Spot]:
    """Give the texts of a list, or one that stands alone."""
    if spot is None or spot.value is None:
        return []
    return spot.value if isinstance(spot.value, list) else [spot]
