"""What a pack may say: every key of the five packs that ship, and what the program takes from any pack.

A declaration and no more; what the keys mean to a person is written in `broker_desktop/docs/packs.md`. The keys in
`_SOURCE` say what a source document printed: they are kept word for word, checked for their shape, and shown. Those in
`_PROGRAM` steer the program. Checks that look at more than one place stand in `consistency.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from broker_desktop.records.pack.kinds import (
    Day,
    Either,
    Flag,
    Keys,
    Kind,
    Listed,
    Mapped,
    OneOf,
    Scalar,
    Whole,
    Words,
)

FORMAT: Final = 1
"""The format this program reads; a pack without `format` is of the first."""

ROLE_NAMES: Final = ("peer", "worker", "lead", "nurse", "data", "assessor")
COMPARTMENTS: Final = {"general": 1, "clinical": 2, "common": 3}
"""Compartments that a pack may give a role, with their numbers of protocol.md 2.2."""

LEVELS: Final = ("internal", "commissioner", "publish")
CADENCES: Final = ("weekly", "fortnightly", "monthly", "quarterly", "half_year", "annual", "rolling_12_month")

_TEXT: Final = Words()
_TEXTS: Final = Listed(_TEXT)
_DAY: Final = Day()
_PRINTED_DAY: Final = Day(month=True)
_PERCENT: Final = Whole(0, 100)
_ID: Final = Words(80, r"[a-z0-9]+([-_][a-z0-9]+)*", "Write small letters and digits with - or _ between them.")
_PHONE: Final = Words(
    40, r"[+(]?[0-9][0-9 ()+/-]{2,38}", "Write the number as text in quotes, such as '01632 960 001'."
)
_MONTH_DAY: Final = Words(
    5, r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "Write the month and the day, in quotes, such as '04-01'."
)
_FROM_TO: Final[dict[str, Kind]] = {"valid_from": _PRINTED_DAY, "valid_to": _DAY}
_CADENCE: Final = OneOf(CADENCES)


def _named_or_text(*names: str, **more: Kind) -> Listed:
    """A list whose members are texts, or names with values; the names given take text."""
    keys: dict[str, Kind] = dict.fromkeys(names, _TEXT)
    return Listed(Either(named=Keys({**keys, **more}), single=_TEXT, shape="a text, or names with values in { }"))


_GEOGRAPHY: Final = Keys(
    {
        "levels": _TEXTS,
        "zones": Listed(Keys({"id": _ID, "name": _TEXT, "districts": _TEXTS, "enabled": Flag()}, said=("id",))),
        "places": Listed(Keys({"name": _TEXT, "district": _TEXT}, said=("name",))),
        "secondary_areas": _TEXTS,
        "note": _TEXT,
        "data_note": _TEXT,
    }
)
_SERVICES: Final = _named_or_text(
    "group",
    "kind",
    "name",
    "pathway",
    "self_referral",
    "purpose",
    "area",
    id=_ID,
    access=OneOf(("open", "structured")),
    tier=Whole(1, 4),
    domains=_TEXTS,
    settings=_TEXTS,
    excludes=_TEXTS,
    includes=_TEXTS,
    **_FROM_TO,
)
_TEAMS: Final = Either(
    listed=_named_or_text("name", "status", id=_ID, modes=_TEXTS, full_staffing_since=_PRINTED_DAY, **_FROM_TO),
    named=Keys({"pattern": _TEXT, "names": _TEXTS}),
    shape="a list of teams, each with an id and a name",
)
_BBV: Final = Keys(
    {
        "outcome": _TEXT,
        "pathway": _TEXT,
        "method": _TEXT,
        "settings": _TEXTS,
        "planned_settings": _TEXTS,
        "viruses": _TEXTS,
        "clinics": Keys({"led_by": _TEXT, "where": _TEXT}),
        "activities": _TEXTS,
        "programme": Keys({"what": _TEXTS, "tier": Whole(1, 4), "from": _PRINTED_DAY, "to": _PRINTED_DAY}),
        "strategy_steps": _TEXTS,
    }
)
_EXCHANGE: Final = Keys(
    {
        "sites": Mapped(Whole(0, 999), ("fixed", "mobile", "pharmacy_daat", "pharmacy_devolved"), "kind of site"),
        "pharmacy_expansion": _TEXT,
        "content": _TEXTS,
    }
)
_INDICATORS: Final = Listed(
    Keys(
        {
            "id": _ID,
            "title": _TEXT,
            "line": Either(_TEXTS, single=_TEXT, shape="the id of a line, or several in [ ]"),
            "by": Mapped(_TEXT),
            "share": Flag(),
            "out_of": _TEXTS,
            "direction": OneOf(("at_least", "at_most", "within")),
            "heading": _TEXT,
            "tags": _TEXTS,
            "plan_reference": _TEXT,
            "version": Whole(1),
            "base": Whole(),
            "change_percent": Scalar(),
            "targets": Listed(
                Keys(
                    {
                        "from": _PRINTED_DAY,
                        "to": _DAY,
                        "target": Scalar(),
                        "target_percent": _PERCENT,
                        "base": Whole(),
                        "change_percent": Scalar(),
                    }
                )
            ),
            **_FROM_TO,
            "target": Scalar(),
            "target_percent": _PERCENT,
            "reference": Either(Listed(Whole()), single=Scalar(), shape="a number, or two in [ ] for a band"),
            "reference_percent": _PERCENT,
            "actual": Scalar(),
            "year": Scalar(),
            "cadence": _CADENCE,
            "note": _TEXT,
            "pbr": Flag(),
            "values": _TEXTS,
            "from": Scalar(),
            "external_tags": _TEXTS,
        }
    )
)
_ON_OR_WHAT: Final = Either(_TEXTS, single=Flag(), shape="true, or a list of what is reported")
_REPORTING: Final = Keys(
    {
        "cadence": Listed(_CADENCE),
        "monthly": _ON_OR_WHAT,
        "quarterly": _ON_OR_WHAT,
        "half_year": _ON_OR_WHAT,
        "annual": _ON_OR_WHAT,
        "rolling_12_month": Flag(),
        "contract_year_start": _MONTH_DAY,
        "contract_review": _TEXT,
        "operational_meetings": _TEXT,
        "new_framework": _TEXT,
        "slices": _TEXTS,
    }
)
_SPOKES: Final = Keys(
    {
        **dict.fromkeys(("commissioned", "non_specialist", "undecided"), _named_or_text("name", id=_ID, **_FROM_TO)),
        "criminal_justice": Keys({"dip": _TEXT, "options": _TEXTS}),
    }
)
_REFERENCE: Final = Mapped(
    Either(
        named=Keys(dict.fromkeys(("value", "low", "high", "year", "source"), Scalar())),
        single=Scalar(),
        shape="a number, or value, low and high in { }",
    )
)

_SOURCE: Final[dict[str, Kind]] = {
    "geography": _GEOGRAPHY,
    "lead_provider": Keys({"name": _TEXT, "alias": _TEXT}, said=("name",)),
    "supply_chain": Keys({"areas": _TEXTS, "relations": _TEXTS}),
    "agencies": _named_or_text(
        "name", "kind", "alias", "place", "venue", "protocol", "presence", placeholders=Whole(0, 9999), **_FROM_TO
    ),
    "venue_types": _TEXTS,
    "services": _SERVICES,
    "teams": _TEAMS,
    "peer_role": Keys(
        {
            **dict.fromkeys(("label", "alt_label", "placed_in"), _TEXT),
            "count_over": Whole(),
            "first_graduation": _PRINTED_DAY,
            "volunteer": Flag(),
            "trained": Flag(),
        }
    ),
    "peer": Keys({"interventions": _TEXT}),
    "label_clash": Keys(dict.fromkeys(("seed_term", "seed_meaning", "rule"), _TEXT), said=("seed_term",)),
    "mutual_aid": Keys({"network": _TEXT}),
    "user_forum": _TEXT,
    "bbv": _BBV,
    "needle_exchange": _EXCHANGE,
    "naloxone": Keys({"status": _TEXT}),
    "harm_reduction": Keys(
        {"overdose_workshops": Keys({"leader": _TEXT, "incentives": Flag(), "venues": _TEXTS})}
    ),
    "kpi": _INDICATORS,
    "reference": _REFERENCE,
    "assumed_demand": Mapped(Listed(Whole())),
    "reporting": _REPORTING,
    "recipients": Listed(
        Either(
            named=Keys({"name": _TEXT, "level": OneOf(LEVELS)}, said=("name",)),
            single=_TEXT,
            shape="a name, or { name: ..., level: ... }",
        )
    ),
    "access_rule": _TEXT,
    "access_point": Keys({"name": _TEXT, "short": _TEXT}),
    "venues": Keys(
        {
            "hubs": Keys({"minimum": Whole(1, 99), "names": _TEXTS, "area": _TEXT}),
            "spokes": Keys({"names": _TEXTS, "kind": _TEXT}),
        }
    ),
    "opening": Keys({"days_a_week": Whole(1, 7), "hours": _TEXT}),
    "age_groups": Keys({"adult": Whole(10, 30), "young_person": Whole(5, 30), "note": _TEXT}),
    "hub": Keys(
        {
            **dict.fromkeys(("single_team", "independent_of_interventions"), Flag()),
            **dict.fromkeys(("access_points", "operator", "option_under_consideration"), _TEXT),
            "access_point_names": _TEXTS,
        }
    ),
    "spokes": _SPOKES,
    "figure_2": _TEXT,
    "previous_system": Keys(
        {
            "services": _named_or_text("name", "provider", **_FROM_TO),
            "direct_access": _TEXTS,
            "venues": _TEXTS,
            "groups": Mapped(_TEXTS),
            "post_detox_support": _TEXTS,
        }
    ),
    "population": _TEXT,
    **dict.fromkeys(
        (
            "in_reach_partners", "referral_sources", "substances", "population_groups", "components", "specialisms",
            "presenting_problem", "objectives", "outcomes", "equality", "information_formats", "forums",
            "peer_network", "peer_services", "feedback_levels",
        ),
        _TEXTS,
    ),
}  # fmt: skip

_ROLE: Final = Keys({"label": _TEXT, "compartments": Listed(OneOf(tuple(COMPARTMENTS)))})
_SETTINGS: Final = Keys(
    {
        "contexts": _TEXTS,
        "lock_minutes": Whole(1, 15),
        "self_referral_days": Whole(1, 365),
        "cj_route": OneOf(("hub", "dip")),
        "snapshot": OneOf(("week", "fortnight")),
    }
)
_HIDING: Final = {"least_denominator": Whole(20)}
_CODE: Final = Keys(
    {
        "code": _ID,
        "label": _TEXT,
        "aliases": _TEXTS,
        "group": _TEXT,
        "status": OneOf(("confirmed", "local")),
        **_FROM_TO,
    },
    said=("code",),
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a pack refers to and the program defines: record types, code lists, lines. None: not looked at."""

    types: tuple[str, ...] | None = None
    lists: tuple[str, ...] | None = None
    lines: Mapping[str, tuple[str, ...] | None] | None = None
    """Each line of the summary with what its parts are cut by; None for one whose cuts are not declared."""

    @classmethod
    def of(
        cls, types: Iterable[str], lists: Iterable[str], lines: Mapping[str, tuple[str, ...] | None] | None = None
    ) -> Names:
        """Take over names."""
        return cls(tuple(types), tuple(lists), lines)


def schema(names: Names) -> Keys:
    """Give what a whole pack may say, for a program with these record types and code lists."""
    program: dict[str, Kind] = {
        "format": Whole(1),
        "pack": _ID,
        "title": _TEXT,
        "demo": Flag(),
        "valid_from": _PRINTED_DAY,
        "valid_to": _DAY,
        "labels": Keys(dict.fromkeys((*ROLE_NAMES, "team", "hub", "spoke"), _TEXT)),
        "roles": Mapped(_ROLE, ROLE_NAMES, "role"),
        "modules": Mapped(Flag(), names.types, "record type"),
        "trainings": Mapped(_TEXT, names.types, "record type"),
        "codes": Mapped(Listed(_CODE), names.lists, "code list"),
        "places": _named_or_text("name", "kind", "zone", "district", code=_ID, **_FROM_TO),
        "settings": Either(_TEXTS, _SETTINGS, shape="the names of settings with their values"),
        "indicators": _INDICATORS,
        "disclosure": Keys(
            {
                "commissioner": Keys({"hide_up_to": Whole(4, 99), **_HIDING}),
                "publish": Keys({"hide_up_to": Whole(7, 99), "round_to": Whole(5, 100), **_HIDING}),
            }
        ),
        "retention": Keys({"years": Whole(1, 100)}),
        "safeguarding": Keys(
            {
                **dict.fromkeys(("home_assessment", "partner", "share_of_cohort"), _TEXT),
                "section_11_audit": _PRINTED_DAY,
                "phone": _PHONE,
            }
        ),
        "clinical_sign_off": Keys({"by": _TEXT, "role": _TEXT, "day": _DAY}, said=("by", "day")),
    }
    return Keys({**program, **_SOURCE}, said=("pack", "title"))
