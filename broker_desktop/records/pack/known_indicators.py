"""What the indicators that sources printed are counted by, and the sheets that every service hands in.

Declarations and no rule: an id that stands in a pack's `kpi`, and the lines of ours that answer it. An id that is not
here and has no `line` of its own is shown with what was printed and without a figure: effective treatment, national
indicators and re-offending are never printed as ours (requirements.md section 6, caution 6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from broker_desktop.records.pack.indicators import (
    Direction,
    Indicator,
    Reference,
    Tag,
    Target,
    first_day_of,
    lines_of,
    said_of,
)

SECTION_11: Final = "Section 11 sheet"
BULLS_EYE: Final = "Bull's-eye: who was seen, by treatment"
ACCESS: Final = "Access"
PRINTED: Final = "Printed shares"
_TOP: Final = ("MS-19.start", "MS-19.review", "MS-19.exit")
RINGS: Final = {
    "in_now": "in treatment now",
    "in_last_12m": "in the last 12 months",
    "known_before": "known to treatment before",
    "never": "never in treatment",
}
GROUPS: Final = {"pdu": "opiates or crack", "opiate": "opiates", "crack": "crack", "idu": "injecting"}
_CJ_SOURCES: Final = ("police", "probation", "prison", "arrest_referral", "cjit", "crc", "court")


def _one(known: str, title: str, *lines: str, direction: Direction = "at_least", **more: Any) -> Indicator:
    return Indicator(id=known, title=title, lines=lines, direction=direction, **more)


KNOWN: Final[Mapping[str, tuple[Indicator, ...]]] = {
    one[0].id.partition(".")[0]: one
    for one in (
        # Portsmouth 2009/10
        (_one("nx_individuals_month", "People at the needle exchange in a month", "MS-05", cadence="monthly"),),
        (
            _one(
                "open_access_new_quarter", "New people at open access in a quarter", "MS-03",
                by={"team": "open-access"}, cadence="quarterly",
            ),
        ),
        (_one("open_access_visits_quarter", "Open-access visits in a quarter", "MS-01.open_access",
              cadence="quarterly"),),
        (
            _one("outreach_assess_refer_quarter", "Assessments and referrals in a quarter", "MS-15.assess_or_refer",
                 cadence="quarterly"),
        ),
        (_one("structured_treatment_growth", "Growth of structured treatment"),),
        (_one("ete_supported", "Support with work and training", "MS-22.support", cadence="annual"),),
        (_one("ete_employed", "Into a job", "MS-22.outcomes", by={"outcome": "employment"}, cadence="annual"),),
        (_one("top_start_review_exit", "TOP forms done in time, all three", *_TOP, share=True),),
        (
            _one("self_referral_share.raw", "Self-referrals, as recorded", "MS-14.self_raw", direction="at_most"),
            _one("self_referral_share.corrected", "Self-referrals that nobody prompted", "MS-14.self_corrected",
                 direction="at_most"),
        ),
        # Hampshire
        (
            _one("top_start_review.start", "TOP start forms done in time", "MS-19.start"),
            _one("top_start_review.review", "TOP review forms done in time", "MS-19.review"),
        ),
        (_one("top_exit", "TOP exit forms done in time", "MS-19.exit"),),
        (_one("tops_dscp", "TOP forms done in time, all three", *_TOP, share=True),),
        (_one("gum_access_48h", "Sexual health appointments offered within 48 hours", "MS-13.offered_in_48h"),),
        (_one("hep_b_one_dose_hmp_winchester", "Hepatitis B, at least one dose, of those asked", "MS-12.coverage",
              notes=("The printed figure is of a prison.",)),),
        (_one("triage_only", "Referrals only triaged", "MS-13.only_triaged", share=True, direction="at_most"),),
        (_one("unplanned_exit_12wk", "Left unplanned before twelve weeks", "MS-13.left_early", share=True,
              direction="at_most"),),
        (_one("effective_treatment_12wk", "Effective treatment at twelve weeks",
              notes=("Worked out elsewhere from national data; never ours.",)),),
        (_one("tier2_engagement_quarter_change", "Contacts with somebody met", "MS-01.met"),),
        # Birmingham
        (_one("family_or_network_involvement", "Contacts with family or friends involved", "MS-30"),),
        (_one("safeguarding_issue_share", "People seen with a safeguarding concern", "MS-20.with_concern",
              direction="at_most"),),
        (_one("re_presentations", "Met again within 183 days of a planned end", "MS-25.re_presented",
              direction="at_most"),),
        (_one("sustained_employment", "Into work and still so at the follow-up", "MS-22.sustained", share=True),),
        (
            _one("housing_interventions.need", "Contacts with a need for housing", "MS-21.need"),
            _one("housing_interventions.support", "Support with housing begun", "MS-21.support"),
            _one("housing_interventions.housed", "Housed", "MS-21.outcomes", by={"outcome": "housed"}),
            _one("housing_interventions.not_recorded", "Housing need not recorded", "MS-21.not_recorded",
                 direction="at_most"),
        ),
        # Portsmouth 2013
        (_one("numbers_accessing_treatment", "Referrals made where the person came", "MS-13.attended"),),
        (_one("successful_completion_and_staying_out", "Referrals that ended as planned", "MS-13.completed"),),
        (_one("re_engagement_of_drop_outs", "People seen again after more than 90 days", "MS-25.re_engaged"),),
        (_one("early_engagement_with_recovery_community", "Introductions by brokers", "MS-16.introductions"),),
        (_one("consistency_and_quality_of_assessment", "Answers given of those a form must ask for",
              "MS-28.complete"),),
    )
}  # fmt: skip
"""First part of an id that a source printed to what answers it."""

_AREAS: Final[Mapping[str, tuple[Indicator, ...]]] = {
    "employment": (_one("employment", "Into work, volunteering, training or education", "MS-22.outcomes"),),
    "criminal justice": tuple(
        _one(f"criminal_justice.{source}", f"Referrals taken in from {source.replace('_', ' ')}", "MS-14.sources",
             by={"source": source})
        for source in _CJ_SOURCES
    ),
    "think family": (_one("think_family", "Contacts with family or friends involved", "MS-30"),),
    "successful completion of treatment": (
        _one("successful_completion", "Referrals that ended as planned", "MS-13.completed"),
    ),
}  # fmt: skip
"""What is paid by results in Birmingham (BIRM15-120): area as printed to our supporting lines."""

OBJECTIVES: Final[Mapping[str, tuple[str, ...]]] = {
    "ensure safe and effective service": ("MS-28.complete", "MS-13.made", "MS-20.days_to_action", "MS-26"),
    "support vulnerability": ("MS-20.asked", "MS-20.concerns", "MS-21.street_homeless", "MS-21.support"),
    "reduce harm": (
        "MS-04", "MS-05", "MS-06", "MS-07", "MS-08", "MS-09", "MS-10", "MS-11.offered", "MS-12", "MS-18.advice",
        "MS-18.kits",
    ),
    "support sustainable recovery": ("MS-16", "MS-22.support", "MS-22.outcomes"),
    "strengthen groups and communities": ("MS-17", "MS-17.attendances"),
}  # fmt: skip
"""Objectives that Leicestershire printed (LEIC15-39 to -43), each with its lines."""

_SHEET: Final = (
    "MS-20.asked", "MS-20.parents", "MS-20.with_children", "MS-20.home_assessed", "MS-20.with_concern",
    "MS-20.concerns", "MS-20.taken_up", "MS-20.days_to_action", "MS-20.referrals",
)  # fmt: skip
"""What the sheet about Section 11 of the Children Act 2004 prints: asked, concerns, days to action (HAMP10-261)."""


def indicators_of(said: Mapping[str, Any], year_start: int) -> tuple[Indicator, ...]:
    """Give every indicator of a pack: its own as it lists them, then headings, sheets and positions."""
    rows = [*(said.get("kpi") or ()), *(said.get("indicators") or ())]
    return (
        *(one for row in rows for one in _said(row, year_start)),
        *_objectives(said),
        *(
            Indicator(id=f"section_11.{line}", title="", heading=SECTION_11, lines=(line,), cadence=None)
            for line in _SHEET
        ),
        *_positions(said.get("reference") or {}),
        *_opening((said.get("opening") or {}).get("days_a_week")),
    )


def _said(row: Mapping[str, Any], year_start: int) -> Iterator[Indicator]:
    name = row.get("id")
    if name is None:
        return  # names of outside sets, counted by nobody here
    if row.get("values"):
        first = first_day_of(row.get("from"), year_start)
        for area in row["values"]:
            tags = tuple(Tag(name=tag, first=first) for tag in ("PBR", f"PBR {area}"))
            for one in _AREAS.get(area, (Indicator(id=area.replace(" ", "_"), title=area),)):
                yield replace(one, id=f"{name}.{one.id}", tags=tags)
        return
    known = KNOWN.get(name, (Indicator(id=name, title=str(row.get("title") or name.replace("_", " "))),))
    if lines_of(row) is not None and len(known) > 1:  # one figure in place of the several that are known
        known = (replace(known[0], id=name, title=str(row.get("title") or name.replace("_", " "))),)
    for one in known:
        yield said_of(row, one, year_start)


def _objectives(said: Mapping[str, Any]) -> Iterator[Indicator]:
    for objective in said.get("objectives") or ():
        for line in OBJECTIVES.get(objective, ()):
            words = objective[:1].upper() + objective[1:]
            yield Indicator(id=f"objective.{line}", title="", heading=words, lines=(line,))


def _positions(reference: Mapping[str, Any]) -> Iterator[Indicator]:
    """Give the Bull's-eye positions where the pack prints an estimate, and shares of it that were printed."""
    estimates = {group: _estimate(reference.get(group)) for group in GROUPS}
    estimates["pdu"] = estimates["pdu"] or _estimate(reference.get("pdu_estimate"))
    for group, estimate in estimates.items():
        if estimate is None:
            continue
        line = f"MS-24.ring_{group}"
        yield Indicator(
            id=f"bulls_eye.{group}", title=f"People seen: {GROUPS[group]}", heading=BULLS_EYE, lines=(line,),
            reference=estimate,
            notes=("Beside a printed estimate, not our records. The four groups overlap and are never added.",),
        )  # fmt: skip
        for ring, words in RINGS.items():
            yield Indicator(
                id=f"bulls_eye.{group}.{ring}", title=f"{GROUPS[group].capitalize()}, {words}", heading=BULLS_EYE,
                lines=(line,), by={"treatment_ring": ring},
            )  # fmt: skip
    for name in ("in_treatment_2007_8", "structured"):
        printed, pdu = _estimate(reference.get(name)), estimates["pdu"]
        if printed is not None and pdu is not None:
            words = f"Printed: {name.replace('_', ' ')}, of the estimate"
            yield Indicator(id=f"penetration.{name}", title=words, heading=PRINTED, printed=printed.value,
                            reference=pdu)  # fmt: skip


def _opening(days: int | None) -> Iterator[Indicator]:
    """Give the days of a week on which the service is to be open (LEIC15-35)."""
    if days is not None:
        yield Indicator(
            id="days_open", title="Days open in a week", heading=ACCESS, lines=("MS-01.days_open",), cadence="weekly",
            targets=(Target(value=Decimal(days)),),
        )  # fmt: skip


def _estimate(told: object) -> Reference | None:
    values = told if isinstance(told, dict) else {"value": told}
    found = {name: Decimal(str(values[name])) for name in ("value", "low", "high") if isinstance(values.get(name), int)}
    return Reference(**found) if "value" in found else None
