"""An area pack: one service's places, teams, services, words, settings and year, read from its file.

A pack with any fault is refused whole: a pack never half-loads. A pack never invents: what its source document does not
say is null in the file and is listed as a gap (requirements.md section 4). The text is handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from broker_desktop.records.pack import named
from broker_desktop.records.pack.consistency import clashes
from broker_desktop.records.pack.indicators import Indicator
from broker_desktop.records.pack.kinds import day_or_month
from broker_desktop.records.pack.known_indicators import indicators_of
from broker_desktop.records.pack.named import NamedCode
from broker_desktop.records.pack.needs import Need, gaps, needs
from broker_desktop.records.pack.schema import COMPARTMENTS, FORMAT, Names, schema
from broker_desktop.records.pack.tree import Finding, PackInvalid, Spot, read_tree, refuse_overlay

_BROKER: Final = "broker"
_PEER_WORKER: Final = "peer worker"
"""What peers are called where "broker" means somebody else and the pack has no word (HAMP10-218)."""

_NOTHING: Final[Mapping[str, Any]] = {}


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
    text: str = ""
    """The file, word for word."""
    first_day: date | None = None
    last_day: date | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """Role code, team, hub or spoke to the words this service uses for it."""
    compartments: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Role code to the compartments that this service gives the role instead of the usual ones."""
    places: tuple[NamedCode, ...] = ()
    teams: tuple[NamedCode, ...] = ()
    services: tuple[NamedCode, ...] = ()
    localities: tuple[NamedCode, ...] = ()
    destinations: tuple[NamedCode, ...] = ()
    agencies: tuple[NamedCode, ...] = ()
    codes: Mapping[str, tuple[NamedCode, ...]] = field(default_factory=dict)
    """List to the codes that are added or changed there."""
    off: frozenset[str] = frozenset()
    """Record types that are not offered."""
    trainings: Mapping[str, str] = field(default_factory=dict)
    """Record type to the course that somebody needs before recording it."""
    recipients: tuple[Recipient, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    """What figures are held against, with what its source printed."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """lock_minutes, self_referral_days, cj_route, snapshot."""
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Everything as it stands in the file."""
    demo: bool = False
    """Holds invented names and numbers, for the demo alone."""
    gaps: tuple[str, ...] = ()
    """Paths of everything the source document does not say."""
    needs: tuple[Need, ...] = ()
    """Those of the gaps that have to be filled before a team goes live."""

    @classmethod
    def parse(cls, yaml_text: str, names: Names | None = None) -> Pack:
        """Read a pack file; with `names`, look at what it says of record types and code lists too.

        Raises:
            PackInvalid: with every finding; nothing of the pack is used.
            NewerFormat: made for a newer program.
        """
        tree = read_tree(yaml_text)
        refuse_overlay(tree)
        _check_format(tree)
        known = names or Names()
        findings = list(schema(known).check(tree)) or list(clashes(tree, known))
        if findings:
            raise PackInvalid(findings)
        return _read(cls, tree, yaml_text)

    @property
    def version(self) -> str:
        """Name what the pack says: the same for the same text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def retention_years(self) -> int | None:
        """How long records are kept after the last contact; None where the pack does not say."""
        years: int | None = self.part("retention").get("years")
        return years

    @property
    def contract_start(self) -> date | None:
        """First day of the first contract year; None where the pack names no day or month from which it holds."""
        began = self.first_day
        if began is None or not self.part("reporting").get("contract_year_start"):
            return began
        return date(began.year if began.month >= self.year_start else began.year - 1, self.year_start, 1)

    @property
    def safeguarding_phone(self) -> str | None:
        """The number to call about a safeguarding concern."""
        phone: str | None = self.part("safeguarding").get("phone")
        return phone

    @property
    def hub_operator(self) -> str:
        """Who runs the hub; empty while nobody is named (PORT12-80)."""
        return self.part("hub").get("operator") or ""

    @property
    def lead_provider(self) -> str:
        """Who leads the service (BIRM15-005); empty where the pack names nobody."""
        return self.part("lead_provider").get("name") or ""

    def part(self, name: str) -> Mapping[str, Any]:
        """Give what the file says under a name that holds names; empty where it says nothing."""
        found = self.said.get(name)
        return found if isinstance(found, dict) else _NOTHING


class NewerFormat(PackInvalid):
    """The pack was made for a newer program; this one keeps it and goes on with the one before."""


def _check_format(tree: Spot) -> None:
    said = tree.at("format")
    if said is not None and type(said.value) is int and said.value > FORMAT:
        text = f"This pack is of format {said.value}; this program reads format {FORMAT}."
        raise NewerFormat([Finding(said.line, "format", text, "Get a newer program, or a pack of this format.")])


def _read(cls: type[Pack], tree: Spot, text: str) -> Pack:
    said = tree.plain()
    start = said.get("valid_from")
    settings = said.get("settings")
    return cls(
        id=said["pack"],
        title=said["title"],
        valid_from=None if start is None else str(start),
        year_start=_year_start(said),
        text=text,
        first_day=day_or_month(start),
        last_day=day_or_month(said.get("valid_to")),
        labels=_labels(said),
        compartments=_compartments(said),
        places=tuple(named.places(said)),
        teams=tuple(named.teams(said)),
        services=tuple(named.services(said)),
        localities=tuple(named.localities(said)),
        destinations=tuple(named.destinations(said)),
        agencies=tuple(named.agencies(said)),
        codes=named.added_codes(said),
        off=frozenset(name for name, on in (said.get("modules") or {}).items() if on is False),
        trainings=_filled(said.get("trainings")),
        recipients=tuple(_recipients(said)),
        indicators=indicators_of(said, _year_start(said)),
        settings=_filled(settings) if isinstance(settings, dict) else {},
        said=said,
        demo=said.get("demo") is True,
        gaps=gaps(tree),
        needs=needs(tree),
    )


def _filled(found: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (found or {}).items() if value is not None}


def _year_start(said: Mapping[str, Any]) -> int:
    """Find the month the service's year begins.

    The contract year where the pack prints one, else the month of a printed start day, else April (requirements.md
    section 6, caution 5; domain.md 6.1).
    """
    printed = (said.get("reporting") or {}).get("contract_year_start")
    if printed is not None:
        return int(printed[:2])
    start = said.get("valid_from")
    return start.month if isinstance(start, date) else 4


def _labels(said: Mapping[str, Any]) -> dict[str, str]:
    """Give the words: `labels`, then those of `roles`, then the printed word for peers."""
    found = {"peer": (said.get("peer_role") or {}).get("label")}
    if (said.get("label_clash") or {}).get("seed_term") == _BROKER:
        found["peer"] = found["peer"] or _PEER_WORKER
    of_roles = {role: (one or {}).get("label") for role, one in (said.get("roles") or {}).items()}
    return _filled(found) | _filled(of_roles) | _filled(said.get("labels"))


def _compartments(said: Mapping[str, Any]) -> dict[str, frozenset[int]]:
    roles = {role: (one or {}).get("compartments") for role, one in (said.get("roles") or {}).items()}
    return {role: frozenset(COMPARTMENTS[name] for name in names) for role, names in roles.items() if names is not None}


def _recipients(said: Mapping[str, Any]) -> Iterator[Recipient]:
    for row in said.get("recipients") or ():
        yield Recipient(row) if isinstance(row, str) else Recipient(row["name"], row.get("level"))
