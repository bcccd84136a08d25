"""An area pack: one service's places, teams, services, labels and year, read from its file.

The smallest form of `resources/packs/*.yaml`: what this program uses. A pack never invents: what its source document
does not say is null in the file and is listed as a gap (requirements.md section 4). The text is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

ROLE_NAMES: Final = ("peer", "worker", "lead", "nurse", "data", "assessor")
_GIVEN: Final = {"general": 1, "clinical": 2, "common": 3}
"""Compartments that a pack may give a role, with their numbers of protocol.md 2.2."""

_NOT_PLACES: Final = {"outreach", "fixed_site_exchange", "community_pharmacy", "mobile_exchange"}
"""Venue types that a pack with counted sites (needle_exchange.sites) does not list as places of their own."""

_SITE_LABELS: Final = {
    "fixed": "Fixed site",
    "mobile": "Mobile exchange",
    "pharmacy_daat": "Pharmacy",
    "pharmacy_devolved": "Devolved pharmacy",
}


_PHONE: Final = "safeguarding.phone"
"""A gap of every pack that does not print one: whoever raises a concern is told to call it."""


class PackInvalid(ValueError):
    """The text is not an area pack; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code that a pack brings, with the words for it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets the month summary; `level` is internal, commissioner, publish, or None when not said."""

    name: str
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """One area pack as this program uses it."""

    id: str
    title: str
    valid_from: str | None
    year_start: int
    """Month (1-12) on whose first day the plan or contract year begins."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Role code to the words this service uses for it."""
    compartments: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Role code to the compartments that this service gives the role instead of the usual ones."""
    places: tuple[NamedCode, ...] = ()
    teams: tuple[NamedCode, ...] = ()
    services: tuple[NamedCode, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    retention_years: int | None = None
    """How long records are kept after the last contact; None where the pack does not say."""
    safeguarding_phone: str | None = None
    """The number to call about a safeguarding concern."""
    gaps: tuple[str, ...] = ()
    """Paths of everything the source document does not say."""

    @classmethod
    def parse(cls, yaml_text: str) -> Pack:
        """Read a pack file.

        Raises:
            PackInvalid: not YAML, not a mapping, or without `pack` and `title`.
        """
        import yaml  # noqa: PLC0415  the gate declares fields and reads no pack

        try:
            document = yaml.safe_load(yaml_text)
        except yaml.YAMLError as error:
            raise PackInvalid("This file is not a pack: it is not valid YAML.") from error
        if not isinstance(document, dict):
            raise PackInvalid("This file is not a pack: it has no names at the top.")
        for name in ("pack", "title"):
            if not isinstance(document.get(name), str):
                raise PackInvalid(f"The pack needs a text named {name}.")
        valid_from = document.get("valid_from")
        phone = _phone(document)
        return cls(
            id=document["pack"],
            title=document["title"],
            valid_from=None if valid_from is None else str(valid_from),
            year_start=_year_start(document),
            labels=_labels(document),
            compartments=_compartments(document),
            places=tuple(_places(document)),
            teams=_named(document.get("teams")),
            services=_named(document.get("services")),
            recipients=tuple(_recipients(document)),
            retention_years=_retention(document),
            safeguarding_phone=phone,
            gaps=(*_gaps(document, ""), *((_PHONE,) if phone is None else ())),
        )


def snake_case(text: str) -> str:
    """Turn a kind of place into its code: "mobile exchange" gives mobile_exchange (contract.md, Places)."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _year_start(document: Mapping[str, Any]) -> int:
    """Find the month the service's year begins.

    The contract year where the pack prints one, else the month of a printed start day, else April (requirements.md
    section 6, caution 5; domain.md 6.1).
    """
    reporting = document.get("reporting")
    printed = reporting.get("contract_year_start") if isinstance(reporting, dict) else None
    if isinstance(printed, str) and re.fullmatch(r"\d{2}-\d{2}", printed):
        return int(printed[:2])
    start = document.get("valid_from")
    return start.month if isinstance(start, date) else 4


def _retention(document: Mapping[str, Any]) -> int | None:
    said = document.get("retention")
    years = said.get("years") if isinstance(said, dict) else None
    return years if isinstance(years, int) and years > 0 else None


def _labels(document: Mapping[str, Any]) -> dict[str, str]:
    role = document.get("peer_role")
    label = role.get("label") if isinstance(role, dict) else None
    labels = {"peer": label} if isinstance(label, str) else {}
    named = {name: one["label"] for name, one in _roles(document).items() if isinstance(one.get("label"), str)}
    return labels | named


def _roles(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Read `roles`: role code to `label` and `compartments`, both optional."""
    said = document.get("roles")
    if said is None:
        return {}
    if not isinstance(said, dict) or not all(isinstance(one, dict) for one in said.values()):
        raise PackInvalid("In the pack, roles is a list of role names, each with a label or compartments.")
    unknown = sorted(set(said) - set(ROLE_NAMES))
    if unknown:
        raise PackInvalid(f"The pack names a role that there is not: {unknown[0]}. Roles: {', '.join(ROLE_NAMES)}.")
    return said


def _compartments(document: Mapping[str, Any]) -> dict[str, frozenset[int]]:
    found = {}
    for role, one in _roles(document).items():
        names = one.get("compartments")
        if names is None:
            continue
        if not isinstance(names, list) or not all(name in _GIVEN for name in names):
            raise PackInvalid(f"In the pack, compartments of {role} are some of: {', '.join(_GIVEN)}.")
        if role == "lead":
            raise PackInvalid("A pack cannot change what a lead reads: a lead hands out all keys.")
        found[role] = frozenset(_GIVEN[name] for name in names)
    return found


def _places(document: Mapping[str, Any]) -> Iterator[NamedCode]:
    """Give the places: kinds without names are the kind in snake_case, numbered where the pack gives a number."""
    exchange = document.get("needle_exchange")
    sites = exchange.get("sites") if isinstance(exchange, dict) else None
    counts = sites if isinstance(sites, dict) else {}
    for kind in sorted(counts):
        for number in range(1, int(counts[kind]) + 1):
            yield NamedCode(f"{kind}_{number:02d}", f"{_SITE_LABELS.get(kind, kind)} {number}")
    venues = document.get("venue_types")
    for venue in venues if isinstance(venues, list) else ():
        code = snake_case(str(venue))
        if not (counts and code in _NOT_PLACES):
            yield NamedCode(code, str(venue).replace("_", " ").capitalize())


def _phone(document: Mapping[str, Any]) -> str | None:
    part = document.get("safeguarding")
    phone = part.get("phone") if isinstance(part, dict) else None
    return phone if isinstance(phone, str) and phone.strip() else None


def _named(rows: object) -> tuple[NamedCode, ...]:
    """Read teams or services: a list of mappings with an id, or of bare names."""
    named = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            label = row.get("name")
            named.append(NamedCode(row["id"], str(label) if label else row["id"].replace("-", " ").capitalize()))
        elif isinstance(row, str):
            named.append(NamedCode(snake_case(row).replace("_", "-"), row.capitalize()))
    return tuple(named)


def _recipients(document: Mapping[str, Any]) -> Iterator[Recipient]:
    rows = document.get("recipients")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, str):
            yield Recipient(row)
        elif isinstance(row, dict) and isinstance(row.get("name"), str):
            yield Recipient(row["name"], row.get("level"))


def _gaps(value: object, path: str) -> Iterator[str]:
    if value is None and path != _PHONE:
        yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _gaps(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _gaps(inner, f"{path}.{place}")
