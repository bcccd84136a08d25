"""What a pack names: places, teams, services, localities, destinations, and codes added to lists.

Pure functions of a pack's plain values, whose shape the schema has passed. A name without a code gets one made from it
(contract.md, Places).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.pack.kinds import day_or_month

_NOT_PLACES: Final = {"outreach", "fixed_site_exchange", "community_pharmacy", "mobile_exchange"}
"""Venue types that a pack with counted sites (needle_exchange.sites) does not list as places of their own."""

_SITE_LABELS: Final = {
    "fixed": "Fixed site",
    "mobile": "Mobile exchange",
    "pharmacy_daat": "Pharmacy",
    "pharmacy_devolved": "Devolved pharmacy",
}


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code that a pack brings, with the words for it and the days between which it may be chosen (both included)."""

    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()
    group: str | None = None
    status: str = "local"
    named: bool = True
    """False where the label is only the code in words."""


def snake_case(text: str) -> str:
    """Turn a kind of place into its code: "mobile exchange" gives mobile_exchange (contract.md, Places)."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def places(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the places: kinds without names are the kind in snake_case, numbered where the pack gives a number."""
    counts = _part(document, "needle_exchange", "sites") or {}
    for kind in sorted(counts):
        for number in range(1, int(counts[kind] or 0) + 1):
            yield NamedCode(f"{kind}_{number:02d}", f"{_SITE_LABELS.get(kind, kind)} {number}")
    for venue in document.get("venue_types") or ():
        code = snake_case(venue)
        if not (counts and code in _NOT_PLACES):
            yield NamedCode(code, _capital(venue.replace("_", " ")))
    hubs = _part(document, "venues", "hubs") or {}
    for number, name in enumerate(hubs.get("names") or [None] * int(hubs.get("minimum") or 0), start=1):
        yield NamedCode(f"hub_{number:02d}", name or f"Hub {number}")
    for name in _part(document, "venues", "spokes", "names") or ():
        yield NamedCode(snake_case(name), name)
    yield from _of_agencies(document)
    yield from _listed(document.get("places"), key="code", joint="_")
    yield from _before(document, "venues", joint="_")


def teams(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the teams; a hub that is one team is one (PORT12-05)."""
    said = document.get("teams")
    yield from _listed(said.get("names") if isinstance(said, dict) else said, key="id", joint="-")
    if _part(document, "hub", "single_team") is True:
        yield NamedCode("hub", "Hub")


def services(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the services."""
    yield from _listed(document.get("services"), key="id", joint="-")
    yield from _spokes(document, joint="-")
    yield from _before(document, "services", joint="-")


def destinations(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give what somebody can be referred to beside the common list: spokes that are services, and named agencies."""
    yield from _spokes(document, joint="_")
    yield from agencies(document)


def agencies(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the agencies that have a name."""
    rows = [one if isinstance(one, dict) else {"name": one} for one in document.get("agencies") or ()]
    for row in rows:
        if row.get("name"):
            yield NamedCode(snake_case(row["name"]), row["name"], *_days(row))


def _of_agencies(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the venues of agencies (BIRM15-065), and places that are counted and not named yet (BIRM15-073)."""
    for row in document.get("agencies") or ():
        if isinstance(row, dict) and row.get("venue"):
            where = f", {row['place']}" if row.get("place") else ""
            yield NamedCode(snake_case(row["venue"]), f"{row['venue']}{where}", *_days(row))
        elif isinstance(row, dict) and row.get("placeholders") and row.get("kind"):
            words = _capital(str(row["kind"]).replace("_", " "))
            for number in range(1, int(row["placeholders"]) + 1):
                yield NamedCode(f"{snake_case(row['kind'])}_{number:02d}", f"{words} {number}")


def localities(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the districts of the zones that are switched on, and the zones that have none."""
    for zone in _part(document, "geography", "zones") or ():
        if zone.get("enabled") is False:
            continue
        districts = zone.get("districts") or ()
        yield from (NamedCode(snake_case(name), name, group=zone["id"]) for name in districts)
        if not districts:
            yield NamedCode(snake_case(zone["id"]), zone.get("name") or _capital(zone["id"]))


def added_codes(document: Mapping[str, Any]) -> Mapping[str, tuple[NamedCode, ...]]:
    """Give the codes that the pack adds to lists, or changes there, by list."""
    return {name: tuple(map(_added, rows or ())) for name, rows in (document.get("codes") or {}).items()}


def _added(row: Mapping[str, Any]) -> NamedCode:
    first, last = _days(row)
    return NamedCode(
        row["code"],
        row.get("label") or _capital(row["code"].replace("_", " ")),
        first,
        last,
        tuple(row.get("aliases") or ()),
        row.get("group"),
        row.get("status") or "local",
        named=bool(row.get("label")),
    )


def _spokes(document: Mapping[str, Any], *, joint: str) -> Iterator[NamedCode]:
    """Give the spokes that are services or interventions (PORT12-55); undecided ones are nobody's destination yet."""
    said = document.get("spokes") or {}
    for kind in ("commissioned", "non_specialist"):
        yield from _listed(said.get(kind), key="id", joint=joint)


def _before(document: Mapping[str, Any], name: str, *, joint: str) -> Iterator[NamedCode]:
    """Give what the system before had: it ends the day before this pack begins (PORT12-35, -85)."""
    begins = day_or_month(document.get("valid_from"))
    for one in _listed(_part(document, "previous_system", name), key="code", joint=joint):
        ended = one.valid_to or (None if begins is None else begins - timedelta(days=1))
        yield replace(one, valid_to=ended)


def _listed(rows: object, *, key: str, joint: str) -> Iterator[NamedCode]:
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, str):
            yield NamedCode(snake_case(row).replace("_", joint), _capital(row))
        elif isinstance(row, dict) and (row.get(key) or row.get("name")):
            name = row.get("name")
            code = row.get(key) or snake_case(str(name)).replace("_", joint)
            label = _capital(str(name)) if name else _capital(code.replace("-", " ").replace("_", " "))
            yield NamedCode(code, label, *_days(row), named=bool(name))


def _days(row: Mapping[str, Any]) -> tuple[date | None, date | None]:
    return day_or_month(row.get("valid_from")), day_or_month(row.get("valid_to"))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _part(document: Mapping[str, Any], *names: str) -> Any:
    here: Any = document
    for name in names:
        here = here.get(name) if isinstance(here, dict) else None
    return here
